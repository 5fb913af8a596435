"""Lesson 10: five epochs, as the book trains."""

from facts.shared import fifty_points, trained


def facts() -> dict[str, str]:
    data = fifty_points()
    history, w5 = trained(data, None)
    return {
        "w-start": f"{history[0].w:.3f}",
        "w-after-1": f"{history[1].w:.2f}",
        "w-before-5": f"{history[4].w:.2f}",
        "w-after-5": f"{w5:.2f}",
        "loss-1": f"{history[0].loss:.1f}",
        "loss-2": f"{history[1].loss:.2f}",
        "loss-5": f"{history[4].loss:.2f}",
        "gradient-at-start": f"{abs(history[1].w - history[0].w) / 0.5:.1f}",
        "noise-floor": f"{len(data.x_train) * 0.5**2 / 2:.2f}",
    }
