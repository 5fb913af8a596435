"""Which pages are written when some were read again: these, or all, if what pages tell each other has changed.

Why no library: Sphinx writes the pages it has read again, and forgets that a new title stands in the menu of each.
"""

import hashlib

import build_folder
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

# When Sphinx has read what; and its settings, which it compares itself.
OTHERS = "all_docs", "current_document", "intersphinx_cache", "lesson_told"
SETTINGS = "config", "config_status", "config_status_extra", "settings"
OWN_METADATA = "wordcount", "source_map"


def said(value: object) -> str:
    """Return a text that is the same for equal values, whatever the order of their sets."""
    if isinstance(value, nodes.Node):
        return value.pformat()
    if isinstance(value, dict):
        return f"{{{', '.join(sorted(f'{said(key)}: {said(item)}' for key, item in value.items()))}}}"
    if isinstance(value, set | frozenset):
        return f"{{{', '.join(sorted(map(said, value)))}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(said, value))}]"
    if hasattr(value, "__dict__") and not callable(value):
        return f"{type(value).__name__} {said(vars(value))}"
    return repr(value)


def told(app: Sphinx, env: BuildEnvironment) -> str:
    """Return a hash of what pages take from each other: titles, labels, terms; and of the files made by the build."""
    kept = {name: value for name, value in env.__getstate__().items() if name not in OTHERS + SETTINGS}
    kept["metadata"] = {
        page: {name: value for name, value in own.items() if name not in OWN_METADATA}
        for page, own in env.metadata.items()
    }
    cited = env.domaindata.get("cite", {})  # lists, in the order in which pages happened to be read
    in_order = {name: sorted(map(said, value)) if isinstance(value, list) else value for name, value in cited.items()}
    kept["domaindata"] = env.domaindata | {"cite": in_order}
    digest = hashlib.sha256(said(kept).encode())
    for path in sorted(path for path in build_folder.generated(app).rglob("*") if path.is_file()):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def pages_to_write(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Have all pages written unless each of them would be what it was; a sitemap lists only what is written."""
    before, env.lesson_told = getattr(env, "lesson_told", None), told(app, env)
    return [] if env.lesson_told == before and not app.config.html_baseurl else sorted(env.found_docs)


def setup(app: Sphinx) -> dict:
    app.setup_extension("build_folder")
    app.connect("env-updated", pages_to_write, priority=900)  # when all others have said what they know
    return {"parallel_read_safe": True, "parallel_write_safe": True}
