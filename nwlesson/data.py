"""The data of the lesson: a few noisy points on a curve that we happen to know."""

from typing import NamedTuple

import torch
from torch import Tensor

from nwlesson._checks import check_count, check_fits, check_number


class RegressionData(NamedTuple):
    """What `make_data` returns; all four are one-dimensional. Your own data may come without a truth.

    Attributes
    ----------
    x_train : Tensor
        Inputs of the training points, sorted, shape (n_train,).
    y_train : Tensor
        What was measured there: the truth plus noise, shape (n_train,).
    x_test : Tensor
        Where we want to know the curve, shape (n_test,).
    y_truth : Tensor or None
        The curve itself at the test points, without noise, shape (n_test,); None where nobody knows it.

    Examples
    --------
    >>> from nwlesson import make_data
    >>> x_train, y_train, x_test, y_truth = make_data(3)
    >>> y_train.shape, y_truth.shape
    (torch.Size([3]), torch.Size([50]))
    """

    x_train: Tensor
    y_train: Tensor
    x_test: Tensor
    y_truth: Tensor | None = None


def truth(x: Tensor) -> Tensor:
    """Return the curve that the lesson tries to recover, 2 sin(x) + x**0.8.

    Parameters
    ----------
    x : Tensor
        Any shape, in radians, not negative (a negative number has no real power 0.8: nan).

    Returns
    -------
    Tensor
        The same shape.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import truth
    >>> truth(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 2.6829])
    """
    return 2 * torch.sin(x) + x**0.8


def make_data(
    n_train: int = 50,
    *,
    noise: float = 0.5,
    step: float = 0.1,
    seed: int = 0,
    dtype: torch.dtype = torch.float32,
) -> RegressionData:
    """Draw the training points at random and lay the test points out evenly.

    The global random seed is neither read nor changed; equal arguments give equal data.

    Parameters
    ----------
    n_train : int
        Number of training points, at least 1.
    noise : float
        Standard deviation of the noise (not its variance), at least 0.
    step : float
        Distance between two test points, at least 1e-6. The test points are 0, step, 2 step, ... below 5.
    seed : int
        Seed of the random generator, at least 0 and less than 2**63.
    dtype : torch.dtype
        ``torch.float32`` or ``torch.float64``.

    Returns
    -------
    RegressionData
        ``x_train`` lies in [0, 5) and is sorted; ``y_train = truth(x_train) + noise``.

    Raises
    ------
    TypeError, ValueError
        If an argument is of another type than said above, or out of range.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import make_data
    >>> data = make_data(50, step=0.125)
    >>> data.x_train.shape, data.x_test.shape
    (torch.Size([50]), torch.Size([40]))
    """
    n_train = check_count("n_train", n_train, least=1)
    noise = check_number("noise", noise, least=0)
    step = check_number("step", step, least=1e-6)
    seed = check_count("seed", seed, least=0)
    if seed >= 2**63:
        raise ValueError(f"seed must be less than 2**63, but it is {seed}")
    if dtype not in (torch.float32, torch.float64):
        raise TypeError(f"dtype must be torch.float32 or torch.float64, but it is {dtype}")
    check_fits("noise", noise, dtype)
    generator = torch.Generator().manual_seed(seed)
    x_train, _ = torch.sort(torch.rand(n_train, generator=generator).to(dtype) * 5)
    y_train = truth(x_train) + noise * torch.randn(n_train, generator=generator).to(dtype)
    x_test = torch.arange(0, 5, step, dtype=dtype)
    x_test = x_test[x_test < 5]  # rounding can carry the last point onto 5
    return RegressionData(x_train, y_train, x_test, truth(x_test))
