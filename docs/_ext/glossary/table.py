"""The terms and their other names, read from the page of the glossary: the one table that search and cards use, too."""

import re
from pathlib import Path
from typing import NamedTuple

ALSO = "Also called: "
ZH = re.compile(r"\{zh\}`([^`]+)`")


class Entry(NamedTuple):
    """A term, the paragraphs that say what it means, its other names, and its last line."""

    term: str
    says: list[str]
    names: list[str]
    last: str

    @property
    def chinese(self) -> str:
        return ZH.search(self.last)[1]

    @property
    def chinese_names(self) -> list[str]:
        """带宽（窗宽） is 带宽, and also called 窗宽."""
        return [name for name in re.split(r"[（）、，]", self.chinese) if name]


def read(docs: Path) -> list[Entry]:
    """Return the entries in the order of the page; a site without a glossary has none."""
    if not (docs / "reference" / "glossary.md").exists():
        return []
    text = (docs / "reference" / "glossary.md").read_text(encoding="utf-8")
    (body,) = re.findall(r":::\{glossary\}\n(.*?)^:::$", text, re.DOTALL | re.MULTILINE)
    return [entry(block.strip()) for block in re.split(r"\n(?=\S)", body)]


def entry(block: str) -> Entry:
    """Return one entry: a paragraph `Also called: a, b.` holds the other names, the last one the rest."""
    term, _, text = block.partition("\n")
    *says, last = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
    names = [name for line in says if line.startswith(ALSO) for name in line.removeprefix(ALSO)[:-1].split(", ")]
    return Entry(term, [line for line in says if not line.startswith(ALSO)], names, last)
