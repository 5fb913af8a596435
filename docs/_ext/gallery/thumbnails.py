"""Small pictures for the gallery's index and the API pages: the lines of a figure without its words and ticks.

Why no library: sphinx-gallery's thumbnail of an SVG is the SVG, and 35 whole figures are 125 KB and 7,900 elements; one
of a PNG is a file of its own, 35 requests, and a white box on a dark page.
"""

import pickle
import re
from pathlib import Path

import matplotlib.pyplot as plt
from docutils import nodes
from figures import COARSE, inline, to_svg
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.text import Text
from sphinx.transforms.post_transforms import SphinxPostTransform

FINE = re.compile(r' d="[^"]{400,}"| [xy]="[^"]*"')  # long paths and places: finer than a thumbnail can show
FULL = re.compile(r"sphx_glr_(\w+)_thumb\.svg$")


def scraper(block, block_vars, gallery_conf) -> str:
    """Write the thumbnail of a gallery block's first figure beside sphinx-gallery's own; the page gets nothing.

    It comes before `figures.scraper`, which closes the figures.
    """
    for number in plt.get_fignums()[:1]:
        script = Path(block_vars["target_file"])
        target = script.parent / "images" / "thumb" / f"{script.stem}.svg"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(thumbnail(plt.figure(number)), encoding="utf-8")
    return ""


def thumbnail(figure: Figure) -> str:
    """Return a figure as a small SVG: no words, no ticks, coarse heat maps, few digits."""
    figure = pickle.loads(pickle.dumps(figure))  # a copy: the page shows the figure itself
    for axes in figure.axes:
        axes.xaxis.set_visible(False)
        axes.yaxis.set_visible(False)
    for part in figure.findobj(lambda artist: isinstance(artist, (Text, Legend))):
        part.set_visible(False)
        part.set_in_layout(False)
    figure.set_label("")
    svg = to_svg(figure, COARSE)
    plt.close(figure)
    return FINE.sub(lambda curve: rounded(curve[0], 0), rounded(svg, 1))


def rounded(svg: str, digits: int) -> str:
    """Return an SVG, or a part of it, with so many digits behind the point of each number, and no point twice."""
    numbers = re.sub(r"\d+\.\d+", lambda number: f"{float(number[0]):.{digits}f}".removesuffix(".0"), svg)
    return re.sub(r"(L \d+ \d+ )\1+", r"\1", re.sub(r"\s+", " ", numbers))


class ShowThumbnails(SphinxPostTransform):
    """Put the small picture where sphinx-gallery has put the figure. It is an ornament: the link beside it speaks."""

    default_priority = 250  # before figures.py places all other pictures
    formats = ("html",)

    def run(self, **kwargs) -> None:
        for number, image in enumerate(list(self.document.findall(nodes.image))):
            if found := FULL.search(image["uri"]):
                path = Path(self.app.srcdir, image["uri"]).with_name(f"{found[1]}.svg")
                svg = inline(path.read_text(encoding="utf-8"), f"thumb-{number}-", "")
                svg = svg.replace('role="img" aria-label=""', 'aria-hidden="true"')
                image.replace_self(nodes.raw("", f'<div class="figure-svg">{svg}</div>', format="html"))
