"""
Was it bad luck?
================

The book's recipe on a hundred draws of the noise and of the starting w. How often does it overshoot?
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import NWKernelRegression, describe, leave_one_out, leave_one_out_loss, make_data, train

plt.style.use("nwlesson.lesson")

# %%
# For each seed: the w after five epochs, and the w with the smallest leave-one-out error.

grid = torch.logspace(0, 1.3, 131)
best, after = [], []
for seed in range(100):
    data = make_data(seed=seed)
    net = NWKernelRegression(generator=torch.Generator().manual_seed(1000 + seed))
    train(net, data.x_train, *leave_one_out(data.x_train, data.y_train), data.y_train)
    losses = torch.stack([leave_one_out_loss(w, data.x_train, data.y_train) for w in grid])
    best.append(grid[losses.argmin()].item())
    after.append(abs(net.w.item()))
over = sum(a > b for a, b in zip(after, best))
print(f"{over} of 100 end beyond the best w")

# %%
# On the line, five epochs would have arrived. Above it they overshot. At the bottom are a few that were caught: for
# some draws the loss has a second, very shallow valley at w = 0, and they started close to it.

fig, ax = plt.subplots(figsize=(4.8, 3.6))
ax.plot([0, 20], [0, 20], color="black", linewidth=1)
ax.plot(best, after, "o", color="black", alpha=0.5)
ax.text(13.4, 14.2, "arrived", color="black", ha="right")
ax.text(8.5, 17.3, "overshot", color="black")
ax.text(14.8, 1.2, "not there yet, or caught", color="black", ha="right")
ax.set(xlabel="best w for leave-one-out", ylabel="w after five epochs", xlim=(1.5, 15), ylim=(-0.5, 20))
describe(
    fig,
    f"""A dot for each of 100 seeds, w after five epochs against the best w. {over} dots lie above the line on which
    both are equal, most of them far above; a few lie at the bottom, near 0.""",
)
plt.show()
