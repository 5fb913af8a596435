"""
Which way does unsqueeze tip a row?
===================================

``unsqueeze(1)`` lays each row down in a matrix of its own, ``unsqueeze(-1)`` stands it up.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import draw_unsqueeze

rows = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
print(tuple(rows.shape), tuple(rows.unsqueeze(1).shape), tuple(rows.unsqueeze(-1).shape))

# %%
# The numbers and their order are the same in all three. Only the brackets differ.

fig = draw_unsqueeze(rows)
plt.show()
