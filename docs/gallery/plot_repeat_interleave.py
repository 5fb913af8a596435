"""
What does repeat_interleave do?
===============================

It repeats each number before it goes on to the next, so that a reshape can give every query a row of its own.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import draw_repeat_interleave

queries = torch.tensor([0.0, 2.0, 5.0])
print(queries.repeat_interleave(4).reshape(-1, 4))

# %%
# Three queries, four keys: three rows of four. Follow one number down.

fig = draw_repeat_interleave(queries, 4)
plt.show()
