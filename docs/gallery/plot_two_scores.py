"""
Can two kinds of score give the same weights?
=============================================

One score is a distance, the other almost a product. They are never equal, and softmax does not notice.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import COLOURS, attention_weights, describe

plt.style.use("nwlesson.lesson")
query = torch.tensor([2.0])
keys = torch.tensor([1.0, 2.0, 4.0])


def by_distance(k):
    return -((query - k) ** 2) / 2


def by_product(k):
    return query * k - k**2 / 2


# %%
# The two curves are parallel: for every key they are half the square of the query apart. That is the same number all
# along the row, and softmax does not see what is added to a whole row.

gaps = by_product(keys) - by_distance(keys)
weights = torch.softmax(by_product(keys), dim=-1)
print(gaps)
print(weights)
assert torch.allclose(gaps, query**2 / 2)
assert torch.allclose(weights, attention_weights(query, keys)[0])

# %%
# Above the scores, below what softmax makes of them: a dot and a ring for each key, and each dot lies in its ring.

x = torch.linspace(0, 5, 101)
fig, (top, bottom) = plt.subplots(2, 1, sharex=True, figsize=(4.8, 4.4), height_ratios=(3, 2))
top.plot(x, by_product(x), "--", color="black", label="qk − k²/2")
top.plot(x, by_distance(x), color="black", label="−(q − k)²/2")
for key, low, gap in zip(keys.tolist(), by_distance(keys).tolist(), gaps.tolist()):
    top.annotate("", (key, low + gap), (key, low), arrowprops={"arrowstyle": "<->", "color": COLOURS["key"]})
    top.text(key + 0.08, low + gap / 2, f"{gap:g}", va="center", color=COLOURS["key"])
top.set(ylabel="score", ylim=(-4.8, 2.4))
top.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
bottom.plot(keys, attention_weights(query, keys)[0], "o", color=COLOURS["weight"], label="from distance")
bottom.plot(keys, weights, "o", color=COLOURS["weight"], fillstyle="none", markersize=12, label="from product")
bottom.plot(query, [0], "^", color=COLOURS["query"], markersize=10, clip_on=False, zorder=3)
bottom.set(xlabel="key (the triangle is the query)", ylabel="weight", xlim=(0, 5), ylim=(0, 0.75))
bottom.legend(loc="upper right")
listed = ", ".join(f"{w:.2f}" for w in weights)
describe(
    fig,
    f"""Above, two parallel curves of scores over the key, for the query 2: minus half the squared distance, and the
    product minus half the square of the key. At the keys 1, 2 and 4 the second lies exactly {gaps[0]:g} above the
    first. Below, the weights that softmax makes of them: {listed} from the one and from the other.""",
)
plt.show()
