"""The book for paper: all chapters in one page with the site's own styles, printed by Chromium."""

import io
import os
import shutil
import sys
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import html5lib
import pages
import pikepdf
from pages import SVG, XHTML, Chapter, Edition
from playwright.sync_api import sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
STYLE = """
.book-cover { height: 230mm; display: grid; place-content: center; text-align: center; break-after: page; }
.book-cover h1 { font-size: 3rem; }
.book-contents ol { list-style: none; padding: 0; }
.book-contents li { display: flex; justify-content: space-between; padding: 0.1rem 0; }
.book-contents li { border-bottom: 1px dotted; break-inside: avoid; }
.book-chapter { break-before: page; }
.book-chapter .figure-svg svg { max-height: 80mm; }
"""
FOOT = '<div style="width:100%;font:8px sans-serif;text-align:center"><span class="pageNumber"></span></div>'

PAPER = {"format": "A4", "outline": True, "tagged": True, "display_header_footer": True}
PAPER |= {"header_template": "<p></p>", "footer_template": FOOT}
PAPER |= {"margin": {"top": "16mm", "bottom": "18mm", "left": "18mm", "right": "18mm"}}


def name(path: str, anchor: str = "") -> str:
    return path.removesuffix(".html").replace("/", "-") + (f"--{anchor}" if anchor else "")


def place_links(chapter: Chapter, anchors: dict[str, set[str]], site: Path) -> None:
    """Give all names in a chapter its own beginning, and let links lead to them."""
    for part in chapter.body.iter():
        if part.get("id") and not part.tag.startswith(SVG):
            part.set("id", name(chapter.path, part.get("id")))
        if part.tag == f"{XHTML}img":
            part.set("src", (site / pages.resolve(chapter.path, part.get("src"))[0]).as_uri())
        elif part.tag == f"{XHTML}a" and (there := pages.resolve(chapter.path, part.get("href", ""))):
            path, fragment = there
            if path in anchors:
                part.set("href", f"#{name(path, fragment if fragment in anchors[path] else '')}")
            else:
                pages.unlink(part)


def contents(chapters: list[Chapter], numbers: dict[str, int], title: str) -> str:
    rows = [
        f'<li><a href="#{name(c.path)}">{escape(c.title)}</a> <span>{numbers.get(name(c.path), "")}</span></li>'
        for c in chapters
    ]
    return f'<nav class="book-contents"><h1>{title}</h1><ol>{"".join(rows)}</ol></nav>'


def write(chapters: list[Chapter], texts: list[str], numbers: dict[str, int], edition: Edition) -> str:
    page = "lessons/03-who-is-near-me.html"  # with all that a page can have
    styles = [
        link.get("href")
        for link in pages.parse(edition.site / page).iter(f"{XHTML}link")
        if link.get("rel") == "stylesheet"
    ]
    sheets = [(edition.site / pages.resolve(page, sheet.partition("?")[0])[0]).as_uri() for sheet in styles]
    links = "".join(f'<link rel="stylesheet" href="{sheet}">' for sheet in sheets)
    bodies = "".join(
        f'<section class="book-chapter" id="{name(c.path)}">{t}</section>' for c, t in zip(chapters, texts)
    )
    cover = f'<div class="book-cover"><h1>{edition.title}</h1><p>{edition.authors}</p></div>'
    return (
        f'<!doctype html><html lang="{edition.language}"><head><meta charset="utf-8"><title>{edition.title}</title>'
        f"{links}<style>{STYLE}</style></head><body>{cover}{contents(chapters, numbers, edition.contents)}"
        f"<article>{bodies}</article></body></html>"
    )


def numbers_of(pdf: bytes) -> dict[str, int]:
    """Return on which page each name stands that a link leads to."""
    with pikepdf.open(io.BytesIO(pdf)) as book:
        sheets = {page.obj.objgen: number for number, page in enumerate(book.pages, 1)}
        return {key.lstrip("/"): sheets[place[0].objgen] for key, place in book.Root.Dests.items()}


def smaller(pdf: bytes) -> bytes:
    """Chromium packs each of many thousand tags by itself; together they take half the room."""
    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as book:
        book.save(packed, object_stream_mode=pikepdf.ObjectStreamMode.generate, recompress_flate=True)
    return packed.getvalue()


def texts_of(chapters: list[Chapter], site: Path) -> list[str]:
    anchors = {chapter.path: pages.ids(chapter.body) for chapter in chapters}
    for chapter in chapters:
        place_links(chapter, anchors, site)
    walk = html5lib.getTreeWalker("etree")
    serializer = html5lib.serializer.HTMLSerializer(omit_optional_tags=False, quote_attr_values="always")
    return [serializer.render(walk(chapter.body)) for chapter in chapters]


def print_book(browser, chapters: list[Chapter], edition: Edition) -> bytes:
    """Print the book twice: the numbers in the contents are known when it has been printed."""
    texts, numbers = texts_of(chapters, edition.site), {}
    page = browser.new_page(color_scheme="light")
    with TemporaryDirectory() as folder:
        file = Path(folder, "book.html")
        for _ in range(2):
            file.write_text(write(chapters, texts, numbers, edition), encoding="utf-8")
            page.goto(file.as_uri())
            pdf = page.pdf(**PAPER)
            numbers = numbers_of(pdf)
    page.close()
    return smaller(pdf)


def make(edition: Edition) -> bytes:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        sys.exit("no Chromium found; install it or set CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        return print_book(browser, list(pages.chapters(edition)), edition)
