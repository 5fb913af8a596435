"""Lesson 14: more than one number: flowers, the dimension, and features that say nothing."""

import math
import warnings
from typing import NamedTuple

import torch
from facts.shared import SUPERSCRIPT, mse, percent, turned
from sklearn.datasets import load_iris, load_wine
from sklearn.neighbors import KNeighborsClassifier
from torch import Tensor

from nwlesson import (
    attention_pooling,
    attention_weights,
    fit_bandwidth,
    leave_one_out,
    leave_one_out_loss,
    scaled_distance,
    truth,
)


def facts() -> dict[str, str]:
    return (
        of_three_flowers()
        | of_the_widths()
        | of_the_kinds()
        | of_wines()
        | of_the_neighbours()
        | of_dimension()
        | of_useless_features()
    )


def of_three_flowers() -> dict[str, str]:
    query, keys = torch.tensor([[6.0, 4.0]]), torch.tensor([[6.0, 3.0], [4.0, 4.0], [2.0, 1.0]])
    rose, lily = attention_pooling(query, keys, torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]))[0].tolist()
    return {
        "petal-c-mm": f"{torch.tensor([4.0, 30.0]).norm():.1f}",
        "petal-rose": f"{rose:.3f}",
        "petal-lily": f"{lily:.3f}",
    }


def irises() -> tuple[Tensor, Tensor, Tensor]:
    """Return four measurements of each flower, the number of its kind, and the kind as a vector of one 1."""
    iris = load_iris()
    x, kinds = torch.tensor(iris.data), torch.tensor(iris.target)
    return x, kinds, torch.nn.functional.one_hot(kinds).double()


def of_the_widths() -> dict[str, str]:
    x, _, y = irises()
    w, spread = fit_bandwidth(x, y), x.amax(dim=0) - x.amin(dim=0)
    assert 1 / w[0] > spread[0] / 2 and (1 / w[1:] < spread[1:] / 4).all(), "the first should count least"
    return {"iris-first-width": f"{1 / w[0]:.1f}", "iris-first-spread": f"{spread[0]:.1f}"}


def sorted_right(columns: list[int]) -> Tensor:
    """Tell each flower's kind from all the others by some of the measurements; return where that is right."""
    x, kinds, y = irises()
    x = x[:, columns]
    keys, values = leave_one_out(x, y)
    weights = attention_weights(x, keys, fit_bandwidth(x, y))
    return torch.bmm(weights.unsqueeze(1), values).squeeze(1).argmax(dim=-1) == kinds


def right_when_apart() -> int:
    """Choose w by nine tenths of the flowers and ask the rest; return how many of all are right."""
    x, kinds, y = irises()
    right = 0
    for fold in range(10):
        asked = torch.arange(len(x)) % 10 == fold
        with warnings.catch_warnings(action="ignore"):  # of one tenth that the nearest flower alone answers best
            w = fit_bandwidth(x[~asked], y[~asked])
        shares = attention_pooling(x[asked], x[~asked], y[~asked], w)
        right += int((shares.argmax(dim=-1) == kinds[asked]).sum())
    return right


def of_the_kinds() -> dict[str, str]:
    right, alone, apart = sorted_right([0, 1, 2, 3]).sum(), sorted_right([0]).sum(), right_when_apart()
    assert alone > 2 * len(irises()[0]) / 3, "though alone it says a good deal"
    assert abs(apart - right) <= 2, "judging with those who chose should not flatter much"
    return {"iris-right": f"{right}", "iris-alone": f"{alone}", "iris-apart": f"{apart}"}


def of_wines() -> dict[str, str]:
    """Many knobs flatter the score on which they were chosen: half of the wines choose, the others are asked."""
    wine = load_wine()
    x, kinds = torch.tensor(wine.data), torch.tensor(wine.target)
    x, y = (x - x.mean(dim=0)) / x.std(dim=0), torch.nn.functional.one_hot(kinds).double()

    def right(answers: Tensor, half: Tensor) -> int:
        return int((answers.argmax(dim=-1) == kinds[half]).sum())

    own = other = one = 0
    for a in torch.arange(len(x)) % 2 == 0, torch.arange(len(x)) % 2 == 1:
        with warnings.catch_warnings(action="ignore"):  # of so many knobs that nothing is left to learn
            w = fit_bandwidth(x[a], y[a])
        shared = min(WS, key=lambda w: leave_one_out_loss(w, x[a], y[a]).item())
        keys, values = leave_one_out(x[a], y[a])
        own += right(torch.bmm(attention_weights(x[a], keys, w)[:, None], values)[:, 0], a)
        other += right(attention_pooling(x[~a], x[a], y[a], w), ~a)
        one += right(attention_pooling(x[~a], x[a], y[a], shared), ~a)
    assert len(x) == 178 and own > other + 5 and one > other, "the score on which they were chosen should flatter"
    return {"wine-own": f"{own}", "wine-other": f"{other}", "wine-one": f"{one}"}


def of_the_neighbours() -> dict[str, str]:
    """The same flowers by scikit-learn's nearest neighbours, with the best number of them."""
    x, kinds, _ = irises()
    # Without an argument, predict leaves each flower out.
    theirs = {k: KNeighborsClassifier(k).fit(x, kinds).predict(None) == kinds.numpy() for k in range(1, 31)}
    best_k = max(theirs, key=lambda k: theirs[k].sum())
    ours, best = sorted_right([0, 1, 2, 3]), torch.from_numpy(theirs[best_k])
    only_ours, only_theirs = int((ours & ~best).sum()), int((best & ~ours).sum())
    tosses = only_ours + only_theirs  # as if a coin had decided where the two differ
    luck = 2 * sum(math.comb(tosses, i) for i in range(min(only_ours, only_theirs) + 1)) / 2**tosses
    assert luck > 0.1, "the difference should be one that a coin could make"
    return {"iris-knn": f"{best.sum()}", "iris-knn-k": f"{best_k}"}


def nearest_in_cubes() -> dict[int, float]:
    """How far the nearest of 1000 points is in so many dimensions, measured by the point in the middle of the order."""
    generator = torch.Generator().manual_seed(0)
    nearest = {}
    for d in 1, 2, 5, 10, 20:
        queries, keys = torch.rand(100, d, generator=generator), torch.rand(1000, d, generator=generator)
        distances = scaled_distance(queries, keys).abs()
        nearest[d] = (distances.amin(dim=-1).median() / distances.median(dim=-1).values.median()).item()
    assert distances.amin(dim=-1).median() > 1, "in 20 dimensions, farther than one edge of the cube"
    return nearest


def edge(d: int) -> dict[str, str]:
    """How much of the range of each feature holds a hundredth of the cube."""
    return {"features": f"{d}", "edge": percent(0.01 ** (1 / d))}


def of_dimension() -> dict[str, str]:
    nearest = nearest_in_cubes()
    assert list(nearest.values()) == sorted(nearest.values())
    return {
        "near-1": f"{100 * nearest[1]:.1f}%",
        "near-20": percent(nearest[20]),
        "edge-1": percent(0.01),
        "edge-at-features": turned([1, 2, 3, 4, 5, 7, 10, 15, 20, 50, 100], 10, edge),
        "edge-points": "10" + str(round(math.log10(10 / 0.01**10))).translate(SUPERSCRIPT),
    }


WS = torch.logspace(-1, 1.5, 26).tolist()  # the values of w that all features may share


class Draw(NamedTuple):
    """200 noisy points and 500 queries with d features."""

    x: Tensor
    q: Tensor
    noise: Tensor


def draw(d: int, seed: int) -> Draw:
    generator = torch.Generator().manual_seed(seed)
    x, q = (5 * torch.rand(n, d, generator=generator).double() for n in (200, 500))
    return Draw(x, q, 0.5 * torch.randn(200, generator=generator))


def errors_if_one_matters(points: Draw) -> tuple[float, float]:
    """Only the first feature matters: the errors with one w for all features, and with a w for each."""
    x, q, noise = points
    y = truth(x[:, 0]) + noise
    shared = min(WS, key=lambda w: leave_one_out_loss(w, x, y).item())
    return tuple(mse(attention_pooling(q, x, y, w), truth(q[:, 0])) for w in (shared, fit_bandwidth(x, y)))


def error_if_all_matter(points: Draw, curve=truth) -> float:
    """All features matter alike: the error with the best w, which all share, as a share of the answers' spread."""
    x, q, noise = points
    y, t = (curve(places).sum(dim=-1) for places in (x, q))
    unit = truth(x[:, 0]).std() / y.std()  # the same spread as with one feature, and so as much noise
    return min(mse(attention_pooling(q, x, y * unit + noise, w), t * unit) for w in WS) / (t * unit).var().item()


def of_useless_features() -> dict[str, str]:
    one, ten = ([draw(d, seed) for seed in range(3)] for d in (1, 10))
    one_shared, _ = mean_errors(one)
    ten_shared, ten_own = mean_errors(ten)
    assert ten_shared > 30 * one_shared and ten_own < ten_shared / 10, "one w for each feature should save it"
    assert max(map(error_if_all_matter, one)) < 0.05, "one feature that matters should be no trouble"
    assert min(map(error_if_all_matter, ten)) > 0.85, "where all features matter in a wavy way, no w should help"
    straight = [error_if_all_matter(points, curve=lambda x: x) for points in ten]
    assert min(straight) > 0.2 and max(straight) < 0.4, "a plane should be easier, and not easy"
    return {
        "straight-10": percent(sum(straight) / 3),
        "useless-1": f"{one_shared:.2f}",
        "useless-10": f"{ten_shared:.2f}",
        "useless-10-own": f"{ten_own:.2f}",
    }


def mean_errors(draws: list[Draw]) -> list[float]:
    return [sum(errors) / len(draws) for errors in zip(*map(errors_if_one_matters, draws))]
