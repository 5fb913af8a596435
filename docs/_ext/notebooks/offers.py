"""Where the pages offer what can be taken home: below each page that runs, and in a text with `{take-home}`lesson``.

Why no library: Sphinx's `download` role offers files that lie among the sources; these are made by the build.
"""

from functools import partial
from pathlib import Path

from docutils import nodes
from execution import read_notebook
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

from notebooks.packing import ARCHIVE

WHAT = {"lesson": ARCHIVE, "package": "nwlesson-*.whl", "cards": "*.apkg"}  # in the folder notebooks of the site


class take_home(nodes.Inline, nodes.Element):
    """The place of a link to something whose name and size are known when all notebooks are written."""


class TakeHomeRole(SphinxRole):
    """Link to the archive with the whole `lesson`, to the `package` or to the `cards`, and say how large it is."""

    def run(self):
        if self.text not in WHAT:
            known = ", ".join(WHAT)
            return [], [self.inliner.reporter.error(f"take-home must be one of {known}, but it is {self.text!r}")]
        return [take_home(what=self.text)], []


def repository_of(app: Sphinx) -> str:
    """Return where the project is hosted, or nothing; conf.py says it."""
    return app.config.html_context.get("repository_url", "")


def shelf(app: Sphinx) -> str:
    """Return where the package lies, as seen from this language's part of the site: with the English."""
    above = Path(app.outdir).parent / "notebooks"
    return "../notebooks" if app.config.language != "en" and above.exists() else "notebooks"


def folder_of(app: Sphinx) -> str:
    """Return the folder of this language in the site; English has none."""
    return getattr(app.config, "lesson_languages", {}).get(app.config.language, ("",))[0]


def english(app: Sphinx) -> str:
    """Return the address of the English site, if it is known: the package lies there."""
    return app.config.html_baseurl.removesuffix(folder_of(app))


def offer(app: Sphinx, what: str) -> tuple[str, str]:
    """Return where in the site something lies, and how large it is."""
    place = shelf(app) if what == "package" else "notebooks"  # each language has an archive and cards of its own
    (path,) = Path(app.outdir, place).glob(WHAT[what])
    return f"{place}/{path.name}", readable(path.stat().st_size)


def readable(size: int) -> str:
    return f"{size / 1000:.0f}\N{NO-BREAK SPACE}KB" if size < 999_500 else f"{size / 1_000_000:.1f}\N{NO-BREAK SPACE}MB"


def in_brackets(app: Sphinx, *details: str) -> str:
    """Return these behind a word as the language sets them: Chinese has brackets of its own, as wide as its signs."""
    return f"（{'，'.join(details)}）" if app.config.language.startswith("zh") else f" ({', '.join(details)})"


def place_links(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the links in their places."""
    for place in list(doctree.findall(take_home)):
        if app.builder.name != "html":
            place.replace_self(nodes.Text(WHAT[place["what"]]))
            continue
        path, size = offer(app, place["what"])
        link = nodes.reference("", path.rpartition("/")[2], refuri="../" * docname.count("/") + path, internal=True)
        place.replace_self([link, nodes.Text(in_brackets(app, size))])


def link_notebook(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Tell the page template where this page's notebook is, and what else to take home."""
    if doctree is None:
        return
    gallery = Path(app.srcdir, f"{pagename}.ipynb").exists()
    source = Path(app.env.doc2path(pagename))
    if not gallery and not (source.suffix == ".md" and read_notebook(source)):
        return
    context["notebook"] = path = f"notebooks/{pagename}.ipynb"
    context["in_brackets"] = partial(in_brackets, app)
    context["package"], context["lesson"] = offer(app, "package"), offer(app, "lesson")
    if repository := repository_of(app):
        name = repository.split("github.com/")[-1]
        branch = context["published_branch"]
        context["colab"] = f"https://colab.research.google.com/github/{name}/blob/{branch}/{folder_of(app)}{path}"
        context["binder"] = f"https://mybinder.org/v2/gh/{name}/{branch}?urlpath=lab/tree/{folder_of(app)}{path}"


def setup(app: Sphinx) -> None:
    app.add_node(take_home)
    app.add_role("take-home", TakeHomeRole())
    app.connect("doctree-resolved", place_links)
    app.connect("html-page-context", link_notebook)
