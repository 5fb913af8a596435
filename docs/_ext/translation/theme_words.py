"""What the libraries write into a page in English, though Sphinx does not say so in Chinese, or nobody asks it to."""

import re
from pathlib import Path

BIBLIOGRAPHY = Path(__file__).parents[2] / "references.bib"

# Furo and Sphinx ask for these, or write them, and have no Chinese for them.
ASKED = (
    *("Next", "Previous", "Home", "Back to top", "Made with ", "Skip to content", "Toggle navigation of {page}"),
    "Please activate JavaScript to enable the search functionality.",
)
# conf.py says these.
SETTINGS = ("Attention in fifty points", "Show the check", "Hide")


def notes() -> list[str]:
    """Return what our bibliography says of its books in words, as the page shows it."""
    said = re.findall(r"^ *note = \{(.*)\}", BIBLIOGRAPHY.read_text(encoding="utf-8"), re.MULTILINE)
    shown = [note.replace("``", "“").replace("''", "”").replace("--", "–") for note in said]
    return sorted({note for note in shown if " " in note}, key=len, reverse=True)  # one ends like another


WORDS = (*ASKED, *SETTINGS, *notes())
