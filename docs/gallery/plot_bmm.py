"""
What does bmm multiply with what?
=================================

Level 0 with level 0, level 1 with level 1. In each level a lying row meets a standing column.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import draw_bmm

weights = torch.tensor([[0.5, 0.25, 0.25], [0.0, 0.5, 0.5]])
values = torch.tensor([[10.0, 20.0, 40.0], [1.0, 2.0, 4.0]])
print(torch.bmm(weights.unsqueeze(1), values.unsqueeze(-1)))

# %%
# The weights of each row sum to 1, so each product is a weighted average. Nothing crosses between the levels.

fig = draw_bmm(weights, values)
plt.show()
