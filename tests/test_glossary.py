"""The glossary: one entry for each term, in order, with its Chinese word, linked from the lesson that introduces it.

`entries()` is the term table: a translation can be held to its `zh`.
"""

import math
import re
from typing import NamedTuple

import pytest
import torch
from bs4 import BeautifulSoup
from conftest import DOCS, LOOKS, SITE, axe_complaints
from glossary.table import read as read_glossary
from test_pages import CELL, LESSONS, name

import nwlesson

LAST_LINE = re.compile(
    r"(?P<shown>.*?)(?:^| · )\[Lesson (?P<number>\d+)\]\(\.\./(?P<lesson>\S+\.md)\) · \{zh\}`(?P<zh>[^`]+)`"
)
TERM = re.compile(r"\{term\}`(?:[^`<]*<([^`>]+)>|([^`<]+))`")
STAYS = {"softmax", "Transformer"}  # written in Latin letters in Chinese too


class Entry(NamedTuple):
    definition: str
    shown: str  # formula and names in the code
    number: int
    lesson: str
    zh: str


def entries() -> list[tuple[str, Entry]]:
    """Return (term, entry) in the order of the page."""
    found = []
    for read in read_glossary(DOCS):
        match = LAST_LINE.fullmatch(read.last)
        assert match, f"{read.term}: the last line must be code or formula, lesson, Chinese, but it is {read.last!r}"
        entry = Entry(" ".join(read.says), match["shown"], int(match["number"]), match["lesson"], match["zh"])
        found.append((read.term, entry))
    return found


ENTRIES = entries()
ONE_BY_ONE = pytest.mark.parametrize(("term", "entry"), ENTRIES, ids=[term for term, _ in ENTRIES])


def linked(page) -> list[str]:
    """Return the terms that a page links, in order."""
    return [" ".join((named or plain).split()) for named, plain in TERM.findall(page.read_text(encoding="utf-8"))]


def test_the_table_is_there():
    table = {term: entry.zh for term, entry in ENTRIES}
    assert len(table) > 60
    assert (table["query"], table["key"], table["value"]) == ("查询（自主性提示）", "键（非自主性提示）", "值")
    assert (table["attention weight"], table["leave-one-out"]) == ("注意力权重", "留一法")


def test_terms_are_in_order_and_come_once():
    terms = [term.casefold() for term, _ in ENTRIES]
    assert terms == sorted(set(terms))


def test_two_terms_never_share_a_chinese_word():
    words = [entry.zh for _, entry in ENTRIES]
    assert sorted(words) == sorted(set(words))


@ONE_BY_ONE
def test_an_entry_is_short_and_complete(term, entry):
    assert 3 < len(entry.definition.split()) < 60
    assert entry.definition.endswith((".", ".)"))
    assert re.search("[一-鿿]", entry.zh) or entry.zh == term in STAYS
    assert entry.lesson.startswith(f"lessons/{entry.number:02}-")


@ONE_BY_ONE
def test_the_lesson_that_introduces_a_term_links_it(term, entry):
    assert term in linked(DOCS / entry.lesson)


def test_the_lessons_up_to_the_transformer_all_introduce_terms():
    assert {entry.number for _, entry in ENTRIES} >= set(range(1, 16))


@pytest.mark.parametrize("page", LESSONS, ids=name)
def test_a_lesson_links_a_few_terms_once_and_only_in_prose(page):
    text = page.read_text(encoding="utf-8")
    introduces = any(entry.lesson.endswith(page.name) for _, entry in ENTRIES)
    assert (3 if introduces else 0) <= len(linked(page)) <= 10
    assert len(set(linked(page))) == len(linked(page))
    assert not re.search(r"^(#|:::).*\{term\}", text, re.MULTILINE), "a heading is no place for a link"
    assert not [cell for cell in CELL.findall(text) if "{term}" in cell]


@pytest.mark.parametrize("page", LESSONS, ids=name)
def test_no_term_is_linked_before_it_is_introduced(page):
    number = int(page.name[:2])
    table = dict(ENTRIES)
    assert [term for term in linked(page) if table[term].number > number] == []


@pytest.mark.site
def test_chinese_words_are_marked_as_chinese():
    """Or a screen reader spells them in English."""
    html = BeautifulSoup((SITE / "reference" / "glossary.html").read_text(encoding="utf-8"), "html5lib")
    assert [tag.get_text() for tag in html.select('dl.glossary span[lang="zh"]')] == [entry.zh for _, entry in ENTRIES]
    for tag in html.select("[lang=zh], .headerlink"):
        tag.decompose()
    assert not re.search("[一-鿿]", html.select_one("dl.glossary").get_text())


@pytest.fixture(scope="module")
def names():
    """What a reader has on the table in these lessons."""
    data = nwlesson.make_data(50, step=0.125)
    keys, values = nwlesson.leave_one_out(data.x_train, data.y_train)
    net = nwlesson.NWKernelRegression(w=1.0)
    loss = torch.nn.MSELoss(reduction="none")
    loss(net(data.x_train, keys, values), data.y_train).sum().backward()
    table = {name: getattr(nwlesson, name) for name in nwlesson.__all__} | data._asdict()
    table |= {"torch": torch, "nn": torch.nn, "net": net, "trainer": torch.optim.SGD(net.parameters(), lr=0.5)}
    table |= {"n": 50, "n_train": 50, "n_queries": 40, "x": data.x_train, "y": data.y_train, "u": torch.tensor(0.5)}
    table |= {"X": torch.ones(2, 1, 4), "Y": torch.ones(2, 4, 6), "row": torch.ones(1, 3)}
    table |= {"w": 1.0, "scores": torch.zeros(40, 50), "y_hat": data.y_truth + 1}
    table |= {"kinds": torch.tensor([0, 1, 2]), "shares": torch.ones(2, 3), "a": torch.ones(3), "b": torch.ones(3)}
    table |= {"d_model": 8, "d": 4, "Q": torch.ones(40, 2), "K": torch.ones(50, 2), "V": torch.ones(50, 1)}
    weights = nwlesson.attention_weights(data.x_test, data.x_train)
    shared = {"queries": data.x_test, "keys": data.x_train, "values": data.y_train, "weights": weights}
    return table | {"tables": shared, "rows": {"keys": keys, "values": values}}


CODE = {code for _, entry in ENTRIES for code in re.findall("`([^`]+)`", entry.shown)} - {"(b, n, m)", "d", "(n, d)"}


@pytest.mark.slow
@pytest.mark.parametrize("code", sorted(CODE))
def test_what_is_shown_of_the_code_runs(names, code):
    eval(code, {}, names | names["rows" if code.startswith("train(") else "tables"])


def test_what_the_entry_on_floats_says():
    digits = [round(-math.log10(torch.finfo(dtype).eps)) for dtype in (torch.float32, torch.float64)]
    entry = dict(ENTRIES)["float"]
    assert re.findall(r"about (\d+)", entry.definition) == [str(n) for n in digits]


# What a term means, shown where it stands

LESSON = "lessons/03-who-is-near-me.html"


@pytest.mark.site
def test_script_and_style_are_small_and_stay_where_terms_are():
    size = sum((SITE / "_static" / name).stat().st_size for name in ("glossary.js", "glossary.css"))
    assert size <= 5000
    for path in SITE.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        assert ('class="term-says"' in html) == ("glossary.js" in html), path


def test_every_term_of_a_lesson_carries_the_definition_of_the_glossary(parsed):
    for lesson in LESSONS:
        says = parsed(f"lessons/{lesson.stem}.html").select("a + .term-says")
        assert len(says) == len(linked(lesson))
        for shown, term in zip(says, linked(lesson)):
            words = re.sub(r"\{\w+\}|[^a-z ]", "", dict(ENTRIES)[term].definition.split("$")[0].split("`")[0].lower())
            assert " ".join(re.sub("[^a-z ]", "", shown.get_text(" ").lower()).split()).startswith(
                " ".join(words.split()[:4])
            )


def opened(window):
    return window.evaluate("[...document.querySelectorAll('.term-says:popover-open')].map(e => e.innerText)")


def test_a_definition_is_shown_on_hover_and_focus_without_a_request(views, address):
    window = views["desktop"]
    window.goto(address + LESSON)
    asked = []
    window.on("request", lambda request: asked.append(request.url))
    term = window.locator("a:has(+ .term-says)").first
    term.hover()
    (said,) = opened(window)
    assert len(said.split()) > 3
    box = window.locator(".term-says:popover-open").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 1280 and box["y"] >= 0
    assert axe_complaints(window, rules=LOOKS) == []
    window.emulate_media(media="print")
    assert not window.locator(".term-says:popover-open").is_visible(), "it would cover what is printed"
    window.emulate_media(media="screen")
    window.mouse.move(5, 5)
    assert opened(window) == []
    term.focus()
    assert opened(window) == [said]
    assert window.locator(f"#{term.get_attribute('aria-describedby')}").inner_text() == said
    window.keyboard.press("Escape")
    assert opened(window) == []
    assert [url for url in asked if "glossary" in url or url.endswith(".html")] == []


def test_the_first_touch_shows_it_and_the_second_follows(views, address):
    window = views["phone"]
    window.goto(address + LESSON)
    touch = """link => {
        link.dispatchEvent(new PointerEvent("pointerdown", { pointerType: "touch", bubbles: true }));
        link.focus();
        return link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    }"""
    term = window.locator("a:has(+ .term-says)").first
    assert term.evaluate(touch) is False, "the first touch goes nowhere"
    assert len(opened(window)) == 1
    box = window.locator(".term-says:popover-open").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= window.viewport_size["width"]
    with window.expect_navigation(url="**/glossary.html#**"):
        term.evaluate(touch)


def test_without_a_script_a_term_is_a_link(views, address):
    window = views["plain"]
    window.goto(address + LESSON)
    assert not window.locator(".term-says").first.is_visible()
    assert "glossary.html#" in window.locator("a:has(+ .term-says)").first.get_attribute("href")
