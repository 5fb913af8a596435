"""
What holds a run near zero?
===========================

Left of the cliff, close to w = 0, some draws of the noise have a second valley. It is so shallow that you have to look
through a magnifying glass.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import NWKernelRegression, describe, leave_one_out, leave_one_out_loss, make_data, train

plt.style.use("nwlesson.lesson")

# %%
# Two draws of the noise. How much more loss than at w = 0, where everybody counts alike?

ws = torch.linspace(0, 0.4, 81).tolist()


def rises(data):
    # The loss above that of w = 0, half the summed squared error, as the training uses it
    x, y = data.x_train.double(), data.y_train.double()
    return [25 * (leave_one_out_loss(w, x, y) - leave_one_out_loss(0.0, x, y)).item() for w in ws]


ours, other = make_data(), make_data(seed=2)
downhill, valley = rises(ours), rises(other)
rim = ws[valley.index(max(valley))]
assert downhill == sorted(downhill, reverse=True), "our draw has no second valley"
assert max(valley) > 0 and 0.1 < rim < 0.3

# %%
# A run that starts on the near side of the rim rolls to 0 and rests there.

net = NWKernelRegression(0.1)
train(net, other.x_train, *leave_one_out(other.x_train, other.y_train), other.y_train, epochs=100, lr=0.5)
print(f"rim at w = {rim:.2f}, {max(valley):.3f} high; from w = 0.1 to {net.w.item():.4f} in 100 epochs")
assert abs(net.w.item()) < 0.01

fig, ax = plt.subplots(figsize=(4.8, 3.3))
ax.axhline(0, color="black", linewidth=0.8)
ax.plot(ws, valley, color="black")
ax.plot(ws, downhill, "--", color="black")
start = valley[20]
ax.plot(ws[20], start, "o", color="black", markersize=9)
arrow = {"arrowstyle": "->", "color": "black"}
ax.annotate("", (0.01, 0.016), (ws[20] - 0.006, start + 0.012), arrowprops=arrow)
ax.text(0.01, 0.03, "a run from\nhere rolls to 0", color="black", va="bottom")
ax.text(rim, max(valley) + 0.006, "rim", color="black", ha="center", va="bottom")
ax.text(0.25, 0.024, "another draw", color="black", va="bottom")
ax.text(0.02, -0.13, "our draw: no\nsecond valley", color="black", va="top")
ax.set(xlabel="w", ylabel="loss − loss at w = 0", xlim=(0, 0.4), ylim=(-0.3, 0.1))
describe(
    fig,
    f"""The loss near w = 0, above its value there, for two draws of the noise. Ours falls from the start. In the
    other draw it first rises by {max(valley):.2f} up to a rim at w = {rim:.2f}, then falls. A run that starts at
    w = 0.1, this side of the rim, rolls back to 0.""",
)
plt.show()
