"""
Fifty noisy points
==================

Fifty people have measured something, each at another place, each with an error. What did they have in common?
"""

import matplotlib.pyplot as plt

from nwlesson import COLOURS, describe, make_data, truth

plt.style.use("nwlesson.lesson")
data = make_data(50, step=0.125)
errors = data.y_train - truth(data.x_train)

# %%
# The noise is drawn with a standard deviation of one half. A sample of fifty comes near to it, not on it.

print(f"standard deviation of the errors: {errors.std():.2f}")

# %%
# A thin line joins each measurement with what it should have been.

fig, ax = plt.subplots()
ax.vlines(data.x_train, truth(data.x_train), data.y_train, color=COLOURS["truth"], linewidth=0.5)
ax.plot(data.x_train, data.y_train, "o", color=COLOURS["value"], label="values: what was measured")
ax.plot(data.x_test, data.y_truth, color=COLOURS["truth"], label="truth, which nobody knows")
ax.plot(data.x_train, [-0.9] * 50, "|", color=COLOURS["key"], markersize=9, label="keys: where")
ax.plot([3.5], [-0.9], "^", color=COLOURS["query"], markersize=9, label="a query")
ax.text(3.5, -0.6, "?", color=COLOURS["query"], ha="center")
ax.set(xlabel="x", ylabel="y", xlim=(0, 5), ylim=(-1.1, 5.2))
ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, columnspacing=1)
describe(
    fig,
    f"""Fifty dots scatter around a curve that rises from {data.y_truth.min():.1f} to {data.y_truth.max():.1f} and falls
    again. Strokes on the axis mark the keys, the places of the dots. A triangle marks a query at x = 3.5, between keys,
    with a question mark over it.""",
)
plt.show()
