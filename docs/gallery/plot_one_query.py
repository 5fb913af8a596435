"""
How much does each neighbour count?
===================================

Three people know one number each. You ask at x = 2. The nearer a key, the more its value counts.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import COLOURS, attention_weights, describe

plt.style.use("nwlesson.lesson")
query = torch.tensor([2.0])
keys = torch.tensor([1.0, 2.0, 4.0])
values = torch.tensor([10.0, 20.0, 40.0])

# %%
# One row of weights comes out: it has an entry for each key, and the entries sum to 1.

weights = attention_weights(query, keys)
print(weights)

# %%
# The bell is the Gaussian kernel, centred on the query. Each key stands where it lies, and the height of
# its bar is the kernel divided by the sum of all three: its weight.

x = torch.linspace(0, 5, 101)
total = torch.exp(-((query - keys) ** 2) / 2).sum()
fig, ax = plt.subplots()
ax.plot(x, torch.exp(-((query - x) ** 2) / 2) / total, color=COLOURS["weight"], linewidth=1)
ax.bar(keys.numpy(), weights[0].numpy(), width=0.08, color=COLOURS["weight"])
for key, weight, value, side in zip(keys, weights[0], values, ("right", "center", "left")):
    ax.text(key, weight + 0.01, f"{weight:.2f} × {value:g}", ha=side, va="bottom", color=COLOURS["weight"])
ax.plot(query, [0], "^", color=COLOURS["query"], markersize=10, clip_on=False, zorder=3)
ax.set(xlabel="x", ylabel="attention weight", ylim=(0, 0.7))
answer = (weights @ values).item()
ax.set_title(f"asked at x = 2, answered {answer:.2f}")
describe(
    fig,
    f"""A bell centred on the query 2. Bars at the keys 1, 2 and 4 reach the bell at
    {weights[0, 0]:.2f}, {weights[0, 1]:.2f} and {weights[0, 2]:.2f}; these weights times the values
    10, 20 and 40 add up to {answer:.2f}.""",
)
plt.show()
