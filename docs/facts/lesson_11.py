"""Lesson 11: did it learn? Past the best w in one jump and slowly back, with other seeds, and with the self kept."""

import warnings
from typing import NamedTuple

import torch
from facts.shared import (
    N_SEEDS,
    correlation,
    exact_points,
    fifty_points,
    mse,
    neighbours,
    percent,
    ranks,
    test_error,
    trained,
    turned,
)
from torch import Tensor

from nwlesson import (
    NWKernelRegression,
    RegressionData,
    attention_pooling,
    attention_weights,
    fit_bandwidth,
    leave_one_out,
    leave_one_out_loss,
    make_data,
    train,
    truth,
)


def facts() -> dict[str, str]:
    data = fifty_points()
    stories = many_stories()
    return (
        of_the_way(data)
        | of_the_losses(data)
        | of_three_curves(data)
        | of_roughness(data)
        | of_a_step(data)
        | of_a_rate()
        | of_the_self_kept(data)
        | of_many_seeds(stories)
        | of_the_ends(stories)
    )


def of_the_way(data: RegressionData) -> dict[str, str]:
    """Where w goes: one jump, hardly a step more in five epochs, and back in a hundred; small steps do not jump."""
    history, w5 = trained(data, None)
    _, w100 = trained(data, None, epochs=100)
    small, w_small = trained(data, None, epochs=100, lr=0.1)
    best = fit_bandwidth(data.x_train, data.y_train)
    assert 1 < best < w5, "five epochs should overshoot the best w"
    assert abs(w100 - best) / best < 0.01, "100 epochs should arrive"
    assert abs(w_small - best) / best < 0.01, "small steps should arrive too"
    assert max(row.w for row in small) < 1.01 * best, "and without jumping over"
    assert history[1].w > 2 * best, "the first step should jump over the best w"
    assert 50 < (history[1].w - history[0].w) / (history[1].w - history[2].w) < 150, "a hundred times the slope, about"
    assert (history[1].w - w5) / history[1].w < 0.1, "and the next four should hardly move"
    return {
        "w-after-100": f"{w100:.2f}",
        "w-small-after-1": f"{small[1].w:.2f}",
        "w-small-steps": f"{w_small:.2f}",
        "w-best": f"{best:.2f}",
        "gradient-after-jump": f"{abs(history[2].w - history[1].w) / 0.5:.2f}",
    }


def of_the_losses(data: RegressionData) -> dict[str, str]:
    def loss(w: float) -> float:
        return len(data.x_train) / 2 * leave_one_out_loss(w, data.x_train, data.y_train).item()

    best, (_, w5) = fit_bandwidth(data.x_train, data.y_train), trained(data, None)
    assert loss(best) < loss(w5) < loss(1.0), "training should help, and not arrive"
    assert test_error(data, best) < test_error(data, w5) < test_error(data, 1.0), "the same on the truth"
    noise = len(data.x_train) / 2 * mse(data.y_train, truth(data.x_train))
    assert loss(best) > noise > 0.8 * loss(best), "most of the best loss should be noise"
    return {"loss-best": f"{loss(best):.2f}", "loss-noise": f"{noise:.2f}"}


class Curve(NamedTuple):
    """What is said of a curve: its error, its wiggles, how many a query hears, and the largest weight."""

    error: str
    roughness: str
    neighbours: str
    largest: str


def roughness(curve: Tensor) -> float:
    """Sum of the absolute second differences: 0 for a straight line, larger for a curve with more wiggles."""
    return curve.diff(n=2).abs().sum().item()


def curve_at(data: RegressionData, w: float) -> Curve:
    q, x, y = data.x_test, data.x_train, data.y_train
    return Curve(
        error=f"{test_error(data, w):.3f}",
        roughness=f"{roughness(attention_pooling(q, x, y, w)):.2f}",
        neighbours=f"{neighbours(data, w):.1f}",
        largest=f"{attention_weights(q, x, w).max():.2f}",
    )


def of_three_curves(data: RegressionData) -> dict[str, str]:
    """w = 1 is too smooth, five epochs are too rough, and the best w lies between."""
    best, (_, w5) = fit_bandwidth(data.x_train, data.y_train), trained(data, None)
    one, middle, five = (curve_at(data, w) for w in (1.0, best, w5))
    truth = roughness(data.y_truth)
    assert float(one.roughness) < truth < float(middle.roughness) < float(five.roughness)
    return {
        "error-w1": one.error,
        "error-best": middle.error,
        "error-5": five.error,
        "rough-w1": one.roughness,
        "rough-best": middle.roughness,
        "rough-5": five.roughness,
        "rough-truth": f"{truth:.2f}",
        "neighbours-w1": one.neighbours,
        "neighbours-best": middle.neighbours,
        "neighbours-5": five.neighbours,
        "max-weight-w1": one.largest,
        "max-weight-best": middle.largest,
        "max-weight-5": five.largest,
    }


def of_roughness(data: RegressionData) -> dict[str, str]:
    """Where the weights are large the curve bends more, over many draws of the noise; in one draw it hardly shows."""
    draws, (_, w5) = 4000, trained(data, None)
    weights = attention_weights(data.x_test, data.x_train, w5)
    noise = 0.5 * torch.randn(len(data.x_train), draws, generator=torch.Generator().manual_seed(0))
    bends = (weights @ (truth(data.x_train)[:, None] + noise)).diff(n=2, dim=0).abs()  # (38, draws)
    largest = weights.amax(dim=-1)[1:-1]
    order = largest.argsort(descending=True)
    more = (bends[order[:10]].mean() / bends[order[10:]].mean() - 1).item()
    assert correlation(ranks(bends.mean(dim=1)), ranks(largest)) > 0.6, "on average they belong together"
    assert more > 0.3, "and not by a trifle"
    single = torch.tensor([correlation(ranks(column), ranks(largest)) for column in bends.T[:200]])
    assert single.median() < 0.3, "in one draw it should hardly be seen"
    return {"rough-draws": f"{draws:,}", "rough-ten": percent(more)}


def of_a_step(data: RegressionData) -> dict[str, str]:
    """The step grows with the number of points and the square of y; divided by both, it does not."""

    start = NWKernelRegression(generator=torch.Generator().manual_seed(0)).w.item()  # as on the page

    def after_one(x: Tensor, y: Tensor) -> float:
        net = NWKernelRegression(start).double()
        train(net, x, *leave_one_out(x, y), y, epochs=1)
        return net.w.item()

    x, y = data.x_train.double(), data.y_train.double()
    step, scaled = after_one(x, y) - start, after_one(x, y / 10) - start
    assert abs(step / scaled / 100 - 1) < 1e-6, "ten times the y, a hundred times the step"
    few, many = (after_one(*make_data(n, dtype=torch.float64)[:2]) - start for n in (500, 1000))
    assert abs(many / few / 2 - 1) < 0.1, "twice the points, twice the step, about"
    with warnings.catch_warnings(action="ignore"):
        landed = after_one(x, 10 * y)
    nearest = attention_weights(data.x_test.double(), x, landed).amax(dim=-1)
    assert nearest.median() > 0.999, "each query should hear its nearest key alone"
    careful, unit = NWKernelRegression(start).double(), y / y.std()
    train(careful, x, *leave_one_out(x, unit), unit, epochs=5, lr=0.5 / len(x))
    crawled = careful.w.item()
    assert crawled - start < 0.25 * (fit_bandwidth(x, y) - start), "one half should then be too small"
    return {"step-y-w": f"{landed:.0f}", "step-divided-w": f"{crawled:.2f}"}


def of_a_rate() -> dict[str, str]:
    """How long the first step is decides where training is after five epochs; a hundred forgive much."""
    x, y = exact_points()
    start = NWKernelRegression(generator=torch.Generator().manual_seed(0)).w.item()

    def say(rate: float) -> dict[str, str]:
        net = NWKernelRegression(start).double()
        with warnings.catch_warnings(action="ignore"):
            history = train(net, x, *leave_one_out(x, y), y, epochs=100, lr=rate)
        ws = {"first": history[1].w, "five": history[5].w, "hundred": net.w.item()}
        return {"rate": f"{rate:g}"} | {place: f"{w:.2f}" for place, w in ws.items()}

    rates = [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.0, 5.0]
    return {"step-at-rate": turned(rates, 0.5, say)}


def trained_with_self(data: RegressionData, epochs: int):
    """Train from w = 0.5 with the diagonal kept: each point may look at itself."""
    net, n = NWKernelRegression(0.5), len(data.x_train)
    keys, values = data.x_train.repeat(n, 1), data.y_train.repeat(n, 1)
    history = train(net, data.x_train, keys, values, data.y_train, epochs=epochs, lr=0.5)
    return history, net.w.item()


def of_the_self_kept(data: RegressionData) -> dict[str, str]:
    """Trained to the end, the loss goes to 0, and the error on the truth does not."""
    history, w = trained_with_self(data, epochs=100)
    later, w_later = trained_with_self(data, epochs=1000)
    best = fit_bandwidth(data.x_train, data.y_train)
    assert w > 2 * best and w_later > w, "w should grow and keep growing"
    assert later[-1].loss < history[-1].loss
    (_, five_kept), (_, five_left_out) = trained_with_self(data, epochs=5), trained(data, 0.5)
    assert abs(five_kept / five_left_out - 1) < 0.2, "five epochs should hardly show the difference"
    assert test_error(data, w_later) > test_error(data, best)
    return {
        "leak-w-100": f"{w:.1f}",
        "leak-w-1000": f"{w_later:.1f}",
        "leak-trained-loss": f"{later[-1].loss:.2f}",
        "leak-trained-error": f"{test_error(data, w_later):.3f}",
    }


class Stories(NamedTuple):
    """The lesson once more, with other draws of the noise and of the starting w, side by side; each (draws,)."""

    best: Tensor
    after_5: Tensor
    after_100: Tensor
    without_half: Tensor  # after 5 epochs on the sum of squares itself, which doubles the step
    gained: Tensor  # is the curve after 5 epochs better than that of w = 1?
    has_dip: Tensor  # does the loss rise from w = 0 on, so that w can be caught there?


def walk(w: Tensor, x: Tensor, y: Tensor, epochs: int, lr: float = 0.5) -> Tensor:
    """Train as `train` does on the others' answers, but many draws at once: w (draws,), x and y (draws, 50)."""
    squares = (x[:, :, None] - x[:, None]).square()
    myself = torch.eye(x.shape[1], dtype=torch.bool)
    for _ in range(epochs):
        w = w.detach().requires_grad_()
        scores = (w[:, None, None] ** 2 * squares / -2).masked_fill(myself, -torch.inf)
        answers = torch.einsum("dij,dj->di", torch.softmax(scores, dim=-1), y)
        (gradient,) = torch.autograd.grad(((answers - y).square() / 2).sum(), w)
        w = w.detach() - lr * gradient
    return w


def many_stories() -> Stories:
    draws = [fifty_points(seed) for seed in range(N_SEEDS)]
    x, y = (torch.stack([data[i] for data in draws]) for i in (0, 1))
    # Another seed, or w would begin at a fifth of a training place.
    starts = [torch.Generator().manual_seed(1000 + seed) for seed in range(N_SEEDS)]
    w = torch.cat([NWKernelRegression(generator=generator).w.detach() for generator in starts])
    after_5 = walk(w, x, y, epochs=5)
    after_100, without_half = walk(after_5, x, y, epochs=95), walk(w, x, y, epochs=5, lr=1.0)
    _, alone = trained(draws[0], None, seed=1000)
    assert abs(after_5[0] - alone) < 1e-4, "side by side as one by one"

    def rises(data: RegressionData) -> bool:
        x, y = data.x_train.double(), data.y_train.double()
        return bool(leave_one_out_loss(0.05, x, y) > leave_one_out_loss(0.0, x, y))

    gained = [test_error(data, w) < test_error(data, 1.0) for data, w in zip(draws, after_5.tolist())]
    dips = torch.tensor([rises(data) for data in draws])
    assert ((after_5.abs() > 0.5) | dips).all(), "whoever ends near 0 should sit in a dip of the loss there"
    stuck = after_5.abs() < 0.5
    assert (after_100[stuck].abs() < 0.01).sum() > 0, "and some should rest there for good"
    best = torch.tensor([fit_bandwidth(data.x_train, data.y_train) for data in draws])
    return Stories(best, after_5.abs(), after_100.abs(), without_half.abs(), torch.tensor(gained), dips)


def share(answers: Tensor) -> str:
    return percent(answers.double().mean())


def of_many_seeds(stories: Stories) -> dict[str, str]:
    best, end, late, _, gained, dips = stories
    assert (end > best).double().mean() > 0.6, "most seeds should overshoot"
    assert (late > 1.05 * best).sum() > (late < 0.95 * best).sum(), "most who are late should be on their way back"
    return {
        "seeds": f"{N_SEEDS}",
        "seeds-overshoot": share(end > best),
        "seeds-stuck": share(end < 0.5),
        "seeds-dip": share(dips),
        "seeds-arrived-5": share((end / best - 1).abs() < 0.05),
        "seeds-arrived-100": share((late / best - 1).abs() < 0.05),
        "seeds-gain": share(gained),
    }


def of_the_ends(stories: Stories) -> dict[str, str]:
    """Between which w nine of ten seeds end."""
    low, high = stories.after_5.quantile(torch.tensor([0.05, 0.95]))
    assert stories.without_half.quantile(0.95) > 1.5 * high, "without the half, a wider range"
    return {"seeds-w-low": f"{low:.1f}", "seeds-w-high": f"{high:.1f}"}
