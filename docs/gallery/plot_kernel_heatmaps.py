"""
What does each kernel's heat map look like?
===========================================

Five kernels of width 1 on one colour scale, over the true x.
"""

import matplotlib.pyplot as plt

from nwlesson import (
    attention_weights,
    boxcar,
    constant,
    describe,
    epanechnikov,
    gaussian,
    make_data,
    show_heatmaps,
    triangular,
)

data = make_data(50, step=0.125)
kernels = constant, gaussian, boxcar, epanechnikov, triangular
maps = {kernel.__name__: attention_weights(data.x_test, data.x_train, kernel=kernel) for kernel in kernels}

# %%
# The constant kernel is even all over, the Gaussian fades out, the boxcar has a sharp border, and the last two are
# strongest in the middle of their bands.

fig = show_heatmaps(list(maps.values()), data.x_test, data.x_train, titles=list(maps))
largest = "; ".join(f"{name} {weights.max():.2f}" for name, weights in maps.items())
describe(
    fig,
    f"""Five heat maps on one colour scale, a row for each query and a column for each key, a stronger colour
    for more weight. The constant kernel's map is pale and even. The others have a band from top left to bottom right:
    broad and blurred for the Gaussian, narrower and with sharp borders for the boxcar, narrow with a strong middle for
    Epanechnikov and for the triangle, the narrowest. Largest weights: {largest}.""",
)
plt.show()
