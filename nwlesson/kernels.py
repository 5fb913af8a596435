"""Kernels: how much a key counts, as a function of the scaled distance u = w (query - key).

They need not be normalised: dividing by the sum over the keys, whatever it is, is the work of
`attention_weights`. Each docstring gives the area under the kernel. A kernel here is a smoothing kernel, a
weight by distance. The Gaussian is also a kernel for a support vector machine, which calls it RBF; boxcar and
Epanechnikov are not, for their matrix over some points has a negative eigenvalue.
"""

import torch
from torch import Tensor


def log_gaussian(u: Tensor) -> Tensor:
    """Return -u**2 / 2, the logarithm of the Gaussian kernel: the attention score.

    Parameters
    ----------
    u : Tensor
        Scaled distances, any shape, without unit.

    Returns
    -------
    Tensor
        The same shape; 0 at distance 0 and more negative the farther away.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import log_gaussian
    >>> log_gaussian(torch.tensor([0.0, 1.0, -2.0]))
    tensor([-0.0000, -0.5000, -2.0000])
    """
    return -(u**2) / 2


def gaussian(u: Tensor) -> Tensor:
    """Return exp(-u**2 / 2), the bell: every key counts a little, near ones most. Area sqrt(2 pi), about 2.5.

    Parameters
    ----------
    u : Tensor
        Scaled distances, any shape, without unit.

    Returns
    -------
    Tensor
        The same shape.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import gaussian
    >>> gaussian(torch.tensor([0.0, 1.0, 2.0]))
    tensor([1.0000, 0.6065, 0.1353])
    """
    return torch.exp(log_gaussian(u))


def boxcar(u: Tensor) -> Tensor:
    """Return 1 where abs(u) <= 1 and 0 elsewhere: all neighbours in reach count the same. Area 2.

    Parameters
    ----------
    u : Tensor
        Scaled distances, any shape, without unit.

    Returns
    -------
    Tensor
        The same shape.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import boxcar
    >>> boxcar(torch.tensor([0.0, 0.5, 1.0, 1.5]))
    tensor([1., 1., 1., 0.])
    """
    return (u.abs() <= 1).to(u.dtype)


def triangular(u: Tensor) -> Tensor:
    """Return max(0, 1 - abs(u)): the weight falls in a straight line to 0 at distance 1. Area 1.

    Parameters
    ----------
    u : Tensor
        Scaled distances, any shape, without unit.

    Returns
    -------
    Tensor
        The same shape.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import triangular
    >>> triangular(torch.tensor([0.0, 0.5, 1.0, 1.5]))
    tensor([1.0000, 0.5000, 0.0000, 0.0000])
    """
    return (1 - u.abs()).clamp(min=0)


def epanechnikov(u: Tensor) -> Tensor:
    """Return max(0, 0.75 (1 - u**2)), the parabola of Epanechnikov (1969). Area 1.

    Parameters
    ----------
    u : Tensor
        Scaled distances, any shape, without unit.

    Returns
    -------
    Tensor
        The same shape.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import epanechnikov
    >>> epanechnikov(torch.tensor([0.0, 0.5, 1.0, 1.5]))
    tensor([0.7500, 0.5625, 0.0000, 0.0000])
    """
    return 0.75 * (1 - u**2).clamp(min=0)


def constant(u: Tensor) -> Tensor:
    """Return 1 everywhere: distance does not count, and pooling becomes the plain average. Area infinite.

    Parameters
    ----------
    u : Tensor
        Scaled distances, any shape, without unit.

    Returns
    -------
    Tensor
        The same shape.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import constant
    >>> constant(torch.tensor([0.0, 0.5, 100.0]))
    tensor([1., 1., 1.])
    """
    return torch.ones_like(u)
