"""One query: its numbers on the screen against nwlesson's; keys, mouse, finger and large letters move it."""

import re

import pytest
import torch
from explorable_pages import discs, double, input_of, minus, resized, rows_of, settled, start

from nwlesson import attention_pooling, attention_weights, kernels, truth


def look(root):
    """What the reader of `one-query` sees: the number at the diamond, and the table's rows by name."""
    return root.locator("[data-part=answer]").text_content(), rows_of(root)


def expect_one_query(root, x, w, kernel="gaussian"):
    """Compare all numbers on the screen with nwlesson's."""
    keys, values, *_ = double()
    weights = attention_weights(torch.tensor([x]).double(), keys, w, kernel=getattr(kernels, kernel))[0]
    nearest = (keys - x).abs().argsort()[:5]
    at_diamond, rows = look(root)
    assert at_diamond == minus(weights @ values)
    assert [(row[0], row[3], row[4], row[5]) for row in rows[:5]] == [
        (minus(keys[i]), minus(weights[i], 3), minus(values[i]), minus(weights[i] * values[i], 3)) for i in nearest
    ]
    assert [row[1] for row in rows[:5]] == [minus(x - keys[i]) for i in nearest]
    u = (x - keys) * w
    count = kernels.log_gaussian(u) if kernel == "gaussian" else getattr(kernels, kernel)(u)
    assert [row[2] for row in rows[:5]] == [minus(count[i]) for i in nearest]
    total = (count.exp() if kernel == "gaussian" else count).sum()
    written = minus(total) if total >= 0.01 else re.sub("e-0*", "e−", f"{total:.2e}")
    assert f"/ {written}, which" in root.locator("caption").inner_text(), "what a weight is divided by"
    others = 1 - weights[nearest].sum()
    assert rows[5][3] == minus(others, 3)
    assert rows[6][3] == "1.000" and rows[6][5] == minus(weights @ values, 3)
    told = f"The nearest, at {minus(keys[nearest[0]])}, has the weight {minus(weights[nearest[0]], 3)}."
    assert told in root.locator(".explorable-summary").inner_text()
    bars = re.findall(r"V(\S+)h3V(\S+)z", root.locator("[data-part=weights]").get_attribute("d"))
    heights = torch.tensor([float(foot) - float(top) for top, foot in bars]).double()
    area = torch.tensor([r for _, _, r in discs(root, "points")]).double() ** 2
    assert torch.allclose(heights / heights.sum(), weights, atol=1e-3)
    assert torch.allclose((area - 6) / (area - 6).sum(), weights, atol=1e-3), "the area above the smallest dot's"


def test_one_query_by_keyboard(visit):
    page, root = visit("one-query")
    expect_one_query(root, 2.5, 4.0)
    input_of(root, "x").focus()
    summary = settled(page, root, lambda: [page.keyboard.press("ArrowRight") for _ in range(3)])
    expect_one_query(root, 2.65, 4.0)
    assert root.locator("output").first.inner_text() == "2.65"
    assert input_of(root, "x").get_attribute("aria-valuetext") == "2.65"
    assert "2.65" in summary and minus(truth(torch.tensor(2.65))) in summary
    settled(page, root, lambda: page.keyboard.press("Home"))
    expect_one_query(root, 0.0, 4.0)
    input_of(root, "w").focus()
    settled(page, root, lambda: page.keyboard.press("End"))
    expect_one_query(root, 0.0, 100.0)
    settled(page, root, lambda: page.keyboard.press("Home"))
    expect_one_query(root, 0.0, 0.0)


def test_the_one_bar_is_seen_though_it_stands_where_the_query_does(visit):
    _, root = visit("one-query", "x=2.5&w=100")
    order = root.locator("svg.explorable-canvas > *").evaluate_all("all => all.map(e => e.dataset.part)")
    assert order.index("query") < order.index("weights"), "what is drawn later covers what is below it"


@pytest.mark.parametrize("w", [0, 1, 4, 15, 100])
def test_the_axis_of_the_weights_ends_little_above_the_largest_that_any_query_gives(visit, w):
    _, root = visit("one-query", f"w={w}")
    x, *_ = double()
    largest = attention_weights(torch.linspace(0, 5, 801, dtype=torch.float64), x, float(w)).max().item()
    frame = root.locator("[data-part=axes-weights] path").first.get_attribute("d")
    above, below = map(float, re.fullmatch(r"M\S+ (\S+)V([^H]+)H.*", frame).groups())
    ticks = root.locator("[data-part=axes-weights] text[text-anchor=end]").evaluate_all(
        "ticks => ticks.map(tick => [Number(tick.textContent), Number(tick.getAttribute('y')) - 4])"
    )
    assert ticks[0] == [0, below]
    top = ticks[1][0] * (below - above) / (below - ticks[1][1])
    assert largest - 1e-6 <= top <= max(2 * largest, 0.05)


@pytest.mark.parametrize("kernel", ["boxcar", "triangular", "epanechnikov", "constant"])
def test_one_query_with_another_kernel(visit, kernel):
    page, root = visit("one-query")
    settled(page, root, lambda: input_of(root, "kernel").select_option(kernel))
    expect_one_query(root, 2.5, 4.0, kernel)


def test_one_query_that_reaches_nobody_says_so(visit):
    _, root = visit("one-query", "kernel=boxcar&x=3&w=20")
    keys, *_ = double()
    with pytest.raises(ValueError, match="a smaller w reaches farther"):
        attention_weights(torch.tensor([3.0]).double(), keys, 20.0, kernel=kernels.boxcar)
    at_diamond, rows = look(root)
    assert at_diamond == "no answer"
    assert {row[3] for row in rows} == {"–"}
    assert "A smaller w reaches farther" in root.locator(".explorable-summary").inner_text()
    assert root.locator("svg").get_by_text("nan", exact=False).count() == 0


# How far the number is from its diamond, whether it is within the drawing, and how many pixels of the curve and of the
# query's line pass below it.
BESIDE = """svg => {
    const [number, diamond] = ["answer", "prediction"].map(part => svg.querySelector(`[data-part=${part}]`).getBBox());
    const ends = (a, b, from, size) => Math.max(0, a[from] - b[from] - b[size], b[from] - a[from] - a[size]);
    const inside = number.x > 44 && number.x + number.width < svg.viewBox.baseVal.width && number.y > 0;
    const covered = ["curve", "query"].map(part => {
        const line = svg.querySelector(`[data-part=${part}]`);
        return 4 * [...Array(Math.floor(line.getTotalLength() / 4)).keys()].filter(i => {
            const { x, y } = line.getPointAtLength(4 * i);
            return x > number.x && x < number.x + number.width && y > number.y + 3 && y < number.y + number.height - 3;
        }).length;
    });
    return [Math.hypot(ends(number, diamond, "x", "width"), ends(number, diamond, "y", "height")), inside, ...covered];
}"""


@pytest.mark.parametrize(("where", "view"), [("play/index.html", "desktop"), ("index.html", "phone")])
def test_the_number_is_beside_its_diamond_and_not_upon_the_curve(load, where, view):
    page = load(where=where, view=view)
    root = start(page, "one-query")
    canvas = root.locator("svg.explorable-canvas")
    for i in range(26):
        settled(page, root, lambda i=i: input_of(root, "x").fill(str(i / 5)))
        away, inside, curve, line = canvas.evaluate(BESIDE)
        assert (away < 12, inside, curve < 12, line) == (True, True, True, 0), (i / 5, away, curve, line)


def test_one_query_by_mouse(visit):
    page, root = visit("one-query")
    box = root.locator("svg.explorable-canvas").bounding_box()
    left, right = box["x"] + 44, box["x"] + box["width"] - 20  # the axis from 0 to 5
    page.mouse.move((left + right) / 2, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(left + (right - left) * 0.2, box["y"] + 100, steps=5)
    page.mouse.move(left + (right - left) * 0.8, box["y"] + 150, steps=5)
    settled(page, root, page.mouse.up)
    x = float(root.locator("output").first.inner_text())
    assert x == pytest.approx(4.0, abs=0.02)
    expect_one_query(root, x, 4.0)
    page.mouse.move(left, box["y"] + 100)
    assert float(root.locator("output").first.inner_text()) == x, "nothing moves after the button is up"
    page.mouse.move(left + 5, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(left - 300, box["y"] + 200, steps=3)
    settled(page, root, page.mouse.up)
    expect_one_query(root, 0.0, 4.0)


def test_one_query_by_finger(visit):
    page, root = visit("one-query", view="phone")
    canvas = root.locator("svg.explorable-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    left, right = box["x"] + 44, box["x"] + box["width"] - 20
    touch = page.context.new_cdp_session(page)

    def send(kind, *places):
        points = [{"x": left + (right - left) * part, "y": box["y"] + 120} for part in places]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def swipe():
        send("touchStart", 0.5)
        for part in 0.45, 0.4, 0.3, 0.2:
            send("touchMove", part)
        send("touchEnd")

    settled(page, root, swipe)
    x = float(root.locator("output").first.inner_text())
    assert x == pytest.approx(1.0, abs=0.05)
    expect_one_query(root, x, 4.0)


def test_the_drawing_grows_with_the_letters_and_is_dragged_in_the_same_place(visit):
    page, root = visit("one-query")
    canvas = root.locator("svg.explorable-canvas")
    small = canvas.locator("text").first.bounding_box()["height"]
    page.evaluate("document.documentElement.style.fontSize = '24px'")
    assert canvas.locator("text").first.bounding_box()["height"] == pytest.approx(1.5 * small, rel=0.1)
    canvas.scroll_into_view_if_needed()
    resized(page)
    box = canvas.bounding_box()
    zoom = box["width"] / float(canvas.get_attribute("viewBox").split()[2])
    assert zoom == pytest.approx(1.5, abs=0.01)
    left, right = box["x"] + zoom * 44, box["x"] + box["width"] - zoom * 20
    settled(page, root, lambda: page.mouse.click(left + 0.2 * (right - left), box["y"] + 150))
    expect_one_query(root, float(root.locator("output").first.inner_text()), 4.0)
    assert float(root.locator("output").first.inner_text()) == pytest.approx(1.0, abs=0.02)


def test_buttons_in_the_steps_show_what_they_promise(visit):
    page, root = visit("one-query")
    flat, stairs, nobody = root.locator("button.try").all()
    settled(page, root, flat.click)
    expect_one_query(root, 2.5, 0.1)
    keys, values, queries, _ = double()
    curve = attention_pooling(queries, keys, values, 0.1)
    assert curve.max() - curve.min() < 0.1 * (values.max() - values.min()), "almost a flat line"
    settled(page, root, stairs.click)
    expect_one_query(root, 2.5, 100.0)
    assert (attention_weights(queries, keys, 100.0).max(dim=-1).values > 0.9).float().mean() > 0.6, "a single bar"
    settled(page, root, nobody.click)
    assert look(root)[0] == "no answer"


def test_a_lesson_that_comes_back_to_it_asks_only_what_is_new(load):
    """Lesson 12 has all kernels and the last question; the earlier ones stand in lessons before it."""
    page = load(where="lessons/12-other-kernels-and-widths.html")
    root = start(page, "one-query")
    expect_one_query(root, 2.5, 1.0)
    assert root.locator("ol > li").count() == 1
    settled(page, root, lambda: input_of(root, "kernel").select_option("triangular"))
    expect_one_query(root, 2.5, 1.0, "triangular")
    settled(page, root, root.locator("button.try").click)
    assert look(root)[0] == "no answer"


def test_home_starts_with_it(load):
    root = start(load(where="index.html", view="phone"), "one-query")
    keys, values, *_ = double()
    answer = minus(attention_pooling(torch.tensor([2.5]).double(), keys, values, 4.0).item())
    assert root.locator("[data-part=answer]").text_content() == answer
    assert f"Asked at x = 2.50, the points answer {answer}" in root.locator(".explorable-summary").inner_text()
