"""Lesson 13: leave-one-out as a way to choose w, the floor of a fixed width, and what happens at the ends."""

import torch
from facts.shared import KEYS, N_SEEDS, VALUES, fifty_points

from nwlesson import RegressionData, attention_pooling, attention_weights, fit_bandwidth, leave_one_out_loss, make_data


def facts() -> dict[str, str]:
    return of_leaving_one_out() | of_the_best_w() | of_a_fixed_width()


def of_leaving_one_out() -> dict[str, str]:
    """The third of three points asks, with itself and without: one division leads from one error to the other."""
    at_4 = attention_pooling(KEYS[2:], KEYS, VALUES).item()
    without = attention_pooling(KEYS[2:], KEYS[:2], VALUES[:2]).item()
    own = attention_weights(KEYS[2:], KEYS)[0, 2].item()
    assert abs((40 - at_4) / (1 - own) - (40 - without)) < 1e-4 and 40 - without > 7 * (40 - at_4)
    assert round((40 - round(at_4, 2)) / (1 - round(own, 3))) == round(40 - without), "with the digits shown, too"
    return {
        "toy-4": f"{at_4:.2f}",
        "toy-4-miss": f"{40 - at_4:.2f}",
        "without-answer": f"{without:.0f}",
        "without-error": f"{40 - without:.0f}",
    }


def searched_w(data: RegressionData) -> float:
    """The w with the smallest leave-one-out error: a coarse search, then finer ones around its winner."""
    ws = torch.logspace(-1, 2, 31)
    for _ in range(4):
        losses = torch.stack([leave_one_out_loss(w, data.x_train, data.y_train) for w in ws])
        i = int(losses.argmin())
        best, ws = ws[i].item(), torch.linspace(ws[max(i - 1, 0)], ws[min(i + 1, len(ws) - 1)], 11)
    return best


def of_the_best_w() -> dict[str, str]:
    """Where the best w lies for other draws of the noise."""
    draws = [fifty_points(seed) for seed in range(N_SEEDS)]
    best = torch.tensor([fit_bandwidth(data.x_train, data.y_train) for data in draws])
    assert abs(best[0].item() / searched_w(draws[0]) - 1) < 0.001, "two ways to the same minimum"
    low, high = best.quantile(torch.tensor([0.05, 0.95]))
    return {"seeds-best-low": f"{low:.1f}", "seeds-best-high": f"{high:.1f}"}


def of_a_fixed_width() -> dict[str, str]:
    """With so many points and no noise, what is left of the error is the width's fault."""
    many = make_data(5000, noise=0.0, step=0.125)

    def error(w: float) -> torch.Tensor:
        return attention_pooling(many.x_test, many.x_train, many.y_train, w) - many.y_truth

    at_1, at_4, at_8 = error(1.0), error(4.0), error(8.0)
    return {
        "floor": f"{(at_1**2).mean():.2f}",
        "bias-end": f"{at_4[0]:.2f}",
        "bias-end-8": f"{at_8[0]:.2f}",
        "bias-hill": f"{-at_4[many.y_truth.argmax()]:.2f}",
    }
