"""Words with a role: `{key}`keys`` in the key's colour, `{fact}`name`` for a computed number, `{minutes}`page``,
`{zh}`查询`` for Chinese words.

Why no library: MyST-NB's glue loses its number inside a translated paragraph, and knows no table of facts.
"""

import os
import re
from pathlib import Path

import build_folder
from docutils import nodes
from execution.facts import Fact, read_facts
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util.docutils import SphinxRole

from nwlesson.palette import PALETTE

WORDS_PER_MINUTE = 130  # slow: sums, code and pictures are read between the words, often in a second language


class FactRole(SphinxRole):
    """Insert a number from docs/facts; an unknown name is an error with its place.

    The page is read again when the facts of the same file change.
    """

    def run(self):
        fact = stored_facts(self.env.app).get(self.text)
        if fact is None:
            message = self.inliner.reporter.error(f"unknown fact {self.text!r}; see docs/facts", line=self.lineno)
            return [], [message]
        self.env.note_dependency(os.path.relpath(fact.stored, self.env.srcdir))
        return [nodes.inline(self.rawtext, fact.value, classes=["fact"])], []


class MinutesRole(SphinxRole):
    """Insert how long a page takes, or pages together (a folder, or lessons/0[1-5]*).

    It is counted from their words and their figures'.
    """

    def run(self):
        docs = Path(self.env.srcdir)
        patterns = [f"{name}/*" if (docs / name).is_dir() else name for name in self.text.split()]
        pages = sorted(page for pattern in patterns for page in docs.glob(f"{pattern}.md"))
        if not pages:
            return [], [self.inliner.reporter.error(f"no page {self.text!r} to read", line=self.lineno)]
        texts = [page.read_text(encoding="utf-8") for page in pages]
        figures = [figure_file(match, docs) for text in texts for match in EXPLORABLE.finditer(text)]
        for file in pages + figures:
            self.env.note_dependency(str(file))
        total = sum(minutes(with_figures(text, docs)) for text in texts)
        text = _("{minutes} minutes") if total > 1 else _("{minutes} minute")
        return [nodes.inline(self.rawtext, text.format(minutes=total))], []


class ColourRole(SphinxRole):
    """Set a word in the colour of its role."""

    def run(self):
        return [nodes.inline(self.rawtext, self.text, classes=[f"role-{self.name}"])], []


class ChineseRole(SphinxRole):
    """Mark words as Chinese, so that a screen reader pronounces them; docutils makes lang="zh" of the class."""

    def run(self):
        return [nodes.inline(self.rawtext, self.text, classes=["language-zh"])], []


HIDDEN = re.compile(
    r"\A---.*?^---$|^```\{code-cell\}\n:tags: \[remove-cell\].*?^```$"  # front matter, checks
    r"|^```\{living\} \S+\n:turn: [^\n]*$"  # the name of a sentence, and of its slider
    r"|\]\([^)]*\)|\{[a-z]+\}(?=`)| <[^<>`]+>(?=`)",  # where links lead, the names of roles
    re.DOTALL | re.MULTILINE,
)


EXPLORABLE = re.compile(r"^```\{explorable\} (\S+)\n(?P<options>.*?)```$", re.DOTALL | re.MULTILINE)
STEP = re.compile(r"^\d+\. ", re.MULTILINE)


def figure_file(match: re.Match, docs: Path) -> Path:
    return docs / "explorables" / match[1] / f"{match[1]}.md"


def with_figures(text: str, docs: Path) -> str:
    """Put the words of each explorable, its questions and answers as far as the page shows them, in its place."""

    def words(match: re.Match) -> str:
        start, *steps = STEP.split(figure_file(match, docs).read_text(encoding="utf-8").split("```{words}")[0])
        last, first = (re.search(rf":{name}: (\d+)", match["options"]) for name in ("steps", "from"))
        shown = slice(int(first[1]) - 1 if first else 0, int(last[1]) if last else None)
        return "\n".join([start, *steps[shown]])

    return EXPLORABLE.sub(words, text)


def minutes(text: str) -> int:
    """Return the reading time of a page, at least one minute; what the reader does not see takes none."""
    text = HIDDEN.sub("", text)
    return max(1, round(len(re.findall(r"[\w'-]{2,}", text)) / WORDS_PER_MINUTE))


def stored_facts(app: Sphinx) -> dict[str, Fact]:
    """Return the table of facts that the build has computed, each with the file where it is stored."""
    if not hasattr(app, "_lesson_facts"):
        app._lesson_facts = read_facts(Path(app.srcdir), Path(app.config.lesson_build))
    return app._lesson_facts


def facts(app: Sphinx) -> dict[str, str]:
    """Return the table of facts: name -> what the reader sees."""
    return {name: fact.value for name, fact in stored_facts(app).items()}


def write_palette(app: Sphinx) -> None:
    """Write the role colours of nwlesson.palette as CSS variables, for light pages and for dark ones."""
    light = "".join(f"--role-{role}:{colour.light};" for role, colour in PALETTE.items())
    dark = "".join(f"--role-{role}:{colour.dark};" for role, colour in PALETTE.items())
    words = "".join(f".role-{role}{{color:var(--role-{role})}}" for role in PALETTE)
    css = (
        f"body{{{light}}}@media screen{{body[data-theme=dark]{{{dark}}}}}"
        f"@media screen and (prefers-color-scheme:dark){{body:not([data-theme=light]){{{dark}}}}}{words}\n"
    )
    (build_folder.generated(app) / "palette.css").write_text(css, encoding="utf-8")


def setup(app: Sphinx) -> dict:
    app.add_role("fact", FactRole())
    app.add_role("minutes", MinutesRole())
    app.add_role("zh", ChineseRole())
    for role in PALETTE:
        app.add_role(role, ColourRole())
    app.setup_extension("build_folder")
    app.add_css_file("palette.css")
    app.connect("builder-inited", write_palette)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
