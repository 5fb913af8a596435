"""
Why is the curve wrong at its ends?
===================================

At the left end all neighbours are on the right, and all of them are higher.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import COLOURS, attention_pooling, attention_weights, describe, make_data, truth

plt.style.use("nwlesson.lesson")

# %%
# No noise here, and very many points: what is left is the method's own error, its bias.

data = make_data(5000, noise=0.0, step=0.025)
w = 4.0
curve = attention_pooling(data.x_test, data.x_train, data.y_train, w)
wrong = curve - data.y_truth
print(f"at x = 0: {wrong[0]:+.2f}; on the hill: {wrong[data.y_truth.argmax()]:+.2f}")
assert wrong[0] > 3 * wrong[40:160].abs().max()

# %%
# The weights of the query 0 are half a bell. Their average lies to the right of the query, and the curve rises there.

weights = attention_weights(torch.tensor([0.0]), data.x_train, w)[0]
middle = (weights @ data.x_train).item()
print(f"asked at 0, answered as if at {middle:.2f}")

fig, ax = plt.subplots()
ax.plot(data.x_test, data.y_truth, color=COLOURS["truth"], label="truth")
ax.plot(data.x_test, curve, "--", color=COLOURS["prediction"], label="prediction, w = 4")
ax.fill_between(data.x_train, weights / weights.max() * 0.8, color=COLOURS["weight"], alpha=0.3, lw=0, label="weights")
ax.annotate(
    "", (0, curve[0]), (0, truth(torch.tensor(0.0))), arrowprops={"arrowstyle": "->", "color": COLOURS["query"]}
)
ax.set(xlabel="x", ylabel="y", xlim=(-0.05, 2.5), ylim=(0, 4))
ax.legend(loc="upper left", bbox_to_anchor=(0.05, 1))
describe(
    fig,
    f"""Truth and prediction near the left end. Everywhere else they nearly touch; at x = 0 the prediction is
    {wrong[0]:.2f} too high. The weights of the query 0 are half a bell, with its middle at {middle:.2f}.""",
)
plt.show()
