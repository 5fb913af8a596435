"""A question with options, each with its reason: `{quiz}`.

Why no library: teachbooks-questions, sphinx-yaq and sphinx-quiz show an option or its reason by script only, 4 to
750 KB of it; jupyterquiz writes its script into the page. sphinx-design has folds, but no right and wrong. Here an
option is an ordinary fold of Sphinx, which works alone.

    :::{quiz}
    What is the shape of `x.repeat(2)`?

    - `(2, 3)`

      Why this is wrong, as long as you like.

    + `(6,)`

      Why this is right: the right option has a plus, the others have a minus.
    :::
"""

import textwrap
from pathlib import Path
from typing import NamedTuple

import build_folder
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

HERE = Path(__file__).parent
# What quiz.js says; it takes the words from the page, so that they are translated with it.
WORDS = {
    "quiz-right": "Right.",
    "quiz-wrong": "Not this one: read why.",
    "quiz-score": "First tries: {right} of {answered} right. Still to answer: {left}.",
}
VERDICT = {True: "Right.", False: "Not this one."}


class Option(NamedTuple):
    """An option: whether it is right, its first paragraph, the rest, and its line in the directive, from 0."""

    right: bool
    choice: str
    reason: str
    line: int


class QuizError(Exception):
    """What is wrong with a quiz, and in which of its lines, from 0."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def split(body: str) -> tuple[str, list[Option]]:
    """Take a quiz apart into its question and its options; raise QuizError where that makes no sense."""
    lines, starts, fenced = body.splitlines(), [], False
    for number, line in enumerate(lines):
        fenced ^= line.startswith("```")
        if not fenced and line.startswith(("- ", "+ ")):
            starts.append(number)
        elif starts and line.strip() and not line.startswith("  "):
            raise QuizError("this line belongs to no option; indent it by two spaces", number)
    question = "\n".join(lines[: starts[0]] if starts else lines)
    options = []
    for start, end in zip(starts, [*starts[1:], len(lines)]):
        text = textwrap.dedent("\n".join([f"  {lines[start][2:]}", *lines[start + 1 : end]]))
        choice, _, reason = text.partition("\n\n")
        if not reason.strip():
            raise QuizError("this option has no reason; leave a line empty and write why it is right or wrong", start)
        options.append(Option(lines[start][0] == "+", choice, reason.strip("\n"), start))
    right = [option for option in options if option.right]
    if not question.strip():
        raise QuizError("a quiz begins with its question")
    if len(options) not in (3, 4):
        raise QuizError(f"a quiz has three or four options, but this one has {len(options)}")
    if len(right) != 1:
        raise QuizError(
            f"one option is right and begins with +, but {len(right)} do", right[1].line if right else starts[0]
        )
    return question, options


class Quiz(SphinxDirective):
    """Turn a question and a list into folds: the option is what one sees, its reason what one unfolds."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        try:
            question, options = split("\n".join(self.content))
            quiz = nodes.container(classes=["quiz"])
            quiz += self.parse(question, 0)
            quiz += [self.fold(option) for option in options]
        except QuizError as error:
            line = self.lineno + self.content_offset + error.line + 1
            return [self.state.document.reporter.error(f"quiz: {error}", line=line)]
        return [quiz, *self.words()]

    def parse(self, text: str, line: int) -> list[nodes.Node]:
        parsed = nodes.container()
        self.state.nested_parse(StringList(text.splitlines()), self.content_offset + line, parsed)
        return parsed.children

    def fold(self, option: Option) -> nodes.admonition:
        fold = nodes.admonition(collapsible="closed", classes=["quiz-option", *["quiz-right"] * option.right])
        choice = self.parse(option.choice, option.line)
        if len(choice) != 1 or not isinstance(choice[0], nodes.paragraph):
            raise QuizError("an option begins with one paragraph", option.line)
        title = nodes.title(choice[0].rawsource, "", *choice[0].children)
        title.source, title.line = choice[0].source, choice[0].line
        fold += [title, self.paragraph(VERDICT[option.right], "quiz-verdict")]
        fold += self.parse(option.reason, option.line + option.choice.count("\n") + 2)
        return fold

    def paragraph(self, text: str, name: str) -> nodes.paragraph:
        paragraph = nodes.paragraph(text, text, classes=[name])
        self.set_source_info(paragraph)  # gettext passes over what comes from nowhere
        return paragraph

    def words(self) -> list[nodes.Node]:
        """Return the words for quiz.js, once on a page."""
        if any("quiz-words" in box["classes"] for box in self.state.document.findall(nodes.container)):
            return []
        return [nodes.container("", *[self.paragraph(text, n) for n, text in WORDS.items()], classes=["quiz-words"])]


def has_quiz(doctree: nodes.document | None) -> bool:
    return doctree is not None and any("quiz" in node["classes"] for node in doctree.findall(nodes.container))


def load_files(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Load script and style on pages that have a quiz, and on no other."""
    if has_quiz(doctree):
        app.add_css_file("quiz.css", priority=850)  # after lesson.css
        app.add_js_file("quiz.js", defer="defer")


def setup(app: Sphinx) -> dict:
    app.add_directive("quiz", Quiz)
    app.setup_extension("build_folder")
    build_folder.add_static(app, HERE / "quiz.js", HERE / "quiz.css")
    app.connect("html-page-context", load_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
