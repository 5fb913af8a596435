"""Formulas as MathML, written at build time, and the font they need.

Why no library: docutils has the converter but Sphinx does not offer it; MathJax and KaTeX run in the reader's browser.
"""

import contextlib
import html
import logging as stdlib_logging
import re
from importlib.util import find_spec
from pathlib import Path

import build_folder
from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

logger = logging.getLogger(__name__)
stdlib_logging.getLogger("fontTools").setLevel(stdlib_logging.WARNING)

# tex2mathml is docutils' own and not promised to stay: it is what docutils writes MathML with, but Sphinx has another
# writer, which does not offer it. tests/test_versions.py tries it.
# The package ziamath carries the font, and says nowhere that it will stay at this place; nothing else of it is used, so
# it is not imported.
FONT = Path(find_spec("ziamath").origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"
# Letters without their dot below a hat, and flat hats on tall letters. Not "ssty", a second and a third form of each
# letter for indices: more than half of the font.
FEATURES = ["dtls", "flac"]
# What no end of a line must part from a formula, as browsers do: brackets, a comma, the "th" of "nth".
BEFORE = re.compile(r"[(\[（“‘《]+$")
AFTER = re.compile(r"^[^\s(\[（“‘《—\u3400-\u9fff]+")
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+?)\$", re.DOTALL)


def convert(node: nodes.math | nodes.math_block) -> str:
    """Return the MathML of a formula; a formula that cannot be converted is a warning, so the build stops."""
    try:
        mathml = tex2mathml(node.astext(), as_block=isinstance(node, nodes.math_block))
    except MathError as error:
        logger.warning("formula not understood: %s", error, location=node)
        return ""
    # Bars and slashes without the wide gaps that an operator gets, and no bar taller than its pair: 1/|w|, ‖x‖.
    mathml = re.sub(r"<mo[^>]*>([|‖/])</mo>", r'<mo stretchy="false" lspace="0" rspace="0">\1</mo>', mathml)
    return mathml.replace("\n", "").replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")


class HoldTogether(SphinxPostTransform):
    """Keep a formula, or what becomes a button, and the marks around it on one line."""

    default_priority = 330  # all texts are there
    formats = ("html",)

    def run(self, **kwargs) -> None:
        for node in list(self.document.findall(is_held)):
            around = nodes.inline("", "", classes=["whole"])
            place = node.parent.index(node)
            before, after = (node.parent[i] if 0 <= i < len(node.parent) else None for i in (place - 1, place + 1))
            opening, closing = cut(before, BEFORE), cut(after, AFTER)
            if opening or closing:
                node.replace_self(around)
                around += [nodes.Text(opening), node, nodes.Text(closing)]


def is_held(node: nodes.Node) -> bool:
    return isinstance(node, nodes.math) or (isinstance(node, nodes.Element) and "held" in node["classes"])


def cut(text: nodes.Node | None, marks: re.Pattern) -> str:
    """Take these marks out of a text, and return them."""
    found = marks.search(text) if isinstance(text, nodes.Text) else None
    if not found:
        return ""
    text.parent.replace(text, nodes.Text(text[: found.start()] + text[found.end() :]))
    return found[0]


def visit_inline(translator, node: nodes.math) -> None:
    translator.body.append(convert(node))
    raise nodes.SkipNode


def visit_block(translator, node: nodes.math_block) -> None:
    # A wide formula scrolls by itself; the keyboard must be able to reach what scrolls.
    translator.body.append(
        f'<div class="math-block" tabindex="0" role="group" aria-label="{_("Formula")}">{convert(node)}</div>\n'
    )
    raise nodes.SkipNode


def used_characters(docs: Path) -> str:
    """Return the characters that the formulas of all pages show, in order; a letter alone is shown in italics."""
    text = ""
    for page in docs.glob("[a-z]*/**/*.md"):
        for block, inline in FORMULA.findall(page.read_text(encoding="utf-8")):
            with contextlib.suppress(MathError):  # the page that has it will say so, with its line
                formula = re.sub(r"<m(sqrt|root)>", "√", tex2mathml(block or inline))  # a root sign is no text
                text += re.sub(r"<[^>]*>", "", formula)
    italic = {chr(0x1D434 + ord(c) - ord("A")) for c in text if "A" <= c <= "Z"}
    italic |= {chr(0x1D44E + ord(c) - ord("a")) for c in text if "a" <= c <= "z"} | {"ℎ"}
    italic |= {chr(0x1D6FC + ord(c) - ord("α")) for c in text if "α" <= c <= "ω"}
    return "".join(sorted({c for c in html.unescape(text) if not c.isspace()} | italic | set("0123456789")))


def write_font(app: Sphinx) -> None:
    """Put the glyphs that formulas use, out of several thousand, into the site's static files."""
    target = build_folder.generated(app) / "math.woff2"
    characters = used_characters(Path(app.srcdir))
    stamp = Path(app.config.lesson_build, "math-characters.txt")
    wanted = f"{characters} {FEATURES}"
    if target.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    options = subset.Options(flavor="woff2", layout_features=FEATURES, hinting=False)
    font = TTFont(FONT, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=characters)
    subsetter.subset(font)
    subset.save_font(font, target, options)
    stamp.write_text(wanted, encoding="utf-8")


def setup(app: Sphinx) -> dict:
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.add_post_transform(HoldTogether)
    app.setup_extension("build_folder")
    app.connect("builder-inited", write_font)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
