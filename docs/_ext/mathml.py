"""Formulas as MathML, written at build time, and the font they need.

Why no library: docutils has the converter but Sphinx does not offer it; MathJax and KaTeX run in the reader's browser.
"""

from pathlib import Path

import ziamath
from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

FONT = Path(ziamath.__file__).parent / "fonts" / "STIXTwoMath-Regular.ttf"
ASCII = range(0x20, 0x7F)
ITALIC = [*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6FC, 0x1D71C)]  # italic Latin (h is apart) and Greek
SIGNS = map(ord, "·×÷±−∓≈≠≤≥∈∑∏√∞∂→⋅…⋯′‖|∘∣αβγδεθλμπρσφω⟨⟩ℝ⊤⁢⁡")


def convert(node: nodes.math | nodes.math_block) -> str:
    """Return the MathML of a formula; a formula that cannot be converted is a warning, so the build stops."""
    try:
        mathml = tex2mathml(node.astext(), as_block=isinstance(node, nodes.math_block))
    except MathError as error:
        logger.warning("formula not understood: %s", error, location=node)
        return ""
    return mathml.replace("\n", "").replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")


def visit_inline(translator, node: nodes.math) -> None:
    translator.body.append(convert(node))
    raise nodes.SkipNode


def visit_block(translator, node: nodes.math_block) -> None:
    # A wide formula scrolls by itself; the keyboard must be able to reach what scrolls.
    translator.body.append(f'<div class="math-block" tabindex="0">{convert(node)}</div>\n')
    raise nodes.SkipNode


def write_font(app: Sphinx) -> None:
    """Put the few hundred glyphs that formulas use, out of several thousand, into the site's static files."""
    target = Path(app.config.html_static_path[-1]) / "math.woff2"
    if target.exists():
        return
    options = subset.Options(flavor="woff2", layout_features=["*"], hinting=False, desubroutinize=True)
    font = TTFont(FONT, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[*ASCII, *ITALIC, *SIGNS])
    subsetter.subset(font)
    target.parent.mkdir(parents=True, exist_ok=True)
    subset.save_font(font, target, options)


def setup(app: Sphinx) -> dict:
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.connect("builder-inited", write_font)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
