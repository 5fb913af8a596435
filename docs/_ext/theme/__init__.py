"""The frame of every page: Furo's, mended for keyboards and screen readers, with only the files that a page uses.

Why no library: this is what is left to do between libraries. sphinx-gallery loads its style sheets and scripts on all
pages, and each extension brings a style sheet, so a request, of its own.

- translator.py          what Sphinx and MyST-NB write, mended where it is written
- mends.py, page.html    what stands in Furo's own page, and code
- base.html, theme.js    no script and no style inside a page
- sidebar.py             the list of all pages, made once
- language-switch.html   the way to the same page in the other language
- 404.html               what sphinx-notfound-page shows where there is no page
"""

import hashlib
import os
from functools import cache
from pathlib import Path

import build_folder
from furo import get_pygments_stylesheet
from myst_nb.sphinx_ import HideCodeCellNode
from rcssmin import cssmin
from sphinx.application import Sphinx

from theme.mends import mend, reach_code
from theme.sidebar import ListOfPages
from theme.translator import FindNumbers, TieWords, Translator, depart_fold, visit_fold

# Not promised to stay, tried by tests/test_versions.py: HideCodeCellNode, for only who has the node can say how it is
# written, and get_pygments_stylesheet, which Furo itself writes into the site, but only when all pages are done.
HERE = Path(__file__).parent
# Files that only some pages use: how the file's name begins, and what the names of these pages begin with.
ONLY = {
    "mystnb.": (),  # 43 KB, of which lesson.css has the ten lines that count here
    "sg_gallery.css": (),  # gallery.css has the gallery's cards, with links that a screen reader can name
    "sg_gallery-binder.css": (),
    "sg_gallery-dataframe.css": (),
    "sg_gallery-rendered-html.css": (),
    "sg-tags.js": (),
    "sphinx_highlight.js": ("search",),
    "translations.js": ("search",),
}
FOR_CODE = ("clipboard.min.js", "copybutton.js", "copybutton.css")


def choose_files(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Give a page the scripts that it uses, and one style sheet."""
    unused = () if '<div class="highlight' in context.get("body", "") else FOR_CODE
    for kind in "css_files", "script_files":
        wanted = [file for file in context[kind] if is_wanted(str(file.filename), pagename)]
        context[kind] = [file for file in wanted if not str(file.filename).endswith(unused)]
    sheets = sorted(context["css_files"], key=lambda sheet: sheet.priority)
    context["css_files"] = [bundle(app.outdir, tuple(str(sheet.filename) for sheet in sheets))]


def mend_page(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Mend the text of a page, and give its template what mends the frame."""
    context["mend"] = mend
    if doctree is not None:
        context["body"] = reach_code(context["body"], doctree)


def is_wanted(filename: str, pagename: str) -> bool:
    name = filename.rsplit("/", 1)[-1]
    return all(pagename.startswith(pages) for file, pages in ONLY.items() if name.startswith(file))


@cache
def bundle(outdir: Path, names: tuple[str, ...]) -> str:
    """Write these style sheets of the site into one, in their order, and return its name: one request for all."""

    def text_of(name: str) -> str:
        if name.endswith("pygments.css"):
            return get_pygments_stylesheet()
        return Path(outdir, name).read_text(encoding="utf-8")

    text = cssmin("\n".join(map(text_of, names)))
    name = f"_static/site-{hashlib.sha256(text.encode()).hexdigest()[:8]}.css"
    own = Path(outdir, f"{name}.{os.getpid()}")  # pages are written in parallel: nobody may see half a file
    own.write_text(text, encoding="utf-8")
    own.replace(Path(outdir, name))
    return name


def setup(app: Sphinx) -> dict:
    app.setup_extension("build_folder")
    build_folder.add_static(app, HERE / "theme.js")
    build_folder.add_templates(app, HERE)
    app.set_translator("html", Translator)
    app.add_post_transform(TieWords)
    app.add_post_transform(FindNumbers)
    app.add_node(HideCodeCellNode, override=True, html=(visit_fold, depart_fold))
    pages = ListOfPages()
    app.connect("html-page-context", pages.take, priority=400)  # before Furo
    app.connect("html-page-context", pages.give, priority=600)  # and after it
    app.connect("html-page-context", mend_page)
    app.connect("html-page-context", choose_files, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
