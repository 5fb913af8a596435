"""
What does the curve do in five epochs?
======================================

The book draws the loss of five epochs. Here is what happens to the curve itself, step by step.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import COLOURS, NWKernelRegression, attention_pooling, describe, leave_one_out, make_data, train

plt.style.use("nwlesson.lesson")
data = make_data(50, step=0.05)
net = NWKernelRegression(generator=torch.Generator().manual_seed(0))
history = train(net, data.x_train, *leave_one_out(data.x_train, data.y_train), data.y_train)
ws = [row.w for row in history] + [net.w.item()]

# %%
# Six values of w: the start, and one after each step.

print(", ".join(f"{w:.2f}" for w in ws))

# %%
# One step does nearly everything. The other four are hard to see, because w hardly moves any more.

fig, axes = plt.subplots(2, 3, sharex=True, sharey=True, figsize=(4.8, 3.9))
for step, (ax, w) in enumerate(zip(axes.flat, ws)):
    curve = attention_pooling(data.x_test, data.x_train, data.y_train, w)
    ax.plot(data.x_test, data.y_truth, color=COLOURS["truth"], linewidth=1)
    ax.plot(data.x_test, curve, color=COLOURS["prediction"], linewidth=1.4)
    ax.set_title(f"step {step}\nw = {w:.1f}" if step else f"start\nw = {w:.1f}")
fig.supxlabel("x")
fig.supylabel("y")
describe(
    fig,
    f"""Six small plots of truth and prediction. At the start, with w = {ws[0]:.1f}, the prediction is nearly a straight
    line. After one step, with w = {ws[1]:.1f}, it follows the truth with many wiggles; after the fifth, with
    w = {ws[5]:.1f}, it looks almost the same.""",
)
plt.show()
