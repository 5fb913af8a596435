"""Figures in the page: matplotlib's SVG becomes part of the HTML, follows dark mode and is described in words.

Why no library: MyST-NB and sphinx-gallery place figures as <img>, where neither the page's colours nor a
reader's font reach them, and neither insists on alternative text.
"""

import base64
import io
import re
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
from docutils import nodes
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from nwlesson.palette import PALETTE
from nwlesson.plotting import lesson_style

logger = logging.getLogger(__name__)

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
DESCRIPTION = "{http://purl.org/dc/elements/1.1/}description"
# matplotlib's CSS properties that are also SVG attributes; a style attribute would need a laxer security policy.
ATTRIBUTES = re.compile(r"(fill|stroke|opacity|text-|font-|clip-)")
ROLE_COLOURS = {colour.light.lower(): f"var(--role-{role})" for role, colour in PALETTE.items()}
ROLE_COLOURS |= {"#000000": "currentColor", "black": "currentColor"}
# A dot, as matplotlib writes one of a cloud: once around in eight curves, from the bottom over the right to the top.
CURVE, END = r"\s+C(?: \S+){6}", r"\s+C(?: \S+){4} (\S+) (\S+)"
DOT = re.compile(rf"M (\S+) (\S+){CURVE}{END}{CURVE}{END}{4 * CURVE}\s+z\s*")
# What SVG calls the sides of a text, and how far from its left end they are; where matplotlib lets a line begin.
ANCHORS = {"center": ("middle", 0.5), "right": ("end", 1)}
LEFT = re.compile(r'transform="translate\(\S+ (\S+)\)"')
PNG = re.compile(r"data:image/png;base64,\s*([\w+/=\s]+)")
ElementTree.register_namespace("", SVG[1:-1])
ElementTree.register_namespace("xlink", HREF[1:-5])


# How exactly a figure is drawn: lines by points (1 is a pixel or so), heat maps with so many dots an inch.
FINE, COARSE = {"path.simplify_threshold": 1 / 9, "savefig.dpi": 144}, {"path.simplify_threshold": 1, "savefig.dpi": 16}


def to_svg(fig: Figure, grain: dict[str, float] = FINE) -> str:
    """Write a figure as SVG, with its description (see nwlesson.describe) inside."""
    buffer = io.BytesIO()
    metadata = {"Description": fig.get_label() or None, "Date": None, "Creator": None}
    blocks = _blocks(fig)
    with lesson_style(), matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "nwlesson", **grain}):
        fig.savefig(buffer, format="svg", metadata=metadata)
    return PNG.sub(_with_palette, _aligned(buffer.getvalue().decode(), blocks))


def _blocks(fig: Figure) -> dict[str, Text]:
    """Name the texts of several lines that are not flush left, so that they are found in the SVG."""
    texts = [text for text in fig.findobj(Text) if "\n" in text.get_text() and text.get_ha() in ANCHORS]
    for number, text in enumerate(texts):
        text.set_gid(f"block-{number}")
    return {text.get_gid(): text for text in texts}


def _aligned(svg: str, blocks: dict[str, Text]) -> str:
    """Let the browser align the lines of such texts, for matplotlib has placed them by its own font."""
    for name, text in blocks.items():
        anchor, side = ANCHORS[text.get_ha()]
        box, dpi = text.get_window_extent(), text.get_figure(root=True).dpi
        x = (box.x0 + side * box.width) * 72 / dpi
        start, group, rest = svg.partition(f'<g id="{name}">')
        lines, end, rest = rest.partition("</g>")
        svg = start + group + LEFT.sub(rf'text-anchor="{anchor}" x="{x:.2f}" y="\1"', lines) + end + rest
    return svg


def _with_palette(match: re.Match) -> str:
    """Write a heat map's picture with a list of its few colours, which takes half the bytes and loses nothing."""
    picture = Image.open(io.BytesIO(base64.b64decode(match[1]))).convert("RGBA")
    if picture.getextrema()[3] != (255, 255) or picture.getcolors(256) is None:
        return match[0]
    small = io.BytesIO()
    picture.convert("RGB").convert("P", palette=Image.Palette.ADAPTIVE).save(small, "png", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(small.getvalue()).decode()}"


def scraper(block, block_vars, gallery_conf) -> str:
    """Collect the open figures of a gallery block for sphinx-gallery."""
    import matplotlib.pyplot as plt

    rst = ""
    for number, path in zip(plt.get_fignums(), block_vars["image_path_iterator"]):
        if not plt.figure(number).get_label():
            raise ValueError(
                f"{block_vars['src_file']}: this picture has no description; use nwlesson.describe(fig, ...)"
            )
        path = Path(path).with_suffix(".svg")
        path.write_text(to_svg(plt.figure(number)), encoding="utf-8")
        rst += f"\n.. image:: /{path.relative_to(gallery_conf['src_dir']).as_posix()}\n\n"
    plt.close("all")
    return rst


def description(svg: str) -> str:
    """Return the description that `to_svg` put into the file, or nothing."""
    found = ElementTree.fromstring(svg).find(f".//{DESCRIPTION}")
    return (found.text or "").strip() if found is not None else ""


def _style_to_attributes(element: ElementTree.Element) -> None:
    for declaration in element.attrib.pop("style", "").split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name == "font":  # "10px 'DejaVu Sans'": the family is the page's business
            element.set("font-size", re.search(r"[\d.]+(?=px)", value)[0])
        elif ATTRIBUTES.match(name) and name != "font-family":
            element.set(name, value)
    for name in "fill", "stroke":
        if element.get(name, "").lower() in ROLE_COLOURS:
            element.set(name, ROLE_COLOURS[element.get(name).lower()])


def _dot_to_circle(element: ElementTree.Element) -> None:
    """Write a dot as the circle it is, in a quarter of the bytes."""
    if not (dot := DOT.fullmatch(element.get("d", ""))):
        return
    x, bottom, right, _, _, top = map(float, dot.groups())
    radius = (bottom - top) / 2
    if abs(right - x - radius) < 0.01:  # an ellipse has eight curves, too
        element.tag = f"{SVG}circle"
        del element.attrib["d"]
        element.attrib |= {"cx": f"{x:.2f}", "cy": f"{(bottom + top) / 2:.2f}", "r": f"{radius:.2f}"}


def inline(svg: str, prefix: str, alt: str) -> str:
    """Return an SVG file as an element for HTML: named, in the page's colours, its ids unique through `prefix`."""
    root = ElementTree.fromstring(svg)
    for unwanted in root.findall(f"{SVG}metadata"):
        root.remove(unwanted)
    used = set(re.findall(r'(?:url\(|href=")#([^")]+)', svg))
    for element in root.iter():
        _style_to_attributes(element)
        _dot_to_circle(element)
        if element.get("id") not in used:
            element.attrib.pop("id", None)
        else:
            element.set("id", prefix + element.get("id"))
        for name in {"d", "x", "y"}.intersection(element.keys()):  # a hundredth of a point is fine for any screen
            element.set(name, re.sub(r"(\.\d\d)\d+", r"\1", element.get(name)).replace("  ", " "))
        if element.get("transform", "").startswith("rotate(-0 "):  # matplotlib turns level words by nothing
            del element.attrib["transform"]
        for name, value in element.attrib.items():
            if name == HREF and value.startswith("#"):
                element.set(name, f"#{prefix}{value[1:]}")
            elif value.startswith("url(#"):
                element.set(name, f"url(#{prefix}{value[5:]}")
    for style in [(p, s) for p in root.iter() for s in p if s.tag == f"{SVG}style"]:
        style[0].remove(style[1])
    _, _, width, height = (float(v) for v in root.get("viewBox").split())
    root.attrib |= {"width": f"{width * 1.5:.0f}", "height": f"{height * 1.5:.0f}", "role": "img", "aria-label": alt}
    root.set("stroke-linejoin", "round")
    root.set("fill", "currentColor")  # matplotlib leaves black fills out
    root.attrib.pop("version", None)
    text = ElementTree.tostring(root, encoding="unicode")
    return re.sub(r"\n\s*", "\n", text)


def line_of(node: nodes.Node | None) -> int | None:
    """Return the line of a node; for an output, which has none, that of the code cell it came from."""
    while node is not None:
        if lines := [inner.line for inner in node.findall() if inner.line]:
            return lines[0]
        node = node.parent
    return None


class InlineSvg(SphinxPostTransform):
    """Replace images of .svg files by their content; refuse an image that nobody has described."""

    default_priority = 300
    formats = ("html",)

    def run(self, **kwargs) -> None:
        prefix = re.sub(r"\W+", "-", self.env.docname)
        for number, image in enumerate(list(self.document.findall(nodes.image))):
            path = Path(self.app.srcdir, image["uri"])
            svg = path.read_text(encoding="utf-8") if path.suffix == ".svg" and path.exists() else ""
            alt = image.get("alt") or (svg and description(svg))
            if not alt:
                logger.warning(
                    "this picture has no description; use nwlesson.describe(fig, ...)",
                    location=(self.env.docname, line_of(image)),
                )
            if svg:
                html = inline(svg, f"{prefix}-{number}-", alt)
                classes = " ".join(["figure-svg", *image["classes"]])
                alone = isinstance(image.parent, nodes.paragraph) and len(image.parent) == 1
                place = image.parent if alone else image  # HTML knows no block in a paragraph
                place.replace_self(nodes.raw("", f'<div class="{classes}">{html}</div>', format="html"))


def setup(app: Sphinx) -> dict:
    app.add_post_transform(InlineSvg)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
