"""The cards for Anki: what a reader opens is what the glossary, the quizzes and the sheet of shapes say."""

import hashlib
import re
import sqlite3
import time
from zipfile import ZipFile

import deck
import pytest
import quiz
from bs4 import BeautifulSoup
from conftest import DOCS, SITE
from test_glossary import ENTRIES

OFFERED = SITE / "notebooks" / deck.NAME


def opened(path, folder, without="none"):
    """Return the cards in a deck as (front, back, tag), as words; some elements may be left out."""
    with ZipFile(path) as archive:
        archive.extract("collection.anki2", folder)
    with sqlite3.connect(folder / "collection.anki2") as collection:
        rows = collection.execute("select flds, tags from notes order by id").fetchall()
    collection.close()
    return [(*(words(side, without) for side in fields.split("\x1f")), tags.strip()) for fields, tags in rows]


def words(html: str, without="none") -> str:
    page = BeautifulSoup(html, "html5lib")
    for part in page.select(without):
        part.decompose()
    return " ".join(page.get_text().split())


@pytest.fixture(scope="module")
def cards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("deck")
    deck.write(folder / "a.apkg", DOCS, {}, "Title")
    return opened(folder / "a.apkg", folder)


@pytest.mark.slow
def test_every_term_is_a_card_with_its_chinese_word(cards):
    found = {front: back for front, back, tag in cards if tag == "glossary"}
    assert list(found) == [words(term) for term, _ in ENTRIES]
    for term, entry in ENTRIES:
        assert found[term].endswith(entry.zh), term
        assert len(found[term].split()) >= len(entry.definition.split()) - 3


def test_every_question_without_a_picture_is_a_card_with_its_right_option_behind(cards):
    for page in deck.QUIZZES:
        bodies = deck.QUIZ.findall((DOCS / f"practice/quiz-{page}.md").read_text(encoding="utf-8"))
        found = [(front, back) for front, back, tag in cards if tag == f"quiz-{page}"]
        assert len(found) == len(bodies) >= 8
        for body, (front, back) in zip(bodies, found):
            for option in quiz.split(body)[1]:
                choice = words(deck.side(option.choice, {}))
                assert choice in front
                assert back.startswith(choice) or not option.right


def test_every_shape_is_a_card(cards):
    rows = deck.ROW.findall((DOCS / "reference/shapes.md").read_text(encoding="utf-8"))
    found = [(front, back) for front, back, tag in cards if tag == "shapes"]
    assert len(found) == len(rows) > 20
    assert [back for _, back in found] == [shape.replace("`", "") for _, shape in rows]


def test_nothing_of_the_pages_markup_is_left(cards):
    assert not [side for card in cards for side in card if re.search(r"\{\w+\}`|:::|\]\(|\$", side)]


def test_the_same_sources_give_the_same_bytes_tomorrow(tmp_path, monkeypatch):
    deck.write(tmp_path / "a.apkg", DOCS, {}, "Title")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 86_400)
    deck.write(tmp_path / "b.apkg", DOCS, {}, "Title")
    first, second = (hashlib.sha256((tmp_path / f"{name}.apkg").read_bytes()).digest() for name in "ab")
    assert first == second


@pytest.mark.site
def test_the_practice_page_offers_the_deck_and_says_its_size(parsed, cards, tmp_path):
    (link,) = parsed("practice/index.html").select(f'a[href="../notebooks/{deck.NAME}"]')
    size = OFFERED.stat().st_size
    assert f"({size / 1000:.0f}\N{NO-BREAK SPACE}KB)" in link.parent.get_text()
    assert size < 100_000
    offered = opened(OFFERED, tmp_path)
    assert [(front, tag) for front, _, tag in offered] == [(front, tag) for front, _, tag in cards]


@pytest.mark.site
def test_in_chinese_every_card_is_chinese_but_for_code(cards, tmp_path):
    """And a term has the English one behind it."""
    chinese = opened(SITE / "zh" / "notebooks" / deck.NAME, tmp_path, without="pre, code")
    assert [tag for _, _, tag in chinese] == [tag for _, _, tag in cards]
    assert [side for card in chinese for side in card[:2] if re.search(r"(?:[A-Za-z]+[ ,.;]+){5}", side)] == []
    for (front, back, tag), (term, _, _) in zip(chinese, cards):
        assert tag != "glossary" or front == term or back.endswith(term), front
