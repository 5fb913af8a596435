"""
Why is the curve wrong at its ends?
===================================

At the left end all neighbours are on the right, and all of them are higher.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import COLOURS, attention_pooling, attention_weights, describe, make_data

plt.style.use("nwlesson.lesson")

# %%
# No noise here, and very many points: what is left is the method's own error, its bias.

data = make_data(5000, noise=0.0, step=0.025)
w = 4.0
curve, narrow = (attention_pooling(data.x_test, data.x_train, data.y_train, v) for v in (w, 2 * w))
wrong, half = curve - data.y_truth, narrow - data.y_truth
hill = data.y_truth.argmax()
for v, error in (w, wrong), (2 * w, half):
    print(f"w = {v:g}: at x = 0 {error[0]:+.2f}; on the hill {error[hill]:+.3f}")
assert wrong[0] > 3 * wrong[40:160].abs().max()
assert 0.45 < half[0] / wrong[0] < 0.6 and 0.2 < half[hill] / wrong[hill] < 0.3

# %%
# Half the width takes three quarters of the error away on the hill, and only half of it at the end. The weights of the
# query 0 are half a bell. Their average lies to the right of the query, and the curve rises there.

weights = attention_weights(torch.zeros(1), data.x_train, w)[0]
middle = (weights @ data.x_train).item()
print(f"asked at 0, answered as if at {middle:.2f}")

fig, ax = plt.subplots(figsize=(4.8, 3.5))
ax.plot(data.x_test, data.y_truth, color=COLOURS["truth"], label="truth")
ax.plot(data.x_test, curve, "--", color=COLOURS["prediction"], label="prediction, w = 4")
ax.plot(data.x_test, narrow, ":", color=COLOURS["prediction"], label="prediction, w = 8")
x, heights = data.x_train[:1500:30], 0.8 * (weights / weights.max())[:1500:30]  # a few are enough to draw a bell
assert x[-1] > 1.2 and heights[-1] < 0.001
ax.fill_between(x, heights, color=COLOURS["weight"], alpha=0.3, lw=0, label="weights of query 0")
ax.set(xlabel="x", ylabel="y", xlim=(-0.05, 2.5), ylim=(0, 4))
ax.legend(loc="lower center", bbox_to_anchor=(0.45, 1), ncols=2, columnspacing=1)
describe(
    fig,
    f"""Truth and two predictions near the left end. On the hill all three nearly touch; at x = 0 the prediction with
    w = 4 is {wrong[0]:.2f} too high, that with w = 8 still {half[0]:.2f}. The weights of the query 0, for w = 4, are
    half a bell, with its middle at {middle:.2f}.""",
)
plt.show()
