"""
What does training do to the heat map?
======================================

Three maps on one colour scale, so that a shade means the same in each.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import NWKernelRegression, attention_weights, leave_one_out, make_data, show_heatmaps, train

data = make_data(50, step=0.125)
net = NWKernelRegression(generator=torch.Generator().manual_seed(0))
keys, values = leave_one_out(data.x_train, data.y_train)
train(net, data.x_train, keys, values, data.y_train, epochs=5)
after_5 = net.w.item()
train(net, data.x_train, keys, values, data.y_train, epochs=95)
after_100 = net.w.item()

# %%
# The sharper the map, the fewer neighbours share an answer. Sharper is not better: the best map is the one that
# training reaches when it is given the time.

ws = (1.0, after_5, after_100)
maps = [attention_weights(data.x_test, data.x_train, w) for w in ws]
titles = ["old bell\nw = 1", f"5 epochs\nw = {after_5:.1f}", f"100 epochs\nw = {after_100:.1f}"]
fig = show_heatmaps(maps, data.x_test, data.x_train, titles=titles)
plt.show()
