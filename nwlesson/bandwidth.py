"""Choose the width of the bell: the w with the smallest leave-one-out error."""

import itertools
import math
import warnings
from typing import NamedTuple

import torch
from torch import Tensor

from nwlesson._checks import check_count
from nwlesson.leave_one_out import _check_points

STEP = 3.0  # from one w of a first, coarse scan to the next
FINE = 4  # so many steps of a closer look make one of the look before
PROMISING = 1.2, 1.01  # a place is worth a closer look, and a still closer one, below so many times the least error
FLAT = 1e-4  # an error that grows by a smaller share, when w is four times as large, has no valley
TOGETHER = 2**15  # numbers in the tables that are filled together: to begin takes as long as so many
LIMIT = 2**28  # numbers in the table of squared differences: 2 GiB


class _Place(NamedTuple):
    """A w, one number for each feature, and its leave-one-out error."""

    error: float
    w: Tensor


def _counts(w: Tensor, squares: Tensor) -> Tensor:
    """Return how much all others count for each point, (n_w, n, n), the nearest 1.

    There are n_w rows in w, (n_w, n_features), and squares is (n_features, n, n).
    """
    scores = (w**2 / -2 @ squares.flatten(1)).view(-1, *squares[0].shape)
    scores.diagonal(dim1=-2, dim2=-1).fill_(-torch.inf)
    # In place: to ask for another table each time would take longer than to fill it.
    return scores.sub_(scores.amax(dim=-1, keepdim=True)).clamp_(min=-700).exp_()  # of less, exp is 0 and takes long


def _errors(w: Tensor, squares: Tensor, y: Tensor) -> list[float]:
    """Return the leave-one-out error for each row of w, (n_w, n_features); small tables are filled together."""
    errors = []
    for some in torch.split(w, max(1, TOGETHER // squares[0].numel())):
        counts = _counts(some, squares)
        misses = (counts @ y).div_(counts.sum(dim=-1, keepdim=True)).sub_(y)
        errors += misses.square_().mean(dim=(-2, -1)).tolist()
    return errors


def _error(w: Tensor, squares: Tensor, y: Tensor) -> float:
    return _errors(w[None], squares, y)[0]


def _error_and_slope(log_w: Tensor, squares: Tensor, y: Tensor) -> tuple[float, Tensor]:
    """Return the leave-one-out error at w = exp(log_w), and its derivative by log_w."""
    w = log_w.exp()
    counts = _counts(w[None], squares)[0]
    weights = counts.div_(counts.sum(dim=-1, keepdim=True))
    answers = weights @ y
    misses = answers - y
    by_score = (misses @ y.T).sub_((misses * answers).sum(dim=1, keepdim=True)).mul_(weights)
    slope = squares.flatten(1) @ by_score.flatten()
    return misses.square().mean().item(), -2 * w**2 * slope / y.numel()


def _descend(start: _Place, squares: Tensor, y: Tensor) -> _Place:
    """Walk from a place to the bottom of its valley, in log w; a feature with w = 0 stays out."""
    heard = start.w > 0
    squares, log_w = squares[heard], start.w[heard].log()
    low, high = log_w - 20, log_w + 20  # LBFGS may try steps so long that exp would overflow
    unit = start.error or 1.0  # the error starts at 1
    descent = torch.optim.LBFGS(
        [log_w], max_iter=100, tolerance_grad=1e-7, tolerance_change=1e-13, line_search_fn="strong_wolfe"
    )

    def closure() -> float:
        error, slope = _error_and_slope(log_w.clamp(low, high), squares, y)
        log_w.grad = slope / unit
        return error / unit

    descent.step(closure)  # type: ignore[no-untyped-call]
    bottom = torch.zeros_like(start.w).masked_scatter(heard, log_w.clamp(low, high).exp())
    return _Place(_error(bottom[heard], squares, y), bottom)


def _grid(squares: Tensor, rounding: float) -> list[float]:
    """Return 0, and then every w from where all points count alike to where each hears its nearest alone.

    Points that are equally near but for rounding are never told apart.
    """
    distances = squares.sqrt().fill_diagonal_(torch.inf)
    first = distances.amin(dim=1, keepdim=True)
    farther = distances.masked_fill(distances <= first + rounding, torch.inf).amin(dim=1, keepdim=True)
    gaps = (farther - first) * (farther + first)  # how much farther the next one is, squared
    least, farthest = gaps.min().item(), squares.max().item()
    low, high = 0.1 / math.sqrt(farthest), 9 / math.sqrt(least if least < math.inf else farthest)
    return [0.0, *(low * STEP**k for k in range(math.ceil(math.log(high / low, STEP)) + 1))]


def _scan(grid: list[float], along: Tensor, fixed: Tensor, squares: Tensor, y: Tensor) -> list[_Place]:
    """Return the valleys of the error along one direction, fixed + t * along for each t of a grid, the lowest first.

    Around what is promising it looks closer.
    """

    # No feature is in both, so w**2 = fixed**2 + t**2 * along**2: two tables for all t, however many the features.
    tables = torch.stack([fixed**2, along**2]) @ squares.flatten(1)
    tables = tables.view(2, *squares[0].shape)

    def places_at(ts: list[float]) -> dict[float, _Place]:
        errors = _errors(y.new_tensor([[1.0, t] for t in ts]), tables, y)
        return {t: _Place(error, fixed + t * along) for t, error in zip(ts, errors)}

    row = places_at(grid)
    for promising in PROMISING:
        enough = promising * min(place.error for place in row.values()) + 1e-16
        closer = [
            t * (after / t) ** (k / FINE)
            for t, after in itertools.pairwise(sorted(row))
            if t > 0 and min(row[t].error, row[after].error) <= enough
            for k in range(1, FINE)
        ]
        if closer:
            row |= places_at(closer)
    places = [row[t] for t in sorted(row)]
    walls = [math.inf, *(place.error for place in places), math.inf]
    enough = PROMISING[0] * min(walls) + 1e-16
    valleys = [place for place, a, b in zip(places, walls, walls[2:]) if place.error <= min(a, b, enough)]
    return sorted(valleys, key=lambda place: place.error)[:4]


def _lowest(places: list[_Place], squares: Tensor, y: Tensor) -> _Place:
    """Return the lowest of these places and of the bottoms of their valleys."""
    bottoms = [_descend(place, squares, y) for place in places if place.w.any()]
    return min(places + bottoms, key=lambda place: place.error)


def _improve(best: _Place, grids: list[list[float]], squares: Tensor, y: Tensor) -> _Place:
    """Try for each feature every w of its own, 0 too, while the others stay; go on until a round gains too little."""
    features, before = torch.eye(len(squares), dtype=y.dtype), math.inf
    while best.error < before * (1 - 1e-3):
        before = best.error
        for feature, grid in zip(features, grids):
            lowest = _scan(grid, feature, best.w * (1 - feature), squares, y)[0]
            best = _lowest([best, lowest], squares, y) if lowest.error < best.error else best
    return best


def _search(squares: Tensor, y: Tensor, rounding: Tensor) -> _Place:
    """Return the best place that is found from several starts: each feature alone, and all of them alike."""
    features, nothing = torch.eye(len(squares), dtype=y.dtype), y.new_zeros(len(squares))
    grids = [_grid(row, r) for row, r in zip(squares, rounding.tolist())]
    valleys = [_scan(grid, feature, nothing, squares, y) for grid, feature in zip(grids, features)]
    if len(features) > 1:
        everywhere = _grid(squares.sum(dim=0), rounding.norm().item())
        valleys.append(_scan(everywhere, nothing + 1, nothing, squares, y))
    starts = sorted((_lowest(places, squares, y) for places in valleys), key=lambda place: place.error)
    if len(features) == 1:
        return starts[0]
    return min((_improve(start, grids, squares, y) for start in starts[:3]), key=lambda place: place.error)


def _smallest_as_good(best: _Place, squares: Tensor, y: Tensor) -> Tensor:
    """Return the best w; or, where the error does not rise again beyond it, say so, and return the smallest as good."""
    error, w = best
    if not w.any() or _error(4 * w, squares, y) > error * (1 + FLAT) + 1e-16:
        return w
    warnings.warn(
        "no w is best: the leave-one-out error does not rise again as w grows, so this is the smallest of many that "
        "are as good. Copied rows do that (leave them out), and so do evenly spaced x with y without noise",
        stacklevel=3,
    )
    while w.max() > 1e-9 and _error(w / 2, squares, y) <= error * (1 + 1e-7) + 1e-16:
        w = w / 2
    return w


def _squared_differences(places: Tensor) -> Tensor:
    """Return the squared differences of all pairs, (n_features, n, n)."""
    n, n_features = places.shape
    if n_features * n**2 > LIMIT:
        raise ValueError(
            f"x must leave room for all pairs of points, but {n} of them, with {n_features} feature(s), make "
            f"{n_features * n**2:.2g}; take w from some thousands of them, drawn at random, and predict with "
            "windowed_pooling"
        )
    return (places.T[:, :, None] - places.T[:, None, :]).square_()


def fit_bandwidth(x: Tensor, y: Tensor) -> float | Tensor:
    """Return the w with the smallest leave-one-out error: least-squares cross-validation.

    First it looks: at w = 0, the plain average, and at a row of w, each three times the one before, from
    "all points count" to "only the nearest counts", and then more closely where that looks promising. There may be
    several valleys; LBFGS on log w finds the bottom of each that is promising. With several features it begins with
    each of them alone and with all of them alike, and then tries every feature with every w of its own, while the
    others stay, until nothing gets better. The bandwidth itself is ``h = 1 / w``.

    Parameters
    ----------
    x, y : Tensor
        Training inputs and outputs, shape (n,), or (n, columns) where they are vectors; n at least 3. Time and
        memory grow with n**2.

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
        If it is empty, not finite or of another shape, if all x are the same, or if there are so many points that the
        table of all pairs would take more than 2 GiB (16,000 points with one feature).

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
    places, values = (t.detach().cpu().double().reshape(len(x), -1) for t in (x, y))
    spread = places.amax(dim=0) - places.amin(dim=0)
    varied = spread > 0
    if not varied.any():
        raise ValueError(f"x must hold at least 2 different places, but all are {x[0].tolist()}")
    rounding = (8 * torch.finfo(x.dtype).eps * places.abs().amax(dim=0) / spread)[varied]
    squares = _squared_differences(places[:, varied] / spread[varied])  # from 0 to 1, whatever the units
    values = values - values.mean(dim=0)
    values = values / (values.square().mean().sqrt().item() or 1.0)
    best = _smallest_as_good(_search(squares, values, rounding), squares, values)
    w = torch.zeros_like(spread).masked_scatter(varied, best / spread[varied])
    return w.item() if x.dim() == 1 else w.to(x)
