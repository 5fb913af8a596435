"""
Which curve would you draw through the dots?
============================================

Fifty measurements and nothing else. Print the picture, or lay a sheet of paper over the screen, and draw.
"""

import matplotlib.pyplot as plt

from nwlesson import COLOURS, describe, make_data

plt.style.use("nwlesson.lesson")
data = make_data(50, step=0.125)

# %%
# What would you answer at the triangle, where nobody has measured? And which curve would answer everywhere?

gaps = data.x_train.diff()
print(f"widest gap between two neighbours: {gaps.max():.2f}")

# %%
# The grid is there to read your curve by: a line every 0.5.

fig, ax = plt.subplots(figsize=(4.8, 4.2))
ax.set(xlabel="x", ylabel="y", xlim=(0, 5), ylim=(-1, 5.4))
ax.set_xticks([i / 2 for i in range(11)], minor=True)
ax.set_yticks([i / 2 for i in range(-2, 11)], minor=True)
ax.grid(which="both", linewidth=0.4, alpha=0.5)
ax.plot(data.x_train, data.y_train, "o", color=COLOURS["value"], markersize=4)
ax.plot([3.5], [-1], "^", color=COLOURS["query"], markersize=10, clip_on=False, zorder=3)
ax.text(3.5, -0.6, "?", color=COLOURS["query"], ha="center")
left, middle, right = (data.y_train[part].mean() for part in (slice(5), slice(16, 28), slice(-5, None)))
describe(
    fig,
    f"""Fifty dots over an empty grid, without any curve. From left to right they rise from about {left:.1f} to about
    {middle:.1f} around the middle and fall to about {right:.1f} at the end. A triangle with a question mark stands on
    the axis at x = 3.5. The dots near it lie around 2.""",
)
plt.show()
