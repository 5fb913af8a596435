"""The list of falsifications stays true: each text that is replaced stands once, and who must notice is there."""

import re

import falsify
from conftest import ROOT


def test_every_falsification_can_be_made_and_names_a_test():
    texts = falsify.read(ROOT, [str(path.relative_to(ROOT)) for path in falsify.sources(ROOT)])
    rows = falsify.listed("")
    assert len(rows) > 80
    assert [row.name for row in rows if len(falsify.places(row, texts)) != 1] == []
    defined = {name for path in (ROOT / "tests").rglob("test_*.py") for name in falsify.tests_of(path)}
    wanted = {word for row in rows if row.caught != "build" for word in re.findall(r"test_\w+", row.caught)}
    assert [word for word in wanted if not any(word in name for name in defined)] == []
