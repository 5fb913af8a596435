"""Home: the figure, what it is for and where to begin are on one screen; the query sweeps once, until it is touched."""

import pytest
from explorable_pages import input_of, resized, start

HOME = "index.html"


@pytest.mark.parametrize(("view", "height"), [("desktop", 800), ("phone", 740)])
def test_home_is_one_screen(load, view, height):
    page = load(where=HOME, view=view)
    page.set_viewport_size({"width": page.viewport_size["width"], "height": height})
    root = start(page, "one-query")
    page.evaluate("scrollTo(0, 0)")
    for part in (
        page.locator("h1"),
        root.locator("svg.explorable-canvas"),
        input_of(root, "x"),
        page.locator(".begin a"),
    ):
        box = part.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= height, part
    assert root.locator(".control").count() == 1, "one thing to do"
    assert root.locator("table, li").count() == 0


@pytest.mark.parametrize("view", ["desktop", "phone"])
def test_both_figures_start_without_a_shift(load, view):
    waiting = []  # for the script that starts them, until the page without it is measured
    page = load(where=HOME, view=view, prepare=lambda page: page.route("**/explorable.js", lambda r: waiting.append(r)))
    heights = "() => [...document.querySelectorAll('.explorable')].map(root => root.offsetHeight)"
    before = page.evaluate(heights)
    for request in waiting:
        request.continue_()
    page.unroute("**/explorable.js")
    for name in "one-query", "real-head":
        start(page, name)
    resized(page)
    assert page.evaluate(heights) == pytest.approx(before, abs=1), "beyond a rounded pixel"


@pytest.fixture
def home(load):
    """Home with motion. Its figure gets its module when the clock stands: on a busy machine the sweep would be over."""
    module, held = "**/one-query.js", []
    page = load(
        where=HOME, reduced_motion="no-preference", prepare=lambda page: page.route(module, lambda r: held.append(r))
    )
    for request in held:
        request.continue_()
    page.unroute(module)
    return page, start(page, "one-query")


def test_the_query_sweeps_once_and_is_back_where_it_was(home):
    page, root = home
    seen = []
    for _ in range(70):
        page.clock.run_for(100)
        seen.append(float(root.locator("output").inner_text()))
    assert min(seen) < 0.3 and max(seen) > 4.7, "it shows both ends"
    assert seen[-1] == 2.5 and seen[-5:] == [2.5] * 5
    assert root.locator(".explorable-live").text_content() == "", "nobody has asked, so nothing is said"
    assert "one-query" not in page.url


def test_a_touch_stops_the_sweep(home):
    page, root = home
    page.clock.run_for(1000)
    input_of(root, "x").press("ArrowRight")
    page.clock.run_for(50)
    there = root.locator("output").inner_text()
    page.clock.run_for(3000)
    assert root.locator("output").inner_text() == there != "2.50"


@pytest.mark.parametrize("query", ["?one-query.x=4", ""])
def test_nothing_moves_that_the_reader_has_sent_or_does_not_want(load, query):
    page = load(query, where=HOME, reduced_motion="no-preference" if query else "reduce")
    root = start(page, "one-query")
    for _ in range(5):
        page.clock.run_for(500)
        assert root.locator("output").inner_text() == ("4.00" if query else "2.50")
