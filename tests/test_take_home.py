"""What readers take home runs there: from the site or from the archive, in an empty folder, without this repository.

Each test has a fresh environment with torch, matplotlib and a notebook's kernel, and with no network but this machine.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import distribution
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZipFile

import nbformat
import notebooks
import pytest
from conftest import ROOT, SITE
from notebooks import offers, packing
from packaging.requirements import Requirement

import nwlesson

pytestmark = [pytest.mark.site, pytest.mark.slow]
ARCHIVE = SITE / "notebooks" / packing.ARCHIVE
ALL = [path.relative_to(SITE / "notebooks") for path in sorted((SITE / "notebooks").rglob("*.ipynb"))]
SCRIPTS = sorted((ROOT / "docs" / "gallery").glob("plot_*.py"))
ONLY_THIS_MACHINE = """\
import socket
connect = socket.socket.connect
def only_here(self, address):
    if address[0] != "{allowed}":
        raise OSError("there is no network here")
    connect(self, address)
socket.socket.connect = only_here
"""


def with_what_they_need(*names):
    """Installed packages, with the packages that these and their extras need: torch for graphics cards has extras."""
    found, waiting = {}, [(name, "") for name in names]
    while waiting:
        name, extra = waiting.pop()
        package = distribution(name)
        if (package.name, extra) not in found:
            found[package.name, extra] = package
            for need in map(Requirement, package.requires or ()):
                if not need.marker or need.marker.evaluate({"extra": extra}):
                    waiting += [(need.name, part) for part in ("", *need.extras)]
    return {package.name: package for package in found.values()}.values()


class Home:
    """A reader's machine: an empty folder, and a Python that knows only what it is given."""

    def __init__(self, root, packages=("torch", "matplotlib"), network=""):
        self.folder, self.root = root / "empty", root
        self.folder.mkdir()
        venv.create(root / "venv", with_pip=False, symlinks=True)
        self.python = root / "venv" / "bin" / "python"
        site = Path(sysconfig.get_path("purelib", "venv", {"base": root / "venv"}))
        for package in with_what_they_need("pip", "ipykernel", *packages):
            for name in {file.parts[0] for file in package.files} - {"..", "__pycache__"}:
                if not (site / name).exists():
                    (site / name).symlink_to(package.locate_file(name))
        (site / "only_this_machine.py").write_text(ONLY_THIS_MACHINE.format(allowed=network), encoding="utf-8")
        (site / "only_this_machine.pth").write_text("import only_this_machine\n", encoding="utf-8")

    def run(self, *command):
        settings = {
            "HOME": str(self.root),
            "PATH": "/usr/bin:/bin",
            "JUPYTER_PATH": str(self.root),
            "MPLBACKEND": "agg",
        }
        settings |= {"PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull, "OMP_NUM_THREADS": "1"}
        return subprocess.run(
            [str(part) for part in command], cwd=self.folder, env=settings, capture_output=True, encoding="utf-8"
        )

    def run_notebook(self, path):
        """Run all cells in a kernel of this environment, as Jupyter does; return what they printed."""
        kernel = {"argv": [str(self.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]}
        file = self.root / "kernels" / "home" / "kernel.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(kernel | {"display_name": "home", "language": "python"}), encoding="utf-8")
        execute = "from nbclient.cli import main; main()"
        run = self.run(sys.executable, "-c", execute, "--kernel_name=home", "--inplace", path)
        assert run.returncode == 0, run.stderr
        outputs = [out for cell in nbformat.read(path, as_version=4).cells for out in cell.get("outputs", ())]
        return "".join(out.get("text", "") for out in outputs)


def take(path, home, address=""):
    """Download a notebook of the site into the empty folder; with an address, as if the site had been built for it."""
    notebook = nbformat.read(SITE / "notebooks" / path, as_version=4)
    (cell,) = (cell for cell in notebook.cells if cell.id == "needs")
    site = f'site = "{address}notebooks/"' if address else 'site = ""'
    cell.source, changed = re.subn(r'^site = ".*"$', site, cell.source, flags=re.MULTILINE)
    assert changed == 1
    nbformat.write(notebook, home.folder / path.name)
    return cell.source


def packages_of(path):
    return notebooks.packages(nbformat.read(SITE / "notebooks" / path, as_version=4).cells).values()


def wheel():
    (path,) = (SITE / "notebooks").glob("*.whl")
    return path


def test_what_an_extra_needs_comes_along(monkeypatch):
    """Or pip, which is asked for our package, looks for what torch needs and has no network to find it."""
    needs = {
        "torch": ["cuda[runtime]"],
        "cuda": ['runtime; extra == "runtime"', 'other; extra == "other"'],
        "runtime": [],
    }
    packages = {name: SimpleNamespace(name=name, requires=lines) for name, lines in needs.items()}
    monkeypatch.setitem(globals(), "distribution", packages.__getitem__)
    assert {package.name for package in with_what_they_need("torch")} == {"torch", "cuda", "runtime"}


# The first cell

LESSON = Path("lessons", "03-who-is-near-me.ipynb")


def first_cell(home, address=""):
    """Run the first cell, and say where it has put the package."""
    asked = "\nfrom importlib.util import find_spec\nprint(find_spec('nwlesson').origin)"
    return home.run(home.python, "-c", take(LESSON, home, address) + asked)


@pytest.mark.parametrize("place", [".", ".."], ids=["beside", "above"])
def test_the_first_cell_installs_the_package_from_beside_the_notebook_or_from_above(tmp_path, place):
    home = Home(tmp_path)
    shutil.copy(wheel(), home.folder / place)
    run = first_cell(home)
    assert run.returncode == 0, run.stderr
    assert f"Installing {'../' if place == '..' else ''}{wheel().name}\n" in run.stdout
    assert str(tmp_path / "venv") in run.stdout.splitlines()[-1]
    run = first_cell(home)
    assert run.stdout.startswith("nwlesson is installed already.\n/"), "and the second time nothing"


def test_the_first_cell_installs_the_package_from_the_site(tmp_path, address):
    run = first_cell(Home(tmp_path, network="127.0.0.1"), address)
    assert run.returncode == 0, run.stderr
    assert f"Installing {address}notebooks/{wheel().name}\n" in run.stdout
    assert str(tmp_path / "venv") in run.stdout.splitlines()[-1]


def test_the_first_cell_installs_what_else_is_missing(tmp_path):
    """Without a network it cannot, and says so."""
    home = Home(tmp_path, packages=["matplotlib"])
    shutil.copy(wheel(), home.folder)
    run = first_cell(home)
    assert f"Installing torch {wheel().name}\n" in run.stdout
    assert "No matching distribution found for torch" in run.stdout


@pytest.mark.parametrize("address", ["", "http://127.0.0.1:9/"], ids=["no address", "not reached"])
def test_without_the_package_the_first_cell_says_what_to_download_and_where_to_put_it(tmp_path, address):
    run = first_cell(Home(tmp_path), address)
    assert run.returncode == 1
    *_, last = run.stderr.splitlines()
    assert re.fullmatch(rf"ModuleNotFoundError: Download {wheel().name} from .*, put it beside this notebook.*", last)
    assert ("This did not work" in run.stdout) == bool(address)


def test_without_the_package_the_first_cell_does_not_download_torch_in_vain(tmp_path):
    run = first_cell(Home(tmp_path, packages=["matplotlib"]))
    assert "Installing" not in run.stdout
    assert "ModuleNotFoundError: Download nwlesson" in run.stderr


# Notebooks and scripts. `make home` runs all of them, `make test` one of each kind.


def each(paths, *first):
    """All notebooks; those that `make test` runs, too, come without the mark."""
    return [pytest.param(path, id=path.stem, marks=() if path.stem in first else pytest.mark.home) for path in paths]


@pytest.mark.parametrize("path", each(ALL, "exercises-2"))
def test_a_notebook_of_the_site_runs(tmp_path, path, address):
    home = Home(tmp_path, packages_of(path), network="127.0.0.1")
    take(path, home, address)
    for pattern in "facts/*.json", "practice/*.csv":  # what the pages offer beside the notebook
        for file in (ROOT / "docs").glob(pattern):
            shutil.copy(file, home.folder)
    printed = home.run_notebook(home.folder / path.name)
    assert f"Installing {address}" in printed
    if path.stem.startswith("exercises-"):
        tests = (SITE / "notebooks" / path).read_text(encoding="utf-8").count('"success-test"')
        assert len(re.findall(r"^\w+: not yet: ", printed, re.MULTILINE)) == tests > 0


@pytest.mark.parametrize("path", each([p for p in ALL if {"lessons", "practice"} & {*p.parts}], LESSON.stem))
def test_a_notebook_of_the_archive_runs_without_a_network(tmp_path, path):
    home = Home(tmp_path, packages_of(path))
    shutil.unpack_archive(ARCHIVE, home.folder)
    assert "Installing ../nwlesson" in home.run_notebook(home.folder / ARCHIVE.stem / path)


@pytest.mark.parametrize("script", each(SCRIPTS, "plot_scaling_time"))
def test_a_script_of_the_archive_runs_without_a_network(tmp_path, script):
    home = Home(tmp_path, packages_of(Path("examples", f"{script.stem}.ipynb")))
    shutil.unpack_archive(ARCHIVE, home.folder)
    pip = home.run(home.python, "-m", "pip", "install", home.folder / ARCHIVE.stem / wheel().name)
    assert pip.returncode == 0, pip.stderr
    run = home.run(home.python, Path(ARCHIVE.stem, "gallery", script.name))
    assert run.returncode == 0, run.stderr


# Wheel and archive


def test_the_same_sources_give_the_same_wheel(tmp_path, monkeypatch):
    """Whatever the hour, and whoever may read the files of this machine."""
    wheels = []
    for umask, epoch in (0o077, "1000000000"), (0o002, "1700000000"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        (folder := tmp_path / epoch).mkdir()
        before = os.umask(umask)
        try:
            wheels.append((folder / packing.build_wheel(folder)).read_bytes())
        finally:
            os.umask(before)
    assert wheels[0] == wheels[1] == wheel().read_bytes()


def test_the_wheel_is_the_package_with_its_version_and_licence():
    names = set(ZipFile(wheel()).namelist())
    files = [path for path in (ROOT / "nwlesson").iterdir() if path.is_file()]
    about = f"nwlesson-{nwlesson.__version__}.dist-info"
    assert {f"nwlesson/{path.name}" for path in files} == {name for name in names if not name.startswith(about)}
    assert f"{about}/licenses/LICENSE" in names
    assert wheel().name.startswith(f"nwlesson-{nwlesson.__version__}-")


@pytest.mark.parametrize("folder", ["", "zh"], ids=["English", "Chinese"])
def test_the_archive_has_what_its_words_promise(folder):
    own = SITE / folder / "notebooks"
    with ZipFile(own / packing.ARCHIVE) as archive:
        files = {name.removeprefix(f"{ARCHIVE.stem}/"): archive.read(name) for name in archive.namelist()}
        modes = {entry.external_attr >> 16 for entry in archive.infolist()}
    assert modes == {0o100644}, "or unzip makes files that nobody may read"
    promised = re.findall(r"^- `(\w+)/`", files["README.md"].decode(), re.MULTILINE)
    assert set(promised) == {name.split("/")[0] for name in files if "/" in name} - {"facts"}
    assert ("打开终端" in files["README.md"].decode()) == bool(folder)
    local, *names = files["requirements.txt"].decode().split()
    assert local.removeprefix("./") in files
    assert names == ["jupyterlab", "matplotlib", "scikit-learn", "torch"]
    for path in ALL:
        if {"lessons", "practice"} & {*path.parts}:
            assert files[path.as_posix()] == (own / path).read_bytes()
    assert len([name for name in files if name.startswith("gallery/")]) == len(SCRIPTS)


def test_the_gallery_offers_the_same_notebooks():
    """sphinx-gallery's archives hold our notebook, and no dates."""
    (path,) = SITE.glob("_downloads/*/plot_near.zip")
    with ZipFile(path) as archive:
        ours = (SITE / "notebooks" / "examples" / "plot_near.ipynb").read_bytes()
        assert archive.read("plot_near.ipynb") == ours
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
    (alone,) = SITE.glob("_downloads/*/plot_near.ipynb")
    assert alone.read_bytes() == ours


# The pages that offer it


@pytest.mark.parametrize(
    "page",
    ["lessons/03-who-is-near-me.html", "practice/exercises-1.html", "about/install.html", "zh/about/install.html"],
)
def test_a_page_offers_package_and_archive_and_says_how_large_they_are(parsed, page):
    html = parsed(page)
    own = SITE / "zh" if page.startswith("zh/") else SITE
    for path in wheel(), own / "notebooks" / packing.ARCHIVE:
        links = [link for link in html.select("article a") if link["href"].endswith(path.name)]
        assert links
        for link in links:
            assert (SITE / page).parent.joinpath(link["href"]).resolve() == path
            assert offers.readable(path.stat().st_size) in link.parent.get_text()


@pytest.mark.parametrize(
    ("size", "words"), [(499, "0\u00a0KB"), (36_917, "37\u00a0KB"), (999_499, "999\u00a0KB"), (999_500, "1.0\u00a0MB")]
)
def test_a_size_is_told_in_words(size, words):
    assert offers.readable(size) == words
