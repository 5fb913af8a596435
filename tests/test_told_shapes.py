"""Shapes that comments name are checked when the code runs, wherever it does, and none is passed over."""

import doctest

import pytest
import told_shapes

SHAPES = {
    "# (40, 50)": [(40, 50)],
    "# (40, 50): queries down": [(40, 50)],
    "# (8, 2), all of length 1": [(8, 2)],
    "# (40, 1) - (50,) -> (40, 50)": [(40, 50)],
    "# (50, 50) -> (2450,) -> (50, 49), for both": [(50, 49)],
    "# (2000,), (2000,) and (1000,)": [(2000,), (2000,), (1000,)],
    "# (40, 50), then (40,)": [(40, 50), (40,)],
    "# keys and values: (50, 49)": [(50, 49)],
    "# three keys: shape (3,)": [(3,)],
    "# (150, 1, 149) times (150, 149, 3)": [],
    "# (2, 3) @ (3,)": [],
    "# three ways to the same (3, 4) table": [],
    "# a point (0, 1) on the way": [],
    "# (1)": [],
}


@pytest.mark.parametrize("comment", SHAPES)
def test_what_comes_out_is_told_from_what_goes_in(comment):
    assert told_shapes.shapes_in(comment) == SHAPES[comment]


RIGHT = """
import torch

def pairs(n):
    # (3,)
    x = torch.ones(n)
    return x[:, None] * x

# (3, 3)
table = pairs(
    3)
table, _ = table[0], 1  # (3,)
# (3,) and (3, 1), then (1, 3)
row, column = table, table[:, None]
column = column.T
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("# (3, 3)", "# (3, 2)", "[(3, 2)], but the shapes are [(3, 3)]: table = pairs(3)"),
        ("    # (3,)", "    # (4,)", "[(4,)], but the shapes are [(3,)]: x = torch.ones(n)"),
        ("1  # (3,)", "1  # (1, 3)", "[(1, 3)], but the shapes are [(3,)]"),
        ("and (3, 1)", "and (1, 3)", "[(3,), (1, 3)], but the shapes are [(3,), (3, 1)]"),
        ("then (1, 3)", "then (3, 1)", "[(3, 1)], but the shapes are [(1, 3)]: column = column.T"),
        ("    return x", "    # (3, 3)\n    return x", "no assignment has the shapes of the comment: [(3, 3)]"),
        ("column.T\n", "column.T  # (3,), (2,)\n", "no assignment has the shapes of the comment: [(3,), (2,)]"),
        (
            "# (3, 3)\ntable = pairs(",
            "# (3, 3)\ntable = pairs(  # (3, 3)",
            "no assignment has the shapes",
        ),
    ],
)
def test_a_wrong_shape_is_named_with_its_statement(old, new, said, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", [])  # a script's own
    script = tmp_path / "script.py"
    script.write_text(RIGHT, encoding="utf-8")
    told_shapes.run_script(script)
    assert RIGHT.count(old) == 1
    script.write_text(RIGHT.replace(old, new), encoding="utf-8")
    with pytest.raises(AssertionError) as wrong:
        told_shapes.run_script(script)
    assert said in str(wrong.value)


@pytest.mark.parametrize(("shape", "failures"), [("(2,)", 0), ("(2, 1)", 1)])
def test_an_example_in_a_docstring_is_checked_too(shape, failures):
    text = f">>> import torch\n>>> x = torch.zeros(2)  # {shape}\n>>> x.sum()\ntensor(0.)\n"
    test = told_shapes.in_doctest(doctest.DocTestParser().get_doctest(text, {}, "x", None, 0))
    said = []
    assert doctest.DocTestRunner(verbose=False).run(test, out=said.append).failed == failures
    assert ("the comment says [(2, 1)], but the shapes are [(2,)]" in "".join(said)) == bool(failures)
