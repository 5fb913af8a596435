"""
Do more data help?
==================

With the width fixed, the error soon stops falling. With the width chosen anew, it goes on.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import attention_pooling, describe, fit_bandwidth, make_data

plt.style.use("nwlesson.lesson")
sizes = [25, 50, 100, 200, 400, 800]


def error(data, w):
    return ((attention_pooling(data.x_test, data.x_train, data.y_train, w) - data.y_truth) ** 2).mean().item()


# %%
# The mean over ten draws for each size, so that one lucky draw does not decide.

fixed, chosen, ws = [], [], []
for n in sizes:
    draws = [make_data(n, seed=seed) for seed in range(10)]
    fitted = [fit_bandwidth(data.x_train, data.y_train) for data in draws]
    fixed.append(sum(error(data, 1.0) for data in draws) / len(draws))
    chosen.append(sum(error(data, w) for data, w in zip(draws, fitted)) / len(draws))
    ws.append(torch.tensor(fitted).median().item())
    print(f"n = {n:3d}   w = 1: {fixed[-1]:.3f}   w chosen: {chosen[-1]:.4f}, at a median w of {ws[-1]:.1f}")
assert fixed[-1] > 0.8 * fixed[1]
assert chosen == sorted(chosen, reverse=True)
assert chosen[-1] < chosen[1] / 4
assert 1.8 < ws[-1] / ws[0] < 2.3, "32 times the points, about twice the w"

# %%
# A fixed bell averages over the same stretch of the curve however many points stand in it: the noise goes, the
# flattening stays. A bell that gets narrower as points are added loses both.

fig, ax = plt.subplots(figsize=(4.8, 3.4))
ax.plot(sizes, fixed, "o--", color="black")
ax.plot(sizes, chosen, "o-", color="black")
ax.text(sizes[-1], fixed[-1] * 1.25, "w = 1, always", color="black", ha="right")
ax.text(20, 0.012, "w by leave-one-out", color="black")
for n, e, w in zip(sizes, chosen, ws):
    label = f"w = {w:.1f}" if n == sizes[0] else f"{w:.1f}"
    ax.annotate(label, (n, e), (0, 7), textcoords="offset points", ha="center", color="black")
ax.set(
    xlim=(16, 1000), xscale="log", yscale="log", xlabel="training points", ylabel="error on the truth", ylim=(0.004, 1)
)
ax.set_xticks(sizes, [str(n) for n in sizes])
ax.set_yticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
ax.minorticks_off()
describe(
    fig,
    f"""Error against the number of training points, both on logarithmic axes. With w = 1 the line is soon level, from
    {fixed[0]:.2f} over {fixed[2]:.2f} to {fixed[-1]:.2f}. With w chosen it falls from {chosen[0]:.3f} to
    {chosen[-1]:.3f}, while the chosen w grows from {ws[0]:.1f} to {ws[-1]:.1f}.""",
)
plt.show()
