"""Links to the documentation of torch, matplotlib and Python without asking the network at build time.

Why no library: intersphinx downloads each project's whole inventory, and a build without a network would fail.
Here docs/inventories.toml lists just the names that our pages use; intersphinx reads it as a local inventory.
"""

import tomllib
import zlib
from pathlib import Path

from sphinx.application import Sphinx


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
    table = tomllib.loads(Path(app.srcdir, "inventories.toml").read_text(encoding="utf-8"))
    folder = Path(config.lesson_build, "inventories")
    for name, project in table.items():
        url = project.pop("url")
        config.intersphinx_mapping[name] = (url, (write_inventory(name, project, folder),))


def setup(app: Sphinx) -> dict:
    app.setup_extension("build_folder")
    app.setup_extension("sphinx.ext.intersphinx")
    app.connect("config-inited", map_inventories, priority=100)  # before intersphinx looks at its mapping
    return {"parallel_read_safe": True}
