"""The text of a page before Sphinx has read it, block by block in the language of the site: notebooks are made of it.

Why no library: the blocks are MyST's, with directives and options that a translator of plain Markdown takes for text.
"""

import re

from translation.words import Say

FENCE = re.compile(r"^\s*(`{3,}|:{3,})(\{[\w-]+\})?\s*(.*)$")
# What stands before the words of a block: the marks of headings, lists, quotations, and of quiz options.
MARK = re.compile(r"^(\s*(?:#{1,6} |[-*+] |\d+[.)] |> )?)(.*)$")
CELL = re.compile(r"(?<!\\)\|")


def translate_markdown(text: str, say: Say) -> str:
    """Return Markdown with every block that has a message in the language of the site; code stays."""
    done: list[str] = []
    block: list[str] = []
    code = ""  # the fence of the code that we are in
    directives: list[str] = []  # the fences of the directives that we are in

    def finish() -> None:
        if block:
            done.extend(translate_block(block, say))
            block.clear()

    for line in text.split("\n"):
        fence = FENCE.match(line)
        if code:
            done.append(line)
            code = "" if fence and fence[1] == code and not fence[3] else code
        elif fence and fence[1] in directives[-1:] and not fence[2] and not fence[3]:
            finish()
            done.append(line)
            directives.pop()
        elif fence:
            finish()
            if fence[1][0] == "`" and (not fence[2] or fence[2] == "{code-cell}"):
                code = fence[1]
            else:
                directives.append(fence[1])
            title = say(fence[3]) if fence[2] and fence[3] else fence[3]
            done.append(line.removesuffix(fence[3]) + title)
        elif not line.strip() or re.match(r"^\s*(:[\w-]+:|\(\S+\)=$)", line):
            finish()
            done.append(line)
        else:
            if line.startswith("|") or (block and re.match(r"^\s*([-*+>]|\d+[.)]) |^#", line)):
                finish()
            block.append(line)
    finish()
    return "\n".join(done)


def translate_block(lines: list[str], say: Say) -> list[str]:
    """Return the lines of a paragraph, a heading, an item or a row of a table in the language of the site."""
    if lines[0].startswith("|"):
        cells = [cell.strip() for cell in CELL.split(lines[0])]
        said = [cell and say(cell) for cell in cells]
        return lines if said == cells else [" | ".join(said).strip()]
    mark, first = MARK.match(lines[0]).groups()
    message = " ".join([first.strip(), *(line.strip() for line in lines[1:])])
    said = say(message)
    return lines if said == message else [mark + said]
