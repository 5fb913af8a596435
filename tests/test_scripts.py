"""Our own JavaScript and CSS: Biome finds nothing, as ruff finds nothing in the Python.

biome.json has the recommended rules and what is stricter: no long or tangled function, nothing assigned in passing,
nothing undeclared. Off are: `forEach` (a habit, no fault), `!important` (paper must win over the theme), and what it
misreads: grid areas with the sizes of rows between them, and the generic font `math`.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import DOCS, ROOT


@pytest.fixture
def biome():
    """Run Biome in a folder; its exit code, and what it says."""
    path = shutil.which("biome", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if path is None:
        pytest.fail("no biome found; make test installs it")

    def run(*arguments, folder=ROOT):
        done = subprocess.run([path, *arguments], cwd=folder, capture_output=True, text=True, encoding="utf-8")
        return done.returncode, done.stdout + done.stderr

    return run


def sources():
    """The scripts and styles below docs/ that people wrote."""
    written = [path.relative_to(ROOT) for path in [*DOCS.rglob("*.js"), *DOCS.rglob("*.css")]]
    return [path.as_posix() for path in written if path.parts[1] not in ("_build", "examples")]


def test_biome_finds_nothing(biome):
    code, said = biome("ci", "--colors=off", "--error-on-warnings")
    assert code == 0, said


@pytest.mark.slow
def test_biome_looks_at_every_script_and_style(biome):
    """A file that no pattern of biome.json covers would be clean for ever."""
    _, said = biome("ci", "--colors=off", "--verbose")
    assert len(sources()) > 10
    assert [path for path in sources() if path not in said] == []


@pytest.mark.parametrize(
    ("file", "text", "rule"),
    [
        ("a.js", "export const f = (x) => (x == 1 ? y : 2);\n", "noDoubleEquals"),
        ("a.js", "export const f = () => missing;\n", "noUndeclaredVariables"),
        ("a.js", "export const x = 1\n", "format"),
        ("a.css", "a {\n  colr: red;\n}\n", "noUnknownProperty"),
        ("a.css", "a { color: red; }\n", "format"),
    ],
)
def test_biome_would_find_it(biome, tmp_path, file, text, rule):
    (tmp_path / "docs" / "_static").mkdir(parents=True)
    (tmp_path / "docs" / "_static" / file).write_text(text, encoding="utf-8")
    config = json.loads((ROOT / "biome.json").read_text(encoding="utf-8"))
    (tmp_path / "biome.json").write_text(json.dumps(config), encoding="utf-8")
    code, said = biome("ci", "--colors=off", "docs", folder=tmp_path)
    assert code != 0 and rule in said, said


def test_biome_that_finds_no_file_says_so(biome, tmp_path):
    (tmp_path / "biome.json").write_text((ROOT / "biome.json").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "docs").mkdir()
    code, said = biome("ci", "--colors=off", "docs", folder=tmp_path)
    assert code != 0 and "No files" in said
