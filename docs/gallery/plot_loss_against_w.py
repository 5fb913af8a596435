"""
Where do the five steps land on the loss curve?
===============================================

With one number to learn, the loss can be drawn for all its values, and the training steps on top of it.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import NWKernelRegression, describe, leave_one_out, leave_one_out_loss, make_data, train

plt.style.use("nwlesson.lesson")
data = make_data(50, step=0.125)


def loss(w):
    # Half the summed squared error, as the training uses it
    return 25 * leave_one_out_loss(w, data.x_train, data.y_train).item()


# %%
# The curve, and the five steps of the book's recipe: learning rate 0.5, starting between 0 and 1.

ws = torch.linspace(0.05, 12, 240).tolist()
losses = [loss(w) for w in ws]
best = ws[losses.index(min(losses))]
net = NWKernelRegression(generator=torch.Generator().manual_seed(0))
history = train(net, data.x_train, *leave_one_out(data.x_train, data.y_train), data.y_train)
steps = [row.w for row in history] + [net.w.item()]
print(f"best w {best:.2f} with loss {min(losses):.2f}")
print(f"five steps end at w {steps[-1]:.2f} with loss {loss(steps[-1]):.2f}")
assert steps[0] < best < steps[-1] < steps[1]

# %%
# From the cliff the first step jumps across the valley. On the plain there is hardly any slope left, so the other
# four steps lie nearly on top of each other.

fig, ax = plt.subplots(figsize=(4.8, 3.4))
ax.plot(ws, losses, color="black")
ax.plot(steps, [loss(w) for w in steps], "o", color="black", markersize=7, alpha=0.7)
ax.plot(best, min(losses), "v", color="black", markersize=9)
arrow = {"arrowstyle": "->", "color": "black", "connectionstyle": "arc3,rad=-0.35"}
ax.annotate("", (steps[1], loss(steps[1]) + 0.6), (steps[0], loss(steps[0]) + 0.4), arrowprops=arrow)
ax.text(0.85, loss(steps[0]) - 3.2, "start", color="black")
ax.text(steps[1] + 0.2, loss(steps[1]) + 2.0, "steps 1 to 5", color="black")
ax.text(best, min(losses) - 2.6, f"best: w = {best:.1f}", color="black", ha="center")
ax.set(xlabel="w", ylabel="leave-one-out loss", ylim=(5, 34), xlim=(0, 12))
describe(
    fig,
    f"""The loss falls from {losses[0]:.0f} like a cliff to its valley, {min(losses):.1f} at w = {best:.1f}, and then
    rises very slowly. The first step goes from the cliff at w = {steps[0]:.1f} over the valley to w = {steps[1]:.1f};
    the other four lie close beside it, down to {steps[-1]:.1f}.""",
)
plt.show()
