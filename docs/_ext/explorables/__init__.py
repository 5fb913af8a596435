"""Explorables: figures that the reader can move. The directive, their data, and what the tests compare them with.

Why no library: those for interactive figures (Plotly, Bokeh, ipywidgets) bring a megabyte of script or a running
kernel, and hide their words from translation. Here a page holds all words as ordinary text and a figure that stands
without JavaScript.

`{explorable} one-query` puts docs/explorables/one-query/one-query.md into a page: a title, an image (the figure without
JavaScript), steps, and in `{words}` the words of the module one-query.js beside it, which takes over in the browser.
What all explorables share is in docs/explorables/shared. A page that has not come to all of it yet shows less:
`:without: w kernel` leaves controls and their places out, `:steps: 1` the later steps, and `:first: w=1` is where it
starts. A page that comes back to it leaves out what has been asked: `:from: 4`. `:bare:` leaves only the drawing, its
controls and one sentence, and tells the module so: the page says the rest in its own words.
"""

import json
import re
import shutil
from pathlib import Path

import build_folder
import torch
from docutils import nodes
from docutils.parsers.rst import directives
from rjsmin import jsmin
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

from nwlesson import NWKernelRegression, make_data

SEEDS = range(5)


class Tag(nodes.General, nodes.Element):
    """An HTML element: `tag` is its name, `attributes` what it has besides ids and classes."""


def visit(translator, node: Tag) -> None:
    translator.body.append(translator.starttag(node, node["tag"], "", **node["attributes"]))


def depart(translator, node: Tag) -> None:
    translator.body.append(f"</{node['tag']}>")


def make(tag: str, classes: str, *children: nodes.Node, **attributes: str) -> Tag:
    return Tag("", *children, tag=tag, classes=classes.split(), attributes=attributes)


class Words(SphinxDirective):
    """The words that a module needs, a line `key: text` for each, as paragraphs that translators see."""

    has_content = True
    option_spec = {  # noqa: RUF012 - how many places its controls take, and how many of the last ones each fold has
        "controls": directives.positive_int,
        "more": lambda text: [directives.positive_int(size) for size in text.split()],
    }

    def run(self) -> list[nodes.Node]:
        words = make("div", "explorable-words", hidden="hidden")
        words["places"] = [self.options.get("controls", 0), self.options.get("more", [])]
        for line in filter(str.strip, self.content):
            key, colon, text = line.partition(": ")
            if not colon or not re.fullmatch(r"[a-z][a-z0-9-]*", key):
                raise self.error(f"words must be lines `key: text`, but one is {line!r}")
            inside, messages = self.parse_inline(text.strip())
            paragraph = nodes.paragraph(text, "", *inside, classes=[f"word-{key}"])
            self.set_source_info(paragraph)
            words += [paragraph, *messages]
        return [words]


class Explorable(SphinxDirective):
    """The explorable of this name: title and question, figure and places for the controls, steps, words."""

    required_arguments = 1
    option_spec = {  # noqa: RUF012
        "without": directives.unchanged,
        "from": directives.positive_int,
        "steps": directives.positive_int,
        "first": directives.unchanged,
        "bare": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        if not Path(self.env.srcdir, "explorables", name, f"{name}.md").exists():
            raise self.error(f"unknown explorable {name!r}; see docs/explorables")
        parts = []
        for file in f"{name}/{name}.md", "shared/common.md":
            parts += self.parse_text_to_nodes(f"```{{include}} /explorables/{file}\n```")
        boxes = [node for node in parts if "explorable-words" in node["classes"]]
        text = [node for node in parts if node not in boxes]
        at = next((i for i, node in enumerate(text) if any(node.findall(nodes.image))), 0)
        if len(boxes) != 2 or not at:
            raise self.error(f"{name}.md must have a title, an image after it, and its words")
        ours, common = boxes
        controls, folds = ours["places"]
        places = [make("div", "control") for _ in range(controls - len(self.options.get("without", "").split()))]
        end = len(places)
        for size in reversed(folds):
            fold = slice(end - size, end)
            places[fold] = [make("details", "explorable-more", make("summary", ""), *places[fold])]
            end -= size
        for steps in (node for node in text if isinstance(node, nodes.enumerated_list)):
            del steps.children[self.options.get("steps", len(steps)) :]
            del steps.children[: self.options.get("from", 1) - 1]
        wait = next(word for word in common if "word-wait" in word["classes"])
        text[0]["classes"].append("explorable-title")
        text[0]["ids"].append(f"explore-{name}-title")
        figure = make(
            "div",
            "explorable-figure",
            make("svg", "explorable-canvas", **{"aria-hidden": "true"}),
            make("div", "explorable-static", text[at], wait),
        )
        stage = [
            make("div", "explorable-stage", figure, make("p", "explorable-summary")),
            make("p", "explorable-live", role="status"),
            make("div", "explorable-controls", *places),
            make("div", "explorable-below"),
        ]
        said = [*(word for word in common if word is not wait), *ours.children]
        words = make("div", "explorable-words no-search", *said, hidden="hidden")
        if "bare" in self.options:
            text[0]["classes"].append("unseen")
            text, at = [text[0]], 1
        root = make("section", "explorable", *text[:at], *stage, *text[at + 1 :], words)
        root["ids"].append(f"explore-{name}")
        root["attributes"] |= {"data-explorable": name, "aria-labelledby": f"explore-{name}-title"}
        given = {key: value or key for key, value in self.options.items() if key in ("without", "first", "bare")}
        root["attributes"] |= {f"data-{key}": value for key, value in given.items()}
        return [root]


class TryRole(SphinxRole):
    """{try}`words <w=1&x=2>`: words that become a button, which puts the explorable into that state."""

    def run(self):
        match = re.fullmatch(r"(.+) <(\w+=[^<>]+)>", self.text, re.DOTALL)
        if match is None:
            wanted = f"{{try}} must be `words <part=value>`, but it is {self.text!r}"
            return [], [self.inliner.reporter.error(wanted, line=self.lineno)]
        return [make("span", "held", nodes.Text(match[1]), **{"data-set": match[2]})], []


def lesson_data(app: Sphinx) -> dict:
    """Return the lesson's numbers, in full: the same 50 points that every page draws, for several seeds, and where the
    training of lesson 10 starts."""
    samples = {seed: make_data(50, step=0.125, seed=seed) for seed in SEEDS}
    seeds = {seed: {"x": sample.x_train.tolist(), "y": sample.y_train.tolist()} for seed, sample in samples.items()}
    start = NWKernelRegression(generator=torch.Generator().manual_seed(0)).w.item()
    return {"queries": samples[0].x_test.tolist(), "seeds": seeds, "start": start}


def sentences(app: Sphinx) -> dict:
    """Return what lesson 17 has stored of a trained Transformer."""
    return json.loads(Path(app.srcdir, "facts", "sentences.json").read_text(encoding="utf-8"))


# What a module can ask for, and who makes it.
DATA = {"shared/data.json": lesson_data, "real-head/data.json": sentences}


def write_modules(app: Sphinx) -> None:
    """Put the modules, minified, their style sheet and the data into the site's static files."""
    source, target = Path(app.srcdir, "explorables"), build_folder.generated(app) / "explorables"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.md"))
    for module in target.rglob("*.js"):
        module.write_text(jsmin(module.read_text(encoding="utf-8")), encoding="utf-8")
    for file, make_data_of in DATA.items():
        if (target / file).parent.exists():
            (target / file).write_text(json.dumps(make_data_of(app), separators=(",", ":")), encoding="utf-8")


def load_on_pages(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Load the script and the style sheet on the pages that have an explorable."""
    if doctree is not None and any("explorable" in node["classes"] for node in doctree.findall(Tag)):
        app.add_js_file("explorables/shared/load.js", defer="defer")
        app.add_css_file("explorables/shared/explorables.css")


def setup(app: Sphinx) -> dict:
    app.add_node(Tag, html=(visit, depart))
    app.add_directive("explorable", Explorable)
    app.add_directive("words", Words)
    app.add_role("try", TryRole())
    app.setup_extension("build_folder")
    app.connect("builder-inited", write_modules)
    app.connect("html-page-context", load_on_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
