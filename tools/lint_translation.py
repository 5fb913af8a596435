"""Say what is wrong with translated messages, in a second: broken markup, half-width punctuation, spacing, terms.

Why no library: translate-toolkit's pofilter and i18nspector know placeholders of C and Python, and neither MyST's roles
nor how Chinese is set.

    python tools/lint_translation.py                                    all catalogues
    python tools/lint_translation.py docs/locales/zh_CN/lesson-01.po    one of them
"""

import json
import re
import sys
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "docs" / "_ext")]

from translation import catalogues  # noqa: E402

LANGUAGE = "zh_CN"
HAN = r"[\u3400-\u9fff]"
WIDE = "，。：；？！、（）《》“”‘’…—"
HALF_WIDTH = re.compile(rf"{HAN}\s*[,;:?!]|[,;:?!]\s*{HAN}|{HAN}\.(?=\s|$|{HAN})|\({HAN}|{HAN}\)|\"{HAN}|{HAN}\"")
# What both must have, as often and as it is: facts and other roles that only name something, places, code, formulas.
ROLE = re.compile(
    r"\{(?:fact|minutes|cite|py:\w+|take-home|zh)\}`[^`]+`|:(?:\w+:)?(?:class|func|meth|mod|obj|doc):`[^`]+`"
)
TRY = re.compile(r"\{try\}`[^`]*<([^<>`]+)>`")
TERM = re.compile(r"\{term\}`(?:[^`<]*<([^<>`]+)>|([^`<]+))`")
COLOUR = re.compile(r"\{(key|query|value|truth|prediction|weight|w)\}`")
PLACE = re.compile(r"(?<![$\\\w^_}])\{(\w+)\}(?!`)", re.ASCII)  # a 汉字 before it is no letter of a formula
NUMERAL = re.compile(r"(?<![A-Za-z_.\d])\d[\d,]*(?:\.\d+)?")
LINK = re.compile(r"\]\(([^)\s]+)\)")
MATH = re.compile(r"\$\$.+?\$\$|\$[^$]+\$", re.DOTALL)
SPAN = re.compile(r"(?<![`}:])(`+)(?!`)(.+?)(?<!`)\1(?!`)")
# Roles whose text is shown and translated.
SHOWN = re.compile(r"\{(?:term|try|key|query|value|truth|prediction|weight|w)\}`([^`<]*?)\s*(?:<[^<>`]*>)?`")
# Signs of a translation that has kept the English sentence; the hint says what to write instead.
TRANSLATIONESE = {
    "进行": "说动作本身：训练，不说进行训练",
    "值得注意": "直接说事",
    "请注意": "直接说事",
    "让我们": "不说",
    "这意味着": "也就是说",
    "从而": "改“所以”或断句",
    "因此": "改“所以”或断句",
    "以便": "断句",
    "不仅": "拆成两句",
    "您": "你",
    "读者们": "你",
    "价值": "value 是“值”",
    "当且": "换个说法",
    "可探索": "可动的图",
    "内核": "核",
    "噪音": "噪声",
    "池化操作": "汇聚",
    "口钟": "钟形：一样东西一个词，钟也可能是看时间的",
    "一把尺": "颜色深浅用同一个标准",
}
PATTERNS = {
    r"当[^，。；]{1,20}时[，,]": "“当……时”改“……的时候”，或不说",
    r"通过[^，。；]{1,20}来": "“通过……来”换个说法",
    r"对[^，。；]{1,12}进行": "说动作本身",
    r"如果[^。；]{1,30}，那么": "去掉“那么”",
    r"小测(?!验)": "小测验",
}


def prose(text):
    """Return the text without code, formulas, roles and where links lead: what is read aloud. Each becomes an `x`."""
    text = SHOWN.sub(r"\1", text)
    for pattern in MATH, ROLE, re.compile(r"!\[[^\]]*\]\([^)]*\)"):
        text = pattern.sub("x", text)
    text = re.sub(r"``[^`]+``|:[\w:]+:`[^`]+`|`[^`]+`__?|`[^`]*`", "x", text)
    return re.sub(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\([^)]*\)", r"\1", text)


def counted(text):
    """Return what a message must keep, kind by kind."""
    bare = MATH.sub("", text)
    terms = [given or word for given, word in TERM.findall(bare)]
    without = re.sub(r"\{\w[\w:]*\}`[^`]*`|:[\w:]+:`[^`]*`|`[^`]*`__?", "", bare)
    return {
        "role": Counter(ROLE.findall(re.sub(r":doc:`[^`<]*<([^<>`]+)>`", r":doc:`\1`", bare))),
        "state of {try}": Counter(TRY.findall(bare)),
        "term (write {term}`核 <kernel>`)": Counter(" ".join(term.lower().split()) for term in terms),
        "colour": Counter(COLOUR.findall(bare)),
        "place": Counter(PLACE.findall(re.sub(r"`[^`]*`", "", bare))),
        "target of a link": Counter(LINK.findall(bare)),
        "formula": Counter("".join(formula.split()) for formula in MATH.findall(text)),
        "code": Counter(code.strip() for _, code in SPAN.findall(without)),
    }


def numbers(text):
    """Return the numbers that are read aloud, in digits."""
    return {number.replace(",", "").rstrip(".") for number in NUMERAL.findall(prose(text))}


def markup(source, text):
    """Yield what has been lost, added or broken."""
    ours, theirs = counted(text), counted(source)
    for kind in theirs:
        for thing in theirs[kind] - ours[kind]:
            yield f"missing {kind}: {thing}"
        for thing in ours[kind] - theirs[kind]:
            yield f"not in the English, {kind}: {thing}"
    for number in numbers(source) - numbers(text):  # a number in words may become one in digits
        yield f"missing number: {number}"
    if text.count("`") % 2:
        yield "a ` has no partner"
    if re.match(r"\d+[.)] |[-*+>] ", text):
        yield "Sphinx takes this for a list and shows the English: begin otherwise, 1、平铺"
    if source.startswith("#") and [line[:1] for line in text.split("\n")] != ["#"] * (text.count("\n") + 1):
        yield "every line of a comment begins with #"
    if not source.startswith("#") and "\n" in text:
        yield "a message is one line"
    if text != text.strip():
        yield "space at the beginning or the end"


def asterisks(text, is_rst):
    """Yield emphasis that would be shown as asterisks (CommonMark's rule, or reStructuredText's)."""
    text = re.sub(r"\{[\w:]+\}`[^`]*`|`[^`]*`", "{x}", MATH.sub("x", text))  # each begins and ends as punctuation does
    if is_rst:
        for mark in re.finditer(r"\*\*?([^*]+)\*\*?", text):
            before, after = text[: mark.start()][-1:], text[mark.end() :][:1]
            if re.match(HAN, before) or re.match(HAN, after):
                yield f"reStructuredText: a space or `\\ ` beside {mark[0]!r}"
        return
    from markdown_it import MarkdownIt

    shown = "".join(part.content for part in MarkdownIt().parseInline(text)[0].children if part.type == "text")
    if "**" in shown or re.search(rf"\*(?={HAN})|(?<={HAN})\*", shown):
        yield "asterisks would be shown: put the punctuation outside, **重点**，后面"


def punctuation(text, is_rst=False):
    """Yield half-width punctuation between Chinese, and spaces that lack or are too many."""
    if is_rst:  # there, emphasis is only seen with a space beside it
        text = re.sub(r"(?:\\? )?(\*\*?[^*]+\*\*?)(?:\\? )?", r"\1", text)
    text = re.sub(
        r" ?\{try\}`([^`<]*?) ?<[^`]*`[，。：；？！、]? ?", r"（\1）", text
    )  # a button may have room around it
    said = PLACE.sub("x", prose(text)).replace("*", "").replace("\\ ", " ")
    near = rf"(?:{HAN}|[{WIDE}])"
    for found in HALF_WIDTH.finditer(said):
        yield f"half-width punctuation: {context(said, found)}"
    for found in re.finditer(rf"(?<={HAN})[A-Za-z0-9$]|(?<=[A-Za-z0-9%°])(?={HAN})", said):
        yield f"no space between Chinese and letters, numbers or code: {context(said, found)}"
    for found in re.finditer(rf"{HAN} +(?={HAN})", said):
        yield f"a space between Chinese characters: {context(said, found)}"
    for found in re.finditer(r"(?<=[，。：；？！、（）《》“”‘’]) +(?=\S)|(?<=\S) +(?=[，。：；？！、）》”])", said):
        yield f"a space beside wide punctuation: {context(said, found)}"
    if re.search(r"[「」『』]", said):
        yield "quotation marks are “ ” and ‘ ’"
    if re.search(rf"{near}(?:\.\.\.|--)|(?:\.\.\.){near}", said):
        yield "write …… and ——"


def context(text, found):
    return text[max(0, found.start() - 8) : found.end() + 8]


def wording(text):
    """Yield words and turns that sound translated."""
    said = prose(text)
    for word, hint in TRANSLATIONESE.items():
        if word in said:
            yield f"{word}: {hint}"
    for pattern, hint in PATTERNS.items():
        if found := re.search(pattern, said):
            yield f"{found[0]}: {hint}"


def wrong_terms(text):
    """Yield roles {term} whose Chinese is not the table's."""
    for match in re.finditer(r"\{term\}`([^`<]*?)\s*<([^<>`]+)>`", text):
        allowed = catalogues.terms(LANGUAGE).get(match[2].lower())
        if allowed and not any(way in match[1] for way in allowed):
            yield f"term {match[2]}: the table has {' or '.join(sorted(allowed))}, not {match[1]}"


def stays(text):
    """Say whether a message is a formula or a signature, or words of a sentence that the real head reads."""
    said = SHOWN.sub(r"\1", text)
    return "\\" in text or any(all(part.strip() in one for part in said.split("…")) for one in sentences())


@cache
def sentences():
    stored = json.loads((ROOT / "docs" / "facts" / "sentences.json").read_text(encoding="utf-8"))
    return [one["sentence"] for one in stored["sentences"]]


def complaints(source, text, is_rst=False):
    """Return all that is wrong with one translation."""
    found = [*markup(source, text), *asterisks(text, is_rst), *wrong_terms(text)]
    if re.search(HAN, text):
        found += [*punctuation(text, is_rst), *wording(text)]
    elif text == source and len(re.findall(r"\b[a-z]+\b", prose(text))) > 5 and not stays(text):
        found.append("this is still English")
    return found


def lint(path):
    """Return all that is wrong with a catalogue, and how many of its messages are open."""
    catalogue = catalogues.read(path, LANGUAGE)
    is_rst = path.stem in catalogues.RST
    problems, open_messages = [], 0
    for entry in catalogue:
        if not entry.id:
            continue
        open_messages += not entry.string or entry.fuzzy
        if entry.fuzzy:
            problems.append((entry, "the English has changed: look at it, then delete the line with fuzzy"))
        if entry.string:
            problems += [(entry, problem) for problem in complaints(entry.id, entry.string, is_rst)]
    return problems, open_messages


def main(paths):
    total = 0
    for path in paths:
        problems, left = lint(path)
        lines = path.read_text(encoding="utf-8").splitlines()
        at = {line: number for number, line in enumerate(lines, 1) if line.startswith("msgid ")}
        for entry, problem in problems:
            line = next((n for text, n in at.items() if text[7:-1] == escaped(entry.id)), 0)
            print(f"{path.name}:{line}: {problem}\n    {entry.string[:110]}")
        print(f"{path.name}: {len(problems)} to mend, {left} open")
        total += len(problems)
    return 1 if total else 0


def escaped(text):
    return text.replace("\\", "\\\\").replace('"', '\\"')


if __name__ == "__main__":
    sys.exit(main([Path(name) for name in sys.argv[1:]] or sorted((catalogues.LOCALES / LANGUAGE).glob("*.po"))))
