"""Small repairs to every page: a description for search engines, and only the files that it uses, in few requests.

Why no library: sphinx-gallery loads its style sheets and scripts on all pages, each extension brings a style sheet of
its own, and no extension for descriptions takes the page's own first sentence.
"""

import hashlib
import html
import os
from functools import cache
from pathlib import Path

import build_folder
from docutils import nodes
from furo import get_pygments_stylesheet
from sphinx import addnodes
from sphinx.application import Sphinx

# Files that only some pages use: how the file's name begins, and what the names of these pages begin with.
ONLY = {
    "mystnb.": (),  # 43 KB, of which lesson.css has the ten lines that count here
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
        if isinstance(paragraph.parent, (nodes.section, nodes.container, addnodes.desc_content)):
            text = " ".join(paragraph.astext().split())
            return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"
    return ""


def describe_and_bundle(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    if doctree is not None and (text := first_sentences(doctree)):
        context["metatags"] = context.get("metatags", "") + f'<meta name="description" content="{html.escape(text)}">'
    for kind in "css_files", "script_files":
        context[kind] = [file for file in context[kind] if _wanted(str(file.filename), pagename)]
    sheets = sorted(context["css_files"], key=lambda sheet: sheet.priority)
    together = bundle(app.outdir, tuple(str(sheet.filename) for sheet in sheets))
    context["css_files"] = [type(sheets[0])(together)]


@cache
def bundle(outdir: Path, names: tuple[str, ...]) -> str:
    """Write these style sheets of the site into one, in their order, and return its name: one request for all."""

    def text_of(name: str) -> str:  # Furo writes the colours of code on dark pages when all pages are done: too late
        if name.endswith("pygments.css"):
            return get_pygments_stylesheet()
        return Path(outdir, name).read_text(encoding="utf-8")

    text = "\n".join(map(text_of, names))
    name = f"_static/site-{hashlib.sha256(text.encode()).hexdigest()[:8]}.css"
    own = Path(outdir, f"{name}.{os.getpid()}")  # pages are written in parallel: nobody may see half a file
    own.write_text(text, encoding="utf-8")
    own.replace(Path(outdir, name))
    return name


def _wanted(filename: str, pagename: str) -> bool:
    name = filename.rsplit("/", 1)[-1]
    return all(pagename.startswith(pages) for file, pages in ONLY.items() if name.startswith(file))


def setup(app: Sphinx) -> dict:
    app.setup_extension("build_folder")
    build_folder.add_static(app, Path(__file__).parent / "theme.js")
    build_folder.add_templates(app, Path(__file__).parent)
    app.connect("html-page-context", describe_and_bundle, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
