"""
How sure is the curve of itself?
================================

A band that says how far the noise can have carried the curve. It does not know where the method itself is wrong.
"""

import matplotlib.pyplot as plt

from nwlesson import COLOURS, attention_weights, describe, fit_bandwidth, make_data

plt.style.use("nwlesson.lesson")
data = make_data(step=0.05)
w = fit_bandwidth(data.x_train, data.y_train)

# %%
# The answer is a sum of weights times values. The noise of each value has the standard deviation 0.5, so that of the
# answer is 0.5 times the root of the sum of the squared weights.

weights = attention_weights(data.x_test, data.x_train, w)
curve = weights @ data.y_train
se = 0.5 * (weights**2).sum(dim=-1).sqrt()
low, high = curve - 1.96 * se, curve + 1.96 * se
caught = (low < data.y_truth) & (data.y_truth < high)
outside = data.x_test[~caught]
print(f"half the band is {1.96 * se.min():.2f} to {1.96 * se.max():.2f} wide")
print("the truth is outside at", [round(place, 2) for place in outside.tolist()])
assert not caught[0] and caught[20:80].float().mean() > 0.8
end, middle = outside[outside < 1], outside[outside > 1]
assert len(middle) > 0 and middle.min() > 2.9 and middle.max() < 3.4, "twice, and nowhere else"

# %%
# At the left end the truth leaves the band: there all neighbours stand on one side. Near 3 it leaves it once more: 95
# of 100 is no promise for each place, and the band knows nothing of bias.

fig, ax = plt.subplots(figsize=(4.8, 3.4))
ax.fill_between(data.x_test, low, high, color=COLOURS["prediction"], alpha=0.25, linewidth=0)
ax.plot(data.x_train, data.y_train, "o", color=COLOURS["value"], alpha=0.35, markersize=3)
ax.plot(data.x_test, data.y_truth, color=COLOURS["truth"])
ax.plot(data.x_test, curve, "--", color=COLOURS["prediction"])
arrow = {"arrowstyle": "->", "color": "black"}
ax.annotate("the truth leaves\nthe band", (0.03, 0.15), (0.75, -0.65), arrowprops=arrow, color="black", va="bottom")
ax.annotate("and here", (middle.mean(), 2.65), (3.5, 3.3), arrowprops=arrow, color="black", va="bottom")
ax.text(4.95, 4.75, "band: prediction ± 1.96 se", color=COLOURS["prediction"], ha="right")
ax.set(xlabel="x", ylabel="y", xlim=(-0.05, 5), ylim=(-1, 5.1))
describe(
    fig,
    f"""Fifty points, the truth, the prediction with w = {w:.1f}, and a band around the prediction,
    {1.96 * se.median():.2f} up and down in the middle. The truth runs inside the band at
    {100 * caught.float().mean():.0f}% of the places. It is below it at the left end, where the prediction is
    {curve[0]:.2f} and the truth 0, and above it from x = {middle.min():.1f} to {middle.max():.1f}.""",
)
plt.show()
