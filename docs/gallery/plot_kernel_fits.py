"""
The same width, another kernel: how do the fits differ?
=======================================================

Five kernels, each with width 1. The curves are not alike, and the reason is not the shape of the kernel.
"""

import matplotlib.pyplot as plt

from nwlesson import (
    COLOURS,
    attention_pooling,
    attention_weights,
    boxcar,
    constant,
    describe,
    effective_neighbours,
    epanechnikov,
    gaussian,
    make_data,
    triangular,
)

plt.style.use("nwlesson.lesson")
data = make_data(50, step=0.125)

# %%
# Width 1 means w = 1 / width = 1 for all of them. Yet each listens to another number of neighbours.

fig, axes = plt.subplots(3, 2, sharex=True, sharey=True, figsize=(4.8, 5.4))
words, errors, counts = [], [], []
for ax, kernel in zip(axes.flat, (constant, gaussian, boxcar, epanechnikov, triangular)):
    curve = attention_pooling(data.x_test, data.x_train, data.y_train, kernel=kernel)
    weights = attention_weights(data.x_test, data.x_train, kernel=kernel)
    counts.append(effective_neighbours(weights).median().item())
    errors.append(((curve - data.y_truth) ** 2).mean().item())
    ax.plot(data.x_test, data.y_truth, color=COLOURS["truth"], linewidth=1, label="truth")
    ax.plot(data.x_test, curve, "--", color=COLOURS["prediction"], label="prediction")
    ax.set_title(kernel.__name__)
    ax.text(4.9, 0.1, f"{counts[-1]:.0f} neighbours", ha="right")
    print(f"{kernel.__name__:12s} neighbours {counts[-1]:4.1f}   error on the truth {errors[-1]:.3f}")
    words.append(f"{kernel.__name__}: {counts[-1]:.0f} neighbours, error {errors[-1]:.2f}")
assert counts == sorted(counts, reverse=True) and errors == sorted(errors, reverse=True)
axes[1, 1].tick_params(labelbottom=True)
axes[2, 1].axis("off")
axes[2, 1].legend(*axes[0, 0].get_legend_handles_labels(), loc="center")
axes[1, 1].set_xlabel("x")
axes[2, 0].set_xlabel("x")
for ax in axes[:, 0]:
    ax.set_ylabel("y")
describe(
    fig,
    f"""Five fits with width 1 over the truth, from a level line, by a hump that is too low, to a curve close to the
    truth everywhere but at its left end. {"; ".join(words)}.""",
)
plt.show()

# %%
# The order of the errors is the order of the neighbours. The kernels differ in how far they reach at the same width.
