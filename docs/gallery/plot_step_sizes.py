"""
More epochs or smaller steps?
=============================

Five epochs with a learning rate of 0.5 end beyond the valley. What do a hundred do, and what does a smaller step do?
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import NWKernelRegression, describe, leave_one_out, leave_one_out_loss, make_data, train

plt.style.use("nwlesson.lesson")
data = make_data(50, step=0.125)
keys, values = leave_one_out(data.x_train, data.y_train)
ws = torch.linspace(2, 8, 601)
best = ws[torch.stack([leave_one_out_loss(w, data.x_train, data.y_train) for w in ws]).argmin()].item()

# %%
# The same start, three learning rates. Without the half in the loss, the book's 0.5 acts like 1.0 here.

fig, ax = plt.subplots(figsize=(4.8, 3.3))
words = []
for lr, style, label, place in (
    (1.0, ":", "learning rate 1 (or 0.5, no half)", (26, 12.7)),
    (0.5, "-", "rate 0.5", (17, 7.7)),
    (0.1, "--", "rate 0.1", (24, 2.2)),
):
    net = NWKernelRegression(generator=torch.Generator().manual_seed(0))
    history = train(net, data.x_train, keys, values, data.y_train, epochs=100, lr=lr)
    path = [row.w for row in history] + [net.w.item()]
    ax.plot(path, style, color="black")
    ax.text(*place, label, color="black")
    print(f"learning rate {lr:g}: highest {max(path):.2f}, after 5 epochs {path[5]:.2f}, after 100 {path[100]:.2f}")
    words.append(f"with {lr:g} it reaches {path[5]:.1f} after 5 and {path[100]:.1f} after 100")
ax.axhline(best, color="black", linewidth=1)
ax.text(100, best - 0.45, f"best w = {best:.2f}", color="black", ha="right", va="top")
ax.axvspan(0, 5, color="black", alpha=0.12, linewidth=0)
ax.text(6, 0.3, "the book stops here")
ax.set(xlabel="epoch", ylabel="w", xlim=(0, 100), ylim=0, yticks=[0, 5, 10, 15])
describe(fig, f"w against the epoch, from {path[0]:.1f} on; the best is {best:.1f}. Learning rate: {'; '.join(words)}.")
plt.show()

# %%
# No fixed step suits a cliff and a plain. So walk in log w, where the two look more alike and w can never become 0, and
# let the step find its own length: LBFGS learns from the last few slopes how the valley is curved. It gets the function
# and not the loss, for it looks several times: before each step, and again where the step would lead.

log_w = torch.tensor(0.0, requires_grad=True)  # log 1: start at w = 1
descent = torch.optim.LBFGS([log_w], line_search_fn="strong_wolfe")
losses = []


def look():
    descent.zero_grad()
    loss = leave_one_out_loss(log_w.exp(), data.x_train, data.y_train)
    losses.append(loss.item())
    loss.backward()
    return loss


descent.step(look)
print(f"w = {log_w.exp().item():.2f} after {len(losses)} looks")
assert abs(log_w.exp().item() / best - 1) < 0.01 and len(losses) < 12
