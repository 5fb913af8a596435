"""Lesson 2: the average answers everywhere the same."""

import torch
from facts.shared import KEYS, QUERY, VALUES, fifty_points, mse

from nwlesson import attention_pooling, average_pooling


def facts() -> dict[str, str]:
    return of_three_points() | of_fifty_points()


def of_three_points() -> dict[str, str]:
    answer = VALUES.mean()
    assert torch.allclose(attention_pooling(QUERY, KEYS, VALUES, 0.0), answer), "w = 0 should be the average"
    return {"toy-0": f"{answer:.2f}"}


def of_fifty_points() -> dict[str, str]:
    data = fifty_points()
    average = average_pooling(data.y_train, len(data.x_test))
    return {
        "mean-y": f"{data.y_train.mean():.2f}",
        "mse-average": f"{mse(average, data.y_truth):.2f}",
        "truth-min": f"{data.y_truth.min():.2f}",
        "truth-max": f"{data.y_truth.max():.2f}",
    }
