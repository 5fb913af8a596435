"""The search: which hit comes first and where it leads (search.js), what learners call things (synonyms.toml), and a
heading for its page (search.html).

Why no library: the search is Sphinx's own, and search.js says what it lacks; a search of another kind (Pagefind,
Algolia) brings a program or a server.
"""

import json
import tomllib
from pathlib import Path

import build_folder
from sphinx.application import Sphinx
from sphinx.config import Config

HERE = Path(__file__).parent


def use_scorer(app: Sphinx, config: Config) -> None:
    """Have search.js, with the synonyms above it, put behind Sphinx's searchtools.js."""
    synonyms = tomllib.loads((HERE / "synonyms.toml").read_text(encoding="utf-8"))
    code = (HERE / "search.js").read_text(encoding="utf-8")
    made = Path(config.lesson_build) / "search.js"
    made.write_text(f"const SYNONYMS = {json.dumps(synonyms, ensure_ascii=False)};\n{code}", encoding="utf-8")
    config.html_search_scorer = str(made)


def setup(app: Sphinx) -> dict:
    app.setup_extension("build_folder")
    build_folder.add_templates(app, HERE)
    app.connect("config-inited", use_scorer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
