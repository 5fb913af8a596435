"""The chapters of the book, cut out of the pages of the built site."""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

import html5lib

ROOT = Path(__file__).parents[2]
SITE = ROOT / "docs" / "_build" / "html"
NAME = "attention-in-fifty-points"
XHTML, SVG = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"
# What is not for paper: pages to play with, the gallery (the lessons show its pictures), the API, the deck.
NOT_A_CHAPTER = re.compile(r"play/|examples/|reference/(generated/|api)|teach/(slides|handout)|about/(?!cite)")
NOT_ON_PAPER = {"script", "style", "form", "button", "input", "select", "textarea", "template", "link", "output"}
MOVING = {"headerlink", "notebook-links", "explorable-canvas", "explorable-controls", "explorable-live", "word-wait"}
MOVING |= {"explorable-words", "explorable-summary", "explorable-below", "book-epub", "book-pdf", "copybtn"}
MOVING |= {"term-says", "practice-words", "practice-progress"}


class Edition(NamedTuple):
    """The site in one language: the folder of its pages, and what a book says that no page does."""

    site: Path
    language: str
    contents: str
    authors: str

    @property
    def title(self) -> str:
        return words(next(parse(self.site / "index.html").iter(f"{XHTML}h1"))).removesuffix("#")


ENGLISH = Edition(SITE, "en", "Contents", "The nwlesson authors")
CHINESE = Edition(SITE / "zh", "zh-CN", "目录", "nwlesson 的作者们")


class Chapter(NamedTuple):
    """A page: its path in the site, its title, and its text."""

    path: str
    title: str
    body: Element


def parse(path: Path) -> Element:
    return html5lib.parse(path.read_text(encoding="utf-8"))


def classes(element: Element) -> set[str]:
    return set(element.get("class", "").split())


def is_moving(element: Element) -> bool:
    tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "script"  # a comment
    return tag in NOT_ON_PAPER or bool(MOVING & classes(element))


def clean(parent: Element) -> None:
    """Take away what moves or is pressed, but not the words after it."""
    before = None
    for child in list(parent):
        if is_moving(child):
            if before is None:
                parent.text = (parent.text or "") + (child.tail or "")
            else:
                before.tail = (before.tail or "") + (child.tail or "")
            parent.remove(child)
        else:
            clean(child)
            before = child


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def chapters(edition: Edition) -> Iterator[Chapter]:
    """Yield the chapters in the order of the site's list of pages, each when it is asked for: it takes time."""
    found = set()
    for link in parse(edition.site / "index.html").iter(f"{XHTML}a"):
        path = link.get("href", "")
        is_page = {"reference", "internal"} <= classes(link) and path.endswith(".html")
        if is_page and not NOT_A_CHAPTER.match(path) and path not in found:
            found.add(path)
            article = next(parse(edition.site / path).iter(f"{XHTML}article"))
            clean(article)
            article.tag, article.attrib = f"{XHTML}div", {}
            yield Chapter(path, words(next(article.iter(f"{XHTML}h1"))), article)


def resolve(path: str, link: str) -> tuple[str, str] | None:
    """Return where in the site a link of a page leads: a path and a fragment; or nothing, if it leads out of it."""
    if re.match(r"[a-z]+:", link):
        return None
    target, _, fragment = link.partition("#")
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path, fragment


def ids(element: Element) -> set[str]:
    return {part.get("id") for part in element.iter() if part.get("id")}


def unlink(element: Element) -> None:
    """Leave the words of a link that leads to nothing in the book."""
    element.tag = f"{XHTML}span"
    element.attrib = {name: value for name, value in element.attrib.items() if name == "class"}
