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
print(f"half the band is {1.96 * se.min():.2f} to {1.96 * se.max():.2f} wide; the truth is outside at {~caught[0]}")
assert not caught[0] and caught[20:80].float().mean() > 0.8

# %%
# In the middle the truth runs inside the band. At the left end it leaves it: there all neighbours stand on one side.

fig, ax = plt.subplots(figsize=(4.8, 3.4))
ax.fill_between(data.x_test, low, high, color=COLOURS["prediction"], alpha=0.25, linewidth=0)
ax.plot(data.x_train, data.y_train, "o", color=COLOURS["value"], alpha=0.35, markersize=3)
ax.plot(data.x_test, data.y_truth, color=COLOURS["truth"])
ax.plot(data.x_test, curve, "--", color=COLOURS["prediction"])
arrow = {"arrowstyle": "->", "color": "black"}
ax.annotate("the truth leaves\nthe band", (0.03, 0.15), (0.75, -0.65), arrowprops=arrow, color="black", va="bottom")
ax.text(2.9, 3.9, "band: prediction ± 1.96 se", color=COLOURS["prediction"], ha="center")
ax.set(xlabel="x", ylabel="y", xlim=(-0.05, 5), ylim=(-1, 4.6))
describe(
    fig,
    f"""Fifty points, the truth, the prediction with w = {w:.1f}, and a band around the prediction,
    {1.96 * se.median():.2f} up and down in the middle. The truth runs inside the band at {100 * caught.float().mean():.0f}% of the places, and
    below it at the left end, where the prediction is {curve[0]:.2f} and the truth 0.""",
)
plt.show()
