"""What the facts of several lessons need: the three points, the fifty, training as the book does, and formats.

Every number that a sentence of the site mentions is computed in this folder, with nwlesson: in the file of the lesson,
or of the page, that introduces it. A page writes {fact}`name`; the build runs `facts()` of each file and stores the
table. Each value is the string that the reader sees. `assert`s beside the numbers check what the sentences around them
claim: if one fails, the sentence is wrong and the build stops.
"""

import json
from collections.abc import Callable

import torch
from torch import Tensor

from nwlesson import (
    NWKernelRegression,
    RegressionData,
    attention_pooling,
    attention_weights,
    effective_neighbours,
    gaussian,
    leave_one_out,
    make_data,
    train,
)

N_SEEDS = 100  # how many other draws of the noise lessons 11 and 13 speak of
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

# The toy case that can be computed by hand.
QUERY, KEYS = torch.tensor([2.0]), torch.tensor([1.0, 2.0, 4.0])
VALUES = torch.tensor([10.0, 20.0, 40.0])


def fifty_points(seed: int = 0) -> RegressionData:
    """The data of all lessons, or another draw of it."""
    return make_data(50, step=0.125, seed=seed)


def exact_points() -> list[Tensor]:
    """Return the same points in float64: their x and y."""
    return [tensor.double() for tensor in fifty_points()[:2]]


def mse(a: Tensor, b: Tensor) -> float:
    return ((a - b) ** 2).mean().item()


def ranks(numbers: Tensor) -> Tensor:
    return numbers.argsort().argsort().double()


def correlation(a: Tensor, b: Tensor) -> float:
    return torch.corrcoef(torch.stack([a, b]))[0, 1].item()


def test_error(data: RegressionData, w: float, kernel=gaussian) -> float:
    """Mean squared distance from the truth when all training points are used with this w."""
    return mse(attention_pooling(data.x_test, data.x_train, data.y_train, w, kernel=kernel), data.y_truth)


def trained(data: RegressionData, w: float | None, epochs: int = 5, lr: float = 0.5, seed: int = 0):
    """Train on the others' answers as the book does; return the history and the w at the end."""
    net = NWKernelRegression(w, generator=torch.Generator().manual_seed(seed))
    keys, values = leave_one_out(data.x_train, data.y_train)
    history = train(net, data.x_train, keys, values, data.y_train, epochs=epochs, lr=lr)
    return history, net.w.item()


def neighbours(data: RegressionData, w: float, kernel=gaussian) -> float:
    """Effective neighbours of a query in the middle of the field: the median."""
    weights = attention_weights(data.x_test, data.x_train, w, kernel=kernel)
    return effective_neighbours(weights).median().item()


def percent(share) -> str:
    return f"{100 * share:.0f}%"


def power_of_ten(x: float) -> str:
    """Write a small number as people do, on one line: 3 × 10⁻¹⁵, and 0 as it is."""
    if x == 0:
        return "0"
    digit, exponent = f"{x:.0e}".split("e")
    return f"{digit}\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10" + str(int(exponent)).translate(SUPERSCRIPT)


def turned(values: list[float], start: float, say: Callable[[float], dict[str, str]]) -> str:
    """Return what a sentence says at each of the values to which a reader may turn it: see docs/_ext/living.

    `say` gives what stands in each place of the sentence; its first place is the one that is turned.
    """
    rows = [say(value) for value in values]
    return json.dumps({"start": values.index(start), "places": {key: [row[key] for row in rows] for key in rows[0]}})
