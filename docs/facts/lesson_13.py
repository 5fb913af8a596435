"""Lesson 13: leave-one-out as a way to choose w, the floor of a fixed width, the ends, a line, and a band."""

from typing import NamedTuple

import torch
from facts.shared import KEYS, N_SEEDS, VALUES, correlation, exact_points, fifty_points, neighbours, percent, turned
from torch import Tensor

from nwlesson import (
    RegressionData,
    attention_pooling,
    attention_weights,
    fit_bandwidth,
    leave_one_out_loss,
    make_data,
    truth,
)


def facts() -> dict[str, str]:
    draws = many_draws(2 * N_SEEDS)
    average, line = tuned(draws, straight=False), tuned(draws.first(N_SEEDS), straight=True)
    return (
        of_leaving_one_out()
        | of_the_best_w(average)
        | of_a_fixed_width()
        | of_growth()
        | of_recipes(draws, average)
        | of_the_line(average, line)
        | of_the_band(draws, average)
        | of_noise_and_bias()
    )


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


class Draws(NamedTuple):
    """Many draws of the fifty points, side by side, and the test points, which all share."""

    x: Tensor  # (draws, 50)
    y: Tensor  # (draws, 50)
    q: Tensor  # (40,)
    t: Tensor  # (40,), the truth there

    def first(self, n: int) -> "Draws":
        return Draws(self.x[:n], self.y[:n], self.q, self.t)


class Tuned(NamedTuple):
    """For each draw: the w that leave-one-out chooses, its error on the truth, the best w for that, and its error."""

    w: Tensor
    error: Tensor
    best_w: Tensor
    least_error: Tensor


WS = torch.logspace(-0.1, 1.5, 45)


def many_draws(n: int) -> Draws:
    x, y, q, t = zip(*map(fifty_points, range(n)))
    return Draws(torch.stack(x), torch.stack(y), q[0], t[0])


def weights_of(q: Tensor, x: Tensor, w: Tensor | float, straight: bool, leave_out: bool = False) -> Tensor:
    """Return the weights of many draws at once, (draws, queries, keys): of an average, or of a straight line."""
    away = x[:, None] - q[..., None]
    scores = (away * w).square_().mul_(-0.5)
    if leave_out:
        scores.diagonal(dim1=1, dim2=2).fill_(-torch.inf)
    weights = torch.softmax(scores, dim=-1)
    if straight:
        away = away - (middle := (weights * away).sum(dim=-1, keepdim=True))
        spread = (weights * away**2).sum(dim=-1, keepdim=True)
        weights = weights * (1 - middle * away / spread)
    return weights


def tuned(draws: Draws, straight: bool) -> Tuned:
    x, y, q, t = draws

    def misses(places: Tensor, targets: Tensor, w: float, leave_out: bool) -> Tensor:
        answers = torch.einsum("dqk,dk->dq", weights_of(places, x, w, straight, leave_out), y)
        return (answers - targets).square().mean(dim=-1).nan_to_num(torch.inf)  # a line through one point is none

    honest = torch.stack([misses(x, y, w, True) for w in WS.tolist()])  # (45, draws)
    on_truth = torch.stack([misses(q[None], t, w, False) for w in WS.tolist()])
    chosen, best = honest.argmin(dim=0), on_truth.argmin(dim=0)
    errors = (on_truth.gather(0, i[None])[0] for i in (chosen, best))
    error, least = errors
    return Tuned(WS[chosen], error, WS[best], least)


def of_the_best_w(average: Tuned) -> dict[str, str]:
    """Where the chosen w lies for other draws of the noise, and what it has to do with the best for the truth."""
    first = fifty_points()
    best = fit_bandwidth(first.x_train, first.y_train)
    assert abs(best / searched_w(first) - 1) < 0.001, "two ways to the same minimum"
    assert abs(average.w[0].item() / best - 1) < 0.05, "and a third, as fine as its grid"
    w, error, best_w, least = (column[:N_SEEDS] for column in average)
    low, high = w.quantile(torch.tensor([0.05, 0.95]))
    together = correlation(w, best_w)
    assert -0.5 < together < 0.2, "the scatter of the choice should not follow the best w"
    ratio = error / least
    assert ratio.median() < 1.2 and 1.8 < ratio.quantile(0.95) < 3
    return {
        "seeds-best-low": f"{low:.1f}",
        "seeds-best-high": f"{high:.1f}",
        "chosen-correlation": f"{together:.1f}".replace("-", "−"),
        "chosen-ratio": f"{ratio.median():.1f}",
        "chosen-ratio-high": f"{ratio.quantile(0.95):.1f}",
    }


def of_a_fixed_width() -> dict[str, str]:
    """With so many points and no noise, what is left of the error is the width's fault."""
    many = make_data(5000, noise=0.0, step=0.125)

    def error(w: float) -> torch.Tensor:
        return attention_pooling(many.x_test, many.x_train, many.y_train, w) - many.y_truth

    def at_5(w: float) -> float:
        right = torch.tensor([5.0])
        return (attention_pooling(right, many.x_train, many.y_train, w) - truth(right)).item()

    at_1, at_4, at_8 = error(1.0), error(4.0), error(8.0)
    assert 0.4 < at_5(8.0) / at_5(4.0) < 0.65, "the right end, too, should lose about a half"
    return {
        "floor": f"{(at_1**2).mean():.2f}",
        "bias-end": f"{at_4[0]:.2f}",
        "bias-end-8": f"{at_8[0]:.2f}",
        "bias-hill": f"{-at_4[many.y_truth.argmax()]:.2f}",
        "bias-right": f"{-at_5(4.0):.2f}",
        "bias-right-8": f"{-at_5(8.0):.2f}",
    }


def best_on_truth(n: int, places: slice) -> float:
    """The w with the smallest error to be expected there, over the noise and over ten draws of the x."""
    total = torch.zeros(len(FINE))
    for seed in range(10):
        data = make_data(n, step=0.125, seed=seed)
        q, t = data.x_test[places], data.y_truth[places]
        for i, w in enumerate(FINE.tolist()):
            weights = torch.softmax(((q[:, None] - data.x_train) * w).square_().mul_(-0.5), dim=-1)
            squared_bias = (weights @ truth(data.x_train) - t).square().mean()
            total[i] += squared_bias + 0.25 * weights.square().sum(dim=-1).mean()
    return FINE[total.argmin()].item()


FINE = torch.logspace(0.3, 1.2, 46)
INSIDE, EVERYWHERE = slice(8, 33), slice(None)  # from 1 to 4, and from 0 to 5


def of_growth() -> dict[str, str]:
    """How the best w grows when there are 16 times as many points: by one law, away from the ends."""
    chosen = [
        torch.tensor([fit_bandwidth(d.x_train, d.y_train) for d in (make_data(n, seed=seed) for seed in range(10))])
        for n in (50, 800)
    ]  # as in plot_more_data.py
    grown = (chosen[1].median() / chosen[0].median()).item()
    assert 1.7 < grown < 2.3
    inside, everywhere = (best_on_truth(800, places) / best_on_truth(50, places) for places in (INSIDE, EVERYWHERE))
    assert abs(inside / 16**0.2 - 1) < 0.06 < 0.14 < 16**0.25 / inside - 1, "n**(1/5), and not n**(1/4)"
    assert 2 < everywhere < 3, "the ends want more"
    return {
        "growth-law": f"{16**0.2:.2f}",
        "growth-inside": f"{inside:.2f}",
        "growth-all": f"{everywhere:.1f}",
        "growth-chosen": f"{grown:.0f}",
    }


def of_recipes(draws: Draws, average: Tuned) -> dict[str, str]:
    """Who takes the rate for a recipe: the width and the error, in the median of the draws."""
    x, y, q, t = draws.first(N_SEEDS)

    def median_error(h: Tensor) -> float:
        answers = torch.einsum("dqk,dk->dq", weights_of(q[None], x, (1 / h)[:, None, None], straight=False), y)
        return (answers - t).square().mean(dim=-1).median().item()

    rate = torch.full((N_SEEDS,), 50**-0.2)
    silverman = 1.06 * x.std(dim=-1) * rate
    chosen = average.error[:N_SEEDS].median().item()
    assert median_error(silverman) > median_error(rate) > 1.5 * chosen, "recipes should lose"
    return {
        "recipe-rate-h": f"{rate[0]:.2f}",
        "recipe-rate-error": f"{median_error(rate):.2f}",
        "recipe-silverman-h": f"{silverman.median():.2f}",
        "recipe-silverman-error": f"{median_error(silverman):.2f}",
        "recipe-chosen-h": f"{(1 / average.w[:N_SEEDS]).median():.2f}",
        "recipe-chosen-error": f"{chosen:.2f}",
    }


def of_the_line(average: Tuned, line: Tuned) -> dict[str, str]:
    """A straight line against an average, each with its own w by leave-one-out; and the price."""
    data = fifty_points()
    w = fit_bandwidth(data.x_train, data.y_train)
    smallest = weights_of(data.x_test[None], data.x_train[None], w, straight=True).min().item()
    wins = int((line.error < average.error[:N_SEEDS]).sum())
    assert wins > 75 and smallest < -0.1
    return {
        "line-wins": f"{wins}",
        "line-error": f"{line.error.median():.3f}",
        "line-error-average": f"{average.error[:N_SEEDS].median():.3f}",
        "line-smallest": f"{smallest:.2f}".replace("-", "−"),
    }


def of_the_band(draws: Draws, average: Tuned) -> dict[str, str]:
    """How often the truth lies in the band of prediction ± 1.96 se: away from the ends, and at the left one."""
    x, y, q, t = draws
    weights = weights_of(q[None], x, average.w[:, None, None], straight=False)
    answers = torch.einsum("dqk,dk->dq", weights, y)
    caught = (answers - t).abs() < 1.96 * 0.5 * weights.square().sum(dim=-1).sqrt()
    inside = caught[:, 4:37].double().mean()  # two widths of 0.25 from both ends: from 0.5 to 4.5
    left = caught[:, 0].double().mean()
    assert 0.87 < inside < 0.95 and left < 0.5, "a band knows noise, not bias"
    sigma = [leave_one_out_loss(w, a, b).sqrt() for w, a, b in zip(average.w.tolist(), x, y)]
    typical = torch.stack(sigma).median().item()
    assert 0.5 < typical < 0.6
    data = fifty_points()
    w = fit_bandwidth(data.x_train, data.y_train)
    hears = neighbours(data, w)
    return {
        "band-draws": f"{len(x)}",
        "band-inside": percent(inside),
        "band-left": percent(left),
        "band-sigma": f"{typical:.2f}",
        "band-neighbours": f"{hears:.1f}",
        "band-se": f"{0.5 / hears**0.5:.2f}",
    }


def of_noise_and_bias() -> dict[str, str]:
    """At the left end: how far noise moves the answer, which the band knows, and how far it is off without noise."""
    x, _ = exact_points()
    end = torch.zeros(1, dtype=torch.float64)

    def say(w: float) -> dict[str, str]:
        weights = attention_weights(end, x, w)[0]
        noise, bias = 1.96 * 0.5 * weights.square().sum().sqrt(), (weights @ truth(x) - truth(end)).item()
        return {"w": f"{w:g}", "noise": f"{noise:.2f}", "bias": f"{bias:.2f}"}

    ws = [0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 50.0]
    rows = [say(w) for w in ws]
    noises, biases = ([float(row[place]) for row in rows] for place in ("noise", "bias"))
    assert noises == sorted(noises) and biases == sorted(biases, reverse=True) and biases[-1] > 0.3
    return {"band-at-w": turned(ws, 4.0, say)}
