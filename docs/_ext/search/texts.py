"""What each place of a page says, in a file of its own: a summary needs the words of a page, not the page, which is
six times as large.

Why no library: Sphinx's search takes the summaries out of whole pages.
"""

import json
from html.parser import HTMLParser
from pathlib import Path

from sphinx.application import Sphinx

FOLDER = "_static/search"
HEADINGS = {"h1", "h2", "h3", "h4"}
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNSEEN = {"headerlink", "no-search"}


class Places(HTMLParser):
    """Reads a page: its sections with their titles, and what is said of each word that is defined in it."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[dict] = []
        self.open: list[tuple[str, dict | None, str | None]] = []  # of each open tag: its place, and title or text
        self.defined: dict | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        _, place, part = self.open[-1] if self.open else ("", None, "text")
        if tag in {"script", "style"} or {"hidden", "popover"} & given.keys() or self.is_unseen(given):
            part = None
        elif part and tag in {"section", "dt"} and given.get("id"):
            place, part = self.add(given["id"]), "text" if tag == "section" else None
            self.defined = place if tag == "dt" else None
        elif part and tag == "dd" and self.defined:
            place, self.defined = self.defined, None
        elif part and tag in HEADINGS and self.open[-1][0] == "section":
            part = "title"
        if tag not in EMPTY:
            self.open.append((tag, place, part))

    @staticmethod
    def is_unseen(given: dict) -> bool:
        return bool(UNSEEN & set((given.get("class") or "").split()))

    def add(self, anchor: str) -> dict:
        self.places.append({"anchor": anchor, "title": "", "text": ""})
        return self.places[-1]

    def handle_endtag(self, tag: str) -> None:
        while any(name == tag for name, *_ in self.open) and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        _, place, part = self.open[-1] if self.open else ("", None, None)
        if place and part:
            place[part] += data


def read(body: str) -> list[list[str]]:
    """Return of each place its anchor, its title and its text; what is defined has no title."""
    reader = Places()
    reader.feed(body)
    return [[" ".join(said.split()) for said in place.values()] for place in reader.places]


def write(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Write what this page says, where the search finds the page."""
    if doctree is None or app.builder.name != "html" or "no-search" in app.env.metadata[pagename]:
        return
    target = Path(app.outdir, FOLDER, "texts", f"{pagename}.js")
    target.parent.mkdir(parents=True, exist_ok=True)
    said = json.dumps([pagename, read(context["body"])], ensure_ascii=False, separators=(",", ":"))
    target.write_text(f"Search.setText(...{said})", encoding="utf-8")
