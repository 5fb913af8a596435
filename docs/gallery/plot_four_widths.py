"""
How wide should the bell be?
============================

One kernel, the Gaussian, with four widths: the curve on the left, its weights on the right.
"""

import matplotlib.pyplot as plt

from nwlesson import (
    COLOURS,
    attention_pooling,
    attention_weights,
    describe,
    effective_neighbours,
    make_data,
    show_heatmaps,
)

plt.style.use("nwlesson.lesson")
data = make_data(50, step=0.125)
widths = 0.1, 0.2, 0.5, 1.0
maps = [attention_weights(data.x_test, data.x_train, 1 / h) for h in widths]

# %%
# All maps share one colour scale. A narrow bell shares out a row among a few keys, a broad one among nearly all.

fig, axes = plt.subplots(4, 2, sharex="col", sharey="col", figsize=(4.8, 7.2), width_ratios=(5, 4))
titles, words = [], []
for ax, h, weights in zip(axes[:, 0], widths, maps):
    curve = attention_pooling(data.x_test, data.x_train, data.y_train, 1 / h)
    neighbours = effective_neighbours(weights).median().item()
    error = ((curve - data.y_truth) ** 2).mean().item()
    ax.plot(data.x_train, data.y_train, "o", color=COLOURS["value"], alpha=0.35, markersize=3)
    ax.plot(data.x_test, data.y_truth, color=COLOURS["truth"], linewidth=1)
    ax.plot(data.x_test, curve, "--", color=COLOURS["prediction"])
    ax.set(title=f"width {h:g}", ylabel="y")
    titles.append(f"{neighbours:.2g} neighbours")
    print(f"width {h:3g}   neighbours {neighbours:4.1f}   error {error:.3f}   largest weight {weights.max():.2f}")
    words.append(f"width {h:g}: {neighbours:.2g} neighbours, error {error:.2f}, largest weight {weights.max():.2f}")
assert maps[0].max() > 0.7 and maps[-1].max() < 0.1
axes[-1, 0].set_xlabel("x")
show_heatmaps(maps, data.x_test, data.x_train, titles=titles, axes=axes[:, 1])
describe(
    fig,
    f"""Four rows, each with a fit of the fifty points on the left and its heat map on the right, on one colour scale.
    From top to bottom the dashed curve turns from one that runs after single points into a hump that is too low, and
    the map from a thin strong line into a broad pale band. {"; ".join(words)}.""",
)
plt.show()
