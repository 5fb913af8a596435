"""Curve and heat map: the summary and the darkness of all 2000 cells against nwlesson's."""

import re

import numpy as np
import pytest
import torch
from explorable_pages import PAUSE, discs, double, input_of, minus, rows_of, settled
from torch import nn

from nwlesson import attention_pooling, attention_weights


def expect_curve_and_heatmap(root, x, w):
    """Compare the numbers of the summary and the darkness of all 2000 cells with nwlesson's."""
    keys, values, queries, y_truth = double()
    weights = attention_weights(queries, keys, w)
    own = attention_weights(torch.tensor([x]).double(), keys, w)[0]
    error = nn.functional.mse_loss(weights @ values, y_truth)
    summary = root.locator(".explorable-summary").inner_text()
    for text in (
        f"The query {x:.3f} is answered {minus(own @ values)}.",
        *(
            [
                f"hears about {1 / (own**2).sum():.1f} of the 50 points",
                f"the largest weight, {own.max():.3f}, belongs to the key {keys[own.argmax()]:.2f}.",
            ]
            if w
            else [f"Each of the 50 points has the weight {own[0]:.3f}."]
        ),
        f"Mean squared error: {error:.3f}.",
    ):
        assert text in summary
    order = (keys - x).abs().argsort(stable=True)
    near, far = order[:5], order[5:]
    sums = [[minus(own[ids].sum(), 3), "", minus((own * values)[ids].sum(), 3)] for ids in (far, order)]
    assert rows_of(root) == [
        *([minus(keys[i]), minus(own[i], 3), minus(values[i]), minus(own[i] * values[i], 3)] for i in near),
        ["45 others", *sums[0]],
        ["all", *sums[1]],
    ]
    paths = root.locator("[data-part=cells] path").evaluate_all("all => all.map(e => e.getAttribute('d'))")
    drawn = [path.count("M") for path in paths]
    levels = (weights**0.4 * 25 + 0.5).floor().long().flatten()
    assert drawn == torch.bincount(levels, minlength=26)[1:].tolist()


def test_curve_and_heatmap_by_keyboard_from_one_end_to_the_other(visit):
    page, root = visit("curve-and-heatmap")
    expect_curve_and_heatmap(root, 2.5, 1.0)
    input_of(root, "w").focus()
    assert "average pooling" in settled(page, root, lambda: page.keyboard.press("Home"))
    expect_curve_and_heatmap(root, 2.5, 0.0)
    assert "nearly alike" in settled(page, root, lambda: page.keyboard.press("ArrowRight"))
    expect_curve_and_heatmap(root, 2.5, 0.1)
    settled(page, root, lambda: [page.keyboard.press("ArrowRight") for _ in range(32)])
    expect_curve_and_heatmap(root, 2.5, 4.0)
    input_of(root, "x").focus()
    settled(page, root, lambda: page.keyboard.press("ArrowLeft"))
    expect_curve_and_heatmap(root, 2.375, 4.0)
    input_of(root, "w").focus()
    assert "nearest neighbour" in settled(page, root, lambda: page.keyboard.press("End"))
    expect_curve_and_heatmap(root, 2.375, 1000.0)


def test_curve_and_heatmap_by_mouse_picks_a_place_above_and_a_row_below(visit):
    page, root = visit("curve-and-heatmap", "w=4")
    canvas = root.locator("svg.explorable-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    left, right = box["x"] + 44, box["x"] + box["width"] - 20
    settled(page, root, lambda: page.mouse.click(left + (right - left) * 0.8, box["y"] + 100))
    expect_curve_and_heatmap(root, 4.0, 4.0)
    frame = root.locator("[data-part=axes-map] path").first.bounding_box()
    top, bottom = frame["y"], frame["y"] + frame["height"]
    settled(page, root, lambda: page.mouse.click(left + 20, top + (bottom - top) * 0.2))
    expect_curve_and_heatmap(root, 1.0, 4.0)
    frame = root.locator("[data-part=row]").bounding_box()
    assert frame["y"] < top + (bottom - top) * 0.2 < frame["y"] + frame["height"]


def finger(page):
    """Moves a finger that stays on the screen from call to call."""
    session = page.context.new_cdp_session(page)

    def touch(kind, x, y):
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    return touch


def test_a_finger_that_moves_up_or_down_on_the_map_chooses_a_row(visit):
    """And the page stays where it is, also when the finger goes on above the map; beside the map the page scrolls."""
    page, root = visit("curve-and-heatmap", "w=4", view="phone")
    root.locator("svg.explorable-canvas").evaluate("e => e.scrollIntoView({ block: 'center', behavior: 'instant' })")
    frame = root.locator("[data-part=axes-map] path").first.bounding_box()
    before, touch = page.evaluate("scrollY"), finger(page)
    x, top, tall = frame["x"] + frame["width"] / 2, frame["y"], frame["height"]
    settled(page, root, lambda: touch("touchStart", x, top + 0.8 * tall))
    expect_curve_and_heatmap(root, 4.0, 4.0)
    for place in 0.7, 0.5, 0.3:
        settled(page, root, lambda place=place: touch("touchMove", x, top + place * tall))
        expect_curve_and_heatmap(root, round(8 * 5 * place) / 8, 4.0)
    settled(page, root, lambda: touch("touchMove", x, top - 60))
    expect_curve_and_heatmap(root, 0.0, 4.0)
    touch("touchEnd", x, top)
    page.clock.run_for(PAUSE)
    assert page.evaluate("scrollY") == before
    x, y = frame["x"] - 10, top + 0.8 * tall  # the numbers of the axis
    assert page.evaluate("([x, y]) => document.elementFromPoint(x, y).closest('.upright')", [x, y]) is None
    touch("touchStart", x, y)
    for step in range(1, 12):
        touch("touchMove", x, y - 8 * step)
    touch("touchEnd", x, y)
    page.wait_for_function("before => scrollY > before + 30", arg=before)
    expect_curve_and_heatmap(root, 0.0, 4.0)


def test_the_map_leaves_most_of_the_screen_to_scroll(visit):
    page, root = visit("curve-and-heatmap", view="phone")
    area = root.locator(".upright").bounding_box()
    assert area["height"] < 0.3 * page.viewport_size["height"] and area["x"] > 40
    assert root.locator("[data-part=scale]").bounding_box()["y"] > area["y"] + area["height"]


def test_what_the_steps_of_curve_and_heatmap_say_is_true(visit):
    page, root = visit("curve-and-heatmap")
    keys, values, queries, y_truth = double()
    average, nearest, boundary = root.locator("button.try").all()
    settled(page, root, average.click)
    expect_curve_and_heatmap(root, 2.5, 0.0)
    settled(page, root, nearest.click)
    expect_curve_and_heatmap(root, 2.5, 1000.0)
    assert (attention_weights(queries, keys, 1000.0).max(dim=-1).values > 0.99).float().mean() > 0.9
    settled(page, root, boundary.click)
    expect_curve_and_heatmap(root, 0.0, 2.0)
    assert attention_pooling(queries, keys, values, 2.0)[0] > y_truth[0] + 0.5
    ws = [0.0, *(10**exponent for exponent in torch.linspace(-1, 3, 81).tolist())]
    errors = [nn.functional.mse_loss(attention_pooling(queries, keys, values, w), y_truth).item() for w in ws]
    assert 0 < errors.index(min(errors)) < len(ws) - 1
    assert min(errors) < 0.5 * min(errors[0], errors[-1])


def test_the_curve_at_the_right_end_is_a_staircase_through_the_points(visit):
    """As the answer to step 2 says: forty queries would miss points, and join others by slopes."""
    _, root = visit("curve-and-heatmap", "w=1000")
    keys, *_ = double()
    d = root.locator("[data-part=curve]").get_attribute("d")
    xs, ys = zip(*(map(float, place.split()) for place in re.split("[ML]", d)[1:]), strict=True)
    apart = (keys[:, None] - keys).abs().fill_diagonal_(1).min(dim=1).values > 1e-3  # others share a step
    points = [point for point, own in zip(discs(root, "points"), apart, strict=True) if own]
    misses = [abs(float(np.interp(x, xs, ys)) - y) for x, y, _ in points]
    assert len(misses) > 40 and max(misses) < 2
    slopes = [abs(b - a) for a, b, x, then in zip(ys, ys[1:], xs, xs[1:], strict=False) if then - x > 1.5]
    assert max(slopes) < 1, "what is not upright is level"


@pytest.mark.parametrize("view", ["desktop", "phone"])
def test_the_text_with_the_error_stands_where_the_question_says(visit, view):
    _, root = visit("curve-and-heatmap", view=view)
    assert root.get_by_text("the text below the figure tells the mean squared error").count() == 1
    canvas, summary = (root.locator(f".explorable-{part}").bounding_box() for part in ("canvas", "summary"))
    assert 0 <= summary["y"] - canvas["y"] - canvas["height"] < 20
    assert "Mean squared error: " in root.locator(".explorable-summary").inner_text()
