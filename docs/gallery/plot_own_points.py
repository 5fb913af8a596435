"""
What does one wild point do to all the others?
==============================================

Leave-one-out chooses one width for everybody. So one point can change it for everybody.
"""

import json
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import torch

from nwlesson import COLOURS, attention_pooling, describe, fit_bandwidth, leave_one_out_loss

plt.style.use("nwlesson.lesson")

# %%
# Fourteen points, once with the eighth in its row and once with it far above. A script that stands alone needs
# :download:`data.json </explorables/own-points/data.json>` beside it.

places = [Path("data.json"), Path(sys.argv[0]).parent / "../explorables/own-points/data.json"]
found = [place for place in places if place.exists()]
if not found:
    raise FileNotFoundError("data.json must lie beside this script; the script's page in the gallery offers it")
stored = json.loads(found[0].read_text(encoding="utf-8"))
tame, wild = (torch.tensor([stored[name]["x"], stored[name]["y"]]).double() for name in ("tame", "outlier"))
moved = (tame != wild).any(dim=0).nonzero().item()
w_tame, w_wild = fit_bandwidth(*tame), fit_bandwidth(*wild)
print(f"best w: {w_tame:.2f} with the point in its row, {w_wild:.2f} with the wild one")
assert w_wild < w_tame / 2

# %%
# Above, both curves with their own best w. Below, what each w loses. The wild point itself is badly answered
# whatever w is. A narrow bell loses more: there its neighbours obey it.

grid, ws = torch.linspace(0, 5, 201).double(), torch.logspace(-1, 2, 121).tolist()
fig, (above, below) = plt.subplots(2, figsize=(4.8, 5.6), height_ratios=(5, 3))
above.plot(*wild, "o", color=COLOURS["value"], markersize=5)
above.plot(*tame[:, moved], "o", color=COLOURS["value"], markersize=5, fillstyle="none")
for points, w, style in (tame, w_tame, "--"), (wild, w_wild, "-"):
    above.plot(grid, attention_pooling(grid, *points, w), style, color=COLOURS["prediction"])
    below.plot(ws, [leave_one_out_loss(one, *points) for one in ws], style, color="black")
    below.plot(w, leave_one_out_loss(w, *points), "v", color="black", markersize=9)
above.annotate("", wild[:, moved], tame[:, moved], arrowprops={"arrowstyle": "->", "shrinkA": 6, "shrinkB": 6})
above.set(xlabel="x", ylabel="y", xlim=(0, 5), ylim=(0, 5.2))
below.set(xlabel="w", ylabel="leave-one-out loss", xscale="log", ylim=(0, 2.8), xticks=[0.1, 1, 10, 100])
below.set_xticklabels(["0.1", "1", "10", "100"])
below.text(100, 1.4, "with the wild point", ha="right")
below.text(100, 0.3, "all in a row", ha="right")
describe(
    fig,
    f"""Above, fourteen points in a soft wave; an arrow lifts the eighth far above its row. The dashed curve before
    follows the wave; the solid one after it is almost flat. Below, the leave-one-out loss against w: before, its
    valley is at w = {w_tame:.2f}; with the wild point it is higher everywhere, the valley is at w = {w_wild:.2f},
    and to the right of it the loss climbs steeply.""",
)
plt.show()
