"""
What if you take repeat for repeat_interleave?
==============================================

Both give the right number of numbers, so the reshape works and nothing complains. The rows are wrong.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import COLOURS, attention_pooling, describe, make_data

plt.style.use("nwlesson.lesson")

# %%
# With as many queries as keys, as in the books, every row becomes the row of *all* queries. All rows are equal, all
# answers are equal: a flat line. With unequal numbers the rows run on into each other, which is no better.

fig, ax = plt.subplots()
for step, style in (0.1, "-"), (0.125, ":"):
    data = make_data(50, step=step)
    n_queries = len(data.x_test)
    rows = data.x_test.repeat(50).reshape(-1, 50)  # should have been repeat_interleave(50)
    weights = torch.softmax(-((rows - data.x_train) ** 2) / 2, dim=-1)
    answers = weights @ data.y_train
    print(f"{n_queries} queries: answers from {answers.min():.2f} to {answers.max():.2f}")
    ax.plot(data.x_test, answers, style, color=COLOURS["prediction"], label=f"repeat, {n_queries} queries")
right = attention_pooling(data.x_test, data.x_train, data.y_train)
ax.plot(data.x_test, right, "--", color=COLOURS["prediction"], label="repeat_interleave")
ax.plot(data.x_test, data.y_truth, color=COLOURS["truth"], linewidth=1, label="truth")
ax.set(xlabel="x", ylabel="y", xlim=(0, 5), ylim=(-1, 5))
ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
describe(
    fig,
    """The truth as a hump, and two predictions made with the wrong function. With fifty queries and fifty keys the
    prediction is one flat line; with forty queries it waves a little around that line. A third, made with
    repeat_interleave, is a hump like the truth, but flatter.""",
)
plt.show()
