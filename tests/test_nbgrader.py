"""An assignment for nbgrader: the notebook of an exercise page goes through the real one, from teacher to mark.

nbgrader needs a hundred packages that nothing else here needs, so it gets an environment of its own, which sees ours.
"""

import csv
import os
import site
import subprocess
import venv
from pathlib import Path

import nbformat
import notebooks
import pytest
from conftest import DOCS, SITE
from test_exercises import EXERCISES, source

PAGE = "exercises-2"
OURS = [exercise for exercise in EXERCISES if exercise.page == PAGE]
LOCK = Path(__file__).with_name("nbgrader.lock")


@pytest.mark.site
def test_every_exercise_notebook_can_be_marked():
    for page in {exercise.page for exercise in EXERCISES}:
        notebook = nbformat.read(SITE / f"notebooks/practice/{page}.ipynb", as_version=4)
        marked = [cell.metadata["nbgrader"] for cell in notebook.cells if "nbgrader" in cell.metadata]
        numbers = [exercise.number.lower() for exercise in EXERCISES if exercise.page == page]
        assert [cell["grade_id"] for cell in marked] == [f"exercise-{number}" for number in numbers]
        assert all(cell["grade"] and cell["locked"] and not cell["solution"] for cell in marked)


@pytest.mark.parametrize("marking", [True, False])
def test_a_test_stops_only_where_a_teacher_marks(marking, monkeypatch, capsys):
    if marking:
        monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    else:
        monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    test = notebooks.forgiving('assert 1 == 2, "two is more"\nprint("1a: done")')
    if marking:
        with pytest.raises(AssertionError):
            exec(test, {})
    else:
        exec(test, {})
    assert capsys.readouterr().out == "1a: not yet: two is more\n"


def environment(folder: Path) -> Path:
    """Make an environment with nbgrader that sees ours, and return where its programs are."""
    venv.create(folder, with_pip=True)
    programs = folder / "bin"
    command = [programs / "python", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", LOCK]
    subprocess.run(command, check=True)
    packages = subprocess.check_output(
        [programs / "python", "-c", "import site; print(site.getsitepackages()[0])"], encoding="utf-8"
    ).strip()
    seen = [site.getsitepackages()[0], str(DOCS.parent)]
    Path(packages, "ours.pth").write_text("\n".join([*seen, ""]), encoding="utf-8")
    return programs


def answered(notebook: nbformat.NotebookNode, number: str) -> None:
    """Give the right answer to one exercise; spoil the test of another, as one might try."""
    (exercise,) = [e for e in OURS if e.number == number]
    (start,), (solution,) = source(exercise, "starter"), source(exercise, "hide-cell")
    (cell,) = [cell for cell in notebook.cells if cell.source == start]
    cell.source = solution
    last = [cell for cell in notebook.cells if "nbgrader" in cell.metadata][-1]
    last.source = 'print("7b: done")'


@pytest.mark.home
def test_a_teacher_hands_out_and_marks_a_page_of_exercises(tmp_path):
    programs = environment(tmp_path / "grading")
    course = tmp_path / "course"
    given = course / "source" / "week1" / f"{PAGE}.ipynb"
    given.parent.mkdir(parents=True)
    given.write_bytes((SITE / f"notebooks/practice/{PAGE}.ipynb").read_bytes())
    home = {**os.environ, "HOME": str(tmp_path), "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    home |= {"OMP_NUM_THREADS": "1", "JUPYTER_PLATFORM_DIRS": "1"}

    def nbgrader(*command: str) -> None:
        run = [programs / "nbgrader", *command]
        done = subprocess.run(run, cwd=course, env=home, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr[-3000:]

    nbgrader("generate_assignment", "week1", "--create")
    notebook = nbformat.read(course / "release" / "week1" / given.name, as_version=4)
    assert [cell.source for cell in notebook.cells if "nbgrader" in cell.metadata] == [
        notebooks.forgiving(source(exercise, "success-test")[0]) for exercise in OURS
    ]
    answered(notebook, "6a")
    handed_in = course / "submitted" / "ada" / "week1" / given.name
    handed_in.parent.mkdir(parents=True)
    nbformat.write(notebook, handed_in)
    nbgrader("autograde", "week1", "--create")
    nbgrader("export")
    with open(course / "grades.csv", encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (float(row["score"]), float(row["max_score"])) == (1, len(OURS)), "6a is right, and nothing else"
