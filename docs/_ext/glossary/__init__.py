"""What a term means, shown where it stands: on hover, on focus, and on the first touch, without a request.

Why no library: sphinx-hoverxref and sphinx-tippy fetch a page or load 30 KB and more. The browser has popovers. The
words are those of the glossary's page; without the script, a term is a link to them.
"""

from pathlib import Path

import build_folder
from docutils import nodes
from sphinx.application import Sphinx

HERE = Path(__file__).parent
PAGE = "reference/glossary"


class term_says(nodes.General, nodes.Inline, nodes.TextElement):
    """The popover of a term, hidden until the script opens it."""


def definitions(app: Sphinx) -> dict[str, nodes.paragraph]:
    """Return the first paragraph of each entry, by the name that links lead to."""
    if not hasattr(app, "_term_definitions"):
        app._term_definitions = found = {}
        for item in app.env.get_doctree(PAGE).findall(nodes.definition_list_item):
            paragraph = next(item[-1].findall(nodes.paragraph), None)
            for term in item.findall(nodes.term):
                found |= dict.fromkeys(term["ids"], paragraph)
    return app._term_definitions


def words(paragraph: nodes.paragraph) -> list[nodes.Node]:
    """Return the words of a definition without its links: a popover is no place to go on from."""
    kept = []
    for child in paragraph.children:
        plain = isinstance(child, nodes.Text | nodes.math | nodes.emphasis | nodes.literal)
        kept.append(child.deepcopy() if plain else nodes.Text(child.astext()))
    return kept


def add_definitions(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put behind each link to a term what the term means."""
    if app.builder.name != "html" or docname == PAGE or PAGE not in app.env.found_docs:
        return
    for number, link in enumerate(list(doctree.findall(nodes.reference))):
        uri, _, name = link.get("refuri", "").partition("#")
        if not uri.endswith("glossary.html") or name not in definitions(app):
            continue
        says = term_says("", "", *words(definitions(app)[name]), ids=[f"says-{number}"])
        link.parent.insert(link.parent.index(link) + 1, says)


def open_says(self, node: term_says) -> None:
    self.body.append(f'<span class="term-says" popover="manual" role="tooltip" id="{node["ids"][0]}">')


def close_says(self, node: term_says) -> None:
    self.body.append("</span>")


def load_files(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Load script and style on pages with terms, and on no other."""
    if doctree is not None and any(doctree.findall(term_says)):
        app.add_css_file("glossary.css", priority=850)  # after lesson.css
        app.add_js_file("glossary.js", defer="defer")


def skip(self, node: term_says) -> None:
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict:
    app.add_node(term_says, html=(open_says, close_says), latex=(skip, None), text=(skip, None))
    app.setup_extension("build_folder")
    build_folder.add_static(app, HERE / "glossary.js", HERE / "glossary.css")
    app.connect("doctree-resolved", add_definitions)
    app.connect("html-page-context", load_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
