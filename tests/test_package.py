"""The package as a whole: installs alone, is typed, is documented, and has short functions."""

import ast
import doctest
import inspect
import io
import re
import subprocess
import sys
import tokenize
import typing

import pytest
import torch
from conftest import ROOT
from matplotlib import rcParams

import nwlesson

MODULES = sorted((ROOT / "nwlesson").glob("*.py"))
CALLABLES = [n for n in nwlesson.__all__ if callable(getattr(nwlesson, n))]


@pytest.mark.slow
def test_installs_without_the_docs(tmp_path):
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    copy = tmp_path / "source"
    for file in ["pyproject.toml", "README.md", "LICENSE", *(f"nwlesson/{p.name}" for p in MODULES)]:
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        (copy / file).write_bytes((ROOT / file).read_bytes())
    for file in "py.typed", "lesson.mplstyle":
        (copy / "nwlesson" / file).write_bytes((ROOT / "nwlesson" / file).read_bytes())
    subprocess.run([*pip, "--target", str(tmp_path / "site"), str(copy)], check=True)
    code = "import nwlesson as nw; d = nw.make_data(); nw.plot_kernel_reg(d, d.y_truth); print(nw.__file__)"
    env = {"PYTHONPATH": str(tmp_path / "site"), "MPLBACKEND": "agg", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert run.stdout.startswith(str(tmp_path / "site"))
    assert (tmp_path / "site" / "nwlesson" / "py.typed").exists()


def checks(function) -> bool:
    """Say whether a function refuses bad input itself; a kernel of one line leaves that to torch."""
    return "check" in inspect.getsource(function) or "raise" in inspect.getsource(function)


@pytest.mark.parametrize("name", CALLABLES)
def test_documented_with_parameters_and_an_example(name):
    thing = getattr(nwlesson, name)
    text = inspect.getdoc(thing)
    is_tuple = isinstance(thing, type) and issubclass(thing, tuple)
    section = "Attributes" if is_tuple else "Parameters"
    names = thing._fields if is_tuple else inspect.signature(thing).parameters
    documented = text.split(section + "\n" + "-" * len(section), 1)[1]
    assert all(parameter in documented for parameter in names)
    assert "Returns" in text or isinstance(thing, type)
    assert "Raises" in text or isinstance(thing, type) or not checks(thing)
    assert doctest.DocTestFinder().find(thing)[0].examples


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLABLES)
def test_nothing_that_all_share_is_changed(name):
    """Random numbers, torch's defaults and matplotlib's style are the reader's, not ours."""

    def shared():
        return [torch.get_rng_state().tolist(), torch.get_default_dtype(), torch.is_grad_enabled(), dict(rcParams)]

    before = shared()
    (example,) = (test for test in doctest.DocTestFinder(recurse=False).find(getattr(nwlesson, name)) if test.examples)
    doctest.DocTestRunner(verbose=False).run(example, out=lambda text: None)
    assert shared() == before


@pytest.mark.parametrize("name", CALLABLES)
def test_every_annotation_is_there(name):
    thing = getattr(nwlesson, name)
    function = thing.__init__ if isinstance(thing, type) and not issubclass(thing, tuple) else thing
    if inspect.isfunction(function):
        hints = typing.get_type_hints(function)
        assert set(inspect.signature(function).parameters) - {"self"} <= set(hints)
        assert "return" in hints


def code_lines(source: str) -> set[int]:
    """Return the numbers of the lines that hold code: no comments, no blank lines, no docstrings."""
    layout = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    lines = {token.start[0] for token in tokens if token.type not in layout}
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", None)
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node):
            lines -= set(range(body[0].lineno, body[0].end_lineno + 1))
    return lines


@pytest.mark.parametrize("module", MODULES, ids=lambda p: p.stem)
def test_functions_are_short(module):
    source = module.read_text(encoding="utf-8")
    lines = code_lines(source)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            body = {n for n in range(node.body[0].lineno, node.end_lineno + 1) if n in lines}
            assert len(body) < 25, node.name


def test_the_picture_of_the_house_is_true():
    """In CONTRIBUTING.md each module of the package has a place, and imports what stands to its left."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    picture = text.split("What imports what")[1].split("```")[1].removeprefix("text\n")
    drawn = re.findall(r"\w+", picture)
    modules = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "nwlesson").glob("*.py")}
    assert sorted(drawn) == sorted(set(modules) - {"__init__", "_checks", "palette"})
    pairs = re.findall(r"(?=\b(\w+) ─\S*─ (\w+))", picture)
    assert len(pairs) >= 5
    assert [(left, right) for left, right in pairs if f"from nwlesson.{left} import" not in modules[right]] == []
