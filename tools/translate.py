"""Bring the catalogues in docs/locales up to date with the pages, and say what is left to translate.

Why no library: see docs/_ext/translation/catalogues.py.

    python tools/translate.py
"""

import ast
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS, BUILD = ROOT / "docs", ROOT / "docs" / "_build"
sys.path[:0] = [str(DOCS / "_ext"), str(ROOT)]

from sphinx.application import Sphinx  # noqa: E402
from theme import mends  # noqa: E402
from translation import catalogues, theme_words  # noqa: E402

LANGUAGE = "zh_CN"
PROMPT = re.compile(r'^ *code_prompt_(?:show|hide): "(.+)"$', re.MULTILINE)


def extension_words():
    """Yield what the extensions say through `_("...")`, with the file and line."""
    for path in sorted((DOCS / "_ext").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_":
                yield from [text.value for text in node.args if isinstance(text, ast.Constant)]


def prompts():
    """Yield what pages write on the folds of their code, and the word for closing one."""
    for page in sorted(DOCS.glob("[a-z]*/*.md")):
        yield from PROMPT.findall(page.read_text(encoding="utf-8"))


def gather():
    """Let Sphinx read the site as gettext does; return every message with the places where it stands."""
    app = Sphinx(DOCS, DOCS, BUILD / "gettext", BUILD / "gettext-doctrees", "gettext", status=None)
    app.build()
    if app.statuscode or app._warncount:
        sys.exit("the pages could not be read; nothing has changed")
    messages = {}
    for domain, catalogue in app.builder.catalogs.items():
        for message in catalogue:
            places = (
                [("theme", 0)] if domain == "sphinx" else [(short(source), line) for source, line in message.locations]
            )
            messages.setdefault(message.text, []).extend(places)
    for word in [*extension_words(), *prompts(), *theme_words.WORDS, *mends.NAMES]:
        messages.setdefault(word, []).append(("theme", 1))
    return messages


def short(source):
    """Return a source as the catalogues name it."""
    path, _, name = source.partition(":docstring of ")
    path = os.path.relpath(path, ROOT) if os.path.isabs(path) else path
    return f"{path} {name}" if name else path


def report(files):
    """Say for each file how many messages are translated."""
    for name, catalogue in files.items():
        found = [entry for entry in catalogue if entry.id]
        done = sum(bool(entry.string) and not entry.fuzzy for entry in found)
        fuzzy = sum(entry.fuzzy for entry in found)
        print(
            f"{name + '.po':20}{len(found):6} messages, {len(found) - done} open" + f", {fuzzy} changed" * bool(fuzzy)
        )


if __name__ == "__main__":
    report(catalogues.update(gather(), LANGUAGE))
