"""Lesson 9: who may look at himself needs nobody else."""

import torch
from facts.shared import exact_points, fifty_points, mse, percent, test_error, turned

from nwlesson import attention_pooling, attention_weights, fit_bandwidth, make_data


def facts() -> dict[str, str]:
    return of_the_diagonal() | of_the_leak() | of_the_runaway() | of_turning_w()


def of_the_diagonal() -> dict[str, str]:
    """How much a point listens to itself at w = 1."""
    x = fifty_points().x_train
    own = attention_weights(x, x).diagonal()
    return {"self-middle": percent(own[20:30].mean())}


def of_the_runaway() -> dict[str, str]:
    """With the self kept the loss falls for ever, but with many points so slowly that a short run may not show it."""
    own, fall = {}, {}
    for n in 50, 1000:
        x, y = make_data(n, dtype=torch.float64)[:2]
        best = fit_bandwidth(x, y)
        ws = [best * 2**k for k in range(8)]
        losses = [mse(attention_pooling(x, x, y, w), y) for w in ws]
        assert losses == sorted(losses, reverse=True) and losses[-1] < losses[0] / 2, "no valley"
        own[n], fall[n] = attention_weights(x, x, best).diagonal().mean().item(), 1 - losses[1] / losses[0]
    assert own[50] > 5 * own[1000] and fall[50] > 4 * fall[1000]
    return {
        "self-best-50": f"{own[50]:.2f}",
        "self-best-1000": f"{own[1000]:.2f}",
        "self-fall-50": percent(fall[50]),
        "self-fall-1000": percent(fall[1000]),
    }


def of_the_leak() -> dict[str, str]:
    """Keep the diagonal and let w grow: the loss goes to 0, the error on the truth does not."""
    data = fifty_points()

    def loss(w: float) -> str:
        x, y = data.x_train, data.y_train
        return f"{len(x) / 2 * mse(attention_pooling(x, x, y, w), y):.2f}"

    def error(w: float) -> str:
        return f"{test_error(data, w):.3f}"

    return {
        "leak-loss-1": loss(1.0),
        "leak-loss-10": loss(10.0),
        "leak-loss-100": loss(100.0),
        "leak-loss-1000": loss(1000.0),
        "leak-error-1": error(1.0),
        "leak-error-10": error(10.0),
        "leak-error-100": error(100.0),
        "leak-error-1000": error(1000.0),
    }


def of_turning_w() -> dict[str, str]:
    """With the self kept, the weight on oneself grows with w, and the loss falls."""
    x, y = exact_points()

    def say(w: float) -> dict[str, str]:
        weights = attention_weights(x, x, w)
        own, loss = weights.diagonal(), len(x) / 2 * mse(weights @ y, y)
        return {"w": f"{w:g}", "own": percent(own[20:30].mean()), "loss": f"{loss:.2f}"}

    ws = [0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 10.0, 20.0, 30.0, 50.0, 100.0, 200.0, 500.0, 1000.0]
    losses = [float(say(w)["loss"]) for w in ws]
    assert losses == sorted(losses, reverse=True) and losses[-1] == 0, "all the way to nothing"
    return {"self-at-w": turned(ws, 1.0, say)}
