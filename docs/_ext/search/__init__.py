"""The search: which hit comes first and where it leads (search.js), what learners call things (the glossary's other
names, and phrases.toml for what is no name), words where none are set apart (chinese.py), what a search loads, which is
an index in parts (shards.py) and the texts of the first hits (texts.py), and a heading for its page (search.html).

Why no library: the search is Sphinx's own, and search.js says what it lacks; a search of another kind (Pagefind,
Algolia) brings a program or a server.
"""

import json
import re
import tomllib
from pathlib import Path

import build_folder
from glossary import table
from sphinx.application import Sphinx
from sphinx.config import Config
from translation import catalogues

from search import shards, texts
from search.chinese import Pairs

HERE = Path(__file__).parent


def phrases() -> dict[str, list[str]]:
    """Return what is typed, and what it means on English pages and on Chinese ones."""
    read = tomllib.loads((HERE / "phrases.toml").read_text(encoding="utf-8"))
    return {typed: meant if isinstance(meant, list) else [meant] for typed, meant in read.items()}


def names(entries: list[table.Entry]) -> dict[str, str]:
    """Return the other names of each term, English and Chinese ones, and the term."""
    return {
        name.lower(): entry.term.lower()
        for entry in entries
        for name in [*entry.names, *entry.chinese_names]
        if name.lower() != entry.term.lower()
    }


def in_english(entries: list[table.Entry]) -> dict[str, str]:
    """Return what is typed and what is asked, for the pages in English."""
    return names(entries) | {typed: meant[0] for typed, meant in phrases().items()}


def in_chinese(entries: list[table.Entry], terms: dict[str, set[str]], titles: dict[str, str]) -> dict[str, str]:
    """Return the same for the pages in Chinese: English terms as their entries are called there, and Chinese ones as
    themselves, so that a question is cut where a term begins and ends.
    """
    called = {word: word if word in chinese else min(sorted(chinese), key=len) for word, chinese in terms.items()}
    called |= {entry.term.lower(): titles.get(entry.term, entry.term).lower() for entry in entries}
    words = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in sorted(called, key=len, reverse=True)))

    def translated(meant: str) -> str:
        return words.sub(lambda word: called[word[0]], meant)

    cut = {chinese: chinese for ways in terms.values() for chinese in sorted(ways) if not chinese.isascii()}
    other = {name: translated(term) for name, term in names(entries).items()}
    own = {typed: meant[-1] if len(meant) > 1 else translated(meant[0]) for typed, meant in phrases().items()}
    return cut | called | other | own


def use_scorer(app: Sphinx, config: Config) -> None:
    """Have search.js, with what learners call things above it, put behind Sphinx's searchtools.js."""
    entries = table.read(Path(app.srcdir))
    if config.language.startswith("zh"):
        titles = {text: entry.string for text, entry in catalogues.entries(config.language).items()}
        synonyms = in_chinese(entries, catalogues.terms(config.language), titles)
    else:
        synonyms = in_english(entries)
    code = (HERE / "search.js").read_text(encoding="utf-8")
    made = Path(config.lesson_build) / "search.js"
    made.write_text(f"const SYNONYMS = {json.dumps(synonyms, ensure_ascii=False)};\n{code}", encoding="utf-8")
    config.html_search_scorer = str(made)
    config.html_show_search_summary = False  # Sphinx's, which load a page each; ours load its text


def setup(app: Sphinx) -> dict:
    app.setup_extension("build_folder")
    build_folder.add_templates(app, HERE)
    app.add_search_language(Pairs)
    app.connect("config-inited", use_scorer)
    app.connect("builder-inited", shards.keep_apart)
    app.connect("html-page-context", texts.write, priority=900)  # when the page has its words
    app.connect("build-finished", shards.write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
