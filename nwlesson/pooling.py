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


def _words(x: float | Tensor) -> str:
    """Write a number, or a tensor of one or more, for an error message."""
    numbers = x.detach().reshape(-1).tolist() if isinstance(x, Tensor) else [x]
    return ", ".join(f"{number:g}" for number in numbers)


def check_places(queries: Tensor, keys: Tensor) -> None:
    """Raise unless keys are as many-sided as queries: shared by all queries, or a row of keys for each."""
    check_tensor("queries", queries, 1, 2)
    features = queries.shape[1:]
    check_tensor("keys", keys, queries.dim(), queries.dim() + 1)
    check_alike(queries=queries, keys=keys)
    rows = keys.shape[: keys.dim() - len(features)]
    if len(rows) == 2:
        rows = queries.shape[:1] + rows[1:]
    check_shape("keys", keys, tuple(rows + features), f"for queries of shape {tuple(queries.shape)}")


def check_values(queries: Tensor, keys: Tensor, values: Tensor, *ndims: int) -> None:
    """Raise unless queries have one of `ndims`, all share the same keys, and there is one value for each key."""
    check_tensor("queries", queries, *ndims)
    check_tensor("keys", keys, queries.dim())
    check_tensor("values", values, 1, 2)
    check_shape("values", values, (len(keys), *values.shape[1:]), "one value for each key")
    check_alike(keys=keys, values=values)


def check_w(w: float | Tensor, queries: Tensor, keys: Tensor) -> None:
    """Raise unless w is one number, or one for each feature, and so small that no square overflows."""
    n_features = queries[0].numel()
    if isinstance(w, Tensor):
        check_tensor("w", w, 0, 1)
        check_shape("w", w.reshape(-1), (1,) if w.numel() == 1 else (n_features,), "one number, or one a feature")
        check_alike(queries=queries, w=w)
    else:
        check_number("w", w)
    points = torch.cat([places.detach().reshape(-1, n_features) for places in (queries, keys)])
    reach = (points.amax(dim=0) - points.amin(dim=0)).clamp(min=1)  # no distance is larger
    if not torch.isfinite(((reach * w) ** 2).sum()):
        raise ValueError(f"w must leave (w * distance)**2 finite in {keys.dtype}, but it is {_words(w)}")


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
        If an argument is of another type or dtype than said above.
    ValueError
        If it is empty, not finite or of another shape, or w so large that the squares overflow.

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
    check_w(w, queries, keys)
    u = (queries[:, None] - keys) * w
    return u if queries.dim() == 1 else torch.linalg.vector_norm(u, dim=-1)


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
        raise ValueError(
            f"queries must each have a key in reach of the kernel, but the query {_words(queries[bad][0])} has none; "
            f"w is {_words(w)}: a smaller w reaches farther"
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
        As in `attention_weights`, with the same keys for all queries.
    values : Tensor
        Shape (n_keys,), or (n_keys, n_columns) where each value is a vector.

    Returns
    -------
    Tensor
        Shape (n_queries,) or (n_queries, n_columns), in units of the values.

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
    check_values(queries, keys, values, 1, 2)
    return attention_weights(queries, keys, w, kernel=kernel) @ values
