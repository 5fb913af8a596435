"""Training w by gradient descent, with nothing hidden."""

import warnings
from typing import NamedTuple

import torch
from torch import Tensor, nn

from nwlesson._checks import (
    check_alike,
    check_count,
    check_fits,
    check_number,
    check_shape,
    check_tensor,
    largest,
    squares_are_finite,
)
from nwlesson.model import NWKernelRegression

WAYS_OUT = (
    "a step is lr times the slope of the loss, which grows with the number of points, with the square of y and with x; "
    "take a smaller lr, or divide y and x by their spread"
)


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
    TypeError, ValueError
        As in `NWKernelRegression.forward`; if ``model`` cannot learn, because its w does not ask for a gradient or
        because of ``torch.inference_mode()``; and if a step takes w out of the finite numbers.

    Warns
    -----
    UserWarning
        If the last loss is more than one per cent higher than the first; and if w no longer moves because most queries
        hear their nearest key alone, so that the loss has no slope.

    Notes
    -----
    The loss is a sum, so the steps grow with the number of points; they also grow with the square of y, and with x.
    Where they are too long, take a smaller `lr`, or divide y and x by their spread.

    Examples
    --------
    >>> from nwlesson import NWKernelRegression, leave_one_out, make_data, train
    >>> data = make_data()
    >>> net = NWKernelRegression(w=0.5)
    >>> history = train(net, data.x_train, *leave_one_out(data.x_train, data.y_train), data.y_train)
    >>> [row.epoch for row in history]
    [1, 2, 3, 4, 5]
    """
    epochs = check_count("epochs", epochs, least=1)
    lr = check_number("lr", lr, above=0)
    _check_task(model, queries, targets, lr)
    squared_error = nn.MSELoss(reduction="none")
    trainer = torch.optim.SGD(model.parameters(), lr=lr)
    history = []
    with torch.enable_grad():  # training needs gradients, also where the caller has switched them off
        for epoch in range(1, epochs + 1):
            trainer.zero_grad()
            loss = (squared_error(model(queries, keys, values), targets) / 2).sum()
            history.append(Epoch(epoch, loss.item(), model.w.item()))
            loss.backward()
            trainer.step()
            _check_step(model, lr, history[-1], queries[:, None] - keys, targets[:, None] - values)
    first, last = history[0].loss, history[-1].loss
    if last > 1.01 * first:  # a loss that creeps along a plateau is nothing to worry about
        warnings.warn(f"the loss ends higher than it began, {last:g} after {first:g}: {WAYS_OUT}", stacklevel=2)
    elif model.w.item() == history[-1].w and _hears_the_nearest_alone(model.attention_weights):
        warnings.warn(
            f"w no longer moves: at w = {model.w.item():g} most queries hear their nearest key alone, and the loss has "
            f"no slope there; {WAYS_OUT}",
            stacklevel=2,
        )
    return history


def _hears_the_nearest_alone(weights: Tensor) -> bool:
    return weights.shape[-1] > 1 and weights.amax(dim=-1).median().item() > 0.999


def _check_task(model: NWKernelRegression, queries: Tensor, targets: Tensor, lr: float) -> None:
    """Raise unless w can learn, and there is one target for each query; the model itself checks the rest."""
    if not model.w.requires_grad:
        raise ValueError("model must ask for a gradient, but its w does not; try model.requires_grad_()")
    if torch.is_inference_mode_enabled():
        raise ValueError("model must be trained outside torch.inference_mode(), but that is switched on")
    check_fits("lr", lr, model.w.dtype)
    check_tensor("queries", queries, 1)
    check_tensor("targets", targets, 1)
    check_shape("targets", targets, tuple(queries.shape), "one target for each query")
    check_alike(queries=queries, targets=targets)


def _check_step(model: NWKernelRegression, lr: float, row: Epoch, distances: Tensor, errors: Tensor) -> None:
    """Raise if this step has taken w where its squares are no longer finite, and find out who is to blame."""
    if squares_are_finite(distances * model.w):
        return
    step, apart, error = abs(model.w.item() - row.w), largest(distances), largest(errors)
    # Would the step have been long, too, if no distance and no error had been larger than 1?
    if step / apart / error / error > 1000:
        name, was = "lr", f"it is {lr:g}"
    elif error > apart:
        name, was = "targets", f"they lie up to {error:g} from the values"
    else:
        name, was = "queries", f"they lie up to {apart:g} from the keys"
    raise ValueError(
        f"{name} must leave (w * distance)**2 finite, but {was}, and epoch {row.epoch} takes w from {row.w:g} "
        f"to {model.w.item():g}; {WAYS_OUT}"
    )
