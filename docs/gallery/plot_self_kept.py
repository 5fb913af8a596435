"""
What if a point may look at itself?
===================================

Then the training loss can be driven to nothing, and means nothing.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import attention_pooling, describe, leave_one_out_loss, make_data

plt.style.use("nwlesson.lesson")
data = make_data(50, step=0.125)
ws = torch.logspace(-0.5, 3, 71).tolist()

# %%
# Three errors for each w: the training error with the point itself kept, the one with it left out, and the error on
# the truth, which in life nobody can compute.

x, y = data.x_train, data.y_train
kept = [((attention_pooling(x, x, y, w) - y) ** 2).mean().item() for w in ws]
left_out = [leave_one_out_loss(w, x, y).item() for w in ws]
on_truth = [((attention_pooling(data.x_test, x, y, w) - data.y_truth) ** 2).mean().item() for w in ws]
best = ws[left_out.index(min(left_out))]
best_truth = ws[on_truth.index(min(on_truth))]
print(f"best w left out {best:.1f}, best w on the truth {best_truth:.1f}, kept: the largest w is the best")
assert kept == sorted(kept, reverse=True) and kept[-1] < 1e-3
assert 0.67 < best / best_truth < 1.5

# %%
# The honest error has a valley near the valley of the truth. The leaking one has none: it only falls.

fig, ax = plt.subplots(figsize=(4.8, 3.4))
ax.plot(ws, left_out, color="black", label="training error, self left out")
ax.plot(ws, kept, "--", color="black", label="training error, self kept")
ax.plot(ws, on_truth, ":", color="black", label="error on the truth")
ax.plot(best, min(left_out), "v", color="black", markersize=8)
ax.plot(best_truth, min(on_truth), "v", color="black", markersize=8)
ax.set(xscale="log", xlabel="w", ylabel="mean squared error", ylim=0)
ax.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1))
describe(
    fig,
    f"""Three errors against w from {ws[0]:.1f} to {ws[-1]:.0f}. With the point left out the error has a valley at
    w = {best:.1f}; the error on the truth has one at {best_truth:.1f}. With the point kept, the error falls all the way
    to {kept[-1]:.3f}, while the error on the truth rises to {on_truth[-1]:.2f}.""",
)
plt.show()
