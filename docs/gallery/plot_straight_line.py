"""
What does a straight line do better than an average?
====================================================

At the left end all neighbours stand on the right, and the curve climbs there. An average does not know that. A line
does.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import COLOURS, attention_weights, describe, fit_bandwidth, make_data, truth

plt.style.use("nwlesson.lesson")
data = make_data()
x, y = data.x_train, data.y_train
w = fit_bandwidth(x, y)

# %%
# The query 0 asks everybody, with the same bell both times. The average is a level line. The other is the straight line
# that fits the neighbours best, where a miss counts as much as its weight; read it off at the query.

average = attention_weights(torch.zeros(1), x, w)[0]  # (50,)
middle = average @ x  # the average place, as seen from the query
away = x - middle
spread = average @ away**2
line = average * (1 - middle * away / spread)  # (50,): the weights of what the line says at 0
slope = average @ (away * y) / spread
answer_average, answer_line = (average @ y).item(), (line @ y).item()
print(f"average {answer_average:.2f}, line {answer_line:.2f}, truth 0; the smallest weight is {line.min():.2f}")
assert abs((average @ y - slope * middle).item() - answer_line) < 1e-4, "the weights are the line read off at the query"
assert abs(answer_line) < abs(answer_average) / 2
assert line.min() < 0 and abs(line.sum() - 1) < 1e-4 and abs(line @ x) < 1e-4

# %%
# Below are the weights of both answers. Those of the line still sum to 1, but far neighbours count against their value.

near = x < 1.6
places = torch.tensor([0.0, 1.0])
fig, (top, bottom) = plt.subplots(2, 1, sharex=True, figsize=(4.8, 4.9), height_ratios=[3, 2])
grid = torch.linspace(0, 1.6, 81)
top.plot(grid, truth(grid), color=COLOURS["truth"], linewidth=1)
top.plot(x[near], y[near], "o", color=COLOURS["value"], alpha=0.6)
top.plot(places, [answer_average] * 2, "--", color=COLOURS["prediction"])
top.plot(places, answer_line + slope * places, color=COLOURS["prediction"])
top.plot([0, 0], [answer_average, answer_line], "D", color=COLOURS["prediction"], clip_on=False, zorder=3)
top.text(1.03, answer_average, "average", color=COLOURS["prediction"], va="center")
top.text(0.55, answer_line + 0.55 * slope.item() - 0.45, "line", color=COLOURS["prediction"], va="center", ha="center")
top.text(1.24, 3.55, "truth", color=COLOURS["truth"], va="center", ha="center")
top.set(ylabel="y", ylim=(-0.8, 4.2))
bottom.axhline(0, color="black", linewidth=0.8)
bottom.plot(x[near], average[near], "o--", color=COLOURS["weight"], fillstyle="none", linewidth=1)
bottom.plot(x[near], line[near], "o-", color=COLOURS["weight"], linewidth=1)
bottom.text(0.16, line.max() - 0.02, "line", color=COLOURS["weight"], va="center")
bottom.text(0.5, 0.075, "average", color=COLOURS["weight"])
bottom.text(1.58, -0.14, "below 0: counts against", color=COLOURS["weight"], ha="right")
bottom.set(xlabel="x", ylabel="weight", xlim=(-0.03, 1.6))
describe(
    fig,
    f"""Above, the left end of the fifty points. The average of those near 0 is a level line at {answer_average:.2f}.
    The straight line fitted to them climbs, and meets the place 0 at {answer_line:.2f}; the truth there is 0. Below,
    the weights of both. The average's are half a bell. The line's begin higher, at {line.max():.2f}, and end below 0,
    at {line.min():.2f}.""",
)
plt.show()
