"""Links to the documentation of torch, matplotlib and Python without asking the network at build time.

Why no library: intersphinx downloads each project's whole inventory, and a build without a network would fail.
Here docs/inventories.toml lists just the names that our pages use; intersphinx reads it as a local inventory.
"""

import posixpath
import tomllib
import zlib
from functools import cache
from pathlib import Path

from sphinx.application import Sphinx


def read_table(docs: Path) -> dict[str, dict]:
    """Return for each project its `url`, and for each of its names what it is and on which page it stands."""
    return tomllib.loads((docs / "inventories.toml").read_text(encoding="utf-8"))


@cache
def addresses(docs: Path) -> dict[str, str]:
    """Return the whole address of every name."""
    table = {}
    for project in read_table(docs).values():
        url = project.pop("url")
        table |= {name: posixpath.join(url, page) for name, (_, page) in project.items()}
    return table


def write_inventory(name: str, entries: dict[str, str], folder: Path) -> str:
    """Write an inventory in Sphinx's format, version 2, and return its path."""
    lines = "".join(f"{target} {kind} 1 {page} -\n" for target, (kind, page) in sorted(entries.items()))
    header = (
        f"# Sphinx inventory version 2\n# Project: {name}\n# Version: \n# The remainder is compressed using zlib.\n"
    )
    path = folder / f"{name}.inv"
    folder.mkdir(parents=True, exist_ok=True)
    content = header.encode() + zlib.compress(lines.encode())
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)
    return str(path)


def map_inventories(app: Sphinx, config) -> None:
    """Tell intersphinx of our inventories."""
    folder, mapping = Path(config.lesson_build, "inventories"), {}
    for name, project in read_table(Path(app.srcdir)).items():
        url = project.pop("url")
        mapping[name] = (url, (write_inventory(name, project, folder),))
    config.intersphinx_mapping = config.intersphinx_mapping | mapping


def setup(app: Sphinx) -> dict:
    app.setup_extension("build_folder")
    app.setup_extension("sphinx.ext.intersphinx")
    app.connect("config-inited", map_inventories, priority=100)  # before intersphinx looks at its mapping
    return {"parallel_read_safe": True}
