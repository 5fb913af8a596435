"""The mathematics of the explorables, run in the browser, against nwlesson and torch: float64, to 1e-6 relative."""

import itertools
import json
import math

import numpy as np
import pytest
import torch
from conftest import SITE
from explorable_pages import close, double
from torch import nn

from nwlesson import (
    NWKernelRegression,
    attention_pooling,
    attention_weights,
    kernels,
    leave_one_out,
    leave_one_out_loss,
    train,
    truth,
)


@pytest.mark.site
def test_the_data_are_those_of_the_lesson():
    stored = json.loads((SITE / "_static" / "explorables" / "shared" / "data.json").read_text(encoding="utf-8"))
    assert len(stored["seeds"]) >= 3
    for seed, sample in stored["seeds"].items():
        x, y, queries, _ = double(int(seed))
        assert (sample["x"], sample["y"]) == (x.tolist(), y.tolist())
        assert stored["queries"] == queries.tolist()


def test_truth(maths):
    x = torch.linspace(0, 5, 51, dtype=torch.float64)
    close(maths("(m, x) => x.map(m.truth)", x.tolist()), truth(x).tolist())


@pytest.mark.parametrize("kernel", ["gaussian", "boxcar", "triangular", "epanechnikov", "constant"])
@pytest.mark.parametrize("seed", range(3))
def test_weights_and_predictions(maths, seed, kernel):
    x, y, queries, _ = double(seed)
    for w in 0.0, 0.5, 1.0, 4.0, -4.0, 30.0, 1000.0:
        rows, answers = [], []
        for query in queries.split(1):
            how = {"w": w, "kernel": getattr(kernels, kernel)}
            try:
                rows.append(attention_weights(query, x, **how)[0].tolist())
                answers.append(attention_pooling(query, x, y, **how).item())
            except ValueError:  # nobody in reach
                rows.append(None)
                answers.append(None)
        argument = {"queries": queries.tolist(), "x": x.tolist(), "y": y.tolist(), "w": w, "kernel": kernel}
        theirs = maths(
            "(m, a) => [a.queries.map(q => m.weights(q, a.x, a.w, a.kernel)),"
            " m.predict(a.queries, a.x, a.y, a.w, a.kernel)]",
            argument,
        )
        close(theirs[0], rows)
        close(theirs[1], answers)
        full = [row for row in rows if row]
        if full:
            even = [1 / sum(weight**2 for weight in row) for row in full]
            close(maths("(m, rows) => rows.map(m.neighbours)", full), even)


def test_kernels(maths):
    """The one that is drawn as a bell, too; at distance 1 only the boxcar still counts."""
    u = torch.linspace(-2, 2, 33, dtype=torch.float64)
    for name in "gaussian", "boxcar", "triangular", "epanechnikov", "constant":
        close(maths(f"(m, u) => u.map(m.kernels.{name})", u.tolist()), getattr(kernels, name)(u).tolist())


def test_mean_square(maths):
    a, b = torch.randn(2, 40, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    close([maths("(m, [a, b]) => m.meanSquare(a, b)", [a.tolist(), b.tolist()])], [nn.functional.mse_loss(a, b).item()])


def test_softmax_is_torchs_where_exp_alone_fails(maths):
    for row in [0.0, -1.0, 3.0], [-5000.0, -5001.0], [1000.0, 0.0]:
        weights, pooled = maths("(m, s) => [m.softmax(s), m.softPool(s, s)]", row)
        scores = torch.tensor(row).double()
        close(weights, scores.softmax(-1).tolist())
        close([pooled], [(scores.softmax(-1) @ scores).item()])


HOW = [dict(zip(("self", "half", "mean", "log"), flags)) for flags in itertools.product([False, True], repeat=4)]


def five_steps(seed, w, lr, how):
    """Five steps of torch's SGD on the loss that `how` names; losses, slopes, and w after each step."""
    x, y, *_ = double(seed)
    keys, values = (x.repeat(50, 1), y.repeat(50, 1)) if how["self"] else leave_one_out(x, y)
    start = torch.tensor([w], dtype=torch.float64)
    number = nn.Parameter(start.log() if how["log"] else start)
    descent = torch.optim.SGD([number], lr=lr)
    losses, slopes, ws = [], [], []
    for _ in range(5):
        descent.zero_grad()
        now = number.exp() if how["log"] else number
        weights = attention_weights(x, keys, now)
        errors = nn.functional.mse_loss((weights * values).sum(-1), y, reduction="mean" if how["mean"] else "sum")
        loss = errors / 2 if how["half"] else errors
        loss.backward()
        descent.step()
        losses.append(loss.item())
        slopes.append(number.grad.item())
        ws.append((number.exp() if how["log"] else number).item())
    return losses, slopes, ws


@pytest.mark.parametrize("how", HOW, ids=lambda how: " ".join(k for k, on in how.items() if on) or "sum")
@pytest.mark.parametrize("seed", range(3))
def test_five_steps_of_descent(maths, seed, how):
    x, y, *_ = double(seed)
    for w in 0.25, 1.0, 4.0, 30.0:  # at 30 most of the others are too far to count
        lr = 0.5 if how["mean"] else 0.02
        ours = maths(
            """(m, {x, y, w, lr, how}) => {
                const [losses, slopes, ws] = [[], [], []];
                for (let i = 0; i < 5; i++) {
                    losses.push(m.loss(x, y, w, how));
                    slopes.push((how.log ? w : 1) * m.slope(x, y, w, how));
                    ws.push(w = m.step(x, y, w, lr, how));
                }
                return [losses, slopes, ws];
            }""",
            {"x": x.tolist(), "y": y.tolist(), "w": w, "lr": lr, "how": how},
        )
        close(ours, list(five_steps(seed, w, lr, how)))


@pytest.mark.parametrize("seed", range(3))
def test_training_is_that_of_the_lesson(maths, seed):
    """Without options: leave-one-out, half the sum, in w, as `nwlesson.train` does it."""
    x, y, *_ = double(seed)
    net = NWKernelRegression(0.5).double()
    history = train(net, x, *leave_one_out(x, y), y, epochs=5, lr=0.5)
    ours = maths(
        """(m, {x, y}) => {
            const rows = [];
            for (let i = 0, w = 0.5; i < 5; i++, w = m.step(x, y, w, 0.5)) rows.push([m.loss(x, y, w), w]);
            return rows;
        }""",
        {"x": x.tolist(), "y": y.tolist()},
    )
    close(ours, [[row.loss, row.w] for row in history])


def test_who_leads_is_told_by_the_digits_that_are_written(maths):
    runs = [[{"loss": 9.0}, {"loss": loss}] for loss in (2.00001, 2.00004, 2.0001, 5.0)]
    assert maths("(m, runs) => m.leaders(runs, 1)", runs) == [True, True, False, False]
    assert maths("(m, runs) => m.leaders(runs, 0)", runs) == [True] * 4


def test_the_loss_curve_is_that_of_the_lesson(maths):
    x, y, *_ = double()
    ws = [0.0, 0.1, 1.0, 4.0, 40.0, 400.0]
    ours = maths(
        "(m, {x, y, ws}) => m.lossCurve(x, y, ws, { half: false, mean: true })",
        {"x": x.tolist(), "y": y.tolist(), "ws": ws},
    )
    close(ours, [leave_one_out_loss(w, x, y).item() for w in ws])


EVEN = torch.linspace(0, 5, 201, dtype=torch.float64)
DENSE = torch.linspace(0, 5, 5001, dtype=torch.float64)


def drawn(maths, w, kernel="gaussian", *, exact=True):
    """The places at which the curve is computed, and what it is there; not a number where nobody answers."""
    x, y, *_ = double()
    argument = {"even": EVEN.tolist(), "x": x.tolist(), "y": y.tolist(), "w": w, "kernel": kernel}
    find = "m.curvePlaces(a.even, a.x, a.w, a.kernel)" if exact else "a.even"
    places, answers = maths(
        f"(m, a) => {{ const p = {find}; return [p, m.predict(p, a.x, a.y, a.w, a.kernel)]; }}", argument
    )
    return np.array(places), np.array([math.nan if v is None else v for v in answers])


def off(places, answers, w):
    """How far lines from place to place run from the curve itself, at most and in the mean."""
    x, y, *_ = double()
    difference = np.abs(np.interp(DENSE.numpy(), places, answers) - attention_pooling(DENSE, x, y, w).numpy())
    return difference.max(), difference.mean()


@pytest.mark.parametrize("w", [0.0, 1.0, 4.0, 30.0, 100.0])
def test_a_curve_is_drawn_where_it_runs(maths, w):
    """Steps are steps; two hundred even places would be far off where the bell is narrow."""
    most, mean = off(*drawn(maths, w), w)
    assert most < 0.25 and mean < 0.005
    if w == 100:
        most_even, mean_even = off(*drawn(maths, w, exact=False), w)
        assert most_even > 1 and mean_even > 5 * mean


@pytest.mark.parametrize("kernel", ["boxcar", "triangular", "epanechnikov"])
@pytest.mark.parametrize("w", [4.0, 20.0, 100.0])
def test_no_line_is_drawn_across_a_gap_without_an_answer(maths, kernel, w):
    places, answers = drawn(maths, w, kernel)
    x, *_ = double()
    nobody = (DENSE[:, None] - x).abs().min(dim=1).values * w > 1 + 1e-4
    after = np.searchsorted(places, DENSE[nobody].numpy())
    assert nobody.any() == (w > 4)
    assert np.isnan(answers[after - 1] + answers[after]).all(), "one of the two ends of the line has no answer"
