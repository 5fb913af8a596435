"""The site in two languages: every page has the same facts, terms, formulas, code, links and ids in both; what the
catalogues may not contain; and what happens to them when a page changes."""

import html
import os
import pickle
import posixpath
import re
from collections import Counter
from types import SimpleNamespace

import build_site
import lint_translation
import nbformat
import pytest
import translate
from conftest import DOCS, SITE, build_small_site, english_pages
from sphinx.util.nodes import extract_messages
from theme import mends
from translation import catalogues, theme_words, words
from translation.markdown import translate_markdown
from translation.pages import other_languages

LANGUAGE = "zh_CN"
HANZI = re.compile(r"[\u4e00-\u9fff]")
FILES = sorted((DOCS / "locales" / LANGUAGE).glob("*.po"))
PAGES = [path.relative_to(SITE).as_posix() for path in english_pages()]
# What both languages must have, as often as each other: a pattern for each kind of thing.
SAME = {
    "facts": r'<span class="fact">(.*?)</span>',
    "terms": r'href="[^"]*glossary\.html(#term-[^"]+)"',
    "formulas": r"<math.*?</math>",
    "code in a line": r'<code class="(?![^"]*download)[^"]*literal[^"]*">(.*?)</code>',
    "blocks of code": r"<pre.*?</pre>",
    "cells": r'<div class="cell [^"]*"',
    "states of figures": r'data-set="([^"]*)"',
    "figures": r'<svg[^>]* role="img"',
    "lines in figures": r' d="(M [^"]*)"',
    "roles": r'class="(role-[a-z]+)"',
    "words for modules": r'class="(word-[a-z0-9-]+)"',
    "ids": r' id="(?!says-)([^"]+)"',  # what pops up is counted in the order of the words
    "options of quizzes": r'class="admonition (quiz-option[^"]*)"',
}
SWITCH = re.compile(r'<a class="language-switch" href="([^"]+)" hreflang="([^"]+)" lang="[^"]+">(.*?)</a>')


def text_of(page, folder=""):
    return (SITE / folder / page).read_text(encoding="utf-8")


def without_comments(markup):
    """Code without its comments and without its markup: what runs."""
    markup = re.sub(r'<span class="c1">.*?</span>', "", markup)
    return "\n".join(line.rstrip() for line in re.sub(r"<[^>]+>", "", markup).splitlines() if line.strip())


def things(kind, text):
    found = re.findall(SAME[kind], text, re.DOTALL)
    return Counter(map(without_comments, found) if kind == "blocks of code" else found)


def links(page, folder=""):
    """Where a page leads, as seen from its language's part of the site; the other language is left out."""
    text = re.sub(r'<(?:a|link)[^>]*hreflang="[^"]*"[^>]*>', "", text_of(page, folder))
    at = posixpath.join("/", folder, posixpath.dirname(page))
    found = Counter()
    for href in map(html.unescape, re.findall(r'<a [^>]*href="([^"]+)"', text)):
        href = re.sub(r"\?q=.*", "?q=", href)  # what is asked of the search is words
        place = href if "://" in href or href[0] == "#" else posixpath.normpath(posixpath.join(at, href))
        found[place.removeprefix(f"/{folder}") if folder else place.lstrip("/") if place[0] == "/" else place] += 1
    return Counter({place.lstrip("/"): count for place, count in found.items()})


def test_the_build_and_the_pages_agree_where_a_language_is():
    """tools/build_site.py asks for a language before Sphinx has read conf.py."""
    text = (DOCS / "conf.py").read_text(encoding="utf-8")
    told = dict(re.findall(r'lesson_languages\["(\w+)"\] = \("(\w+)/"', text))
    assert {"en": ""} | told == build_site.LANGUAGES
    assert set(told) == {path.name for path in (DOCS / "locales").iterdir()}


@pytest.mark.site
def test_both_languages_have_the_same_pages():
    assert sorted(path.relative_to(SITE / "zh").as_posix() for path in (SITE / "zh").rglob("*.html")) == PAGES
    assert len(PAGES) > 100


@pytest.mark.site
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_the_same_in_both_languages(page):
    """All but the words; in a paragraph things may stand in another order."""
    english, chinese = text_of(page), text_of(page, "zh")
    for kind in set(SAME) - {"ids"} if page == "genindex.html" else SAME:  # its groups are named by their letters
        assert things(kind, english) == things(kind, chinese), kind
    assert page == "genindex.html" or links(page) == links(page, "zh")


@pytest.mark.site
@pytest.mark.parametrize("page", PAGES)
def test_every_page_leads_to_itself_in_the_other_language(page):
    for folder, code, other, name in (("", "zh-CN", "zh/", "中文"), ("zh", "en", "", "English")):
        text = text_of(page, folder)
        assert f'<html lang="{"zh-CN" if folder else "en"}"' in text.replace(' class="no-js"', "")
        heads = re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="https?://[^"]+">', text)
        assert heads == ([code] if os.environ.get("NWLESSON_SITE_URL") else [])
        assert text.count('rel="alternate"') == len(heads)
        switches = re.findall(
            r'<a class="language-switch" href="([^"]+)" hreflang="([^"]+)" lang="[^"]+">(.*?)</a>', text
        )
        assert switches and {(found, said) for _, found, said in switches} == {(code, name)}
        for href, _, _ in switches:
            if page != "404.html":
                at = posixpath.join(folder, posixpath.dirname(page))
                assert posixpath.normpath(posixpath.join(at, href)) == posixpath.join(other, page)
        anchors = re.findall(r'<a class="headerlink language" href="[^"#]+#([^"]+)"', text)
        assert set(anchors) <= set(re.findall(r' id="([^"]+)"', text_of(page, other)))


@pytest.mark.parametrize(("site", "whole"), [("https://a.test/b/zh/", "https://a.test/b/lessons/one.html"), ("", "")])
def test_a_search_engine_is_told_the_whole_address_or_none(site, whole):
    languages = {"en": ("", "English"), "zh_CN": ("zh/", "中文")}
    config = SimpleNamespace(language="zh_CN", lesson_languages=languages, html_baseurl=site)
    (other,) = other_languages(SimpleNamespace(config=config), "lessons/one")
    assert (other["whole"], other["link"]) == (whole, "../../lessons/one.html")


@pytest.mark.site
def test_what_is_translated_is_shown_in_chinese():
    """Sphinx drops a translation that it reads as something else, and others take a page apart before us."""
    said = {entry.id for entry in catalogues.entries(LANGUAGE).values() if entry.string != entry.id and " " in entry.id}
    no_words = re.compile(r'<span class="(?!c1)\w+">[^<]*</span>|<[^>]* lang="en"[^>]*>[^<]*', re.DOTALL)
    left = set()
    said.remove("Attention in fifty points")  # the line that names us as the source stands in both languages
    for page in PAGES:
        text = no_words.sub("", text_of(page, "zh"))
        shown = {" ".join(html.unescape(words).split()) for words in re.findall(r"<\w[^>]*>([^<>]+)<", text)}
        left |= {(page, words) for words in shown & said}
    assert left == set()


PRINTED = re.compile(r'<div class="(?:output|sphx-glr-script-out)[ "].*?<pre[^>]*>(.*?)</pre>', re.DOTALL)
DRAWN = re.compile(r'<div class="highlight-text[ "].*?<pre[^>]*>(.*?)</pre>', re.DOTALL)
ASSERTED = re.compile(r'^ *assert .*, f?"([^"\n]*)"$', re.MULTILINE)
# What a tensor says of itself is explained where one comes first.
OF_TORCH = {"tensor", "torch", "Size", "dtype", "float", "True", "False", "requires_grad"}


def unexplained(block, said):
    """Yield the lines of a block of which no word stands in the text around it."""
    for line in block.splitlines():
        words = set(re.findall(r"[A-Za-z][a-z]{3,}", line)) - OF_TORCH
        if words and not any(re.search(rf"(?<![A-Za-z]){word}(?![A-Za-z])", said, re.IGNORECASE) for word in words):
            yield line


@pytest.mark.site
def test_english_that_stays_on_a_chinese_page_is_explained_there():
    """Code prints English, as it does at the reader's, and so do its tests: the text takes up a word of each line.
    Formulas and drawings have no words of their own; the way on is no button."""
    left = set()
    for page in PAGES:
        text = text_of(page, "zh").split("<article", 1)[-1]
        said = re.sub(r"<pre.*?</pre>|<(script|style)\b.*?</\1>|<[^>]+>", " ", text, flags=re.DOTALL)
        blocks = PRINTED.findall(text) + [block for block in DRAWN.findall(text) if "─" in block]
        code, *blocks = (html.unescape(re.sub(r"<[^>]+>", "", block)) for block in (text, *blocks))
        blocks += [re.sub(r"\{[^}]*\}", "", words) for words in ASSERTED.findall(code)]
        left |= {(page, line) for block in blocks for line in unexplained(block, said)}
        left |= {(page, words) for words in re.findall(r"<mtext>([^<]*[A-Za-z]{4}[^<]*)</mtext>", text)}
        left |= {(page, words) for words in re.findall(r"<span>([上下]一步)</span>", text)}
    assert left == set()


# What a line of a notebook has besides words: code, formulas, pictures.
NO_TEXT = re.compile(r"```.*?```|<code>.*?</code>|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$", re.DOTALL)


@pytest.mark.site
@pytest.mark.parametrize("path", sorted((SITE / "zh" / "notebooks").glob("[lp]*/*.ipynb")), ids=lambda path: path.stem)
def test_a_chinese_notebook_is_chinese(path):
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
    lines = NO_TEXT.sub("", "\n".join(cells)).splitlines()
    left = [line for line in lines if re.search(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}", line) and not HANZI.search(line)]
    assert left == []


@pytest.mark.site
def test_a_title_that_begins_with_a_number_keeps_it_in_a_notebook():
    """The number of a lesson stands before its title already."""
    text = (SITE / "zh" / "notebooks" / "lessons" / "09-leave-yourself-out.ipynb").read_text(encoding="utf-8")
    assert "网站上的图 (*4 个点" in text
    assert "(*8 " not in text


def test_after_a_directive_the_words_are_translated_again():
    """Its last fence looks like the first of a block of code."""
    page = """```{living} a
:turn: the width

At {w}.
```

Then.

:::{note} Title
```{admonition} Answer
:collapsible: closed

Inside.
```
After.
:::

```
Code.
```
End."""
    said = translate_markdown(page, lambda text: text.upper())
    assert re.findall(r"^[A-Z][A-Za-z {}]+\.$", said.replace("{W}", "{w}"), re.MULTILINE) == [
        *("AT {w}.", "THEN.", "INSIDE.", "AFTER.", "Code.", "END.")
    ]
    assert ":::{note} TITLE" in said


@pytest.mark.site
def test_a_parameter_is_set_as_chinese_is_set(parsed):
    said = []
    for path in (SITE / "zh" / "reference" / "generated").glob("*.html"):
        fields = parsed(path.relative_to(SITE).as_posix()).select("dl.field-list dd p")
        said += [field.get_text() for field in fields]
    assert any(field.startswith("n_train（int）：") for field in said)
    assert any(field.startswith("TypeError 或 ValueError：") for field in said)
    assert any(
        field.startswith("axes（collections.abc.Sequence，每项是 matplotlib.axes.Axes，可选）：") for field in said
    )
    assert any(field.startswith("keys, values（torch.Tensor）：") for field in said)
    assert [field for field in said if re.search(r" -- | (of|or) |optional", field)] == []


@pytest.mark.site
def test_glossary_and_index_are_in_the_order_of_the_sounds(parsed):
    """A reader of Chinese looks for a term by its first sound; those in Latin letters stand first."""
    terms = [term.find(string=True) for term in parsed("zh/reference/glossary.html").select("dl.glossary > dt")]
    asked = [
        "repeat（整段重复）",
        "repeat_interleave",
        "softmax",
        "边界偏差",
        "参数",
        "带宽",
        "高斯核",
        "核",
        "加权平均",
        "键",
        "轮（迭代周期）",
        "掩码",
        "值",
        "最近邻",
    ]
    assert [term for term in terms if term in asked] == asked
    index = parsed("zh/genindex.html")
    assert [letter for letter in index.select("article h2") if not re.match("[A-Z]", letter.get_text())] == []
    assert "注意力" in index.select_one("#Z").get_text() and "softmax" in index.select_one("#S").get_text()


@pytest.mark.site
def test_what_is_taken_home_stands_in_brackets_of_its_language(parsed):
    for folder, brackets in ("", ["(", ", ", ")"]), ("zh/", ["（", "，", "）"]):
        offered = parsed(f"{folder}lessons/01-fifty-noisy-points.html").select_one(".notebook-links").get_text()
        assert re.findall(r"[(（]\.zip(.*?)\d+\N{NO-BREAK SPACE}KB[)）]", offered) == [brackets[1]]
        assert set(re.findall(r"[()（）]", offered)) == {brackets[0], brackets[2]}


@pytest.mark.site
def test_italics_are_latin():
    found = [(page, em) for page in PAGES for em in re.findall(r"<em\b.*?</em>", text_of(page, "zh"), re.DOTALL)]
    assert [(page, em) for page, em in found if re.search(r">[^<]*[\u3400-\u9fff]", em)] == []
    assert any("<em>Kernel Smoothing</em>" in em for _, em in found)


@pytest.mark.site
def test_what_the_bibliography_says_of_a_book_is_said_in_chinese():
    shown = html.unescape(text_of("reference/bibliography.html", "zh")).replace("\N{NO-BREAK SPACE}", " ")
    known = catalogues.entries(LANGUAGE)
    assert len(theme_words.notes()) > 4
    assert [note for note in theme_words.notes() if note in shown or known[note].string not in shown] == []


def test_what_the_libraries_write_is_translated():
    known = catalogues.entries(LANGUAGE)
    assert [word for word in (*theme_words.WORDS, *mends.NAMES) if word not in known] == []


@pytest.mark.site
def test_the_search_page_makes_no_function_of_a_text():
    assert "translations.js" in text_of("search.html", "zh")
    assert "translations.js" not in text_of("index.html", "zh")
    script = (SITE / "zh" / "_static" / "translations.js").read_text(encoding="utf-8")
    assert "PLURAL_EXPR = () => 0" in script and "addTranslations" not in script


# The catalogues


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_in_a_catalogue_is_broken(path):
    problems, left = lint_translation.lint(path)
    assert [(problem, entry.string) for entry, problem in problems] == []
    assert left == 0, "a message is missing, or its English has changed"


@pytest.mark.site
def test_every_message_of_the_pages_is_in_a_catalogue():
    """Else somebody has changed a page and not called `make translate`."""
    known, missing = set(catalogues.entries(LANGUAGE)), set()
    for path in (DOCS / "_build" / "doctrees").rglob("*.doctree"):
        with path.open("rb") as file:
            document = pickle.load(file)
        found = {message for _, message in extract_messages(document)}
        for picture in words.picture_files(document, DOCS):
            found |= set(words.of_picture(picture.read_text(encoding="utf-8")))
        for block in words.blocks_of_code(document):
            found |= set(words.of_code(block.astext(), words.language_of(block)))
        missing |= {message for message in found if catalogues.has_words(message)} - known
    assert not missing, "call make translate"


def test_a_message_stands_in_one_catalogue():
    found = Counter(entry.id for path in FILES for entry in catalogues.read(path, LANGUAGE) if entry.id)
    assert [message for message, count in found.items() if count > 1] == []
    assert len(found) > 3500


@pytest.fixture
def locales(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogues, "LOCALES", tmp_path)
    (tmp_path / LANGUAGE).mkdir()
    return tmp_path / LANGUAGE


def translated(locales, name, table):
    path = locales / f"{name}.po"
    catalogue = catalogues.read(path, LANGUAGE)
    for entry in catalogue:
        entry.string = table.get(entry.id, entry.string)
    catalogues.write(path, catalogue)


BEFORE = {
    "A point far away counts little.": [("docs/lessons/03-x.md", 3)],
    "Answer": [("docs/lessons/01-y.md", 9), ("docs/lessons/03-x.md", 7)],
    "$x$ and `x`": [("docs/lessons/03-x.md", 8)],
    "`x`": [("docs/lessons/03-x.md", 9)],
}


def test_one_changed_paragraph_is_one_message_to_look_at(locales):
    catalogues.update(BEFORE, LANGUAGE)
    translated(locales, "lesson-03", {"A point far away counts little.": "远处的点，算得少。"})
    translated(locales, "lesson-01", {"Answer": "答案"})
    after = {"A point far away counts very little.": [("docs/lessons/03-x.md", 3)]}
    after |= {message: places for message, places in BEFORE.items() if message != "A point far away counts little."}
    files = catalogues.update(after, LANGUAGE)
    changed = [entry for catalogue in files.values() for entry in catalogue if entry.id and entry.fuzzy]
    assert [(entry.id, entry.string) for entry in changed] == [
        ("A point far away counts very little.", "远处的点，算得少。")
    ]
    assert catalogues.entries(LANGUAGE)["Answer"].string == "答案"
    catalogues.join(locales.parent / "build", LANGUAGE)
    made = (locales.parent / "build" / "locales" / LANGUAGE / "LC_MESSAGES" / "site.mo").read_bytes()
    assert "答案".encode() in made and "远处".encode() not in made, "what has changed stands there in English"
    assert b"Creation-Date: 1970" in made, "with the minute in it, every build would read all Chinese pages again"


def test_a_second_look_changes_nothing(locales):
    catalogues.update(BEFORE, LANGUAGE)
    translated(locales, "lesson-01", {"Answer": "答案：" + 40 * "很长的一行，"})
    files = {path: path.read_bytes() for path in locales.glob("*.po")}
    catalogues.update(BEFORE, LANGUAGE)
    assert {path: path.read_bytes() for path in locales.glob("*.po")} == files


def test_what_has_no_words_is_nobodys_work(locales):
    catalogues.update(BEFORE, LANGUAGE)
    assert set(catalogues.entries(LANGUAGE)) == {"A point far away counts little.", "Answer", "$x$ and `x`"}


# What Sphinx's translation breaks, mended

SMALL = {
    "index.md": "# Home\n\nLead to [the place](page.md#deep-inside).\n\n```{toctree}\npage\n```\n",
    "page.md": """\
---
layout: slides
---
# A page

It has changed.

## Deep inside

:::{admonition} Your turn
| head | other |
| ---- | ----- |
| cell | $x$   |
:::

```python
x = 1  # one number
```
""",
    "conf.py": "",
}
SAID = {"A page": "一页", "Deep inside": "深处", "cell": "格子", "slides": "幻灯片", "# one number": "# 一个数"}
SAID |= {
    "Your turn": "轮到你了",
    "It has changed.": "旧的话。",
    "Lead to [the place](page.md#deep-inside).": "去[那里](page.md#deep-inside)。",
}


@pytest.fixture
def small(locales, tmp_path):
    """A small site in Chinese, and what Sphinx complained about."""
    catalogues.update({message: [("docs/index.md", 1)] for message in SAID}, LANGUAGE)
    translated(locales, "home", SAID)
    path = locales / "home.po"
    fuzzy = '#, fuzzy\nmsgid "It has changed."'
    path.write_text(path.read_text(encoding="utf-8").replace('msgid "It has changed."', fuzzy), encoding="utf-8")
    settings = {"language": LANGUAGE, "gettext_compact": "site", "html_theme": "furo", "myst_heading_anchors": 3}
    settings |= {"locale_dirs": [catalogues.join(tmp_path, LANGUAGE)], "myst_enable_extensions": ["colon_fence"]}
    settings |= {"lesson_languages": {"en": ("", "English"), LANGUAGE: ("zh/", "中文")}}
    settings |= {"extensions": ["myst_parser", "translation", "slides", "theme"]}
    for name, text in SMALL.items():
        (tmp_path / "source").mkdir(exist_ok=True)
        (tmp_path / "source" / name).write_text(text, encoding="utf-8")
    out = tmp_path / "out" / "zh"
    return out, build_small_site(tmp_path / "source", out, tmp_path / "trees", settings=settings)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sphinx.deprecation.RemovedInSphinx11Warning")  # MyST asks in the old way
def test_a_page_in_chinese_keeps_what_it_is(small):
    out, warnings = small
    assert not warnings, "links to a heading by its English name still lead there"
    home, page = ((out / name).read_text(encoding="utf-8") for name in ("index.html", "page.html"))
    assert re.search(r'href="page.html#deep-inside">.*那里', home)
    assert '<div class="slides">' in page, "the setting of a page is no word of it"
    assert "深处" in page and 'id="deep-inside"' in page
    assert "格子" in page, "cells of a table in a box have their words, too"
    assert "# 一个数" in page and "one number" not in page
    assert "It has changed." in page and "旧的话" not in page, "what is fuzzy stands in English"
    assert 'href="../page.html#deep-inside" hreflang="en"' in page and "幻灯片" not in page


# What the lint sees: the English, the Chinese, and a word of the complaint.
BROKEN = [
    ("It is {fact}`a`.", "是 {fact}`b`。", "role"),
    ("It is {fact}`a`.", "是。", "missing role"),
    ("A {term}`kernel`.", "这叫{term}`核`。", "term"),
    ("A {term}`kernel`.", "这叫{term}`窗 <kernel>`。", "the table has"),
    ("See [it](x.md).", "看[它](y.md)。", "link"),
    ("Take `x`.", "拿 `y`。", "code"),
    ("Take $x$.", "拿 $y$。", "formula"),
    ("{n} of {m}", "{n} 个", "place"),
    ("{try}`Go <w=1>`", "{try}`走 <w=2>`", "state"),
    ("**Now.** Then", "**现在。**然后", "asterisks"),
    ("Well, so.", "好,对。", "half-width"),
    ("Well.", "好.", "half-width"),
    ("Take 3 of them.", "拿3个。", "no space"),
    ("See slide 11.", "看第 12 张。", "missing number: 11"),
    ("Well so.", "好 的。", "space between"),
    ("Well, so.", "好， 对。", "beside wide"),
    ("We train.", "我们对它进行训练。", "进行"),
    ("When it is far, it counts little.", "当它远的时候，当它在远处时，算得少。", "当"),
    ("Two bells, side by side.", "两口钟，并排放着。", "钟形"),
    ("Take the quiz.", "做小测。", "小测验"),
    ("# one\n# two", "# 一\n二", "comment"),
    ("1. tile the inputs", "1. 平铺输入", "list"),
    ("The point that is far away counts little.", "The point that is far away counts little.", "still English"),
]


@pytest.mark.parametrize(("source", "text", "complaint"), BROKEN)
def test_the_lint_sees_what_is_broken(source, text, complaint):
    assert [found for found in lint_translation.complaints(source, text) if complaint in found]


RIGHT = [
    (
        "**Near** is {fact}`a` of `b`: the {term}`kernel` with $w = 4$, see [lesson 9](x.md).",
        "**近**就是 `b` 的 {fact}`a`：{term}`核 <kernel>`取 $w = 4$，看[第 9 课](x.md)。",
    ),
    ("a {term}`kernel`, a {query}`query`", "这叫{term}`核 <kernel>`，那是{query}`查询`"),
    ("The **{term}`kernel`** {cite}`a`", "**{term}`核 <kernel>`**：{cite}`a`"),
    ("Which? {try}`one <w=1>` {try}`two <w=2>`", "哪个？{try}`一 <w=1>` {try}`二 <w=2>`"),
    (r"\hat f(x) = \sum_i a_i y_i", r"\hat f(x) = \sum_i a_i y_i"),
    ("The animal … because {query}`it` was too tired", "The animal … because {query}`it` was too tired"),
]


@pytest.mark.parametrize(("source", "text"), RIGHT)
def test_the_lint_lets_pass_what_is_right(source, text):
    assert lint_translation.complaints(source, text) == []


def test_the_lint_knows_the_markup_of_docstrings():
    assert lint_translation.complaints("A **bold** word.", "一个 **粗** 字。", is_rst=True) == []
    assert lint_translation.complaints("See :doc:`it <x>`.", "看\\ :doc:`那里 <x>`。", is_rst=True) == []


# Pictures and code


def test_words_in_a_picture_are_found_and_put_back():
    svg = '<svg role="img" aria-label="A curve, 2.5 at x = 1,000 &amp; up"><text x="1">{}</text><text>0.5</text></svg>'
    said = {"A curve, {1} at x = {2} & up": "x = {2} 处是 {1} 的曲线", "w = {1}, best": "最好：w = {1}"}
    done = words.translate_picture(svg.format("w = 4, best"), lambda message: said.get(message, message))
    assert 'aria-label="x = 1,000 处是 2.5 的曲线"' in done
    assert ">最好：w = 4</text><text>0.5</text>" in done


def test_comments_are_found_and_code_is_left_alone():
    code = 'x = "# no comment"  # one number\n# two lines\n# of words\ny = 1  # (50,)\n'
    assert list(words.of_code(code, "python")) == ["# one number", "# two lines\n# of words"]
    said = {"# one number": "# 一个数", "# two lines\n# of words": "# 两行\n# 字"}
    done = words.translate_code(code, "python", lambda message: said.get(message, message))
    assert done == 'x = "# no comment"  # 一个数\n# 两行\n# 字\ny = 1  # (50,)\n'


def test_translating_touches_nothing_that_makes_code_run_again():
    from execution.fingerprints import sources

    assert not [path for path in sources() if "translation" in path.parts or "locales" in path.parts]


def test_every_source_has_a_catalogue():
    with pytest.raises(ValueError, match="no catalogue"):
        catalogues.file_of([("elsewhere/x.md", 1)])
    assert translate.short(str(DOCS / "index.md")) == "docs/index.md"
