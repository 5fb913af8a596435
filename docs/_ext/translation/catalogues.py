"""The catalogues: what the pages say in English, and beside it in Chinese, one file for each part of the site.

Why no library: sphinx-intl keeps one file for each page or folder, so that a sentence on three pages is translated
three times, and drops every message that stands in no page of Sphinx's own.
"""

import csv
import difflib
import io
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

DOMAIN = "site"  # what gettext calls the messages of all pages together; conf.py says so, too
LOCALES = Path(__file__).parents[2] / "locales"
EPOCH = datetime.fromtimestamp(0, UTC)
# Which file holds the messages of which sources; a message of several is in the first of these files.
FILES = {
    "theme": r"theme",
    "home": r"docs/(index\.md|play/|about/|practice/(index|your-own-data)\.md)",
    **{f"lesson-{number:02}": rf"docs/lessons/{number:02}-" for number in range(1, 18)},
    "glossary": r"docs/reference/glossary\.md",
    "explorables": r"docs/explorables/",
    **{f"exercises-{name}": rf"docs/practice/exercises-{name}\.md" for name in (1, 2, 3, 4, "book")},
    "questions": r"docs/practice/questions\.md",
    **{f"quiz-{name}": rf"docs/practice/quiz-{name}\.md" for name in ("bugs", "numbers", "plots", "shapes")},
    "quizzes": r"docs/practice/quizzes\.md",
    "gallery": r"docs/(gallery|examples)/",
    "slides": r"docs/teach/slides\.md",
    "teach": r"docs/teach/",
    "api": r"(docs/reference/(api\.|generated/)|nwlesson/)",
    "reference": r"docs/reference/",
    "figures": r"figure",
    "comments": r"comment",
}
RST = {"gallery", "api"}  # written in reStructuredText, all others in Markdown
# What is no word: a picture or where a link leads, a formula, code, a name, a role that only names something.
NO_WORDS = re.compile(
    r"\]\([^)]*\)|\$\$.*?\$\$|\$[^$]*\$|\{(?:fact|cite|py:\w+|take-home)\}`[^`]*`|:(?:\w+:)?\w+:`[^`<]*`"
    r"|(?<![}:])``?[^`<]+``?(?!_)|\\begin.*\\end\{\w+\}|\{\w+\}|<[^>]*>",
    re.DOTALL,
)
SAID = re.compile(r"\{[a-z]+\}(?!`).*[.,:]")  # what an explorable says, filled in by its module
NAME = re.compile(r"\S*[A-Za-z0-9)](?:\\?[_.]|\[)[A-Za-z]\S*")


class Message(NamedTuple):
    """What stands somewhere in English: its words, the source where it stands first, and its line there."""

    text: str
    source: str
    line: int


def has_words(text: str) -> bool:
    """Return whether there is something to translate."""
    return bool(re.search(r"[A-Za-z]{2,}|[!?]", NAME.sub("", NO_WORDS.sub(" ", text)))) or bool(SAID.search(text))


def file_of(places: Iterable[tuple[str, int]]) -> tuple[str, tuple[str, int]]:
    """Return the name of the file for a message that stands in these places, and its first place there."""
    places = list(places)
    for name, pattern in FILES.items():
        if here := [place for place in places if re.match(pattern, place[0])]:
            return name, min(here)
    raise ValueError(f"no catalogue has the messages of {places[0][0]}; see FILES in {__file__}")


def sorted_out(messages: dict[str, list[tuple[str, int]]]) -> dict[str, list[Message]]:
    """Return the messages of each file in the order of their places; those without a word are left out."""
    files: dict[str, list[Message]] = {name: [] for name in FILES}
    for text, places in messages.items():
        if has_words(text):
            name, place = file_of(places)
            files[name].append(Message(text, *place))
    return {name: sorted(found, key=lambda message: message[1:]) for name, found in files.items()}


def read(path: Path, language: str) -> Catalog:
    """Read a catalogue; a broken line is an error with its number."""
    with path.open(encoding="utf-8") as file:
        return read_po(file, locale=language, abort_invalid=True)


def entries(language: str) -> dict[str, Entry]:
    """Return every message of the language, by what it says in English."""
    paths = sorted((LOCALES / language).glob("*.po"))
    return {entry.id: entry for path in paths for entry in read(path, language) if entry.id}


def renew(messages: list[Message], old: dict[str, Entry], gone: dict[str, Entry], language: str) -> Catalog:
    """Return the catalogue of these messages with what is translated.

    A new message that resembles one that is `gone` takes its translation and is marked as fuzzy: to be looked at.
    """
    catalogue = Catalog(locale=language, fuzzy=False)
    for message in messages:
        entry = catalogue.add(message.text, locations=[(message.source.rpartition(" ")[2], 0)])
        entry.flags.clear()  # Babel takes every brace for a place of Python's
        if same := old.get(message.text):
            entry.string, entry.previous_id, entry.user_comments = same.string, same.previous_id, same.user_comments
            entry.flags |= {"fuzzy"} if same.fuzzy else set()
        elif close := difflib.get_close_matches(message.text, gone, n=1, cutoff=0.6):
            like = gone.pop(close[0])
            entry.string, entry.previous_id = like.string, [like.id]
            entry.flags.add("fuzzy")
    return catalogue


def write(path: Path, catalogue: Catalog) -> None:
    """Write a catalogue, every message on one line and nothing that changes from day to day."""
    header = f'msgid ""\nmsgstr ""\n"Language: {path.parent.name}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    own = path.with_suffix(".new")
    with own.open("wb") as file:
        file.write(header.encode())
        write_po(file, catalogue, width=0, omit_header=True, include_lineno=False, include_previous=True)
    own.replace(path)


def update(messages: dict[str, list[tuple[str, int]]], language: str) -> dict[str, Catalog]:
    """Bring the files of a language up to date and return them."""
    old = entries(language)
    gone = {text: entry for text, entry in old.items() if text not in messages and entry.string}
    made = {name: renew(found, old, gone, language) for name, found in sorted_out(messages).items()}
    for name, catalogue in made.items():
        write(LOCALES / language / f"{name}.po", catalogue)
    return made


@cache
def terms(language: str) -> dict[str, set[str]]:
    """Return the table of terms: an English word, and the ways in which it may be written in the language.

    轮（迭代周期） is 轮 or 迭代周期, 行 / 列 is 行 or 列.
    """
    path = LOCALES / language / "terms.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["english"].lower(): {way.strip(" `") for way in re.split(r"[（）/，]", row["chinese"]) if way.strip(" `")}
        for row in rows
    }


def join(build: Path, language: str) -> str:
    """Join the files of a language into what Sphinx reads, and return the folder.

    Sphinx asks for the words of the pages in one place and for those of the theme in another; here both hold all.
    """
    folder = build / "locales" / language / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    undated = {"creation_date": EPOCH, "revision_date": EPOCH}  # or every minute every page would be read again
    whole = Catalog(locale=language, **undated)
    for entry in entries(language).values():
        if not entry.fuzzy and entry.string:
            whole.add(entry.id, entry.string)
    made = io.BytesIO()
    write_mo(made, whole)
    for path in folder / f"{DOMAIN}.mo", folder / "sphinx.mo":
        if not path.exists() or path.read_bytes() != made.getvalue():
            path.with_suffix(".new").write_bytes(made.getvalue())
            path.with_suffix(".new").replace(path)
    return str(folder.parents[1])
