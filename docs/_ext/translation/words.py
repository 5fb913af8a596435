"""The words in pictures and in the comments of code, which gettext does not see: found, and put back in Chinese."""

import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from figures import SVG, description
from pygments.lexers import PythonConsoleLexer, PythonLexer
from pygments.token import Comment

Say = Callable[[str], str]  # a message in English -> the same in the language of the site

NUMBER = re.compile(r"(?<![\w{])\d+(?:,\d{3})*(?:\.\d+)?(?:e[+−-]?\d+)?")
CODE = {"python": PythonLexer, "ipython3": PythonLexer, "ipython": PythonLexer, "default": PythonLexer}
CODE |= {"pycon": PythonConsoleLexer, "pycon3": PythonConsoleLexer}
LETTERS = re.compile(r"[A-Za-z]{2,}")
LABEL = re.compile(r"""(<text\b[^>]*>|<svg\b[^>]* aria-label=")([^<"]*)(?=</text>|")""")


def with_places(text: str) -> tuple[str, list[str]]:
    """Return a text with `{1}`, `{2}` for its numbers, and the numbers: the message stays when the data change."""
    numbers: list[str] = []

    def place(match: re.Match) -> str:
        numbers.append(match[0])
        return f"{{{len(numbers)}}}"

    return NUMBER.sub(place, " ".join(text.split())), numbers


def filled(message: str, numbers: list[str]) -> str:
    """Put the numbers back into their places."""
    return re.sub(r"\{(\d+)\}", lambda place: numbers[int(place[1]) - 1], message)


def of_picture(svg: str) -> Iterator[str]:
    """Yield the messages of a picture: what describes it, then the words in it."""
    labels = [text.text or "" for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    for text in description(svg), *labels:
        if LETTERS.search(text):
            yield with_places(text)[0]


def translate_picture(markup: str, say: Say) -> str:
    """Return the element of a picture with its words and its description in the language of the site."""

    def label(match: re.Match) -> str:
        text = html.unescape(match[2])
        if not LETTERS.search(text):
            return match[0]
        message, numbers = with_places(text)
        return match[1] + html.escape(filled(say(message), numbers))

    return LABEL.sub(label, markup)


def comments(code: str, language: str) -> Iterator[tuple[int, str]]:
    """Yield where each comment begins, and the comment; whole lines of one that lie below each other are one."""
    lexer, start, end = CODE[language](stripnl=False, ensurenl=False), None, 0
    for at, kind, text in lexer.get_tokens_unprocessed(code):
        if kind not in Comment:
            continue
        line = code.rfind("\n", 0, at) + 1
        whole = not code[line:at].strip()
        if start is not None and whole and end + 1 == line and not code[code.rfind("\n", 0, start) + 1 : start].strip():
            end = at + len(text)
            continue
        if start is not None:
            yield start, code[start:end]
        start, end = at, at + len(text)
    if start is not None:
        yield start, code[start:end]


def of_code(code: str, language: str) -> Iterator[str]:
    """Yield the messages of a block of code: its comments, each with its `#`, a line of them as it stands there."""
    if language in CODE:
        for _, comment in comments(code, language):
            message = re.sub(r"\n\s*", "\n", comment)
            if LETTERS.search(message.removeprefix("# type:")) and "noqa" not in message:
                yield message


def translate_code(code: str, language: str, say: Say) -> str:
    """Return code with its comments in the language of the site."""
    if language not in CODE:
        return code
    for at, comment in reversed(list(comments(code, language))):
        said = say(re.sub(r"\n\s*", "\n", comment))
        indent = "\n" + " " * (at - code.rfind("\n", 0, at) - 1)
        code = code[:at] + said.replace("\n", indent) + code[at + len(comment) :]
    return code


def language_of(block: nodes.Element) -> str:
    """Return in which language a block of code is written, as Pygments names it."""
    return "pycon" if isinstance(block, nodes.doctest_block) else block.get("language", "").lower()


def blocks_of_code(document: nodes.document) -> list[nodes.Element]:
    """Return the blocks of code of a page."""
    return list(document.findall(lambda node: isinstance(node, (nodes.literal_block, nodes.doctest_block))))


def picture_files(document: nodes.document, docs: Path) -> Iterator[Path]:
    """Yield the pictures of a page that are written as SVG; a thumbnail shows no words."""
    for image in document.findall(nodes.image):
        path = Path(docs, image["uri"])
        if path.suffix == ".svg" and path.exists() and not path.stem.endswith("_thumb"):
            yield path
