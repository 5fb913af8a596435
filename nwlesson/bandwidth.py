"""Choose the width of the bell: the w with the smallest leave-one-out error."""

import math
import warnings
from collections.abc import Iterator

import torch
from torch import Tensor

from nwlesson._checks import check_count
from nwlesson.leave_one_out import _check_points

STEP = 2.0  # from one w of the grid to the next
HALF = 0.5 / math.log(2)  # exp(-u**2 / 2) is 2**(-HALF * u**2)
FLAT = 1e-3  # an error that grows by less, when w is four times as large, has no valley


def _blocks(x: Tensor) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Yield row numbers i, (x_i - x_j)**2 and the mask, a few rows at a time: little memory, nothing for threads."""
    rows = max(1, 2**15 // (len(x) + 1))
    for start in range(0, len(x), rows):
        i = torch.arange(start, min(start + rows, len(x)), device=x.device)
        mask = x.new_zeros(len(i), len(x))
        mask[torch.arange(len(i)), i] = -torch.inf  # nobody looks at himself
        yield i, (x[i, None] - x) ** 2, mask  # (rows,), (rows, n, n_features), (rows, n)


def _pool(scores: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return weights, their sums, and answers. This is softmax with 2 as its base: exp would wait for threads."""
    weights = torch.exp2(
        (scores - scores.amax(dim=1, keepdim=True)).clamp_(min=-200)
    )  # less is nothing, but takes long
    sums = weights @ torch.cat([y, torch.ones_like(y[:, :1])], dim=1)
    return weights, sums[:, -1:], sums[:, :-1] / sums[:, -1:]


def _losses(ts: list[float], along: Tensor, fixed: Tensor, x: Tensor, y: Tensor) -> list[float]:
    """Return the leave-one-out error for w**2 = fixed**2 + (t * along)**2, for each t."""
    total = x.new_zeros(len(ts))
    for i, squares, mask in _blocks(x):
        scores, step = mask - squares @ fixed**2 * HALF, -squares @ along**2 * HALF
        for k, t in enumerate(ts):
            *_, answers = _pool(torch.add(scores, step, alpha=t**2), y)
            total[k] += (answers - y[i]).square_().sum()
    return (total / y.numel()).tolist()


def _slope(log_w: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Return the leave-one-out error at exp(log_w), and its gradient."""
    loss, slope = x.new_zeros(()), torch.zeros_like(log_w)
    for i, squares, mask in _blocks(x):
        squares = squares * log_w.exp() ** 2
        weights, sums, answers = _pool(mask - squares.sum(dim=-1) * HALF, y)
        errors = answers - y[i]
        loss += (errors**2).sum()
        by_score = weights / sums * (errors @ y.T - (errors * answers).sum(dim=1, keepdim=True))
        slope -= 2 * (by_score[..., None] * squares).sum(dim=(0, 1))
    return loss / y.numel(), slope / y.numel()


def _descend(w: Tensor, x: Tensor, y: Tensor) -> tuple[float, Tensor]:
    """Walk from w to the bottom of its valley, in log w; a feature with w = 0 stays out."""
    heard = w > 0
    x, log_w = x[:, heard], w[heard].log()
    low, high = log_w - 20, log_w + 20  # LBFGS may try steps so long that exp would overflow
    descent = torch.optim.LBFGS(
        [log_w], max_iter=200, tolerance_grad=1e-7, tolerance_change=1e-10, line_search_fn="strong_wolfe"
    )

    unit = _slope(log_w, x, y)[0].item() or 1  # the loss starts at 1

    def loss() -> Tensor:
        value, slope = _slope(log_w.clamp(low, high), x, y)
        log_w.grad = slope / unit
        return value / unit

    descent.step(loss)  # type: ignore[no-untyped-call]
    bottom = torch.zeros_like(w).masked_scatter(heard, log_w.clamp(low, high).exp())
    return loss().item() * unit, bottom


def _grid(along: Tensor, x: Tensor, rounding: Tensor) -> list[float]:
    """Return 0, and then every t from where all points count alike to where each hears its nearest alone.

    Points that are equally near but for rounding are never told apart.
    """
    farthest, least = 0.0, math.inf
    for _, squares, mask in _blocks(x):
        distance = squares @ along**2  # squared
        farthest = max(farthest, distance.max().item())
        distance -= mask
        first = distance.amin(dim=1, keepdim=True)
        second = distance.masked_fill(distance <= (first.sqrt() + along @ rounding) ** 2, torch.inf).amin(
            dim=1, keepdim=True
        )
        least = min(least, (second - first).min().item())
    low, high = 0.1 / math.sqrt(farthest), 9 / math.sqrt(min(least, farthest))  # exp(-9**2 / 2) is nothing
    n = math.ceil(math.log(high / low) / math.log(STEP))
    return [0.0, *torch.logspace(math.log10(low), math.log10(high), n + 1, dtype=x.dtype).tolist()]


def _look(grid: list[float], along: Tensor, fixed: Tensor, x: Tensor, y: Tensor) -> list[tuple[float, Tensor]]:
    """Return the loss and w where a valley may be: grid points not higher than their neighbours, the best first."""
    losses = _losses(grid, along, fixed, x, y)
    walls = [math.inf, *losses, math.inf]
    valleys = [(b, t) for a, b, c, t in zip(walls, losses, walls[2:], grid) if b <= a and b <= c]
    promising = sorted(valley for valley in valleys if valley[0] <= 1.2 * min(losses) + 1e-16)
    return [(loss, torch.hypot(fixed, t * along)) for loss, t in promising[:4]]


def _lowest(valleys: list[tuple[float, Tensor]], x: Tensor, y: Tensor) -> tuple[float, Tensor]:
    """Return loss and w of the lowest of all places: where each valley was seen, and its bottom."""
    bottoms = [_descend(w, x, y) for _, w in valleys if w.any()]
    return min(valleys + bottoms, key=lambda place: place[0])


def _look_along_each(
    best: tuple[float, Tensor], grids: list[list[float]], x: Tensor, y: Tensor
) -> tuple[float, Tensor]:
    """Try every feature with every w of its own, 0 too, while the others stay; repeat until nothing is gained."""
    before = math.inf
    while best[0] < before * (1 - 1e-3):
        before = best[0]
        for j, grid in enumerate(grids):
            along = torch.zeros_like(best[1])
            along[j] = 1
            fixed = best[1] * (1 - along)
            here = best[1][j]
            valleys = [v for v in _look(grid, along, fixed, x, y) if not here / STEP <= v[1][j] <= here * STEP]
            best = _lowest([best, *valleys], x, y)
    return best


def _search(x: Tensor, y: Tensor, rounding: Tensor) -> Tensor:
    """Return the best w that is found from several starts: each feature alone, and all of them alike."""
    nothing, features = torch.zeros_like(rounding), list(torch.eye(len(rounding), dtype=x.dtype))
    grids = [_grid(feature, x, rounding) for feature in features]
    starts = [_lowest(_look(grid, along, nothing, x, y), x, y) for grid, along in zip(grids, features)]
    if len(features) == 1:
        return starts[0][1]
    everything = torch.ones_like(rounding)
    starts.append(_lowest(_look(_grid(everything, x, rounding), everything, nothing, x, y), x, y))
    starts.sort(key=lambda place: place[0])
    return min((_look_along_each(start, grids, x, y) for start in starts[:3]), key=lambda place: place[0])[1]


def _warn_if_flat(w: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Return w; or, where the error does not rise again beyond it, say so and return the smallest that is as good."""
    nothing = torch.zeros_like(w)
    loss, beyond = _losses([1.0, 4.0], w, nothing, x, y)
    if beyond > loss * (1 + FLAT) + 1e-16 or not w.any():
        return w
    warnings.warn(
        "no w is best: the leave-one-out error does not rise again as w grows, so this is the smallest of many that "
        "are as good. Copied rows do that (leave them out), and so do evenly spaced x with y without noise",
        stacklevel=3,
    )
    smaller = [STEP**-k for k in range(60, -1, -1)]
    losses = _losses(smaller, w, nothing, x, y)
    return w * min(t for t, lower in zip(smaller, losses) if lower <= loss * (1 + 1e-7) + 1e-16)


def fit_bandwidth(x: Tensor, y: Tensor) -> float | Tensor:
    """Return the w with the smallest leave-one-out error: least-squares cross-validation.

    First it looks: at w = 0, the plain average, and at a row of w, each twice the one before, from
    "all points count" to "only the nearest counts". There may be several valleys; LBFGS on log w finds the bottom of
    each that is promising. With several features it begins with each of them alone and with all of them alike, and
    then tries every feature with every w of its own, while the others stay, until nothing gets better.
    The bandwidth itself is ``h = 1 / w``.

    Parameters
    ----------
    x, y : Tensor
        Training inputs and outputs, shape (n,), or (n, columns) where they are vectors; n at least 3. The time grows
        with n**2, the memory only with n. For many thousand points take w from a sample of them, make it larger by
        the fifth root of how many times more there are, and predict with `windowed_pooling`.

    Returns
    -------
    float or Tensor
        In 1 / units of x, and not less than 0. A number for x of shape (n,); for (n, n_features) a tensor with one for
        each feature, shape (n_features,), with the dtype of x. It is 0, for one feature or for all, where the answers
        are best without it; also for a feature that is the same everywhere.

    Raises
    ------
    TypeError
        If an argument is of another type or dtype than said above.
    ValueError
        If it is empty, not finite or of another shape, or if all x are the same.

    Warns
    -----
    UserWarning
        If no w is best, as the error does not rise again when w grows. The smallest that is as good is returned.

    Examples
    --------
    >>> from nwlesson import fit_bandwidth, make_data
    >>> data = make_data()
    >>> print(f"{fit_bandwidth(data.x_train, data.y_train):.2f}")
    3.96
    """
    _check_points(x, y)
    check_count("len(x)", len(x), least=3)
    places, values = (t.detach().double().reshape(len(x), -1) for t in (x, y))
    places = places - places.amin(dim=0)
    spread = places.amax(dim=0)
    varied = spread > 0
    if not varied.any():
        raise ValueError(f"x must hold at least 2 different places, but all are {x[0].tolist()}")
    rounding = 8 * torch.finfo(x.dtype).eps * x.detach().reshape(len(x), -1).abs().amax(dim=0).double() / spread
    values = values - values.mean(dim=0)
    values = values / (values.square().mean().sqrt() or 1)
    places = places[:, varied] / spread[varied]  # from 0 to 1, whatever the units
    best = _warn_if_flat(_search(places, values, rounding[varied]), places, values)
    w = torch.zeros_like(spread).masked_scatter(varied, best) / spread.where(varied, 1)
    return w.item() if x.dim() == 1 else w.to(x.dtype)
