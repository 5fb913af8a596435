"""Lesson 4: the same rule for fifty points."""

import torch
from facts.shared import exact_points, fifty_points, mse, percent, turned

from nwlesson import attention_pooling, attention_weights, average_pooling, truth


def facts() -> dict[str, str]:
    return of_the_curve() | of_the_columns() | of_a_place()


def of_the_curve() -> dict[str, str]:
    data = fifty_points()
    average = average_pooling(data.y_train, len(data.x_test))
    one = attention_pooling(data.x_test, data.x_train, data.y_train)
    assert mse(one, data.y_truth) < mse(average, data.y_truth), "attention should beat the average"
    assert one.max() < data.y_truth.max() and one.min() > data.y_truth.min(), "w = 1 should be too flat at both ends"
    return {
        "mse-w1": f"{mse(one, data.y_truth):.2f}",
        "w1-min": f"{one.min():.2f}",
        "w1-max": f"{one.max():.2f}",
        "w1-at-0": f"{one[0]:.2f}",
    }


def of_the_columns() -> dict[str, str]:
    """Rows of weights sum to 1; columns do not."""
    data = fifty_points()
    weights = attention_weights(data.x_test, data.x_train)
    columns = weights.sum(dim=0)
    return {
        "n-pairs": f"{weights.numel()}",
        "w1-column-min": f"{columns.min():.2f}",
        "w1-column-max": f"{columns.max():.2f}",
    }


def of_a_place() -> dict[str, str]:
    """Wherever one asks, even the nearest has a small weight, and the answer is too near the average."""
    x, y = exact_points()

    def say(place: float) -> dict[str, str]:
        query = torch.tensor([place], dtype=torch.float64)
        weights = attention_weights(query, x)[0]
        numbers = {"answer": f"{weights @ y:.2f}", "truth": f"{truth(query).item():.2f}"}
        return {"x": f"{place:g}", "share": percent(weights.max())} | numbers

    return {"ask-at-x": turned([i / 4 for i in range(21)], 2.0, say)}
