"""A deck of cards for Anki, made from glossary, quizzes and shapes in the language of the site.

Why no library: genanki writes the deck. Here is only said what stands on the cards, and the date is left out. The
questions about pictures stay on their page.
"""

import html
import re
from pathlib import Path
from typing import NamedTuple

import genanki
from glossary import table as terms
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from notebooks import packing
from notebooks.markdown import Links, plain
from quiz import split
from roles import facts
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.locale import _
from translation.markdown import translate_markdown

NAME = "attention-in-fifty-points.apkg"
# Anki knows a deck by its number, also after an update, and so the form of its cards.
DECKS, MODEL = {"en": 1964_000_001, "zh_CN": 1964_000_003}, 1964_000_002
QUIZ = re.compile(r"^:::\{quiz\}\n(.*?)^:::$", re.MULTILINE | re.DOTALL)
QUIZZES = ("shapes", "numbers", "bugs")
ROW = re.compile(r"^\| (`.+`) \| (`.+`) \|$", re.MULTILINE)
STYLE = ".card { font: 1.2rem/1.5 sans-serif; max-width: 40rem; margin: auto; } .card pre { overflow-x: auto; }"


class Card(NamedTuple):
    """What stands on the two sides, as Markdown, and where it comes from."""

    front: str
    back: str
    source: str


def say(text: str) -> str:
    """Return a message in the language of the site."""
    return str(_(" ".join(text.split())))


def from_glossary(docs: Path) -> list[Card]:
    """Make a card for each term: the word in front; what it means, and the term in the other language, behind."""
    cards = []
    for entry in terms.read(docs):
        shown = entry.last.partition("[Lesson")[0].strip(" ·")
        term = say(entry.term)
        other = entry.chinese if term == entry.term else entry.term
        back = [*map(say, entry.says), shown, other]
        cards.append(Card(term, "\n\n".join(filter(None, back)), "glossary"))
    return cards


def from_quiz(text: str, page: str) -> list[Card]:
    """Make a card for each question: the options in front, the right one and its reason behind."""
    cards = []
    for body in QUIZ.findall(text):
        question, options = split(body)
        listed = "\n".join(f"- {say(option.choice)}" for option in options)
        (right,) = [option for option in options if option.right]
        question, reason = (translate_markdown(part.strip(), say) for part in (question, right.reason))
        cards.append(Card(f"{question}\n\n{listed}", f"{say(right.choice)}\n\n{reason}", page))
    return cards


def from_shapes(text: str) -> list[Card]:
    """Make a card for each line of the sheet: the code in front, its shape behind."""
    cards = []
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        title, rest = part.split("\n", 1)
        asked = str(_("{title}: the shape of")).format(title=say(title))
        cards += [Card(f"{asked}\n\n{code}", shape, "shapes") for code, shape in ROW.findall(rest)]
    return cards


def cards_of(docs: Path) -> list[Card]:
    """Return all cards, in the order of the deck."""

    def read(name: str) -> str:
        return (docs / f"{name}.md").read_text(encoding="utf-8")

    quizzes = [card for name in QUIZZES for card in from_quiz(read(f"practice/quiz-{name}"), f"quiz-{name}")]
    return [*from_glossary(docs), *quizzes, *from_shapes(read("reference/shapes"))]


def math(content: str, options: dict) -> str:
    """Write a formula as Anki wants it."""
    return f"\\[{html.escape(content)}\\]" if options["display_mode"] else f"\\({html.escape(content)}\\)"


def side(text: str, table: dict[str, str]) -> str:
    """Return one side of a card as HTML: links become words, facts become numbers."""
    markdown = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", plain(text, table, "card", Links("", {}, {})))
    return MarkdownIt().use(dollarmath_plugin, renderer=math).render(markdown).strip()


def write(path: Path, docs: Path, table: dict[str, str], title: str, language: str = "en") -> int:
    """Write the deck and return how many cards it has."""
    model = genanki.Model(
        MODEL,
        title,
        fields=[{"name": "Front"}, {"name": "Back"}],
        templates=[{"name": "Card", "qfmt": "{{Front}}", "afmt": "{{Front}}<hr>{{Back}}"}],
        css=STYLE,
    )
    deck = genanki.Deck(DECKS[language], title)
    for card in (cards := cards_of(docs)):
        name = genanki.guid_for(card.source, card.front)  # the same card, should its answer be mended
        fields = [side(card.front, table), side(card.back, table)]
        deck.add_note(genanki.Note(model=model, fields=fields, guid=name, tags=[card.source]))
    genanki.Package(deck).write_to_file(str(path), timestamp=1)
    packing.pack(path, packing.unpack(path))
    return len(cards)


def write_deck(app: Sphinx, env: BuildEnvironment) -> None:
    """Write the deck beside what else is taken home."""
    if app.builder.name == "html" and "reference/glossary" in env.found_docs:
        path = Path(app.outdir, "notebooks", NAME)
        write(path, Path(app.srcdir), facts(app), str(app.config.html_title), app.config.language)


def setup(app: Sphinx) -> dict:
    app.connect("env-updated", write_deck, priority=600)  # after the notebooks, which empty their folder first
    return {"parallel_read_safe": True, "parallel_write_safe": True}
