"""
Where have the neighbours gone?
===============================

A thousand points, and the more numbers make a place, the emptier it is around you.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import describe, scaled_distance

plt.style.use("nwlesson.lesson")
features = [1, 2, 5, 10, 20]

# %%
# Keys and queries lie at random in a cube with edges of length 1. How far is a query from the nearest key, from one in
# the middle of the ranking, from the farthest? The median over a hundred queries.

generator = torch.Generator().manual_seed(0)
ranks = []
for d in features:
    queries, keys = torch.rand(100, d, generator=generator), torch.rand(1000, d, generator=generator)
    distances = scaled_distance(queries, keys).abs().sort(dim=-1).values  # (100, 1000)
    ranks.append(distances[:, [0, 499, 999]].median(dim=0).values.tolist())
    print(f"{d:2d} features: nearest {ranks[-1][0]:.4f}, middle {ranks[-1][1]:.2f}, farthest {ranks[-1][2]:.2f}")
nearest, middle, farthest = zip(*ranks)
assert nearest[0] < 0.001 and nearest[-1] > 1, "in the end farther than the edge of the cube"

# %%
# Divided by the middle one, the distances run together. When all keys are about equally far, *near* loses its
# meaning, and attention its grip.

fig, ax = plt.subplots(figsize=(4.8, 3.3))
for marker, line, name in ("o-", nearest, "nearest"), ("s-", middle, "middle"), ("v-", farthest, "farthest"):
    relative = [a / b for a, b in zip(line, middle)]
    ax.plot(features, relative, marker, color="black", linewidth=1.2)
    ax.annotate(name, (features[-1], relative[-1]), (-4, 7), textcoords="offset points", ha="right")
ax.set(xlabel="features", ylabel="distance / middle distance", xlim=(0, 21), ylim=(-0.05, 3))
ax.set_xticks(features)
describe(
    fig,
    f"""Distances to the nearest and the farthest of 1000 keys, divided by the middle one, against the number of
    features. With 1 feature the nearest is at {nearest[0] / middle[0]:.3f} and the farthest at
    {farthest[0] / middle[0]:.1f}; with 20 features they have closed in on 1,
    to {nearest[-1] / middle[-1]:.2f} and {farthest[-1] / middle[-1]:.2f}.""",
)
plt.show()
