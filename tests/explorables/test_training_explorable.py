"""Training: every epoch against torch's SGD in float64, the drawing, and what the summary says of a run."""

import itertools
import json
import math
import re
from functools import cache
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
import torch
from conftest import SITE
from explorable_pages import FOLDER, PAUSE, close, discs, double, input_of, minus, rows_of, settled, show, start, unfold
from torch import nn

from nwlesson import NWKernelRegression, attention_pooling, attention_weights, leave_one_out, leave_one_out_loss

SETTINGS = {
    "lr": 0.5,
    "start": None,
    "half": True,
    "mean": False,
    "log": False,
    "self": False,
    "seed": 0,
    "axis": False,
}


def loss_of(w, how):
    """The loss of a w as torch has it, in float64."""
    x, y, *_ = double(how["seed"])
    keys, values = (x.repeat(50, 1), y.repeat(50, 1)) if how["self"] else leave_one_out(x, y)
    guesses = (attention_weights(x, keys, w) * values).sum(-1)
    loss = nn.functional.mse_loss(guesses, y, reduction="mean" if how["mean"] else "sum")
    return loss / 2 if how["half"] else loss


def steepness(w, **settings):
    """The slope of the loss by w, from torch's autograd."""
    w = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    loss_of(w, SETTINGS | settings).backward()
    return w.grad.item()


@cache
def descend(epochs, **settings):
    """Loss, w and error on the truth before the first step and after each, from torch's SGD in float64."""
    how = SETTINGS | settings
    x, y, queries, y_truth = double(how["seed"])
    start = how["start"]
    if start is None:
        start = NWKernelRegression(generator=torch.Generator().manual_seed(0)).w.item()
    start = torch.tensor([start], dtype=torch.float64)
    learned = nn.Parameter(start.log() if how["log"] else start)
    descent = torch.optim.SGD([learned], lr=how["lr"])
    rows = []
    for _ in range(epochs + 1):
        descent.zero_grad()
        w = learned.exp() if how["log"] else learned
        loss = loss_of(w, how)
        loss.backward()
        error = nn.functional.mse_loss(attention_pooling(queries, x, y, w.detach()), y_truth).item()
        rows.append((loss.item(), w.item(), error))
        descent.step()
    return [list(column) for column in zip(*rows)]


@cache
def lowest(seed=0):
    """The w with the least leave-one-out loss, and half the sum of squares there; a fine search without slopes."""
    x, y, *_ = double(seed)
    low, high = 0.1, 1000.0
    for _ in range(6):
        ws = torch.logspace(math.log10(low), math.log10(high), 61, dtype=torch.float64).tolist()
        losses = [leave_one_out_loss(w, x, y).item() for w in ws]
        i = losses.index(min(losses))
        low, high = ws[max(i - 1, 0)], ws[min(i + 1, 60)]
    return ws[i], 25 * losses[i]


def in_words(w):
    size = abs(w)
    return f"{w:.1e}".replace("e+0", "e+") if size >= 1e5 else minus(w, 4 if 0 < size < 0.1 else 2 if size < 100 else 0)


def expect_training(root, epochs, **settings):
    """Compare the summary, the point and the printed losses with torch's; return the summary."""
    how = SETTINGS | settings
    losses, ws, errors = descend(epochs, **settings)
    digits = 4 if how["mean"] else 2
    slope = in_words(steepness(ws[-1], **settings))
    summary = root.locator(".explorable-summary").inner_text()
    if epochs:
        told = f"Epoch {epochs}: w = {in_words(ws[-1])}, loss {minus(losses[-1], digits)}, slope {slope}."
        printed = f"It printed {minus(losses[-2], digits)}, the loss at w = {in_words(ws[-2])}, before its step."
        assert f"{printed} The last step moved w by {in_words(abs(ws[-1] - ws[-2]))}." in summary
    else:
        told = f"Start: w = {in_words(ws[0])}, with a loss of {minus(losses[0], digits)}."
        assert f"the slope here is {slope}." in summary
    assert told in summary
    assert f"Mean squared error against the truth: {minus(errors[-1], 3)}." in summary
    if how["self"]:
        assert "There is no best w" in summary
    else:
        best, least = lowest(how["seed"])
        least *= (1 if how["half"] else 2) / (50 if how["mean"] else 1)
        assert f"The best w is {best:.2f}, with a loss of {least:.{digits}f}." in summary
    assert "undefined" not in summary and "NaN" not in summary
    expect_drawing(root, losses, ws, how["axis"], steepness(ws[-1], **settings))
    return summary


def expect_drawing(root, losses, ws, log_axis, slope):
    """The points lie at these w and losses, the last large, with its tangent; the history has the printed losses."""
    points, printed = discs(root, "epochs"), discs(root, "printed")
    axis, above, tangent = root.locator("svg.explorable-canvas").evaluate(
        """svg => {
            const part = name => svg.querySelector(`[data-part=${name}]`);
            const ticks = name => [...part(name).querySelectorAll("text")].filter(e => e.textContent).map(e =>
                [+e.getAttribute("x"), +e.getAttribute("y"), e.getAttribute("text-anchor"), e.textContent]);
            return [ticks("axes"), ticks("axes-history"), part("tangent").getAttribute("d")];
        }"""
    )

    def scales(texts):
        """From a number to its pixel, read off the numbers at the two axes."""
        across = [(x, float(text)) for x, _, anchor, text in texts if anchor == "middle" and text[0].isdigit()]
        up = [(y - 4, float(text)) for _, y, anchor, text in texts if anchor == "end"]
        (y0, a), (y1, b) = up[0], up[-1]
        return across, lambda value: y0 + (value - a) / (b - a) * (y1 - y0)

    across, down = scales(axis)
    marks = {value: x for x, value in across}

    def right(w):
        w = min(abs(w), 1000 if log_axis else 12)
        if not log_axis:
            return marks[0] + (marks[12] - marks[0]) * w / 12
        if w < 0.01:
            return marks[0] + (marks[0.01] - marks[0]) * w / 0.01
        return marks[0.01] + (marks[1000] - marks[0.01]) * math.log10(w / 0.01) / 5

    assert [point[2] for point in points] == [4] * (len(ws) - 1) + [8]
    assert [point[0] for point in points] == pytest.approx([right(w) for w in ws], abs=0.1)
    assert [point[1] for point in points] == pytest.approx([down(loss) for loss in losses], abs=0.1)
    if abs(ws[-1]) > (1000 if log_axis else 12):
        assert tangent == ""
    else:
        x0, y0, x1, y1 = map(float, re.findall(r"[\d.]+", tangent))
        w, x, y = abs(ws[-1]), *points[-1][:2]
        near = 1e-4 * w or 1e-4
        across = (right(w + near) - right(w)) / near
        expected = math.atan2(math.copysign(1, ws[-1]) * slope * (down(1) - down(0)), across)
        assert math.atan2(y1 - y0, x1 - x0) == pytest.approx(expected, abs=0.005)
        assert (y1 - y0) * (x - x0) == pytest.approx((x1 - x0) * (y - y0), abs=8), "through the point"
        assert x0 < x < x1 and math.hypot(x1 - x0, y1 - y0) > 40
    epochs, falls = scales(above)
    (x0, a), (x1, b) = epochs[0], epochs[-1]
    assert [x for x, *_ in printed] == pytest.approx(
        [x0 + (k - a) / (b - a) * (x1 - x0) for k in range(1, len(ws))], abs=0.1
    )
    assert [y for _, y, _ in printed] == pytest.approx([falls(loss) for loss in losses[:-1]], abs=0.1)


def test_training_starts_where_the_lesson_does(load):
    net = NWKernelRegression(generator=torch.Generator().manual_seed(0))
    stored = json.loads((SITE / "_static" / "explorables" / "shared" / "data.json").read_text(encoding="utf-8"))
    assert stored["start"] == net.w.item()
    root = start(load(where="lessons/10-five-steps-of-training.html"), "training")
    _, (before, after), _ = descend(1)
    assert f"the slope here is {minus((before - after) / 0.5)}." in expect_training(root, 0)


def test_training_by_keyboard(visit):
    page, root = visit("training")
    root.get_by_role("button", name="step", exact=True).focus()
    for epochs in range(1, 6):
        settled(page, root, lambda: page.keyboard.press("Enter"))
        expect_training(root, epochs)
    page.keyboard.press("Tab")
    settled(page, root, lambda: page.keyboard.press("Space"))
    expect_training(root, 10)
    settled(page, root, lambda: [page.keyboard.press(key) for key in ("Tab", "Tab", "Enter")])
    expect_training(root, 9)
    input_of(root, "lr").focus()
    settled(page, root, lambda: [page.keyboard.press("ArrowLeft") for _ in range(7)])
    expect_training(root, 9, lr=0.1)
    settled(page, root, lambda: root.get_by_role("button", name="five epochs", exact=True).first.press("Enter"))
    expect_training(root, 14, lr=0.1)
    input_of(root, "lr").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    settled(page, root, lambda: [page.keyboard.press(key) for key in ("Tab", "Home")])
    expect_training(root, 14, lr=0.1, start=0.0)


def test_the_learning_rate_bends_the_whole_path(visit):
    """The epochs stay, and the address keeps them; only *Start again* takes them away."""
    page, root = visit("training", "epochs=5")
    lr = input_of(root, "lr")
    lr.focus()
    ends = set()
    for expected in 0.4, 0.32, 0.25:
        settled(page, root, lambda: page.keyboard.press("ArrowLeft"))
        expect_training(root, 5, lr=expected)
        ends.add(descend(5, lr=expected)[1][-1])
    assert len(ends) == 3
    assert parse_qs(urlsplit(page.url).query)["training.epochs"] == ["5"]
    settled(page, root, root.get_by_role("button", name="Start again").click)
    expect_training(root, 0)


def test_a_point_beyond_the_edge_stays_there_and_says_its_w(visit):
    page, root = visit("training", "lr=2&epochs=5")
    expect_training(root, 5, lr=2.0)
    names = root.locator("[data-part=epoch-numbers] text")
    _, ws, _ = descend(5, lr=2.0)
    assert min(ws[1:]) > 12
    assert f"1–5: w = {in_words(ws[-1])} →" in names.all_text_contents()
    unfold(root)
    settled(page, root, input_of(root, "axis").click)
    expect_training(root, 5, lr=2.0, axis=True)
    assert "1–5" in names.all_text_contents()
    show(page, root, "log=true&epochs=2")
    _, ws, _ = descend(2, log=True)
    assert ws[1] > 12 > ws[2]
    assert set(names.all_text_contents()) == {"start", "1 →", "2"}, "no label for both sides of the edge"


@pytest.mark.parametrize("view", ["desktop", "phone"])
def test_the_start_has_its_name_beside_it(visit, view):
    """A 0 there would look like a number of the axis."""
    page, root = visit("training", view=view)
    names = root.locator("[data-part=epoch-numbers] text")
    assert names.all_text_contents() == ["start"]
    for state in "epochs=0", "epochs=3", "epochs=3&lr=0.1", "epochs=3&log=true":
        show(page, root, state)
        assert names.all_text_contents().count("start") == 1, state
        name = names.get_by_text("start").bounding_box()
        figure = root.locator("svg.explorable-canvas").bounding_box()
        x, y, r = discs(root, "epochs")[0]
        assert 0 < name["x"] - figure["x"] - x - r < 12, state
        assert name["y"] < figure["y"] + y < name["y"] + 24, state


def test_the_folded_settings_say_how_many_are_changed(visit):
    page, root = visit("training", "mean=true&seed=2&lr=1")
    name = root.locator(".explorable-controls summary").first
    assert name.inner_text() == "more settings (2 changed)"
    settled(page, root, root.get_by_role("button", name="Start again").click)
    assert name.inner_text() == "more settings"
    for key in "lr", "start":
        assert input_of(root, key).is_visible() == (key == "lr")
    name.click()
    assert input_of(root, "start").is_visible()


@pytest.mark.parametrize(
    "settings",
    [
        {"half": False},
        {"mean": True},
        {"log": True},
        {"axis": True},
        {"self": True},
        {"seed": 1, "half": False, "mean": True},
        {"seed": 2, "self": True, "log": True},
        {"seed": 3, "mean": True, "log": True},
        {"seed": 4, "self": True, "mean": True, "half": False},
    ],
    ids=lambda settings: " ".join(f"{key}={value}" for key, value in settings.items()),
)
def test_training_by_mouse_with_other_settings(visit, settings):
    page, root = visit("training")
    unfold(root)
    for key, value in settings.items():
        if key == "seed":
            settled(page, root, lambda value=value: input_of(root, "seed").select_option(str(value)))
        else:
            settled(page, root, input_of(root, key).click)
    expect_training(root, 0, **settings)
    settled(page, root, root.get_by_role("button", name="five epochs", exact=True).first.click)
    expect_training(root, 5, **settings)


# What the summary says of a run, the epochs and settings after which it must, and what must then be so in torch's run.
SAID = {
    "This step jumped over the best w": (1, {}, lambda run: run.crossed[-1]),
    "It jumped over the best w and now crawls back": (
        5, {}, lambda run: any(run.crossed) and run.beyond and run.nearer and run.flat,
    ),
    "It has arrived": (100, {}, lambda run: abs(run.ws[-1] - run.best) < 0.01 * run.best),
    "It is on its way": (5, {"lr": 0.1}, lambda run: run.nearer and not run.crossed[-1]),
    "It jumps to and fro over the best w": (20, {"log": True}, lambda run: sum(run.crossed[-3:]) >= 2),
    "It does not move: the slope is 0": (5, {"start": 0.0}, lambda run: set(run.ws) == {0}),
    "It idles": (5, {"start": 0.01, "lr": 0.1}, lambda run: not run.beyond and run.losses[-1] > 0.98 * run.at_0),
    "It crawls over a plain": (
        3, {"start": 20.0}, lambda run: not any(run.crossed) and run.beyond and run.nearer and run.flat,
    ),
    "It is caught": (
        20, {"start": 0.1, "lr": 0.1, "seed": 2}, lambda run: run.ws[-1] < run.ws[-2] and not run.beyond and run.falls,
    ),
    "It is lost on the plain": (
        2, {"log": True, "lr": 2.0, "half": False}, lambda run: run.beyond and not run.nearer,
    ),
    "Own key kept: the loss falls as": (
        1, {"self": True, "lr": 0.1}, lambda run: run.falls and run.ws[-1] > run.ws[-2] and run.worse < 1e-12,
    ),
    "Own key kept: the loss falls, but the error gets worse": (
        100, {"self": True}, lambda run: run.falls and run.ws[-1] > run.ws[-2] and run.worse > 0.01,
    ),
}  # fmt: skip


@pytest.mark.parametrize("said", SAID)
def test_what_training_says_of_a_run_is_true(visit, said):
    epochs, settings, holds = SAID[said]
    state = "&".join(f"{key}={str(value).lower()}" for key, value in ({"epochs": epochs} | settings).items())
    _, root = visit("training", state)
    summary = expect_training(root, epochs, **settings)
    assert said in summary
    losses, ws, errors = descend(epochs, **settings)
    best, _ = lowest(settings.get("seed", 0))
    far = [abs(w) - best for w in ws]
    run = SimpleNamespace(losses=losses, ws=ws, best=best, worse=errors[-1] - min(errors))
    run.at_0 = descend(0, **settings | {"start": 0.0})[0][0]
    run.crossed = [a * b < 0 for a, b in itertools.pairwise(far)]
    run.beyond, run.nearer = far[-1] > 0, abs(far[-1]) < abs(far[-2])
    run.falls, run.flat = losses[-1] < losses[-2], losses[-1] > 0.99 * losses[-2]
    assert holds(run)
    if "once" in summary:
        assert f"That error was once {min(errors):.3f}." in summary


def test_every_verdict_has_its_words_and_is_tried():
    code = (FOLDER / "shared" / "math.js").read_text(encoding="utf-8").split("function verdict")[1]
    words = (FOLDER / "training" / "training.md").read_text(encoding="utf-8")
    named = re.findall(r'"([a-z]+)"', code)  # to the end: how far from the best w comes last
    assert sorted(named) == sorted(re.findall(r"^verdict-([a-z]+): ", words, re.MULTILINE))
    assert len(named) == len(SAID) + 1, "and `ready`, with which all runs begin"


def test_training_runs_until_it_has_settled_and_stops_when_asked(visit):
    page, root = visit("training", "log=true&lr=0.1")
    page.emulate_media(reduced_motion="no-preference")
    run = root.get_by_role("button", name="run", exact=True)
    root.locator("[data-part=run]").click()
    for _ in range(3):
        page.clock.run_for(60)
    assert not run.count() and root.get_by_role("button", name="stop", exact=True).count()
    root.get_by_role("button", name="stop", exact=True).click()
    page.clock.run_for(1000)
    shown = root.locator(".explorable-summary").inner_text()
    stopped = int(re.match(r"Epoch (\d+)", shown)[1])
    assert 1 <= stopped <= 5
    page.clock.run_for(1000)
    assert root.locator(".explorable-summary").inner_text() == shown, "it moves only while it runs"
    run.click()
    page.clock.run_for(20_000)
    ws = descend(100, log=True, lr=0.1)[1]
    still = next(k for k in range(1, 100) if abs(ws[k + 1] - ws[k]) <= 1e-6 * ws[k])
    assert stopped < still < 100
    expect_training(root, still, log=True, lr=0.1)
    assert run.count()


def test_training_goes_on_with_its_run_when_a_setting_changes(visit):
    page, root = visit("training")
    page.emulate_media(reduced_motion="no-preference")
    root.get_by_role("button", name="run", exact=True).click()
    page.clock.run_for(300)
    before = len(discs(root, "epochs"))
    assert before > 3
    unfold(root)
    input_of(root, "mean").click()
    page.clock.run_for(300)
    assert before < len(discs(root, "epochs")) < 50
    page.clock.run_for(20_000)
    expect_training(root, 100, mean=True)
    assert root.get_by_role("button", name="run", exact=True).count()


def test_training_names_the_point_where_the_reader_is(visit):
    """However it bounces, and whoever has been there before."""
    _, root = visit("training", "log=true&epochs=1")
    for epochs in 1, 5, 12, 20, 30:
        show(root.page, root, f"log=true&epochs={epochs}")
        names = root.locator("[data-part=epoch-numbers] text").all_text_contents()
        assert str(epochs) in {re.split("[: ]", name)[0].split("–")[-1] for name in names}


def test_training_jumps_to_the_end_where_motion_is_not_wanted(visit):
    page, root = visit("training")
    root.get_by_role("button", name="run", exact=True).click()
    page.clock.run_for(20)
    ws = descend(100)[1]
    still = next(k for k in range(1, 101) if k == 100 or abs(ws[k + 1] - ws[k]) <= 1e-6 * ws[k])
    assert len(discs(root, "epochs")) == still + 1
    page.clock.run_for(2000)
    expect_training(root, still)


def test_a_try_plays_its_own_epochs_and_never_runs_backwards(visit):
    """From a hundred epochs to five with another rate: no run of a hundred with that rate lies between."""
    page, root = visit("training")
    page.emulate_media(reduced_motion="no-preference")
    seen = []
    for words in "a hundred epochs", "five epochs with one tenth":
        root.get_by_role("button", name=words).first.evaluate("button => button.click()")
        seen.append([])
        for _ in range(10):
            page.clock.run_for(100)
            seen[-1].append(len(discs(root, "epochs")) - 1)
    assert seen[0] == sorted(seen[0]) and len(set(seen[0])) > 5 and seen[0][-1] == 100
    assert seen[1] == sorted(seen[1]) and len(set(seen[1])) > 3 and seen[1][-1] == 5


def test_training_keeps_settings_and_epochs_in_the_address(visit, load):
    page, root = visit("training")
    unfold(root)
    settled(page, root, input_of(root, "half").click)
    settled(page, root, root.get_by_role("button", name="five epochs", exact=True).first.click)
    query = urlsplit(page.url).query
    assert parse_qs(query) == {"training.half": ["false"], "training.epochs": ["5"]}
    again = load(f"?{query}")
    same = start(again, "training")
    expect_training(same, 5, half=False)
    settled(again, same, same.get_by_role("button", name="Start again").click)
    expect_training(same, 0)


def test_what_the_steps_of_training_say_is_true(visit):
    page, root = visit("training")
    shown = [
        (5, {}),
        (100, {}),
        (5, {"lr": 0.1}),
        (5, {"mean": True}),
        (100, {"mean": True}),
        (20, {"log": True}),
        (20, {"log": True, "lr": 0.1}),
        (5, {"start": 0.0}),
        (5, {"start": 0.01, "lr": 0.1}),
        (5, {"self": True}),
        (100, {"self": True}),
    ]
    unfold(root)
    *buttons, race = root.locator("button.try").all()
    assert len(buttons) == len(shown)
    for button, (epochs, settings) in zip(buttons, shown):
        settled(page, root, button.click)
        expect_training(root, epochs, **settings)

    best, least = lowest()
    losses, ws, errors = descend(100)
    slopes = [(a - b) / 0.5 for a, b in itertools.pairwise(ws)]
    assert ws[0] < best < ws[1] and ws[5] > 2 * best
    assert abs(ws[5] - ws[1]) < 0.05 * (ws[1] - ws[0]), "the other four lie almost on top of each other"
    assert abs(slopes[1]) < 0.02 * abs(slopes[0]), "hardly any slope"
    assert losses[1] - losses[5] < 0.01 * losses[1], "the printed loss looks finished"
    assert ws[20] > 1.5 * best and all(b < a for a, b in itertools.pairwise(ws[1:51])), "every step the right way"
    assert ws[100] == pytest.approx(best, rel=0.01)
    small = descend(100, lr=0.1)
    assert max(small[1]) < best and all(b > a for a, b in itertools.pairwise(small[1])), "from the left"
    assert small[0][5] < losses[5] and small[2][5] < errors[5], "lower, and the fit better"
    assert small[1][100] == pytest.approx(best, rel=0.01)
    mean = descend(100, mean=True)
    assert mean[1][1] - mean[1][0] == pytest.approx((ws[1] - ws[0]) / 50)
    assert max(mean[1]) < 0.9 * best, "the valley is not reached"
    log = descend(100, log=True)[1]
    sides = [w > best for w in log]
    assert sum(a != b for a, b in itertools.pairwise(sides[:21])) > 5, "thrown to and fro"
    assert max(abs(b / a - 1) for a, b in itertools.pairwise(log[90:])) > 0.1, "does not settle"
    steep = lambda w: math.log(w / descend(1, log=True, start=w)[1][1]) / 0.5  # noqa: E731
    assert steep(ws[1]) > 5 * slopes[1], "the slope by log w is not small on the plain"

    def arrives(run):
        return next(k for k in range(101) if all(abs(w / best - 1) < 0.01 for w in run[k:]))

    slow_log = descend(100, log=True, lr=0.1)[1]
    assert arrives(slow_log) < 20 and arrives(slow_log) < min(arrives(ws), arrives(small[1]))
    assert descend(5, start=0.0)[1] == [0.0] * 6
    tiny = descend(100, start=0.01, lr=0.1)
    assert tiny[0][5] > 0.999 * tiny[0][0] and tiny[1][100] == pytest.approx(best, rel=0.01), "idles, and gets away"
    leak = descend(100, self=True)
    assert leak[0][5] < least, "smaller than the honest valley"
    assert all(b < a for a, b in itertools.pairwise(leak[0])) and all(b > a for a, b in itertools.pairwise(leak[1]))
    assert all(b > a for a, b in itertools.pairwise(leak[2][1:])), "worse with every step after the first"
    settled(page, root, race.click)
    expect_race(root, 20)
    long, short, log, momentum = ([loss for loss, _ in run] for run in raced(20))
    assert long[1] < min(short[1], log[1], momentum[1]), "after one epoch the long step is ahead"
    assert momentum[2] < min(long[2], short[2], log[2])
    _, _, (_, far), (_, last) = (run[20] for run in raced(20))
    _, at_2 = raced(20)[3][2]
    assert abs(at_2 / best - 1) < 0.05 < last / best - 2 and abs(far / best - 1) < 0.01, "momentum ends on the plain"
    assert all(log[k] < min(long[k], short[k], momentum[k]) for k in range(3, 21))
    assert momentum[20] > max(long[20], short[20], log[20])
    x, y, *_ = double()
    kept = [nn.functional.mse_loss(attention_pooling(x, x, y, w), y).item() for w in (0.0, 1.0, 4.0, 10.0, 100.0, 1e4)]
    assert kept == sorted(kept, reverse=True) and kept[-1] < 1e-6, "no valley"


RUNNERS = ["long step", "short step", "log w", "momentum"]


@cache
def raced(epochs, seed=0, start=None, lr=0.5, **settings):
    """(loss, w) of the four runners, at first and after each epoch: torch's SGD, and a written-out loop for log w."""
    losses, ws, _ = descend(epochs, seed=seed, start=start, lr=lr, **settings)
    return [
        list(zip(losses, ws)),
        list(zip(*descend(epochs, seed=seed, start=start, lr=lr / 5, **settings)[:2])),
        walk_in_log(epochs, ws[0], lr / 5, seed=seed, **settings),
        with_momentum(epochs, ws[0], lr / 5, seed=seed, **settings),
    ]


def walk_in_log(epochs, w, lr, **settings):
    taken = []
    for _ in range(epochs + 1):
        taken.append((loss_of(torch.tensor(w).double(), SETTINGS | settings).item(), w))
        w = math.exp(math.log(w) - lr * w * steepness(w, **settings)) if w else 0.0  # d loss / d log w = w d loss / d w
    return taken


def with_momentum(epochs, start, lr, **settings):
    w = nn.Parameter(torch.tensor([start], dtype=torch.float64))
    descent = torch.optim.SGD([w], lr=lr, momentum=0.9)
    taken = []
    for _ in range(epochs + 1):
        descent.zero_grad()
        loss = loss_of(w, SETTINGS | settings)
        loss.backward()
        taken.append((loss.item(), w.item()))
        descent.step()
    return taken


@pytest.mark.parametrize("how", [{}, {"mean": True}, {"half": False, "self": True}], ids=str)
def test_the_four_runners_are_torchs(maths, how):
    for seed, first, lr in (0, 0.3, 0.5), (1, 2.0, 0.05), (2, 6.0, 1.0):
        x, y, *_ = double(seed)
        ours = maths(
            """(m, {x, y, start, lr, how}) => m.race(x, y, start, lr, 6, how)
                .flatMap(run => [run.map(e => e.loss), run.map(e => e.w)])""",
            {"x": x.tolist(), "y": y.tolist(), "start": first, "lr": lr, "how": how},
        )
        theirs = [list(column) for run in raced(6, seed, first, lr, **how) for column in zip(*run)]
        close(ours, theirs)


def in_front(race, epoch):
    """Whose loss is the least after an epoch, to the four digits that are shown."""
    losses = [round(run[epoch][0], 4) for run in race]
    return [loss == min(losses) for loss in losses]


def expect_race(root, epoch, bet=None, **settings):
    """Compare table, marks and summary with torch's runs; return the summary."""
    race = raced(20, **settings)
    at = [run[epoch] for run in race]
    order = sorted(range(4), key=lambda i: at[i][0])
    ahead = [sum(in_front(race, k)[i] for k in range(1, epoch + 1)) for i in range(4)]
    unfold(root)
    rows = [row[:4] for row in rows_of(root)]
    assert rows == [[RUNNERS[i], in_words(at[i][1]), minus(at[i][0], 4), str(ahead[i])] for i in order]
    names = root.locator("[data-part=race-names] text").evaluate_all(
        "all => all.map(e => [e.textContent, e.classList[0]])"
    )
    assert names == [
        [
            RUNNERS[i]
            + (" (your bet)" if RUNNERS[i] == bet else "")
            + (f", w = {in_words(at[i][1])} →" if at[i][1] > 12 else ""),
            "strong" if RUNNERS[i] == bet else "clear",
        ]
        for i in sorted(range(4), key=lambda i: at[i][1])
    ]
    assert len(set(marks_of(root))) == 4, "four shapes"
    assert apart(root), "one name covers another"
    for i, (left, shape) in enumerate(marks_of(root)):
        axis = root.locator("[data-part=axes] path").first.get_attribute("d")
        x0, x1 = (float(re.search(pattern, axis)[1]) for pattern in (r"M([\d.]+)", r"H([\d.]+)"))
        assert left == pytest.approx(x0 + (x1 - x0) * min(at[i][1], 12) / 12, abs=1), shape
    summary = root.locator(".explorable-summary").inner_text()
    first = [RUNNERS[i] for i in range(4) if in_front(race, epoch)[i]]
    names, loss = ", ".join(first), minus(at[order[0]][0], 4)
    if epoch:
        leads = f"After {epoch} epochs the lowest loss is {loss}: {names}."
        won = f"The winner after 20 epochs: {names}, with a loss of {loss}."
        assert (won if epoch == 20 else leads) in summary
    assert f"The lowest has w = {in_words(at[order[0]][1])}." in summary
    if bet and epoch == 20:
        place = order.index(RUNNERS.index(bet)) + 1
        assert ("Your bet was right." if bet in first else f"You bet on {bet}: place {place} of 4.") in summary
    return summary


def apart(root):
    """Do the names of the runners stand one below the other, with room between them?"""
    boxes = root.locator("[data-part=race-names] text").evaluate_all("all => all.map(e => e.getBoundingClientRect())")
    return all(below["y"] > above["y"] + above["height"] for above, below in itertools.pairwise(boxes))


def marks_of(root):
    """The middle of each of the four marks on the curve, and the shape, its path without a place."""
    d = root.locator("[data-part=race-marks]").get_attribute("d")
    found = re.findall(r"M([\d.-]+) [\d.-]+([^M]+)", d)
    marks = found[:4]  # on a wide figure those of the history follow
    return [(float(x) + (6 if i < 2 else 0), shape) for i, (x, shape) in enumerate(marks)]


def test_nobody_bets_on_what_is_known_and_a_leak_is_named(visit):
    page, root = visit("training", "race=20&bet=long&self=true&lr=0.5")
    unfold(root)
    summary = root.locator(".explorable-summary")
    assert "Own key kept: the loss falls as w grows." in summary.inner_text(), "the winner's fit is no good"
    settled(page, root, root.get_by_label("log w", exact=True).check)
    assert "All four stand at w =" in summary.inner_text(), "a new bet is for a new race"


def race_button(root):
    return root.locator("fieldset [data-part=race]")


def test_a_race_by_keyboard_and_in_the_address(visit, load):
    page, root = visit("training")
    assert input_of(root, "bet-long").is_hidden(), "few controls at once"
    fold = root.locator(".explorable-controls summary").nth(1)
    fold.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.clock.run_for(PAUSE)
    assert "Your bet: long step." in expect_race(root, 0, "long step")
    settled(page, root, lambda: [page.keyboard.press(key) for key in ("ArrowDown", "ArrowDown")])
    settled(page, root, lambda: [page.keyboard.press(key) for key in ("Tab", "Enter")])
    expect_race(root, 20, "log w")
    assert fold.inner_text() == "a race of four (epoch 20 of 20)"
    query = urlsplit(page.url).query
    assert parse_qs(query) == {"training.bet": ["log"], "training.race": ["20"]}
    expect_race(start(load(f"?{query}"), "training"), 20, "log w")
    settled(page, root, root.get_by_role("button", name="step", exact=True).click)
    expect_training(root, 1)
    assert not root.locator("input:checked[type=radio]").count() and "race" not in page.url


def test_a_race_that_nobody_can_run_is_left_out(load):
    root = start(load("?training.bet=everyone&training.race=21&training.epochs=2"), "training")
    expect_training(root, 2)
    assert (
        root.locator("[data-part^=race]").evaluate_all("all => all.map(e => e.getAttribute('d') ?? '').join('')") == ""
    )


@pytest.mark.parametrize("bet", RUNNERS)
@pytest.mark.parametrize("settings", [{}, {"seed": 3, "lr": 1.0}, {"start": 8.0}], ids=str)
def test_a_bet_is_right_or_has_its_place(visit, bet, settings):
    state = "&".join(f"{key}={value}" for key, value in settings.items())
    page, root = visit("training", f"bet={bet.split()[0]}&{state}", view="phone")
    unfold(root)
    settled(page, root, race_button(root).click)
    expect_race(root, 20, bet, **settings)


def test_a_race_is_played_and_stops_where_it_is(visit):
    page, root = visit("training", "bet=short")
    page.emulate_media(reduced_motion="no-preference")
    unfold(root)
    race_button(root).click()
    page.clock.run_for(400)
    assert race_button(root).inner_text() == "stop"
    settled(page, root, race_button(root).click)
    stopped = int(re.search(r"After (\d+) epochs", root.locator(".explorable-summary").inner_text())[1])
    assert 1 <= stopped <= 5
    expect_race(root, stopped, "short step")
    race_button(root).click()
    page.clock.run_for(20_000)
    expect_race(root, 20, "short step")
    race_button(root).click()
    page.clock.run_for(200)
    assert root.locator(".explorable-controls summary").nth(1).inner_text() < "a race of four (epoch 5", "anew"


def test_a_race_that_ends_as_the_one_before_is_heard_again(visit):
    page, root = visit("training", "race=20&bet=log")
    unfold(root)
    live = root.locator(".explorable-live")
    for _ in range(2):
        settled(page, root, race_button(root).click)
        assert live.text_content().startswith("The winner after 20 epochs:")


def test_the_race_before_stays_as_a_ghost(visit):
    page, root = visit("training")
    unfold(root)
    ghost = root.locator("[data-part=race-ghost]")
    settled(page, root, race_button(root).click)
    assert ghost.get_attribute("d") == "" and {row[4] for row in rows_of(root)} == {"–"}
    settled(page, root, lambda: input_of(root, "seed").select_option("4"))
    settled(page, root, race_button(root).click)
    expect_race(root, 20, seed=4)
    before = {name: in_words(run[20][1]) for name, run in zip(RUNNERS, raced(20))}
    assert {row[0]: row[4] for row in rows_of(root)} == before
    axis = root.locator("[data-part=axes] path").first.get_attribute("d")
    (x0, bottom), x1 = re.search(r"M([\d.]+) .*V([\d.]+)H", axis).groups(), re.search(r"H([\d.]+)", axis)[1]
    ends = re.findall(r"M([\d.-]+) ([\d.-]+)", ghost.get_attribute("d"))
    for i, ((x, y), run) in enumerate(zip(ends, raced(20), strict=True)):
        at = float(x0) + (float(x1) - float(x0)) * min(run[20][1], 12) / 12
        assert float(x) + (6 if i < 2 else 0) == pytest.approx(at, abs=1)
        assert abs(float(y) - float(bottom)) < 10, "on the axis"
    settled(page, root, lambda: input_of(root, "lr").press("ArrowLeft"))
    assert {row[0]: row[4] for row in rows_of(root)} != before, "the last race that was run, with another rate"


def test_nobody_wins_where_nobody_moves(visit):
    _, root = visit("training", "start=0&race=20&bet=log")
    assert "Your bet was right." in expect_race(root, 20, "log w", start=0.0)
    assert [row[3] for row in rows_of(root)] == ["20"] * 4
