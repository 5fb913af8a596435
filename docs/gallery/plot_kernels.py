"""
Which kernels are there?
========================

A kernel says how much a key counts at a distance. Five of them, side by side.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import COLOURS, boxcar, constant, describe, epanechnikov, gaussian, triangular

plt.style.use("nwlesson.lesson")
everywhere = torch.linspace(-2.5, 2.5, 51)
corners = torch.tensor(
    [-2.5, -1.001, -1.0, 0.0, 1.0, 1.001, 2.5]
)  # enough for what is straight; 1.001 is outside the box
kernels = [gaussian, boxcar, triangular, epanechnikov, constant]

# %%
# All are divided by their height here, for only the shape matters: the weights are divided by their sum anyway.

fig, axes = plt.subplots(5, 1, sharex=True, sharey=True, figsize=(4.8, 5.2))
for ax, kernel in zip(axes, kernels):
    u = everywhere if kernel in (gaussian, epanechnikov) else corners
    heights = kernel(u) / kernel(u).max()
    ax.fill([u[0], *u, u[-1]], [0, *heights, 0], color=COLOURS["weight"], alpha=0.3, linewidth=0)
    ax.plot(u, heights, color=COLOURS["weight"])
    ax.set_title(kernel.__name__, loc="left")
    ax.set(ylim=(0, 1.15), yticks=[0, 1])
    reach = u[heights > 0].abs().max()
    print(f"{kernel.__name__:12s} counts {'everywhere' if reach > 2.4 else 'up to distance 1'}")
axes[-1].set(xlabel="scaled distance u")
describe(
    fig,
    """Five curves over the scaled distance from -2.5 to 2.5. Gaussian: a bell that never quite reaches 0. Boxcar: 1 up
    to distance 1, then 0. Triangular: a straight fall from 1 to 0 at distance 1. Epanechnikov: a parabola that reaches
    0 at distance 1. Constant: 1 everywhere.""",
)
plt.show()
