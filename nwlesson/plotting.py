"""The pictures of the lesson. Each function returns a figure that carries its own description."""

import math
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from nwlesson._checks import check_shape, check_tensor
from nwlesson.data import RegressionData
from nwlesson.palette import COLOURS
from nwlesson.training import Epoch

STYLE = "nwlesson.lesson"
# x and y of the lesson's own data. All its figures show the same part of the plane, so that they can be compared.
WINDOW = (0.0, 5.0), (-1.0, 5.4)

Array = npt.NDArray[np.float64]


def lesson_style() -> AbstractContextManager[None]:
    """Draw with matplotlib's defaults and the lesson's style, whatever the reader's own matplotlibrc says."""
    return plt.style.context(["default", STYLE])


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


def _array(x: Tensor) -> Array:
    """Return what matplotlib can draw: no gradient, on the processor, in NumPy, which has no bfloat16."""
    return np.asarray(x.detach().cpu().double().numpy())


def _figure(ax: Axes) -> Figure:
    fig = ax.get_figure(root=True)
    assert fig is not None, "axes that were removed from their figure cannot be drawn on"
    return fig


def _number(x: float, size: float, digits: int = 2) -> str:
    """Write `x` as exactly as `size`, the largest of the numbers it is compared with, is with so many digits."""
    if not 0 < size < math.inf:
        return f"{x:.6g}"
    decimals = digits - math.ceil(math.log10(size))
    if 0 <= decimals <= 4:
        return f"{x:z.{decimals}f}"
    return f"{round(x, decimals):.15g}"


def _check_regression(data: RegressionData, y_hat: Tensor) -> None:
    for name in "x_train", "y_train", "x_test":
        check_tensor(f"data.{name}", getattr(data, name), 1)
    check_shape("data.y_train", data.y_train, tuple(data.x_train.shape), "one value for each training point")
    check_tensor("y_hat", y_hat, 1)
    check_shape("y_hat", y_hat, tuple(data.x_test.shape), "one prediction for each test point")
    if data.y_truth is not None:
        check_tensor("data.y_truth", data.y_truth, 1)
        check_shape("data.y_truth", data.y_truth, tuple(data.x_test.shape), "the curve at each test point")


def _without_nan(data: RegressionData) -> RegressionData:
    """Return the data without a truth that is nan everywhere, which is one that nobody knows."""
    unknown = isinstance(data.y_truth, Tensor) and bool(data.y_truth.isnan().all())
    return data._replace(y_truth=None) if unknown else data


def _in_order(data: RegressionData, y_hat: Tensor) -> tuple[RegressionData, Tensor]:
    """Return both with the test points from left to right, as a line needs them."""
    order = data.x_test.argsort(stable=True)
    y_truth = None if data.y_truth is None else data.y_truth[order]
    return data._replace(x_test=data.x_test[order], y_truth=y_truth), y_hat.detach()[order]


def _set_limits(ax: Axes) -> None:
    """Show the lesson's window if the data lie in it and fill half of it; if not, all that is drawn."""
    ax.autoscale()
    if _fill(WINDOW[0], ax.dataLim.intervalx):
        ax.set_xlim(WINDOW[0])
    if _fill(WINDOW[1], ax.dataLim.intervaly):
        ax.set_ylim(WINDOW[1])


def _fill(window: tuple[float, float], drawn: tuple[float, float]) -> bool:
    low, high = window
    least, most = drawn
    return low <= least and most <= high and most - least >= (high - low) / 2


def _regression_words(data: RegressionData, y_hat: Tensor) -> str:
    values = [data.y_train, y_hat] if data.y_truth is None else [data.y_train, y_hat, data.y_truth]
    size = max(v.max().item() for v in values) - min(v.min().item() for v in values)

    def ends(y: Tensor) -> str:
        return f"from {_number(y.min().item(), size)} to {_number(y.max().item(), size)}"

    points = f"{len(data.x_train)} training points"
    if data.y_truth is None:
        return f"{points} and the prediction as a dashed line {ends(y_hat)}."
    miss = (y_hat - data.y_truth).abs()
    most = miss.max().item()
    where = _number(data.x_test[miss.argmax()].item(), (data.x_test[-1] - data.x_test[0]).item())
    return (
        f"{points}, the truth as a solid line {ends(data.y_truth)}, and the prediction as a dashed line {ends(y_hat)}. "
        f"It misses the truth by {_number(miss.mean().item(), most)} on average and most at x = {where}, "
        f"by {_number(most, most)}."
    )


def plot_kernel_reg(data: RegressionData, y_hat: Tensor, *, ax: Axes | None = None) -> Figure:
    """Draw truth, prediction and training points.

    The lesson's own data are always shown in the same window; other data get the room that they need.

    Parameters
    ----------
    data : RegressionData
        From `make_data`, or your own, without a truth if you do not know it. The test points need not be sorted.
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
        If `y_hat` or a part of ``data`` is not a tensor of floats.
    ValueError
        If `y_hat` is not one finite number for each test point, or the parts of ``data`` do not fit together.

    Examples
    --------
    >>> from nwlesson import average_pooling, make_data, plot_kernel_reg
    >>> data = make_data()
    >>> fig = plot_kernel_reg(data, average_pooling(data.y_train, 50))
    >>> fig.get_label()[:45]
    '50 training points, the truth as a solid line'

    Three measurements of your own:

    >>> import torch
    >>> from nwlesson import RegressionData, attention_pooling
    >>> x, y, queries = torch.tensor([10.0, 20.0, 40.0]), torch.tensor([1.5, 1.0, 3.0]), torch.arange(10.0, 41.0)
    >>> fig = plot_kernel_reg(RegressionData(x, y, queries), attention_pooling(queries, x, y, w=0.2))
    >>> fig.get_label()
    '3 training points and the prediction as a dashed line from 1.0 to 3.0.'
    """
    data = _without_nan(data)
    _check_regression(data, y_hat)
    data, y_hat = _in_order(data, y_hat)
    with lesson_style():
        ax = plt.subplots()[1] if ax is None else ax
        x_test = _array(data.x_test)
        points = _array(data.x_train), _array(data.y_train)
        if data.y_truth is not None:
            ax.plot(x_test, _array(data.y_truth), color=COLOURS["truth"], label="truth")
        ax.plot(*points, "o", color=COLOURS["value"], alpha=0.55, label="training points")
        ax.plot(x_test, _array(y_hat), "--", color=COLOURS["prediction"], label="prediction")
        ax.set(xlabel="x", ylabel="y")
        _set_limits(ax)
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, handlelength=1.8, handletextpad=0.5)
    fig = _figure(ax)
    return describe(fig, f"{fig.get_label()} {_regression_words(data, y_hat)}")


def _borders(places: Array) -> Array:
    """Return the ends of the cells around different, sorted places: halfway between neighbours."""
    if len(places) == 1:
        return np.array([places[0] - 0.5, places[0] + 0.5])
    middle = (places[:-1] + places[1:]) / 2
    first = 2 * places[0] - middle[0]
    last = 2 * places[-1] - middle[-1]
    return np.concatenate([[first], middle, [last]])


def _edges(x: Array) -> Array:
    """Return the ends of the cells around sorted points; points in one place share its cell evenly."""
    places, counts = np.unique(x, return_counts=True)
    borders = _borders(places)
    cells = [np.linspace(a, b, n, endpoint=False) for a, b, n in zip(borders[:-1], borders[1:], counts)]
    return np.concatenate([*cells, borders[-1:]])


def _join_narrow(edges: Array, matrix: Array, least: float) -> tuple[Array, Array]:
    """Join columns that are narrower than `least` with the next; joined columns show the largest of their weights."""
    starts = [0]
    for i, edge in enumerate(edges):
        if edge - edges[starts[-1]] >= least and edges[-1] - edge >= least:
            starts.append(i)
    return np.append(edges[starts], edges[-1]), np.maximum.reduceat(matrix, starts, axis=1)


def _draw_map(ax: Axes, matrix: Array, rows: Array, columns: Array, colours: dict[str, Any]) -> None:
    """Draw a matrix whose cells end at `rows` and `columns`; none is drawn narrower than a pixel of the figure."""
    width, height = ax.get_window_extent().size
    columns, matrix = _join_narrow(columns, matrix, (columns[-1] - columns[0]) / width)
    rows, transposed = _join_narrow(rows, matrix.T, (rows[-1] - rows[0]) / height)
    ax.pcolormesh(columns, rows, transposed.T, rasterized=True, **colours)


def _panels(n: int) -> tuple[list[Axes], list[Axes]]:
    """Return n panels of a new figure, at most three side by side, else in two columns; and those left free."""
    columns = n if n <= 3 else 2
    rows = math.ceil(n / columns)
    size = 4.8, 2.9 if rows == 1 else 1.8 * rows
    grid = plt.subplots(rows, columns, sharex=True, sharey=True, squeeze=False, figsize=size)[1]
    panels, free = list(grid.flat[:n]), list(grid.flat[n:])
    for ax in panels[-columns:]:
        ax.tick_params(labelbottom=True)
    for ax in free:
        ax.axis("off")
    return panels, free


def _colour_bar(colours: dict[str, Any], panels: list[Axes], free: list[Axes]) -> None:
    """Put the bar into a panel that is free, or beside a row of panels, or under many."""
    fig, scale = _figure(panels[0]), ScalarMappable(**colours)
    if free:
        bar = free[0].inset_axes((0, 0.5, 1, 0.12))
        fig.colorbar(scale, cax=bar, orientation="horizontal", label="attention weight")
    elif len(panels) <= 3:
        fig.colorbar(scale, ax=panels, label="attention weight", shrink=0.9)
    else:
        fig.colorbar(scale, ax=panels, label="attention weight", location="bottom", aspect=40, pad=0.01)


def _name_axes(ax: Axes, n: int) -> None:
    """Name an axis where its numbers stand; panels that share it show them once. Of n panels, many have less room."""
    if ax.xaxis.get_tick_params()["labelbottom"]:
        ax.set_xlabel("key (training x)" if n == 1 else "key x")
    if ax.yaxis.get_tick_params()["labelleft"]:
        ax.set_ylabel("query (test x)" if n <= 3 else "query x")


def _shades(n: int) -> Colormap:
    """Return the colours of n maps: few for many, or a page with their pictures would be too heavy.

    They are matplotlib's Purples, spaced so that the lightness falls evenly with the weight; its own pale end is so
    pale that a broad band would hardly be seen.
    """
    return ListedColormap(plt.get_cmap("Purples")(np.linspace(0, 1, 256 if n <= 3 else 50) ** 0.7))


def _check_maps(
    matrices: list[Tensor], queries: Tensor, keys: Tensor, titles: list[str], axes: Sequence[Axes] | None
) -> None:
    for name, points in ("queries", queries), ("keys", keys):
        check_tensor(name, points, 1)
        if (points.diff() < 0).any():
            raise ValueError(f"{name} must be sorted, or the axis would run back and forth")
    for matrix in matrices:
        check_tensor("matrices", matrix, 2)
        check_shape("matrices", matrix, (len(queries), len(keys)), "queries by keys")
    if len(titles) != len(matrices) or not matrices:
        raise ValueError(f"titles must name each of {len(matrices)} matrices, but there are {len(titles)}")
    if axes is not None and len(axes) != len(matrices):
        raise ValueError(f"axes must have a place for each of {len(matrices)} matrices, but there are {len(axes)}")


def show_heatmaps(
    matrices: Tensor | Sequence[Tensor],
    queries: Tensor,
    keys: Tensor,
    *,
    titles: Sequence[str] | None = None,
    axes: Sequence[Axes] | None = None,
) -> Figure:
    """Draw attention weights as heat maps with one colour scale and the true x on both axes.

    Points in one place share its cell. Where the cells are finer than the pixels, a pixel shows its largest weight.

    Parameters
    ----------
    matrices : Tensor or sequence of Tensor
        Weights, each of shape (n_queries, n_keys): a row for each query, drawn with row 0 on top.
    queries, keys : Tensor
        Where they lie, sorted, shapes (n_queries,) and (n_keys,).
    titles : sequence of str, optional
        One for each matrix.
    axes : sequence of Axes, optional
        Where to draw, one for each matrix; by default a new figure, with more than three maps in two columns.

    Returns
    -------
    Figure
        One panel for each matrix, with a description, after what the figure of `axes` said before.

    Raises
    ------
    TypeError
        If an argument is not made of tensors of floats.
    ValueError
        If the shapes do not fit, the points are not sorted, or there is not one title and one of `axes` for each
        matrix.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import attention_weights, show_heatmaps
    >>> x = torch.tensor([0.0, 1.0, 3.0])
    >>> fig = show_heatmaps(attention_weights(x, x), x, x, titles=["w = 1"])
    """
    matrices = [matrices] if isinstance(matrices, Tensor) else list(matrices)
    titles = [f"weights {i + 1}" for i in range(len(matrices))] if titles is None else list(titles)
    _check_maps(matrices, queries, keys, titles, axes)
    top = max(matrix.max().item() for matrix in matrices)
    rows, columns = _edges(_array(queries)), _edges(_array(keys))
    with lesson_style():
        panels, free = _panels(len(matrices)) if axes is None else (list(axes), [])
        fig = _figure(panels[0])
        colours = {"norm": Normalize(0, top), "cmap": _shades(len(panels))}
        for ax, title in zip(panels, titles):
            ax.set(title=title, xlim=(columns[0], columns[-1]), ylim=(rows[-1], rows[0]))
            _name_axes(ax, len(panels))
        _colour_bar(colours, panels, free)
        fig.draw_without_rendering()  # lays the panels out: from here on their size in pixels is known
        for ax, matrix in zip(panels, matrices):
            _draw_map(ax, _array(matrix), rows, columns, colours)
    largest = "; ".join(f"{title}: largest weight {_number(m.max().item(), top)}" for title, m in zip(titles, matrices))
    return describe(
        fig,
        f"{fig.get_label()} "
        f"Heat maps, a row for each query and a column for each key, a stronger colour for more weight. {largest}.",
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
    epochs = [row.epoch for row in history]
    marker = "o-" if len(history) <= 20 else "-"
    with lesson_style():
        axes = plt.subplots(2, 1, sharex=True, figsize=(4.8, 3.4))[1] if axes is None else axes
        axes[0].plot(epochs, [row.loss for row in history], marker, color="black")
        axes[1].plot(epochs, [row.w for row in history], marker, color="black")
        axes[0].set(ylabel="loss")
        axes[1].set(xlabel="epoch", ylabel="w before the step")
        axes[1].xaxis.set_major_locator(MaxNLocator(integer=True))
    fig = _figure(axes[0])
    return describe(fig, f"{fig.get_label()} {_history_words(history[0], history[-1])}")


def _history_words(first: Epoch, last: Epoch) -> str:
    loss = max(abs(first.loss), abs(last.loss))
    w = max(abs(first.w), abs(last.w))
    return (
        f"Loss {_number(first.loss, loss, 3)} in epoch {first.epoch} and {_number(last.loss, loss, 3)} "
        f"in epoch {last.epoch}; w {_number(first.w, w, 3)} and {_number(last.w, w, 3)}."
    )
