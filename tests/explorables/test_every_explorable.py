"""What holds for every explorable: keys, words, no JavaScript, files that do not come, a strict policy.

A folder below docs/explorables with a page of its name is found by itself. What is seen of it, and what axe says, are
files of their own: a file stays with one worker.
"""

import gzip
import re
from urllib.parse import urlsplit

import pytest
from conftest import SITE
from explorable_pages import (
    FOLDER,
    NAMES,
    PAUSE,
    PLAY,
    controls_of,
    every_explorable,
    no_complaints,
    open_page,
    put_back,
    settled,
    start,
    unfold,
)


@pytest.mark.site
def test_all_code_together_is_small():
    served = sorted((SITE / "_static" / "explorables").rglob("*.js"))
    assert len(served) == len(list(FOLDER.rglob("*.js"))) > len(NAMES) > 0
    # 45 KB was the aim before the race and the reader's own points; shorter names would cost readable code.
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in served) <= 49_600


@every_explorable
def test_no_word_is_left_over(name):
    """A word that is missing stops the module; one that nobody says must not be translated."""
    text = (FOLDER / name / f"{name}.md").read_text(encoding="utf-8").split("{words}")[1]
    shared = (FOLDER / "shared" / "explorable.js").read_text(encoding="utf-8")
    code = (FOLDER / name / f"{name}.js").read_text(encoding="utf-8") + shared
    words = re.findall(r"^([a-z0-9-]+): ", text, re.MULTILINE)
    assert [word for word in words if word not in code and word.split("-")[0] not in code] == []


@every_explorable
def test_no_word_is_in_the_module(name):
    """Two words with a space between them, in quotes, are text that nobody could translate."""
    code = (FOLDER / name / f"{name}.js").read_text(encoding="utf-8")
    code = re.sub(r"//.*|class: \"[^\"]*\"", "", code)
    assert re.findall(r"\"[^\"\n]*[A-Za-z]{2,} [a-z]{2,}[^\"\n]*\"", code) == []


@every_explorable
def test_every_control_can_be_reached_and_shows_the_focus(visit, name):
    page, root = visit(name)
    unfold(root)
    wanted = controls_of(root).evaluate_all(
        """all => all.filter((e, i) => e.type !== "radio" || e.name !== all[i - 1].name) // the next by an arrow
            .map(({ id, innerText }) => id || innerText)"""
    )
    controls_of(root).first.focus()
    for key in "Shift+Tab", "Tab":  # a reader comes here by keys
        page.keyboard.press(key)
    for expected in wanted:
        seen, outline, through = page.evaluate(
            """() => {
                const { activeElement: e } = document, style = getComputedStyle(e);
                const [offset, width] = [style.outlineOffset, style.outlineWidth].map(parseFloat);
                const ring = e.getBoundingClientRect().top - offset - width;
                const name = e.type === "range" && document.querySelector(`label[for="${e.id}"]`);
                return [e.id || e.innerText, style.outlineStyle, name && name.getBoundingClientRect().bottom - ring];
            }"""
        )
        assert seen == expected
        assert outline != "none"
        assert through <= 0.5, "the ring does not go through the name of a slider"
        page.keyboard.press("Tab")


@pytest.fixture(scope="module")
def plain(chromium, address):
    """A phone that runs no JavaScript."""
    page = open_page(chromium, address + PLAY, "phone", java_script_enabled=False)
    yield page
    page.context.close()
    no_complaints(page)


@every_explorable
def test_without_javascript_figure_and_text_stand(plain, name):
    root = plain.locator(f"#explore-{name}")
    assert root.locator(".explorable-static svg").bounding_box()["width"] > 300
    assert root.locator("svg.explorable-canvas").is_hidden()
    assert not root.locator(".control").first.is_visible()
    assert root.locator(".explorable-words").is_hidden()
    answer = root.locator("details.admonition").first
    answer.locator("summary").click()
    assert answer.get_attribute("open") is not None
    assert root.locator("[data-set]").count() == 0 or root.locator("[data-set]").first.is_visible()


@pytest.mark.parametrize("lost", [NAMES[::2], NAMES[1::2]], ids=["even", "odd"])
def test_a_module_that_does_not_load_leaves_the_figure_and_the_others_run(load, lost):
    page = load(prepare=lambda page: [page.route(f"**/{name}.js", lambda route: route.abort()) for name in lost])
    for name in NAMES:
        root = page.locator(f"#explore-{name}")
        root.scroll_into_view_if_needed()
        page.wait_for_selector(f"#explore-{name}:is(.running, .failed)")
        assert ("failed" in root.get_attribute("class").split()) == (name in lost)
        assert root.locator(".explorable-static svg").is_visible() == (name in lost)
        assert root.locator(".control").first.is_visible() == (name not in lost)
    assert len(page.complaints) >= len(lost)
    page.complaints.clear()


@pytest.mark.parametrize("where", [PLAY, "lessons/03-who-is-near-me.html", "lessons/12-other-kernels-and-widths.html"])
def test_the_near_ones_start_at_once_and_all_of_them_soon(load, where):
    """A reader who lists the controls of a page finds all of them, and waits for none that can be seen."""
    asked = []
    page = load(
        where=where,
        prepare=lambda page: [
            page.add_init_script(
                "window.requestIdleCallback = act => { window.acts = [...(window.acts ?? []), act]; }"
            ),
            page.on("request", lambda request: asked.append(urlsplit(request.url).path)),
        ],
    )
    names = page.locator(".explorable").evaluate_all("all => all.map(e => e.dataset.explorable)")
    assert names
    page.wait_for_function("window.acts?.length")  # the far ones wait for an idle moment, which does not come yet
    for name in names:
        near = page.locator(f"#explore-{name}").bounding_box()["y"] < page.viewport_size["height"] + 600
        if near:
            page.wait_for_selector(f"#explore-{name}.running")
        assert any(path.endswith(f"/{name}.js") for path in asked) == near, name
    for _ in names:
        page.wait_for_function("window.acts?.length")
        page.evaluate("window.acts.shift()()")
    for name in names:
        page.wait_for_selector(f"#explore-{name}.running")
    assert page.evaluate("scrollY") == 0


def test_a_page_opened_from_a_file_shows_the_figures_that_stand_still(chromium):
    page = open_page(chromium, (SITE / PLAY).as_uri(), "desktop")
    for name in NAMES:
        root = page.locator(f"#explore-{name}")
        assert root.locator(".explorable-static svg").is_visible()
        assert not root.locator(".explorable-controls").is_visible()
    page.context.close()
    page.complaints = [text for text in page.complaints if not re.search("math.woff2|net::ERR_FAILED", text)]
    no_complaints(page)  # but of the font that is asked for before the style needs it: a file gets it only then


@pytest.fixture(scope="module")
def translated(chromium, address):
    """The page with other words for all modules, as a translation changes it, and nothing else."""

    def answer(route):
        body = re.sub(r'(<p class="word-[^>]*>)([^<{]*)', r"\1Wort", route.fetch().text())
        route.fulfill(body=body, content_type="text/html; charset=utf-8")

    page = open_page(chromium, address + PLAY, "desktop", lambda page: page.route("**/play/index.html", answer))
    yield page
    page.context.close()
    no_complaints(page)


@every_explorable
def test_takes_its_words_from_the_page(translated, name):
    root = start(translated, name)
    unfold(root)
    texts = ".control label, .control select:not([translate]) option, .control button, .explorable-controls summary"
    assert set(root.locator(texts).all_inner_texts()) == {"Wort"}
    assert root.locator("svg.explorable-canvas").get_attribute("aria-label") == "Wort"
    assert root.locator(".explorable-summary").inner_text().startswith("Wort")


@every_explorable
def test_a_step_is_heard_in_twenty_words_that_can_be_read_too(visit, name):
    """Only what is new, and the first sentence after a button that changes nothing; all of it is in the summary."""
    page, root = visit(name)
    summary, live = (root.locator(f".explorable-{part}") for part in ("summary", "live"))
    unfold(root)
    pressed = [*root.locator("button.try").all(), *root.locator(".control button").all()]
    for button in pressed:
        live.evaluate("live => (live.textContent = '')")
        button.click()
        page.clock.run_for(PAUSE)
        after = summary.inner_text()
        heard = live.text_content()
        assert heard or "save" in (button.get_attribute("data-part") or ""), button.inner_text()
        assert len(heard.split()) <= 20, heard
        assert all(sentence in after for sentence in heard.split(". ") if sentence)
    assert pressed


@every_explorable
def test_keeps_the_policy_of_the_site(visit, name):
    """What runs or is drawn comes from files of the site; the browser complains of all else, and that fails."""
    page, root = visit(name)
    unfold(root)
    for button in root.locator("button").all():
        button.click()
    page.clock.run_for(1000)
    assert page.complaints == []


def test_the_policy_forbids_a_script_with_a_text(load):
    page = load()
    script = "document.body.append(Object.assign(document.createElement('script'), { text: 'window.ran = true' }))"
    assert not page.evaluate(f"{script}, window.ran")
    assert "Content Security Policy" in page.complaints.pop()


@every_explorable
def test_every_layer_of_the_drawing_has_a_name_of_its_own(visit, name):
    """Tests and styles find a layer by its name, so a new layer moves nothing."""
    _, root = visit(name)
    parts = root.locator("svg.explorable-canvas > *").evaluate_all("all => all.map(e => e.dataset.part)")
    assert len(parts) > 2 and None not in parts and len(set(parts)) == len(parts)


def swipe(page, x, y, dx, dy):
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 12):
        points = [{"x": x + dx * step, "y": y + dy * step}]
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize(
    "name", ["one-query", "curve-and-heatmap", "same-formula", "bmm", "leave-one-out", "three-people"]
)
def test_a_finger_that_scrolls_changes_nothing(visit, name):
    page, root = visit(name, view="phone")
    canvas = root.locator("svg.explorable-canvas")
    canvas.evaluate("e => e.scrollIntoView({ block: 'center', behavior: 'instant' })")
    outputs = root.locator("output").all_inner_texts()
    box = canvas.bounding_box()
    before = page.evaluate("scrollY")
    swipe(page, box["x"] + 0.87 * box["width"], box["y"] + 90, 0.5, -8)
    page.wait_for_function("before => scrollY > before + 30", arg=before)
    assert root.locator(".explorable-summary").get_attribute("aria-busy") is None
    assert root.locator("output").all_inner_texts() == outputs
    assert "explore" not in page.url


@pytest.mark.parametrize(("name", "key"), [("one-query", "x"), ("draw-the-curve", "height")])
def test_a_finger_that_scrolls_past_a_slider_leaves_it(visit, name, key):
    """Chromium moves a slider when the finger comes down, before it knows whether the finger scrolls."""
    page, root = visit(name, view="phone")
    slider = root.locator(f"#explore-{name}-{key}")
    slider.evaluate("e => e.scrollIntoView({ block: 'end', behavior: 'instant' })")
    shown = "root => root.querySelector('.explorable-canvas').outerHTML + root.innerText"
    first, before, box = root.evaluate(shown), page.evaluate("scrollY"), slider.bounding_box()
    x, y = box["x"] + 0.87 * box["width"], box["y"] + box["height"] / 2
    page.evaluate("() => { window.atRest = new Promise(done => addEventListener('scrollend', done, { once: true })) }")
    settled(page, root, lambda: swipe(page, x, y, 0, -8))
    page.evaluate("async () => { await window.atRest }")
    assert page.evaluate("scrollY") > before + 30
    assert root.evaluate(shown) == first
    assert "?" not in page.url
    box = slider.bounding_box()
    settled(page, root, lambda: swipe(page, x, box["y"] + box["height"] / 2, -8, 0))
    assert root.evaluate(shown) != first, "one that goes along the slider moves it"


def test_a_page_that_is_put_back_is_as_it_was(visit):
    """Or one test could make another pass."""
    page, root = visit("training")
    first = root.inner_html()
    for button in root.locator("button").all()[:2]:
        settled(page, root, button.click)
    assert root.inner_html() != first
    put_back(page, "desktop")
    assert root.inner_html() == first
