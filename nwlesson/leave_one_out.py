"""Leave yourself out: every training point is predicted from all the others."""

import torch
from torch import Tensor

from nwlesson._checks import check_alike, check_scores, check_shape, check_tensor, check_w


def _check_points(x: Tensor, y: Tensor) -> None:
    check_tensor("x", x, 1, 2)
    check_tensor("y", y, 1, 2)
    check_shape("y", y, (len(x), *y.shape[1:]), "one y for each x")
    check_alike(x=x, y=y)
    if len(x) < 2:
        raise ValueError("x must hold at least 2 points, or nobody is left, but it holds 1")


def leave_one_out(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Give each of n points the n - 1 others as keys and values.

    Parameters
    ----------
    x, y : Tensor
        Training inputs and outputs, shape (n,), or (n, columns) where they are vectors; n at least 2.

    Returns
    -------
    keys, values : Tensor
        Shape (n, n - 1), or (n, n - 1, columns). Row i is `x` (or `y`) without entry i.

    Raises
    ------
    TypeError, ValueError
        If `x` or `y` is no tensor of finite floats, they do not fit together, or hold fewer than two points.

    Notes
    -----
    Memory grows with n**2, here and in `leave_one_out_loss`: 50,000 points need 20 GB in float64 for each table. Choose
    w with some thousands of them, drawn at random, and answer with `windowed_pooling`.

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
    keys, values = (t.expand(n, *t.shape)[others].reshape(n, n - 1, *t.shape[1:]) for t in (x, y))
    return keys, values


def leave_one_out_loss(w: float | Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Return the mean squared error when each point is predicted from all the others.

    No row of keys is cut: the diagonal of the scores is set to -inf, so that softmax gives it weight 0.

    Parameters
    ----------
    w : float or Tensor
        The inverse width of the Gaussian kernel, one number or one for each feature; a tensor may need a gradient.
    x, y : Tensor
        Training inputs and outputs, shape (n,), or (n, columns) where they are vectors; n at least 2.

    Returns
    -------
    Tensor
        Shape (), in squared units of y: the mean over all points, and over the columns of y.

    Raises
    ------
    TypeError, ValueError
        As in `leave_one_out` for `x` and `y`, and as in `scaled_distance` for `w`.

    Examples
    --------
    >>> import torch
    >>> from nwlesson import leave_one_out_loss
    >>> leave_one_out_loss(1.0, torch.tensor([0.0, 1.0, 2.0]), torch.tensor([0.0, 1.0, 2.0]))
    tensor(0.9321)
    """
    _check_points(x, y)
    w = check_w(w, x, "x")
    places = x.reshape(len(x), -1)
    squares = ((places[:, None] - places) * w) ** 2  # (n, n, n_features)
    scores = squares @ x.new_full(places.shape[1:], -0.5)  # minus half the sum over the features: (n, n)
    check_scores(scores, x, w)
    weights = torch.softmax(scores.fill_diagonal_(-torch.inf), dim=-1)
    return ((weights @ y - y) ** 2).mean()
