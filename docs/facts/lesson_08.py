"""Lesson 8: what w does to three points, and to fifty. (w = 1 is lesson 3's, and the average, w = 0, lesson 2's.)"""

import torch
from facts.shared import KEYS, QUERY, VALUES, exact_points, turned

from nwlesson import attention_weights, effective_neighbours, truth

STOPS = [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0]


def facts() -> dict[str, str]:
    return of_wide_bells() | of_narrow_bells() | of_the_knob()


def of_wide_bells() -> dict[str, str]:
    flat, half = (attention_weights(QUERY, KEYS, w)[0] for w in (0.0, 0.5))
    return {
        "toy-0-1": f"{flat[0]:.3f}",
        "toy-0-2": f"{flat[1]:.3f}",
        "toy-0-4": f"{flat[2]:.3f}",
        "toy-0.5-1": f"{half[0]:.3f}",
        "toy-0.5-2": f"{half[1]:.3f}",
        "toy-0.5-4": f"{half[2]:.3f}",
        "toy-0.5": f"{half @ VALUES:.2f}",
    }


def of_narrow_bells() -> dict[str, str]:
    two, five = (attention_weights(QUERY, KEYS, w)[0] for w in (2.0, 5.0))
    return {
        "toy-2-1": f"{two[0]:.3f}",
        "toy-2-2": f"{two[1]:.3f}",
        "toy-2-4": f"{two[2]:.3f}",
        "toy-2": f"{two @ VALUES:.2f}",
        "toy-5-1": f"{five[0]:.3f}",
        "toy-5-2": f"{five[1]:.3f}",
        "toy-5-4": f"{five[2]:.3f}",
        "toy-5": f"{five @ VALUES:.2f}",
    }


def of_the_knob() -> dict[str, str]:
    """What the query at 2.5 hears, from everybody to the nearest alone."""
    x, y = exact_points()
    asked = torch.tensor([2.5], dtype=torch.float64)

    def say(w: float) -> dict[str, str]:
        weights = attention_weights(asked, x, w)[0]
        heard = effective_neighbours(weights[None]).item()
        return {"w": f"{w:g}", "neighbours": f"{heard:.1f}", "answer": f"{weights @ y:.2f}"}

    there, nearest = truth(asked).item(), y[(x - asked).abs().argmin()].item()
    assert say(0.0) == {"w": "0", "neighbours": "50.0", "answer": f"{y.mean():.2f}"}, "everybody"
    assert say(100.0) == {"w": "100", "neighbours": "1.0", "answer": f"{nearest:.2f}"}, "the nearest alone"
    assert there - y.mean() > 0.5 and abs(nearest - there) > 0.3, "the one too low, the other noisy"
    return {"ask-at-w": turned(STOPS, 1.0, say), "truth-at-2.5": f"{there:.2f}"}
