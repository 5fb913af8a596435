"""Exercises that are answered in the page, and what the reader has done: `{answer}` and `{progress}`.

Why no library: jupyterquiz and sphinx-exercise know no usual wrong answers; H5P and Moodle's questions need a server
or megabytes of script. Here it is a native form. Without a script it stays hidden, and the folded solution is there.

    :::{answer}
    ? The line
    = 20 ± 0.01
      This is the median. (May be left out.)
    - 40
      This is the mean.
    :::

Each `?` is a field. What follows `=` is right: a number (with how far off it may be), letters in any order (`{bde}`),
or else one of several words, to be chosen. What follows `-` is wrong, and the text below it says why.
"""

import re
from pathlib import Path
from typing import NamedTuple

import build_folder
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util.docutils import SphinxDirective

HERE = Path(__file__).parent
NUMBER = re.compile(r"(-?[\d.]+(?:/[\d.]+)?)(?: ± ([\d.]+))?")
# What practice.js says; it takes the words from the page, so that they are translated with it.
WORDS = {
    "practice-right": "Right.",
    "practice-wrong": "Not this. Open a hint, or try again.",
    "practice-number": "Write a number, such as 0.5 or 1/2.",
    "practice-empty": "Nothing is written here yet.",
    "practice-check": "Check",
    "practice-done": "Done",
    "practice-count": "{done} of {all} done.",
    "practice-wipe": "Forget what I have done",
    "practice-wiped": "Forgotten.",
}


class Entry(NamedTuple):
    """A right or a wrong answer, what is said to it, and its line in the directive, from 0."""

    right: bool
    value: str
    says: str
    line: int


class Field(NamedTuple):
    """A field: what it asks for, the answers that are known, and its line."""

    label: str
    entries: list[Entry]
    line: int

    @property
    def right(self) -> str:
        return next(entry.value for entry in self.entries if entry.right)

    @property
    def kind(self) -> str:
        return "letters" if self.right.startswith("{") else "number" if NUMBER.fullmatch(self.right) else "choice"


class AnswerError(Exception):
    """What is wrong with an answer, and in which of its lines, from 0."""


def split(body: str) -> list[Field]:
    """Take the body of an `{answer}` apart; raise AnswerError where that makes no sense."""
    fields: list[Field] = []
    for number, line in enumerate(body.splitlines()):
        mark, text = line[:2], line[2:].strip()
        if mark == "? ":
            fields.append(Field(text, [], number))
        elif mark in ("= ", "- ") and fields:
            fields[-1].entries.append(Entry(mark == "= ", text, "", number))
        elif mark == "  " and fields and fields[-1].entries:
            last = fields[-1].entries[-1]
            fields[-1].entries[-1] = last._replace(says=f"{last.says} {text}".strip())
        elif line.strip():
            raise AnswerError("a line begins with ?, =, - or two spaces", number)
    for field in fields:
        if sum(entry.right for entry in field.entries) != 1:
            raise AnswerError("one answer of a field is right and begins with =", field.line)
        if mute := [entry for entry in field.entries if not entry.right and not entry.says]:
            raise AnswerError("this wrong answer has no reason", mute[0].line)
    return fields


class answer_form(nodes.General, nodes.Element):
    """The form, hidden until the script shows it."""


class answer_field(nodes.General, nodes.Element):
    """A label with its field, and what may be said to the answers."""


class answer_says(nodes.General, nodes.Element):
    """What is said to one answer."""


class answer_text(nodes.TextElement):
    """The text of a label or of an option."""


class Words(SphinxDirective):
    """What both directives need: the words for the script, once on a page."""

    def words(self) -> list[nodes.Node]:
        if any("practice-words" in box["classes"] for box in self.state.document.findall(nodes.container)):
            return []
        box = nodes.container(classes=["practice-words"])
        for name, text in WORDS.items():
            paragraph = nodes.paragraph(text, text, classes=[name])
            self.set_source_info(paragraph)  # gettext passes over what comes from nowhere
            box += paragraph
        return [box]


class Answer(Words):
    """Turn the lines of an answer into a form."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        try:
            fields = split("\n".join(self.content))
        except AnswerError as error:
            line = self.lineno + self.content_offset + error.args[1] + 1
            return [self.state.document.reporter.error(f"answer: {error.args[0]}", line=line)]
        number = self.env.new_serialno("answer")
        form = answer_form("", *(self.field(field, f"answer-{number}-{i}") for i, field in enumerate(fields)))
        return [form, *self.words()]

    def field(self, field: Field, name: str) -> answer_field:
        node = answer_field("", self.text(field.label, field.line), name=name, kind=field.kind)
        if field.kind == "choice":
            node += [self.text(entry.value, entry.line) for entry in field.entries]
        for number, entry in enumerate(field.entries):
            value, within = {
                "number": lambda text: NUMBER.fullmatch(text).groups("0.001"),
                "letters": lambda text: (text.strip("{}"), ""),
                "choice": lambda _, number=number: (str(number), ""),
            }[field.kind](entry.value)
            says = answer_says("", right=entry.right, value=value, within=within)
            text = StringList([entry.says], source=self.get_source_info()[0])
            self.state.nested_parse(text, self.content_offset + entry.line + 1, says)
            node += says
        return node

    def text(self, text: str, line: int) -> answer_text:
        children, _ = self.state.inline_text(text, self.lineno + self.content_offset + line)
        node = answer_text(text, "", *children)
        self.set_source_info(node)
        return node


class Progress(Words):
    """The place for how much the reader has done."""

    def run(self) -> list[nodes.Node]:
        return [nodes.container(classes=["practice-progress"]), *self.words()]


def open_form(self, node) -> None:
    self.body.append('<form class="answer" hidden>')


def close_form(self, node) -> None:
    self.body.append('<button type="submit" class="answer-check">✓</button><div role="status"></div></form>')


def open_field(self, node) -> None:
    """Write the label, and the input or the list to choose from; their texts are translated by now."""
    label, *options = (child for child in node if isinstance(child, answer_text))
    name, kind = node["name"], node["kind"]
    self.body.append(f'<div class="answer-field" data-kind="{kind}"><label for="{name}">')
    label.walkabout(self)
    self.body.append("</label>")
    if kind != "choice":
        self.body.append(f'<input id="{name}" autocomplete="off" autocapitalize="off" spellcheck="false">')
        return
    texts = "".join(f'<option value="{i}">{self.encode(text.astext())}</option>' for i, text in enumerate(options))
    self.body.append(f'<select id="{name}"><option value="">{_("choose")}</option>{texts}</select>')


def visit_field(self, node) -> None:
    open_field(self, node)
    for says in node.findall(answer_says):
        self.body.append(f'<div hidden data-right="{says["right"]:d}" data-value="{says["value"]}"')
        self.body.append(f' data-within="{says["within"]}">')
        for child in says.children:
            child.walkabout(self)
        self.body.append("</div>")
    self.body.append("</div>")
    raise nodes.SkipNode


def nothing(self, node) -> None:
    """Of a label there are only the words."""


def skip(self, node) -> None:
    raise nodes.SkipNode


def load_files(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Load script and style on pages that have any of this, and on no other."""
    boxes = doctree.findall(nodes.container) if doctree is not None else ()
    if any("practice-words" in box["classes"] for box in boxes):
        app.add_css_file("practice.css", priority=850)  # after lesson.css
        app.add_js_file("practice.js", defer="defer")


def setup(app: Sphinx) -> dict:
    app.add_directive("answer", Answer)
    app.add_directive("progress", Progress)
    others = dict.fromkeys(("latex", "text", "man", "texinfo"), (skip, None))
    app.add_node(answer_form, html=(open_form, close_form), **others)
    app.add_node(answer_field, html=(visit_field, None), **others)
    app.add_node(answer_text, html=(nothing, nothing), **others)
    app.add_node(answer_says, html=(skip, None), **others)
    app.setup_extension("build_folder")
    build_folder.add_static(app, HERE / "practice.js", HERE / "practice.css")
    app.connect("html-page-context", load_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
