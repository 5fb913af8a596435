"""The files that other services read are what these services expect."""

import re
import subprocess
import sys
import tomllib

import pytest
from conftest import ROOT

import nwlesson


@pytest.mark.slow
@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.github-workflows", ".github/workflows/site.yml"),
        ("vendor.github-workflows", ".github/workflows/release.yml"),
        ("vendor.readthedocs", ".readthedocs.yaml"),
        ("vendor.citation-file-format", "CITATION.cff"),
    ],
)
def test_valid_against_its_schema(schema, file):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(ROOT / file)]
    result = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert result.returncode == 0, result.stdout + result.stderr


def test_one_version_everywhere():
    version = nwlesson.__version__  # pyproject.toml reads it from there
    assert "version" not in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"version: {version}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"version = {{{version}}}" in (ROOT / "docs" / "about" / "cite.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", ["docs/requirements.lock", "tests/requirements.lock", "tools/dist.lock"])
def test_locks_have_hashes_and_name_no_host(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert all("==" in line for line in entries)
    assert text.count("--hash=sha256:") >= len(entries)
    assert "://" not in text
    assert not [line for line in entries if line.startswith(("torch==", "nvidia"))]


def spelling(*files):
    return subprocess.run(
        [sys.executable, "-m", "codespell_lib", *files], cwd=ROOT, capture_output=True, encoding="utf-8"
    )


@pytest.mark.slow
def test_words_and_names_are_spelt_right():
    """All text of the repository; see [tool.codespell] in pyproject.toml."""
    run = spelling()
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.slow
def test_a_slip_is_found_in_words_and_in_names(tmp_path):
    for word in "recieve", "Waston", "Epanechikov":
        (tmp_path / "page.md").write_text(f"A {word} here.\n", encoding="utf-8")
        assert word in spelling(str(tmp_path)).stdout


def test_ci_runs_the_command_of_the_readme():
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").rstrip().endswith("make test")


@pytest.mark.parametrize("name", ["site", "release"])
def test_every_action_is_pinned_by_its_commit(name):
    text = (ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8")
    uses = re.findall(r"uses: (.+)", text)
    assert uses
    assert [line for line in uses if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []
