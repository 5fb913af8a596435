"""Leave yourself out: every training point is predicted from all the others."""

import math

import torch
from torch import Tensor

from nwlesson._checks import check_alike, check_count, check_shape, check_tensor
from nwlesson.kernels import log_gaussian
from nwlesson.pooling import scaled_distance


def _check_points(x: Tensor, y: Tensor) -> None:
    check_tensor("x", x, 1)
    check_tensor("y", y, 1)
    check_shape("y", y, tuple(x.shape), "one y for each x")
    check_alike(x=x, y=y)
    if len(x) < 2:
        raise ValueError("x must hold at least 2 points, or nobody is left, but it holds 1")


def leave_one_out(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Give each of n points the n - 1 others as keys and values.

    Parameters
    ----------
    x, y : Tensor
        Training inputs and outputs, shape (n,), n at least 2.

    Returns
    -------
    keys, values : Tensor
        Shape (n, n - 1). Row i is `x` (or `y`) without entry i.

    Raises
    ------
    TypeError
        If an argument is of another type or dtype than said above.
    ValueError
        If it is empty, not finite, out of range or of another shape.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import leave_one_out
    >>> keys, values = leave_one_out(torch.tensor([1.0, 2.0, 4.0]), torch.tensor([10.0, 20.0, 40.0]))
    >>> keys
    tensor([[2., 4.],
            [1., 4.],
            [1., 2.]])
    """
    _check_points(x, y)
    n = len(x)
    others = ~torch.eye(n, dtype=torch.bool, device=x.device)
    return x.repeat(n, 1)[others].reshape(n, n - 1), y.repeat(n, 1)[others].reshape(n, n - 1)


def leave_one_out_loss(w: float | Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Return the mean squared error when each point is predicted from all the others.

    Nothing is copied: the diagonal of the scores is set to -inf, so that softmax gives it weight 0.

    Parameters
    ----------
    w : float or Tensor
        One number, the inverse width of the Gaussian kernel; a tensor may need a gradient.
    x, y : Tensor
        Training inputs and outputs, shape (n,), n at least 2.

    Returns
    -------
    Tensor
        Shape (), in squared units of y.

    Raises
    ------
    TypeError
        If an argument is of another type or dtype than said above.
    ValueError
        If it is empty, not finite or of another shape, or w so large that the squares overflow.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import leave_one_out_loss
    >>> leave_one_out_loss(1.0, torch.tensor([0.0, 1.0, 2.0]), torch.tensor([0.0, 1.0, 2.0]))
    tensor(0.9321)
    """
    _check_points(x, y)
    diagonal = torch.eye(len(x), dtype=torch.bool, device=x.device)
    scores = log_gaussian(scaled_distance(x, x, w)).masked_fill(diagonal, -torch.inf)
    return ((torch.softmax(scores, dim=-1) @ y - y) ** 2).mean()


def fit_bandwidth(x: Tensor, y: Tensor) -> float:
    """Return the w with the smallest leave-one-out error: least-squares cross-validation.

    A coarse grid finds the right valley, for there may be several; LBFGS on log w then finds its bottom.
    The bandwidth itself is ``h = 1 / w``.

    Parameters
    ----------
    x, y : Tensor
        Training inputs and outputs, shape (n,), n at least 3.

    Returns
    -------
    float
        Greater than 0, in 1 / units of x.

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
    x, y = x.double(), y.double()
    spread = (x.max() - x.min()).item()
    if spread == 0:
        raise ValueError(f"x must hold at least 2 different places, but all are {x[0]:g}")
    grid = torch.logspace(0, math.log10(2 * len(x)), 13, dtype=x.dtype) / spread  # from all points to half a gap
    start = min(grid, key=lambda w: leave_one_out_loss(w.item(), x, y).item())
    log_w = start.log().to(x.device).requires_grad_()
    descent = torch.optim.LBFGS(
        [log_w], max_iter=50, tolerance_grad=1e-10, tolerance_change=0, line_search_fn="strong_wolfe"
    )

    def loss() -> Tensor:
        descent.zero_grad()
        value = leave_one_out_loss(log_w.exp(), x, y)
        value.backward()  # type: ignore[no-untyped-call]
        return value

    descent.step(loss)  # type: ignore[no-untyped-call]
    w: float = log_w.detach().exp().item()
    return w
