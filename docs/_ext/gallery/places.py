"""Where a picture of the gallery is shown first: the index is grouped by that, and each script's page leads there.

Why no library: sphinx-gallery makes a group of each folder of scripts; one that moved to another lesson would get
another address.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from roles import with_figures
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

PICTURE = re.compile(r"sphx_glr_(plot_\w+?)_\d+\.svg")
PART = re.compile(r"^```\{toctree\}\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CAPTION = re.compile(r'^:caption: "?([^"\n]+)', re.MULTILINE)
CARDS = re.compile(
    r'^\.\. raw:: html\n\n    <div class="sphx-glr-thumbnails">\n(.*)^\.\. thumbnail-parent-div-close\n\n'
    r"\.\. raw:: html\n\n    </div>\n",
    re.DOTALL | re.MULTILINE,
)
CARD = re.compile(
    r'^\.\. raw:: html\n\n    <div class="sphx-glr-thumbcontainer".*?^  :doc:`/examples/(\w+)`\n.*?^    </div>\n',
    re.DOTALL | re.MULTILINE,
)
GRID = '.. raw:: html\n\n    <div class="sphx-glr-thumbnails">\n\n{}\n.. raw:: html\n\n    </div>\n\n'
FOOT = re.compile(r"^\.\. _sphx_glr_download_", re.MULTILINE)


def shown_first(docs: Path) -> dict[str, str]:
    """Return the page that shows a script's picture first: a lesson, or else Play; in the order of the pictures."""
    shown: dict[str, str] = {}
    for page in [*sorted(docs.glob("lessons/*.md")), *docs.glob("play/index.md")]:
        for script in PICTURE.findall(with_figures(page.read_text(encoding="utf-8"), docs)):
            shown.setdefault(script, page.relative_to(docs).with_suffix("").as_posix())
    return shown


def parts(docs: Path) -> dict[str, str]:
    """Return for each page the part of the site that it belongs to, in the order of the home page."""
    home = "".join(page.read_text(encoding="utf-8") for page in docs.glob("index.md"))
    table: dict[str, str] = {}
    for part in PART.findall(home):
        if caption := CAPTION.search(part):
            pages = [line for line in part.split("\n") if not line.startswith(":")]
            table |= dict.fromkeys(pages, " ".join(caption[1].split()))
    return table


def with_lesson(card: str, page: str | None) -> str:
    """Return the card of a script with the lesson that it belongs to."""
    link = f"  .. rst-class:: card-lesson\n\n  :doc:`/{page}`\n" if page else ""
    return re.sub(r"^(  :doc:`/examples/\w+`\n)", rf"\1\n{link}", card, flags=re.MULTILINE)


def groups(cards: list[tuple[str, str]], docs: Path) -> Iterator[str]:
    """Yield the cards under the name of their part; those that are shown in none come first, without a name."""
    shown, part_of = shown_first(docs), parts(docs)
    for part in "", *dict.fromkeys(part_of.values()):
        inside = [(card, shown.get(script)) for script, card in cards if part_of.get(shown.get(script), "") == part]
        if inside:
            title = f"{part}\n{'-' * len(part)}\n\n" if part else ""
            yield title + GRID.format("\n".join(with_lesson(card, page) for card, page in inside))


def grouped(text: str, docs: Path) -> str:
    """Return the source of the gallery's index with its cards in groups, after all else that stands there."""
    found = CARDS.search(text)
    cards = [(card[1], card[0]) for card in CARD.finditer(found[1])] if found else []
    if not cards:
        raise ExtensionError("sphinx-gallery writes its index in another way: see docs/_ext/gallery/places.py")
    return text[: found.start()] + text[found.end() :] + "\n" + "".join(groups(cards, docs))


def leading_back(text: str, page: str) -> str:
    """Return the source of a script's page with a link to the lesson, above the downloads."""
    if not FOOT.search(text):
        raise ExtensionError("sphinx-gallery writes its pages in another way: see docs/_ext/gallery/places.py")
    return FOOT.sub(f"It is shown in :doc:`/{page}`.\n\n\\g<0>", text, count=1)


def add_places(app: Sphinx, docname: str, source: list[str]) -> None:
    """Group the index, and lead from each script's page to the lesson; both are read again when a picture moves."""
    folder, _, name = docname.rpartition("/")
    if folder != "examples":
        return
    app.env.note_dependency(str(stored(app)))
    docs = Path(app.srcdir)
    if name == "index":
        source[0] = grouped(source[0], docs)
    elif page := shown_first(docs).get(name):
        source[0] = leading_back(source[0], page)


def stored(app: Sphinx) -> Path:
    return Path(app.config.lesson_build, "places.json")


def store_places(app: Sphinx) -> None:
    """Write down where the pictures are shown, but only if that has changed: what depends on it is read again."""
    docs = Path(app.srcdir)
    text = json.dumps([shown_first(docs), parts(docs)], ensure_ascii=False, indent=1)
    if not stored(app).exists() or stored(app).read_text(encoding="utf-8") != text:
        stored(app).write_text(text, encoding="utf-8")
