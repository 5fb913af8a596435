"""Training w by gradient descent, with nothing hidden."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from nwlesson._checks import check_alike, check_count, check_fits, check_number, check_shape, check_tensor
from nwlesson.model import NWKernelRegression


class Epoch(NamedTuple):
    """One row of the history of `train`.

    Attributes
    ----------
    epoch : int
        1 for the first.
    loss : float
        Half the summed squared error, in squared units of y, *before* the step of this epoch.
    w : float
        The w that this loss belongs to: also the one before the step.

    Examples
    --------
    >>> from nwlesson import Epoch
    >>> Epoch(epoch=1, loss=29.5, w=0.5).w
    0.5
    """

    epoch: int
    loss: float
    w: float


def train(
    model: NWKernelRegression,
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    targets: Tensor,
    *,
    epochs: int = 5,
    lr: float = 0.5,
) -> list[Epoch]:
    """Take `epochs` steps of full-batch gradient descent on half the summed squared error.

    Parameters
    ----------
    model : NWKernelRegression
        Its w is changed in place.
    queries : Tensor
        Shape (n_queries,).
    keys, values : Tensor
        Shape (n_queries, n_keys), for example from `leave_one_out`.
    targets : Tensor
        What the model should have said, shape (n_queries,).
    epochs : int
        Number of steps, at least 1.
    lr : float
        Learning rate, greater than 0.

    Returns
    -------
    list of Epoch
        One row for each epoch. The w after the last step is in ``model.w``: the last loss
        is *not* the loss of the model you get.

    Raises
    ------
    TypeError
        If an argument is of another type or dtype than said above.
    ValueError
        If it is empty, not finite, out of range or of another shape, or if w leaves the finite
        numbers because lr is too large.

    Examples
    --------
    >>> from nwlesson import NWKernelRegression, leave_one_out, make_data, train
    >>> data = make_data()
    >>> net = NWKernelRegression(w=0.5)
    >>> history = train(net, data.x_train, *leave_one_out(data.x_train, data.y_train), data.y_train)
    >>> [row.epoch for row in history]
    [1, 2, 3, 4, 5]
    """
    check_count("epochs", epochs, least=1)
    check_number("lr", lr, above=0)
    check_fits("lr", lr, model.w.dtype)
    check_tensor("queries", queries, 1)
    check_tensor("targets", targets, 1)
    check_shape("targets", targets, tuple(queries.shape), "one target for each query")
    check_alike(queries=queries, targets=targets)
    squared_error = nn.MSELoss(reduction="none")
    trainer = torch.optim.SGD(model.parameters(), lr=lr)
    history = []
    for epoch in range(1, epochs + 1):
        trainer.zero_grad()
        loss = (squared_error(model(queries, keys, values), targets) / 2).sum()
        history.append(Epoch(epoch, loss.item(), model.w.item()))
        loss.backward()
        trainer.step()
        if not torch.isfinite(model.w).all():
            raise ValueError(f"lr must keep w finite, but with lr={lr:g} w left the finite numbers in epoch {epoch}")
    return history
