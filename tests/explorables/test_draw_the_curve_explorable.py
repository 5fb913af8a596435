"""Draw the curve: strokes, keys, address, the saved picture; the truth stays hidden; errors against nwlesson's."""

import io
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import torch
from explorable_pages import close, double, input_of, minus, resized, rows_of, settled, show
from PIL import Image, ImageChops, ImageColor

from nwlesson import attention_pooling, fit_bandwidth, truth
from nwlesson.palette import PALETTE

NAME = "draw-the-curve"
KNOTS = np.arange(21) / 4
FLAT = "".join(["42"] * 21)  # a height of 1.46 everywhere


def packed(heights):
    return "".join(np.base_repr(round(100 * height), 36).lower().zfill(2) for height in heights)


def error_of(heights):
    _, _, queries, y_truth = double()
    return float(np.mean((np.interp(queries.numpy(), KNOTS, heights) - y_truth.numpy()) ** 2))


def errors_of_methods():
    x, y, queries, y_truth = double()
    best = fit_bandwidth(x, y)
    return best, [((attention_pooling(queries, x, y, w) - y_truth) ** 2).mean().item() for w in (0.0, 1.0, best)]


def drawn_heights(root):
    """The heights of the curve as the figure shows it."""
    ys, top, bottom = root.locator("svg.explorable-canvas").evaluate(
        """svg => {
            const [top, height] = ["y", "height"].map(a => +svg.querySelector("[data-part=area]").getAttribute(a));
            const knots = [...svg.querySelector("[data-part=knots]").children];
            return [knots.map(e => +e.getAttribute("cy")), top, top + height];
        }"""
    )
    return [5 * (bottom - y) / (bottom - top) for y in ys]


@pytest.fixture
def pen(visit):
    """A view of the figure, and where in the window a place of its plot is."""

    def take(view="desktop"):
        page, root = visit(NAME, view=view)
        area = root.locator("[data-part=area]")
        area.evaluate("e => e.scrollIntoView({ block: 'center', behavior: 'instant' })")
        left, top, width, height = area.evaluate(
            """e => {
                const [x, y, width, height] = ["x", "y", "width", "height"].map(name => +e.getAttribute(name));
                const { left, top } = e.ownerSVGElement.getBoundingClientRect();
                return [left + x, top + y, width, height];
            }"""
        )

        def at(x, y):
            return left + width * x / 5, top + height * (1 - y / 5)

        return page, root, at

    return take


# The mathematics


def test_a_line_from_point_to_point_is_numpys(maths):
    ys = np.random.default_rng(0).normal(size=21)
    x = np.linspace(0, 5, 201)
    argument = {"knots": KNOTS.tolist(), "ys": ys.tolist(), "x": x.tolist()}
    close(maths("(m, a) => a.x.map(x => m.interpolate(a.knots, a.ys, x))", argument), np.interp(x, KNOTS, ys).tolist())


def stroke(maths, heights, *pen):
    argument = {"xs": KNOTS.tolist(), "heights": list(heights), "pen": pen}
    return maths(
        "(m, a) => a.pen.slice(1).reduce((heights, to, i) => m.stroke(a.xs, heights, a.pen[i], to), a.heights)",
        argument,
    )


@pytest.mark.parametrize("way", [1, -1], ids=["to the right", "to the left"])
def test_a_quick_stroke_leaves_no_holes(maths, way):
    after = stroke(maths, [0.0] * 21, *[(0.1, 1.0), (4.9, 4.0)][::way])
    passed = (KNOTS >= 0.1) & (KNOTS <= 4.9)
    close(after, np.where(passed, np.interp(KNOTS, [0.1, 4.9], [1.0, 4.0]), 0).tolist())


def test_the_nearest_height_follows_the_pen_until_it_leaves(maths):
    assert stroke(maths, [0.0] * 21, (1.05, 2.0), (1.05, 3.0))[4] == 3, "straight up"
    assert stroke(maths, [0.0] * 21, (0.9, 2.0), (0.95, 3.0))[4] == 3, "on its way"
    assert stroke(maths, [0.0] * 21, (1.05, 2.0), (1.1, 2.2))[4] == 0, "leaving"
    slow = [(x / 100, 1 + x / 100) for x in range(10, 491)]
    after = np.array(stroke(maths, [0.0] * 21, *slow))
    assert np.allclose(after[1:20], 1 + KNOTS[1:20]), "a slow stroke ends where a quick one does"


# What the reader sees


def test_it_says_something_before_it_is_touched_and_nothing_of_the_truth(visit):
    page, root = visit(NAME)
    _, y, *_ = double()
    summary = root.locator(".explorable-summary").inner_text()
    assert f"plain average: {minus(y.mean())} everywhere" in summary
    assert np.allclose(drawn_heights(root), y.mean(), atol=0.01)
    show(page, root, f"curve={FLAT}")
    best, errors = errors_of_methods()
    words = root.locator(".explorable-summary, .explorable-below").all_inner_texts()
    shown = " ".join([*words, *root.locator("svg.explorable-canvas text").all_text_contents()])
    for secret in [*errors, error_of([1.46] * 21)]:
        assert minus(secret, 3) not in shown
    assert minus(best) not in shown
    assert {row[1] for row in rows_of(root)} == {"?"}
    drawn = root.locator("[data-part=truth], [data-part=distances], [data-part=one], [data-part=best]")
    assert [one.get_attribute("d") for one in drawn.all()] == [""] * 4
    assert root.locator("[data-part=names] text").all_text_contents() == ["▸ you"]


@pytest.mark.parametrize("at", [0.0, 3.25, 5.0])
def test_who_moves_the_place_hears_where_the_dots_are(visit, at):
    page, root = visit(NAME)
    x, y, *_ = double()
    near = y[(x - at).abs().argsort()[:5]]
    show(page, root, f"place={at}")
    heard = root.locator(".explorable-live").inner_text()
    assert f"Dots nearby: {minus(near.min())} to {minus(near.max())}." in heard
    assert len(heard.split()) <= 20


ATTEMPTS = {
    "beats nobody": [5.0] * 21,
    "the average": np.where(KNOTS < 3, 2.9, 1.6).tolist(),
    "attention with w = 1": (truth(torch.tensor(KNOTS)).numpy() + 0.4).clip(0, 5).tolist(),
    "all": truth(torch.tensor(KNOTS)).tolist(),
}


@pytest.mark.parametrize("beaten", range(4), ids=list(ATTEMPTS))
def test_errors_are_nwlessons_and_the_sentence_says_who_is_beaten(visit, beaten):
    page, root = visit(NAME)
    heights = [round(height, 2) for height in list(ATTEMPTS.values())[beaten]]
    summary = show(page, root, f"curve={packed(heights)}&compare=true")
    best, errors = errors_of_methods()
    mine = error_of(heights)
    assert sum(mine < error for error in errors) == beaten, "the attempt of this test"
    last = f"attention, best w = {minus(best)} (lesson 13)"
    names = ["▸ your curve", "plain average (lesson 2)", "attention, w = 1 (lesson 4)", last]
    wanted = sorted(zip([mine, *errors], names))
    assert rows_of(root) == [[name, minus(error, 3)] for error, name in wanted]
    assert f"mean squared error is {minus(mine, 3)}." in summary
    said = ["Even the plain average", "beat the plain average", "beat attention with w = 1", "beat all three"][beaten]
    assert said in summary and minus(errors[min(beaten, 2)], 3) in summary
    assert f"error: {minus(mine, 3)}" in root.locator("[data-part=score]").text_content()


def test_it_says_where_the_curve_is_farthest_off(visit):
    page, root = visit(NAME)
    heights = truth(torch.tensor(KNOTS)).tolist()
    heights[10] += 1
    summary = show(page, root, f"curve={packed(heights)}&compare=true")
    assert "farthest off near x = 2.5" in summary


def test_the_lines_are_the_truth_and_the_two_methods(visit):
    page, root = visit(NAME)
    show(page, root, "compare=true")
    x, y, *_ = double()
    best, _ = errors_of_methods()
    grid = torch.arange(101).double() / 20
    area = root.locator("[data-part=area]").evaluate("e => ['y', 'height'].map(a => +e.getAttribute(a))")
    for part, expected in {
        "truth": truth(grid),
        "one": attention_pooling(grid, x, y, 1.0),
        "best": attention_pooling(grid, x, y, best),
    }.items():
        d = root.locator(f"[data-part={part}]").get_attribute("d")
        ys = [float(place.split(" ")[1]) for place in d.replace("M", "L").split("L")[1:]]
        assert np.allclose([5 * (sum(area) - y) / area[1] for y in ys], expected, atol=0.01), part
    texts = root.locator("[data-part=names] text").all()
    assert {text.text_content() for text in texts} == {"truth", "w = 1", f"w = {minus(best)}", "average"}
    heights = sorted(float(text.get_attribute("y")) for text in texts)
    assert min(np.diff(heights)) >= 14, "no name upon another"
    dashes = {
        text: lead.get_attribute("stroke-dasharray")
        for text, lead in zip(
            root.locator("[data-part=names] text").all_text_contents(), root.locator("[data-part=leads] path").all()
        )
    }
    lines = [root.locator(f"[data-part={part}]").get_attribute("stroke-dasharray") for part in ("one", "best")]
    assert [dashes["w = 1"], dashes[f"w = {minus(best)}"]] == lines and lines[0] != lines[1], (
        "two thin lines, told apart"
    )


def test_the_names_have_room_on_a_phone(visit):
    page, root = visit(NAME, view="phone")
    show(page, root, "compare=true")
    canvas = root.locator("svg.explorable-canvas").bounding_box()
    for name in root.locator("[data-part=names] text").all():
        box = name.bounding_box()
        assert box["x"] + box["width"] <= canvas["x"] + canvas["width"]


def test_compared_without_a_stroke_it_is_the_average(visit):
    page, root = visit(NAME)
    summary = show(page, root, "compare=true")
    _, errors = errors_of_methods()
    assert "not drawn yet" in summary and minus(errors[0], 3) in summary
    assert [row[1] for row in rows_of(root)].count(minus(errors[0], 3)) == 2


def test_the_curve_that_obeys_the_dots_does_what_the_answer_says(visit):
    page, root = visit(NAME)
    settled(page, root, root.locator("button.try").first.click)
    x, y, *_ = double()
    nearest = [y[(x - knot).abs().argmin()].item() for knot in KNOTS]
    assert np.allclose(drawn_heights(root), nearest, atol=0.02)
    _, (average, _, best) = errors_of_methods()
    assert 3 * best < error_of(nearest) < average / 3, "much worse than the best, much better than the average"


def test_what_the_answers_say_of_the_dots_and_the_hill():
    x, y, *_ = double()
    side = (y > truth(x)).tolist()
    assert any(len(set(side[i : i + 4])) == 1 for i in range(47)), "a few neighbours on the same side"
    top = torch.tensor([1.9]).double()
    assert attention_pooling(top, x, y, 1.0) < truth(top) - 0.4, "far below the top of the hill"


# Hands


def test_by_keys_alone(visit):
    page, root = visit(NAME)
    place, height = input_of(root, "place"), input_of(root, "height")
    place.focus()
    settled(page, root, lambda: [page.keyboard.press("ArrowLeft") for _ in range(8)])
    assert place.get_attribute("aria-valuetext") == "1.50"
    page.keyboard.press("Tab")
    assert height.evaluate("e => e === document.activeElement")
    summary = settled(page, root, lambda: [page.keyboard.press("ArrowUp") for _ in range(3)])
    assert height.get_attribute("aria-valuetext") == "2.60 at x = 1.50" and "2.60" in summary
    heights = drawn_heights(root)
    _, y, *_ = double()
    assert heights[6] == pytest.approx(2.6, abs=0.01)
    assert np.allclose(np.delete(heights, 6), y.mean(), atol=0.01)
    for key in "Tab", "Enter":
        page.keyboard.press(key)
    page.clock.run_for(500)
    assert root.get_by_role("button", name="Compare", pressed=True).count() == 1
    assert "You beat" in root.locator(".explorable-summary").inner_text()


def test_a_spoken_step_is_short(visit):
    page, root = visit(NAME)
    for state in f"curve={FLAT}", f"curve={FLAT}&compare=true", "compare=true", "curve=dots&compare=true":
        assert len(show(page, root, state).split()) <= 28


def test_a_stroke_of_the_mouse_leaves_no_holes(pen):
    page, root, at = pen()
    page.mouse.move(*at(0.02, 1))
    page.mouse.down()
    page.mouse.move(*at(2.5, 4), steps=2)
    page.mouse.move(*at(4.98, 2), steps=1)
    settled(page, root, page.mouse.up)
    heights = drawn_heights(root)
    assert np.allclose(heights[1:20], np.interp(KNOTS, [0, 2.5, 5], [1, 4, 2])[1:20], atol=0.06)
    page.mouse.move(*at(2.5, 0.5))
    assert drawn_heights(root) == heights, "nothing is drawn after the button is up"


def test_a_stroke_may_leave_the_plot(pen):
    page, root, at = pen()
    page.mouse.move(*at(4, 3))
    page.mouse.down()
    page.mouse.move(*at(6, 9), steps=4)
    settled(page, root, page.mouse.up)
    heights = drawn_heights(root)
    assert np.allclose(heights[16:], np.minimum(3 + 3 * (KNOTS[16:] - 4), 5), atol=0.15)
    assert input_of(root, "place").get_attribute("aria-valuetext") == "5.00"


def swipe(page, *places):
    touch = page.context.new_cdp_session(page)
    for kind, at in [("touchStart", places[0]), *(("touchMove", place) for place in places[1:]), ("touchEnd", None)]:
        points = [dict(zip("xy", at))] if at else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_a_finger_draws_a_steep_stroke_and_the_page_stands_still(pen):
    page, root, at = pen("phone")
    before = page.evaluate("scrollY")
    wanted = [(-0.1, 0.3), (0.1, 1.0), (0.4, 3.0), (1.0, 4.0), (2.0, 3.5)]
    settled(page, root, lambda: swipe(page, *(at(*place) for place in wanted)))
    assert page.evaluate("scrollY") == pytest.approx(before, abs=2)
    assert np.allclose(drawn_heights(root)[1:9], np.interp(KNOTS, *zip(*wanted))[1:9], atol=0.2)


def test_a_finger_pulls_a_height_down_though_it_is_not_quite_upright(pen):
    page, root, at = pen("phone")
    pulled = [(3 + step / 100, 4 - 3 * step / 10) for step in range(11)]
    settled(page, root, lambda: swipe(page, *(at(*place) for place in pulled)))
    assert drawn_heights(root)[12] == pytest.approx(1, abs=0.05)


def test_a_finger_beside_the_plot_scrolls_and_draws_nothing(pen):
    page, root, at = pen("phone")
    heights, before = drawn_heights(root), page.evaluate("scrollY")
    x, y = at(-0.5, 2)
    swipe(page, *((x + step / 2, y - 8 * step) for step in range(12)))
    page.wait_for_function("before => scrollY > before + 30", arg=before)
    assert drawn_heights(root) == heights


@pytest.mark.parametrize("view", ["phone", "tiny"])
def test_there_is_room_to_scroll_beside_the_plot(visit, view):
    page, root = visit(NAME, view=view)
    for height in page.viewport_size["height"], 320:
        page.set_viewport_size({"width": page.viewport_size["width"], "height": height})
        resized(page)
        assert root.locator("[data-part=area]").bounding_box()["height"] <= 0.6 * height


def test_two_fingers_draw_nothing(pen):
    """They zoom; the browser then cancels the stroke of the first."""
    page, root, at = pen("phone")
    heights = drawn_heights(root)
    area = root.locator("[data-part=area]")
    x, y = at(2, 4)
    how = {"bubbles": True, "clientX": x, "clientY": y, "pointerId": 1, "isPrimary": True, "buttons": 1}
    area.evaluate("e => { e.setPointerCapture = () => {}; }")
    settled(page, root, lambda: area.dispatch_event("pointerdown", how))
    assert drawn_heights(root)[8] == pytest.approx(4, abs=0.05)
    area.dispatch_event("pointermove", {**how, "pointerId": 2, "clientX": at(4, 4)[0]})
    settled(page, root, lambda: area.dispatch_event("pointercancel", how))
    area.evaluate("e => { delete e.setPointerCapture; }")
    assert drawn_heights(root) == heights


# Address, Back, picture


def test_the_address_keeps_the_curve(load, pen):
    page, root, at = pen()
    page.mouse.move(*at(1, 1))
    page.mouse.down()
    page.mouse.move(*at(4, 4), steps=5)
    page.mouse.up()
    settled(page, root, root.get_by_role("button", name="Compare").click)
    query = urlsplit(page.url).query
    assert len(parse_qs(query)[f"{NAME}.curve"][0]) == 42
    heights, rows = drawn_heights(root), rows_of(root)
    fresh = load(f"?{query}")
    again = fresh.locator(f"#explore-{NAME}.running")
    again.wait_for()
    assert np.allclose(drawn_heights(again), heights, atol=0.011)
    assert rows_of(again) == rows
    settled(page, root, root.get_by_role("button", name="Try again").click)
    assert not urlsplit(page.url).query
    assert "plain average" in root.locator(".explorable-summary").inner_text()
    assert [row[1] for row in rows_of(root)] == ["?"] * 4


@pytest.mark.parametrize(
    "nonsense", ["x", FLAT[:-1], FLAT + "00", FLAT.replace("4", "-"), "zz" * 21, FLAT.upper() + "A"]
)
def test_a_curve_that_is_none_is_ignored(load, nonsense):
    page = load(f"?{NAME}.curve={nonsense}&{NAME}.compare=perhaps")
    root = page.locator(f"#explore-{NAME}.running")
    root.wait_for()
    assert "plain average" in root.locator(".explorable-summary").inner_text()
    assert [row[1] for row in rows_of(root)] == ["?"] * 4


def test_back_brings_the_readers_own_curve_again(visit):
    page, root = visit(NAME, f"curve={FLAT}")
    heights = drawn_heights(root)
    settled(page, root, root.locator("button.try").first.click)
    assert not np.allclose(drawn_heights(root), heights, atol=0.1)
    settled(page, root, page.go_back)
    assert drawn_heights(root) == heights


@pytest.mark.parametrize("view", ["desktop", "dark"])
def test_the_picture_that_is_saved_is_the_drawing(visit, view):
    page, root = visit(NAME, view=view)
    with page.expect_download() as empty:
        root.get_by_role("button", name="Save").click()
    show(page, root, f"curve={FLAT}&compare=true")
    with page.expect_download() as full:
        root.get_by_role("button", name="Save").click()
    assert full.value.suggested_filename == "draw-the-curve.png"
    pictures = [Image.open(io.BytesIO(one.value.path().read_bytes())).convert("RGB") for one in (empty, full)]
    width, height = (int(part) for part in root.locator("svg.explorable-canvas").get_attribute("viewBox").split()[2:])
    tone = "dark" if view == "dark" else "light"
    for picture in pictures:
        assert picture.size == (3 * width, 3 * height)
    truths = [colour_share(picture, getattr(PALETTE["truth"], tone)) for picture in pictures]
    assert truths[0] < truths[1] / 5 and truths[1] > 0.001, "the truth is drawn only when it is compared"
    for role in "value", "prediction", "query":
        assert colour_share(pictures[1], getattr(PALETTE[role], tone)) > 0.0002, role
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert pictures[1].getpixel((3, 3)) == ImageColor.getrgb(paper)


def colour_share(picture, colour):
    """How much of a picture has nearly this colour."""
    plain = Image.new("RGB", picture.size, colour)
    far = np.asarray(ImageChops.difference(picture, plain)).max(axis=2)
    return (far < 12).mean()
