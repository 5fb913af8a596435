"""Drawings of what a tensor step does, number by number."""

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from nwlesson._checks import check_count, check_shape, check_tensor
from nwlesson.palette import COLOURS
from nwlesson.plotting import describe, lesson_style


def _canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Return axes on which one unit is one cell of a matrix, row 0 on top."""
    fig, ax = plt.subplots(figsize=(4.8, 4.8 * height / width))
    ax.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
    ax.axis("off")
    return fig, ax


def _cell(ax: Axes, number: Tensor, x: float, y: float, colour: str, *, out: bool, copy: bool) -> None:
    """Draw a number in a box with its top left corner at (x, y), dotted if a `copy`, crossed out if `out`."""
    if out or copy:
        ax.add_patch(Rectangle((x, y), 1, 1, edgecolor=colour, linewidth=0.9, fill=False, linestyle=":"))
    else:
        ax.add_patch(Rectangle((x, y), 1, 1, edgecolor=colour, linewidth=0.9, facecolor=colour + "22"))
    ax.text(x + 0.5, y + 0.5, f"{number:g}", ha="center", va="center", color=colour)
    if out:
        ax.plot([x + 0.15, x + 0.85], [y + 0.85, y + 0.15], color=colour, linewidth=1)


def _matrix(
    ax: Axes,
    rows: Tensor,
    x: float,
    y: float,
    role: str,
    title: str,
    *,
    faint: Tensor | None = None,
    copies: Tensor | None = None,
) -> None:
    """Draw a matrix as boxes, its top left corner at (x, y), `title` above; `faint` crossed out, `copies` dotted."""
    ax.text(x + rows.shape[1] / 2, y - 0.2, title, ha="center", va="bottom")
    for i, row in enumerate(rows):
        for j, number in enumerate(row):
            out = faint is not None and bool(faint[i, j])
            copy = copies is not None and bool(copies[i, j])
            _cell(ax, number, x + j, y + i, COLOURS[role], out=out, copy=copy)


def _arrow(ax: Axes, x: float, y: float, length: float, text: str = "") -> None:
    look = {"arrowstyle": "->", "color": COLOURS["truth"], "mutation_scale": 10}
    ax.annotate("", (x + length, y), (x, y), arrowprops=look)
    ax.text(x + length / 2, y - 0.15, text, ha="center", va="bottom", color=COLOURS["truth"])


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
    steps = [
        (queries[None], f"queries: shape ({n},)"),
        (flat[None], f"repeat_interleave({n_keys}): shape ({len(flat)},)"),
        (flat.reshape(n, n_keys), f"reshape(-1, {n_keys}): shape ({n}, {n_keys})"),
    ]
    with lesson_style():
        fig, ax = _canvas(width, 5.3 + n)
        for y, (rows, title) in zip((0.8, 3.0, 5.2), steps):
            _matrix(ax, rows, (width - rows.shape[1]) / 2, y, "query", title)
    return describe(
        fig,
        f"""The queries {_numbers(queries)}; each {n_keys} times in a row: {_numbers(flat)};
        cut into {n} rows of {n_keys}, one row for each query.""",
    )


def draw_broadcasting(queries: Tensor, keys: Tensor) -> Figure:
    """Draw how ``queries[:, None] - keys`` stretches a column and a row to a table, and subtracts.

    Parameters
    ----------
    queries, keys : Tensor
        Shapes (n_queries,) and (n_keys,), a handful each.

    Returns
    -------
    Figure
        With a description.

    Raises
    ------
    TypeError
        If an argument is not a tensor of floats.
    ValueError
        If an argument is not a vector of finite floats.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import draw_broadcasting
    >>> fig = draw_broadcasting(torch.tensor([2.0, 5.0]), torch.tensor([1.0, 2.0, 4.0]))
    >>> fig.get_label()[-54:]
    'difference: row 0: 1, 0, -2; row 1: 4, 3, 1. (2 by 3.)'
    """
    check_tensor("queries", queries, 1)
    check_tensor("keys", keys, 1)
    n, m = len(queries), len(keys)
    column, row, table = queries[:, None].expand(n, m), keys.expand(n, m), queries[:, None] - keys
    right, down = torch.arange(m).expand(n, m) > 0, torch.arange(n)[:, None].expand(n, m) > 0
    gap, top = 1.2, 1.9
    with lesson_style():
        fig, ax = _canvas(3 * m + 2 * gap + 1.2, n + top + 0.3)
        left, middle, last = (0.6 + i * (m + gap) for i in range(3))
        _matrix(ax, column, left, top, "query", f"queries[:, None]\n({n}, 1) → ({n}, {m})", copies=right)
        _matrix(ax, row, middle, top, "key", f"keys\n({m},) → ({n}, {m})", copies=down)
        _matrix(ax, table, last, top, "truth", f"difference\n({n}, {m})")
        for x, sign in (middle, "−"), (last, "="):
            ax.text(x - gap / 2, top + n / 2, sign, ha="center", va="center")
    return describe(
        fig,
        f"""The column {_numbers(queries)}, {n} by 1, is repeated to the right until it has {m} columns. The row
        {_numbers(keys)} is repeated downwards until there are {n} rows. The copies are dotted. Entry by entry, the
        difference: {"; ".join(f"row {i}: {_numbers(line)}" for i, line in enumerate(table))}. ({n} by {m}.)""",
    )


def draw_unsqueeze(rows: Tensor) -> Figure:
    """Draw a matrix, its ``unsqueeze(1)`` (rows lying down) and its ``unsqueeze(-1)`` (rows standing up).

    The rows that lie have the colour of weights, those that stand that of values, for so `bmm` wants them.

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
    with lesson_style():
        fig, ax = _canvas(2 * n + 3.6 + 1.6 * b, max(1.6 * b, n) + 1.8)
        _matrix(ax, rows, 0.2, 1.6, "truth", f"({b}, {n})")
        for i, row in enumerate(rows):
            title = f"unsqueeze(1)\n({b}, 1, {n})" if i == 0 else ""
            _matrix(ax, row[None], n + 1.4, 1.6 + 1.6 * i, "weight", title)
            _matrix(ax, row[:, None], 2 * n + 3.4 + 1.6 * i, 1.6, "value", "")
        title = f"unsqueeze(-1)\n({b}, {n}, 1)"
        ax.text(2 * n + 3.1 + 0.8 * b, 1.4, title, ha="center", va="bottom")
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
    titles = f"weights\n({b}, 1, {n})", f"values\n({b}, {n}, 1)", f"result\n({b}, 1, 1)"
    with lesson_style():
        fig, ax = _canvas(n + 6.6, b * (n + 0.9) + 0.6)
        for i in range(b):
            y = 1.2 + i * (n + 0.9)
            ax.text(0.1, y + n / 2, f"{i}:", va="center")
            _product(ax, y, weights[i], values[i], results[i], titles if i == 0 else ("", "", ""))
    return describe(
        fig,
        " ".join(
            f"Batch {i}: the row {_numbers(row)} times the column {_numbers(column)} gives {result:g}."
            for i, (row, column, result) in enumerate(zip(weights, values, results))
        ),
    )


def _product(ax: Axes, y: float, row: Tensor, column: Tensor, result: Tensor, titles: tuple[str, str, str]) -> None:
    """Draw a row times a column and what comes out, from the top `y` of the column on."""
    n = len(row)
    _matrix(ax, row[None], 0.8, y + (n - 1) / 2, "weight", titles[0])
    ax.text(n + 1.4, y + n / 2, "×", ha="center", va="center")
    _matrix(ax, column[:, None], n + 2, y, "value", titles[1])
    _arrow(ax, n + 3.4, y + n / 2, 1.2)
    _matrix(ax, result.reshape(1, 1), n + 5, y + (n - 1) / 2, "prediction", titles[2])


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
    tiled = x.repeat(n, 1)
    diagonal = torch.eye(n, dtype=torch.bool, device=x.device)
    left = tiled[~diagonal].reshape(n, n - 1)
    with lesson_style():
        fig, ax = _canvas(2 * n + 2.7, n + 2.7)
        _matrix(ax, tiled, 0.5, 1.5, "key", f"x.repeat(({n}, 1))\n({n}, {n})", faint=diagonal)
        _arrow(ax, n + 1, 1.5 + n / 2, 1.6, "mask,\nreshape")
        _matrix(ax, left, n + 3.2, 1.5, "key", f"keys\n({n}, {n - 1})")
        ax.text(0.5, n + 1.8, "crossed out: the point itself", va="top")
    return describe(
        fig,
        f"""The numbers {_numbers(x)} in {n} equal rows; in row i, entry i is crossed out.
        What is left: {"; ".join(f"row {i}: {_numbers(row)}" for i, row in enumerate(left))}. ({n} by {n - 1}.)""",
    )
