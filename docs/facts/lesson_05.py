"""Lesson 5: a table of weights as a picture."""

from facts.shared import KEYS, fifty_points, neighbours

from nwlesson import attention_weights


def facts() -> dict[str, str]:
    return of_the_third_query() | of_fifty_points()


def of_the_third_query() -> dict[str, str]:
    """The weights of three points when one of them, the one at 4, asks."""
    weights = attention_weights(KEYS[2:], KEYS)[0]
    return {"toy-4-1": f"{weights[0]:.3f}", "toy-4-2": f"{weights[1]:.3f}", "toy-4-4": f"{weights[2]:.3f}"}


def of_fifty_points() -> dict[str, str]:
    data = fifty_points()
    weights = attention_weights(data.x_test, data.x_train)
    return {"w1-largest-weight": f"{weights.max():.3f}", "w1-neighbours": f"{neighbours(data, 1.0):.0f}"}
