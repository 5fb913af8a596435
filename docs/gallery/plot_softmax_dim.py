"""
What if softmax runs in the wrong direction?
============================================

``dim=0`` instead of ``dim=1``: no error message, and a curve that does not look wrong. How can you tell?
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import COLOURS, describe, make_data

plt.style.use("nwlesson.lesson")
data = make_data(50, step=0.125)
scores = -((data.x_test[:, None] - data.x_train) ** 2) / 2  # (40, 50): queries by keys
right = torch.softmax(scores, dim=1)
wrong = torch.softmax(scores, dim=0)

# %%
# The sums tell. A query must share out exactly 1 among its keys, so each *row* must sum to 1.

print("rows of the right one:", right.sum(dim=1).min().item(), "to", right.sum(dim=1).max().item())
print(f"rows of the wrong one: {wrong.sum(dim=1).min():.2f} to {wrong.sum(dim=1).max():.2f}")

hill = data.y_truth > 3
assert ((right @ data.y_train) < data.y_truth)[hill].all()
assert ((wrong @ data.y_train) > data.y_truth)[hill].all()

# %%
# The curve alone would not have told. It is even nearer to the truth in places, by accident: its answers are no
# averages of the values any more, but averages times a number that has nothing to do with the question.

fig, ax = plt.subplots()
ax.plot(data.x_test, right @ data.y_train, "--", color=COLOURS["prediction"], label="dim=1")
ax.plot(data.x_test, wrong @ data.y_train, ":", color=COLOURS["prediction"], label="dim=0")
ax.plot(data.x_test, data.y_truth, color=COLOURS["truth"], label="truth")
ax.set(xlabel="x", ylabel="y", xlim=(0, 5), ylim=(-1, 5))
ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
sums = wrong.sum(dim=1)
describe(
    fig,
    f"""Truth and two predictions, both smooth humps. On the hill the one with softmax over dim 1 is lower than the
    truth, the one over dim 0 higher; nothing in its shape gives it away. Over dim 0, the rows sum to between
    {sums.min():.2f} and {sums.max():.2f}.""",
)
plt.show()
