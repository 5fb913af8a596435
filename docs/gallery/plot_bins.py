"""
How coarse may the grid be?
===========================

Move every key to a grid before the bell is laid over it. How much does that change the answers?
"""

from itertools import pairwise

import matplotlib.pyplot as plt
import torch

from nwlesson import attention_pooling, binned_pooling, describe, make_data

plt.style.use("nwlesson.lesson")

# %%
# Two thousand points, and w = 10. The error of the bins is the largest difference from the answers of all pairs.

data = make_data(2000, step=0.01, dtype=torch.float64)
x, y, q, truth = data
w = 10.0
exact = attention_pooling(q, x, y, w)
cells = [1, 2, 4, 8, 16, 32, 64]
wrong = [(binned_pooling(q, x, y, w, cells=c) - exact).abs().max().item() for c in cells]
noise = (exact - truth).abs().max().item()
for c, error in zip(cells, wrong):
    print(f"{c:2d} steps to a width: {error:.5f}")
assert all(2.5 < a / b < 6.5 for a, b in pairwise(wrong))
assert wrong[5] < noise / 100

# %%
# Each halving of the step divides the error by about four. The level line is how far the exact answers are from the
# truth, because the data are noisy: far below it, nobody can tell an approximation from the exact answer.

fig, ax = plt.subplots(figsize=(4.8, 3.2))
ax.plot(cells, wrong, "o-", color="black")
ax.axhline(noise, color="black", linestyle="--", linewidth=1)
ax.text(cells[-1], noise * 1.1, "how far the exact answers are off", color="black", ha="right", va="bottom")
ax.text(1, wrong[3], "how far bins are\nfrom the exact", color="black", ha="left", va="top")
ax.set(
    xscale="log",
    yscale="log",
    xlabel="steps of the grid to one width of the bell",
    ylabel="difference",
    ylim=(5e-6, 2),
)
ax.set_xticks(cells, [str(c) for c in cells])
ax.set_yticks([0.0001, 0.01, 1], ["0.0001", "0.01", "1"])
ax.minorticks_off()
describe(
    fig,
    f"""The largest difference between the answers of bins and the exact ones, against the steps of the grid to one
    width, on logarithmic axes: a falling line, from {wrong[0]:.2f} with 1 step to {wrong[5]:.5f} with 32. A level line
    at {noise:.2f} shows how far the exact answers are from the truth.""",
)
plt.show()
