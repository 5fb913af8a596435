"""Drawings of what a tensor step does, number by number."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from nwlesson._checks import check_count, check_shape, check_tensor
from nwlesson.palette import COLOURS
from nwlesson.plotting import STYLE, describe


def _canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Return axes on which one unit is one cell of a matrix, row 0 on top."""
    with plt.style.context(STYLE):
        fig, ax = plt.subplots(figsize=(4.8, 4.8 * height / width))
    ax.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
    ax.axis("off")
    return fig, ax


def _matrix(ax: Axes, rows: Tensor, x: float, y: float, role: str, title: str, *, faint: Tensor | None = None) -> None:
    """Draw a 2-d tensor as boxes with its top left corner at (x, y), `title` above; crossed out where `faint`."""
    colour = COLOURS[role]
    ax.text(x + rows.shape[1] / 2, y - 0.2, title, ha="center", va="bottom")
    for i, row in enumerate(rows):
        for j, number in enumerate(row):
            out = faint is not None and bool(faint[i, j])
            style = {"fill": False, "linestyle": ":"} if out else {"facecolor": colour + "22"}
            ax.add_patch(Rectangle((x + j, y + i), 1, 1, edgecolor=colour, linewidth=0.9, **style))
            ax.text(x + j + 0.5, y + i + 0.5, f"{number:g}", ha="center", va="center", color=colour, fontsize=9)
            if out:
                ax.plot([x + j + 0.15, x + j + 0.85], [y + i + 0.85, y + i + 0.15], color=colour, linewidth=1)


def _arrow(ax: Axes, x: float, y: float, length: float, text: str = "") -> None:
    ax.annotate("", (x + length, y), (x, y), arrowprops={"arrowstyle": "->", "color": COLOURS["truth"]})
    ax.text(x + length / 2, y - 0.15, text, ha="center", va="bottom", fontsize=9, color=COLOURS["truth"])


def _numbers(x: Tensor) -> str:
    return ", ".join(f"{v:g}" for v in x.reshape(-1))


def draw_repeat_interleave(queries: Tensor, n_keys: int) -> Figure:
    """Draw how ``repeat_interleave(n_keys).reshape(-1, n_keys)`` gives each query a row of its own.

    Parameters
    ----------
    queries : Tensor
        Shape (n_queries,), a handful.
    n_keys : int
        How many columns, at least 1.

    Returns
    -------
    Figure
        With a description.

    Raises
    ------
    TypeError
        If an argument is of another type or dtype than said above.
    ValueError
        If it is empty, not finite, out of range or of another shape.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import draw_repeat_interleave
    >>> fig = draw_repeat_interleave(torch.tensor([1.0, 2.0]), 3)
    >>> fig.get_label()
    'The queries 1, 2; each 3 times in a row: 1, 1, 1, 2, 2, 2; cut into 2 rows of 3, one row for each query.'
    """
    check_tensor("queries", queries, 1)
    check_count("n_keys", n_keys, least=1)
    flat = queries.repeat_interleave(n_keys)
    n, width = len(queries), max(len(flat), 7)
    fig, ax = _canvas(width, 5.3 + n)
    _matrix(ax, queries[None], (width - n) / 2, 0.8, "query", f"queries: shape ({n},)")
    _matrix(ax, flat[None], (width - len(flat)) / 2, 3, "query", f"repeat_interleave({n_keys}): shape ({len(flat)},)")
    title = f"reshape(-1, {n_keys}): shape ({n}, {n_keys})"
    _matrix(ax, flat.reshape(n, n_keys), (width - n_keys) / 2, 5.2, "query", title)
    return describe(
        fig,
        f"""The queries {_numbers(queries)}; each {n_keys} times in a row: {_numbers(flat)};
        cut into {n} rows of {n_keys}, one row for each query.""",
    )


def draw_unsqueeze(rows: Tensor) -> Figure:
    """Draw a matrix, its ``unsqueeze(1)`` (rows lying down) and its ``unsqueeze(-1)`` (rows standing up).

    Parameters
    ----------
    rows : Tensor
        Shape (batch, n), a handful.

    Returns
    -------
    Figure
        With a description.

    Raises
    ------
    TypeError
        If an argument is not a tensor of floats.
    ValueError
        If `rows` is not a matrix of finite floats.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import draw_unsqueeze
    >>> fig = draw_unsqueeze(torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    """
    check_tensor("rows", rows, 2)
    b, n = rows.shape
    fig, ax = _canvas(2 * n + 3.6 + 1.6 * b, max(1.6 * b, n) + 1.4)
    _matrix(ax, rows, 0.2, 1.2, "weight", f"({b}, {n})")
    for i, row in enumerate(rows):
        _matrix(ax, row[None], n + 1.4, 1.2 + 1.6 * i, "weight", "" if i else f"unsqueeze(1)\n({b}, 1, {n})")
        _matrix(ax, row[:, None], 2 * n + 3.4 + 1.6 * i, 1.2, "weight", "")
    ax.text(2 * n + 3.1 + 0.8 * b, 1, f"unsqueeze(-1)\n({b}, {n}, 1)", ha="center", va="bottom")
    return describe(
        fig,
        f"""A {b} by {n} matrix. After unsqueeze(1) it is a stack of {b} matrices of one lying row each;
        after unsqueeze(-1) a stack of {b} matrices of one standing column each. The numbers are the same.""",
    )


def draw_bmm(weights: Tensor, values: Tensor) -> Figure:
    """Draw which row of weights meets which column of values in ``bmm``, and what comes out.

    Parameters
    ----------
    weights, values : Tensor
        Shape (batch, n), a handful; drawn as (batch, 1, n) and (batch, n, 1).

    Returns
    -------
    Figure
        With a description.

    Raises
    ------
    TypeError
        If an argument is not a tensor of floats.
    ValueError
        If the two are not matrices of finite floats with one shape.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import draw_bmm
    >>> fig = draw_bmm(torch.tensor([[0.5, 0.5]]), torch.tensor([[10.0, 20.0]]))
    >>> fig.get_label()
    'Batch 0: the row 0.5, 0.5 times the column 10, 20 gives 15.'
    """
    check_tensor("weights", weights, 2)
    check_tensor("values", values, 2)
    check_shape("values", values, tuple(weights.shape), "one value for each weight")
    b, n = weights.shape
    results = (weights * values).sum(dim=1)
    fig, ax = _canvas(n + 6.6, b * (n + 0.9) + 0.3)
    lines = []
    for i in range(b):
        y = 0.9 + i * (n + 0.9)
        shapes = f"weights ({b}, 1, {n})", f"values ({b}, {n}, 1)", f"result ({b}, 1, 1)"
        titles = shapes if i == 0 else ("", "", "")
        ax.text(0.1, y + n / 2, f"{i}:", va="center")
        _matrix(ax, weights[i][None], 0.8, y + (n - 1) / 2, "weight", titles[0])
        ax.text(n + 1.4, y + n / 2, "×", ha="center", va="center")
        _matrix(ax, values[i][:, None], n + 2, y, "value", titles[1])
        _arrow(ax, n + 3.4, y + n / 2, 1.2)
        _matrix(ax, results[i].reshape(1, 1), n + 5, y + (n - 1) / 2, "prediction", titles[2])
        lines.append(f"Batch {i}: the row {_numbers(weights[i])} times the column {_numbers(values[i])}")
    return describe(fig, " ".join(f"{line} gives {r:g}." for line, r in zip(lines, results)))


def draw_leave_one_out(x: Tensor) -> Figure:
    """Draw tile, mask and reshape: how n rows of n become n rows of n - 1.

    Parameters
    ----------
    x : Tensor
        Shape (n,), a handful, at least 2.

    Returns
    -------
    Figure
        With a description.

    Raises
    ------
    TypeError
        If an argument is not a tensor of floats.
    ValueError
        If `x` is not a vector of at least 2 finite floats.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import draw_leave_one_out
    >>> draw_leave_one_out(torch.tensor([1.0, 2.0, 4.0])).get_label()[-54:]
    'left: row 0: 2, 4; row 1: 1, 4; row 2: 1, 2. (3 by 2.)'
    """
    check_tensor("x", x, 1)
    check_count("len(x)", len(x), least=2)
    n = len(x)
    tiled, diagonal = x.repeat(n, 1), Tensor([[i == j for j in range(n)] for i in range(n)])
    left = tiled[diagonal == 0].reshape(n, n - 1)
    fig, ax = _canvas(2 * n + 2.7, n + 2.4)
    _matrix(ax, tiled, 0.5, 1.2, "key", f"x.repeat(({n}, 1)): ({n}, {n})", faint=diagonal)
    _arrow(ax, n + 1, 1.2 + n / 2, 1.6, "mask,\nreshape")
    _matrix(ax, left, n + 3.2, 1.2, "key", f"keys: ({n}, {n - 1})")
    ax.text(0.5, n + 1.5, "crossed out: the point itself", va="top", fontsize=9)
    return describe(
        fig,
        f"""The numbers {_numbers(x)} in {n} equal rows; in row i, entry i is crossed out.
        What is left: {"; ".join(f"row {i}: {_numbers(row)}" for i, row in enumerate(left))}. ({n} by {n - 1}.)""",
    )
