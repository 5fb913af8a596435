"""The gallery: its scripts in the order in which the lessons use their pictures, and the look of its cards.

thumbnails.py makes the small pictures on the cards; places.py knows which lesson a picture belongs to.

Why no library: sphinx-gallery orders by file name, by size or by a list that would be kept by hand.
"""

from pathlib import Path

import build_folder
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from gallery import places
from gallery.thumbnails import ShowThumbnails

DOCS = Path(__file__).parents[2]


class OrderOfLessons:
    """Sort key: where a script's picture is shown first; those that are shown nowhere last, by name."""

    def __init__(self, src_dir: str) -> None:
        self.scripts = list(places.shown_first(DOCS))

    def __call__(self, filename: str) -> tuple[int, str]:
        script = Path(filename).stem
        return (self.scripts.index(script) if script in self.scripts else len(self.scripts), filename)

    def __repr__(self) -> str:  # goes into Sphinx's fingerprint of the configuration
        return "<OrderOfLessons>"


class OnlyFunctionsLead(SphinxPostTransform):
    """In the code of a script functions and classes lead to their explanation; a link on every variable is a wall."""

    default_priority = 6  # right after sphinx-gallery has made them
    formats = ("html",)

    def run(self, **kwargs) -> None:
        for link in list(self.document.findall(nodes.reference)):
            if "sphx-glr-backref-instance" in link["classes"]:
                link.parent.replace(link, link.children)  # replace_self would hand on its classes


def load_style(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Load the style sheet on pages with cards or scripts of the gallery."""
    if 'class="sphx-glr' in context.get("body", ""):
        app.add_css_file("gallery.css", priority=850)  # after lesson.css


def setup(app: Sphinx) -> dict:
    app.setup_extension("build_folder")
    build_folder.add_static(app, Path(__file__).parent / "gallery.css")
    app.add_post_transform(OnlyFunctionsLead)
    app.add_post_transform(ShowThumbnails)
    app.connect("builder-inited", places.store_places)
    app.connect("source-read", places.add_places)
    app.connect("html-page-context", load_style)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
