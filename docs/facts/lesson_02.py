"""Lesson 2: the average answers everywhere the same."""

import torch
from facts.shared import KEYS, QUERY, VALUES, fifty_points, mse

from nwlesson import attention_pooling, average_pooling, fit_bandwidth, truth


def facts() -> dict[str, str]:
    return of_three_points() | of_fifty_points() | of_five_places()


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


def of_five_places() -> dict[str, str]:
    """Where the reader compares a curve drawn by hand: the truth, and how far off three methods are."""
    data = fifty_points()
    places = torch.tensor([0.5, 1.5, 2.5, 3.5, 4.5])
    true = truth(places)
    widths = 0.0, 1.0, fit_bandwidth(data.x_train, data.y_train)
    average, first, best = (mse(attention_pooling(places, data.x_train, data.y_train, w), true) for w in widths)
    assert best < first / 10 < first < average / 2, "each is far better than the one before"
    return {
        "five-truth-1": f"{true[0]:.1f}",
        "five-truth-2": f"{true[1]:.1f}",
        "five-truth-3": f"{true[2]:.1f}",
        "five-truth-4": f"{true[3]:.1f}",
        "five-truth-5": f"{true[4]:.1f}",
        "five-average": f"{average:.2f}",
        "five-w1": f"{first:.2f}",
        "five-best": f"{best:.2f}",
    }
