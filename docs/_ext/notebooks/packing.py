"""What a reader takes home besides a notebook: the package as a wheel, and the whole lesson as one archive.

The same sources give the same bytes. Why no library: setuptools makes the wheel and zipfile the archive; here is only
said what goes in, and the dates and permissions of this machine are left out.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sphinx.errors import ExtensionError

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
ARCHIVE = "attention-in-fifty-points.zip"
SOURCES = ("pyproject.toml", "README.md", "LICENSE")
CONTENTS = [("notebooks", "lessons/*.ipynb"), ("notebooks", "practice/*.ipynb")]
CONTENTS += [("notebooks", "practice/*.csv"), ("docs", "gallery/*.py")]
CONTENTS += [("docs", "facts/*.json")]  # scripts look for what they read in ../facts
BUILD = "import sys; from setuptools import build_meta; build_meta.build_%s(sys.argv[1])"


def build_wheel(target: Path) -> str:
    """Build the wheel of the package into `target`, without a network, and return its name."""
    build("wheel", target)
    (wheel,) = target.glob("nwlesson-*.whl")
    pack(wheel, unpack(wheel))
    return wheel.name


def build(kind: str, target: Path) -> None:
    """Let setuptools build a `wheel` or an `sdist` of the package into `target`."""
    with TemporaryDirectory() as copy:  # setuptools writes beside the sources
        for name in SOURCES:
            shutil.copy(ROOT / name, copy)
        shutil.copytree(ROOT / "nwlesson", Path(copy, "nwlesson"), ignore=shutil.ignore_patterns("__pycache__"))
        command = [sys.executable, "-c", BUILD % kind, str(target.resolve())]
        run = subprocess.run(command, cwd=copy, capture_output=True, encoding="utf-8")
    if run.returncode:
        raise ExtensionError(f"setuptools could not build the {kind} of nwlesson:\n{run.stderr}")


def pack_lesson(target: Path, wheel: Path, needs: set[str], language: str) -> None:
    """Pack the notebooks in `target`, the wheel, and the scripts of the gallery with what they read."""
    own = HERE / "take-home" / f"README.{language}.md"
    readme = own if own.exists() else own.with_name("README.md")
    files = {"README.md": readme.read_bytes(), "LICENSE": (ROOT / "LICENSE").read_bytes()}
    files["requirements.txt"] = "\n".join([f"./{wheel.name}", "jupyterlab", *sorted(needs), ""]).encode()
    files[wheel.name] = wheel.read_bytes()
    for source, pattern in CONTENTS:
        folder = target if source == "notebooks" else ROOT / source
        files |= {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.glob(pattern)}
    pack(target / ARCHIVE, {f"{Path(ARCHIVE).stem}/{name}": content for name, content in files.items()})


def unpack(archive: Path) -> dict[str, bytes]:
    """Return the files of an archive."""
    with ZipFile(archive) as old:
        return {name: old.read(name) for name in old.namelist()}


def pack(archive: Path, files: dict[str, bytes]) -> None:
    """Write an archive of these files without dates, all of them readable."""
    with ZipFile(archive, "w") as new:
        for name in sorted(files):
            entry = ZipInfo(name)
            entry.external_attr = 0o100644 << 16  # or unzip makes files that nobody may read
            new.writestr(entry, files[name], compress_type=ZIP_DEFLATED)
