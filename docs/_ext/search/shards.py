"""The index in parts: what every search needs, and the Chinese words in shards, of which a question loads its own.

Why no library: Sphinx writes one file. Of the Chinese pages it has 190 KB of words, and a question asks for five.
"""

import json
import re
from collections import defaultdict
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from search.texts import FOLDER

SHARDS = 32
HAN = re.compile(r"[\u3400-\u9fff]")
KINDS = "terms", "titleterms"


def keep_apart(app: Sphinx) -> None:
    """Have Sphinx write the whole index beside the site's pages, where it finds it again when it builds a part."""
    if app.builder.name == "html":
        app.builder.searchindex_filename = str(Path(app.doctreedir, "searchindex.js"))


def entries_kept(app: Sphinx) -> Path:
    return Path(app.doctreedir, "index-entries.json")


def remember_entries(app: Sphinx, env: BuildEnvironment) -> None:
    """Give Sphinx the index entries of pages that it will not write: of its last index it reads all but these."""
    if entries_kept(app).exists():
        kept = json.loads(entries_kept(app).read_text(encoding="utf-8"))
        env._search_index_index_entries.update({page: kept[page] for page in kept if page in env.found_docs})


def shard(word: str) -> str:
    """Return the name of the shard in which a Chinese word lies; search.js asks for it."""
    return str(ord(word[0]) % SHARDS)


def split(index: dict) -> dict[str, dict]:
    """Take the Chinese words out of an index and return them, shard by shard."""
    shards: dict[str, dict] = defaultdict(lambda: {kind: {} for kind in KINDS})
    for kind in KINDS:
        for word in filter(HAN.match, list(index[kind])):
            shards[shard(word)][kind][word] = index[kind].pop(word)
    return shards


def write_call(path: Path, name: str, value: dict) -> None:
    said = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    path.write_text(f"Search.{name}({said})", encoding="utf-8")


def entries(app: Sphinx) -> dict[str, str]:
    """Return what stands at the places of the glossary; Sphinx's index has only the page, and all in small letters."""
    return {anchor: name for name, _, kind, _, anchor, _ in app.env.get_domain("std").get_objects() if kind == "term"}


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the index for readers; in English pages a Chinese word is found by a part of it, so all stays together."""
    if error or app.builder.name != "html":
        return
    entries_kept(app).write_text(json.dumps(app.env._search_index_index_entries), encoding="utf-8")
    whole = Path(app.builder.searchindex_filename).read_text(encoding="utf-8")
    index = json.loads(whole[whole.index("(") + 1 : whole.rindex(")")])
    for kind in KINDS:  # a word that is gone from its last page stays in Sphinx's index, on no page
        index[kind] = {word: pages for word, pages in index[kind].items() if pages != []}
    index["shards"] = SHARDS if app.config.language.startswith("zh") else 0
    index["entries"] = entries(app)
    folder = Path(app.outdir, FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    for name, words in split(index).items() if index["shards"] else ():
        write_call(folder / f"{name}.js", "setWords", words)
    write_call(Path(app.outdir, "searchindex.js"), "setIndex", index)
