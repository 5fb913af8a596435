"""A page's own picture in the size that cards have; sphinx-gallery's thumbnails are SVG, which no card shows."""

import io
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from PIL import Image

from nwlesson.plotting import lesson_style

SIZE, MARGIN = (1200, 630), 40


def scraper(block, block_vars, gallery_conf) -> str:
    """Draw the card of a gallery block's first figure; the page gets nothing. `figures.scraper` closes the figures."""
    for number in plt.get_fignums()[:1]:
        script = Path(block_vars["target_file"])
        target = script.parent / "images" / "cards" / f"{script.stem}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        card(plt.figure(number)).save(target, optimize=True)
    return ""


def card(figure: Figure) -> Image.Image:
    """Return the figure on white paper, as large as the card allows."""
    room = [side - 2 * MARGIN for side in SIZE]
    drawn = io.BytesIO()
    with lesson_style():
        dots = min(room / figure.get_size_inches())
        figure.savefig(drawn, format="png", dpi=dots, transparent=False, facecolor="white")
    picture = Image.open(drawn).convert("RGB")
    picture.thumbnail(room)  # matplotlib cuts the figure where it ends, not where it should
    paper = Image.new("RGB", SIZE, "white")
    paper.paste(picture, tuple((a - b) // 2 for a, b in zip(SIZE, picture.size)))
    return paper.quantize(64)
