"""
Which kind of iris is it?
=========================

Keys are petals, values are the names of their kinds. Attention draws the borders.
"""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_iris

from nwlesson import COLOURS, attention_pooling, describe, fit_bandwidth

plt.style.use("nwlesson.lesson")
iris = load_iris()
petals = torch.tensor(iris.data[:, 2:])  # (150, 2): length and width in centimetres
kinds = torch.tensor(iris.target)  # (150,): 0, 1 or 2
one_hot = torch.nn.functional.one_hot(kinds).double()  # (150, 3)

# %%
# One w for each of the two measurements, chosen by leave-one-out.

w = fit_bandwidth(petals, one_hot)
print(f"width of the bell: {1 / w[0]:.2f} cm in length, {1 / w[1]:.2f} cm in width")

# %%
# Ask at every place of a fine grid. The average of the one-hot values is a share for each kind, and the largest is
# the answer. Where no share reaches nine tenths, the flowers nearby do not agree.

length, width = torch.linspace(0.5, 7.5, 141), torch.linspace(0, 2.8, 113)
grid = torch.cartesian_prod(length, width).double()
shares = attention_pooling(grid, petals, one_hot, w)
unsure = (shares.amax(dim=-1) < 0.9).double().mean().item()
at_flowers = attention_pooling(petals, petals, one_hot, w)
assert torch.equal(at_flowers[:, 0] > 0.01, kinds == 0), "setosa stands apart"
answers = shares.argmax(dim=-1).reshape(141, 113)
assert ((answers.diff(dim=1) < 0).any(dim=1)).any(), "the other border bends back: wider, and versicolor again"

fig, ax = plt.subplots(figsize=(4.8, 4.2))
largest = shares.amax(dim=-1).reshape(141, 113)
ax.contourf(length, width, largest.T, [0, 0.9], colors=[COLOURS["prediction"]], alpha=0.25)
for kind in 0, 2:
    lead = (2 * shares[:, kind] - shares.sum(dim=-1)).reshape(141, 113)
    ax.contour(length, width, lead.T, [0], colors=[COLOURS["prediction"]], linewidths=1.5)
marks = zip("osv", ("key", "value", "query"), [(1.9, 0.5), (2.1, 1.45), (5.0, 2.6)])  # here a hue is a kind, no role
for kind, (marker, hue, place) in enumerate(marks):
    here = petals[kinds == kind]
    ax.plot(here[:, 0], here[:, 1], marker, color=COLOURS[hue], fillstyle="none", markeredgewidth=1.1)
    ax.text(*place, iris.target_names[kind], color=COLOURS[hue], va="center")
ax.set(xlabel="petal length in cm", ylabel="petal width in cm", xlim=(0.5, 7.5), ylim=(0, 2.8))
places = len(petals.unique(dim=0))
describe(
    fig,
    f"""Petal width against petal length of 150 flowers at {places} places: setosa as circles at the lower left,
    versicolor as squares in the middle, virginica as triangles at the upper right. Two lines cut the plane into
    a region for each kind. The first runs through empty space; the second bends back where squares and triangles meet.
    Along the lines lies a band where no kind has nine tenths of the weight, {100 * unsure:.0f}% of the picture.""",
)
plt.show()

# %%
# Far from all flowers the answer is sure of itself, and means little: the nearest flower takes all the weight,
# however far away it is.
