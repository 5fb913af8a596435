"""Sentences that live: a value is turned in the sentence itself, and its numbers follow. `{living}`.

Why no library: Tangle, the one that is known for it, has no keyboard, no touch and no words for a screen reader, and
needs MooTools; the others (ipywidgets, Idyll) bring a running kernel or 100 KB. Here the build computes with nwlesson
what the sentence says at each value; the browser has a slider for that, and the script looks the numbers up.

    ```{living} ask-at-w
    :turn: the knob w
    At `w` = {w}, the query at 2½ hears {neighbours} neighbours and answers {answer}.
    ```

`ask-at-w` is a fact that docs/facts/shared.py has made with `turned`: a value for each place, at each stop of the
slider. The first of its places is the one that is turned; `turn` is what a listener hears of the slider. Without a
script, on paper and in a notebook the sentence says what is so at the start.
"""

import json
import os
import re
from html import escape
from pathlib import Path
from typing import NamedTuple

import build_folder
from docutils import nodes
from docutils.parsers.rst import directives
from roles import stored_facts
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

HERE = Path(__file__).parent
PLACE = re.compile(r"\{(\w+)\}(?!`)")  # {w}`word` is a role
MARKED = re.compile(PLACE.pattern + "([,.;:，。；：、]?)")  # a line must not end between a number and its comma


class Stops(NamedTuple):
    """What stands in each place at each stop of the slider, and the stop where it starts."""

    start: int
    places: dict[str, list[str]]

    @property
    def turned(self) -> str:
        return next(iter(self.places))

    def at_start(self, place: str) -> str:
        return self.places[place][self.start]


def stops(fact: str) -> Stops:
    """Read a fact that `turned` has written; a ValueError if it is another."""
    try:
        return Stops(**json.loads(fact))
    except TypeError as error:
        raise ValueError("no table of stops") from error


def at_start(text: str, fact: str) -> str:
    """Return the text of a sentence with what is so at the start."""
    table = stops(fact)
    return PLACE.sub(lambda place: table.at_start(place[1]), text)


class living_place(nodes.inline):
    """A number that follows; for a format that stands still, no more than its text."""


class living_turn(living_place):
    """The number that is turned."""


class Living(SphinxDirective):
    """A sentence with places, and in a second paragraph, for translators, the name of its slider."""

    required_arguments = 1
    has_content = True
    option_spec = {"turn": directives.unchanged_required}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        fact = stored_facts(self.env.app).get(name)
        if fact is None:
            raise self.error(f"unknown fact {name!r}; see docs/facts")
        self.env.note_dependency(os.path.relpath(fact.stored, self.env.srcdir))
        try:
            stops(fact.value)
        except ValueError as error:
            raise self.error(f"{name}: this fact is no table of stops; see `turned` in docs/facts/shared.py") from error
        box = nodes.container(classes=["living"], fact=fact.value, name=name)
        self.state.nested_parse(self.content, self.content_offset, box)
        if len(box) != 1 or not isinstance(box[0], nodes.paragraph) or "turn" not in self.options:
            raise self.error(f"{name}: a living sentence is one paragraph, and `:turn:` names its slider")
        title = nodes.paragraph(self.options["turn"], self.options["turn"])
        self.set_source_info(title)  # gettext passes over what comes from nowhere
        box += title
        return [box]


class FillPlaces(SphinxPostTransform):
    """Put numbers into the places of a sentence that is translated by now; gettext has no format, and sees them."""

    default_priority = 320
    formats = ("html", "latex", "text")

    def run(self, **kwargs) -> None:
        for box in self.document.findall(lambda node: isinstance(node, nodes.container) and "fact" in node):
            sentence, title = box.children
            box.remove(title)
            table, places = stops(box["fact"]), PLACE.findall(sentence.astext())
            if sorted(places) != sorted(table.places):
                wanted = f"{box['name']}: the sentence must have each of {sorted(table.places)} once, not {places}"
                logging.getLogger(__name__).warning(wanted, location=sentence)
                continue
            for text in list(sentence.findall(nodes.Text)):
                text.parent.replace(text, filled(text, table, title.astext()))


def filled(text: str, table: Stops, title: str) -> list[nodes.Node]:
    """Return a text with a node for each of its places."""
    words, *parts = MARKED.split(text)  # words, then the name of a place, its comma, words, ...
    made: list[nodes.Node] = [nodes.Text(words)]
    for place, mark, words in zip(*[iter(parts)] * 3):
        kind, values = living_turn if place == table.turned else living_place, table.places[place]
        role = "query" if place == "x" else "weight"  # what is no query makes the weights
        number = kind("", values[table.start], values=values, start=table.start, title=title, role=role)
        made += [nodes.inline("", "", number, nodes.Text(mark), classes=["living-whole"]), nodes.Text(words)]
    return made


def open_place(self, node: living_place) -> None:
    """Write a number with all that may stand in its place, a line for each."""
    self.body.append(f'<b class="living-number" data-values="{"&#10;".join(map(escape, node["values"]))}">')


def close_place(self, node: living_place) -> None:
    self.body.append("</b>")


def open_turn(self, node: living_turn) -> None:
    told = f'aria-label="{escape(node["title"])}" aria-valuetext="{escape(node.astext())}"'
    told += f' min="0" max="{len(node["values"]) - 1}" value="{node["start"]}" autocomplete="off"'
    self.body.append(f'<span class="living-turn role-{node["role"]}"><input type="range" {told}>')
    open_place(self, node)


def close_turn(self, node: living_turn) -> None:
    close_place(self, node)
    self.body.append("</span>")


def load_files(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Load script and style on pages with such a sentence, and on no other."""
    if doctree is not None and any(doctree.findall(living_turn)):
        app.add_css_file("living.css", priority=850)  # after lesson.css
        app.add_js_file("living.js", defer="defer")


def setup(app: Sphinx) -> dict:
    app.add_directive("living", Living)
    app.add_node(living_place, html=(open_place, close_place))
    app.add_node(living_turn, html=(open_turn, close_turn))
    app.add_post_transform(FillPlaces)
    app.setup_extension("build_folder")
    build_folder.add_static(app, HERE / "living.js", HERE / "living.css")
    app.connect("html-page-context", load_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
