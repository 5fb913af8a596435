"""
Which looks does a mask forbid?
===============================

Eight points in a row and one table of scores. Minus infinity hides each point from itself, or all that come later.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import describe, scaled_distance, show_heatmaps

places = torch.arange(1.0, 9.0)
n = len(places)
scores = -(scaled_distance(places, places, w=0.5) ** 2) / 2  # (8, 8)
masks = {
    "own point hidden": torch.eye(n, dtype=torch.bool),
    "later points hidden": torch.ones(n, n).triu(diagonal=1).bool(),
}

# %%
# One line of code for both: a score of minus infinity where the mask is ``True``, then softmax. Whatever is hidden,
# each row shares out 1 among those who are left. The first point of the second map has nobody but itself.

maps = [torch.softmax(scores.masked_fill(mask, -torch.inf), dim=-1) for mask in masks.values()]
for weights, mask in zip(maps, masks.values()):
    print(weights[0], f"{int(mask.sum())} of {n * n} looks hidden")
    assert (weights[mask] == 0).all() and torch.allclose(weights.sum(dim=-1), torch.ones(n))
leave_one_out, causal = maps

# %%
# Left: leave-one-out, for training our model. Right: the causal mask of a Transformer that writes text. A cross
# is a hidden look.

fig = show_heatmaps(maps, places, places, titles=list(masks))
for ax, mask in zip(fig.axes, masks.values()):
    rows, columns = mask.nonzero(as_tuple=True)
    ax.plot(places[columns], places[rows], "x", color="black", markersize=4, markeredgewidth=0.8)
    ax.set(xlabel="key", xticks=[1, 4, 8], yticks=[1, 4, 8])
fig.axes[0].set_ylabel("query")
describe(
    fig,
    f"""Two heat maps of the same eight points, a row for each query, on one colour scale; crosses mark what is hidden.
    Left, crosses on the diagonal: the strongest cells lie beside it, up to {leave_one_out.max():.2f}. Right, crosses
    everywhere above the diagonal: row 1 gives itself {causal[0, 0]:.2f}, row 2 shares between two,
    {causal[1, 0]:.2f} and {causal[1, 1]:.2f}, row 8 among all eight.""",
)
plt.show()
