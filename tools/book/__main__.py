"""Make a book of the site in each language: `python tools/book epub` or `pdf`, and offer it there, with its size.

Nothing runs again: the chapters are the pages that readers see. Why no library: Sphinx's own EPUB builder would write
our formulas without the namespace that a device wants, and our pictures in colours that it does not know; its PDF needs
LaTeX. Here html5lib reads the pages, and Chromium prints them.

- pages.py     which pages are chapters, and what of a page belongs on paper
- epub.py      a file for each chapter, packed
- pdf.py       all chapters in one page, printed, with bookmarks and the numbers of pages in the contents
"""

import re
import sys
from pathlib import Path

import epub
import pages
import pdf

MAKE = {"epub": epub.make, "pdf": pdf.make}


def offer(path: Path) -> None:
    """Put a link to the book, with its size, into the pages that have kept a place for it."""
    place = re.compile(rf'(<span class="book-{path.suffix[1:]}">).*?</span>', re.DOTALL)
    for page in path.parents[1].glob("*/*.html"):
        text = page.read_text(encoding="utf-8")
        link = f'<a href="../{path.relative_to(path.parents[1]).as_posix()}">{path.name}</a> ({size(path)})'
        if (changed := place.sub(rf"\g<1>{link}</span>", text)) != text:
            page.write_text(changed, encoding="utf-8")


def size(path: Path) -> str:
    return f"{path.stat().st_size / 1_000_000:.1f} MB"


def make(kind: str, edition: pages.Edition) -> None:
    target = edition.site / "book" / f"{pages.NAME}.{kind}"
    target.parent.mkdir(exist_ok=True)
    made = MAKE[kind](edition)
    part = target.with_suffix(".part")
    part.write_bytes(made)
    part.replace(target)
    offer(target)
    print(f"{target} ({size(target)})")


if __name__ == "__main__":
    for edition in pages.ENGLISH, pages.CHINESE:
        make(sys.argv[1], edition)
