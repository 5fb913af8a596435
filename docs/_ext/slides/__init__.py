"""A page with `layout: slides` in its front matter is a deck: every section one screen, one printed page.

Why no library: looked at twice. sphinx-revealjs is a second builder, so the deck would be another site without our
figures, facts, formulas and links; reveal.js shows nothing without its 112 KB of script, and fills its presenter window
with scripts and styles inside the page, which every page here forbids.

A deck is a page: CSS alone makes slides of it (slides.css), on a screen and on paper. slides.js adds what a talk wants
besides: keys, steps, a dark screen, and a second window with notes, next slide and clock. A fold of the class `then` is
a step, shown when everybody has guessed. `{address}` is the address of the site, as a QR code too.
"""

from pathlib import Path

import build_folder
import segno
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

HERE = Path(__file__).parent


def is_deck(env: BuildEnvironment, docname: str) -> bool:
    return env.metadata.get(docname, {}).get("layout") == "slides"


class site_address(nodes.General, nodes.Element):
    """The place of the site's address, which is known when pages are written; it holds what to say without one."""


class SiteAddress(SphinxDirective):
    """The address of the site, to type and to scan; where the site has none, the directive's text, which says so."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        return [site_address("", *self.parse_content_to_nodes())]


def write_address(place: site_address, address: str) -> None:
    """Put the address and its QR code in their place, or what stands there."""
    if not address:
        place.replace_self(place.children)
        return
    code = segno.make(address).svg_inline(border=4, light="white", omitsize=True, svgclass=None, lineclass=None)
    picture = f'<div class="site-code" role="img" aria-label="{_("QR code")}">{code}</div>'
    link = nodes.reference("", address.partition("//")[2].rstrip("/"), refuri=address)
    line = nodes.paragraph("", "", link, classes=["site-address"])
    place.replace_self([line, nodes.raw("", picture, format="html", classes=["site-code"])])


def beside(part: nodes.Node) -> list[nodes.Node]:
    """Return what of this part stands beside the words: a figure to move, a step with a picture, a picture."""
    if "site-code" in part["classes"]:
        return [part]
    pictures = list(part.findall(nodes.image))
    return [part] if pictures and {"explorable", "then"} & set(part["classes"]) else pictures


def arrange(slide: nodes.Element) -> None:
    """Put what lies between title and notes into one box for words, formulas and code, and pictures beside it."""
    ends = (i for i, part in enumerate(slide) if isinstance(part, nodes.section) or "notes" in part["classes"])
    last = next(ends, len(slide.children))
    content, slide.children[1:last] = slide.children[1:last], []
    words = [part for part in content if not beside(part)]
    boxes = [nodes.container("", *words, classes=["slide-words"])] if words else []
    slide.insert(1, boxes + [picture for part in content for picture in beside(part)])


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
        for place in list(self.document.findall(site_address)):
            write_address(place, self.config.html_baseurl)
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
    """Give a deck its own template and style sheet, and no scripts but its own and those of the figures to move."""
    if doctree is None or not is_deck(app.env, pagename):
        return None
    app.add_css_file("slides.css")
    app.add_js_file("slides.js", defer="defer")
    context["script_files"] = [
        file for file in context["script_files"] if str(file.filename).endswith(("slides.js", "load.js"))
    ]
    return "slides.html"


def setup(app: Sphinx) -> dict:
    app.add_node(site_address)
    app.add_directive("address", SiteAddress)
    app.add_post_transform(MakeSlides)
    app.setup_extension("build_folder")
    build_folder.add_static(app, HERE / "slides.css", HERE / "slides.js")
    build_folder.add_templates(app, HERE)
    app.connect("html-page-context", use_template)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
