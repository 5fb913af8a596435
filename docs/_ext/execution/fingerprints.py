"""What a stored result depends on besides the code that asks for it."""

import hashlib
import sys
from importlib.metadata import version
from pathlib import Path

EXT = Path(__file__).parents[1]
ROOT = EXT.parents[1]


def fingerprint(more: str = "") -> str:
    """Return a short hash of the package, of what draws and runs, of the libraries' versions, and of `more`."""
    versions = f"{sys.version_info[:2]} {version('torch')} {version('matplotlib')} {version('scikit-learn')}"
    digest = hashlib.sha256((versions + more).encode())
    for path in sorted(sources()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def sources() -> list[Path]:
    """Return the files that stand behind every picture and number."""
    package = [path for path in (ROOT / "nwlesson").iterdir() if path.suffix in {".py", ".mplstyle"}]
    drawing = [*EXT.glob("figures.py"), *EXT.glob("figures/*.py")]
    return [*package, *drawing, *EXT.glob("execution/*.py")]
