"""
How wide should the bell be?
============================

One kernel, the Gaussian, with four widths: the curve on the left, its weights on the right.
"""

import matplotlib.pyplot as plt

from nwlesson import COLOURS, attention_pooling, attention_weights, describe, effective_neighbours, make_data

plt.style.use("nwlesson.lesson")
data = make_data(50, step=0.125)
widths = 0.1, 0.2, 0.5, 1.0
maps = [attention_weights(data.x_test, data.x_train, 1 / h) for h in widths]
top = max(weights.max().item() for weights in maps)
shades = plt.get_cmap("Purples", 60)  # so few keep the page light

# %%
# All maps share one colour scale. A narrow bell shares out a row among a few keys, a broad one among nearly all.

fig, axes = plt.subplots(4, 2, sharex="col", sharey="col", figsize=(4.8, 7.2), width_ratios=(5, 4))
words = []
for (left, right), h, weights in zip(axes, widths, maps):
    curve = attention_pooling(data.x_test, data.x_train, data.y_train, 1 / h)
    neighbours = effective_neighbours(weights).median().item()
    error = ((curve - data.y_truth) ** 2).mean().item()
    left.plot(data.x_train, data.y_train, "o", color=COLOURS["value"], alpha=0.35, markersize=3)
    left.plot(data.x_test, data.y_truth, color=COLOURS["truth"], linewidth=1)
    left.plot(data.x_test, curve, "--", color=COLOURS["prediction"])
    left.set(title=f"width {h:g}", ylabel="y")
    cells = data.x_train.numpy(), data.x_test.numpy(), weights.numpy()
    mesh = right.pcolormesh(*cells, shading="nearest", vmin=0, vmax=top, cmap=shades, rasterized=True)
    right.set(title=f"{neighbours:.2g} neighbours", ylabel="query x")
    print(f"width {h:3g}   neighbours {neighbours:4.1f}   error {error:.3f}   largest weight {weights.max():.2f}")
    words.append(f"width {h:g}: {neighbours:.2g} neighbours, error {error:.2f}, largest weight {weights.max():.2f}")
assert maps[0].max() > 0.7 and maps[-1].max() < 0.1
axes[0, 1].invert_yaxis()
axes[-1, 0].set_xlabel("x")
axes[-1, 1].set_xlabel("key x")
fig.colorbar(mesh, ax=axes, location="bottom", label="attention weight", aspect=40, shrink=0.8)
describe(
    fig,
    f"""Four rows, each with a fit of the fifty points on the left and its heat map on the right, on one colour scale.
    From top to bottom the dashed curve turns from one that runs after single points into a hump that is too low, and
    the map from a thin dark line into a broad pale band. {"; ".join(words)}.""",
)
plt.show()
