"""Choose the width of the bell: the w with the smallest leave-one-out error."""

import math

import torch
from torch import Tensor

from nwlesson._checks import check_count
from nwlesson.leave_one_out import _check_points, _loss, _mask, _squared_differences


def fit_bandwidth(x: Tensor, y: Tensor) -> float | Tensor:
    """Return the w with the smallest leave-one-out error: least-squares cross-validation.

    A coarse grid, with all features stretched to the same spread, finds the right valley, for there may be
    several; LBFGS on log w then finds its bottom. The bandwidth itself is ``h = 1 / w``.

    Parameters
    ----------
    x, y : Tensor
        Training inputs and outputs, shape (n,), or (n, columns) where they are vectors; n at least 3.

    Returns
    -------
    float or Tensor
        Greater than 0, in 1 / units of x. A number for x of shape (n,); for (n, n_features) a tensor with one
        for each feature, shape (n_features,), in float64.

    Raises
    ------
    TypeError
        If an argument is of another type or dtype than said above.
    ValueError
        If it is empty, not finite or of another shape, or if all x are the same.

    Examples
    --------
    >>> from nwlesson import fit_bandwidth, make_data
    >>> data = make_data()
    >>> print(f"{fit_bandwidth(data.x_train, data.y_train):.2f}")
    3.96
    """
    _check_points(x, y)
    check_count("len(x)", len(x), least=3)
    scalar, x, y = x.dim() == 1, x.double().reshape(len(x), -1), y.double()
    spread = x.amax(dim=0) - x.amin(dim=0)
    if spread.min() == 0:
        raise ValueError(f"x must hold at least 2 different places, but all are {x[0, spread.argmin()]:g}")
    squares, mask = _squared_differences(x), _mask(x)
    grid = torch.logspace(0, math.log10(2 * len(x)), 13, dtype=x.dtype)  # from all points to half a gap
    least, best = min((_loss(w / spread, squares, mask, y).item(), w) for w in grid.tolist())
    start, y = (best / spread).log(), y / math.sqrt(least or 1)  # the loss starts at 1, whatever the units of y
    low, high = start - 20, start + 20  # LBFGS may try steps so long that exp would overflow
    log_w = start.clone().requires_grad_()
    descent = torch.optim.LBFGS(
        [log_w], max_iter=200, tolerance_grad=1e-6, tolerance_change=0, line_search_fn="strong_wolfe"
    )

    def loss() -> Tensor:
        descent.zero_grad()
        value = _loss(log_w.clamp(low, high).exp(), squares, mask, y)
        value.backward()  # type: ignore[no-untyped-call]
        return value

    descent.step(loss)  # type: ignore[no-untyped-call]
    w = log_w.detach().clamp(low, high).exp()
    return float(w) if scalar else w
