"""
Is width 1 the same for every kernel?
=====================================

Count the neighbours that really share an answer, for each kernel and each width.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import (
    attention_weights,
    boxcar,
    describe,
    effective_neighbours,
    epanechnikov,
    gaussian,
    make_data,
    triangular,
)

plt.style.use("nwlesson.lesson")
data = make_data(50, step=0.125)
widths = torch.linspace(0.35, 2, 34)


def neighbours(kernel, width):
    weights = attention_weights(data.x_test, data.x_train, 1 / width.item(), kernel=kernel)
    return effective_neighbours(weights).median().item()


# %%
# Read along a horizontal line: the same number of neighbours belongs to quite different widths.

fig, ax = plt.subplots(figsize=(4.8, 3.4))
styles = {gaussian: "-", boxcar: "--", epanechnikov: "-.", triangular: ":"}
at_1 = []
for kernel, style in styles.items():
    ax.plot(widths, [neighbours(kernel, h) for h in widths], style, color="black", label=kernel.__name__)
    at_1.append(f"{kernel.__name__} {neighbours(kernel, torch.tensor(1.0)):.0f}")
ax.axvline(1, color="black", linewidth=0.8)
ax.text(1.02, 1, "width 1", va="bottom")
ax.set(xlabel="width h", ylabel="neighbours", xlim=(0.35, 2), ylim=(0, 50))
ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
describe(
    fig,
    f"""Four rising curves, neighbours against width. The Gaussian is highest, then boxcar, Epanechnikov, triangular.
    At width 1: {", ".join(at_1)}.""",
)
plt.show()
