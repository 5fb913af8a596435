"""
What is near, when a place is two numbers?
==========================================

Three petals, and one that you ask about. Measure the width in millimetres instead of centimetres, and another petal
is the nearest.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import COLOURS, describe, scaled_distance

plt.style.use("nwlesson.lesson")
query = torch.tensor([[6.0, 4.0]])  # length and width in centimetres
keys = torch.tensor([[6.0, 3.0], [4.0, 4.0], [2.0, 1.0]])

# %%
# With lengths in centimetres and widths in millimetres every difference in width becomes ten times as large. That is
# the same as w = 10 for the width and w = 1 for the length.

in_cm = scaled_distance(query, keys)[0]
in_mm = scaled_distance(query, keys, torch.tensor([1.0, 10.0]))[0]
for name, cm, mm in zip("ABC", in_cm, in_mm):
    print(f"{name}: {cm:4.1f} with the width in cm, {mm:4.1f} with the width in mm")
assert "ABC"[in_cm.argmin()] == "A" and "ABC"[in_mm.argmin()] == "B"

# %%
# All places that are as near as the nearest: a circle when the units are alike, a flat ellipse when they are not. The
# petals are the same.

turn = torch.linspace(0, 2 * torch.pi, 121)
(x, y), (a, b) = query[0], (in_cm.min(), in_mm.min())
fig, ax = plt.subplots(figsize=(4.8, 3.5))
ax.plot(x + a * turn.cos(), y + a * turn.sin(), color="black", linewidth=1.2, label="both in cm")
ax.plot(x + b * turn.cos(), y + b / 10 * turn.sin(), "--", color="black", linewidth=1.2, label="width in mm")
ax.plot(x, y, "^", color=COLOURS["query"], markersize=9)
ax.annotate("query", (x, y), (0, 13), textcoords="offset points", ha="center", color=COLOURS["query"])
ax.plot(keys[:, 0], keys[:, 1], "o", color=COLOURS["key"])
for name, key in zip("ABC", keys):
    ax.annotate(name, key, (-6, -6), textcoords="offset points", ha="right", va="top", color=COLOURS["key"])
ax.set(xlabel="petal length in cm", ylabel="petal width in cm", xlim=(1, 9), ylim=(0.4, 5.4), aspect="equal")
ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
describe(
    fig,
    f"""Petal width against petal length: the query, and the petals A below it, B on its left and C far off. With both
    in centimetres a circle through A is empty: A is nearest, at {in_cm[0]:g}, before B at {in_cm[1]:g}. With the width
    in millimetres a flat ellipse through B is empty: B is nearest, at {in_mm[1]:g}, and A is at {in_mm[0]:g}.""",
)
plt.show()
