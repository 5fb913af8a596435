"""
How long does it take?
======================

Seven ways to answer n queries from n keys, from fifty points to a million.
"""

import json
import sys
from pathlib import Path

import matplotlib.pyplot as plt

from nwlesson import describe

plt.style.use("nwlesson.lesson")

# %%
# The times were measured once, on one thread of one machine. ``make bench`` in a copy of the project measures them
# anew; a script that stands alone needs :download:`measurements.json </facts/measurements.json>` beside it. All methods
# give the same answers; bins approximate them.

places = [Path("measurements.json"), Path(sys.argv[0]).parent / "../facts/measurements.json"]
found = [place for place in places if place.exists()]
if not found:
    raise FileNotFoundError("measurements.json must lie beside this script; the script's page in the gallery offers it")
stored = json.loads(found[0].read_text(encoding="utf-8"))
machine, table = stored["machine"], stored["pooling"]
print(f"{machine['processor']}, torch {machine['torch']}, {machine['date']}")
seconds = {name: {int(n): row["seconds"] for n, row in rows.items()} for name, rows in table.items()}
assert seconds["the book's form"][10_000] > 8 * seconds["chunks"][10_000] > 8 * seconds["bins"][10_000]
assert seconds["bins"][1_000_000] < seconds["fused"][10_000] * 3
assert all(3 < seconds[name][10_000] / seconds[name][5_000] < 6 for name in ("the book's form", "chunks", "fused"))
assert max(row := [seconds["bins"][n] for n in (50, 500, 5_000, 10_000)]) < 3 * min(row)

# %%
# Both axes are logarithmic: on the left of the picture calls cost their start-up, on the right a line that climbs two
# decades in one has a time that grows with the square.

fig, ax = plt.subplots(figsize=(4.8, 4.2))
styles = {
    "statsmodels": "P:",
    "the book's form": "o-",
    "chunks": "s--",
    "fused": "D-",
    "window": "^-.",
    "bins": "v-",
    "features": "*--",
}
for name, style in styles.items():
    ax.plot(seconds[name].keys(), seconds[name].values(), style, color="black", label=name, linewidth=1.4)
ax.set(xscale="log", yscale="log", xlabel="n, queries as well as keys", ylabel="seconds, one thread")
ax.set_xticks([100, 10_000, 1_000_000], ["100", "10,000", "1,000,000"])
ax.set_yticks([0.001, 0.01, 0.1, 1, 10], ["0.001", "0.01", "0.1", "1", "10"])
ax.minorticks_off()
ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, columnspacing=1)
at = {name: row[10_000] for name, row in seconds.items() if name in styles}
ends = {name: f"{max(row):,} points in {row[max(row)]:.2g} s" for name, row in seconds.items()}
describe(
    fig,
    f"""Seconds against n on logarithmic axes, measured on {machine["processor"]}. At 10,000 points:
    {", ".join(f"{name} {s:.2g}" for name, s in at.items())}. The lines of the book's form, chunks and fused run side by
    side and climb as the square of n; the fused one ends with {ends["fused"]}. Bins hardly rise up to 10,000 points and
    end with {ends["bins"]}; features end with {ends["features"]}.""",
)
plt.show()
