"""Order the gallery as the lessons use its pictures.

Why no library: sphinx-gallery orders by file name, by size or by a list that would be kept by hand.
"""

from pathlib import Path

DOCS = Path(__file__).parents[2]


class OrderOfLessons:
    """Sort key: where a script's picture first appears, home page first; unused ones last, by name."""

    def __init__(self, src_dir: str) -> None:
        pages = [DOCS / "index.md", *sorted((DOCS / "lessons").glob("*.md"))]
        self.text = "".join(page.read_text(encoding="utf-8") for page in pages)
        for path in DOCS.glob("explorables/*/*.md"):  # a page shows their pictures, too
            self.text = self.text.replace(f"{{explorable}} {path.stem}\n", path.read_text(encoding="utf-8"))

    def __call__(self, filename: str) -> tuple[int, str]:
        place = self.text.find(f"sphx_glr_{Path(filename).stem}_0")
        return (place if place >= 0 else len(self.text), filename)

    def __repr__(self) -> str:  # goes into Sphinx's fingerprint of the configuration
        return "<OrderOfLessons>"
