"""The build itself, on a small copy of the project: what runs again and when, and what a failure leaves behind."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import build_site
import pytest
from conftest import DOCS, ROOT

pytestmark = pytest.mark.site
LESSON = """\
---
file_format: mystnb
kernelspec:
  name: python3
  display_name: Python 3
---

# A lesson

A sentence with a typo and the number {fact}`one`, and $x^2$.

```{code-cell}
import torch
from nwlesson import describe, gaussian

print(f"kernel {gaussian(torch.tensor(0.0)).item():.1f}")
```

```{code-cell}
import matplotlib.pyplot as plt

fig, ax = plt.subplots()
ax.plot([0, 1])
fig = describe(fig, "A line that rises from 0 to 1.")
```
"""
OTHER = LESSON.replace("# A lesson", "# Another").replace("kernel", "other").replace("`one`", "`two`")
OTHER += "\n```{index} regression\n```\n\nSee {doc}`a`.\n"
SCRIPT = '''\
"""
Does it run?
============

One line.
"""

import matplotlib.pyplot as plt
import torch

from nwlesson import describe, gaussian

print(f"gallery {gaussian(torch.tensor(0.0)).item():.1f}")
fig, ax = plt.subplots()
ax.plot([0, 1])
describe(fig, "A line that rises from 0 to 1.")
'''
INDEX = """\
# Home

A page with a lesson, which takes {minutes}`lessons/b`.

```pycon
>>> 1 + 1
2

```

```{toctree}
lessons/a
lessons/b
examples/index
```
"""


ADDRESSES = "NWLESSON_REPOSITORY_URL", "NWLESSON_SITE_URL", "READTHEDOCS_CANONICAL_URL"  # CI sets them


OPTIONS = re.search(r"^sphinx_options := (.*)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[1]


@pytest.fixture(scope="module")
def builder():
    """A process that builds the project in a folder as `make` does, see forked_builds.py."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON") and k not in ADDRESSES}
    env |= {"LC_ALL": "C", "PYTHONUTF8": "1", "MPLBACKEND": "agg", "MATPLOTLIBRC": os.devnull, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, Path(__file__).with_name("forked_builds.py"), *OPTIONS.split()]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=env, encoding="utf-8", **pipes) as process:
        yield process
        process.stdin.close()


class Built(NamedTuple):
    """How a build ended, and what it said."""

    returncode: int
    said: str

    @property
    def ran(self):
        return re.findall(r"^ran (\w+) ?(\S*)", self.said, re.MULTILINE)


class Project:
    def __init__(self, root, builder):
        self.root = root
        self.site = root / "docs" / "_build" / "html"
        self.builder = builder

    def make(self, target="html", **env):
        """Run make with the environment of this checkout and return what it said."""
        venv = sys.prefix
        command = ["make", target, f"venv={venv}", "-o", f"{venv}/site"]
        env = {k: v for k, v in os.environ.items() if k not in {"MAKEFLAGS", *ADDRESSES}} | env
        run = subprocess.run(command, cwd=self.root, capture_output=True, env=env, encoding="utf-8")
        return Built(run.returncode, run.stdout + run.stderr)

    def build(self, **settings):
        """Build as `make` does, without starting Python and Sphinx anew."""
        print(json.dumps([str(self.root), settings]), file=self.builder.stdin, flush=True)
        code = int(self.builder.stdout.readline())
        return Built(code, (self.root / "said").read_text(encoding="utf-8"))

    def edit(self, file, old, new):
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")

    def page(self, name):
        return (self.site / name).read_text(encoding="utf-8")

    def pages_read_since(self, moment):
        """Sphinx writes the doctree of a page when it has read the page."""
        folder = self.root / "docs" / "_build" / "doctrees"
        pages = folder.rglob("*.doctree")
        return sorted(p.relative_to(folder).with_suffix("").as_posix() for p in pages if p.stat().st_mtime >= moment)

    def pages_written_since(self, moment):
        """The pages of authors alone: an index and the like are written every time."""
        pages = [self.site / f"{name}.html" for name in ("index", "lessons/a", "lessons/b", "examples/plot_a")]
        return [page.relative_to(self.site).as_posix() for page in pages if page.stat().st_mtime >= moment]

    def files(self):
        return {path.relative_to(self.site): path.read_bytes() for path in self.site.rglob("*") if path.is_file()}

    def copy(self, target):
        return Project(shutil.copytree(self.root, target), self.builder)


@pytest.fixture(scope="module")
def built(tmp_path_factory, builder):
    """A small project that has been built once."""
    root = tmp_path_factory.mktemp("project")
    for file in "Makefile", "pyproject.toml", "README.md", "LICENSE":
        shutil.copy2(ROOT / file, root)
    ignore = shutil.ignore_patterns("__pycache__")
    for folder in "nwlesson", "tools":
        shutil.copytree(ROOT / folder, root / folder, ignore=ignore)
    for folder in "_ext", "_static", "_templates", "explorables":
        shutil.copytree(DOCS / folder, root / "docs" / folder, ignore=ignore)
    (root / "docs" / "facts").mkdir()
    for file in "conf.py", "inventories.toml", "references.bib", "requirements.lock", "facts/sentences.json":
        shutil.copy2(DOCS / file, root / "docs" / file)
    for file, text in {
        "facts/lesson_a.py": 'def facts():\n    assert 1 + 1 == 2, "arithmetic"\n    return {"one": "1.00"}\n',
        "facts/lesson_b.py": 'def facts():\n    return {"two": "7.00"}\n',
        "index.md": INDEX,
        "lessons/a.md": LESSON,
        "lessons/b.md": OTHER,
        "gallery/GALLERY_HEADER.rst": "Gallery\n=======\n\nPictures.\n",
        "gallery/plot_a.py": SCRIPT,
    }.items():
        (root / "docs" / file).parent.mkdir(exist_ok=True)
        (root / "docs" / file).write_text(text, encoding="utf-8")
    project = Project(root, builder)
    run = project.make()
    assert run.returncode == 0, run.said
    project.first = run
    return project


def test_the_first_build_runs_everything_once(built):
    everything = [
        ("facts", "facts/lesson_a.py"),
        ("facts", "facts/lesson_b.py"),
        ("doctests", "."),
        ("notebook", "lessons/a.md"),
        ("notebook", "lessons/b.md"),
    ]
    assert sorted(built.first.ran) == sorted(everything)
    page = built.page("lessons/a.html")
    assert "kernel 1.0" in page
    assert "the number <span" in page
    assert "1.00" in page
    assert 'aria-label="A line that rises from 0 to 1."' in page
    assert "gallery 1.0" in built.page("examples/plot_a.html")


def test_the_search_has_the_index_entries_that_sphinx_writes_for_a_whole_site(built):
    """They are gathered anew: of a part of the pages Sphinx writes only theirs."""
    files = built.site.parent / "doctrees" / "searchindex.js", built.site / "searchindex.js"
    theirs, ours = (json.loads(file.read_text(encoding="utf-8")[len("Search.setIndex(") : -1]) for file in files)
    assert ours["indexentries"] == theirs["indexentries"]
    assert "regression" in ours["indexentries"]


def test_what_runs_again(built, tmp_path):
    project = built.copy(tmp_path / "p")
    script = project.root / "docs" / "examples" / "plot_a.rst"

    run = project.make()
    assert (run.returncode, run.ran) == (0, []), "only the folder has changed"
    home = (project.site / "index.html").stat().st_ino
    assert project.make().returncode == 0
    assert (project.site / "index.html").stat().st_ino == home, "nothing has changed, and nothing is written"
    shutil.rmtree(project.site)
    run = project.build()
    assert (run.returncode, run.ran) == (0, []) and (project.site / "index.html").exists()

    before = time.time()
    project.edit("docs/facts/lesson_a.py", '"one": "1.00"', '"one": "2.00"')
    project.edit("docs/facts/lesson_b.py", '"7.00"', 'f"{7:.2f}"')
    run = project.build()
    assert (run.returncode, sorted(run.ran)) == (0, [("facts", f"facts/lesson_{name}.py") for name in "ab"])
    assert "2.00" in project.page("lessons/a.html") and "7.00" in project.page("lessons/b.html")
    assert project.pages_read_since(before) == ["lessons/a"], "only where another value is shown"

    project.edit("docs/facts/lesson_a.py", '"2.00"', 'f"{2:.2f}"')
    assert "which takes 1 minute." in project.page("index.html")
    project.edit("docs/lessons/a.md", 'print(f"kernel', 'print(f"new kernel')
    project.edit("docs/lessons/b.md", "with a typo", "without one" + " and more" * 130)
    run = project.build()
    assert run.returncode == 0, run.said
    ran = [("facts", "facts/lesson_a.py"), ("notebook", "lessons/a.md")]
    assert sorted(run.ran) == ran, "the facts of that file alone; code, not prose"
    assert "new kernel 1.0" in project.page("lessons/a.html")
    assert "A sentence without one" in project.page("lessons/b.html")
    assert "which takes 2 minutes" in project.page("index.html"), "it depends on the page that it speaks of"
    before = script.stat().st_mtime_ns

    project.edit("nwlesson/kernels.py", "return torch.exp(log_gaussian(u))", "return 2 * torch.exp(log_gaussian(u))")
    project.edit("nwlesson/kernels.py", "tensor([1.0000, 0.6065, 0.1353])", "tensor([2.0000, 1.2131, 0.2707])")
    run = project.build()
    assert run.returncode == 0, run.said
    assert len(run.ran) == 5, "the package is behind everything"
    assert "kernel 2.0" in project.page("lessons/a.html")
    assert "other 2.0" in project.page("lessons/b.html")
    assert "gallery 2.0" in project.page("examples/plot_a.html")
    assert script.stat().st_mtime_ns > before


def test_a_new_title_writes_all_pages_a_sentence_its_own_and_the_site_is_that_of_a_whole_build(built, tmp_path):
    project = built.copy(tmp_path / "p")
    project.edit("docs/lessons/b.md", "with a typo", "without one")
    assert project.build().returncode == 0, "all is read again: the folder is another"

    own = ["index.html", "lessons/a.html"]  # Sphinx writes the page that lists a page, too
    for old, new, written in (
        ("# A lesson", "# The lesson", ["index.html", "lessons/a.html", "lessons/b.html", "examples/plot_a.html"]),
        ("with a typo", "without one\n\nand a second paragraph", own),
        ("without one", "without one, in {doc}`b`", own),
    ):
        before = time.time()
        project.edit("docs/lessons/a.md", old, new)
        run = project.build()
        assert run.returncode == 0, run.said
        assert project.pages_written_since(before) == written
        notebooks = [project.site / f"notebooks/{page}" for page in ("lessons/a.ipynb", "lessons/b.ipynb")]
        anew = [path.stat().st_mtime >= before for path in notebooks]
        assert anew == [True, "lessons/b.html" in written], "a notebook names the pages that it links"
    assert "The lesson" in project.page("lessons/b.html"), "the title stands in the menu of every page"

    in_parts = project.files()
    shutil.rmtree(project.root / "docs" / "_build")
    run = project.build()
    assert run.returncode == 0, run.said
    whole = project.files()
    assert whole.keys() == in_parts.keys()
    assert [str(name) for name in whole if whole[name] != in_parts[name]] == []


@pytest.mark.parametrize(
    ("name", "alone"),
    [
        ("docs/index.md", True),
        ("docs/reference/glossary.md", False),
        ("docs/explorables/bmm/bmm.md", False),
        ("docs/lessons/new.md", False),
        ("nwlesson/data.py", False),
    ],
)
def test_words_of_other_pages_new_pages_and_code_ask_for_a_whole_build(inputs, name, alone):
    for known in "docs/reference/glossary.md", "docs/explorables/bmm/bmm.md":
        (inputs / known).parent.mkdir(parents=True)
        (inputs / known).write_text("before", encoding="utf-8")
    before = build_site.made_from([])
    (inputs / name).parent.mkdir(exist_ok=True)
    (inputs / name).write_text("after", encoding="utf-8")
    assert build_site.only_pages_differ(before, build_site.made_from([])) == alone
    assert not build_site.only_pages_differ(build_site.last_made_from(), build_site.made_from([])), "nothing is known"


@pytest.fixture
def inputs(tmp_path, monkeypatch):
    """A folder with a file of each kind that the site is made from, or that the build makes."""
    monkeypatch.chdir(tmp_path)
    for name in (
        "docs/index.md",
        "docs/_build/html/index.html",
        "docs/examples/plot.rst",
        "nwlesson/data.py",
        "README.md",
    ):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("before", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("docs/index.md", True),
        ("docs/new.md", True),
        ("nwlesson/data.py", True),
        ("README.md", True),
        ("docs/_build/html/index.html", False),
        ("docs/examples/plot.rst", False),
        ("nwlesson/__pycache__/data.pyc", False),
        ("notes.txt", False),
    ],
)
def test_what_the_site_is_made_from_counts_and_what_is_made_does_not(inputs, name, counts):
    before = build_site.made_from(["-n"])
    (inputs / name).parent.mkdir(exist_ok=True)
    (inputs / name).write_text("after", encoding="utf-8")
    assert (build_site.made_from(["-n"]) != before) == counts


def test_settings_options_and_libraries_count(inputs, monkeypatch):
    seen = [build_site.made_from(["-n"]), build_site.made_from(["-W"])]
    monkeypatch.setenv("NWLESSON_SITE_URL", "https://somebody.test")
    seen.append(build_site.made_from(["-n"]))
    monkeypatch.setattr(build_site, "distributions", lambda: [])
    seen.append(build_site.made_from(["-n"]))
    assert len({str(made) for made in seen}) == 4


def test_a_broken_page_stops_the_build_and_the_old_site_stays(built, tmp_path):
    project = built.copy(tmp_path / "p")
    text = (project.root / "docs/lessons/a.md").read_text(encoding="utf-8")
    line = text.count("\n") + 1
    said = {
        "{fact}`nosuch`": "unknown fact 'nosuch'",
        "[gone](nowhere.md)": "nowhere",
        r"$\nosuchcommand{x}$": "nosuchcommand",
        "{py:func}`nwlesson.nosuch`": "nwlesson.nosuch",
        "{minutes}`lessons/nosuch`": "no page 'lessons/nosuch'",
        "{try}`show me w=1`": "must be `words <part=value>`, but it is 'show me w=1'",
    }
    (project.root / "docs/lessons/a.md").write_text(text + "".join(f"\n{part}\n" for part in said), encoding="utf-8")
    project.edit("docs/lessons/b.md", 'fig = describe(fig, "A line that rises from 0 to 1.")', "")
    for _ in range(2):  # the second time too: what was warned about must not be taken for built
        run = project.build()
        assert run.returncode != 0
        for number, words in enumerate(said.values()):
            at = line + 1 + 2 * number
            assert re.search(rf"lessons/a\.md:{at}.*{re.escape(words)}", run.said), f"{words} at line {at}\n{run.said}"
        assert re.search(r"lessons/b\.md:\d+.*no description", run.said), run.said
        assert "A sentence with a typo" in project.page("lessons/a.html"), "the last good site is gone"
        assert sorted(p.name for p in project.site.parent.iterdir() if p.name in {"new", "old"}) == []


def test_what_fails_when_run_is_named_with_its_place(built, tmp_path):
    project = built.copy(tmp_path / "p")
    text = (project.root / "docs/lessons/a.md").read_text(encoding="utf-8")
    line = text.count("\n") + 2
    (project.root / "docs/lessons/a.md").write_text(
        text + "\n```{code-cell}\nassert 1 + 1 == 3\n```\n", encoding="utf-8"
    )
    project.edit("docs/index.md", ">>> 1 + 1\n2", ">>> 1 + 1\n3")
    project.edit("docs/facts/lesson_a.py", "1 + 1 == 2", "1 + 1 == 3")
    run = project.build()
    assert run.returncode != 0
    assert f"lessons/a.md:{line}: this cell failed" in run.said
    assert re.search(r'index\.md", line 6', run.said)
    assert "Expected:\n    3\nGot:\n    2" in run.said
    assert re.search(r"lesson_a\.py\", line 2", run.said)
    assert "arithmetic" in run.said
    assert "A sentence with a typo" in project.page("lessons/a.html")


def test_a_failing_gallery_script_stops_the_build(built, tmp_path):
    project = built.copy(tmp_path / "p")
    project.edit("docs/gallery/plot_a.py", 'describe(fig, "A', 'assert False, "on purpose"\ndescribe(fig, "A')
    run = project.build()
    assert run.returncode != 0
    assert re.search(r"plot_a\.py", run.said)
    assert "on purpose" in run.said
    assert "gallery 1.0" in project.page("examples/plot_a.html")


def test_a_script_that_is_gone_leaves_no_page_and_one_address_makes_the_links_to_colab_and_binder(built, tmp_path):
    project = built.copy(tmp_path / "p")
    gallery = project.root / "docs" / "gallery"
    (gallery / "plot_b.py").write_text(SCRIPT, encoding="utf-8")
    run = project.build(NWLESSON_REPOSITORY_URL="https://github.com/someone/lesson.git")
    assert run.returncode == 0, run.said
    assert "https://github.com/someone/lesson/raw/gh-pages/notebooks/" in project.page("notebooks/lessons/a.ipynb")
    assert "plot_b.html" in project.page("examples/index.html")
    page = project.page("lessons/a.html")
    path = "notebooks/lessons/a.ipynb"
    assert f"https://colab.research.google.com/github/someone/lesson/blob/gh-pages/{path}" in page
    assert f"https://mybinder.org/v2/gh/someone/lesson/gh-pages?urlpath=lab/tree/{path}" in page
    assert (project.site / path).exists()
    *_, wheel = project.page("requirements.txt").split()
    assert (project.site / wheel).exists(), "Binder installs it from the branch"
    assert "colab.research" in project.page("examples/plot_a.html")
    (gallery / "plot_b.py").unlink()
    run = project.build(NWLESSON_SITE_URL="https://somebody.test/lesson")
    assert run.returncode == 0, run.said
    assert not (project.site / "examples" / "plot_b.html").exists()
    assert "colab" not in project.page("lessons/a.html")
    notebook = project.page(path)
    assert r"site = \"https://somebody.test/lesson/notebooks/\"" in notebook
    assert "https://somebody.test/lesson/about/install.html" in notebook
    assert "[A lesson](https://somebody.test/lesson/lessons/a.html)" in notebook


MATPLOTLIBRC = "text.usetex: True\nfont.size: 30\nbackend: TkAgg\nlines.linewidth: 9\naxes.grid: True\n"


def machine_of_somebody_else(home):
    """The settings of somebody whose Python, pip, matplotlib and docutils do other things than ours."""
    junk = home / "junk"
    junk.mkdir()
    for module in "torch", "sitecustomize", "typing_extensions":
        (junk / f"{module}.py").write_text('raise RuntimeError("not the one that was meant")\n', encoding="utf-8")
    (home / "matplotlibrc").write_text(MATPLOTLIBRC, encoding="utf-8")
    (home / ".docutils").write_text(
        "[general]\nlanguage_code: de\nsmart_quotes: yes\nhalt_level: 1\n", encoding="utf-8"
    )
    return {
        "HOME": str(home), "MPLCONFIGDIR": str(home), "MATPLOTLIBRC": str(home), "MPLBACKEND": "TkAgg",
        "PYTHONPATH": str(junk), "PYTHONHOME": str(junk), "PYTHONWARNINGS": "error", "PYTHONOPTIMIZE": "2",
        "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONHASHSEED": "1", "PYTHONSAFEPATH": "1",
        "LC_ALL": "xx_XX.GB18030", "LANG": "de_DE", "LANGUAGE": "de", "TZ": "Asia/Shanghai", "COLUMNS": "40",
        "PYTHON": "python2", "TORCH": "/opt/torch", "CDPATH": "/",
    }  # fmt: skip


def test_clean_leaves_only_what_people_wrote_and_another_build_gives_the_same_site_to_the_byte(built, tmp_path):
    """Elsewhere, and on somebody else's machine; .buildinfo alone holds a hash of the paths."""
    project = built.copy(tmp_path / "a path with spaces")
    assert project.make("clean").returncode == 0
    for folder in "_build", "examples", "reference/generated", "reference/backreferences":
        assert not (project.root / "docs" / folder).exists()
    assert (project.root / "docs" / "gallery" / "plot_a.py").exists()
    run = project.make(**machine_of_somebody_else(tmp_path))
    assert run.returncode == 0, run.said
    sites = built.files(), project.files()
    assert sites[0].keys() == sites[1].keys()
    other = [str(name) for name, content in sites[0].items() if content != sites[1][name]]
    assert set(other) <= {".buildinfo"}


def test_a_port_that_is_in_use_is_named():
    with socket.create_server(("localhost", 0)) as other:
        port = str(other.getsockname()[1])
        run = Project(ROOT, None).make("serve", PORT=port)
    assert run.returncode != 0
    assert f"Port {port} is in use" in run.said
    assert "Traceback" not in run.said
