"""One colour for each role, everywhere: figures, words, and the site's style sheet.

Each role has a colour for light and one for dark pages. All have at least 4.5 : 1 contrast with the page and
stay apart for colour-blind readers; tests/test_palette.py measures both.
"""

from typing import NamedTuple


class Colour(NamedTuple):
    """A colour on a light page, which is also the one matplotlib draws with, and on a dark page."""

    light: str
    dark: str


PALETTE = {
    "query": Colour("#923208", "#EB8E22"),
    "key": Colour("#0454DF", "#79ADE5"),
    "value": Colour("#03803F", "#2BE58A"),
    "weight": Colour("#7A038C", "#B873F9"),
    "truth": Colour("#464748", "#D1D4D8"),
    "prediction": Colour("#D1187E", "#F2508C"),
}

COLOURS = {role: colour.light for role, colour in PALETTE.items()}
