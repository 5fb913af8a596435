"""Clear errors for bad input: the argument's name, what it was, and what it must be."""

import math
import sys

import torch
from torch import Tensor


def check_tensor(name: str, x: Tensor, *ndims: int) -> None:
    """Raise unless `x` is a non-empty, finite floating-point tensor with one of `ndims` dimensions."""
    if not isinstance(x, Tensor):
        raise TypeError(f"{name} must be a torch.Tensor, but it is a {type(x).__name__}")
    if x.dim() not in ndims:
        wanted = " or ".join(str(n) for n in ndims)
        raise ValueError(f"{name} must have {wanted} dimension(s), but its shape is {tuple(x.shape)}")
    if x.numel() == 0:
        raise ValueError(f"{name} must not be empty, but its shape is {tuple(x.shape)}")
    if not x.is_floating_point():
        raise TypeError(f"{name} must hold floats, but its dtype is {x.dtype}; try {name}.float()")
    if not torch.isfinite(x).all():
        raise ValueError(f"{name} must be finite, but it contains nan or inf")


def check_alike(**tensors: Tensor) -> None:
    """Raise unless all `tensors` have one dtype and live on one device."""
    (first, a), *others = tensors.items()
    for name, b in others:
        for what in ("dtype", "device"):
            if getattr(a, what) != getattr(b, what):
                raise ValueError(
                    f"{name} must have the {what} of {first}, {getattr(a, what)}, but its {what} is {getattr(b, what)}"
                )


def check_shape(name: str, x: Tensor, shape: tuple[int, ...], why: str) -> None:
    """Raise unless `x` has exactly this shape; `why` says where the shape comes from."""
    if x.shape != shape:
        raise ValueError(f"{name} must have shape {shape} ({why}), but its shape is {tuple(x.shape)}")


def check_number(name: str, x: float, *, above: float = -math.inf, least: float = -math.inf) -> None:
    """Raise unless `x` is a finite number, greater than `above` and not less than `least`."""
    if isinstance(x, bool) or not isinstance(x, (int, float)):
        raise TypeError(f"{name} must be a number, but it is a {type(x).__name__}")
    if not abs(x) <= sys.float_info.max or x <= above or x < least:  # also refuses nan
        bound = f" greater than {above:g}" if above > -math.inf else ""
        bound += f" not less than {least:g}" if least > -math.inf else ""
        raise ValueError(f"{name} must be a finite number{bound}, but it is {x!r}")


def check_fits(name: str, x: float, dtype: torch.dtype) -> None:
    """Raise unless the number `x` is still finite as a `dtype`."""
    if abs(x) > torch.finfo(dtype).max:
        raise ValueError(f"{name} must be finite in {dtype}, but it is {x:g}")


def check_count(name: str, n: int, least: int) -> None:
    """Raise unless `n` is a whole number, at least `least`."""
    if isinstance(n, bool) or not isinstance(n, int):
        raise TypeError(f"{name} must be an int, but it is a {type(n).__name__}")
    if n < least:
        raise ValueError(f"{name} must be at least {least}, but it is {n}")
