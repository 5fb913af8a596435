"""Every page that runs can be taken home as a notebook, or opened in Colab or Binder where the site is hosted.

Why no library: jupytext copies MyST's directives and roles into the notebook as they are; a reader would see
`{fact}` instead of a number and `:::` instead of a note.
"""

import html
import posixpath
import re
import shutil
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import build_folder
import nbformat
from execution import read_notebook
from quiz import VERDICT, QuizError, split
from roles import facts
from sphinx.application import Sphinx

DIRECTIVE = re.compile(r"^(:{3,}|`{3,})\{(\w+)\} ?([^\n]*)\n((?::[\w-]+:[^\n]*\n)*)(.*?)^\1$", re.MULTILINE | re.DOTALL)
ROLE = re.compile(r"\{([\w:]+)\}`([^`]+)`")
LABEL = re.compile(r"^\([\w-]+\)=\n", re.MULTILINE)
PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*sphx_glr_(plot_\w+)_\d+\.svg\)(\{[^}]*\})?")
TARGET = re.compile(r"\]\(#([^)]+)\)")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\.(?:md|rst|html)(#[^)]*)?\)")


def plain(markdown: str, table: dict[str, str], docname: str, targets: dict[str, str] | None = None) -> str:
    """Turn the MyST of the page `docname` into Markdown that any notebook shows, with links to the site's pages.

    `targets` says where the names are that a page links to as `#name`. What has the class `solution` stays there.
    """

    def directive(match: re.Match) -> str:
        _, name, title, options, body = match.groups()
        if name == "quiz":
            return plain_quiz(body)
        if name == "explorable":
            return f"[A figure to try, on the site]({posixpath.basename(docname)}.md#explore-{title})\n"
        if re.search(r"^:class:.*\bsolution\b", options, re.MULTILINE):
            return f"[The solution]({posixpath.basename(docname)}.md) is on the page.\n"
        if ":collapsible:" in options:
            return f"<details><summary>{title}</summary>\n\n{body}\n</details>\n"
        return f"**{title}**\n\n{body}" if title else body

    def role(match: re.Match) -> str:
        name, text = match.groups()
        if name == "fact":
            return table.get(text, text)  # an unknown fact has been reported where it stands
        if name == "minutes":
            return "A few minutes"
        if name == "cite":
            return "([bibliography](../reference/bibliography.md))"
        text = re.sub(r"\s*<[^>]*>$", "", text).removeprefix("~")
        return f"`{text}`" if name.startswith("py:") else text

    def link(match: re.Match) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(docname), match[1]))
        return f"]({to_site(docname)}{target}.html{match[2] or ''})"

    def named(match: re.Match) -> str:
        page, _, name = (targets or {}).get(match[1], f"{docname}.html#{match[1]}").partition("#")
        return f"]({to_site(docname)}{page}#{name})"

    while DIRECTIVE.search(markdown):  # from the outside in: a directive can hold others
        markdown = DIRECTIVE.sub(directive, markdown)
    markdown = PICTURE.sub(r"[The picture on the site](../examples/\1.html)", LABEL.sub("", markdown))
    return TARGET.sub(named, LINK.sub(link, ROLE.sub(role, markdown)))


def plain_quiz(body: str) -> str:
    """Turn a quiz into its question and a fold for each option."""
    try:
        question, options = split(body)
    except QuizError:
        return body  # it has been reported where it stands
    folds = []
    for option in options:
        choice = re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(" ".join(option.choice.split()), quote=False))
        verdict = f"**{VERDICT[option.right]}**"
        folds.append(f"<details><summary>{choice}</summary>\n\n{verdict}\n\n{option.reason}\n\n</details>\n")
    return "\n".join([question.rstrip("\n") + "\n", *folds])


def to_site(docname: str) -> str:
    """Return the way from a page's notebook, notebooks/<docname>.ipynb, to the top of the site."""
    return "../" * (docname.count("/") + 1)


def packages(cells: list[nbformat.NotebookNode]) -> list[str]:
    """Return what the code of a notebook imports besides nwlesson, by the names that pip knows."""
    code = "".join(cell.source for cell in cells if cell.cell_type == "code")
    return ["torch", "matplotlib", *(["scikit-learn"] if "from sklearn" in code else [])]


def repository_of(app: Sphinx) -> str:
    """Return where the project is hosted, or nothing; conf.py says it."""
    return app.config.html_context.get("repository_url", "")


def needs(app: Sphinx, cells: list[nbformat.NotebookNode]) -> nbformat.NotebookNode:
    """Return the cell that installs what the notebook needs, where the site knows its repository."""
    repository, others = repository_of(app), " ".join(packages(cells))
    source = f"%pip install {others} 'nwlesson @ git+{repository}'" if repository else f"# pip install {others} ."
    return nbformat.v4.new_code_cell(source, id="needs")


def convert(app: Sphinx, docname: str) -> nbformat.NotebookNode | None:
    """Return a page as a notebook to run, or None where nothing in it runs."""
    notebook = read_notebook(Path(app.env.doc2path(docname)))
    if notebook is None:
        return None
    page = f"{to_site(docname)}{docname}.html"
    others = ", ".join(packages(notebook.cells))
    home = f"This notebook is [a page of the lesson]({page}). It needs {others} and nwlesson."
    cells = [nbformat.v4.new_markdown_cell(home, id="about"), needs(app, notebook.cells)]
    labels = app.env.get_domain("std").anonlabels
    targets = {name: f"{document}.html#{anchor}" for name, (document, anchor) in labels.items()}
    for number, cell in enumerate(notebook.cells):
        if "solution" in cell.metadata.get("tags", ()):
            continue
        if cell.cell_type == "markdown":
            source = plain(cell.source, facts(app), docname, targets)
            cells.append(nbformat.v4.new_markdown_cell(source, id=f"cell-{number}"))
        else:
            tags = {"tags": cell.metadata["tags"]} if "tags" in cell.metadata else {}
            if {"remove-cell", "remove-input"} & set(cell.metadata.get("tags", [])):
                tags["jupyter"] = {"source_hidden": True}  # not shown on the page; Jupyter folds it
            cells.append(nbformat.v4.new_code_cell(cell.source, id=f"cell-{number}", metadata=tags))
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=kernel)


def write_notebooks(app: Sphinx, error: Exception | None) -> None:
    """Write the notebooks of all pages and gallery scripts into the site."""
    if error or app.builder.name != "html":
        return
    target = Path(app.outdir, "notebooks")
    shutil.rmtree(target, ignore_errors=True)
    for docname in sorted(app.env.found_docs):
        path = target / f"{docname}.ipynb"
        made = Path(app.srcdir, f"{docname}.ipynb")  # sphinx-gallery's
        if made.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            notebook = nbformat.read(made, as_version=4)
            notebook.nbformat_minor = 5  # the first with names for cells
            for number, cell in enumerate(notebook.cells):
                cell["id"] = f"cell-{number}"
            notebook.cells.insert(0, needs(app, notebook.cells))
            nbformat.write(notebook, path)
        elif docname in app.env.metadata and (notebook := convert(app, docname)):
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, path)
    for archive in Path(app.outdir, "_downloads").glob("*/*.zip"):
        without_dates(archive)
    if repository := repository_of(app):  # what Binder installs
        text = f"torch\nmatplotlib\nscikit-learn\nnwlesson @ git+{repository}\n"
        Path(app.outdir, "requirements.txt").write_text(text, encoding="utf-8")


def without_dates(archive: Path) -> None:
    """Pack an archive of sphinx-gallery again, without dates: two builds of the same sources give the same site."""
    with ZipFile(archive) as old:
        files = {name: old.read(name) for name in sorted(old.namelist())}
    with ZipFile(archive, "w") as new:
        for name, content in files.items():
            new.writestr(ZipInfo(name), content, compress_type=ZIP_DEFLATED)


def link_notebook(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Tell the page template where this page's notebook is."""
    if doctree is None:
        return
    gallery = Path(app.srcdir, f"{pagename}.ipynb").exists()
    source = Path(app.env.doc2path(pagename))
    if not gallery and not (source.suffix == ".md" and read_notebook(source)):
        return
    if gallery and not repository_of(app):  # sphinx-gallery links the same file already
        return
    path = f"notebooks/{pagename}.ipynb"
    context["notebook"] = path
    if repository := repository_of(app):
        name = repository.split("github.com/")[-1]
        branch = context["published_branch"]
        context["colab"] = f"https://colab.research.google.com/github/{name}/blob/{branch}/{path}"
        context["binder"] = f"https://mybinder.org/v2/gh/{name}/{branch}?urlpath=lab/tree/{path}"


def setup(app: Sphinx) -> dict:
    app.setup_extension("build_folder")
    build_folder.add_templates(app, Path(__file__).parent)
    app.connect("html-page-context", link_notebook)
    app.connect("build-finished", write_notebooks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
