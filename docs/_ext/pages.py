"""Small repairs to every page: a description for search engines, and only the files that it uses.

Why no library: sphinx-gallery loads its style sheets and scripts on all pages, and no extension for descriptions
takes the page's own first sentence.
"""

import html

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

# Files that only some pages use: what the names of these pages begin with.
ONLY = {
    "sg_gallery.css": (),  # lesson.css has the gallery's cards, with links that a screen reader can name
    "sg_gallery-binder.css": (),
    "sg_gallery-dataframe.css": (),
    "sg_gallery-rendered-html.css": (),
    "sg-tags.js": (),
    "sphinx_highlight.js": ("search",),
}


def first_sentences(doctree: nodes.document, limit: int = 155) -> str:
    """Return the beginning of the first paragraph, cut between words."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, (nodes.section, addnodes.desc_content)):
            text = " ".join(paragraph.astext().split())
            return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"
    return ""


def complete(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    if doctree is not None and (text := first_sentences(doctree)):
        context["metatags"] = context.get("metatags", "") + f'<meta name="description" content="{html.escape(text)}">'
    for kind in "css_files", "script_files":
        context[kind] = [file for file in context[kind] if _wanted(str(file.filename), pagename)]


def _wanted(filename: str, pagename: str) -> bool:
    name = filename.rsplit("/", 1)[-1]
    return name not in ONLY or pagename.startswith(ONLY[name])


def setup(app: Sphinx) -> dict:
    app.connect("html-page-context", complete, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
