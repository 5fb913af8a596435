"""
How do 4 points become 4 by 3 keys?
===================================

Tile, mask, reshape: every row loses the point it asks about.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import draw_leave_one_out, leave_one_out

x = torch.tensor([1.0, 2.0, 4.0, 7.0])
keys, values = leave_one_out(x, 10 * x)
print(keys)

# %%
# Each row loses exactly one number, so the rows stay equally long. That is why the reshape is safe.

fig = draw_leave_one_out(x)
plt.show()
