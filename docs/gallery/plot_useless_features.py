"""
What does a useless measurement cost?
=====================================

Only the first feature has to do with the answer. The others are noise, and with one w for all they count as much.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import attention_pooling, describe, fit_bandwidth, leave_one_out_loss, truth

plt.style.use("nwlesson.lesson")
features = [1, 2, 5, 10]
ws = torch.logspace(-1, 1.5, 26).tolist()


def errors(d, seed):
    # The error on the truth of the plain average, of the best shared w and of one w for each feature
    generator = torch.Generator().manual_seed(seed)
    x, queries = (5 * torch.rand(n, d, generator=generator).double() for n in (200, 500))
    y = truth(x[:, 0]) + 0.5 * torch.randn(200, generator=generator)
    shared = min(ws, key=lambda w: leave_one_out_loss(w, x, y).item())
    answers = [attention_pooling(queries, x, y, w) for w in (0.0, shared, fit_bandwidth(x, y))]
    return [((answer - truth(queries[:, 0])) ** 2).mean().item() for answer in answers]


# %%
# 200 points, the mean over three draws. Leave-one-out chooses the w, or all of them.

table = torch.tensor([[errors(d, seed) for seed in range(3)] for d in features]).mean(dim=1)  # (4, 3)
average, shared, own = table.T.tolist()
for d, row in zip(features, table.tolist()):
    print("{:2d} features: average {:.2f}, one w {:.3f}, one w each {:.3f}".format(d, *row))
assert shared == sorted(shared) and shared[-1] > 0.75 * average[-1]
assert max(own) < shared[-1] / 10

# %%
# With one w for all, distances are ruled by the features that say nothing; a wider bell has to make up for it, and
# the answers drift towards the plain average. With one w for each, theirs goes to 0 and they are no longer seen.

fig, ax = plt.subplots(figsize=(4.8, 3.4))
ax.plot(features, average, ":", color="black", linewidth=1.2)
ax.plot(features, shared, "s--", color="black", linewidth=1.2)
ax.plot(features, own, "o-", color="black", linewidth=1.2)
ax.text(5, average[2] + 0.03, "plain average", color="black", ha="center")
ax.text(5.2, shared[2] - 0.02, "one w for all", color="black", va="top")
ax.text(10, own[-1] + 0.05, "one w for each", color="black", ha="right")
ax.set(xlabel="features, of which one matters", ylabel="error on the truth", ylim=(0, 1))
ax.set_xticks(features)
describe(
    fig,
    f"""Error on the truth against the number of features, of which only one matters. With one w for all it climbs from
    {shared[0]:.2f} to {shared[-1]:.2f}, near the plain average's {average[-1]:.2f}. With one w for each feature it
    stays low, {own[0]:.2f} to {own[-1]:.2f}.""",
)
plt.show()
