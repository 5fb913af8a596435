"""Other people's machines: whatever is set up on them, the same site, or one sentence that says what is wrong."""

import ast

from conftest import ROOT

OURS = [path for folder in ("nwlesson", "docs", "tests", "tools") for path in sorted((ROOT / folder).rglob("*.py"))]
MADE = (ROOT / "docs" / "_build", ROOT / "docs" / "examples")  # by the build


def without_encoding(source):
    """The lines that read or write text in whatever encoding the machine happens to have.

    ruff's rule PLW1514 sees a path only where it can tell its type; here any `read_text` counts.
    """
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        name = getattr(call.func, "attr", "")
        words = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        if (name in {"read_text", "write_text"} or words.get("text") == "True") and "encoding" not in words:
            yield call.lineno


def test_text_without_an_encoding_is_found():
    assert list(without_encoding("a.read_text()\nb.write_text('x')\nrun(c, text=True)\n")) == [1, 2, 3]
    fine = "a.read_text(encoding='utf-8')\nb.write_text('x', encoding='utf-8')\nrun(c, encoding='utf-8')\nc.read()\n"
    assert list(without_encoding(fine)) == []


def test_text_is_read_and_written_as_utf_8():
    files = [path for path in OURS if not any(path.is_relative_to(folder) for folder in MADE)]
    assert len(files) > 50
    found = {str(path.relative_to(ROOT)): list(without_encoding(path.read_text(encoding="utf-8"))) for path in files}
    assert {file: lines for file, lines in found.items() if lines} == {}
