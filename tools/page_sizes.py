"""How heavy a page of the site is, with everything that it loads.

Why no library: those that weigh pages open each in a browser, which for all pages takes minutes.
"""

import gzip
import re
from pathlib import Path
from typing import NamedTuple


class Size(NamedTuple):
    """Bytes of a page and of all that it loads, as sent (after gzip), the number of requests, the bytes of scripts."""

    total: int
    requests: int
    script: int
    page: Path


def weight(path: Path) -> int:
    return path.stat().st_size if path.suffix == ".woff2" else len(gzip.compress(path.read_bytes(), 9))


def file_of(link: str, page: Path, site: Path) -> Path:
    """Return the file that a link means; the page for wrong addresses, wherever it is shown, counts from the top."""
    return site / link.lstrip("/") if link.startswith("/") else (page.parent / link).resolve()


def size_of(page: Path, site: Path) -> Size:
    text = page.read_text(encoding="utf-8")
    loaded = re.findall(r'<link rel="stylesheet"[^>]+href="([^"?]+)|<script[^>]+src="([^"?]+)', text)
    files = {file_of(css or js, page, site) for css, js in loaded}
    files |= {site / "_static" / "math.woff2"} if "<math" in text else set()
    script = sum(weight(file) for file in files if file.suffix == ".js")
    return Size(weight(page) + sum(map(weight, files)), len(files) + 1, script, page.relative_to(site))
