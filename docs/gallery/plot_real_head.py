"""
Whom does a word hear?
======================

A trained Transformer reads four sentences. Each panel is one row of its attention weights, drawn as in lesson 3.
"""

import json
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import torch

from nwlesson import COLOURS, describe

plt.style.use("nwlesson.lesson")

# %%
# The scores were computed once from the model's numbers; nobody needs the model to draw them. A script that stands
# alone needs :download:`sentences.json </facts/sentences.json>` beside it.

places = [Path("sentences.json"), Path(sys.argv[0]).parent / "../facts/sentences.json"]
found = [place for place in places if place.exists()]
if not found:
    raise FileNotFoundError("sentences.json must lie beside this script; the script's page in the gallery offers it")
stored = json.loads(found[0].read_text(encoding="utf-8"))
model = stored["model"]
print(f"{model['name']}, {model['layers']} layers of {model['heads']} heads, {model['licence']}")
NAMES = {"[CLS]": "(start)", "[SEP]": "(end)"}  # BERT puts these two around each sentence


def row(number: int, head: str, query: str) -> list[tuple[str, float]]:
    # Return the words of a sentence in their order, each with how much the query hears of it
    sentence = stored["sentences"][number]
    tokens = sentence["tokens"]
    scores = torch.tensor(sentence["scores"][head][tokens.index(query)])
    return list(zip([NAMES.get(t, t) for t in tokens], torch.softmax(scores, dim=-1).tolist()))


panels = {
    "it … tired (head A)": ("it", row(0, "meaning", "it")),
    "it … wide (head A)": ("it", row(1, "meaning", "it")),
    "are (head A)": ("are", row(2, "meaning", "are")),
    "it (head B)": ("it", row(0, "previous", "it")),
    "has (head A)": ("has", row(3, "meaning", "has")),
    "it (head C)": ("it", row(0, "sink", "it")),
}
loudest = {title: max(weights, key=lambda pair: pair[1]) for title, (_, weights) in panels.items()}
assert [word for word, _ in loudest.values()] == ["animal", "animal", "keys", "because", "dog", "(start)"]
assert all(abs(sum(weight for _, weight in weights) - 1) < 0.01 for _, weights in panels.values())

# %%
# The words are the keys, and stand in their order. The triangle is the word that asks. A bar is how much it hears of
# each word, and the bars of a panel sum to 1.

fig, axes = plt.subplots(3, 2, sharex=True, figsize=(4.8, 9.6))
for ax, (title, (query, weights)) in zip(axes.flat, panels.items()):
    words, heights = [word for word, _ in weights], [weight for _, weight in weights]
    drawn = [i for i, height in enumerate(heights) if height > 0.005]
    ax.barh(drawn, [heights[i] for i in drawn], height=0.5, color=COLOURS["weight"])
    ax.plot(0, words.index(query), ">", color=COLOURS["query"], markersize=7, clip_on=False, zorder=3)
    ax.set_yticks(range(len(words)), words, color=COLOURS["key"])
    ax.get_yticklabels()[words.index(query)].set_color(COLOURS["query"])
    ax.tick_params(axis="y", left=False, pad=11)
    best = heights.index(max(heights))
    ax.text(heights[best] + 0.04, best, f"{heights[best]:.2f}", color=COLOURS["weight"], va="center")
    ax.set_title(title, loc="left", x=-0.5)
    ax.set(ylim=(len(words) - 0.4, -0.6), xlim=(0, 1.4), xticks=[0, 1])
for ax in axes[-1]:
    ax.set_xlabel("attention weight")
words = [f"{title}: most to {word}, {weight:.2f}" for title, (word, weight) in loudest.items()]
describe(
    fig,
    f"""Six panels with the words of a sentence from top to bottom and a bar for the weight of each; a triangle marks
    the word that asks. {"; ".join(words)}.""",
)
plt.show()
