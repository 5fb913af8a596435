"""Sentences that live: the directive, every number against the mathematics of the explorables, and use in a browser."""

import gzip
import json
import re

import living
import pytest
import torch
from bs4 import BeautifulSoup
from conftest import DOCS, SITE, build_small_site, english_pages
from execution.facts import Fact
from explorable_pages import double

from nwlesson import attention_pooling, attention_weights, effective_neighbours

# Whoever needs the table of facts asks the environment for its app, as {fact} does.
old_door = pytest.mark.filterwarnings("ignore:.*BuildEnvironment.app")
SENTENCE = re.compile(r"^```\{living\} (\S+)\n:turn: .*\n(.*)\n```$", re.MULTILINE)
FOUND = {
    name: (f"lessons/{path.stem}.html", sentence)
    for path in sorted(DOCS.glob("lessons/*.md"))
    for name, sentence in SENTENCE.findall(path.read_text(encoding="utf-8"))
}
LESSONS = sorted({page for page, _ in FOUND.values()})
TABLE = {"start": 1, "places": {"w": ["0", "½", "10"], "answer": ["1.0", "<2>", "3.25"]}}
CONF = """\
import sys
sys.path.insert(0, {ext!r})
extensions = ["myst_parser", "living"]
html_theme = "basic"
lesson_build = {build!r}
locale_dirs = ["locales"]
gettext_compact = "site"
language = {language!r}
"""
PAGE = """\
# Title

```{living} turned
:turn: the knob <w>
At `w` = {w}, the answer is *now* {answer}.
```
"""


# The directive


def build(folder, monkeypatch, text=PAGE, builder="html", language="en"):
    """Build a small site with one page; return the text of what it makes and what Sphinx complained about."""
    stored = folder / "turned.json"
    stored.write_text("{}", encoding="utf-8")
    monkeypatch.setattr(
        living, "stored_facts", lambda app: {"turned": Fact(json.dumps(TABLE), stored), "plain": Fact("1.0", stored)}
    )
    conf = CONF.format(ext=str(DOCS / "_ext"), build=str(folder / "_made"), language=language)
    (folder / "conf.py").write_text(conf, encoding="utf-8")
    (folder / "index.md").write_text(text, encoding="utf-8")
    out = folder / "_made" / builder / language
    complaints = build_small_site(folder, out, folder / "_made" / "trees" / language, builder)
    made = out / {"html": "index.html", "gettext": "site.pot", "text": "index.txt"}[builder]
    return made.read_text(encoding="utf-8"), complaints


@old_door
def test_a_sentence_has_a_slider_and_says_what_is_so_at_the_start(tmp_path, monkeypatch):
    html, complaints = build(tmp_path, monkeypatch)
    assert not complaints
    page = BeautifulSoup(html, "html5lib")
    assert page.select_one(".living").get_text().strip() == "At w = ½, the answer is now <2>."
    (slider,) = page.select(".living input[type=range]")
    said = [slider[key] for key in ("min", "max", "value", "aria-label", "aria-valuetext")]
    assert said == ["0", "2", "1", "the knob <w>", "½"]
    assert page.select_one(".living-turn")["class"] == ["living-turn", "role-weight"], "w makes the weights"
    numbers = page.select("b.living-number")
    assert [number["data-values"] for number in numbers] == ["0\n½\n10", "1.0\n<2>\n3.25"]
    assert "living.js" in html and "living.css" in html
    assert "living.js" not in build(tmp_path, monkeypatch, "# Title\n\nNone here.\n")[0]


@old_door
def test_where_nothing_moves_it_is_a_plain_sentence(tmp_path, monkeypatch):
    text, complaints = build(tmp_path, monkeypatch, builder="text")
    assert not complaints
    assert 'At "w" = ½, the answer is *now* <2>.' in text and "knob" not in text
    assert living.at_start("At {w}: {answer} {fact}`a`", json.dumps(TABLE)) == "At ½: <2> {fact}`a`"


@pytest.mark.slow
@old_door
@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("} turned", "} gone", "unknown fact 'gone'"),
        ("} turned", "} plain", "plain: this fact is no table of stops"),
        (":turn: the knob <w>\n", "", "`:turn:` names its slider"),
        (".\n```", ".\n\nMore.\n```", "a living sentence is one paragraph"),
        ("At `w` = {w}", "At `w` = {ww}", "must have each of ['answer', 'w'] once, not ['ww', 'answer']"),
        ("*now* {answer}", "*now*", "must have each of ['answer', 'w'] once, not ['w']"),
        ("*now*", "{answer}, yes,", "must have each of ['answer', 'w'] once, not ['w', 'answer', 'answer']"),
    ],
)
def test_what_makes_no_sense_is_said(tmp_path, monkeypatch, old, new, complaint):
    assert PAGE.count(old) == 1
    _, complaints = build(tmp_path, monkeypatch, PAGE.replace(old, new))
    assert complaint in complaints


@old_door
def test_a_sentence_is_one_message_and_may_be_said_in_another_order(tmp_path, monkeypatch):
    template, complaints = build(tmp_path, monkeypatch, builder="gettext")
    assert not complaints
    messages = re.findall(r'^msgid "(.+)"$', template, re.MULTILINE)
    assert messages == ["Title", "At `w` = {w}, the answer is *now* {answer}.", "the knob <w>"]
    folder = tmp_path / "locales" / "zh_CN" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    said = zip(messages, ("题目", "{answer}：这是 `w` = {w} 的回答。", "旋钮"))
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    po = head + "\n".join(f'msgid "{message}"\nmsgstr "{text}"\n' for message, text in said)
    (folder / "site.po").write_text(po, encoding="utf-8")
    html, complaints = build(tmp_path, monkeypatch, language="zh_CN")
    assert not complaints
    page = BeautifulSoup(html, "html5lib")
    assert page.select_one(".living").get_text().strip() == "<2>：这是 w = ½ 的回答。"
    assert page.select_one(".living input")["aria-label"] == "旋钮"


# Its numbers


def rows(facts, name):
    """What the sentence says at each stop: the value that is turned, and the others."""
    places = living.stops(facts[name]).places
    return list(zip(*places.values()))


# The same with the mathematics of the explorables: a function of math.js, the points, and a value.
ASKED = {
    "ask-at-x": "const r = m.weights(v, x); return [100 * Math.max(...r), m.pool(r, y), m.truth(v)]",
    "ask-at-w": "const r = m.weights(2.5, x, v); return [m.neighbours(r), m.pool(r, y)]",
    "self-at-w": """const own = m.range(50, i => m.weights(x[i], x, v)[i]).slice(20, 30);
        return [100 * m.sum(own) / 10, m.loss(x, y, v, { self: true })]""",
    "step-at-rate": """let w = start; const ws = [];
        for (let i = 1; i <= 100; i++) { w = m.step(x, y, w, v); if ([1, 5, 100].includes(i)) ws.push(w); }
        return ws""",
    "heard-at-width": """return ["gaussian", "boxcar", "epanechnikov", "triangular"].map(kernel => {
        const heard = queries.map(q => m.neighbours(m.weights(q, x, 1 / v, kernel))).sort((a, b) => a - b);
        return heard[19] })""",
    "band-at-w": """const r = m.weights(0, x, v);
        return [1.96 * 0.5 / Math.sqrt(m.neighbours(r)), m.pool(r, x.map(m.truth)) - m.truth(0)]""",
}


def test_the_sentences_and_the_figures_say_the_same(maths, facts):
    """At every stop, to the last digit that is written, or one more or less where it lies between two."""
    x, y, queries, _ = (tensor.tolist() for tensor in double())
    start = json.loads((SITE / "_static/explorables/shared/data.json").read_text(encoding="utf-8"))["start"]
    for name, body in ASKED.items():
        said = rows(facts, name)
        given = {"x": x, "y": y, "queries": queries, "start": start, "values": [float(row[0]) for row in said]}
        ours = maths(f"(m, {{x, y, queries, start, values}}) => values.map(v => {{ {body} }})", given)
        for row, numbers in zip(said, ours, strict=True):
            for text, number in zip(row[1:], numbers, strict=True):
                digits = len(text.rstrip("%").partition(".")[2])
                assert abs(float(text.rstrip("%")) - number) <= 0.5001 * 10**-digits, (name, row, numbers)


def test_the_other_sentences_say_what_they_count(facts):
    for d, edge in rows(facts, "edge-at-features"):
        assert abs((float(edge.rstrip("%")) / 100) ** int(d) - 0.01) < 0.02, "a hundredth of the cube"
    shares = [[float(text.rstrip("%")) for text in row] for row in rows(facts, "largest-at-d")]
    assert [row[1] for row in shares] == sorted(row[1] for row in shares) and shares[-1][1] > 99
    assert max(row[2] for row in shares) < 12, "divided by the root of d, it does not grow"
    assert {*ASKED, "edge-at-features", "largest-at-d"} == set(FOUND), "each is looked at"


# In a browser

EDITIONS = {"English": "", "Chinese": "zh/"}
# The height of the sentence, which does not shrink, and where its slider is, which stays; the room beside the numbers.
PLACES = """p => {
    const { left, top } = p.querySelector("input").getBoundingClientRect(), from = p.getBoundingClientRect().top;
    return [p.offsetHeight, [left.toFixed(1), (top - from).toFixed(1)]];
}"""
ROOM = """p => [...p.querySelectorAll(".living-number:not(.living-turn *)")].map(e => {
    const text = document.createRange();
    text.selectNodeContents(e.firstChild);
    return Math.round(e.getBoundingClientRect().width - text.getBoundingClientRect().width); })"""
# How wide the field of the number that is turned is, and whether it has a line; without one its room would be a hole.
FIELD = """e => [e.getBoundingClientRect().width.toFixed(1), getComputedStyle(e).borderBottomStyle]"""
# The widths at which a line ends after a number, though a comma or a full stop should follow.
PARTED = """p => [...Array(55).keys()].map(i => 200 + 8 * i).filter(width => {
    p.style.width = `${width}px`;
    return [...p.querySelectorAll(".living-number")].some(e => {
        const range = document.createRange();
        range.setStartAfter(e.closest(".living-turn") ?? e);
        range.setEndAfter(e.closest(".living-whole"));
        return range.getBoundingClientRect().top > e.getBoundingClientRect().bottom;
    });
})"""


@pytest.fixture(scope="module")
def small(chromium):
    """The window of a phone that is touched, and does not scroll smoothly."""
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def told(box):
    return " ".join(box.inner_text().split())


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_sentence_is_turned_by_keyboard_and_finger(small, address, facts, lesson, edition):
    small.goto(address + EDITIONS[edition] + lesson)
    boxes = small.locator(".living")
    names = [name for name, (page, _) in FOUND.items() if page == lesson]
    assert boxes.count() == len(names) > 0
    for i, name in enumerate(names):
        box, slider, stops = boxes.nth(i), boxes.nth(i).get_by_role("slider"), living.stops(facts[name])
        height, at = box.locator("p").evaluate(PLACES)
        number = box.locator(".living-turn .living-number")
        field = number.evaluate(FIELD)
        assert field[1] == "solid"
        assert slider.get_attribute("aria-valuetext") == stops.at_start(stops.turned), "nothing has been turned yet"
        colours = "e => [e, e.parentElement, e.closest('p')].map(one => getComputedStyle(one).color)"
        slider_colour, role, text = slider.evaluate(colours)
        assert slider_colour == role != text, "the slider has the colour of its role"
        assert slider.bounding_box()["height"] >= 44 and len(slider.get_attribute("aria-label")) > 1
        for key, stop in ("End", -1), ("Home", 0), ("ArrowRight", 1):
            slider.press(key)
            numbers = box.locator(".living-number").all_inner_texts()
            assert sorted(numbers) == sorted(values[stop] for values in stops.places.values()), key
            assert " ".join(slider.get_attribute("aria-valuetext").split()) == told(box), "a listener hears all of it"
            before, (height, now) = height, box.locator("p").evaluate(PLACES)
            assert height >= before and now == at, "no line goes again, and the slider stays"
            assert number.evaluate(FIELD) == field, "what follows the number stays where it is"
            assert set(box.locator("p").evaluate(ROOM)) == {0}, "a number leaves no hole in the sentence"
        assert len(re.findall(r"[\w.,%]+", told(box))) <= 24
        area = slider.bounding_box()
        small.touchscreen.tap(area["x"] + area["width"] - 4, area["y"] + 4)
        assert told(box.locator(".living-turn")) == stops.places[stops.turned][-1], "anywhere within 44 pixels"


def test_a_comma_stays_with_its_number_and_large_letters_fit(small, address):
    for edition in EDITIONS.values():
        small.goto(address + edition + FOUND["heard-at-width"][0])
        sentence = small.locator(".living p")
        assert sentence.locator(".living-whole").all_inner_texts()[0][-1] in ",，"
        assert sentence.evaluate(PARTED) == []
        sentence.evaluate("p => { p.style.width = ''; document.documentElement.style.fontSize = '32px'; }")
        assert sentence.evaluate("p => p.scrollWidth <= p.clientWidth && p.getBoundingClientRect().right <= 360")


def test_what_the_browser_says_is_what_nwlesson_computes(small, address):
    small.goto(address + FOUND["ask-at-w"][0])
    x, y, *_ = double()
    slider, numbers = small.locator(".living input"), small.locator(".living .living-number")
    for stop in range(int(slider.get_attribute("max")) + 1):
        slider.fill(str(stop))
        w, heard, answer = numbers.all_inner_texts()
        asked = torch.tensor([2.5], dtype=torch.float64)
        assert heard == f"{effective_neighbours(attention_weights(asked, x, float(w))).item():.1f}"
        assert answer == f"{attention_pooling(asked, x, y, float(w)).item():.2f}"


@pytest.mark.parametrize("edition", EDITIONS)
def test_without_a_script_and_on_paper_it_is_a_whole_sentence(views, small, address, facts, edition):
    for name, (lesson, _) in FOUND.items():
        views["plain"].goto(address + EDITIONS[edition] + lesson)
        box = views["plain"].locator(".living").filter(has=views["plain"].locator("input"))
        assert box.locator("input:visible").count() == 0
        assert box.locator(".living-turn .living-number").evaluate(FIELD)[1] == "none"
        stops = living.stops(facts[name])
        assert sorted(box.locator(".living-number").all_inner_texts()) == sorted(map(stops.at_start, stops.places))
    small.goto(address + EDITIONS[edition] + FOUND["ask-at-w"][0])
    small.emulate_media(media="print")
    assert small.locator(".living input:visible").count() == 0
    assert small.locator(".living-turn .living-number").evaluate(FIELD)[1] == "none"
    small.emulate_media(media="screen")


def test_a_page_that_is_opened_from_a_file_has_it_too(small):
    small.goto((SITE / FOUND["ask-at-w"][0]).as_uri())
    small.locator(".living input").press("End")
    assert told(small.locator(".living-turn")) == "100"


def test_the_focus_is_seen_where_colours_are_forced_too(chromium, address):
    page = chromium.new_context(forced_colors="active").new_page()
    page.goto(address + FOUND["ask-at-w"][0])
    slider = page.locator(".living input")
    slider.focus()
    page.keyboard.press("ArrowRight")
    outline = slider.evaluate("e => [getComputedStyle(e).outlineStyle, getComputedStyle(e).outlineWidth]")
    page.context.close()
    assert outline == ["solid", "3px"]


@pytest.mark.site
def test_script_and_style_are_small_and_stay_where_they_are_needed():
    size = sum(len(gzip.compress((SITE / "_static" / name).read_bytes(), 9)) for name in ("living.js", "living.css"))
    assert size <= 1500
    loading = {
        str(path.relative_to(SITE)) for path in english_pages() if "living.js" in path.read_text(encoding="utf-8")
    }
    assert loading == set(LESSONS)


@pytest.mark.site
def test_a_notebook_has_the_sentence_with_its_numbers(facts):
    for name, (lesson, sentence) in FOUND.items():
        notebook = (SITE / "notebooks" / lesson).with_suffix(".ipynb").read_text(encoding="utf-8")
        said = living.at_start(sentence, facts[name]).partition(" (truth")[0]
        assert json.dumps(said, ensure_ascii=False)[1:-1] in notebook, name
        assert "{living}" not in notebook and ":turn:" not in notebook
