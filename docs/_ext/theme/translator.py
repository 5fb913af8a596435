"""What Sphinx, docutils and MyST-NB write into a page, mended where they write it: a way in for the keyboard to wide
tables, and no role or name that says something else than the words.
"""

import re
from html import escape

from docutils import nodes
from sphinx import addnodes
from sphinx.errors import ExtensionError
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator

LESSON = re.compile(r"(?<=lesson) (?=\d)|(?<=lessons) (?=\d)", re.IGNORECASE)
UNIT = re.compile(r"(?<=\d) (?=(?:[KMG]i?B|[cm]?m)\b)")
# What Chinese counts in; the number may be a fact, or code, and stand before the text.
COUNTED = re.compile(
    r"(?<=第) (?=\d|$)|(?:(?<=\d)|^) (?=[个次倍步轮点课题章节年行列号层张份朵维位票字兆秒毫分头条种组类格段件页天人回])"
)

# In a cell: 3,810, −0.5, 45 %, 2 × 10⁻¹⁵, 12×.
NUMBER = re.compile(r"[-−+±]?\d[\d,]*(\.\d+)?(\s?[%×]|\s?×\s?10[⁻⁰-⁹²³¹]+)?")


class TieWords(SphinxPostTransform):
    """Keep on one line a number and its unit, short code, as `w = 1`, and "lesson 7" where it is a link: code and links
    have a frame or a colour, and in two pieces look like two.
    """

    default_priority = 330  # all texts are there
    formats = ("html",)

    def run(self, **kwargs) -> None:
        for link in self.document.findall(nodes.reference):
            self.tie(link, LESSON)
        self.tie(self.document, UNIT)
        if self.config.language.startswith("zh"):
            self.tie(self.document, COUNTED)
        for code in self.document.findall(nodes.literal):
            if " " in code.astext() and len(code.astext()) <= 12:
                code["classes"].append("whole")

    def tie(self, within: nodes.Element, spaces: re.Pattern) -> None:
        for text in list(within.findall(nodes.Text)):
            is_code = isinstance(text.parent, (nodes.literal, nodes.math, nodes.FixedTextElement))
            if not is_code and spaces.search(text):
                text.parent.replace(text, nodes.Text(spaces.sub("\N{NO-BREAK SPACE}", text)))


class FindNumbers(SphinxPostTransform):
    """Mark the columns that hold nothing but numbers: lesson.css sets them flush right. The first names the rows."""

    default_priority = 331  # all texts are there
    formats = ("html",)

    def run(self, **kwargs) -> None:
        for group in self.document.findall(nodes.tgroup):
            heads = [row for part in group.findall(nodes.thead) for row in part]
            rows = [row for part in group.findall(nodes.tbody) for row in part]
            if len({len(row) for row in heads + rows}) != 1:
                continue  # cells that reach over several columns
            for column in list(zip(*rows))[1:]:
                texts = [cell.astext().strip() for cell in column]
                if any(texts) and all(NUMBER.fullmatch(text) for text in texts if text):
                    number = column[0].parent.index(column[0])
                    for row in heads + rows:
                        row[number]["classes"].append("number")


class Translator(HTML5Translator):
    def visit_table(self, node: nodes.table) -> None:
        """A wide table scrolls in the box that Furo has put around it; the keyboard must be able to reach the box."""
        if not self.body[-1].startswith('<div class="table-wrapper'):
            raise ExtensionError("Furo puts no box around this table any more; look how it makes wide tables scroll")
        named = f'<div tabindex="0" role="group" aria-label="{_("Table")}"'
        self.body[-1] = self.body[-1].replace("<div", named, 1)
        super().visit_table(node)
        section = node.parent
        while section and not isinstance(section, nodes.section):
            section = section.parent
        if section:  # no table has a title of its own
            name = f'<table aria-label="{escape(section.next_node(nodes.title).astext())}"'
            self.body[-1] = self.body[-1].replace("<table", name, 1)

    def depart_thead(self, node: nodes.thead) -> None:
        """Where the first row names the columns, the first of each row names that row, if it has words."""
        super().depart_thead(node)
        first = [row[0] for row in node.parent.findall(nodes.row) if not isinstance(row.parent, nodes.thead)]
        texts = [list(name.findall(nodes.Text)) for name in first]
        words = [[text for text in name if not isinstance(text.parent, nodes.math)] for name in texts]
        node.parent.stubs[0] = int(all(words))  # what docutils calls a column of names

    def visit_entry(self, node: nodes.entry) -> None:
        super().visit_entry(node)
        if isinstance(node.parent.parent, nodes.tbody):
            self.body[-1] = self.body[-1].replace("<th", '<th scope="row"', 1)

    def visit_title(self, node: nodes.title) -> None:
        """The name of a part in the list of pages is no heading: docutils gives it the role, but no level."""
        if isinstance(node.parent, addnodes.compact_paragraph) and node.parent.get("toctree"):
            self.body.append(self.starttag(node, "p", "", CLASS="caption") + '<span class="caption-text">')
            self.context.append("</span></p>\n")
        else:
            super().visit_title(node)

    def visit_citation(self, node: nodes.citation) -> None:
        """A bibliography without the roles of docutils, which belong into a part that nothing makes."""
        if not isinstance(node.previous_sibling(), nodes.citation):
            self.body.append('<div class="citation-list">\n')
        self.body.append(self.starttag(node, "div", classes=[node.tagname]))


def visit_fold(translator: HTML5Translator, node: nodes.Element) -> None:
    """A fold of MyST-NB, named by its words; MyST-NB calls every one of them "Toggle hidden content"."""
    translator.body.append(f'<details class="admonition hide {" ".join(node["classes"])}">\n<summary>\n')
    for state, words in ("collapsed", node["prompt_show"]), ("expanded", node["prompt_hide"]):
        translator.body.append(f'<p class="{state} admonition-title">{escape(_(words))}</p>\n')
    translator.body.append("</summary>\n")


def depart_fold(translator: HTML5Translator, node: nodes.Element) -> None:
    translator.body.append("</details>\n")
