"""Clear errors for bad input: the argument's name, what it was, and what it must be.

A public function checks once what it is given. Where the answer shows every fault, the answer is looked at, and only a
bad one makes us look for who is to blame: that is cheap.
"""

import math
import numbers

import torch
from torch import Tensor, nn


def words(x: float | Tensor) -> str:
    """Write a number, or a tensor of one or more, for an error message."""
    values = x.detach().reshape(-1).tolist() if isinstance(x, Tensor) else [x]
    return ", ".join(f"{value:g}" for value in values)


# Numbers


def check_number(name: str, x: float, *, above: float = -math.inf, least: float = -math.inf) -> float:
    """Return `x` as a float, or raise unless it is a finite number, greater than `above` and not less than `least`."""
    if isinstance(x, bool) or not isinstance(x, numbers.Real):
        raise TypeError(f"{name} must be a number, but it is a {type(x).__name__}")
    try:
        value = float(x)
    except OverflowError:  # an int with more than 308 digits
        value = math.inf
    if not math.isfinite(value) or value <= above or value < least:
        bound = f" greater than {above:g}" if above > -math.inf else ""
        bound += f" not less than {least:g}" if least > -math.inf else ""
        raise ValueError(f"{name} must be a finite number{bound}, but it is {x}")
    return value


def check_fits(name: str, x: float, dtype: torch.dtype) -> None:
    """Raise unless the number `x` is still finite as a `dtype`."""
    if abs(x) > torch.finfo(dtype).max:
        raise ValueError(f"{name} must be finite in {dtype}, but it is {x:g}")


def check_count(name: str, n: int, least: int) -> int:
    """Return `n` as an int, or raise unless it is a whole number, at least `least`."""
    if isinstance(n, bool) or not isinstance(n, numbers.Integral):
        raise TypeError(f"{name} must be an int, but it is a {type(n).__name__}")
    if n < least:
        raise ValueError(f"{name} must be at least {least}, but it is {n}")
    return int(n)


# Tensors


def check_tensor(name: str, x: Tensor, *ndims: int) -> None:
    """Raise unless `x` is a non-empty, finite floating-point tensor with one of `ndims` dimensions."""
    check_form(name, x, *ndims)
    check_finite(name, x)


def check_form(name: str, x: Tensor, *ndims: int) -> None:
    """Raise unless `x` is a non-empty floating-point tensor with one of `ndims` dimensions."""
    if not isinstance(x, Tensor):
        numpy = ".to_numpy()" if hasattr(x, "to_numpy") else ""  # a column of a table, as of pandas
        was = type(x).__name__
        raise TypeError(f"{name} must be a torch.Tensor, but it is a {was}; try torch.tensor({name}{numpy})")
    if x.dim() not in ndims:
        wanted = " or ".join(str(n) for n in ndims)
        raise ValueError(f"{name} must have {wanted} dimension(s), but its shape is {tuple(x.shape)}")
    if x.numel() == 0:
        raise ValueError(f"{name} must not be empty, but its shape is {tuple(x.shape)}")
    if not x.is_floating_point():
        raise TypeError(f"{name} must hold floats, but its dtype is {x.dtype}; try {name}.float()")


def check_finite(name: str, x: Tensor) -> None:
    """Raise if `x` holds nan or inf.

    A finite sum has met neither, and is much cheaper than a look at each number. A sum that is not finite may have
    overflowed.
    """
    if not math.isfinite(x.sum().item()) and not torch.isfinite(x).all():
        raise ValueError(f"{name} must be finite, but it contains nan or inf")


def check_shape(name: str, x: Tensor, shape: tuple[int, ...], why: str) -> None:
    """Raise unless `x` has exactly this shape; `why` says where the shape comes from."""
    if x.shape != shape:
        raise ValueError(f"{name} must have shape {shape} ({why}), but its shape is {tuple(x.shape)}")


CASTS = {torch.float64: ".double()", torch.float32: ".float()"}


def check_alike(**tensors: Tensor) -> None:
    """Raise unless all `tensors` have one dtype and live on one device."""
    (first, a), *others = tensors.items()
    for name, b in others:
        owner = "model" if isinstance(b, nn.Parameter) else name
        if a.dtype != b.dtype:
            raise ValueError(
                f"{name} must have the dtype of {first}, {a.dtype}, but its dtype is {b.dtype}; "
                f"try {owner}{CASTS.get(a.dtype, f'.to({a.dtype})')}"
            )
        if a.device != b.device:
            raise ValueError(
                f"{name} must have the device of {first}, {a.device}, but its device is {b.device}; "
                f"try {owner}.to({str(a.device)!r})"
            )


# Queries, keys, values and w


def check_places(queries: Tensor, keys: Tensor) -> None:
    """Raise unless keys are as many-sided as queries: shared by all queries, or a row of keys for each."""
    check_form("queries", queries, 1, 2)
    check_form("keys", keys, queries.dim(), queries.dim() + 1)
    check_alike(queries=queries, keys=keys)
    other_features = queries.dim() == 2 and keys.shape[-1] != queries.shape[-1]
    other_rows = keys.dim() > queries.dim() and keys.shape[0] != queries.shape[0]
    if other_features or other_rows:
        rows = "n_keys" if keys.dim() == queries.dim() else f"{queries.shape[0]}, n_keys"
        wanted = ", ".join([rows, *map(str, queries.shape[1:])])
        raise ValueError(
            f"keys must have shape ({wanted}) for queries of shape {tuple(queries.shape)}, "
            f"but its shape is {tuple(keys.shape)}"
        )


def check_w(w: float | Tensor, points: Tensor, name: str = "queries") -> float | Tensor:
    """Return w, which must be one number, or a tensor of one or of one for each feature of the points."""
    if not isinstance(w, Tensor):
        return check_number("w", w)
    check_form("w", w, 0, 1)
    wanted = (1,) if w.numel() == 1 else (points[0].numel(),)
    check_shape("w", w.reshape(-1), wanted, "one number, or one a feature")
    check_alike(**{name: points}, w=w)
    return w


def largest(u: Tensor) -> float:
    """Return the largest absolute value, or nan if one is nan."""
    low, high = u.aminmax()
    return max(-low.item(), high.item())


def squares_are_finite(u: Tensor) -> bool:
    """Say whether each number is finite, and its square, too."""
    far = largest(u)
    return far * far <= torch.finfo(u.dtype).max


def check_distances(u: Tensor, queries: Tensor, keys: Tensor, w: float | Tensor) -> None:
    """Raise unless the scaled distances and their squares are finite; then so are queries, keys and w."""
    if not squares_are_finite(u):
        blame_for_distances(queries, keys, w)


def check_scores(scores: Tensor, x: Tensor, w: float | Tensor) -> None:
    """Raise unless the scores of the points among themselves are finite."""
    if not math.isfinite(scores.min().item()):
        blame_for_distances(x, x, w)


def blame_for_distances(queries: Tensor, keys: Tensor, w: float | Tensor) -> None:
    """Raise, and say why a scaled distance or its square is not finite."""
    check_finite("queries", queries)
    check_finite("keys", keys)
    if isinstance(w, Tensor):
        check_finite("w", w)
    apart = largest(queries[:, None].double() - keys.double())
    raise ValueError(
        f"w must leave (w * distance)**2 finite in {keys.dtype}, but it is {words(w)} and x lies up to {apart:g} apart"
    )


def check_values(values: Tensor, keys: Tensor) -> None:
    """Raise unless there is one value, a number or a vector, for each key."""
    check_tensor("values", values, 1, 2)
    if values.shape[0] != keys.shape[0]:
        check_shape("values", values, (len(keys), *values.shape[1:]), "one value for each key")
    check_alike(keys=keys, values=values)


# Kernels of the reader's own


def check_counts(counts: Tensor, u: Tensor) -> None:
    """Raise unless `counts`, what a kernel has made of u, are finite and nowhere negative."""
    if not isinstance(counts, Tensor):
        raise TypeError(f"kernel must return a torch.Tensor, but it returned a {type(counts).__name__}")
    if counts.shape != u.shape:
        raise ValueError(f"kernel must keep the shape of u, {tuple(u.shape)}, but it returned {tuple(counts.shape)}")
    if counts.dtype != u.dtype:
        raise TypeError(f"kernel must keep the dtype of u, {u.dtype}, but it returned {counts.dtype}; try .to(u.dtype)")
    low, high = counts.detach().aminmax()
    if low >= 0 and high < math.inf:
        return
    for wanted, bad in {"be finite": ~torch.isfinite(counts), "be nowhere negative": counts < 0}.items():
        if bad.any():
            raise ValueError(f"kernel must {wanted}, but at u = {u[bad][0]:g} it is {counts[bad][0]:g}")


def check_total(total: Tensor, n_keys: int, queries: Tensor, w: float | Tensor) -> None:
    """Raise unless `total`, what all keys count together for each query, is finite and greater than 0."""
    low, high = total.detach().aminmax()
    if low > 0 and high < math.inf:
        return
    if high == math.inf:
        raise ValueError(
            f"kernel must leave the sum over the keys finite in {total.dtype}, but over {n_keys} keys it is inf; "
            "a wider dtype has room for it"
        )
    alone = (total == 0).reshape(-1)
    raise ValueError(
        f"queries must each have a key in reach of the kernel, but the query {words(queries[alone][0])} has none; "
        f"w is {words(w)}: a smaller w reaches farther"
    )
