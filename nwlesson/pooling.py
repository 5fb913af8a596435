"""Attention pooling: a prediction is a weighted average of the values."""

from collections.abc import Callable

import torch
from torch import Tensor

from nwlesson._checks import (
    check_count,
    check_counts,
    check_distances,
    check_form,
    check_places,
    check_tensor,
    check_total,
    check_values,
    check_w,
)
from nwlesson.kernels import gaussian, log_gaussian


def average_pooling(y_train: Tensor, n_queries: int) -> Tensor:
    """Answer every query with the mean of all values, whatever was asked.

    Parameters
    ----------
    y_train : Tensor
        Values, shape (n_keys,).
    n_queries : int
        Number of queries, at least 1.

    Returns
    -------
    Tensor
        The mean, `n_queries` times, shape (n_queries,).

    Raises
    ------
    TypeError, ValueError
        If an argument is not as said above: its type, its dtype or its shape; empty, not finite or out of range.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import average_pooling
    >>> average_pooling(torch.tensor([1.0, 2.0, 6.0]), 2)
    tensor([3., 3.])
    """
    check_tensor("y_train", y_train, 1)
    n_queries = check_count("n_queries", n_queries, least=1)
    return y_train.mean().repeat(n_queries)


def scaled_distance(queries: Tensor, keys: Tensor, w: float | Tensor = 1.0) -> Tensor:
    """Return u, how far each query is from each key: subtract first, then scale by w.

    For single numbers u is (query - key) * w, with its sign; for vectors it is the length of that vector.

    Parameters
    ----------
    queries : Tensor
        Shape (n_queries,), or (n_queries, n_features) where each query is a vector.
    keys : Tensor
        Shape (n_keys,) or (n_keys, n_features), the same keys for all queries; or with n_queries in front,
        (n_queries, n_keys) or (n_queries, n_keys, n_features), a row of keys for each query.
    w : float or Tensor
        One number, or a tensor with one for each feature (it may need a gradient). The kernel's width is
        1 / abs(w), in units of x.

    Returns
    -------
    Tensor
        Shape (n_queries, n_keys).

    Raises
    ------
    TypeError
        If an argument is of another type than said above, or holds no floats.
    ValueError
        If it is empty, not finite, of another shape, dtype or device; and if (w * distance)**2 is not finite.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import scaled_distance
    >>> scaled_distance(torch.tensor([2.0]), torch.tensor([1.0, 2.0, 4.0]), w=0.5)
    tensor([[ 0.5000,  0.0000, -1.0000]])
    >>> scaled_distance(torch.zeros(1, 2), torch.tensor([[3.0, 4.0], [0.0, 5.0]]), w=torch.tensor([1.0, 2.0]))
    tensor([[ 8.5440, 10.0000]])
    """
    check_places(queries, keys)
    w = check_w(w, queries)
    u = (queries[:, None] - keys) * w
    if queries.dim() == 2:
        u = torch.linalg.vector_norm(u, dim=-1)
    check_distances(u, queries, keys, w)
    return u


def attention_weights(
    queries: Tensor,
    keys: Tensor,
    w: float | Tensor = 1.0,
    *,
    kernel: Callable[[Tensor], Tensor] = gaussian,
) -> Tensor:
    """Say how much each key counts for each query; the weights of a query sum to 1.

    Parameters
    ----------
    queries, keys, w
        As in `scaled_distance`.
    kernel : callable
        A function of the scaled distance u, of any shape, that is nowhere negative. The Gaussian goes through
        softmax, which cannot divide 0 by 0 however far the nearest key is.

    Returns
    -------
    Tensor
        Shape (n_queries, n_keys); every row sums to 1.

    Raises
    ------
    TypeError, ValueError
        As in `scaled_distance`; if the kernel returns something negative, not finite, or of another shape or dtype;
        and if a query has no key in its reach.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import attention_weights
    >>> attention_weights(torch.tensor([2.0]), torch.tensor([1.0, 2.0, 4.0]))
    tensor([[0.3482, 0.5741, 0.0777]])
    """
    u = scaled_distance(queries, keys, w)
    if kernel is gaussian:
        return torch.softmax(log_gaussian(u), dim=-1)
    if not callable(kernel):
        raise TypeError(f"kernel must be a function of u, but it is a {type(kernel).__name__}")
    counts = kernel(u)
    check_counts(counts, u)
    total = counts.sum(dim=-1, keepdim=True)
    check_total(total, u.shape[-1], queries, w)
    return counts / total


def attention_pooling(
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    w: float | Tensor = 1.0,
    *,
    kernel: Callable[[Tensor], Tensor] = gaussian,
) -> Tensor:
    """Answer every query with the weighted average of the values (Nadaraya and Watson, 1964).

    Parameters
    ----------
    queries, keys, w, kernel
        As in `attention_weights`, with the same keys for all queries.
    values : Tensor
        Shape (n_keys,), or (n_keys, n_columns) where each value is a vector.

    Returns
    -------
    Tensor
        Shape (n_queries,) or (n_queries, n_columns), in units of the values.

    Raises
    ------
    TypeError, ValueError
        As in `attention_weights`; and if `values` does not fit `keys`.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import attention_pooling
    >>> keys, values = torch.tensor([1.0, 2.0, 4.0]), torch.tensor([10.0, 20.0, 40.0])
    >>> attention_pooling(torch.tensor([2.0]), keys, values)
    tensor([18.0718])
    """
    weights = attention_weights(queries, keys, w, kernel=kernel)
    check_form("keys", keys, queries.dim())
    check_values(values, keys)
    return weights @ values


def effective_neighbours(weights: Tensor) -> Tensor:
    """Say how many neighbours really count: n if n of them have the same weight and all others none.

    Parameters
    ----------
    weights : Tensor
        Shape (n_keys,), or (n_queries, n_keys) with a row for each query; every row sums to 1, as those of
        `attention_weights` do.

    Returns
    -------
    Tensor
        1 / (the sum of the squared weights), for each row: shape () or (n_queries,). It is n for n equal weights and
        1 if one key has all the weight.

    Raises
    ------
    TypeError, ValueError
        If `weights` is not such a tensor of finite floats.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import effective_neighbours
    >>> effective_neighbours(torch.tensor([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0]]))
    tensor([2., 1.])
    """
    # Its twin, for the figures that readers move, is `neighbours` in math.js.
    check_tensor("weights", weights, 1, 2)
    totals = weights.sum(dim=-1).reshape(-1)
    off = (totals - 1).abs() > 0.01  # room for the rounding of float16
    if off.any():
        raise ValueError(f"weights must sum to 1 over the keys, the last dimension, but they sum to {totals[off][0]:g}")
    return 1 / (weights**2).sum(dim=-1)
