"""
How do a column and a row become a table?
=========================================

Torch stretches what has the length 1: the column to the right, the row downwards. Then it subtracts entry by entry.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import draw_broadcasting

queries, keys = torch.tensor([0.0, 2.0, 5.0]), torch.tensor([1.0, 2.0, 4.0, 5.0])
print(queries[:, None] - keys)

# %%
# Three queries, four keys. The dotted numbers are copies: torch does not store them, it reads the same number again.

fig = draw_broadcasting(queries, keys)
plt.show()
