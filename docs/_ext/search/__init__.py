"""The search: which hit comes first and where it leads (search.js), what learners call things (synonyms*.toml), words
where none are set apart (chinese.py), and a heading for its page (search.html).

Why no library: the search is Sphinx's own, and search.js says what it lacks; a search of another kind (Pagefind,
Algolia) brings a program or a server.
"""

import json
import re
import tomllib
from pathlib import Path

import build_folder
from sphinx.application import Sphinx
from sphinx.config import Config
from translation import catalogues

from search.chinese import Pairs

HERE = Path(__file__).parent


def read(name: str) -> dict[str, str]:
    """Return a table of what is typed and what is meant."""
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def in_chinese(synonyms: dict[str, str], terms: dict[str, set[str]]) -> dict[str, str]:
    """Return the synonyms of the English search for pages in Chinese, and the terms: English ones as they are called
    there, Chinese ones as themselves, so that a question is cut where a term begins and ends."""
    called = {word: word if word in chinese else min(chinese, key=len) for word, chinese in terms.items()}
    words = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in sorted(called, key=len, reverse=True)))
    table = {
        typed: words.sub(lambda word: called[word[0]], meant) for typed, meant in synonyms.items() if typed.isascii()
    }
    cut = {chinese: chinese for ways in terms.values() for chinese in ways if not chinese.isascii()}
    return cut | table | called


def use_scorer(app: Sphinx, config: Config) -> None:
    """Have search.js, with the synonyms above it, put behind Sphinx's searchtools.js."""
    synonyms = read("synonyms.toml")
    if config.language.startswith("zh"):
        terms = catalogues.terms(config.language)
        synonyms = in_chinese(synonyms, terms) | read("synonyms-zh.toml")
    code = (HERE / "search.js").read_text(encoding="utf-8")
    made = Path(config.lesson_build) / "search.js"
    made.write_text(f"const SYNONYMS = {json.dumps(synonyms, ensure_ascii=False)};\n{code}", encoding="utf-8")
    config.html_search_scorer = str(made)


def setup(app: Sphinx) -> dict:
    app.setup_extension("build_folder")
    build_folder.add_templates(app, HERE)
    app.add_search_language(Pairs)
    app.connect("config-inited", use_scorer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
