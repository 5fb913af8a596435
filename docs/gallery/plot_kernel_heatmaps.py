"""
What does each kernel's heat map look like?
===========================================

Five kernels of width 1 on one colour scale, over the true x.
"""

import matplotlib.pyplot as plt

from nwlesson import attention_weights, boxcar, constant, describe, epanechnikov, gaussian, make_data, triangular

plt.style.use("nwlesson.lesson")
data = make_data(50, step=0.125)
kernels = constant, gaussian, boxcar, epanechnikov, triangular
maps = {kernel.__name__: attention_weights(data.x_test, data.x_train, kernel=kernel) for kernel in kernels}

# %%
# The constant kernel is even all over, the Gaussian fades out, the boxcar has a sharp border, and the last two are
# darkest in the middle of their bands.

top = max(weights.max().item() for weights in maps.values())
shades = plt.get_cmap("Purples", 40)  # so few keep the page light
fig, axes = plt.subplots(3, 2, sharex=True, sharey=True, figsize=(4.8, 5.4))
for ax, (name, weights) in zip(axes.flat, maps.items()):
    cells = data.x_train.numpy(), data.x_test.numpy(), weights.numpy()
    mesh = ax.pcolormesh(*cells, shading="nearest", vmin=0, vmax=top, cmap=shades, rasterized=True)
    ax.set_title(name)
axes[0, 0].invert_yaxis()
axes[1, 1].tick_params(labelbottom=True)
axes[1, 1].set_xlabel("key x")
axes[2, 0].set_xlabel("key x")
for ax in axes[:, 0]:
    ax.set_ylabel("query x")
axes[2, 1].axis("off")
bar = axes[2, 1].inset_axes((0, 0.5, 1, 0.12))
fig.colorbar(mesh, cax=bar, orientation="horizontal", label="attention weight")
largest = "; ".join(f"{name} {weights.max():.2f}" for name, weights in maps.items())
describe(
    fig,
    f"""Five heat maps on one colour scale, a row for each query and a column for each key, darker for more weight. The
    constant kernel's map is pale and even. The others have a band from top left to bottom right: broad and blurred for
    the Gaussian, narrower and with sharp borders for the boxcar, narrow with a dark middle for Epanechnikov and for the
    triangle, the narrowest. Largest weights: {largest}.""",
)
plt.show()
