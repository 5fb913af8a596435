"""Break the project in many ways, one at a time, and see that the build or a test says so.

    make falsify               all of them; long, for each has a copy that is built and tested
    make falsify ONLY=quiz     those with this word in their kind or name

Why no library: mutation testers change Python alone; most of what is promised here is prose, data, styles and scripts.
tools/falsifications.toml has the list. A change is named by the text that it replaces, wherever that stands, so that
the list stays true when files move, and fails when a text is gone.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
LIST = Path(__file__).with_name("falsifications.toml")
MADE = "docs/_build", "docs/examples", "docs/reference/generated", "docs/reference/backreferences"


class Falsification(NamedTuple):
    """One thing that is made wrong, and what must notice it: see the head of the list."""

    kind: str
    name: str
    old: str
    new: str
    caught: str
    site: bool = False


def listed(only: str) -> list[Falsification]:
    """Return the falsifications with this word in their kind or name."""
    table = tomllib.loads(LIST.read_text(encoding="utf-8"))
    rows = [Falsification(kind, **row) for kind, rows in table.items() for row in rows]
    return [row for row in rows if only in row.kind or only in row.name]


def sources(root: Path) -> list[Path]:
    """Return the files that people wrote, new ones too, but not the list itself."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=root, check=True, capture_output=True, encoding="utf-8").stdout.split("\0")
    return [root / name for name in names if name and (root / name).is_file() and (root / name) != LIST]


def copy(target: Path) -> list[str]:
    """Copy the project with all that has been built, and return the names of its own files."""
    names = [str(path.relative_to(ROOT)) for path in sources(ROOT)]
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)
    for folder in MADE:
        if (ROOT / folder).exists():
            shutil.copytree(ROOT / folder, target / folder)
    return names


def read(root: Path, names: list[str]) -> dict[str, str]:
    return {name: (root / name).read_text(encoding="utf-8", errors="ignore") for name in names}


def places(row: Falsification, texts: dict[str, str]) -> list[str]:
    """Return the files that hold the text to be replaced, a file twice where it stands twice.

    The catalogues quote all pages, so they are looked at only for what is wrong in a translation.
    """
    looked = [name for name in texts if ("/locales/" in name) == (row.kind == "translation")]
    return [name for name in looked for _ in range(texts[name].count(row.old))]


def find(row: Falsification, root: Path, names: list[str]) -> Path:
    """Return the file that holds the text to be replaced; an error if that stands nowhere or twice."""
    found = places(row, read(root, names))
    if len(found) != 1:
        raise SystemExit(f"{row.kind}, {row.name}: this text must stand once, but stands in {found}:\n{row.old}")
    return root / found[0]


def run(command: list[str], root: Path) -> bool:
    """Run a command in the copy, with the environment of this checkout; return whether it passed."""
    env = os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    env = {key: value for key, value in env.items() if key not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    with (root.parent / "log.txt").open("w", encoding="utf-8") as log:
        return subprocess.run(command, cwd=root, env=env, stdout=log, stderr=subprocess.STDOUT).returncode == 0


def build(root: Path) -> bool:
    return run(["make", "html", f"venv={sys.prefix}", "-o", f"{sys.prefix}/site"], root)


def tests(words: str, root: Path) -> bool:
    """Run the tests that -k finds by these words; only the files that define them are read."""
    defined = {path: tests_of(path) for path in sorted((root / "tests").rglob("test_*.py"))}
    files = set()
    for word in re.findall(r"test_\w+", words):
        having = {str(path) for path, names in defined.items() if any(word in name for name in names)}
        if not having:
            raise SystemExit(f"no test is called {word}")
        files |= having
    options = ["-x", "-p", "no:cacheprovider", "-k", words]
    return run([sys.executable, "-m", "pytest", *options, *sorted(files)], root)


def tests_of(path: Path) -> list[str]:
    return re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)


def caught_by(row: Falsification, root: Path) -> str:
    """Return what notices the change that has been made: the build, the tests, or nothing."""
    if (row.caught == "build" or row.site) and not build(root):
        return "the build"
    if row.caught != "build" and not tests(row.caught, root):
        return row.caught
    return "NOT CAUGHT"


def check_unchanged(rows: list[Falsification], root: Path) -> None:
    """Stop unless all the checks pass as long as nothing is wrong."""
    words = sorted({f"({row.caught})" for row in rows if row.caught != "build"})
    if not build(root) or (words and not tests(" or ".join(words), root)):
        log = (root.parent / "log.txt").read_text(encoding="utf-8")
        raise SystemExit(f"the project as it is must pass, but it fails:\n{log}")


def restore(root: Path, kept: Path) -> None:
    """Make the copy what it was, with the times of all files, so that a build has nothing to do."""
    shutil.rmtree(root)
    shutil.copytree(kept, root)


def falsify(row: Falsification, path: Path, root: Path) -> str:
    """Make one thing wrong, and return the line of the table that says who noticed."""
    start, text = time.perf_counter(), path.read_text(encoding="utf-8")
    path.write_text(text.replace(row.old, row.new), encoding="utf-8")
    caught = caught_by(row, root)
    return f"{row.kind} · {row.name} · {caught} · {time.perf_counter() - start:.0f} s"


def main(only: str) -> int:
    rows = listed(only)
    with tempfile.TemporaryDirectory() as folder:
        root, kept = Path(folder, "project"), Path(folder, "kept")
        names = copy(root)
        paths = [find(row, root, names) for row in rows]  # all of them first: the list must be true
        check_unchanged(rows, root)
        shutil.copytree(root, kept)
        lines = []
        for row, path in zip(rows, paths):
            lines.append(falsify(row, path, root))
            print(lines[-1], flush=True)
            restore(root, kept)
    missed = sum("NOT CAUGHT" in line for line in lines)
    print(f"{len(lines) - missed} of {len(lines)} caught")
    return 1 if missed or not lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
