"""Own points: curve, losses and small fits against nwlesson; keys, mouse, finger, address; what the steps claim."""

import json
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import torch
from conftest import DOCS
from explorable_pages import close, discs, input_of, minus, settled, show, start
from hypothesis import given
from hypothesis import strategies as st

from nwlesson import attention_pooling, attention_weights, fit_bandwidth, leave_one_out, leave_one_out_loss

NAME = "own-points"
STORED = json.loads((DOCS / "explorables" / NAME / "data.json").read_text(encoding="utf-8"))
POINTS = {name: list(zip(places["x"], places["y"])) for name, places in STORED.items()}
FITS = [0.3, 1.0, 3.0, 10.0, 30.0]
LINES = 101  # from 0 to 5, 0.05 apart


def packed(points):
    """Points as they stand in an address."""
    numbers = [round(20 * y) * LINES + round(20 * x) for x, y in points]
    return "".join(np.base_repr(number, 36).lower().zfill(3) for number in numbers)


def tensors(points):
    return torch.tensor(points, dtype=torch.float64).unbind(dim=1)


def without(points, i):
    return [*points[:i], *points[i + 1 :]]


def at(x, points, w):
    """What the points answer at one place."""
    return attention_pooling(torch.tensor([x], dtype=torch.float64), *tensors(points), w).item()


def written(w):
    return minus(w, 2 if w < 10 else 0)


# What the reader sees

LOOK = """svg => {
    const part = name => svg.querySelector(`[data-part=${name}]`);
    const [r, cx, cy] = ["r", "cx", "cy"].map(key => element => +element.getAttribute(key));
    const circles = [...part("points").children];
    return {
        size: [svg.viewBox.baseVal.width, svg.viewBox.baseVal.height],
        points: circles.map(c => [cx(c), cy(c)]),
        chosen: circles.findIndex(c => r(c) > 6),
        single: Object.fromEntries(["left-out", "best", "here"].map(name => [name, [cx(part(name)), cy(part(name))]])),
        lines: Object.fromEntries(["curve", "without", "loss"].map(name => [name, part(name).getAttribute("d")])),
    };
}"""


class Seen:
    """The drawing, with its places as numbers of the axes: of the plot, and of the loss against log w."""

    def __init__(self, root):
        looked = root.locator("svg.explorable-canvas").evaluate(LOOK)
        self.width, self.height = looked["size"]
        self.points = [self.plot(place) for place in looked["points"]]
        self.chosen = looked["chosen"]
        self.pixels = looked["single"]
        self.lines = {name: self.path(d) for name, d in looked["lines"].items()}
        self.left_out = self.plot(looked["single"]["left-out"])

    def plot(self, place):
        return 5 * (place[0] - 36) / (self.width - 50), 5 * (self.height - 172 - place[1]) / (self.height - 196)

    def place(self, x, y):
        """Where in the drawing a point is."""
        return 36 + x / 5 * (self.width - 50), self.height - 172 - y / 5 * (self.height - 196)

    def across(self, w):
        """Where a w is in the drawing: a straight piece from 0 to 0.1, then by logarithm."""
        log = 62 + (np.log10(w) + 1) / 3 * (self.width - 76) if w >= 0.1 else 0
        return log or 36 + 26 * w / 0.1

    @staticmethod
    def path(d):
        return np.array([[float(n) for n in place.split(" ")] for place in d.replace("M", "L").split("L")[1:]])


def expect_curve(seen, line, points, w):
    """The line runs where nwlesson's curve does; a place is drawn to a tenth of a pixel, and the curve may be steep."""
    drawn = np.array([seen.plot(place) for place in seen.lines[line]])
    near = [drawn[:, 0] + step for step in (-1e-3, 0, 1e-3)]
    answers = [attention_pooling(torch.tensor(x), *tensors(points), w).numpy() for x in near]
    assert (drawn[:, 1] > np.min(answers, axis=0) - 0.02).all() and (drawn[:, 1] < np.max(answers, axis=0) + 0.02).all()
    assert drawn[0, 0] == pytest.approx(0, abs=0.01) and drawn[-1, 0] == pytest.approx(5, abs=0.01)


def expect_losses(seen, points, w, best):
    """Up to a factor, the scale of the panel, the line is nwlesson's loss."""
    x, y = tensors(points)
    bottom = seen.height - 44
    heights = bottom - seen.lines["loss"][:, 1]
    ws = [0, *(float(f"{0.1 * 10 ** (k / 15):.2g}") for k in range(46))]
    assert np.allclose(seen.lines["loss"][:, 0], [seen.across(w) for w in ws], atol=0.06)
    losses = np.array([leave_one_out_loss(one, x, y).item() for one in ws])
    assert np.allclose(heights, losses / losses.max() * 68 / 1.05, atol=0.06)
    for part, place in ("here", w), ("best", best):
        loss = leave_one_out_loss(place, x, y).item()
        assert seen.pixels[part][0] == pytest.approx(seen.across(place), abs=0.2)
        assert bottom - seen.pixels[part][1] == pytest.approx(loss / losses.max() * 68 / 1.05, abs=0.06)


def summary_of(points, w, chosen, best):
    """What is said of the loss of w, and of the chosen point."""
    x, y = tensors(points)
    loss, least = (minus(leave_one_out_loss(one, x, y)) for one in (w, best))
    if leave_one_out_loss(100.0, x, y) <= leave_one_out_loss(best, x, y) * 1.0001 + 1e-12:
        said = f"The loss is {loss}. As w grows, it falls to {least}."
    elif written(w) == written(best):
        said = f"The loss is {loss}. No other w has less."
    else:
        said = f"The loss is {loss}; the best w, {written(best)}, has {least}."
    place = points[chosen][0]
    before, after = (minus(at(place, some, w)) for some in (without(points, chosen), points))
    if before == after:
        return f"{said} Without point {chosen + 1}, the curve there stays at {after}."
    return f"{said} Point {chosen + 1} pulls the curve there from {before} to {after}."


def expect_own_points(root, points, w=3.0, chosen=7, best=None):
    """Compare all that is drawn and said with nwlesson."""
    best = fit_bandwidth(*tensors(points)) if best is None else best
    seen = Seen(root)
    assert np.allclose(seen.points, points, atol=0.005)
    assert seen.chosen == chosen
    rest = without(points, chosen)
    expect_curve(seen, "curve", points, w)
    expect_curve(seen, "without", rest, w)
    x = points[chosen][0]
    assert np.allclose(seen.left_out, (x, at(x, rest, w)), atol=0.01)
    expect_losses(seen, points, w, best)
    told = root.locator(".explorable-summary").inner_text()
    assert told.startswith(summary_of(points, w, chosen, best))
    assert root.locator("[data-part=number]").text_content() == str(chosen + 1)
    shown = [input_of(root, key).get_attribute("aria-valuetext") for key in ("w", "point", "x", "y")]
    assert shown == [written(w), f"{chosen + 1} of {len(points)}", *(minus(value) for value in points[chosen])]
    which = input_of(root, "point")
    assert [which.get_attribute("max"), which.input_value()] == [str(len(points)), str(chosen + 1)]
    expect_fits(root, points, [*FITS, best], w)


def expect_fits(root, points, widths, w):
    """The small fits, each a button."""
    grid = torch.linspace(0, 5, 101, dtype=torch.float64)
    buttons = root.locator(".strip button")
    assert buttons.all_inner_texts() == [*(f"w = {fit:g}" for fit in FITS), "best w"]
    for button, width in zip(buttons.all(), widths, strict=True):
        path = Seen.path(button.locator("[data-part=fit]").get_attribute("d"))
        answers = attention_pooling(grid, *tensors(points), width)
        assert np.allclose((39 - path[:, 1]) / 38 * 5, answers, atol=0.01)
        dots = np.array(discs(button, "dots"))[:, :2]
        assert np.allclose(dots, [[1 + 58 * x / 5, 39 - 38 * y / 5] for x, y in points], atol=0.02)
        assert button.get_attribute("aria-pressed") == str(written(width) == written(w)).lower()


def pressed(root):
    buttons = root.locator(".control button[aria-pressed=true]")
    return buttons.all_inner_texts()


PRESETS = {"an outlier": "outlier", "a step": "step", "crowds": "crowds", "yours": "own"}


def test_it_says_something_before_it_is_touched(visit):
    _, root = visit(NAME)
    expect_own_points(root, POINTS["outlier"])
    assert pressed(root) == ["an outlier"]
    assert "Point 8 pulls the curve" in root.locator(".explorable-summary").inner_text()


@pytest.mark.parametrize("w", [0.0, 1.0, 10.0, 100.0])
@pytest.mark.parametrize("preset", PRESETS.values())
def test_all_that_is_drawn_and_said_is_nwlessons(visit, preset, w):
    _, root = visit(NAME, f"points={preset}&w={w}&point=3")
    expect_own_points(root, POINTS[preset], w, chosen=2)


def test_points_stored_twice(visit):
    _, root = visit(NAME, "points=copied&w=30")
    with pytest.warns(UserWarning, match="Copied rows"):
        fit_bandwidth(*tensors(POINTS["copied"]))
    seen, told = Seen(root), root.locator(".explorable-summary").inner_text()
    assert told == "The loss is 0.00. As w grows, it falls to 0.00. Without point 8, the curve there stays at 2.00."
    assert np.allclose(seen.points, POINTS["copied"], atol=0.005)
    assert root.locator("[data-part=best-label]").text_content() == "", "no w is the best"


# The mathematics


@pytest.mark.parametrize("preset", [name for name in POINTS if name != "copied"])
def test_the_best_w_is_fit_bandwidths(maths, preset):
    x, y = tensors(POINTS[preset])
    ws = [0, *np.logspace(-1, 2, 46)]
    argument = {"x": x.tolist(), "y": y.tolist(), "ws": ws}
    found, rises = maths(
        """(m, { x, y, ws }) => {
            const how = { half: false, mean: true }, losses = m.lossCurve(x, y, ws, how);
            return [m.bestOrEnd(x, y, ws, losses, how), m.risesAgain(losses)];
        }""",
        argument,
    )
    assert found == pytest.approx(fit_bandwidth(x, y), rel=1e-4, abs=1e-9)
    assert rises


def test_a_loss_that_only_falls_is_best_at_the_end(maths):
    argument = {"x": [0.0, 1.0, 2.0], "y": [0.0, 1.0, 2.0], "ws": [0, 0.5, 1, 2, 4]}
    how = "{ half: false, mean: true, self: true }"
    ask = f"m.lossCurve(a.x, a.y, a.ws, {how})"
    assert maths(f"(m, a) => m.bestOrEnd(a.x, a.y, a.ws, {ask}, {how})", argument) == 4
    assert maths(f"(m, a) => m.risesAgain({ask})", argument) is False


def test_the_widest_gap(maths):
    close([maths("(m, a) => m.widestGap(a)", [0, 4, 1, 1, 5])], [2.5])


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=2, max_size=30))
def test_every_picture_has_an_address_of_its_own(places):
    """The test's own writing, on which the others build: three digits for a point, none lost."""
    code = packed([(x / 20, y / 20) for x, y in places])
    numbers = [int(code[i : i + 3], 36) for i in range(0, len(code), 3)]
    assert [(n % LINES, n // LINES) for n in numbers] == places


# Keys


def press(page, root, *keys):
    settled(page, root, lambda: [page.keyboard.press(key) for key in keys])


def test_by_keys_alone(visit):
    page, root = visit(NAME)
    root.locator(".control button").first.focus()
    press(page, root, "Tab", "Enter")
    points = [*POINTS["step"]]
    expect_own_points(root, points)
    assert pressed(root) == ["a step"]
    press(page, root, *["Tab"] * 6, "Enter")
    expect_own_points(root, points, 10.0)
    press(page, root, *["Tab"] * 2, "Enter")
    expect_own_points(root, points, fit_bandwidth(*tensors(points)))
    assert "No other w has less" in root.locator(".explorable-summary").inner_text()
    input_of(root, "w").focus()
    press(page, root, "Home", *["ArrowRight"] * 21)
    expect_own_points(root, points, 1.0)
    press(page, root, "Tab", *["ArrowLeft"] * 4)
    expect_own_points(root, points, 1.0, chosen=3)
    press(page, root, "Tab", "ArrowRight")
    press(page, root, "Tab", "ArrowUp", "ArrowUp")
    points[3] = (1.35, 0.95)
    expect_own_points(root, points, 1.0, chosen=3)
    assert pressed(root) == ["yours"]
    press(page, root, "Tab", "Enter")
    points.append((2.5, round(20 * at(2.5, points, 1.0)) / 20))
    expect_own_points(root, points, 1.0, chosen=14)
    press(page, root, "Tab", "Enter")
    expect_own_points(root, points[:-1], 1.0, chosen=13)
    press(page, root, "Tab", "Enter")
    expect_own_points(root, POINTS["outlier"])


def test_own_points_wait_while_a_preset_is_looked_at(visit):
    page, root = visit(NAME)
    input_of(root, "y").focus()
    press(page, root, *["ArrowLeft"] * 4)
    mine = [*POINTS["outlier"]]
    mine[7] = (2.7, 4.6)
    expect_own_points(root, mine)
    for label, preset in [*PRESETS.items()][1:3]:
        settled(page, root, root.get_by_role("button", name=label).click)
        expect_own_points(root, POINTS[preset])
    yours = root.get_by_role("button", name="yours")
    settled(page, root, yours.click)
    expect_own_points(root, mine)
    settled(page, root, yours.click)
    expect_own_points(root, mine)


def test_a_preset_starts_afresh(visit):
    """Or the bell of one picture would hide what the next has to show."""
    page, root = visit(NAME, "points=outlier&w=30&point=2")
    settled(page, root, root.get_by_role("button", name="a step").click)
    expect_own_points(root, POINTS["step"])


def test_not_fewer_than_two_and_not_more_than_thirty(visit):
    page, root = visit(NAME, "points=own&point=1")
    add, remove = (root.get_by_role("button", name=name) for name in ("Add a point", "Remove"))
    settled(page, root, remove.click)
    points = POINTS["own"][1:]
    told = root.locator(".explorable-summary").inner_text()
    assert "2 points are the fewest" in told
    assert "whatever w is" in told, "each has the other alone, so the loss is the same for every w"
    assert root.locator("[data-part=best]").get_attribute("display") == "none", "and none is the best"
    remove.click()
    page.clock.run_for(500)
    assert np.allclose(Seen(root).points, points, atol=0.005)
    settled(page, root, lambda: [add.click() for _ in range(28)])
    assert "30 points are the most" in root.locator(".explorable-summary").inner_text()
    before = Seen(root).points
    assert len(before) == 30
    add.click()
    page.clock.run_for(500)
    assert Seen(root).points == before
    assert input_of(root, "point").get_attribute("aria-valuetext") == "30 of 30"


# Hands


@pytest.fixture
def hand(visit):
    """A view of the figure, and where in the window a point of its plot is."""

    def take(view="desktop", state=""):
        page, root = visit(NAME, state, view=view)
        canvas = root.locator("svg.explorable-canvas")
        canvas.evaluate("e => e.scrollIntoView({ block: 'center', behavior: 'instant' })")
        box, seen = canvas.bounding_box(), Seen(root)

        def where(x, y):
            across, up = seen.place(x, y)
            return box["x"] + across, box["y"] + up

        return page, root, where

    return take


def test_a_point_is_dragged_by_mouse_and_stays_in_the_plot(hand):
    page, root, where = hand()
    points = [*POINTS["outlier"]]
    x, y = where(*points[0])
    page.mouse.move(x + 4, y - 3)  # beside its middle
    page.mouse.down()
    x, y = where(1.5, 4.0)
    page.mouse.move(x + 4, y - 3, steps=5)
    settled(page, root, page.mouse.up)
    points[0] = (1.5, 4.0)
    expect_own_points(root, points, chosen=0)
    page.mouse.move(*where(4, 4.5))
    assert np.allclose(Seen(root).points, points, atol=0.005), "nothing moves after the button is up"
    page.mouse.move(*where(1.5, 4))
    page.mouse.down()
    page.mouse.move(*where(-1, 7), steps=5)
    settled(page, root, page.mouse.up)
    points[0] = (0, 5)
    expect_own_points(root, points, chosen=0)


def test_a_point_that_is_only_pressed_is_chosen_where_it_is(hand):
    page, root, where = hand()
    x, y = where(*POINTS["outlier"][3])
    settled(page, root, lambda: page.mouse.click(x + 6, y - 6))
    expect_own_points(root, POINTS["outlier"], chosen=3)


def test_a_tap_in_an_empty_place_puts_a_point_there(hand):
    page, root, where = hand()
    points = [*POINTS["outlier"], (4.0, 3.5)]
    settled(page, root, lambda: page.mouse.click(*where(4, 3.5)))
    expect_own_points(root, points, chosen=14)
    page.mouse.click(*where(4, 3.5))
    page.clock.run_for(500)
    expect_own_points(root, points, chosen=14)  # it is on the point


def test_no_point_appears_beside_the_plot_or_after_a_drag(hand):
    page, root, where = hand()
    for place in (-0.3, 2.0), (2.0, -0.4):
        page.mouse.click(*where(*place))
    page.mouse.move(*where(4, 3))
    page.mouse.down()
    page.mouse.move(*where(4.5, 4.5), steps=3)
    page.mouse.up()
    page.mouse.click(*where(4, 4), button="right")
    page.clock.run_for(500)
    expect_own_points(root, POINTS["outlier"])


def test_w_is_dragged_over_the_losses(hand):
    page, root, _ = hand()
    box, seen = root.locator("svg.explorable-canvas").bounding_box(), Seen(root)
    page.mouse.move(box["x"] + seen.across(3.0), box["y"] + seen.height - 60)
    page.mouse.down()
    page.mouse.move(box["x"] + seen.across(10.0) + 1, box["y"] + seen.height - 80, steps=4)
    settled(page, root, page.mouse.up)
    expect_own_points(root, POINTS["outlier"], 10.0)


def touches(page, *places):
    """A finger comes down, moves, and is lifted."""
    touch = page.context.new_cdp_session(page)
    for kind, place in [("touchStart", places[0]), *(("touchMove", p) for p in places[1:]), ("touchEnd", None)]:
        points = [dict(zip("xy", place))] if place else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_a_finger_moves_a_point_up_and_the_page_stands_still(hand):
    page, root, where = hand("phone")
    before = page.evaluate("scrollY")
    points = [*POINTS["outlier"]]
    path = [where(4.8, 1.9 + step / 4) for step in range(9)]
    settled(page, root, lambda: touches(page, *path))
    points[13] = (4.8, 3.9)
    seen = Seen(root)
    assert page.evaluate("scrollY") == pytest.approx(before, abs=1)
    assert np.allclose(seen.points, points, atol=0.06) and seen.chosen == 13


def test_a_finger_that_scrolls_over_an_empty_place_changes_nothing(hand):
    page, root, where = hand("phone")
    before = page.evaluate("scrollY")
    x, y = where(4.4, 3.2)
    touches(page, *((x + step / 2, y - 8 * step) for step in range(12)))
    page.wait_for_function("before => scrollY > before + 30", arg=before)
    page.clock.run_for(500)
    expect_own_points(root, POINTS["outlier"])
    assert NAME not in page.url


def test_a_finger_taps_a_point_into_an_empty_place(hand):
    page, root, where = hand("phone")
    settled(page, root, lambda: page.touchscreen.tap(*where(4, 3.5)))
    seen = Seen(root)
    assert len(seen.points) == 15 and np.allclose(seen.points[14], (4, 3.5), atol=0.06)


def test_two_fingers_leave_a_point_where_it_was(hand):
    """They zoom; the browser then cancels what the first has begun."""
    page, root, where = hand("phone")
    canvas = root.locator("svg.explorable-canvas")
    x, y = where(4.8, 1.9)
    how = {"bubbles": True, "pointerId": 1, "isPrimary": True, "buttons": 1, "pointerType": "touch"}
    canvas.evaluate("e => { e.setPointerCapture = () => {}; }")
    canvas.dispatch_event("pointerdown", {**how, "clientX": x, "clientY": y})
    settled(page, root, lambda: canvas.dispatch_event("pointermove", {**how, "clientX": x, "clientY": y - 60}))
    assert Seen(root).points[13][1] > 2.5
    settled(page, root, lambda: canvas.dispatch_event("pointercancel", how))
    canvas.dispatch_event("lostpointercapture", how)
    canvas.evaluate("e => { delete e.setPointerCapture; }")
    expect_own_points(root, POINTS["outlier"])


# Address


def test_the_address_carries_the_readers_picture(load, visit):
    page, root = visit(NAME)
    for label in "a step", "Add a point", "crowds":
        settled(page, root, root.get_by_role("button", name=label).click)
    step = POINTS["step"]
    mine = [*step, (2.5, round(20 * at(2.5, step, 3.0)) / 20)]
    settled(page, root, root.get_by_role("button", name="yours").click)
    query = urlsplit(page.url).query
    assert parse_qs(query)[f"{NAME}.points"] == [packed(mine)]
    fresh = start(load(f"?{query}"), NAME)
    expect_own_points(fresh, mine)
    assert pressed(fresh) == ["yours"]
    settled(page, root, root.get_by_role("button", name="Start again").click)
    assert not urlsplit(page.url).query


HOSTILE = [
    *("", "x", "toString", "__proto__", "constructor"),
    packed(POINTS["step"])[:-1],
    packed(POINTS["step"]).upper() + "A",
    packed([(1, 1)]),
    packed([(1, 1)] * 31),
    packed([(1, 1), (1, 5.05)]),
    "zzz" * 5,
    "-01" * 4,
    "%3Cb%3E" * 3,
]


@pytest.mark.parametrize("nonsense", HOSTILE, ids=range(len(HOSTILE)))
def test_points_that_are_none_are_ignored(visit, nonsense):
    page, root = visit(NAME, f"points={nonsense}&own={nonsense}&point=31&w=-1")
    expect_own_points(root, POINTS["outlier"])
    settled(page, root, root.get_by_role("button", name="yours").click)
    expect_own_points(root, POINTS["own"], chosen=2)


def test_points_that_are_none_are_ignored_when_the_page_comes(load):
    page = load(f"?{NAME}.points={HOSTILE[0]}&{NAME}.own={HOSTILE[0]}&{NAME}.point=31&{NAME}.w=-1")
    expect_own_points(start(page, NAME), POINTS["outlier"])


@pytest.mark.parametrize("nonsense", ["0", "1.5", "2e0", "-1", "valueOf"])
def test_a_point_that_is_none_is_ignored(visit, nonsense):
    _, root = visit(NAME, f"points=step&point={nonsense}")
    expect_own_points(root, POINTS["step"])


def test_a_point_beyond_the_last_is_the_last(visit):
    _, root = visit(NAME, f"points={packed([(1, 1), (2, 2), (2, 3)])}&point=30")
    assert Seen(root).chosen == 2
    assert input_of(root, "point").get_attribute("aria-valuetext") == "3 of 3"


# What the steps claim


def test_wild_glides_up_and_the_losses_follow(visit):
    page, root = visit(NAME, "points=tame")
    page.emulate_media(reduced_motion="no-preference")
    root.get_by_role("button", name="wild", exact=True).evaluate("button => button.click()")
    heights, bests = [], []
    for _ in range(10):
        page.clock.run_for(100)
        seen = Seen(root)
        assert np.allclose(without(seen.points, 7), without(POINTS["tame"], 7), atol=0.005), "only one moves"
        heights.append(seen.points[7][1])
        bests.append(seen.pixels["best"][0])
    assert heights == sorted(heights) and len(set(heights)) > 5
    assert bests == sorted(bests, reverse=True) and len({round(best) for best in bests}) > 4
    page.clock.run_for(1000)
    expect_own_points(root, POINTS["outlier"])


def misses(points, w):
    """The squared error of each point, answered by the others."""
    x, y = tensors(points)
    keys, values = leave_one_out(x, y)
    return ((attention_weights(x, keys, w) * values).sum(-1) - y) ** 2


def test_one_wild_point_makes_the_bell_wide_for_everybody(visit):
    page, root = visit(NAME)
    tame, wild = (fit_bandwidth(*tensors(POINTS[name])) for name in ("tame", "outlier"))
    assert tame > 3 * wild, "much larger"
    settled(page, root, root.get_by_role("button", name="in its row").click)
    expect_own_points(root, POINTS["tame"], best=tame)
    narrow, wide = (misses(POINTS["outlier"], w) for w in (10.0, wild))
    assert narrow.argsort(descending=True)[:3].sort().values.tolist() == [6, 7, 8], "the wild one and its neighbours"
    assert (narrow[[6, 8]] > 7 * wide[[6, 8]]).all(), "two neighbours are badly answered"
    grid = torch.linspace(0, 5, 501, dtype=torch.float64)
    shift = {
        w: [attention_pooling(grid, *tensors(POINTS[name]), w) for name in ("tame", "outlier")] for w in (10.0, 0.3)
    }
    damage = {w: (after - before).abs() for w, (before, after) in shift.items()}
    assert damage[10.0].max() > 2.5 and (damage[10.0] > 0.1).double().mean() < 0.15, (
        "it obeys the wild point, and near it"
    )
    assert damage[0.3].min() > 0.1 and damage[0.3].max() < 0.3, "a little to each"


def test_at_a_step_the_edge_decides(visit):
    page, root = visit(NAME)
    best = fit_bandwidth(*tensors(POINTS["step"]))
    settled(page, root, root.get_by_role("button", name="its best w").click)
    told = root.locator(".explorable-summary").inner_text()
    assert f"{written(best)}" == input_of(root, "w").get_attribute("aria-valuetext") and "No other w has less" in told
    x, y = tensors(POINTS["step"])
    halves = [(x[part], y[part]) for part in (slice(7), slice(7, 14))]
    assert [fit_bandwidth(*half) for half in halves] == [0, 0], "each half alone takes the plain average"
    gain = misses(POINTS["step"], 2.0) - misses(POINTS["step"], best)
    assert gain.argsort(descending=True)[:3].sort().values.tolist() == [6, 7, 8] and gain[9:].max() < 0, (
        "the edge decides"
    )
    flat = torch.linspace(2.9, 5, 401, dtype=torch.float64)
    wiggle = {w: attention_pooling(flat, x, y, w).diff().abs().sum() for w in (2.0, best)}
    assert wiggle[best] > 3 * wiggle[2.0], "the curve runs after the dots"


def test_in_the_gap_a_narrow_bell_jumps_in_the_middle(visit):
    page, root = visit(NAME)
    settled(page, root, root.get_by_role("button", name="the gap").click)
    points = POINTS["crowds"]
    expect_own_points(root, points, 10.0)
    middle = (points[6][0] + points[7][0]) / 2
    grid = torch.linspace(points[6][0], points[7][0], 2001, dtype=torch.float64)
    curve = attention_pooling(grid, *tensors(points), 10.0)
    halfway = grid[(curve - (points[6][1] + points[7][1]) / 2).abs().argmin()]
    climb = grid[(curve > points[6][1] + 0.1) & (curve < points[7][1] - 0.1)]
    assert halfway == pytest.approx(middle, abs=0.01), "exactly in the middle"
    assert climb.max() - climb.min() < 0.05, "a cliff"
    mine = [*points, (2.0, 1.2)]
    show(page, root, f"points={packed(mine)}&w=10&point=15")
    expect_own_points(root, mine, 10.0, chosen=14)
    moved = attention_pooling(grid, *tensors(mine), 10.0)
    assert abs(grid[(moved - 2.5).abs().argmin()] - middle) > 0.2, "a point in the gap moves it"


def test_copies_make_every_narrow_bell_perfect():
    x, y = tensors(POINTS["copied"])
    losses = [leave_one_out_loss(w, x, y).item() for w in (3.0, 10.0, 30.0, 100.0)]
    assert losses == sorted(losses, reverse=True) and losses[-1] < 1e-12
    assert leave_one_out_loss(30.0, x[::2], y[::2]) > 0.2, "without the copies it is not"
