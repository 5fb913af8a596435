"""Make what is published: the package, the site as an archive, their checksums, and the licences of what is in them.

The same sources give the same bytes. Why no library: setuptools makes the package; the rest is to copy and to count.

    make dist      in the folder dist/, and looked at by twine
"""

import gzip
import hashlib
import io
import json
import shutil
import sys
import tarfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs" / "_ext")]

from mathml import FONT  # noqa: E402
from notebooks import packing  # noqa: E402

import nwlesson  # noqa: E402

SITE = ROOT / "docs" / "_build" / "html"
SHIPPED = {  # whose files are part of the site, and which
    "furo": "the frame of the pages",
    "sphinx-basic-ng": "styles below Furo's",
    "sphinx": "the search, with the stemmers of Snowball (BSD-3-Clause), and styles",
    "sphinx-copybutton": "the button that copies code, with clipboard.js (MIT)",
    "sphinx-gallery": "styles of the gallery",
    "myst-nb": "styles of code that has run",
    "pygments": "the colours of code",
    "ziamath": "carries the font of the formulas, STIX Two Math (SIL Open Font License 1.1)",
}


def licence_of(package: Distribution) -> str:
    """Return the name of a package's licence, wherever its metadata have it."""
    classifiers = [line for line in package.metadata.get_all("Classifier", []) if line.startswith("License ::")]
    named = package.metadata.get("License-Expression") or package.metadata.get("License")
    return named or classifiers[0].rpartition(":: ")[2]


def licence_texts(package: Distribution) -> list[str]:
    """Return the texts that a package brings: its own licence, and those of what it carries."""
    names = [file for file in package.files or () if "LICENSE" in file.name or "COPYING" in file.name]
    return [package.locate_file(file).read_text(encoding="utf-8").strip() for file in names]


def licences() -> str:
    """List the licences of all that is shipped, and give their texts."""
    parts = [f"nwlesson {nwlesson.__version__}: MIT", (ROOT / "LICENSE").read_text(encoding="utf-8").strip()]
    for name, what in SHIPPED.items():
        package = distribution(name)
        parts.append(f"{package.name} {package.version}: {licence_of(package)}\nIn the site: {what}.")
        parts += licence_texts(package)
    parts += [f"STIX Two Math\n\n{font_licence()}", model_licence()]
    return f"\n\n{'-' * 80}\n\n".join(parts) + "\n"


def font_licence() -> str:
    """Return what the font says of itself: its authors, its licence, and where that stands."""
    from fontTools.ttLib import TTFont

    names = TTFont(FONT)["name"]
    return "\n".join(names.getDebugName(number) for number in (0, 13, 14))


def model_licence() -> str:
    """Return the licence of the model of lesson 17; the site has numbers that were computed with it."""
    model = json.loads((ROOT / "docs" / "facts" / "sentences.json").read_text(encoding="utf-8"))["model"]
    return (
        f"{model['name']} {model['version']}: {model['licence']}\nIn the site: whom the words of a few sentences hear."
    )


def build_sdist(target: Path) -> None:
    """Build the source distribution, without dates and names of this machine."""
    packing.build("sdist", target)
    (path,) = target.glob("nwlesson-*.tar.gz")
    with tarfile.open(path) as old:
        files = {entry.name: old.extractfile(entry).read() for entry in old if entry.isfile()}
    with gzip.GzipFile(path, "wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as new:
        for name in sorted(files):
            entry = tarfile.TarInfo(name)
            entry.size = len(files[name])
            new.addfile(entry, io.BytesIO(files[name]))


def pack_site(target: Path) -> None:
    """Pack the site, with the licences."""
    files = {path.relative_to(SITE).as_posix(): path.read_bytes() for path in SITE.rglob("*") if path.is_file()}
    files = {
        name: text for name, text in files.items() if Path(name).name != ".buildinfo"
    }  # a hash of this machine's paths
    packing.pack(target / f"nwlesson-{nwlesson.__version__}-site.zip", files | {"LICENCES.txt": licences().encode()})


def checksums(target: Path) -> str:
    """Return the lines that `sha256sum --check` reads."""
    paths = sorted(path for path in target.iterdir() if path.name != "SHA256SUMS")
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in paths)


def main(target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    packing.build_wheel(target)
    build_sdist(target)
    pack_site(target)
    (target / "LICENCES.txt").write_text(licences(), encoding="utf-8")
    (target / "SHA256SUMS").write_text(checksums(target), encoding="utf-8")
    print("\n".join(f"{path.stat().st_size:>10,}  {path}" for path in sorted(target.iterdir())))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
