"""Small repairs to every page: a description for search engines, and only the style sheets it uses.

Why no library: sphinx-gallery and MyST-NB load their style sheets on all pages, and no extension for descriptions
takes the page's own first sentence.
"""

from docutils import nodes
from sphinx.application import Sphinx

# Style sheets that only some pages use: what the page's name begins with, or None for nowhere.
ONLY = {
    "sg_gallery.css": ("examples/", "reference/"),
    "sg_gallery-binder.css": (),
    "sg_gallery-dataframe.css": (),
    "sg_gallery-rendered-html.css": (),
}


def first_sentences(doctree: nodes.document, limit: int = 155) -> str:
    """Return the beginning of the first paragraph, cut between words."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section):
            text = " ".join(paragraph.astext().split())
            return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"
    return ""


def complete(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    if doctree is not None and 'name="description"' not in context.get("metatags", ""):
        if text := first_sentences(doctree):
            quoted = text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
            context["metatags"] = context.get("metatags", "") + f'<meta name="description" content="{quoted}">'
    context["css_files"] = [css for css in context["css_files"] if _wanted(str(css.filename), pagename)]


def _wanted(filename: str, pagename: str) -> bool:
    name = filename.rsplit("/", 1)[-1]
    return name not in ONLY or pagename.startswith(ONLY[name])


def skip_autolink(app: Sphinx, docname: str, source: list[str]) -> None:
    """sphinx-gallery links the code of its pages by itself; sphinx-codeautolink would trip over its markup."""
    if docname.startswith("examples/plot_"):
        source[0] = ".. autolink-skip:: file\n\n" + source[0]


def setup(app: Sphinx) -> dict:
    app.connect("html-page-context", complete, priority=900)
    app.connect("source-read", skip_autolink)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
