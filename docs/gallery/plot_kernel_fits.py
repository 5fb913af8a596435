"""
The same width, another kernel: how do the fits differ?
=======================================================

Four kernels, each with width 1. The curves are not alike, and the reason is not the shape of the kernel.
"""

import matplotlib.pyplot as plt

from nwlesson import (
    COLOURS,
    attention_pooling,
    attention_weights,
    boxcar,
    describe,
    epanechnikov,
    gaussian,
    make_data,
    triangular,
)

plt.style.use("nwlesson.lesson")
data = make_data(50, step=0.125)

# %%
# Width 1 means w = 1 / width = 1 for all of them. Yet each listens to another number of neighbours.

fig, axes = plt.subplots(2, 2, sharex=True, sharey=True, figsize=(4.8, 4.0))
words = []
for ax, kernel in zip(axes.flat, (gaussian, boxcar, epanechnikov, triangular)):
    curve = attention_pooling(data.x_test, data.x_train, data.y_train, kernel=kernel)
    weights = attention_weights(data.x_test, data.x_train, kernel=kernel)
    neighbours = (1 / (weights**2).sum(dim=-1)).median()
    error = ((curve - data.y_truth) ** 2).mean()
    ax.plot(data.x_test, data.y_truth, color=COLOURS["truth"], linewidth=1)
    ax.plot(data.x_test, curve, "--", color=COLOURS["prediction"])
    ax.set_title(f"{kernel.__name__}: {neighbours:.0f} answer", fontsize=9)
    print(f"{kernel.__name__:12s} neighbours {neighbours:4.1f}   error on the truth {error:.3f}")
    words.append(f"{kernel.__name__}: about {neighbours:.0f} neighbours, error {error:.2f}")
fig.supxlabel("x", fontsize=10)
fig.supylabel("y", fontsize=10)
describe(fig, f"Four fits with width 1, from the flattest to the one nearest the truth. {'; '.join(words)}.")
plt.show()

# %%
# The order of the errors is the order of the neighbours. The kernels differ in how far they reach at the same width.
