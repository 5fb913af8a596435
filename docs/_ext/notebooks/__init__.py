"""Every page that runs can be taken home as a notebook, or opened in Colab or Binder where the site is hosted.

Why no library: see markdown.py and packing.py.

- markdown.py     the text of a page, as Markdown that any notebook shows
- first_cell.py   the cell that installs what a notebook needs; the build puts the right values in
- packing.py      the wheel of the package, and the archive with the whole lesson; take-home/ has its README
- offers.py       where the pages offer all this, and how large it is
"""

import json
import re
import shutil
from pathlib import Path
from textwrap import indent

import build_folder
import nbformat
from execution import read_notebook
from roles import facts
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.locale import _
from translation.markdown import translate_markdown
from translation.words import translate_code

from notebooks import offers, packing
from notebooks.markdown import Links, plain

HERE = Path(__file__).parent
DONE = re.compile(r'print\(f?"(\w+): done')


def packages(cells: list[nbformat.NotebookNode]) -> dict[str, str]:
    """Return what the code of a notebook imports besides nwlesson: name in Python -> name for pip."""
    code = "".join(cell.source for cell in cells if cell.cell_type == "code")
    more = {"sklearn": "scikit-learn"} if "from sklearn" in code else {}
    return {"torch": "torch", "matplotlib": "matplotlib"} | more


def first_cell(**values) -> nbformat.NotebookNode:
    """Return the cell of first_cell.py, with these values in the place of those in the file."""

    def assign(line: re.Match) -> str:
        name, comment = line.groups()
        return f"{name} = {json.dumps(values.pop(name))}{comment or ''}"

    source = (HERE / "first_cell.py").read_text(encoding="utf-8").rstrip("\n")
    source = re.sub(rf"^({'|'.join(values)}) = .*?(  #.*)?$", assign, source, flags=re.MULTILINE)
    return nbformat.v4.new_code_cell(source, id="needs")


def needs(app: Sphinx, cells: list[nbformat.NotebookNode]) -> nbformat.NotebookNode:
    """Return the cell that installs what these cells need, from where this site has it."""
    site, repository = offers.english(app), offers.repository_of(app)
    raw = f"{repository}/raw/{app.config.html_context['published_branch']}/" if repository else ""
    return first_cell(
        wheel=app._lesson_wheel,
        site=(site or raw) and f"{site or raw}notebooks/",
        page=f"{app.config.html_baseurl}about/install.html" if site else "the page Install of the site",
        needs=packages(cells),
    )


def first_cells(app: Sphinx, docname: str, links: Links, cells: list) -> list[nbformat.NotebookNode]:
    """Return the cells that say which page this is, and install what its own cells need."""
    page = links.to(links.titles[docname], docname)
    about = _(
        "This notebook is the page “{page}” of the lesson *{lesson}*. "
        "Run the next cell first: it installs what is missing."
    )
    about = about.format(page=page, lesson=app.config.html_title)
    return [nbformat.v4.new_markdown_cell(about, id="about"), needs(app, cells)]


def links_of(app: Sphinx) -> Links:
    """Return what the notebooks may say of the site's pages."""
    labels = app.env.get_domain("std").anonlabels
    targets = {name: f"{document}.html#{anchor}" for name, (document, anchor) in labels.items()}
    numbered = re.compile(r"^\d+ ")  # lessons are: a picture's title may begin with "4 points"
    titles = {
        name: numbered.sub("", title.astext()) if name.startswith("lessons/") else title.astext()
        for name, title in app.env.titles.items()
    }
    return Links(app.config.html_baseurl, titles, targets)


def forgiving(test: str) -> str:
    """Let the test of an exercise say what is missing, where it would stop the notebook; nbgrader wants it to stop."""
    if not (done := DONE.search(test)):
        raise ExtensionError(f'the test of an exercise must print "1a: done" at its end, with its number:\n{test}')
    return f"""\
try:
{indent(test, "    ")}
except Exception as error:
    said = str(error) if isinstance(error, AssertionError) else repr(error)
    print("{done[1]}: not yet:", said)
    if "NoneType" in said:
        print("A function without a return gives None. Is one missing?")
    if "NBGRADER_EXECUTION" in __import__("os").environ:  # a teacher marks
        raise"""


def for_nbgrader(test: str) -> dict:
    """Return what nbgrader wants to know of a cell that gives a point; it puts the test back, should it be changed."""
    return {
        "grade": True,
        "grade_id": f"exercise-{DONE.search(test)[1].lower()}",
        "points": 1,
        "locked": True,
        "solution": False,
        "task": False,
        "schema_version": 3,
        "cell_type": "code",
    }


def code_cell(cell: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """Return a cell of a page as it will be in the notebook."""
    tags = cell.metadata.get("tags", [])
    metadata = {"tags": tags} if tags else {}
    if {"remove-cell", "remove-input"} & set(tags):
        metadata["jupyter"] = {"source_hidden": True}  # not shown on the page; Jupyter folds it
    source = cell.source
    if "success-test" in tags:
        source, metadata["nbgrader"] = forgiving(source), for_nbgrader(source)
    return nbformat.v4.new_code_cell(translate_code(source, "python", _), id=name, metadata=metadata)


def convert(app: Sphinx, docname: str, links: Links) -> nbformat.NotebookNode | None:
    """Return a page as a notebook to run, or None where nothing in it runs."""
    notebook = read_notebook(Path(app.env.doc2path(docname)))
    if notebook is None:
        return None
    cells = first_cells(app, docname, links, notebook.cells)
    for number, cell in enumerate(notebook.cells):
        if "solution" in cell.metadata.get("tags", ()):
            continue
        if cell.cell_type == "markdown":
            source = plain(translate_markdown(cell.source, _), facts(app), docname, links)
            cells.append(nbformat.v4.new_markdown_cell(source, id=f"cell-{number}"))
        else:
            cells.append(code_cell(cell, f"cell-{number}"))
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=kernel)


def from_gallery(app: Sphinx, docname: str, links: Links, made: Path) -> nbformat.NotebookNode:
    """Return the notebook that sphinx-gallery has made of a script, with our first cells."""
    notebook = nbformat.read(made, as_version=4)
    notebook.nbformat_minor = 5  # the first with names for cells
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        if cell.cell_type == "markdown":
            cell.source = re.sub(r":download:`([^<`]+?) *<[^>]*>`", r"`\1`", cell.source)
    notebook.cells[:0] = first_cells(app, docname, links, notebook.cells)
    return notebook


def notebook_of(app: Sphinx, docname: str, links: Links) -> nbformat.NotebookNode | None:
    """Return a page or an example of the gallery as a notebook, or None where nothing in it runs."""
    made = Path(app.srcdir, f"{docname}.ipynb")  # sphinx-gallery's
    return from_gallery(app, docname, links, made) if made.exists() else convert(app, docname, links)


def remember_what_is_read(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Tell write_notebooks which pages are read again: the notebooks of all others are what they were."""
    app._lesson_read = set(docnames)


def write_notebooks(app: Sphinx, env: BuildEnvironment) -> None:
    """Write the wheel, the notebooks and the archive into the site, when all is read and before any page is written."""
    if app.builder.name != "html":
        return
    target = Path(app.outdir, "notebooks")
    target.mkdir(parents=True, exist_ok=True)
    own = offers.shelf(app) == "notebooks"
    app._lesson_wheel = packing.build_wheel(target) if own else Path(offers.offer(app, "package")[0]).name
    links = links_of(app)
    same_links, env.lesson_links = getattr(env, "lesson_links", None) == links, links
    names: set[str] = set()
    for docname in sorted(env.found_docs):
        path = target / f"{docname}.ipynb"
        if same_links and path.exists() and docname not in app._lesson_read:
            notebook = nbformat.v4.reads(path.read_text(encoding="utf-8"))
        elif notebook := notebook_of(app, docname, links):
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, path)
        else:
            path.unlink(missing_ok=True)
            continue
        names |= set(packages(notebook.cells).values())
    for data in Path(app.srcdir).glob("practice/*.csv"):  # beside the notebook that reads it, also on Binder
        shutil.copy(data, target / "practice")
    wheel = Path(app.outdir, offers.shelf(app), app._lesson_wheel)
    packing.pack_lesson(target, wheel, names, app.config.language)
    if own and offers.repository_of(app):  # what Binder installs
        text = "\n".join([*sorted(names), f"./notebooks/{app._lesson_wheel}", ""])
        Path(app.outdir, "requirements.txt").write_text(text, encoding="utf-8")


def replace_those_of_the_gallery(app: Sphinx, error: Exception | None) -> None:
    """Let sphinx-gallery offer our notebooks, in archives without dates."""
    if error or app.builder.name != "html":
        return
    ours = {path.name: path.read_bytes() for path in Path(app.outdir, "notebooks", "examples").glob("*.ipynb")}
    for download in Path(app.outdir, "_downloads").glob("*/*"):
        if download.name in ours:
            download.write_bytes(ours[download.name])
        elif download.suffix == ".zip":
            files = packing.unpack(download)
            packing.pack(download, {name: ours.get(name, content) for name, content in files.items()})


def setup(app: Sphinx) -> dict:
    app.setup_extension("build_folder")
    build_folder.add_templates(app, HERE)
    offers.setup(app)
    app.connect("env-before-read-docs", remember_what_is_read)
    app.connect("env-updated", write_notebooks)
    app.connect("build-finished", replace_those_of_the_gallery)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
