"""
What does the knob w do to the curve?
=====================================

From w = 0, where everybody is averaged, to a very large w, where only the nearest point is asked.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import COLOURS, attention_pooling, attention_weights, describe, effective_neighbours, make_data

plt.style.use("nwlesson.lesson")
data = make_data(50, step=0.125)
keys, values = data.x_train, data.y_train
middles = (keys[1:] + keys[:-1]) / 2  # where a narrow bell turns from one key to the next

# %%
# To draw steps as steps, ask at every key and at both sides of each middle, besides an even grid.

places = torch.cat([torch.arange(0, 5, 0.1), keys, middles - 1e-3, middles + 1e-3]).sort().values

# %%
# A larger w means a narrower bell: the width is 1 / w. How many neighbours share an answer is
# 1 / (sum of squared weights), which is n when n of them share it equally.

fig, axes = plt.subplots(2, 2, sharex=True, sharey=True, figsize=(4.8, 4.0))
words = []
for ax, w in zip(axes.flat, (0.0, 1.0, 4.0, 1000.0)):
    curve = attention_pooling(places, keys, values, w)
    neighbours = effective_neighbours(attention_weights(data.x_test, keys, w)).median()
    ax.plot(keys, values, "o", color=COLOURS["value"], alpha=0.35, markersize=3)
    ax.plot(data.x_test, data.y_truth, color=COLOURS["truth"], linewidth=1)
    ax.plot(places, curve, color=COLOURS["prediction"], linewidth=1.4)
    ax.set_title(f"w = {w:g}: listens to {neighbours:.0f}")
    error = ((attention_pooling(data.x_test, keys, values, w) - data.y_truth) ** 2).mean()
    print(f"w = {w:6g}   neighbours {neighbours:4.1f}   error on the truth {error:.3f}")
    words.append(f"w = {w:g}: about {neighbours:.0f} neighbours, error {error:.2f}")
missed = (attention_pooling(keys, keys, values, 1000.0) - values).abs().max()
assert missed < 0.01, "the staircase should go through every point"
fig.supxlabel("x")
fig.supylabel("y")
describe(
    fig,
    f"""Four fits of the same fifty points. A flat line, a hump that is too low, a curve close to the truth, and a
    staircase through every point. {"; ".join(words)}.""",
)
plt.show()

# %%
# Too much and too little are both wrong. The best place is somewhere between, and it can be learned.
