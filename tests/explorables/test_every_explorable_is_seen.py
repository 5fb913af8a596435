"""What is seen of every explorable: where it stands, how large it is, on paper, at 320 px, and that it is said, too."""

import re

import pytest
from explorable_pages import (
    CONTROLS,
    NAMES,
    VIEWS,
    controls_of,
    every_explorable,
    laid_out,
    resized,
    settled,
    start,
    unfold,
)

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("view", VIEWS)
def test_all_start_without_a_shift_and_fit(load, view):
    waiting = []  # for the script that starts them all, until the page without it is measured
    page = load(view=view, prepare=lambda page: page.route("**/explorable.js", lambda r: waiting.append(r)))
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    heights = "() => [...document.querySelectorAll('.explorable')].map(root => root.offsetHeight)"
    before = page.evaluate(heights)
    for route in waiting:
        route.continue_()
    page.unroute("**/explorable.js")
    for name in NAMES:
        start(page, name)
    resized(page)
    assert page.evaluate("window.shifts") == []
    grown = [abs(after - at_first) for after, at_first in zip(page.evaluate(heights), before, strict=True)]
    assert max(grown) <= 1, "what shifts out of sight, beyond a rounded pixel"
    assert page.evaluate(TOO_WIDE) <= 0
    shown = "pictures => pictures.filter(picture => picture.checkVisibility()).length"
    assert page.locator(".explorable-static svg").count() >= len(NAMES)
    assert page.locator(".explorable-static svg").evaluate_all(shown) == 0, "what has been replaced takes no time"
    for name in NAMES:
        root = page.locator(f"#explore-{name}")
        for box in root.locator(".control").all():
            assert box.locator(CONTROLS).count(), f"{name}: a place that no control has taken"
        heights = [root.locator(f".explorable-{part}").bounding_box()["height"] for part in ("figure", "canvas")]
        assert heights[0] == pytest.approx(heights[1], abs=1), f"{name}: what stands still needs no room of its own"
        inside = root.bounding_box()
        for part in root.locator(".explorable-below > *").all():
            box = part.bounding_box()
            assert box["x"] >= inside["x"] - 1 and box["x"] + box["width"] <= inside["x"] + inside["width"] + 1, name


# The words in the head of a table that are broken in two.
BROKEN = """heads => heads.flatMap(({ firstChild }) => [...firstChild.data.matchAll(/\\S+/g)].filter(word => {
    const text = document.createRange();
    text.setStart(firstChild, word.index);
    text.setEnd(firstChild, word.index + word[0].length);
    return text.getClientRects().length > 1;
}).map(String))"""


def height(element):
    return element.bounding_box()["height"]


@every_explorable
def test_controls_have_names_and_are_large_enough_for_a_finger(visit, name):
    _, root = visit(name, view="phone")
    unfold(root)
    for control in controls_of(root).all():
        assert control.evaluate("e => e.labels?.[0]?.innerText || e.innerText").strip()
        box = control.bounding_box()
        assert box["width"] >= 24 and box["height"] >= 24
    assert [box for box in map(height, root.locator("button.try").all()) if box < 44] == []
    assert root.locator("thead th").evaluate_all(BROKEN) == []


# How high the place of a drawing is, and whether what is in it is laid out.
PLACE = """figure => [
    figure.getBoundingClientRect().height,
    figure.querySelector("text").checkVisibility({ contentVisibilityAuto: true }),
]"""


@pytest.mark.parametrize("view", ["desktop", "phone"])
def test_a_far_drawing_is_not_laid_out_and_its_place_is_kept(load, view):
    page = load(view=view)
    for name in NAMES:
        start(page, name)
    figures = page.locator(".explorable-figure")
    near = []
    for figure in figures.all():
        figure.scroll_into_view_if_needed()
        laid_out(page)
        near.append(figure.evaluate(PLACE))
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    laid_out(page)
    far = [figure.evaluate(PLACE) for figure in figures.all()]
    assert [high for high, _ in far] == pytest.approx([high for high, _ in near], abs=0.5)
    assert all(seen for _, seen in near)
    assert not any(seen for _, seen in far[3:]), "those at the top are near"


@every_explorable
def test_on_paper_the_figure_stands_still(visit, name):
    page, root = visit(name)
    assert not root.locator(".explorable-static svg").is_visible()
    page.emulate_media(media="print")
    assert root.locator(".explorable-static svg").is_visible()
    assert root.locator("svg.explorable-canvas").is_hidden()
    assert not root.locator(".control").first.is_visible()


# What is wider than its explorable: words in the drawing, controls, buttons in the text; code and formulas may scroll.
OUTSIDE = """root => {
    const frame = root.getBoundingClientRect();
    const out = ({ left, right, width }) => width && (left < frame.left - 2 || right > frame.right + 2);
    // Where a formula is wider than the window, its paragraph scrolls.
    const ours = ":not(svg, svg *, pre *, math, math *, .whole:has(math))";
    const parts = [...root.querySelectorAll(`svg.explorable-canvas text, ${ours}`)];
    return parts.filter(part => out(part.getBoundingClientRect())).map(part => part.textContent.slice(0, 40));
}"""


@every_explorable
def test_follows_the_window(visit, name):
    page, root = visit(name)
    page.set_viewport_size({"width": 320, "height": 640})
    resized(page)
    canvas = root.locator("svg.explorable-canvas")
    width, height = canvas.evaluate("svg => [svg.clientWidth, svg.clientHeight]")
    assert width < 320 and canvas.get_attribute("viewBox") == f"0 0 {width} {height}"
    unfold(root)
    assert root.evaluate(OUTSIDE) == []
    assert page.evaluate(TOO_WIDE) <= 0


@every_explorable
def test_fits_a_phone_with_letters_twice_as_large(visit, name):
    page, root = visit(name, view="phone")
    unfold(root)
    page.evaluate("document.documentElement.style.fontSize = '32px'")
    resized(page)
    assert root.evaluate(OUTSIDE) == []
    assert root.evaluate("root => root.scrollWidth <= root.clientWidth")


@pytest.mark.parametrize(
    ("state", "part"), [("one-query.x=5", "grip"), ("three-people.q=5", "grip"), ("curve-and-heatmap.x=4.875", "grips")]
)
def test_the_grip_is_whole_at_the_end_of_the_axis(visit, state, part):
    name, state = state.split(".", 1)
    _, root = visit(name, state, view="phone")
    right = root.locator(f"[data-part={part}]").evaluate("e => e.getBBox().x + e.getBBox().width")
    assert right <= root.locator("svg.explorable-canvas").evaluate("e => e.viewBox.baseVal.width")


SEEN = """([box, ...parts]) => {
    const top = Math.max(0, document.querySelector(".mobile-header")?.getBoundingClientRect().bottom ?? 0);
    return [box, ...parts].map(e => {
        const { top: above, bottom } = e.getBoundingClientRect();
        return above >= top - 1 && bottom <= innerHeight + 1;
    });
}"""


@pytest.mark.parametrize("size", [(1280, 800), (360, 740)], ids=str)
@every_explorable
def test_figure_question_and_verdict_are_on_the_screen_together(visit, name, size):
    page, root = visit(name, view="phone" if size[0] < 500 else "desktop")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    resized(page)
    unfold(root)
    canvas, summary = (root.locator(f".explorable-{part}").element_handle() for part in ("canvas", "summary"))
    for button in root.locator("li > p > button.try").all():
        settled(page, root, lambda button=button: [button.focus(), page.keyboard.press("Enter")])
        question = button.locator("xpath=..").element_handle()
        seen = page.evaluate(SEEN, [canvas, summary, question])
        assert seen == [True] * 3, button.inner_text()


# Not looked at: the numbers of axes, colour scales, levels and epochs, which are names.
DRAWN = """svg => [...svg.querySelectorAll(
    ":scope > *:not([data-part^=axes], [data-part^=scale], [data-part=names], [data-part=epoch-numbers])"
)].map(part => part.textContent === "" ? [] : [part, ...part.querySelectorAll("*")]
    .filter(element => !element.childElementCount).map(element => element.textContent)).flat()"""
NUMBER = r"(?<![\w^])[−-]?(?:\d+(?:\.\d+)?|∞)(?![\w×])"
NO_NUMBERS = {"curve-and-heatmap"}


def numbers_in(texts):
    return [number.replace("−", "-") for text in texts for number in re.findall(NUMBER, text)]


def is_told(number, told):
    """A text may be more exact than the drawing."""
    digits = len(number.partition(".")[2])
    return number in told or ("∞" not in number and any(f"{float(one):.{digits}f}" == number for one in told))


@every_explorable
def test_every_number_that_is_drawn_stands_in_a_text_too(visit, name):
    """After the start and after each {try}, in the summary, the table or beside a control."""
    page, root = visit(name)
    unfold(root)
    looked = 0
    for press in [None, *(button.click for button in root.locator("button.try").all())]:
        if press:
            settled(page, root, press)
        drawn = numbers_in(root.locator("svg.explorable-canvas").evaluate(DRAWN))
        boxes = root.locator(".explorable-summary, .explorable-below, .explorable-controls output")
        told = set(numbers_in(boxes.all_inner_texts()))
        assert [
            number for number in drawn if not is_told(number, told - {"∞", "-∞"} if "∞" not in number else told)
        ] == []
        looked += len(drawn)
    assert bool(looked) == (name not in NO_NUMBERS)
