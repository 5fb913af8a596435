"""Explorables in a real browser, driven as a reader would: keys, mouse, touch; their numbers against nwlesson.

The module math.js is imported in the page and compared with nwlesson and torch, in float64, to 1e-6 relative.
"""

import gzip
import itertools
import json
import math
import re
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
import torch
from conftest import DOCS, SITE, axe_complaints
from torch import nn

from nwlesson import (
    NWKernelRegression,
    attention_pooling,
    attention_weights,
    kernels,
    leave_one_out,
    leave_one_out_loss,
    make_data,
    train,
    truth,
)

FOLDER = DOCS / "explorables"
NAMES = sorted(path.stem for path in FOLDER.glob("*/*.md") if path.parent.name == path.stem)
PLAY = "play/index.html"
VIEWS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True},
    "tiny": {"viewport": {"width": 320, "height": 640}},
}
SHIFTS = """
window.shifts = [];
new PerformanceObserver(list => { for (const entry of list.getEntries()) for (const { node } of entry.sources) {
    const element = node?.nodeType === 1 ? node : node?.parentElement;
    if (element?.closest("article")) window.shifts.push(element.outerHTML.slice(0, 80));
} }).observe({ type: "layout-shift", buffered: true });
"""


def double(seed=0):
    """The lesson's data, its float32 numbers as float64."""
    return [tensor.double() for tensor in make_data(50, step=0.125, seed=seed)]


def minus(number, digits=2):
    """A number as the figures write it."""
    text = f"{number:.{digits}f}"
    return text.replace("-", "" if float(text) == 0 else "−")


@pytest.fixture
def visit(chromium, address):
    """Open a page, bring an explorable into view and wait until it runs; whatever the console complains about fails."""
    contexts, complaints = [], []

    def open_page(name, query="", *, view="desktop", where=PLAY, prepare=None, running=True, **options):
        context = chromium.new_context(**VIEWS[view], **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if prepare:
            prepare(page)
        page.goto(address + where + query)
        root = page.locator(f"#explore-{name}")
        if running:
            root.scroll_into_view_if_needed()
            page.wait_for_selector(f"#explore-{name}.running")
        page.complaints = complaints
        return page, root

    yield open_page
    for context in contexts:
        context.close()
    assert [text for text in complaints if "favicon" not in text] == []


def input_of(root, key):
    return root.locator(f"#{root.get_attribute('id')}-{key}")


def unfold(root):
    root.evaluate("root => root.querySelectorAll('details').forEach(answer => (answer.open = true))")


def settled(page, root, change):
    """Do something and wait until all of it is drawn, and the summary too, even in the same words; return it."""
    summary = root.locator(".explorable-summary")
    rest = "id => !document.querySelector(`#${id} .explorable-summary`).ariaBusy"
    page.wait_for_function(rest, arg=root.get_attribute("id"))
    summary.evaluate(
        """e => {
            e.again = false;
            new MutationObserver((_, observer) => {
                if (!e.ariaBusy) e.again = true, observer.disconnect();
            }).observe(e, { attributeFilter: ["aria-busy"] });
        }"""
    )
    change()
    page.wait_for_function(
        "id => (e => e.again && !e.ariaBusy)(document.querySelector(`#${id} .explorable-summary`))",
        arg=root.get_attribute("id"),
    )
    return summary.inner_text()


# The mathematics


@pytest.fixture(scope="module")
def maths(chromium, address):
    """Call functions of math.js in the browser: maths("(m, a) => m.softmax(a)", [0, 1])."""
    page = chromium.new_page()
    page.goto(address + PLAY)

    def call(function, argument=None):
        module = "../_static/explorables/shared/math.js"
        return page.evaluate(f"async (argument) => ({function})(await import('{module}'), argument)", argument)

    yield call
    page.close()


def close(ours, theirs):
    """Equal to 1e-6 relative, None for None; what is smaller than 1e-12 is 0."""
    flat = [[x for row in side for x in (row if isinstance(row, list) else [row])] for side in (ours, theirs)]
    assert len(flat[0]) == len(flat[1]) > 0
    assert [x is None for x in flat[0]] == [x is None for x in flat[1]]
    numbers = [[x for x in side if x is not None] for side in flat]
    assert numbers[0] == pytest.approx(numbers[1], rel=1e-6, abs=1e-12)


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
        close(maths("(m, s) => m.softmax(s)", row), torch.tensor(row).double().softmax(-1).tolist())


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
    for w in 0.25, 1.0, 4.0:
        lr = 0.5 if how["mean"] else 0.02
        ours = maths(
            """(m, {x, y, w, lr, how}) => {
                const [losses, slopes, ws] = [[], [], []];
                for (let i = 0; i < 5; i++) {
                    losses.push(m.loss(x, y, w, how));
                    slopes.push((how.log ? m.logSlope : m.slope)(x, y, w, how));
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


def test_the_loss_curve_is_that_of_the_lesson(maths):
    x, y, *_ = double()
    ws = [0.0, 0.1, 1.0, 4.0, 40.0, 400.0]
    ours = maths(
        "(m, {x, y, ws}) => m.lossCurve(x, y, ws, { half: false, mean: true })",
        {"x": x.tolist(), "y": y.tolist(), "ws": ws},
    )
    close(ours, [leave_one_out_loss(w, x, y).item() for w in ws])


# Every explorable


def test_all_code_together_is_small():
    assert NAMES
    served = sorted((SITE / "_static" / "explorables").rglob("*.js"))
    assert len(served) == len(list(FOLDER.rglob("*.js"))) > len(NAMES)
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in served) <= 45_000


@pytest.mark.parametrize("name", NAMES)
def test_no_word_is_left_over(name):
    """A word that is missing stops the module; one that nobody says must not be translated."""
    text = (FOLDER / name / f"{name}.md").read_text(encoding="utf-8").split("{words}")[1]
    code = (FOLDER / name / f"{name}.js").read_text(encoding="utf-8") + "figure"
    words = re.findall(r"^([a-z0-9-]+): ", text, re.MULTILINE)
    assert [word for word in words if word not in code and word.split("-")[0] not in code] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_word_is_in_the_module(name):
    """Two words with a space between them, in quotes, are text that nobody could translate."""
    code = (FOLDER / name / f"{name}.js").read_text(encoding="utf-8")
    code = re.sub(r"//.*|class: \"[^\"]*\"", "", code)
    assert re.findall(r"\"[^\"\n]*[A-Za-z]{2,} [a-z]{2,}[^\"\n]*\"", code) == []


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", NAMES)
def test_starts_without_a_shift_and_fits(visit, name, view):
    page, root = visit(name, view=view, prepare=lambda page: page.add_init_script(SHIFTS))
    assert root.locator(".control").count() == len(
        [box for box in root.locator(".control").all() if box.locator("input, select, button").count()]
    )
    assert page.evaluate("window.shifts") == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    heights = [root.locator(f".explorable-{part}").bounding_box()["height"] for part in ("figure", "canvas")]
    assert heights[0] == pytest.approx(heights[1], abs=1), "the figure that stands still needs no room of its own"
    inside = root.bounding_box()
    for part in root.locator(".explorable-below > *").all():
        box = part.bounding_box()
        assert box["x"] >= inside["x"] - 1 and box["x"] + box["width"] <= inside["x"] + inside["width"] + 1


@pytest.mark.parametrize("view", ["dark", "phone"])
@pytest.mark.parametrize("name", NAMES)
def test_breaks_no_rule_of_axe_in_any_state(visit, name, view):
    page, root = visit(name, view=view)
    unfold(root)
    states = [lambda: None, *(button.click for button in root.locator("button.try").all())]
    for enter in states:
        enter()
        assert axe_complaints(page, f"#explore-{name}") == []


@pytest.mark.parametrize("name", NAMES)
def test_controls_have_names_and_are_large_enough_for_a_finger(visit, name):
    _, root = visit(name, view="phone")
    for control in root.locator(".control").locator("input, select, button").all():
        assert control.evaluate("e => e.labels?.[0]?.innerText || e.innerText").strip()
        box = control.bounding_box()
        assert box["width"] >= 24 and box["height"] >= 24


@pytest.mark.parametrize("name", NAMES)
def test_every_control_can_be_reached_and_shows_the_focus(visit, name):
    page, root = visit(name)
    wanted = [control.get_attribute("id") or control.inner_text() for control in
              root.locator(".control").locator("input, select, button").all()]  # fmt: skip
    root.locator(".control").locator("input, select, button").first.focus()
    for expected in wanted:
        seen = page.evaluate("(({ id, innerText }) => id || innerText)(document.activeElement)")
        assert seen == expected
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        page.keyboard.press("Tab")


@pytest.mark.parametrize("name", NAMES)
def test_without_javascript_figure_and_text_stand(visit, name):
    _, root = visit(name, running=False, java_script_enabled=False)
    assert root.locator(".explorable-static svg").bounding_box()["width"] > 300
    assert root.locator("svg.explorable-canvas").is_hidden()
    assert not root.locator(".control").first.is_visible()
    assert root.locator(".explorable-words").is_hidden()
    answer = root.locator("details").first
    answer.locator("summary").click()
    assert answer.get_attribute("open") is not None
    assert root.locator("[data-set]").count() == 0 or root.locator("[data-set]").first.is_visible()


@pytest.mark.parametrize("name", NAMES)
def test_a_module_that_does_not_load_leaves_the_figure(visit, name):
    page, root = visit(name, running=False, prepare=lambda page: page.route(f"**/{name}.js", lambda r: r.abort()))
    root.scroll_into_view_if_needed()
    page.wait_for_selector(f"#explore-{name}.failed")
    assert root.locator(".explorable-static svg").is_visible()
    assert not root.locator(".control").first.is_visible()
    assert page.complaints
    page.complaints.clear()


@pytest.mark.parametrize("name", NAMES)
def test_on_paper_the_figure_stands_still(visit, name):
    page, root = visit(name)
    assert not root.locator(".explorable-static svg").is_visible()
    page.emulate_media(media="print")
    assert root.locator(".explorable-static svg").is_visible()
    assert root.locator("svg.explorable-canvas").is_hidden()
    assert not root.locator(".control").first.is_visible()


@pytest.mark.parametrize("name", NAMES)
def test_follows_the_window(visit, name):
    page, root = visit(name)
    canvas = root.locator("svg.explorable-canvas")
    page.set_viewport_size({"width": 320, "height": 640})
    page.wait_for_function(
        """id => {
            const svg = document.querySelector(`#${id} svg.explorable-canvas`), width = svg.clientWidth;
            return width < 320 && svg.getAttribute("viewBox") === `0 0 ${width} ${svg.clientHeight}`;
        }""",
        arg=f"explore-{name}",
    )
    frame = canvas.bounding_box()
    for text in canvas.locator("text").all():
        box = text.bounding_box()
        if box and box["width"]:
            assert box["x"] >= frame["x"] - 2 and box["x"] + box["width"] <= frame["x"] + frame["width"] + 2
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


@pytest.mark.parametrize("name", NAMES)
def test_loads_only_when_near(visit, name):
    asked = []
    page, root = visit(
        name, running=False, prepare=lambda page: page.on("request", lambda r: asked.append(urlsplit(r.url).path)),
        where="lessons/03-who-is-near-me.html" if name == "one-query" else PLAY,
    )  # fmt: skip
    page.wait_for_load_state("networkidle")
    loaded = [path for path in asked if path.endswith(f"/{name}.js")]
    assert bool(loaded) == (root.bounding_box()["y"] < 900 + 600)
    root.scroll_into_view_if_needed()
    page.wait_for_selector(f"#explore-{name}.running")
    assert [path for path in asked if path.endswith(f"/{name}.js")]


def test_a_page_opened_from_a_file_shows_the_figures_that_stand_still(chromium):
    page, complaints = chromium.new_page(), []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto((SITE / PLAY).as_uri())
    for name in NAMES:
        root = page.locator(f"#explore-{name}")
        assert root.locator(".explorable-static svg").is_visible()
        assert not root.locator(".explorable-controls").is_visible()
    assert complaints == []
    page.close()


@pytest.mark.parametrize("name", NAMES)
def test_takes_its_words_from_the_page(visit, name):
    """A translation changes the page and nothing else."""

    def translate(page):
        def answer(route):
            body = route.fetch().text()
            start = body.index(f'id="explore-{name}"')
            words = body.index("explorable-words", start)
            end = body.index("</section>", words)
            inside = re.sub(r'(<p class="word-[^>]*>)([^<{]*)', r"\1Wort", body[words:end])
            route.fulfill(body=body[:words] + inside + body[end:], content_type="text/html; charset=utf-8")

        page.route("**/play/index.html", answer)

    _, root = visit(name, prepare=translate)
    for text in root.locator(
        ".control label, .control select:not([translate]) option, .control button"
    ).all_inner_texts():
        assert text == "Wort"
    assert root.locator("svg.explorable-canvas").get_attribute("aria-label") == "Wort"
    assert root.locator(".explorable-summary").inner_text().startswith("Wort")


@pytest.mark.parametrize("name", NAMES)
def test_keeps_the_policy_of_the_site(visit, name):
    """What runs or is drawn comes from files of the site; the browser complains of all else, and that fails."""
    page, root = visit(name)
    unfold(root)
    for button in root.locator("button").all():
        button.click()
    assert page.complaints == []
    foreign = "document.body.append(Object.assign(document.createElement('script'), { text: 'window.ran = true' }))"
    assert not page.evaluate(f"{foreign}, window.ran"), "or the policy forbids nothing"
    assert "Content Security Policy" in page.complaints.pop()


# One query


def look(root):
    """What the reader of `one-query` sees: the number at the diamond, and the table's rows by name."""
    rows = root.locator(".explorable-below tbody").evaluate(
        "e => [...e.rows].map(r => [...r.cells].map(c => c.innerText))"
    )
    return root.locator("svg .strong").text_content(), rows


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
    radii, heights = root.locator("svg.explorable-canvas").evaluate(
        """svg => [["circle", "r"], ["rect", "height"]].map(([tag, name]) =>
            [...svg.querySelectorAll(tag)].map(e => Number(e.getAttribute(name))))"""
    )
    area, heights = torch.tensor(radii).double() ** 2, torch.tensor(heights).double()
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


@pytest.mark.parametrize("kernel", ["boxcar", "triangular", "epanechnikov", "constant"])
def test_one_query_with_another_kernel(visit, kernel):
    page, root = visit("one-query")
    settled(page, root, lambda: input_of(root, "kernel").select_option(kernel))
    expect_one_query(root, 2.5, 4.0, kernel)


def test_one_query_that_reaches_nobody_says_so(visit):
    _, root = visit("one-query", "?one-query.kernel=boxcar&one-query.x=3&one-query.w=20")
    keys, *_ = double()
    with pytest.raises(ValueError, match="a smaller w reaches farther"):
        attention_weights(torch.tensor([3.0]).double(), keys, 20.0, kernel=kernels.boxcar)
    at_diamond, rows = look(root)
    assert at_diamond == "no answer"
    assert {row[3] for row in rows} == {"–"}
    assert "A smaller w reaches farther" in root.locator(".explorable-summary").inner_text()
    assert root.locator("svg").get_by_text("nan", exact=False).count() == 0


def test_one_query_by_mouse(visit):
    page, root = visit("one-query")
    box = root.locator("svg.explorable-canvas").bounding_box()
    left, right = box["x"] + 44, box["x"] + box["width"] - 12  # the axis from 0 to 5
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
    left, right = box["x"] + 44, box["x"] + box["width"] - 12
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


@pytest.mark.parametrize("name", ["one-query", "curve-and-heatmap", "same-formula", "bmm", "leave-one-out"])
def test_a_finger_that_scrolls_changes_nothing(visit, name):
    page, root = visit(name, view="phone")
    canvas = root.locator("svg.explorable-canvas")
    canvas.evaluate("e => e.scrollIntoView({ block: 'center', behavior: 'instant' })")
    outputs = root.locator("output").all_inner_texts()
    box = canvas.bounding_box()
    before = page.evaluate("scrollY")
    touch = page.context.new_cdp_session(page)
    x, y = box["x"] + 0.87 * box["width"], box["y"] + 90
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 12):
        points = [{"x": x + step / 2, "y": y - 8 * step}]
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function("before => scrollY > before + 30", arg=before)
    assert root.locator(".explorable-summary").get_attribute("aria-busy") is None
    assert root.locator("output").all_inner_texts() == outputs
    assert "explore" not in page.url


def test_the_drawing_grows_with_the_letters_and_is_dragged_in_the_same_place(visit):
    page, root = visit("one-query")
    canvas = root.locator("svg.explorable-canvas")
    small = canvas.locator("text").first.bounding_box()["height"]
    page.evaluate("document.documentElement.style.fontSize = '24px'")
    assert canvas.locator("text").first.bounding_box()["height"] == pytest.approx(1.5 * small, rel=0.1)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    zoom = box["width"] / float(canvas.get_attribute("viewBox").split()[2])
    assert zoom == pytest.approx(1.5, abs=0.01)
    left, right = box["x"] + zoom * 44, box["x"] + box["width"] - zoom * 12
    settled(page, root, lambda: page.mouse.click(left + 0.2 * (right - left), box["y"] + 150))
    expect_one_query(root, float(root.locator("output").first.inner_text()), 4.0)
    assert float(root.locator("output").first.inner_text()) == pytest.approx(1.0, abs=0.02)


def test_data_that_did_not_come_are_asked_for_again(visit):
    answers = iter([lambda route: route.fulfill(status=503, body="busy")])

    def prepare(page):
        page.route("**/data.json", lambda route: next(answers, lambda route: route.continue_())(route))

    page, root = visit("one-query", view="phone", running=False, prepare=prepare)
    root.scroll_into_view_if_needed()
    page.wait_for_selector("#explore-one-query.failed")
    assert root.locator(".explorable-static svg").is_visible()
    assert "load the page again" in root.locator(".word-wait").inner_text()
    page.locator("#explore-training").scroll_into_view_if_needed()
    page.wait_for_selector("#explore-training.running")
    assert all("503" in text or "JSON" in text for text in page.complaints) and page.complaints
    page.complaints.clear()


def test_the_summary_is_spoken_once_when_the_reader_pauses(visit):
    page, root = visit("one-query", prepare=lambda page: page.clock.install())
    status = root.locator(".explorable-summary")
    assert status.get_attribute("role") == "status"
    first = status.inner_text()
    page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    status.evaluate(
        """e => {
            window.spoken = [];
            new MutationObserver(() => spoken.push(e.innerText)).observe(e, { childList: true });
        }"""
    )
    input_of(root, "x").focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
        page.clock.run_for(50)
    assert root.locator("output").first.inner_text() == "1.50", "the figure follows at once"
    assert status.inner_text() == first
    page.clock.run_for(1000)
    spoken = page.evaluate("window.spoken")
    assert len(spoken) == 1 and "1.50" in spoken[0]


def test_the_address_keeps_the_state(visit, address):
    page, root = visit("one-query", "?other=1")
    input_of(root, "x").focus()
    page.keyboard.press("ArrowRight")
    settled(page, root, lambda: input_of(root, "kernel").select_option("triangular"))
    page.wait_for_function("() => location.search.includes('triangular')")
    url = urlsplit(page.url)
    assert parse_qs(url.query) == {"other": ["1"], "one-query.x": ["2.55"], "one-query.kernel": ["triangular"]}
    assert url.fragment == "explore-one-query"
    again, same = visit("one-query", f"?{url.query}#{url.fragment}")
    expect_one_query(same, 2.55, 4.0, "triangular")
    assert input_of(same, "kernel").input_value() == "triangular"
    settled(again, same, lambda: same.get_by_role("button", name="Start again").click())
    again.wait_for_function("() => !location.search.includes('one-query')")
    expect_one_query(same, 2.5, 4.0)
    assert parse_qs(urlsplit(again.url).query) == {"other": ["1"]}


@pytest.mark.parametrize(
    "query", ["one-query.x=99", "one-query.w=-1", "one-query.w=abc", "one-query.x=", "one-query.kernel=toString"]
)
def test_nonsense_in_the_address_is_ignored(visit, query):
    _, root = visit("one-query", f"?{query}")
    expect_one_query(root, 2.5, 4.0)


def test_half_a_level_in_the_address_is_ignored(visit):
    _, root = visit("bmm", "?bmm.n=2.5")
    assert input_of(root, "n").input_value() == "2"
    assert "(2, 2, 3), (2, 3, 2)" in root.locator("pre").inner_text()


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


def test_buttons_in_the_steps_show_the_whole_figure_below_the_head(visit):
    page, root = visit("bmm", view="phone")
    button = root.locator("button.try").last
    button.scroll_into_view_if_needed()
    settled(page, root, button.click)
    page.wait_for_function(  # the theme scrolls smoothly
        """() => {
            const [head, figure] = [".mobile-header", "#explore-bmm .explorable-canvas"].map(
                what => document.querySelector(what).getBoundingClientRect());
            return head.height > 0 && head.bottom <= figure.top && figure.top < head.bottom + 20;
        }"""
    )
    following = root.get_by_role("button", name="Next").bounding_box()
    assert following["y"] + following["height"] < page.viewport_size["height"], "and the button that moves it"


def test_home_starts_with_it(visit):
    _, root = visit("one-query", where="index.html", view="phone")
    expect_one_query(root, 2.5, 4.0)


# Curve and heat map


def expect_curve_and_heatmap(root, x, w):
    """Compare the numbers of the summary and the darkness of all 2000 cells with nwlesson's."""
    keys, values, queries, y_truth = double()
    weights = attention_weights(queries, keys, w)
    own = attention_weights(torch.tensor([x]).double(), keys, w)[0]
    error = nn.functional.mse_loss(weights @ values, y_truth)
    summary = root.locator(".explorable-summary").inner_text()
    for text in (
        f"The query {x:.3f} is answered {minus(own @ values)}",
        *(
            [
                f"as if {1 / (own**2).sum():.1f} of the 50 points",
                f"the largest, {own.max():.3f}, belongs to the key {keys[own.argmax()]:.2f}.",
            ]
            if w
            else [f"each of the 50 points has the weight {own[0]:.3f}."]
        ),
        f"against the truth: {error:.3f}.",
    ):
        assert text in summary
    paths = root.locator('svg [shape-rendering="crispEdges"]').evaluate_all("all => all.map(e => e.getAttribute('d'))")
    drawn = [path.count("M") for path in paths]
    levels = (weights.sqrt() * 25 + 0.5).floor().long().flatten()
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
    page, root = visit("curve-and-heatmap", "?curve-and-heatmap.w=4")
    canvas = root.locator("svg.explorable-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    left, right = box["x"] + 44, box["x"] + box["width"] - 12
    settled(page, root, lambda: page.mouse.click(left + (right - left) * 0.8, box["y"] + 100))
    expect_curve_and_heatmap(root, 4.0, 4.0)
    top, bottom = box["y"] + box["height"] - 330, box["y"] + box["height"] - 100
    settled(page, root, lambda: page.mouse.click(left + 20, top + (bottom - top) * 0.2))
    expect_curve_and_heatmap(root, 1.0, 4.0)
    frame = root.locator("svg.explorable-canvas rect").first.bounding_box()
    assert frame["y"] < top + (bottom - top) * 0.2 < frame["y"] + frame["height"]


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


# Shapes


CODES = [
    "unsqueeze(0)", "unsqueeze(1)", "unsqueeze(2)", "unsqueeze(-1)", "unsqueeze(-3)", "squeeze()",
    "squeeze(0)", "squeeze(1)", "squeeze(-1)", "repeat(2)", "repeat(2,1)", "repeat(1,2)", "repeat(2,1,3)",
    "repeat_interleave(2)", "repeat_interleave(3,dim=0)", "repeat_interleave(2,dim=1)",
    "repeat_interleave(2,dim=-1)", "tile(2)", "tile(2,1)", "expand(2)", "expand(3)", "expand(2,3)",
    "expand(3,3)", "expand(-1,3)", "expand(3,-1)", "expand(2,2,3)", "expand(2,-1,3)", "expand(1,3,2)",
]  # fmt: skip


def in_torch(start, codes):
    """What torch makes of the steps: shape, strides and numbers after each, or its message at the first that fails."""
    x, found = eval(f"torch.{start}"), []
    for code in ["", *codes]:
        try:
            x = eval(f"x.{code}") if code else x
        except (IndexError, RuntimeError) as error:
            return [*found, str(error)]
        found.append([list(x.shape), list(x.stride()), x.flatten().tolist()])
    return found


def test_tensors_are_torchs(maths):
    """Two steps in every order from every start: the same shapes, strides, numbers and errors."""
    starts = {"arange(3)": [3], "arange(6).reshape(2, 3)": [2, 3], "arange(3).reshape(3, 1)": [3, 1]}
    chains = [codes for pair in itertools.product(CODES, repeat=2) for codes in [pair, pair[:1]]]
    ours = maths(
        """async (_, { starts, chains }) => {
            const t = await import('../_static/explorables/shared/tensors.js');
            return Object.values(starts).map(shape => chains.map(codes => {
                let x = t.arange(...shape);
                const seen = () => [x.shape, x.strides, t.values(x)];
                const found = [seen()];
                for (const code of codes) {
                    try { x = t.apply(x, code); } catch (error) { return [...found, error.message]; }
                    found.push(seen());
                }
                return found;
            }));
        }""",
        {"starts": starts, "chains": chains},
    )
    errors = set()
    for start, results in zip(starts, ours):
        for codes, result in zip(chains, results):
            expected = in_torch(start, codes)
            assert result == expected, (start, codes)
            errors.add(expected[-1] if isinstance(expected[-1], str) else "")
    for kind in "out of range", "can not be smaller", "must match", "isn't allowed", "must be greater":
        assert any(kind in error for error in errors), kind


def shapes_on_screen(root):
    """The rows of the table, the numbers of the last tensor drawn, and the summary."""
    rows = root.locator(".explorable-below tbody tr").evaluate_all(
        "all => all.map(r => [...r.cells].map(c => c.innerText))"
    )
    numbers = root.locator('svg g[text-anchor="middle"]').evaluate_all(
        "all => all.map(g => [...g.children].map(t => Number(t.textContent)))"
    )
    return rows, [group for group in numbers if group][-1], root.locator(".explorable-summary").inner_text()


def expect_shapes(root, start, codes):
    rows, numbers, summary = shapes_on_screen(root)
    expected = in_torch(start, codes)
    error = " ".join(expected.pop().split()) if isinstance(expected[-1], str) else ""
    assert [row[1:3] for row in rows] == [[str(tuple(shape)), str(tuple(strides))] for shape, strides, _ in expected]
    assert numbers == expected[-1][2]
    assert error in summary and bool(error) == ("does not work" in summary)


def test_shapes_by_keyboard_and_mouse(visit):
    page, root = visit("shapes")
    expect_shapes(root, "arange(3)", [])
    input_of(root, "step").focus()
    page.keyboard.press("Tab")
    settled(page, root, lambda: page.keyboard.press("Enter"))
    expect_shapes(root, "arange(3)", ["unsqueeze(1)"])
    assert "copies nothing" in root.locator(".explorable-summary").inner_text()
    steps = ["unsqueeze(1)", "repeat(1, 2)", "repeat_interleave(2)", "expand(2)"]
    for number, code in enumerate(steps[1:], 2):
        input_of(root, "step").select_option(code)
        settled(page, root, lambda: root.get_by_role("button", name="Do it").click())
        expect_shapes(root, "arange(3)", steps[:number])
    assert "x.unsqueeze(1).repeat(1, 2).repeat_interleave(2).expand(2)" in root.locator("pre").inner_text()
    settled(page, root, lambda: root.get_by_role("button", name="Undo").click())
    expect_shapes(root, "arange(3)", steps[:3])
    settled(page, root, lambda: root.get_by_role("button", name="Undo").click())
    expect_shapes(root, "arange(3)", steps[:2])
    settled(page, root, lambda: input_of(root, "start").select_option("arange(3).reshape(3, 1)"))
    expect_shapes(root, "arange(3).reshape(3, 1)", steps[:2])


def test_shapes_that_grow_too_large_are_not_drawn(visit):
    page, root = visit("shapes", "?shapes.start=arange(6).reshape(2, 3)&shapes.done=repeat(2, 1)|repeat(1, 2)")
    input_of(root, "step").select_option("repeat(2, 1, 1)")
    summary = settled(page, root, lambda: root.get_by_role("button", name="Do it").click())
    assert "repeat(2, 1, 1) would give more than 36" in summary
    summary = settled(page, root, lambda: input_of(root, "start").select_option("arange(3)"))
    assert "repeat(2, 1, 1) makes" in summary, "another start, and there is room"
    summary = settled(page, root, lambda: input_of(root, "start").select_option("arange(6).reshape(2, 3)"))
    assert "more than 36" in summary
    expect_shapes(root, "arange(6).reshape(2, 3)", ["repeat(2, 1)", "repeat(1, 2)"])
    input_of(root, "step").select_option("squeeze()")
    settled(page, root, lambda: root.get_by_role("button", name="Do it").click())
    expect_shapes(root, "arange(6).reshape(2, 3)", ["repeat(2, 1)", "repeat(1, 2)", "squeeze()"])
    assert "squeeze() leaves the shape (4, 6) as it was" in root.locator(".explorable-summary").inner_text()
    _, root = visit("shapes", "?shapes.done=" + "|".join(["repeat(3)"] * 30))
    expect_shapes(root, "arange(3)", ["repeat(3)"] * 2)


def test_what_the_steps_of_shapes_say_is_true(visit):
    page, root = visit("shapes")
    x, m = torch.arange(3), torch.arange(6).reshape(2, 3)
    assert x.repeat_interleave(2).tolist() == [0, 0, 1, 1, 2, 2] != x.repeat(2).tolist()
    column = x.reshape(3, 1).expand(-1, 3)
    assert column.stride() == (1, 0) and column.untyped_storage().nbytes() == x.untyped_storage().nbytes()
    assert m.unsqueeze(1).shape == (2, 1, 3) and m.unsqueeze(-1).shape == (2, 3, 1)
    assert torch.equal(m.tile(2), m.repeat(1, 2))
    assert torch.equal(x.unsqueeze(-1).expand(-1, 3), x.repeat_interleave(3).reshape(-1, 3))
    wanted = [
        ("arange(3)", ["repeat(2)"]),
        ("arange(3)", ["repeat_interleave(2)"]),
        ("arange(3).reshape(3, 1)", ["expand(-1, 3)"]),
        ("arange(6).reshape(2, 3)", ["unsqueeze(1)"]),
        ("arange(6).reshape(2, 3)", ["unsqueeze(-1)"]),
        ("arange(6).reshape(2, 3)", ["repeat(2)"]),
    ]
    for button, (start, codes) in zip(root.locator("button.try").all(), wanted, strict=True):
        settled(page, root, button.click)
        expect_shapes(root, start, codes)


# bmm


def product_on_screen(root, n, a, b, c):
    """The three stacks that are drawn, as nested lists; None where a number of the result is not there yet."""
    texts = root.locator("svg.explorable-canvas > g").nth(1).evaluate("g => [...g.children].map(t => t.textContent)")
    numbers = iter([float(text) if text else None for text in texts])
    return [
        [[[next(numbers) for _ in range(k)] for _ in range(r)] for _ in range(n)] for r, k in ((a, b), (b, c), (a, c))
    ]


@pytest.mark.parametrize(("n", "a", "b", "c"), [(2, 2, 3, 2), (3, 1, 4, 1), (1, 3, 1, 3), (3, 3, 4, 3)])
def test_bmm_multiplies_as_torch_does(visit, n, a, b, c):
    last = n * a * b * c - 1
    page, root = visit("bmm", f"?bmm.n={n}&bmm.a={a}&bmm.b={b}&bmm.c={c}&bmm.at={last}")
    A, B, C = product_on_screen(root, n, a, b, c)
    assert torch.equal(torch.bmm(torch.tensor(A), torch.tensor(B)), torch.tensor(C))
    code = root.locator("pre").inner_text()
    assert f"{(n, a, b)}, {(n, b, c)} → {(n, a, c)}" in code
    summary = settled(page, root, lambda: root.get_by_role("button", name="Next").click())
    assert summary.startswith("Level 0: row 0 of A")
    assert f"After 1 of {b}" in summary or b == 1


def test_bmm_step_by_step_adds_up_to_the_number(visit):
    page, root = visit("bmm")
    A, B, _ = product_on_screen(root, 2, 2, 3, 2)
    A, B = torch.tensor(A), torch.tensor(B)
    following = root.get_by_role("button", name="Next")
    for at in range(1, 9):
        following.focus()
        settled(page, root, lambda: page.keyboard.press("Enter"))
        cell, done = at // 3, at % 3 + 1
        level, row, column = cell // 4, cell // 2 % 2, cell % 2
        running = (A[level, row, :done] @ B[level, :done, column]).item()
        assert (
            root.locator("pre")
            .inner_text()
            .endswith(
                f"[{level}, {row}, {column}]: "
                + " + ".join(f"{x:g} × {y:g}" for x, y in zip(A[level, row, :done], B[level, :done, column]))
                + f" = {running:g}"
            )
        )
        assert f"{running:g}." in root.locator(".explorable-summary").inner_text()
    settled(page, root, lambda: root.get_by_role("button", name="Back").click())
    assert "After 2 of 3" in root.locator(".explorable-summary").inner_text()


@pytest.mark.parametrize("view", ["desktop", "phone"])
def test_bmm_pointing_at_a_number_shows_its_row_and_column(visit, view):
    page, root = visit("bmm", view=view)
    cells = root.locator("svg.explorable-canvas > g").first.locator("rect")
    result = cells.nth(12 + 12 + 5)  # level 1, row 0, column 1
    result.scroll_into_view_if_needed()
    names = root.locator("svg.explorable-canvas > g").nth(2)
    assert names.locator(".strong").all_text_contents() == ["0"]
    box = result.bounding_box()
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    summary = settled(page, root, lambda: page.touchscreen.tap(*place) if view == "phone" else page.mouse.move(*place))
    assert "Level 1: row 0 of A has met column 1 of B" in summary
    assert names.locator(".strong").all_text_contents() == ["1"], "the number of the level that is meant"
    wide = [number for number, cell in enumerate(cells.all()) if cell.get_attribute("stroke") != "currentColor"]
    assert wide == [6, 7, 8, 12 + 7, 12 + 9, 12 + 11, 24 + 5], "A's row, B's column and the number"


@pytest.mark.parametrize(("second", "shape"), [("levels", (3, 3, 2)), ("rows", (2, 4, 2))])
def test_bmm_that_does_not_fit_says_it_in_torchs_words(visit, second, shape):
    page, root = visit("bmm")
    summary = settled(page, root, lambda: input_of(root, "second").select_option(second))
    with pytest.raises(RuntimeError) as error:
        torch.bmm(torch.ones(2, 2, 3), torch.ones(shape))
    assert str(error.value) in summary.replace("’", "'")
    settled(page, root, lambda: input_of(root, "second").select_option("fits"))


# Leave one out


def test_tile_mask_select_and_reshape_are_torchs(maths):
    for n in 3, 4, 6:
        x = torch.randn(n, dtype=torch.float64, generator=torch.Generator().manual_seed(n))
        tiled, mask = x.repeat((n, 1)), (1 - torch.eye(n)).type(torch.bool)
        ours = maths(
            "(m, {x, n}) => { const t = m.tile(x); return [t, m.eye(n), m.mask(n), m.select(t, m.mask(n)),"
            " m.reshape(m.select(t, m.mask(n)), n), m.reshape(t.flat(), n), m.fillDiagonal(t, -7)]; }",
            {"x": x.tolist(), "n": n},
        )
        kept = tiled[mask]
        keys, _ = leave_one_out(x, x)
        filled = tiled.masked_fill(torch.eye(n, dtype=torch.bool), -7)
        theirs = [tiled, torch.eye(n), mask, kept, keys, tiled, filled]
        assert ours == [tensor.tolist() for tensor in theirs]


TORCH_STEPS = ["tile", "eye", "mask", "select", "reshape", "infinity"]


def expect_leave_one_out(root, step, n=4, row=2, w=0.5, zero=False):
    """Run the code on the screen in torch, and compare shape, numbers, crosses and frames with what is drawn."""
    x = torch.tensor([1.0, 2.0, 4.0, 7.0, 11.0, 16.0])[:n]
    names = {"torch": torch, "x": x, "n": n, "w": w}
    names["X_tile"] = x.repeat((n, 1))
    names["mask"] = (1 - torch.eye(n)).type(torch.bool)
    names["kept"] = names["X_tile"][names["mask"]]
    lines = root.locator("pre").inner_text().split("\n")
    for line in lines:
        code, comment = line.split("  # ")
        name, equals, expression = code.partition(" = ")
        result = eval(expression if equals else code, names)
        assert str(tuple(result.shape)) == comment
        names[name if equals else "last"] = result
    after = result

    cells = root.locator("svg.explorable-canvas").evaluate(
        """svg => {
            const [names, , boxes, crosses, numbers] = svg.children;
            return [[...names.children].map(e => e.textContent),
                [...boxes.children].map((e, i) => [numbers.children[i].textContent, Number(e.dataset.row),
                    e.getAttribute("stroke-width") === "2", Number(e.getAttribute("y"))]),
                crosses.firstChild.getAttribute("d").split("M").length - 1];
        }"""
    )
    titles, drawn, crosses = cells
    assert titles[1].endswith(str(tuple(after.shape)))
    shown = drawn[-after.numel() :]

    def text(value):
        if step == "infinity":
            return minus(value)
        return str(bool(value)) if after.dtype == torch.bool else str(int(value))

    assert [cell[0] for cell in shown] == [text(value) for value in after.flatten()]
    others = n - 1 if step in ("select", "reshape") else n
    assert [cell[1] for cell in shown] == [i for i in range(n) for _ in range(others)]
    assert all(thick == (whose == row) for _, whose, thick, _ in drawn)
    assert crosses == {"mask": n, "select": n, "infinity": 0 if zero else 2 * n}.get(step, 0)
    if step == "infinity":
        scores = names["scores"].flatten()
        texts = [cell[0] for cell in drawn[: n * n]]
        assert texts == ["−∞" if s.isinf() else minus(s, 1 if s > -10 else 0) for s in scores]
    summary = root.locator(".explorable-summary").inner_text()
    if step != "eye":
        assert f"row {row}" in summary.lower()
        assert str(int(x[row])) in summary
    if step in ("select", "reshape"):
        keys, _ = leave_one_out(x, x)
        assert ", ".join(str(int(key)) for key in keys[row]) in summary
    if step == "infinity":
        answer = after[row] @ (10 * x)
        keys, values = leave_one_out(x, 10 * x)
        cut = NWKernelRegression(w)(x, keys, values)[row]
        same = "not the same" if zero else "the same"
        assert f"its own weight is {after[row, row]:.2f}" in summary
        assert f"it predicts {minus(answer)}; from the keys of step 5 it predicts {minus(cut)}: {same}." in summary
        assert torch.isclose(answer, cut, atol=1e-4) != zero
    return names


def test_leave_one_out_step_by_step(visit):
    page, root = visit("leave-one-out")
    step = input_of(root, "step")
    for i, name in enumerate(TORCH_STEPS):
        assert step.input_value() == name
        expect_leave_one_out(root, name)
        if i < 5:
            settled(page, root, root.get_by_role("button", name="Next", exact=True).click)
    root.get_by_role("button", name="Next", exact=True).click()
    assert step.input_value() == "infinity", "there is nothing after the last step"
    settled(page, root, root.get_by_role("button", name="Back", exact=True).click)
    expect_leave_one_out(root, "reshape")


@pytest.mark.parametrize("n", [3, 5, 6])
def test_leave_one_out_with_other_sizes(visit, n):
    page, root = visit("leave-one-out", f"?leave-one-out.n={n}&leave-one-out.row=1&leave-one-out.w=0.3", view="phone")
    for name in TORCH_STEPS:
        if name != "tile":
            settled(page, root, lambda name=name: input_of(root, "step").select_option(name))
        expect_leave_one_out(root, name, n, row=1, w=0.3)


def test_leave_one_out_by_keyboard_never_asks_a_row_that_is_not_there(visit):
    page, root = visit("leave-one-out", "?leave-one-out.step=reshape")
    row = input_of(root, "row")
    row.focus()
    settled(page, root, lambda: page.keyboard.press("End"))
    expect_leave_one_out(root, "reshape", row=3)
    assert row.get_attribute("aria-valuetext") == "3"
    settled(page, root, lambda: page.keyboard.press("ArrowLeft"))
    expect_leave_one_out(root, "reshape", row=2)
    input_of(root, "n").focus()
    settled(page, root, lambda: page.keyboard.press("Home"))
    expect_leave_one_out(root, "reshape", n=3, row=2)
    settled(page, root, lambda: page.keyboard.press("End"))
    expect_leave_one_out(root, "reshape", n=6, row=2)
    row.focus()
    settled(page, root, lambda: page.keyboard.press("End"))
    expect_leave_one_out(root, "reshape", n=6, row=5)
    input_of(root, "n").focus()
    settled(page, root, lambda: page.keyboard.press("Home"))
    expect_leave_one_out(root, "reshape", n=3, row=2)
    assert row.input_value() == "2" and row.get_attribute("max") == "2"


@pytest.mark.parametrize("view", ["desktop", "phone"])
def test_leave_one_out_follows_the_mouse_or_the_finger(visit, view):
    page, root = visit("leave-one-out", "?leave-one-out.step=select", view=view)

    def point(index):
        cell = root.locator("svg [data-row]").nth(index)
        cell.scroll_into_view_if_needed()
        (cell.tap if view == "phone" else cell.hover)()

    settled(page, root, lambda: point(3))  # the first row of X_tile
    expect_leave_one_out(root, "select", row=0)
    settled(page, root, lambda: point(16 + 10))  # the eleventh of the long row is one of the last three
    expect_leave_one_out(root, "select", row=3)


def test_what_the_steps_of_leave_one_out_say_is_true(visit):
    page, root = visit("leave-one-out")
    mask, select, six, infinity, zero = root.locator("button.try").all()
    settled(page, root, select.click)
    names = expect_leave_one_out(root, "select")
    with pytest.raises(ValueError, match="keys must have 2 dimension"):  # forget the reshape
        NWKernelRegression()(names["x"], names["kept"], names["kept"])
    settled(page, root, mask.click)
    names = expect_leave_one_out(root, "mask")
    assert names["x"][2] == 4 and names["mask"].nonzero().shape == (12, 2) and not names["mask"].diagonal().any()
    settled(page, root, six.click)
    names = expect_leave_one_out(root, "select", n=6, row=5)
    assert names["kept"].numel() == 30 and names["kept"][-5:].tolist() == names["x"][:5].tolist()
    settled(page, root, infinity.click)
    names = expect_leave_one_out(root, "infinity")
    assert (names["weights"].diagonal() == 0).all()
    assert torch.allclose(names["weights"].sum(dim=1), torch.ones(4))
    settled(page, root, zero.click)
    names = expect_leave_one_out(root, "infinity", zero=True)
    weights = names["weights"]
    assert torch.allclose(weights, attention_weights(names["x"], names["x"], 0.5))
    assert weights.argmax(dim=1).tolist() == [0, 1, 2, 3]
    input_of(root, "w").focus()
    settled(page, root, lambda: page.keyboard.press("End"))
    names = expect_leave_one_out(root, "infinity", w=2.0, zero=True)
    assert names["weights"][2, 2] > 0.99


# The same formula


FORMULA_KEYS = {"line": [[1], [2], [4], [5]], "circle": [[2, 0], [1.6, 1.2], [0, 2], [-1.2, 1.6]]}
QUERIES = torch.arange(26, dtype=torch.float64) / 5
FORMULA_VALUES = torch.tensor([10, 20, 40, 50], dtype=torch.float64)


def formula(q, w, keys, qk=True, kk=True, qq=True):
    """The terms, what they add up to where they are on, its weights, and the scores and weights of 1964."""
    keys = torch.tensor(FORMULA_KEYS[keys], dtype=torch.float64)
    query = torch.zeros(1, keys.shape[1]).double()
    query[0, 0] = q
    squares = (keys**2).sum(dim=1)
    terms = torch.stack([keys @ query[0], -squares / 2, (-(query**2).sum() / 2).expand(4)], dim=1) * w**2
    scores = terms @ torch.tensor([qk, kk, qq]).double()
    first = -(w**2) * ((query - keys) ** 2).sum(dim=1) / 2
    return keys, query, terms, scores, scores.softmax(dim=0), first, attention_weights(query, keys, w)[0]


def test_terms_distances_and_pairs(maths):
    generator = torch.Generator().manual_seed(0)
    for size in 1, 2, 5:
        query, *keys = torch.randn(7, size, dtype=torch.float64, generator=generator)
        ours = maths(
            "(m, {query, keys, w}) => [keys.map(k => m.terms(query, k, w)), keys.map(k => m.pair(query, k, w)).flat(),"
            " m.scores(0, m.distances(query, keys), w)]",
            {"query": query.tolist(), "keys": [key.tolist() for key in keys], "w": 0.7},
        )
        keys = torch.stack(keys)
        first = -((query - keys) ** 2).sum(dim=1) * 0.7**2 / 2
        close(ours[2], first.tolist())
        close([sum(row) for row in ours[0]], first.tolist())
        close([row[0] for row in ours[0]], (keys @ query * 0.7**2).tolist())
        close([row[2] for row in ours[0]], [-(query @ query).item() * 0.7**2 / 2] * 6)
        wide, long = torch.tensor(ours[1][::2]).double(), torch.tensor(ours[1][1::2]).double()
        assert torch.equal(wide[:, -1], torch.ones(6).double()) and wide.shape == long.shape == (6, size + 1)
        close((wide * long).sum(dim=1).tolist(), [row[0] + row[1] for row in ours[0]])
        values = torch.randn(6, 1, dtype=torch.float64, generator=generator)
        theirs = nn.functional.scaled_dot_product_attention(wide[:1], long, values, scale=1.0)[0]
        assert torch.allclose(theirs, attention_weights(query[None], keys, 0.7)[0] @ values)


def expect_same_formula(root, q=2.0, w=1.0, keys="line", pick=3, **on):
    """Compare table, bars, prediction, dot product and verdict with torch."""
    used = [on.get(term, True) for term in ("qk", "kk", "qq")]
    places, query, terms, scores, weights, first, old = formula(q, w, keys, **on)
    rows = root.locator(".explorable-below tbody").evaluate(
        "e => [...e.rows].map(r => [...r.cells].map(c => c.innerText))"
    )
    names = [f"{key[0]:g}" if len(key) == 1 else f"({minus(key[0], 1)}, {minus(key[1], 1)})" for key in places.tolist()]
    assert rows == [
        [name, *(minus(term) if is_on else "" for term, is_on in zip(row, used)), minus(score), minus(weight, 3)]
        for name, row, score, weight in zip(names, terms, scores, weights)
    ]
    answer, truth = weights @ FORMULA_VALUES, old @ FORMULA_VALUES
    assert root.locator("svg .strong").text_content() == f"prediction {minus(answer)} (1964: {minus(truth)})"

    bars, ends, loud, dashed, area = root.locator("svg.explorable-canvas").evaluate(
        """svg => {
            const [, , , , dots, , bars, sums, loud, old] = svg.children;
            const all = (group, name) => [...group.children].map(e => Number(e.getAttribute(name)));
            return [all(bars, "width"), sums.getAttribute("d").match(/M[^ ]+/g).map(d => Number(d.slice(1))),
                all(loud, "width"), all(old, "width"), all(dots, "r").map(r => r * r)];
        }"""
    )
    bars, ends, loud, dashed = (torch.tensor(list_).double() for list_ in (bars, ends, loud, dashed))
    drawn = (terms * torch.tensor(used)).abs().flatten()
    if drawn.max() > 0:
        unit = bars.max() / drawn.max()
        assert torch.allclose(bars, drawn * unit, atol=0.02)
        assert torch.allclose(ends - ends[0], (scores - scores[0]) * unit, atol=0.05)
    room = dashed.max() / old.max()
    assert torch.allclose(loud, weights * room, atol=0.02) and torch.allclose(dashed, old * room, atol=0.02)
    assert torch.allclose((torch.tensor(area).double() - 9) / 400, weights, atol=1e-3)

    summary = root.locator(".explorable-summary").inner_text()
    signs = [sign for sign, is_on in zip(["w²qk", "− w²k²/2", "− w²q²/2"], used) if is_on]
    assert summary.startswith(f"In the score: {' '.join(signs) or 0}.")
    gaps = scores - first
    if not torch.allclose(weights, old, rtol=0, atol=1e-9):
        assert f"from {minus(gaps.min())} to {minus(gaps.max())}, so the weights are not those of 1964" in summary
        top = weights.argmax()
        assert f"key {names[top]} with {weights[top]:.3f}; in 1964 it had {old[top]:.3f}." in summary
    elif gaps.abs().max() > 1e-9:
        assert gaps.max() - gaps.min() < 1e-9
        assert f"Every score is {minus(gaps[0])} higher" in summary and "exactly those of 1964" in summary
    else:
        assert "These are the scores of 1964" in summary

    first_line, second_line = root.locator("pre").inner_text().split("\n")
    pairs = [
        "(" + ", ".join(minus(x) for x in side) + ")"
        for side in ([*(w * query[0]), 1.0], [*(w * places[pick - 1]), terms[pick - 1, 1]])
    ]
    product = minus(terms[pick - 1, :2].sum())
    assert first_line == f"(wq, 1) · (wk, −w²k²/2) = {pairs[0]} · {pairs[1]} = {product}"
    assert second_line == f"−w²(q − k)²/2 = {product} − w²q²/2 = {minus(first[pick - 1])}"
    return summary


def test_same_formula_with_every_choice_of_terms(visit):
    page, root = visit("same-formula")
    expect_same_formula(root)
    on = {"qk": True, "kk": True, "qq": True}
    for term in "qq", "kk", "qk", "qq", "kk", "qq", "qk":  # through all eight
        settled(page, root, input_of(root, term).click)
        on[term] = not on[term]
        expect_same_formula(root, **on)


def test_same_formula_by_keyboard(visit):
    page, root = visit("same-formula", view="phone")
    for key, press, state in (
        ("q", ["ArrowRight"], {"q": 2.2}),
        ("w", ["ArrowLeft"] * 2, {"w": 0.8}),
        ("pick", ["End"], {"pick": 4}),
    ):
        input_of(root, key).focus()
        settled(page, root, lambda press=press: [page.keyboard.press(one) for one in press])
        expect_same_formula(root, **{"q": 2.2, **({"w": 0.8} if key != "q" else {}), **state})
    assert input_of(root, "pick").get_attribute("aria-valuetext") == "5"
    input_of(root, "keys").select_option("circle")
    settled(page, root, lambda: input_of(root, "qq").press("Space"))
    expect_same_formula(root, 2.2, 0.8, "circle", 4, qq=False)
    assert root.locator("output").last.inner_text() == "(−1.2, 1.6)"


def test_same_formula_drags_the_query_and_nothing_else(visit):
    page, root = visit("same-formula", "?same-formula.qq=false")
    canvas = root.locator("svg.explorable-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    origin, unit = box["x"] + 2.7 * 36, 36
    settled(page, root, lambda: page.mouse.click(origin + 4 * unit, box["y"] + 100))
    expect_same_formula(root, 4.0, qq=False)
    page.mouse.click(origin + unit, box["y"] + 200)
    page.mouse.click(origin + 9 * unit, box["y"] + 50)
    page.wait_for_function("() => location.search.includes('q=5')")
    expect_same_formula(root, 5.0, qq=False)


def test_the_verdict_on_the_weights_is_right_everywhere():
    """Scores that are apart by one number, and weights that are equal to 1e-9: both or neither, in every state."""
    for keys, q, w in itertools.product(FORMULA_KEYS, QUERIES, torch.arange(21, dtype=torch.float64) / 10):
        for used in itertools.product([True, False], repeat=3):
            *_, scores, weights, first, old = formula(q, w, keys, *used)
            gaps = scores - first
            same = bool((weights - old).abs().max() < 1e-9)
            assert same == bool(gaps.max() - gaps.min() < 1e-9)
            assert not same or gaps.min() > -1e-9, "never lower than in 1964"


def test_what_the_steps_of_the_same_formula_say_is_true(visit):
    page, root = visit("same-formula")
    query_off, product, circle, alone, written = root.locator("button.try").all()
    assert "those of 1964" in settled(page, root, query_off.click)
    expect_same_formula(root, qq=False)
    settled(page, root, product.click)
    expect_same_formula(root, kk=False, qq=False)
    for q in QUERIES[1:]:
        assert formula(q, 1.0, "line", kk=False, qq=False)[4].argmax() == 3
    settled(page, root, circle.click)
    expect_same_formula(root, keys="circle", kk=False, qq=False)
    for q in QUERIES:
        *_, weights, _, old = formula(q, 1.0, "circle", kk=False, qq=False)
        assert torch.allclose(weights, old, rtol=0, atol=1e-9)
    settled(page, root, alone.click)
    expect_same_formula(root, qk=False)
    for q in QUERIES:
        assert torch.allclose(formula(q, 1.0, "line", qk=False)[4], formula(2.0, 1.0, "line", qk=False)[4])
    settled(page, root, written.click)
    expect_same_formula(root, pick=4, qq=False)


# Training

SETTINGS = {"lr": 0.5, "start": None, "half": True, "mean": False, "log": False, "self": False, "seed": 0}


def descend(epochs, **settings):
    """Loss, w and error on the truth before the first step and after each, from torch's SGD in float64."""
    how = SETTINGS | settings
    x, y, queries, y_truth = double(how["seed"])
    keys, values = (x.repeat(50, 1), y.repeat(50, 1)) if how["self"] else leave_one_out(x, y)
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
        weights = attention_weights(x, keys, w)
        loss = nn.functional.mse_loss((weights * values).sum(-1), y, reduction="mean" if how["mean"] else "sum")
        loss = loss / 2 if how["half"] else loss
        loss.backward()
        error = nn.functional.mse_loss(attention_pooling(queries, x, y, w.detach()), y_truth).item()
        rows.append((loss.item(), w.item(), error))
        descent.step()
    return [list(column) for column in zip(*rows)]


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
    summary = root.locator(".explorable-summary").inner_text()
    if epochs:
        told = (
            f"Epoch {epochs} printed the loss {minus(losses[-2], digits)}, which belongs to w = {in_words(ws[-2])}, the"
            f" w before its step. Now w = {in_words(ws[-1])}, with a loss of {minus(losses[-1], digits)}."
        )
    else:
        told = f"Start: w = {in_words(ws[0])}, with a loss of {minus(losses[0], digits)}."
    assert told in summary
    assert f"Mean squared error against the truth: {minus(errors[-1], 3)}." in summary
    if how["self"]:
        assert "There is no best w" in summary
    else:
        best, least = lowest(how["seed"])
        least *= (1 if how["half"] else 2) / (50 if how["mean"] else 1)
        assert f"The best w is {best:.2f}, with a loss of {least:.{digits}f}." in summary
    assert "undefined" not in summary and "NaN" not in summary
    expect_drawing(root, losses, ws)
    return summary


def expect_drawing(root, losses, ws):
    """The points lie at these w and losses, the last one large; the history has the losses before each step."""
    circles, axis, above = root.locator("svg.explorable-canvas").evaluate(
        """svg => {
            const groups = [...svg.querySelectorAll(":scope > g")].filter(g => !g.querySelector("g"));
            const read = g => [...g.querySelectorAll("circle")].map(e =>
                ["cx", "cy", "r"].map(a => +e.getAttribute(a)));
            const [frame, , along] = [...svg.querySelectorAll(":scope > g")].filter(g => g.querySelector("g"));
            const ticks = g => [...g.lastElementChild.children].filter(e => e.textContent).map(e =>
                [+e.getAttribute("x"), +e.getAttribute("y"), e.getAttribute("text-anchor"), e.textContent]);
            return [groups.map(read).filter(list => list.length), ticks(frame), ticks(along)];
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
        w = min(abs(w), 1000)
        if w < 0.01:
            return marks[0] + (marks[0.01] - marks[0]) * w / 0.01
        return marks[0.01] + (marks[1000] - marks[0.01]) * math.log10(w / 0.01) / 5

    points = circles[0]
    assert [point[2] for point in points] == [4] * (len(ws) - 1) + [8]
    assert [point[0] for point in points] == pytest.approx([right(w) for w in ws], abs=0.1)
    assert [point[1] for point in points] == pytest.approx([down(loss) for loss in losses], abs=0.1)
    epochs, falls = scales(above)
    (x0, a), (x1, b) = epochs[0], epochs[-1]
    printed = circles[2] if len(circles) > 2 else []
    assert [x for x, *_ in printed] == pytest.approx(
        [x0 + (k - a) / (b - a) * (x1 - x0) for k in range(1, len(ws))], abs=0.1
    )
    assert [y for _, y, _ in printed] == pytest.approx([falls(loss) for loss in losses[:-1]], abs=0.1)


def test_training_starts_where_the_lesson_does(visit):
    net = NWKernelRegression(generator=torch.Generator().manual_seed(0))
    stored = json.loads((SITE / "_static" / "explorables" / "shared" / "data.json").read_text(encoding="utf-8"))
    assert stored["start"] == net.w.item()
    _, root = visit("training", where="lessons/10-five-steps-of-training.html")
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
    expect_training(root, 0, lr=0.1)
    settled(page, root, lambda: root.get_by_role("button", name="five epochs", exact=True).first.press("Enter"))
    expect_training(root, 5, lr=0.1)
    input_of(root, "start").focus()
    settled(page, root, lambda: page.keyboard.press("Home"))
    expect_training(root, 0, lr=0.1, start=0.0)


@pytest.mark.parametrize(
    "settings",
    [
        {"half": False},
        {"mean": True},
        {"log": True},
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
    "A step jumped over the best w, and now w crawls back": (
        5, {}, lambda run: any(run.crossed) and run.beyond and run.nearer and run.flat,
    ),
    "It has arrived": (100, {}, lambda run: abs(run.ws[-1] - run.best) < 0.01 * run.best),
    "It is on its way": (5, {"lr": 0.1}, lambda run: run.nearer and not run.crossed[-1]),
    "It jumps to and fro over the best w": (20, {"log": True}, lambda run: sum(run.crossed[-3:]) >= 2),
    "It does not move: at w = 0 the slope is 0": (5, {"start": 0.0}, lambda run: set(run.ws) == {0}),
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
    "The own key is kept, and the loss falls": (
        1, {"self": True, "lr": 0.1}, lambda run: run.falls and run.ws[-1] > run.ws[-2] and run.worse < 1e-12,
    ),
    "The own key is kept: the loss falls as w grows without end": (
        100, {"self": True}, lambda run: run.falls and run.ws[-1] > run.ws[-2] and run.worse > 0.01,
    ),
}  # fmt: skip


@pytest.mark.parametrize("said", SAID)
def test_what_training_says_of_a_run_is_true(visit, said):
    epochs, settings, holds = SAID[said]
    query = "&".join(f"training.{key}={str(value).lower()}" for key, value in ({"epochs": epochs} | settings).items())
    _, root = visit("training", f"?{query}")
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
        assert f"once {min(errors):.3f}, gets worse" in summary


def test_every_verdict_has_its_words_and_is_tried():
    code = (FOLDER / "shared" / "math.js").read_text(encoding="utf-8").split("function verdict")[1]
    words = (FOLDER / "training" / "training.md").read_text(encoding="utf-8")
    named = re.findall(r'"([a-z]+)"', code.split("\n}")[0])
    assert sorted(named) == sorted(re.findall(r"^verdict-([a-z]+): ", words, re.MULTILINE))
    assert len(named) == len(SAID) + 1, "and `ready`, with which all runs begin"


def test_training_runs_until_it_has_settled_and_stops_when_asked(visit):
    page, root = visit("training", "?training.log=true&training.lr=0.1", prepare=lambda page: page.clock.install())
    run = root.get_by_role("button", name="run", exact=True)
    frozen = page.evaluate("Date.now()") + 1000
    page.clock.pause_at(frozen)
    root.locator(".control button").nth(2).click()
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


def test_training_ends_its_run_when_a_setting_changes(visit):
    page, root = visit("training", prepare=lambda page: page.clock.install())
    page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    root.get_by_role("button", name="run", exact=True).click()
    page.clock.run_for(300)
    assert root.locator("svg.explorable-canvas circle").count() > 50 + 3
    input_of(root, "mean").click()
    page.clock.run_for(2000)
    expect_training(root, 0, mean=True)
    assert root.get_by_role("button", name="run", exact=True).count()


def test_training_jumps_to_the_end_where_motion_is_not_wanted(visit):
    page, root = visit("training", reduced_motion="reduce", prepare=lambda page: page.clock.install())
    page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    root.get_by_role("button", name="run", exact=True).click()
    page.clock.run_for(20)
    ws = descend(100)[1]
    still = next(k for k in range(1, 101) if k == 100 or abs(ws[k + 1] - ws[k]) <= 1e-6 * ws[k])
    assert root.locator("svg.explorable-canvas circle[r='8']").count() == 1
    assert root.locator("svg.explorable-canvas > g").nth(3).locator("circle").count() == still + 1
    page.clock.run_for(2000)
    expect_training(root, still)


def test_training_keeps_settings_and_epochs_in_the_address(visit):
    page, root = visit("training")
    settled(page, root, input_of(root, "half").click)
    settled(page, root, root.get_by_role("button", name="five epochs", exact=True).first.click)
    page.wait_for_function("() => location.search.includes('epochs')")
    query = urlsplit(page.url).query
    assert parse_qs(query) == {"training.half": ["false"], "training.epochs": ["5"]}
    again, same = visit("training", f"?{query}")
    expect_training(same, 5, half=False)
    settled(again, same, same.get_by_role("button", name="Start again").click)
    expect_training(same, 0)


@pytest.mark.parametrize("query", ["epochs=101", "epochs=-1", "epochs=1.5", "seed=5", "lr=5", "start=-1", "half=2"])
def test_training_ignores_nonsense_in_the_address(visit, query):
    _, root = visit("training", f"?training.{query}")
    expect_training(root, 0)


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
    buttons = root.locator("button.try").all()
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
    x, y, *_ = double()
    kept = [nn.functional.mse_loss(attention_pooling(x, x, y, w), y).item() for w in (0.0, 1.0, 4.0, 10.0, 100.0, 1e4)]
    assert kept == sorted(kept, reverse=True) and kept[-1] < 1e-6, "no valley"
