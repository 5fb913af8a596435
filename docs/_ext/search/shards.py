"""The index in parts: what every search needs, and the Chinese words in shards, of which a question loads its own.

Why no library: Sphinx writes one file. Of the Chinese pages it has 190 KB of words, and a question asks for five.
"""

import json
import re
from collections import defaultdict
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.index_entries import split_index_msg

from search.texts import FOLDER

SHARDS = 32
HAN = re.compile(r"[\u3400-\u9fff]")
KINDS = "terms", "titleterms"


def keep_apart(app: Sphinx) -> None:
    """Have Sphinx write the whole index beside the site's pages, where it finds it again when it builds a part."""
    if app.builder.name == "html":
        app.builder.searchindex_filename = str(Path(app.doctreedir, "searchindex.js"))


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


def index_entries(app: Sphinx, pages: list[str]) -> dict[str, list]:
    """Return where each entry of the index stands, as Sphinx does; of a part of the pages it writes only theirs."""
    found: dict[str, list] = defaultdict(list)
    listed = app.env.get_domain("index").entries
    for number, page in enumerate(pages):
        here = {
            (word.lower(), anchor, main == "main")
            for kind, words, anchor, main, _ in listed.get(page, ())
            for word in split_index_msg(kind, words)
        }
        for word, anchor, main in sorted(here):
            found[word].append((number, anchor, main))
    return found


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the index for readers; in English pages a Chinese word is found by a part of it, so all stays together."""
    if error or app.builder.name != "html":
        return
    whole = Path(app.builder.searchindex_filename).read_text(encoding="utf-8")
    index = json.loads(whole[whole.index("(") + 1 : whole.rindex(")")])
    for kind in KINDS:  # a word that is gone from its last page stays in Sphinx's index, on no page
        index[kind] = {word: pages for word, pages in index[kind].items() if pages != []}
    index["indexentries"] = index_entries(app, index["docnames"])
    index["shards"] = SHARDS if app.config.language.startswith("zh") else 0
    index["entries"] = entries(app)
    folder = Path(app.outdir, FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    for name, words in split(index).items() if index["shards"] else ():
        write_call(folder / f"{name}.js", "setWords", words)
    write_call(Path(app.outdir, "searchindex.js"), "setIndex", index)
