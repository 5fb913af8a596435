"""
What does each kernel's heat map look like?
===========================================

Three kernels of width 1 on one colour scale, over the true x.
"""

import matplotlib.pyplot as plt

from nwlesson import attention_weights, boxcar, gaussian, make_data, show_heatmaps, triangular

data = make_data(50, step=0.125)
kernels = gaussian, boxcar, triangular

# %%
# The Gaussian fades out, the boxcar has a sharp border, the triangle is darkest in the middle of its band.

maps = [attention_weights(data.x_test, data.x_train, kernel=kernel) for kernel in kernels]
fig = show_heatmaps(maps, data.x_test, data.x_train, titles=[kernel.__name__ for kernel in kernels])
plt.show()
