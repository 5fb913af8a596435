"""
When does a dot product measure nearness?
=========================================

The same query, keys in the same eight directions: once all equally long, once not.
"""

import math

import matplotlib.pyplot as plt
import torch

from nwlesson import COLOURS, attention_weights, describe

plt.style.use("nwlesson.lesson")
angles = torch.arange(8) * math.pi / 4
directions = torch.stack([angles.cos(), angles.sin()], dim=-1)  # (8, 2), all of length 1
lengths = torch.tensor([1.0, 2.4, 1.3, 0.5, 1.5, 0.8, 1.1, 0.6])
cases = {"all keys of length 1": directions, "of any length": directions * lengths[:, None]}
query = torch.tensor([[1.0, 0.4]])

# %%
# With keys of one length both kinds of score give the same weights. With keys of any length the products go to
# whoever is long: each key has its own loudness, and a long key shouts.

weights = {}
for name, keys in cases.items():
    distance, product = attention_weights(query, keys)[0], torch.softmax(query @ keys.T, dim=-1)[0]
    weights[name] = distance, product
    print(f"{name}: by distance {distance.argmax()}, by product {product.argmax()}")
(same, also_same), (near, loud) = weights.values()
assert torch.allclose(same, also_same, atol=1e-6)
assert near.argmax() == 0 and loud.argmax() == lengths.argmax() == 1

# %%
# The area of a disc is the weight by distance, the area of a ring the weight by product. On the left every disc fills
# its ring.

fig, axes = plt.subplots(1, 2, sharex=True, sharey=True, figsize=(4.8, 3.1))
circle = torch.linspace(0, 2 * math.pi, 101)
for ax, (name, keys) in zip(axes, cases.items()):
    distance, product = weights[name]
    ax.plot(circle.cos(), circle.sin(), ":", color=COLOURS["key"], linewidth=1)
    ax.plot(*keys.T, ".", color=COLOURS["key"], markersize=4, zorder=3)
    ax.scatter(*keys.T, s=900 * distance, color=COLOURS["weight"], alpha=0.35, linewidth=0)
    ax.scatter(*keys.T, s=900 * product, facecolor="none", edgecolor=COLOURS["weight"])
    ax.plot(*query.T, "^", color=COLOURS["query"], markersize=9, zorder=4)
    ax.set(title=name, xlim=(-1.9, 2.3), ylim=(-1.6, 2.3), aspect="equal", xlabel="first number")
axes[0].set_ylabel("second number")
style = {"color": COLOURS["weight"], "markersize": 11}
disc = axes[0].plot([], [], "o", alpha=0.35, markeredgewidth=0, label="by distance", **style)
ring = axes[0].plot([], [], "o", fillstyle="none", label="by product", **style)
fig.legend(handles=disc + ring, loc="outside upper center", ncols=2)
describe(
    fig,
    f"""Two panels with a query, a triangle, and eight keys around the origin. Left, on a circle of radius 1: at every
    key the disc, the weight by distance, exactly fills the ring, the weight by product. Right, keys in the same
    directions with lengths from {lengths.min():.1f} to {lengths.max():.1f}: by distance the nearest key counts most,
    {near[0]:.2f}, and the longest {near[1]:.2f}; by product the longest gets {loud[1]:.2f} and the nearest
    {loud[0]:.2f}.""",
)
plt.show()
