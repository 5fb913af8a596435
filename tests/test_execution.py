"""What the site shows is run once: fingerprints, facts, jobs in forked children, cells."""

import ast
import os
import shutil
from importlib.metadata import version
from pathlib import Path

import figures
import pytest
from conftest import DOCS, ROOT
from execution import facts as fact_store
from execution import fingerprints, forks, notebook

FACT_FILES = fact_store.fact_files(DOCS)


# Jobs


def test_a_task_that_dies_is_noticed():
    """Or the build would wait for it for ever."""
    jobs = [forks.Job("bad", Path("a"), lambda path: os._exit(3), None), forks.Job("good", Path("b"), str, None)]
    results = {job.kind: (result, problem) for job, result, problem in forks.run_jobs(jobs)}
    assert results["good"] == ("b", None)
    assert results["bad"] == (None, "a: its process ended with 3 and no result")


def test_a_failure_is_told_in_its_own_words_and_any_other_error_with_its_place():
    def fail(path):
        raise forks.Failure("page.md:3: this cell failed")

    def err(path):
        raise RuntimeError("of torch's")

    jobs = [forks.Job("fail", Path("a"), fail, None), forks.Job("err", Path("b"), err, None)]
    problems = {job.kind: problem for job, _, problem in forks.run_jobs(jobs)}
    assert problems["fail"] == "page.md:3: this cell failed"
    assert "of torch's" in problems["err"] and f'File "{__file__}"' in problems["err"]


# Fingerprints


@pytest.mark.parametrize(
    "name",
    ["nwlesson/lesson.mplstyle", "nwlesson/palette.py", "docs/_ext/figures.py", "docs/_ext/execution/notebook.py"],
)
def test_the_fingerprint_covers_every_file_behind_a_picture(name, tmp_path, monkeypatch):
    for folder in "nwlesson", "docs/_ext":
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.setattr(fingerprints, "ROOT", tmp_path)
    monkeypatch.setattr(fingerprints, "EXT", tmp_path / "docs" / "_ext")
    before = fingerprints.fingerprint()
    with open(tmp_path / name, "a", encoding="utf-8") as file:
        file.write("\n")
    assert fingerprints.fingerprint() != before


def test_the_fingerprint_covers_what_draws():
    assert Path(figures.__file__) in fingerprints.sources()


@pytest.mark.parametrize("package", ["torch", "matplotlib", "scikit-learn"])
def test_the_fingerprint_covers_package_and_versions(package, monkeypatch):
    before = fingerprints.fingerprint()
    assert fingerprints.fingerprint("more") != before
    monkeypatch.setattr(fingerprints, "version", lambda name: "0.0" if name == package else version(name))
    assert fingerprints.fingerprint() != before


def test_the_fingerprint_covers_python(monkeypatch):
    before = fingerprints.fingerprint()
    monkeypatch.setattr(fingerprints.sys, "version_info", (3, 99))
    assert fingerprints.fingerprint() != before


# Facts


@pytest.fixture
def fact_folder(tmp_path):
    """Two files of facts, what they share, and measurements."""
    folder = tmp_path / "docs" / "facts"
    folder.mkdir(parents=True)
    for name in "lesson_01.py", "lesson_02.py", "shared.py", "measurements.json":
        (folder / name).write_text(f"# {name}\n", encoding="utf-8")
    return folder


def literals(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def test_every_fact_is_written_out_once(facts):
    """So a search for the name that a page asks for finds the line that computes it."""
    written = [text for path in FACT_FILES for text in literals(path)]
    assert {name: written.count(name) for name in facts if written.count(name) != 1} == {}


def test_a_name_in_two_files_is_an_error_that_names_both(fact_folder, tmp_path):
    docs = fact_folder.parent
    for name in "lesson_01", "lesson_02":
        fact_store.keep_facts(fact_folder / f"{name}.py", tmp_path, {"same": "1", name: "2"})
    with pytest.raises(forks.Failure, match=r"^the fact 'same' is in lesson_02\.py and in lesson_01\.py$"):
        fact_store.read_facts(docs, tmp_path)


@pytest.mark.parametrize(
    ("edited", "stale"),
    [
        ("lesson_01.py", {"lesson_01.py"}),
        ("shared.py", {"lesson_01.py", "lesson_02.py"}),
        ("measurements.json", {"lesson_01.py", "lesson_02.py"}),
    ],
)
def test_an_edit_runs_the_facts_of_its_file_again(edited, stale, fact_folder, tmp_path):
    for path in fact_store.fact_files(fact_folder.parent):
        fact_store.keep_facts(path, tmp_path, {})
    (fact_folder / edited).write_text("# edited\n", encoding="utf-8")
    files = fact_store.fact_files(fact_folder.parent)
    assert {path.name for path in files if not fact_store.are_fresh(path, tmp_path)} == stale


def test_equal_values_are_not_written_again(fact_folder, tmp_path):
    """Sphinx reads a page again when the file with its facts is younger than its last reading."""
    path = fact_folder / "lesson_01.py"
    stored = fact_store.stored_facts(path, tmp_path)
    fact_store.keep_facts(path, tmp_path, {"a": "1"})
    os.utime(stored, (0, 0))
    path.write_text("# other code, same values\n", encoding="utf-8")
    fact_store.keep_facts(path, tmp_path, {"a": "1"})
    assert fact_store.are_fresh(path, tmp_path) and stored.stat().st_mtime == 0
    fact_store.keep_facts(path, tmp_path, {"a": "2"})
    assert stored.stat().st_mtime > 0


# Cells, in children: IPython and the working folder are a process's own


PAGE = """\
---
file_format: mystnb
kernelspec:
  name: python3
  display_name: Python 3
---

# A page

```{code-cell}
import matplotlib.pyplot as plt
from nwlesson import describe

print("said")
fig, ax = plt.subplots()
fig = describe(fig, "Empty axes.")
1 + 1
```

```{code-cell}
assert not plt.get_fignums()
%s
```
"""


def run_page(folder, last_line):
    page = folder / "page.md"
    page.write_text(PAGE % last_line, encoding="utf-8")
    ((_, result, problem),) = forks.run_jobs([forks.Job("notebook", page, notebook.run_notebook, None)])
    return result, problem


def test_a_cell_gives_what_it_printed_its_value_and_its_figures_in_this_order(tmp_path):
    result, problem = run_page(tmp_path, "print(fig.get_label())")
    assert problem is None
    first, second = (cell for cell in result.cells if cell.cell_type == "code")
    printed, value, figure = first.outputs
    assert printed.text == "said\n"
    assert value.data["text/plain"] == "2"
    assert "<svg" in figure.data["image/svg+xml"] and "image/png" not in figure.data
    assert [output.text for output in second.outputs] == ["Empty axes.\n"]
    assert (first.execution_count, second.execution_count) == (1, 2)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("1 / 0", "division by zero"),
        ("f(1 +", "SyntaxError"),
        ("import torch; x = torch.zeros(2)  # (3,)", "the comment says [(3,)], but the shapes are [(2,)]: x = "),
    ],
)
def test_a_cell_that_fails_is_named_by_its_line(line, words, tmp_path):
    _, problem = run_page(tmp_path, line)
    assert problem.startswith(f"{tmp_path / 'page.md'}:20: this cell failed\nassert not")
    assert words in problem and "\x1b" not in problem
