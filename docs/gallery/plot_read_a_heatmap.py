"""
How to read one row of a heat map
=================================

A heat map is many bells seen from above. Here one row is taken out and drawn from the side.
"""

import matplotlib.pyplot as plt

from nwlesson import COLOURS, attention_weights, describe, make_data

plt.style.use("nwlesson.lesson")
data = make_data(50, step=0.125)
weights = attention_weights(data.x_test, data.x_train)  # (40, 50)
row = 8  # the query at x = 1

# %%
# The row sums to 1, whatever its shape.

print(f"query {data.x_test[row]:g}: weights sum to {weights[row].sum():.4f}")

# %%
# Above the map with the row marked, below the row's weights as bars, each at the true place of its key.

fig, (top, bottom) = plt.subplots(2, 1, sharex=True, figsize=(4.8, 4.6), height_ratios=[2, 1])
grid = data.x_train.numpy(), data.x_test.numpy(), weights.numpy()
top.pcolormesh(*grid, cmap="Purples", shading="nearest", rasterized=True)
top.hlines(data.x_test[row], data.x_train[0], data.x_train[-1], color=COLOURS["query"], linewidth=1.2)
top.text(4.7, data.x_test[row] - 0.08, "the query at x = 1", color=COLOURS["query"], ha="right", va="bottom")
top.set(ylabel="query", ylim=(4.9, 0), xlim=(0, 5))
bottom.vlines(data.x_train, 0, weights[row], color=COLOURS["weight"])
bottom.plot(data.x_train, weights[row], "o", color=COLOURS["weight"], markersize=3)
bottom.axvline(data.x_test[row], color=COLOURS["query"], linewidth=1.2)
bottom.set(xlabel="key", ylabel="weight", ylim=0)
peak = data.x_train[weights[row].argmax()]
describe(
    fig,
    f"""Above, a heat map with a pale broad band from top left to bottom right; the row of the query at x = 1 is marked.
    Below, the weights of this row as bars: a bell with its top, {weights[row].max():.2f}, at the key {peak:.2f},
    next to the query.""",
)
plt.show()
