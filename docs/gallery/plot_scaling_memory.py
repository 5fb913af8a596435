"""
How much memory does it take?
=============================

A table with a weight for every pair grows with the square. Nobody needs the table.
"""

import json
import sys
from pathlib import Path

import matplotlib.pyplot as plt

from nwlesson import describe

plt.style.use("nwlesson.lesson")

# %%
# What one call needs at its peak, above its inputs; measured once, each in a process of its own. A script that stands
# alone needs :download:`measurements.json </facts/measurements.json>` beside it.

places = [Path("measurements.json"), Path(sys.argv[0]).parent / "../facts/measurements.json"]
found = [place for place in places if place.exists()]
if not found:
    raise FileNotFoundError("measurements.json must lie beside this script; the script's page in the gallery offers it")
stored = json.loads(found[0].read_text(encoding="utf-8"))
machine, table = stored["machine"], stored["pooling"]
print(f"{machine['processor']}, torch {machine['torch']}, {machine['date']}")
least = 0.1  # MiB; the meter counts whole pages, and tiny calls live in what is there already
memory = {
    name: {int(n): max(least, row["mebibytes"]) for n, row in rows.items() if int(n) >= 500}
    for name, rows in table.items()
}
assert memory["the book's form"][10_000] > 3 * 10_000**2 * 8 / 2**20
small = "chunks", "fused", "window", "bins", "features"
assert all(memory[name][10_000] < 5 for name in small)
assert all(mebibytes < 20 for name in small for n, mebibytes in memory[name].items() if n <= 100_000)

# %%
# The thin dotted line is the inputs themselves: queries, keys and values. Below or near it, memory is no concern.

fig, ax = plt.subplots(figsize=(4.8, 4.2))
styles = {"the book's form": "o-", "broadcasting": "x:", "chunks": "s--", "fused": "D-", "window": "^-.", "bins": "v-"}
styles["features"] = "*--"
for name, style in styles.items():
    ax.plot(memory[name].keys(), memory[name].values(), style, color="black", label=name, linewidth=1.4)
sizes = [500, 1_000_000]
ax.plot(sizes, [3 * 8 * n / 2**20 for n in sizes], linestyle=(0, (1, 3)), color="black", linewidth=1)
ax.text(1_000_000, 0.7, "the inputs", color="black", ha="right", va="top")
ax.set(xscale="log", yscale="log", xlabel="n, queries as well as keys", ylabel="MiB above the inputs")
ax.set_xticks([100, 10_000, 1_000_000], ["100", "10,000", "1,000,000"])
ax.set_yticks([0.01, 1, 100], ["0.01", "1", "100"])
ax.minorticks_off()
ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, columnspacing=1)
largest, broken = memory["bins"][1_000_000], memory["features"][1_000_000]
at = [f"{name} {memory[name][10_000]:,.1f}" for name in styles]
describe(
    fig,
    f"""Peak memory above the inputs against n, on logarithmic axes, measured on {machine["processor"]}. At 10,000
    points, in MiB: {", ".join(at)}. The book's
    form and broadcasting grow with the square of n. The other five need less than 20 MiB at every size up to 100,000,
    where the inputs alone take {3 * 8 * 100_000 / 2**20:.1f} MiB; a million points need
    {largest:.0f} in bins and {broken:.0f} as features.""",
)
plt.show()
