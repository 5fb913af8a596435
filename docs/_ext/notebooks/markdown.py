"""The text of a page, as Markdown that any notebook shows.

Why no library: jupytext copies MyST's directives and roles into the notebook as they are; a reader would see
`{fact}` instead of a number and `:::` instead of a note.
"""

import html
import posixpath
import re
from typing import NamedTuple

import living
from quiz import VERDICT, QuizError, split
from sphinx.locale import _

DIRECTIVE = re.compile(r"^(:{3,}|`{3,})\{(\w+)\} ?([^\n]*)\n((?::[\w-]+:[^\n]*\n)*)(.*?)^\1$", re.MULTILINE | re.DOTALL)
ROLE = re.compile(r"\{([\w:]+)\}`([^`]+)`")
LABEL = re.compile(r"^\([\w-]+\)=\n", re.MULTILINE)
PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*sphx_glr_(plot_\w+)_\d+\.svg\)(\{[^}]*\})?")
TEXT = r"\[((?:[^\[\]]|\[[^\]]*\])*)\]"
TARGET = re.compile(TEXT + r"\(#([^)]+)\)")
LINK = re.compile(TEXT + r"\((?!https?:)([^)#]+)\.(?:md|rst|html)(#[^)]*)?\)")


class Links(NamedTuple):
    """What a notebook says of the site's pages: a link where the site's address is known, else a title.

    `titles` are those of the pages; `targets` says where the names are that a page links to as `#name`.
    """

    address: str
    titles: dict[str, str]
    targets: dict[str, str]

    def to(self, text: str, page: str, anchor: str = "", here: str = "") -> str:
        """Return `text` as a link, or followed by the title of the page, where it is another and not named yet."""
        if self.address:
            return f"[{text}]({self.address}{page}.html{anchor})"
        title = self.titles.get(page, "")
        named = " ".join(title.lower().split()) in " ".join(text.lower().split())
        return text if page == here or named else f"{text} (*{title}*)"


def plain(markdown: str, table: dict[str, str], docname: str, links: Links) -> str:
    """Turn the MyST of the page `docname` into plain Markdown. What has the class `solution` stays on the page."""

    def directive(match: re.Match) -> str:
        name, title, options, body = match.groups()[1:]
        if name in {"answer", "progress"}:  # a notebook has its own tests
            return ""
        if name == "quiz":
            return plain_quiz(body)
        if name == "living" and title in table:
            return living.at_start(body, table[title])
        if name == "explorable":
            said = _("A figure to try, on the site")
            return f"[{said}]({posixpath.basename(docname)}.md#explore-{title})\n"
        if re.search(r"^:class:.*\bsolution\b", options, re.MULTILINE):
            page = f"{posixpath.basename(docname)}.md"
            return _("[The solution]({page}) is on the page.").format(page=page) + "\n"
        if ":collapsible:" in options:
            return f"<details><summary>{title}</summary>\n\n{body}\n</details>\n"
        return f"**{title}**\n\n{body}" if title else body

    def role(match: re.Match) -> str:
        name, text = match.groups()
        if name == "fact":
            return table.get(text, text)  # an unknown fact has been reported where it stands
        if name == "minutes":
            return str(_("A few minutes"))
        if name == "cite":
            return f"([{_('bibliography')}](/reference/bibliography.md))"
        text = re.sub(r"\s*<[^>]*>$", "", text).removeprefix("~")
        return f"`{text}`" if name.startswith("py:") else text

    def link(match: re.Match) -> str:
        text, path, anchor = match.groups()
        page = posixpath.normpath(posixpath.join("/", posixpath.dirname(docname), path)).lstrip("/")
        return links.to(text, page, anchor or "", docname)

    def named(match: re.Match) -> str:
        page, _, name = links.targets.get(match[2], f"{docname}.html#{match[2]}").partition("#")
        return links.to(match[1], page.removesuffix(".html"), f"#{name}", docname)

    while DIRECTIVE.search(markdown):  # from the outside in: a directive can hold others
        markdown = DIRECTIVE.sub(directive, markdown)
    markdown = PICTURE.sub(rf"[{_('The picture on the site')}](/examples/\1.html)", LABEL.sub("", markdown))
    return TARGET.sub(named, LINK.sub(link, ROLE.sub(role, markdown)))


def plain_quiz(body: str) -> str:
    """Turn a quiz into its question and a fold for each option."""
    try:
        question, options = split(body)
    except QuizError:
        return body  # it has been reported where it stands
    folds = []
    for option in options:
        choice = re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(" ".join(option.choice.split()), quote=False))
        verdict = f"**{_(VERDICT[option.right])}**"
        folds.append(f"<details><summary>{choice}</summary>\n\n{verdict}\n\n{option.reason}\n\n</details>\n")
    return "\n".join([question.rstrip("\n") + "\n", *folds])
