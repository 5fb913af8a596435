"""The search: which hit comes first and where it leads (search.js), and a heading for its page (search.html).

Why no library: the search is Sphinx's own, and search.js says what it lacks; a search of another kind (Pagefind,
Algolia) brings a program or a server.
"""

from pathlib import Path

import build_folder
from sphinx.application import Sphinx
from sphinx.config import Config

HERE = Path(__file__).parent


def use_scorer(app: Sphinx, config: Config) -> None:
    """Have search.js put behind Sphinx's searchtools.js."""
    config.html_search_scorer = str(HERE / "search.js")


def setup(app: Sphinx) -> dict:
    app.setup_extension("build_folder")
    build_folder.add_templates(app, HERE)
    app.connect("config-inited", use_scorer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
