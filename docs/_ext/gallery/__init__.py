"""The gallery: its scripts in the order in which the lessons use their pictures, and the look of its cards.

thumbnails.py makes the small pictures on the cards.

Why no library: sphinx-gallery orders by file name, by size or by a list that would be kept by hand.
"""

from pathlib import Path

import build_folder
from sphinx.application import Sphinx

from gallery.thumbnails import ShowThumbnails

DOCS = Path(__file__).parents[2]


class OrderOfLessons:
    """Sort key: where a script's picture first appears: home, lessons, the page to play; unused ones last, by name."""

    def __init__(self, src_dir: str) -> None:
        pages = [DOCS / "index.md", *sorted((DOCS / "lessons").glob("*.md")), DOCS / "play" / "index.md"]
        self.text = "".join(page.read_text(encoding="utf-8") for page in pages)
        for path in DOCS.glob("explorables/*/*.md"):  # a page shows their pictures, too
            self.text = self.text.replace(f"{{explorable}} {path.stem}\n", path.read_text(encoding="utf-8"))

    def __call__(self, filename: str) -> tuple[int, str]:
        place = self.text.find(f"sphx_glr_{Path(filename).stem}_0")
        return (place if place >= 0 else len(self.text), filename)

    def __repr__(self) -> str:  # goes into Sphinx's fingerprint of the configuration
        return "<OrderOfLessons>"


def load_style(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Load the style sheet on pages with cards or scripts of the gallery."""
    if 'class="sphx-glr' in context.get("body", ""):
        app.add_css_file("gallery.css", priority=850)  # after lesson.css


def setup(app: Sphinx) -> dict:
    app.setup_extension("build_folder")
    build_folder.add_static(app, Path(__file__).parent / "gallery.css")
    app.add_post_transform(ShowThumbnails)
    app.connect("html-page-context", load_style)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
