"""Choose the width of the bell: the w with the smallest leave-one-out error."""

import math
import warnings
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from nwlesson._checks import check_count
from nwlesson.leave_one_out import _check_points

Array = npt.NDArray[np.float64]

STEP = 2.0  # from one w of a scan to the next
PROMISING = 1.2  # a valley is worth a closer look if its error is at most so many times the least one
FLAT = 1e-6  # an error that grows by a smaller share, when w is four times as large, has no valley
LIMIT = 2**28  # numbers in the table of squared differences: 2 GiB


class _Place(NamedTuple):
    """A w, one number for each feature, and its leave-one-out error."""

    error: float
    w: Array


def _answers(w: Array, squares: Array, y: Array) -> tuple[Array, Array, Array]:
    """Return how much all others count for each point, (n, n), the sums of that, and the answers, (n, columns).

    `squares` are the squared differences of all pairs, (n_features, n * n). NumPy, because at this size torch would
    spend its time on waking threads.
    """
    n = len(y)
    scores = np.einsum("f,fp->p", w**2 / -2, squares).reshape(n, n)
    np.fill_diagonal(scores, -np.inf)
    scores -= scores.max(axis=1, keepdims=True)
    np.maximum(scores, -700, out=scores)  # exp of less is nothing, and takes long
    counts = np.exp(scores, out=scores)
    sums = counts.sum(axis=1, keepdims=True)
    return counts, sums, counts @ y / sums


def _error(w: Array, squares: Array, y: Array) -> float:
    return float(((_answers(w, squares, y)[2] - y) ** 2).mean())


def _error_and_slope(log_w: Array, squares: Array, y: Array) -> tuple[float, Array]:
    """Return the leave-one-out error at w = exp(log_w), and its derivative by log_w."""
    w = np.exp(log_w)
    counts, sums, answers = _answers(w, squares, y)
    misses = answers - y
    by_score = counts * ((misses @ y.T - (misses * answers).sum(axis=1, keepdims=True)) / sums)
    slope = np.einsum("fp,p->f", squares, by_score.reshape(-1))
    return float((misses**2).mean()), -2 * w**2 * slope / y.size


def _descend(w: Array, squares: Array, y: Array) -> _Place:
    """Walk from w to the bottom of its valley, in log w; a feature with w = 0 stays out."""
    heard = w > 0
    squares = squares[heard]
    start = torch.from_numpy(np.log(w[heard]))
    low, high = start - 20, start + 20  # LBFGS may try steps so long that exp would overflow
    log_w = start.clone()
    unit = _error(w[heard], squares, y) or 1.0  # the error starts at 1
    descent = torch.optim.LBFGS(
        [log_w], max_iter=100, tolerance_grad=1e-7, tolerance_change=1e-10, line_search_fn="strong_wolfe"
    )

    def closure() -> float:
        error, slope = _error_and_slope(log_w.clamp(low, high).numpy(), squares, y)
        log_w.grad = torch.from_numpy(slope / unit)
        return error / unit

    descent.step(closure)  # type: ignore[no-untyped-call]
    bottom = np.zeros_like(w)
    bottom[heard] = log_w.clamp(low, high).exp().numpy()
    return _Place(_error(bottom[heard], squares, y), bottom)


def _grid(squares: Array, n: int, rounding: float) -> Array:
    """Return 0, and then every w from where all points count alike to where each hears its nearest alone.

    Points that are equally near but for rounding are never told apart.
    """
    distances = np.sqrt(squares).reshape(n, n)
    np.fill_diagonal(distances, np.inf)
    first = distances.min(axis=1, keepdims=True)
    farther = np.where(distances > first + rounding, distances, np.inf).min(axis=1, keepdims=True)
    gaps = ((farther - first) * (farther + first))[np.isfinite(farther)]  # how much farther the next one is, squared
    low, high = 0.1 / math.sqrt(squares.max()), 9 / math.sqrt(gaps.min() if gaps.size else squares.max())
    steps = math.ceil(math.log(high / low, STEP))
    return np.concatenate([[0.0], low * STEP ** np.arange(steps + 1)])


def _scan(ws: list[Array], squares: Array, y: Array) -> list[_Place]:
    """Return the places on a row of w that are not higher than their neighbours and promising, the lowest first."""
    errors = [_error(w, squares, y) for w in ws]
    walls = [math.inf, *errors, math.inf]
    lowest = [_Place(error, w) for error, w, a, b in zip(errors, ws, walls, walls[2:]) if error <= min(a, b)]
    enough = PROMISING * min(errors) + 1e-16
    return sorted((place for place in lowest if place.error <= enough), key=lambda place: place.error)[:4]


def _lowest(places: list[_Place], squares: Array, y: Array) -> _Place:
    """Return the lowest of these places and of the bottoms of their valleys."""
    bottoms = [_descend(place.w, squares, y) for place in places if place.w.any()]
    return min(places + bottoms, key=lambda place: place.error)


def _improve(best: _Place, grids: list[Array], squares: Array, y: Array) -> _Place:
    """Try for each feature every w of its own, 0 too, while the others stay; go on until a round gains too little."""
    before = math.inf
    while best.error < before * (1 - 1e-3):
        before = best.error
        for feature, grid in enumerate(grids):
            ws = np.repeat(best.w[None], len(grid), axis=0)
            ws[:, feature] = grid
            better = [place for place in _scan(list(ws), squares, y) if place.error < best.error]
            best = _lowest([best, *better[:1]], squares, y) if better else best
    return best


def _search(squares: Array, y: Array, rounding: Array) -> Array:
    """Return the best w that is found from several starts: each feature alone, and all of them alike."""
    n, features = len(y), np.eye(len(squares))
    grids = [_grid(row, n, r) for row, r in zip(squares, rounding)]
    starts = [_lowest(_scan(list(grid[:, None] * f), squares, y), squares, y) for grid, f in zip(grids, features)]
    if len(features) == 1:
        return starts[0].w
    grid = _grid(squares.sum(axis=0), n, float(np.linalg.norm(rounding)))
    starts.append(_lowest(_scan([np.full(len(squares), w) for w in grid], squares, y), squares, y))
    starts.sort(key=lambda place: place.error)
    return min((_improve(start, grids, squares, y) for start in starts[:3]), key=lambda place: place.error).w


def _smallest_as_good(w: Array, squares: Array, y: Array) -> Array:
    """Return w; or, where the error does not rise again beyond it, say so and return the smallest that is as good."""
    error = _error(w, squares, y)
    if not w.any() or _error(4 * w, squares, y) > error * (1 + FLAT) + 1e-16:
        return w
    warnings.warn(
        "no w is best: the leave-one-out error does not rise again as w grows, so this is the smallest of many that "
        "are as good. Copied rows do that (leave them out), and so do evenly spaced x with y without noise",
        stacklevel=3,
    )
    while w.max() > 1e-9 and _error(w / STEP, squares, y) <= error * (1 + 1e-7) + 1e-16:
        w = w / STEP
    return w


def _squared_differences(places: Array) -> Array:
    """Return the squared differences of all pairs, (n_features, n * n)."""
    n, n_features = places.shape
    if n_features * n**2 > LIMIT:
        raise ValueError(
            f"x must leave room for all pairs of points, but {n} of them, with {n_features} feature(s), make "
            f"{n_features * n**2:.2g}; take w from some thousands of them, drawn at random, and predict with "
            "windowed_pooling"
        )
    columns = places.T
    return ((columns[:, :, None] - columns[:, None, :]) ** 2).reshape(n_features, n * n)


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
    places, values = (t.detach().cpu().double().reshape(len(x), -1).numpy() for t in (x, y))
    spread = places.max(axis=0) - places.min(axis=0)
    varied = spread > 0
    if not varied.any():
        raise ValueError(f"x must hold at least 2 different places, but all are {x[0].tolist()}")
    rounding = 8 * torch.finfo(x.dtype).eps * np.abs(places).max(axis=0)[varied] / spread[varied]
    squares = _squared_differences(places[:, varied] / spread[varied])  # from 0 to 1, whatever the units
    values = values - values.mean(axis=0)
    values = values / (math.sqrt((values**2).mean()) or 1)
    w = np.zeros_like(spread)
    w[varied] = _smallest_as_good(_search(squares, values, rounding), squares, values) / spread[varied]
    return float(w[0]) if x.dim() == 1 else torch.from_numpy(w).to(x)
