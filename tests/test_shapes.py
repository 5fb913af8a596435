"""The sheet of shapes: its tables, from top to bottom, are a program, and every line has the shape that it says."""

import ast
import re

import pytest
import torch
from conftest import DOCS
from torch.testing import assert_close

import nwlesson

PAGE = DOCS / "reference" / "shapes.md"
TEXT = PAGE.read_text(encoding="utf-8")
SETUP = re.search(r"^```python\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)[1]
ROWS = re.findall(r"^\| (`.*`) \| `(\(.*\))` \|$", TEXT, re.MULTILINE)


def run() -> tuple[dict, list[tuple[str, str, tuple]]]:
    """Type the whole sheet; return all names afterwards, and for each line its code, its claim and its shape."""
    table: dict = {}
    exec(SETUP, table)
    seen = []
    for cell, claim in ROWS:
        for code in re.findall("`([^`]+)`", cell):
            name, assigned, _ = code.partition(" = ")
            if assigned:
                exec(code, table)
            seen.append((code, claim, tuple(eval(name if assigned else code, table).shape)))
    return table, seen


@pytest.fixture(scope="module")
def typed():
    return run()


def test_every_line_has_the_shape_that_it_says(typed):
    _, seen = typed
    assert len(seen) > 40
    assert [(code, ast.literal_eval(claim)) for code, claim, _ in seen] == [(code, shape) for code, _, shape in seen]


def test_no_row_of_a_table_is_left_untyped():
    rows = [
        line for line in TEXT.splitlines() if line.startswith("|") and line not in ("| code | shape |", "| --- | --- |")
    ]
    assert len(rows) == len(ROWS)


def test_the_sheet_has_all_steps_of_the_lessons(typed):
    code = "\n".join(code for code, _, _ in typed[1])
    for step in (
        "softmax",
        "repeat_interleave",
        "bmm",
        "repeat((50, 1))",
        "[mask]",
        "net(x_train",
        "net(x_test",
        "sdpa(",
    ):
        assert step in code
    assert set(re.findall(r"lessons/(\d\d)", TEXT)) >= {"01", "04", "07", "08", "09", "10", "11"}


def test_the_words_beside_the_tables_are_true(typed):
    table, _ = typed
    x, y = table["x_train"], table["y_train"]
    assert_close(table["weights"].sum(dim=-1), torch.ones(50))
    assert all((row == query).all() for row, query in zip(table["X_repeat"], table["x_test"]))
    assert all(torch.equal(row, x) for row in table["X_tile"])
    keys, values = nwlesson.leave_one_out(x, y)
    assert torch.equal(table["X_tile"][table["mask"]].reshape(50, -1), keys)
    assert torch.equal(table["Y_tile"][table["mask"]].reshape(50, -1), values)
    assert_close(table["A"].squeeze(-1), nwlesson.attention_pooling(table["x_test"], x, y), rtol=1e-4, atol=1e-4)


def test_the_rules_are_true():
    rules = TEXT.split("## Rules")[1]
    assert "`(40, 1)` with `(50,)` is `(40, 50)`" in " ".join(rules.split())
    assert torch.broadcast_shapes((40, 1), (50,)) == (40, 50)
    assert "`(50, 1)` against a row `(50,)`" in rules
    assert torch.broadcast_shapes((50, 1), (50,)) == (50, 50)
    x = torch.tensor([0, 1, 2])
    for call, said in re.findall(r"`(x\.[^`]+)` says ([\d, ]+)\.", rules):
        assert eval(call, {"x": x}).tolist() == [int(n) for n in said.split(", ")]
    rows = re.findall(r"`(x\.[^`]+)`[;\s]*(makes[^;.]+)", rules)
    assert len(rows) == 2
    all_of_it, one_number = (eval(call, {"x": x, "n": 4}) for call, _ in rows)
    assert all(torch.equal(row, x) for row in all_of_it)
    assert all(len(row.unique()) == 1 for row in one_number)


def test_the_sheet_is_linked_where_it_is_wanted(parsed):
    for page in "index", "reference/index", "lessons/06-making-shapes-meet", "lessons/07-many-small-products":
        html = parsed(f"{page}.html")
        assert html.article.select('a[href$="shapes.html"]'), page
