"""A page with `layout: slides` in its front matter is a deck: every section one screen, one printed page.

Why no library: sphinx-revealjs is a second builder, so the deck would be another site without our figures, facts,
formulas and links; a deck of three slides loads 505 KB, 112 KB of it JavaScript, and shows nothing at all without it.
What a talk needs is here CSS alone (slides.css): scroll snapping, one slide filling the screen, paper.
"""

from pathlib import Path

import build_folder
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform


def is_deck(env: BuildEnvironment, docname: str) -> bool:
    return env.metadata.get(docname, {}).get("layout") == "slides"


def arrange(slide: nodes.Element) -> None:
    """Put what lies between title and notes into one box for words, formulas and code, and pictures beside it."""
    stop = (nodes.section, nodes.admonition)
    last = next((i for i, part in enumerate(slide.children) if isinstance(part, stop)), len(slide))
    content, slide.children[1:last] = slide.children[1:last], []
    pictures = [part for part in content if any(part.findall(nodes.image))]
    words = [part for part in content if part not in pictures]
    boxes = [nodes.container("", *words, classes=["slide-words"])] if words else []
    slide.insert(1, boxes + [image for part in pictures for image in part.findall(nodes.image)])


def way(ids: list[str], number: int) -> nodes.paragraph:
    """Return the line with the number of a slide and the links to its neighbours."""
    line = nodes.paragraph(classes=["slide-way"])
    if number > 1:
        line += [nodes.reference("", _("previous"), internal=True, refid=ids[number - 2]), nodes.Text(" ")]
    line += nodes.inline("", f"{number} / {len(ids)}")
    if number < len(ids):
        line += [nodes.Text(" "), nodes.reference("", _("next"), internal=True, refid=ids[number])]
    return line


class MakeSlides(SphinxPostTransform):
    """Make a slide of the beginning of a deck and of each of its sections. Runs before figures.py places pictures."""

    default_priority = 200
    formats = ("html",)

    def run(self, **kwargs) -> None:
        if not is_deck(self.env, self.env.docname):
            return
        deck = next(self.document.findall(nodes.section))
        slides = [part for part in deck.children if isinstance(part, nodes.section)]
        ids = [part["ids"][0] for part in (deck, *slides)]
        for number, slide in enumerate(slides, 2):
            slide["classes"].append("slide")
            arrange(slide)
            slide += way(ids, number)
        arrange(deck)
        end = deck.index(slides[0])
        deck.insert(end, [way(ids, 1), nodes.raw("", "</header>", format="html")])
        deck.insert(0, nodes.raw("", '<header class="slide">', format="html"))


def use_template(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> str | None:
    """Give a deck its own template and style sheet, and no scripts."""
    if doctree is None or not is_deck(app.env, pagename):
        return None
    app.add_css_file("slides.css")
    context["script_files"] = []
    return "slides.html"


def setup(app: Sphinx) -> dict:
    app.add_post_transform(MakeSlides)
    app.setup_extension("build_folder")
    build_folder.add_static(app, Path(__file__).parent / "slides.css")
    build_folder.add_templates(app, Path(__file__).parent)
    app.connect("html-page-context", use_template)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
