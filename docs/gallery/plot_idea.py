"""
The whole idea in one picture
=============================

You ask about one place. Everybody near it answers, the nearer the louder, and the answers are averaged.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import COLOURS, attention_weights, describe, make_data, truth

plt.style.use("nwlesson.lesson")
data = make_data(50, step=0.125)
query = torch.tensor([2.5])
w = 4.0

# %%
# One row of weights, one for each of the fifty points, and one answer.

weights = attention_weights(query, data.x_train, w)[0]
answer = (weights @ data.y_train).item()
print(f"asked at {query.item():g}, answered {answer:.2f}; the truth is {truth(query).item():.2f}")

# %%
# The size of a dot is its weight. Most of the fifty are far away and hardly count: they are the small ones.

fig, ax = plt.subplots(figsize=(4.8, 3.3))
ax.scatter(data.x_train, data.y_train, s=12 + 2600 * weights, color=COLOURS["value"], alpha=0.45, linewidth=0)
ax.plot(data.x_test, data.y_truth, color=COLOURS["truth"])
bell = torch.linspace(0, 5, 101)
ax.fill_between(bell, -1, -1 + torch.exp(-(((query - bell) * w) ** 2) / 2), color=COLOURS["weight"], alpha=0.35, lw=0)
ax.plot([query.item()] * 2, [-1, answer], color=COLOURS["query"], linewidth=1.2)
ax.plot(query, [answer], "D", color=COLOURS["prediction"], markersize=8)
ax.text(2.95, -0.75, "query", color=COLOURS["query"])
ax.text(1.15, -0.75, "weights", color=COLOURS["weight"], ha="left")
lead = {"arrowstyle": "-", "color": COLOURS["prediction"]}
ax.annotate("prediction", (query.item(), answer), (3.05, answer + 0.35), arrowprops=lead, color=COLOURS["prediction"])
ax.text(0.2, 3.2, "values", color=COLOURS["value"])
ax.text(3.4, 0.75, "truth", color=COLOURS["truth"])
ax.set(xlabel="x", ylabel="y", xlim=(0, 5), ylim=(-1, 5))
near = int((weights > 0.01).sum())
describe(
    fig,
    f"""Fifty dots around a curve. A line goes up from the query at x = {query.item():g}; a bell stands around it.
    The {near} dots under the bell are large, the others tiny. A diamond on the line, at y = {answer:.1f}, is the
    prediction: the average of the values with these weights. The truth there is {truth(query).item():.1f}.""",
)
plt.show()
