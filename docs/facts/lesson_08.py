"""Lesson 8: what w does to three points. (w = 1 is lesson 3's, and the average, w = 0, lesson 2's.)"""

from facts.shared import KEYS, QUERY, VALUES

from nwlesson import attention_weights


def facts() -> dict[str, str]:
    return of_wide_bells() | of_narrow_bells()


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
