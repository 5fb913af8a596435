"""Attention pooling: a prediction is a weighted average of the values."""

from collections.abc import Callable

import torch
from torch import Tensor

from nwlesson._checks import check_alike, check_count, check_number, check_shape, check_tensor
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
    TypeError
        If an argument is of another type or dtype than said above.
    ValueError
        If it is empty, not finite, out of range or of another shape.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import average_pooling
    >>> average_pooling(torch.tensor([1.0, 2.0, 6.0]), 2)
    tensor([3., 3.])
    """
    check_tensor("y_train", y_train, 1)
    check_count("n_queries", n_queries, least=1)
    return y_train.mean().repeat(n_queries)


def _number(w: float | Tensor) -> float:
    return w.detach().item() if isinstance(w, Tensor) else w


def scaled_distance(queries: Tensor, keys: Tensor, w: float | Tensor = 1.0) -> Tensor:
    """Return u = (query - key) * w for every pair: subtract first, then scale.

    Parameters
    ----------
    queries : Tensor
        Shape (n_queries,).
    keys : Tensor
        Shape (n_keys,), the same keys for all queries; or (n_queries, n_keys), a row of keys for each.
    w : float or Tensor
        One number (a tensor of it may need a gradient). The kernel's width is 1 / abs(w), in units of x.

    Returns
    -------
    Tensor
        Shape (n_queries, n_keys).

    Raises
    ------
    TypeError
        If an argument is of another type or dtype than said above.
    ValueError
        If it is empty, not finite or of another shape, or w so large that the squares overflow.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import scaled_distance
    >>> scaled_distance(torch.tensor([2.0]), torch.tensor([1.0, 2.0, 4.0]), w=0.5)
    tensor([[ 0.5000,  0.0000, -1.0000]])
    """
    check_tensor("queries", queries, 1)
    check_tensor("keys", keys, 1, 2)
    check_alike(queries=queries, keys=keys)
    if keys.dim() == 2:
        check_shape("keys", keys, (len(queries), keys.shape[1]), "one row of keys for each query")
    if isinstance(w, Tensor):
        check_tensor("w", w, 0, 1)
        check_shape("w", w.reshape(-1), (1,), "one number")
        check_alike(queries=queries, w=w)
    else:
        check_number("w", w)
    reach = max(queries.max(), keys.max()) - min(queries.min(), keys.min())  # no distance is larger
    if not torch.isfinite((reach * _number(w)) ** 2):
        raise ValueError(f"w must leave (w * distance)**2 finite in {keys.dtype}, but it is {_number(w):g}")
    return (queries[:, None] - keys) * w


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
        A function of the scaled distance that is nowhere negative. The Gaussian goes through softmax,
        which cannot divide 0 by 0 however far the nearest key is.

    Returns
    -------
    Tensor
        Shape (n_queries, n_keys); every row sums to 1.

    Raises
    ------
    TypeError
        If an argument is of another type or dtype than said above.
    ValueError
        As in `scaled_distance`; and if a query has no key in reach of the kernel.

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
    counts = kernel(u)
    total = counts.sum(dim=-1, keepdim=True)
    bad = ~((total > 0) & torch.isfinite(total)).reshape(-1)
    if bad.any():
        lonely = queries[bad][0].item()
        raise ValueError(
            f"queries must each have a key in reach of the kernel, but the query {lonely:g} has none; "
            f"w is {_number(w):g}: a smaller w reaches farther"
        )
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
        As in `attention_weights`, with keys of shape (n_keys,).
    values : Tensor
        Shape (n_keys,).

    Returns
    -------
    Tensor
        Shape (n_queries,), in units of the values.

    Raises
    ------
    TypeError
        If an argument is of another type or dtype than said above.
    ValueError
        As in `attention_weights`; and if `values` does not fit `keys`.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import attention_pooling
    >>> keys, values = torch.tensor([1.0, 2.0, 4.0]), torch.tensor([10.0, 20.0, 40.0])
    >>> attention_pooling(torch.tensor([2.0]), keys, values)
    tensor([18.0718])
    """
    check_tensor("keys", keys, 1)
    check_tensor("values", values, 1)
    check_shape("values", values, tuple(keys.shape), "one value for each key")
    check_alike(keys=keys, values=values)
    return attention_weights(queries, keys, w, kernel=kernel) @ values
