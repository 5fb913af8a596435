"""The pictures of the lesson. Each function returns a figure that carries its own description."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from nwlesson._checks import check_shape, check_tensor
from nwlesson.data import RegressionData
from nwlesson.palette import COLOURS
from nwlesson.training import Epoch

STYLE = "nwlesson.lesson"


def describe(fig: Figure, text: str) -> Figure:
    """Attach the words that stand for a figure where it cannot be seen, and return the figure.

    They are stored as the figure's label; the site reads them out as alternative text and refuses
    a figure without them.

    Parameters
    ----------
    fig : Figure
        Any matplotlib figure.
    text : str
        What the picture shows, with the numbers that matter; line breaks do not count.

    Returns
    -------
    Figure
        The same figure.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from nwlesson import describe
    >>> describe(plt.figure(), "One falling line.").get_label()
    'One falling line.'
    """
    fig.set_label(" ".join(text.split()))
    return fig


def _array(x: Tensor) -> npt.NDArray[np.floating]:
    """Return what matplotlib can draw: no gradient, on the processor, in NumPy, which has no bfloat16."""
    return x.detach().cpu().double().numpy()


def _figure(ax: Axes) -> Figure:
    fig = ax.get_figure(root=True)
    assert fig is not None, "axes that were removed from their figure cannot be drawn on"
    return fig


def plot_kernel_reg(data: RegressionData, y_hat: Tensor, *, ax: Axes | None = None) -> Figure:
    """Draw truth, prediction and training points.

    Parameters
    ----------
    data : RegressionData
        From `make_data`.
    y_hat : Tensor
        The prediction at ``data.x_test``, shape (n_test,); a gradient does no harm.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Figure
        With a description of what it shows, after what the figure of `ax` said before.

    Raises
    ------
    TypeError
        If `y_hat` is not a tensor of floats.
    ValueError
        If it is not one finite number for each test point.

    Examples
    --------
    >>> from nwlesson import average_pooling, make_data, plot_kernel_reg
    >>> data = make_data()
    >>> fig = plot_kernel_reg(data, average_pooling(data.y_train, 50))
    >>> fig.get_label()[:45]
    '50 training points, the truth as a solid line'
    """
    check_tensor("y_hat", y_hat, 1)
    check_shape("y_hat", y_hat, tuple(data.x_test.shape), "one prediction for each test point")
    y_hat = y_hat.detach()
    with plt.style.context(STYLE):
        ax = plt.subplots()[1] if ax is None else ax
        x, y, x_test, y_truth = map(_array, data)
        ax.plot(x, y, "o", color=COLOURS["value"], alpha=0.55, label="training points")
        ax.plot(x_test, y_truth, color=COLOURS["truth"], label="truth")
        ax.plot(x_test, _array(y_hat), "--", color=COLOURS["prediction"], label="prediction")
        ax.set(xlabel="x", ylabel="y", xlim=(0, 5), ylim=(min(-1, y.min() - 0.2), max(5.4, y.max() + 0.2)))
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, columnspacing=1, handlelength=1.8)
    miss = (y_hat - data.y_truth).abs()
    fig = _figure(ax)
    return describe(
        fig,
        f"""{fig.get_label()}
        {len(data.x_train)} training points, the truth as a solid line from {data.y_truth.min():.1f} to
        {data.y_truth.max():.1f}, and the prediction as a dashed line from {y_hat.min():.1f} to {y_hat.max():.1f}.
        It misses the truth by {miss.mean():.1f} on average and most at x = {data.x_test[miss.argmax()]:.1f},
        by {miss.max():.1f}.""",
    )


def _edges(x: Tensor) -> Tensor:
    """Return the borders of the cells around the sorted points `x`, halfway between neighbours."""
    middle = (x[1:] + x[:-1]) / 2
    first, last = (x[:1], x[-1:]) if len(x) == 1 else (middle[:1], middle[-1:])
    return torch.cat([2 * x[:1] - first - (len(x) == 1) / 2, middle, 2 * x[-1:] - last + (len(x) == 1) / 2])


def _check_maps(matrices: list[Tensor], queries: Tensor, keys: Tensor, titles: list[str]) -> None:
    for name, points in ("queries", queries), ("keys", keys):
        check_tensor(name, points, 1)
        if (points.diff() < 0).any():
            raise ValueError(f"{name} must be sorted, or the axis would run back and forth")
    for matrix in matrices:
        check_tensor("matrices", matrix, 2)
        check_shape("matrices", matrix, (len(queries), len(keys)), "queries by keys")
    if len(titles) != len(matrices) or not matrices:
        raise ValueError(f"titles must name each of {len(matrices)} matrices, but there are {len(titles)}")


def show_heatmaps(
    matrices: Tensor | Sequence[Tensor], queries: Tensor, keys: Tensor, *, titles: Sequence[str] | None = None
) -> Figure:
    """Draw attention weights as heat maps with one colour scale and the true x on both axes.

    Parameters
    ----------
    matrices : Tensor or sequence of Tensor
        Weights, each of shape (n_queries, n_keys): a row for each query, drawn with row 0 on top.
    queries, keys : Tensor
        Where they lie, sorted, shapes (n_queries,) and (n_keys,).
    titles : sequence of str, optional
        One for each matrix.

    Returns
    -------
    Figure
        One panel for each matrix, with a description.

    Raises
    ------
    TypeError
        If an argument is not made of tensors of floats.
    ValueError
        If the shapes do not fit, the points are not sorted, or there is not one title for each matrix.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import attention_weights, show_heatmaps
    >>> x = torch.tensor([0.0, 1.0, 3.0])
    >>> fig = show_heatmaps(attention_weights(x, x), x, x, titles=["w = 1"])
    """
    matrices = [matrices] if isinstance(matrices, Tensor) else list(matrices)
    titles = [f"weights {i + 1}" for i in range(len(matrices))] if titles is None else list(titles)
    _check_maps(matrices, queries, keys, titles)
    top = max(m.max().item() for m in matrices)
    with plt.style.context(STYLE):
        fig, axes = plt.subplots(1, len(matrices), sharey=True, squeeze=False, figsize=(4.8, 2.9))
        for ax, matrix, title in zip(axes[0], matrices, titles):
            cells = _array(_edges(keys)), _array(_edges(queries)), _array(matrix)
            mesh = ax.pcolormesh(*cells, vmin=0, vmax=top, cmap="Purples", rasterized=True)
            ax.set(title=title, xlabel="key (training x)" if len(matrices) == 1 else "key x")
        axes[0, 0].set_ylabel("query (test x)")
        axes[0, 0].invert_yaxis()
        fig.colorbar(mesh, ax=axes, label="attention weight", shrink=0.9)
    largest = "; ".join(f"{title}: largest weight {m.max():.2f}" for title, m in zip(titles, matrices))
    return describe(
        fig, f"Heat maps, a row for each query and a column for each key, darker for more weight. {largest}."
    )


def plot_history(history: Sequence[Epoch], *, axes: Sequence[Axes] | None = None) -> Figure:
    """Draw the loss, and below it the w it belongs to, epoch by epoch.

    Parameters
    ----------
    history : sequence of Epoch
        From `train`.
    axes : sequence of Axes, optional
        Two, one for the loss and one for w; by default a new figure.

    Returns
    -------
    Figure
        With a description, after what the figure of `axes` said before.

    Raises
    ------
    ValueError
        If the history is empty.

    Examples
    --------
    >>> from nwlesson import Epoch, plot_history
    >>> fig = plot_history([Epoch(1, 35.0, 0.5), Epoch(2, 20.0, 3.0)])
    >>> fig.get_label()
    'Loss 35.0 in epoch 1 and 20.0 in epoch 2; w 0.50 and 3.00.'
    """
    if not history:
        raise ValueError("history must hold at least 1 epoch, but it is empty")
    if axes is None:
        with plt.style.context(STYLE):
            axes = plt.subplots(2, 1, sharex=True, figsize=(4.8, 3.4))[1]
    epochs = [row.epoch for row in history]
    marker = "o-" if len(history) <= 20 else "-"
    axes[0].plot(epochs, [row.loss for row in history], marker, color="black")
    axes[1].plot(epochs, [row.w for row in history], marker, color="black")
    axes[0].set(ylabel="loss")
    axes[1].set(xlabel="epoch", ylabel="w before the step")
    axes[1].xaxis.set_major_locator(MaxNLocator(integer=True))
    a, b = history[0], history[-1]
    fig = _figure(axes[0])
    return describe(
        fig,
        f"{fig.get_label()} "
        f"Loss {a.loss:.1f} in epoch {a.epoch} and {b.loss:.1f} in epoch {b.epoch}; w {a.w:.2f} and {b.w:.2f}.",
    )
