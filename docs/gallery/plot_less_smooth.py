"""
Why is the trained curve less smooth?
=====================================

A larger w asks fewer neighbours, and an average of few swings more than an average of many.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import COLOURS, NWKernelRegression, attention_pooling, describe, leave_one_out, make_data, train

plt.style.use("nwlesson.lesson")
data = make_data(50, step=0.125)
net = NWKernelRegression(generator=torch.Generator().manual_seed(0))
keys, values = leave_one_out(data.x_train, data.y_train)
train(net, data.x_train, keys, values, data.y_train, epochs=5)
after_5 = net.w.item()
train(net, data.x_train, keys, values, data.y_train, epochs=95)
after_100 = net.w.item()

# %%
# The bell of width 1, the one after the book's five epochs, and the one after a hundred.

fig, axes = plt.subplots(3, 1, sharex=True, sharey=True, figsize=(4.8, 5.2))
words = []
for ax, name, w in zip(axes, ("the old bell", "after 5 epochs", "after 100 epochs"), (1.0, after_5, after_100)):
    curve = attention_pooling(data.x_test, data.x_train, data.y_train, w)
    error = ((curve - data.y_truth) ** 2).mean()
    ax.plot(data.x_train, data.y_train, "o", color=COLOURS["value"], alpha=0.35, markersize=3)
    ax.plot(data.x_test, data.y_truth, color=COLOURS["truth"], linewidth=1)
    ax.plot(data.x_test, curve, "--", color=COLOURS["prediction"])
    ax.set_title(f"{name}: w = {w:.1f}, error on the truth {error:.3f}", loc="left")
    ax.set(ylabel="y", ylim=(-1, 5))
    words.append(f"{name}, w = {w:.1f}, error {error:.3f}")
axes[-1].set(xlabel="x")
describe(
    fig,
    f"""Three fits. With w = 1 the curve is flatter than the truth, after five epochs it wiggles around the truth,
    after a hundred it follows the truth with few wiggles: {"; ".join(words)}.""",
)
plt.show()

# %%
# So the wiggles of the second are not the price of a good fit. The third is smoother *and* nearer to the truth.
