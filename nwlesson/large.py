"""Many points: attention pooling without a table of n_queries times n_keys weights.

Three forms differ from `attention_pooling` by rounding alone; the last is an approximation and says how good. All use
the Gaussian kernel.
"""

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import pad, scaled_dot_product_attention

from nwlesson._checks import check_count, check_distances, check_form, check_places, check_values, check_w
from nwlesson.kernels import gaussian
from nwlesson.pooling import attention_pooling

CHUNK = 2**16  # numbers in the one table that is used again and again: half a MiB in float64
BLOCK = 256  # queries that share a window
TAIL = 9  # widths of the bell; a key that is so much farther off than the nearest counts exp(-40) of it, or less


def _check(queries: Tensor, keys: Tensor, values: Tensor, w: float | Tensor, *ndims: int) -> float | Tensor:
    """Check everything once, without a table, and return w: no distance is larger than the one between the ends."""
    check_form("queries", queries, *ndims)
    check_places(queries, keys)
    check_form("keys", keys, queries.dim())
    w = check_w(w, queries)
    q, k = (places.detach().reshape(len(places), -1) for places in (queries, keys))
    reach = torch.maximum(q.amax(dim=0) - k.amin(dim=0), k.amax(dim=0) - q.amin(dim=0))
    check_distances(torch.linalg.vector_norm(reach * w), queries, keys, w)
    check_values(values, keys)
    return w


def chunked_attention_pooling(queries: Tensor, keys: Tensor, values: Tensor, w: float | Tensor = 1.0) -> Tensor:
    """Answer a few queries at a time, in one small table of scores that is used again for the next.

    It subtracts first, as `attention_pooling` does, so that it is as exact for every w and on every device.

    Parameters
    ----------
    queries, keys, values, w
        As in `attention_pooling`.

    Returns
    -------
    Tensor
        Shape (n_queries,) or (n_queries, n_columns), in units of the values.

    Raises
    ------
    TypeError, ValueError
        As in `attention_pooling`.

    Notes
    -----
    Memory is O(n_queries + n_keys). If an argument needs a gradient, the whole table is kept, as in
    `attention_pooling`, for the way back needs it.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import chunked_attention_pooling
    >>> keys, values = torch.tensor([1.0, 2.0, 4.0]), torch.tensor([10.0, 20.0, 40.0])
    >>> chunked_attention_pooling(torch.tensor([2.0]), keys, values)
    tensor([18.0718])
    """
    w = _check(queries, keys, values, w, 1, 2)
    return _chunked(queries, keys, values, w)


def _chunked(queries: Tensor, keys: Tensor, values: Tensor, w: float | Tensor) -> Tensor:
    if torch.is_grad_enabled() and any(isinstance(t, Tensor) and t.requires_grad for t in (queries, keys, values, w)):
        return attention_pooling(queries, keys, values, w)
    q, k = (t.reshape(len(t), -1) for t in (queries, keys))
    step = max(1, CHUNK // k.numel())
    table = k.new_empty(step, *k.shape)
    half = k.new_full(k.shape[1:], -0.5)
    answers = values.new_empty(len(q), *values.shape[1:])
    for i in range(0, len(q), step):
        differences = torch.sub(q[i : i + step, None], k, out=table[: len(q) - i])
        squares = differences.mul_(w).square_()
        answers[i : i + step] = torch.softmax(squares @ half, dim=-1) @ values
    return answers


def fused_attention_pooling(queries: Tensor, keys: Tensor, values: Tensor, w: float | Tensor = 1.0) -> Tensor:
    """Answer all queries in one call of torch's own attention, which keeps no table of weights.

    The square is expanded: -(w q - w k)**2 / 2 is (w q)(w k) - (w k)**2 / 2 and a term of the query alone, which
    softmax does not see. The first part is the dot product that
    `torch.nn.functional.scaled_dot_product_attention` computes, the second is given to it as `attn_mask`.

    Parameters
    ----------
    queries, keys, values, w
        As in `attention_pooling`.

    Returns
    -------
    Tensor
        Shape (n_queries,) or (n_queries, n_columns), in units of the values.

    Raises
    ------
    TypeError, ValueError
        As in `attention_pooling`.

    Notes
    -----
    Memory is O(n_queries + n_keys). It computes in float64, whatever comes in, with x counted from the middle of the
    keys. The expanded square loses digits, for it subtracts numbers as large as (w x)**2. So the call is made only
    if w times the farthest query and w times the farthest key, from the middle, are together at most 300; an answer
    then differs from the exact one by less than 1e-10 times the largest value. Otherwise
    `chunked_attention_pooling` answers; so it does if queries, keys or w need a gradient, which a mask would
    not let through, and on a GPU, whose fused kernels do not compute in float64.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import fused_attention_pooling
    >>> keys, values = torch.tensor([1.0, 2.0, 4.0]), torch.tensor([10.0, 20.0, 40.0])
    >>> fused_attention_pooling(torch.tensor([2.0]), keys, values)
    tensor([18.0718])
    """
    w = _check(queries, keys, values, w, 1, 2)
    return _fused(queries, keys, values, w)


def _fused(queries: Tensor, keys: Tensor, values: Tensor, w: float | Tensor) -> Tensor:
    q, k, v = (t.double().reshape(1, 1, len(t), -1) for t in (queries, keys, values))
    middle = (k.amax(dim=2) + k.amin(dim=2)) / 2
    q = (q - middle) * w
    k = (k - middle) * w
    # Beyond 300 widths the expanded square no longer keeps ten digits. A gradient for w or the keys is one for q, too.
    if q.norm(dim=-1).max() + k.norm(dim=-1).max() > 300 or q.requires_grad or not k.is_cpu:
        return _chunked(queries, keys, values, w)
    bias = -(k**2).sum(dim=-1)[:, :, None] / 2  # (1, 1, 1, n_keys): one number for each key, the same for all queries
    wide = max(k.shape[-1], v.shape[-1])
    # torch wants all three equally wide, each with the numbers of a vector side by side in memory.
    q, k, v = (pad(t, (0, wide - t.shape[-1])).contiguous() for t in (q, k, v))
    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):  # or an error, never silently a table of all weights
        answers = scaled_dot_product_attention(q, k, v, attn_mask=bias, scale=1.0)
    columns = answers[0, 0, :, : values[0].numel()]
    return columns.reshape(len(queries), *values.shape[1:]).to(values.dtype)


def windowed_pooling(queries: Tensor, keys: Tensor, values: Tensor, w: float | Tensor = 1.0) -> Tensor:
    """Answer each query from the keys near it; once the keys are sorted, those are a slice.

    Parameters
    ----------
    queries, keys : Tensor
        Shapes (n_queries,) and (n_keys,), in any order.
    values : Tensor
        Shape (n_keys,), or (n_keys, n_columns) where each value is a vector.
    w : float or Tensor
        One number; the kernel's width is 1 / abs(w), in units of x.

    Returns
    -------
    Tensor
        Shape (n_queries,) or (n_queries, n_columns), in units of the values.

    Raises
    ------
    TypeError, ValueError
        As in `attention_pooling`.

    Notes
    -----
    Left out are only keys that are 9 widths farther off than the nearest. Together they have at most the share
    n_keys * exp(-9**2 / 2) of the weight: for a million keys, less than 1e-11.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import windowed_pooling
    >>> keys, values = torch.tensor([1.0, 2.0, 4.0]), torch.tensor([10.0, 20.0, 40.0])
    >>> windowed_pooling(torch.tensor([2.0]), keys, values)
    tensor([18.0718])
    """
    w = _check(queries, keys, values, w, 1)
    q, rows = queries.sort()
    k, order = keys.sort()
    first, last = _windows(q, k, w)
    answers = []
    for i in range(0, len(q), BLOCK):
        block = slice(i, i + BLOCK)
        window = slice(int(first[block].min()), int(last[block].max()))
        answers.append(_fused(q[block], k[window], values[order[window]], w))
    return torch.cat(answers)[rows.argsort()]


@torch.no_grad()
def _windows(q: Tensor, k: Tensor, w: float | Tensor) -> tuple[Tensor, Tensor]:
    """Say for each query where the keys begin and end that it listens to; both `q` and `k` are sorted."""
    right = torch.searchsorted(k, q).clamp(max=len(k) - 1)
    left = (right - 1).clamp(min=0)
    nearest = torch.minimum((k[right] - q).abs(), (k[left] - q).abs())
    far = 1.001 * nearest + TAIL / torch.as_tensor(w, device=k.device).abs()  # a little more, against rounding
    return torch.searchsorted(k, q - far), torch.searchsorted(k, q + far, right=True)


def binned_pooling(queries: Tensor, keys: Tensor, values: Tensor, w: float | Tensor = 1.0, cells: int = 32) -> Tensor:
    """Move the keys to a grid, smooth the grid once, and read the answers off between its points.

    Each key is shared out to the two grid points beside it, the more to the nearer one.

    Parameters
    ----------
    queries, keys, values, w
        As in `windowed_pooling`.
    cells : int
        Steps of the grid to one width of the bell, at least 1.

    Returns
    -------
    Tensor
        Shape (n_queries,) or (n_queries, n_columns), in units of the values.

    Raises
    ------
    TypeError, ValueError
        As in `attention_pooling`; if the grid would have more than 2**24 points; and if a query has no key within 9
        widths.

    Notes
    -----
    An approximation, whose error falls with the square of `cells`. The time grows with n_queries + n_keys and with the
    size of the grid, not with the number of pairs.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import binned_pooling
    >>> keys, values = torch.tensor([1.0, 2.0, 4.0]), torch.tensor([10.0, 20.0, 40.0])
    >>> binned_pooling(torch.tensor([2.0]), keys, values, cells=7)
    tensor([18.0718])
    """
    w = _check(queries, keys, values, w, 1)
    cells = check_count("cells", cells, least=1)
    start = torch.minimum(queries.min(), keys.min())
    q, k = (((places - start).double() * w * cells).abs() for places in (queries, keys))  # counted in steps of the grid
    size = int(torch.maximum(q.max(), k.max())) + 2
    if size > 2**24:
        raise ValueError(f"w must leave the grid at most 2**24 points, but it is {float(w):g}, which makes {size:.3g}")
    columns = values.double().reshape(len(values), -1).T
    columns = torch.cat([columns, torch.ones_like(columns[:1])])  # the last row counts the keys
    smooth = _smooth(_share_out(k, columns, size), cells)
    here = q.long()
    sums = smooth[:, here].lerp(smooth[:, here + 1], q.frac())
    alone = sums[-1] == 0
    if alone.any():
        raise ValueError(f"queries must each have a key within {TAIL} widths, but {queries[alone][0]:g} has none")
    return (sums[:-1] / sums[-1]).T.reshape(len(q), *values.shape[1:]).to(values.dtype)


def _share_out(places: Tensor, columns: Tensor, size: int) -> Tensor:
    """Add each key's column to the two grid points beside it, the more to the nearer one; shape (n_columns, size)."""
    grid = columns.new_zeros(len(columns), size)
    before = places.long()
    grid.index_add_(1, before, columns * (1 - places.frac()))
    grid.index_add_(1, before + 1, columns * places.frac())
    return grid


def _smooth(grid: Tensor, cells: int) -> Tensor:
    """Put a bell in the place of each grid point, and add them all up; the shape stays."""
    size, width = grid.shape[1], TAIL * cells
    steps = torch.arange(-width, width + 1, dtype=grid.dtype)
    wide = pad(grid, (width, width))
    smooth = torch.zeros_like(grid)
    for i, count in enumerate(gaussian(steps / cells).tolist()):
        smooth += count * wide[:, i : i + size]
    return smooth
