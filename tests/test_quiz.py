"""Quizzes: the directive, every question against what torch really does, and the pages in a browser."""

import ast
import contextlib
import functools
import gzip
import io
import re
from pathlib import Path
from typing import NamedTuple

import execution
import nbformat
import notebooks
import pytest
import quiz
import roles
import torch
from bs4 import BeautifulSoup
from conftest import DOCS, LOOKS, SITE, axe_complaints, build_small_site, english_pages
from notebooks.markdown import Links

PAGES = sorted(DOCS.glob("practice/quiz-*.md"))
QUIZ = re.compile(r"^:::\{quiz\}\n(.*?)^:::$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GOOD = """\
What is one and one?

- `1`

  That is one of them.

+ `2`

  Count them,

  twice.

- Something
  else

  No.
"""


def words(html: str) -> str:
    return " ".join(html.split())


# The directive


def test_a_quiz_is_taken_apart():
    question, options = quiz.split(GOOD)
    assert question.strip() == "What is one and one?"
    assert [option.right for option in options] == [False, True, False]
    assert [option.choice for option in options] == ["`1`", "`2`", "Something\nelse"]
    assert options[1].reason == "Count them,\n\ntwice."
    assert [GOOD.splitlines()[option.line][2:5] for option in options] == ["`1`", "`2`", "Som"]


def test_a_line_of_code_in_the_question_is_no_option():
    question, options = quiz.split("```python\n- x\n```\n\n" + GOOD)
    assert "- x" in question
    assert len(options) == 3


@pytest.mark.parametrize(
    ("old", "new", "message", "line"),
    [
        ("+ `2`", "- `2`", "0 do", 2),
        ("- `1`", "+ `1`", "2 do", 6),
        ("  That is one of them.\n", "", "no reason", 2),
        ("What is one and one?", "", "begins with its question", 0),
        ("- Something\n  else\n\n  No.\n", "", "three or four options, but this one has 2", 0),
        ("  No.", "  No.\n\n- a\n\n  a\n\n- b\n\n  b", "three or four options, but this one has 5", 0),
        ("  twice.", "twice.", "belongs to no option", 10),
        ("  twice.", " twice.", "belongs to no option", 10),
    ],
)
def test_a_quiz_that_makes_no_sense_says_where(old, new, message, line):
    assert old in GOOD
    with pytest.raises(quiz.QuizError, match=message) as error:
        quiz.split(GOOD.replace(old, new))
    assert error.value.line == line


CONF = """\
extensions = ["myst_nb", "quiz"]
html_theme = "basic"
nb_execution_mode = "off"
myst_enable_extensions = ["colon_fence"]
exclude_patterns = ["_*"]
lesson_build = "{build}"
locale_dirs = ["_locales"]
gettext_compact = False
language = "{language}"
"""
PLAIN = "# Plain\n\nNo quiz.\n"


def build(folder: Path, text: str, *, builder: str = "html", language: str = "en") -> tuple[Path, str]:
    """Build a small site with one page that has a quiz; return where it is and what Sphinx complained about."""
    (folder / "_made" / "static").mkdir(parents=True, exist_ok=True)
    (folder / "conf.py").write_text(CONF.format(build=folder / "_made", language=language), encoding="utf-8")
    (folder / "index.md").write_text(text, encoding="utf-8")
    (folder / "plain.md").write_text("---\norphan: true\n---\n\n" + PLAIN, encoding="utf-8")
    out = folder / "_made" / builder / language
    return out, build_small_site(folder, out, folder / "_made" / "trees" / language, builder)


def page_with(body: str) -> str:
    return f"# Title\n\nText.\n\n:::{{quiz}}\n{body}:::\n"


def test_a_quiz_becomes_folds_that_need_no_script(tmp_path):
    out, warnings = build(tmp_path, page_with(GOOD) + "\n" + page_with(GOOD).partition("\n")[2])
    assert not warnings
    html = BeautifulSoup((out / "index.html").read_text(encoding="utf-8"), "html5lib")
    assert len(html.select(".quiz")) == 2
    folds = html.select(".quiz")[0].select("details")
    assert [fold.find(True).name for fold in folds] == ["summary"] * 3
    assert [fold.summary.get_text() for fold in folds] == ["1", "2", "Something\nelse"]
    assert [fold.find_all("p")[0].get_text() for fold in folds] == ["Not this one.", "Right.", "Not this one."]
    assert [p.get_text() for p in folds[1].find_all("p")[1:]] == ["Count them,", "twice."]
    assert ["quiz-right" in fold["class"] for fold in folds] == [False, True, False]
    assert not html.select("details[open]")
    assert len(html.select(".quiz-words")) == 1, "the words stand on a page once"
    assert [tag.has_attr("defer") for tag in html.select('script[src*="quiz.js"]')] == [True]
    assert len(html.select('link[href*="quiz.css"]')) == 1
    assert "quiz.js" not in (out / "plain.html").read_text(encoding="utf-8")
    assert "quiz.css" not in (out / "plain.html").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "message", "line"),
    [
        ("+ `2`", "- `2`", "one option is right and begins with +, but 0 do", 8),
        ("  That is one of them.\n", "", "this option has no reason", 8),
        ("- `1`", "- ## A heading", "an option begins with one paragraph", 8),
        ("What is one and one?", "{nosuch}`x`", "nosuch", 6),
        ("- `1`", "- {nosuch}`x`", "nosuch", 8),
        ("  twice.", "  {nosuch}`x`", "nosuch", 16),
        ("  No.", "  {nosuch}`x`", "nosuch", 21),
    ],
)
def test_the_build_stops_at_a_bad_quiz_with_its_line(tmp_path, old, new, message, line):
    _, warnings = build(tmp_path, page_with(GOOD.replace(old, new)))
    assert f"index.md:{line}: " in warnings
    assert message in warnings


def test_everything_a_quiz_says_can_be_translated(tmp_path):
    out, _ = build(tmp_path, page_with(GOOD), builder="gettext")
    template = (out / "index.pot").read_text(encoding="utf-8")
    said = ["What is one and one?", "`1`", "`2`", "That is one of them.", "Something else"]
    said += [*quiz.VERDICT.values(), *quiz.WORDS.values()]
    messages = words(template.replace('"\n"', ""))
    assert [text for text in said if f'msgid "{text}"' not in messages] == []
    catalogue = tmp_path / "_locales" / "de" / "LC_MESSAGES" / "index.po"
    catalogue.parent.mkdir(parents=True)
    german = {"`2`": "`zwei`", "Right.": "Richtig.", "That is one of them.": "Das ist eins davon."}
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
    catalogue.write_text(head + "".join(f'\nmsgid "{k}"\nmsgstr "{v}"\n' for k, v in german.items()), encoding="utf-8")
    out, _ = build(tmp_path, page_with(GOOD), language="de")
    html = BeautifulSoup((out / "index.html").read_text(encoding="utf-8"), "html5lib")
    right = html.select_one(".quiz-option.quiz-right")
    assert right.summary.get_text() == "zwei"
    assert right.select_one(".quiz-verdict").get_text() == "Richtig."
    assert html.select_one(".quiz-words .quiz-right").get_text() == "Richtig."
    assert "Das ist eins davon." in html.get_text()


def test_in_the_notebook_an_option_is_a_fold():
    text = notebooks.plain(
        f":::{{quiz}}\n```python\na < b\n```\n\n{GOOD}:::\n", {}, "practice/quiz-shapes", Links("", {}, {})
    )
    assert text.startswith("```python\na < b\n```")
    assert text.count("<details>") == text.count("</details>") == 3
    assert "<details><summary><code>2</code></summary>\n\n**Right.**\n\nCount them,\n\ntwice.\n\n</details>" in text
    assert "<details><summary>Something else</summary>\n\n**Not this one.**\n\nNo.\n\n</details>" in text
    assert "quiz" not in text


@pytest.mark.site
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_notebook_of_a_page_folds_what_the_page_hides(page):
    """Or the code that draws the pictures would give the answers away."""
    notebook = nbformat.read(SITE / "notebooks" / "practice" / f"{page.stem}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert (
        text.count("<details>")
        == text.count("</details>")
        == len(re.findall(r"^[-+] ", page.read_text(encoding="utf-8"), re.MULTILINE))
    )
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.id != "needs"]
    shown = [cell for cell in code if not cell.metadata.get("jupyter", {}).get("source_hidden")]
    assert len(code) > len(shown) == 1, "the lines that all questions start from"
    assert "import torch" in shown[0].source


# The pages: every question is run


class Question(NamedTuple):
    code: str
    options: list[quiz.Option]
    names: dict  # as the cells of the page before it have left them


@functools.cache
def questions(page: Path) -> list[Question]:
    """Run a page from top to bottom and return its questions."""
    names, found = {}, []
    for cell in execution.read_notebook(page).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, str(page), "exec"), names)
            continue
        for body in QUIZ.findall(cell.source):
            text, options = quiz.split(body)
            (code,) = CODE.findall(text)
            found.append(Question(code, options, dict(names)))
    return found


def of(*kinds: str) -> list:
    """Return page and number of each question of these kinds; nothing is run yet."""
    pages = [page for page in PAGES if page.stem.removeprefix("quiz-") in kinds]
    counts = [(page, len(QUIZ.findall(page.read_text(encoding="utf-8")))) for page in pages]
    return [pytest.param(page, n, id=f"{page.stem}-{n + 1}") for page, count in counts for n in range(count)]


def spans(choice: str) -> list[str]:
    return re.findall(r"`([^`]+)`", choice)


def pairs(choice: str) -> list[tuple[str, str]]:
    """Return what an option would change: `old` should be `new`, and so on."""
    found = spans(choice)
    return list(zip(found[::2], found[1::2], strict=True))


def printed(code: str, names: dict) -> str:
    """Run code and return what it prints, or its error as Python writes it."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            exec(code, dict(names))
        except Exception as error:
            return words(f"{type(error).__name__}: {error}")
    return words(out.getvalue())


def result(code: str, names: dict):
    """Run code and return what its last line assigns, or None where it fails."""
    scope = dict(names)
    try:
        exec(code, scope)
    except Exception:
        return None
    return torch.as_tensor(scope[ast.parse(code).body[-1].targets[0].id])


def same(a, b) -> bool:
    return a is not None and a.shape == b.shape and torch.allclose(a, b.to(a.dtype), atol=1e-4, equal_nan=True)


@pytest.mark.slow
@pytest.mark.parametrize(("page", "n"), of("shapes", "numbers"))
def test_what_is_printed_is_the_right_option_and_no_other(page, n):
    code, options, names = questions(page)[n]
    outcome = printed(code, names)
    for option in options:
        (claimed,) = spans(option.choice)
        assert (words(claimed) == outcome) == option.right, f"torch says {outcome}"


@pytest.mark.parametrize(("page", "n"), of("plots"))
def test_what_is_drawn_is_the_right_picture_and_no_other(page, n):
    code, options, names = questions(page)[n]
    drawn = result(code, names)
    for option in options:
        shown = names["options"][option.choice.removeprefix("Picture ")]
        assert same(drawn, shown) == option.right, option.choice
    pictures = list(names["options"].values())
    assert not [a for i, a in enumerate(pictures) for b in pictures[:i] if same(a, b)], "two options look alike"


@pytest.mark.parametrize(("page", "n"), of("bugs"))
@pytest.mark.filterwarnings("ignore")
def test_the_right_suspect_mends_the_code_and_no_other(page, n):
    code, options, names = questions(page)[n]
    assert result(code, names) is not None, "a silent bug raises nothing"
    assert not same(result(code, names), names["expected"]), "it should be wrong"
    for option in options:
        mended = code
        for old, new in pairs(option.choice):
            assert old in code, f"{old} is not in the code"
            mended = mended.replace(old, new)
        assert same(result(mended, names), names["expected"]) == option.right, option.choice


def test_there_are_enough_questions_of_each_kind():
    assert len(of("shapes")) >= 8
    assert len(of("plots")) >= 5
    assert len(of("bugs")) >= 6
    assert [page.stem for page in PAGES] == ["quiz-bugs", "quiz-numbers", "quiz-plots", "quiz-shapes"]
    for page in PAGES:
        assert len(questions(page)) == page.read_text(encoding="utf-8").count("{quiz}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_right_option_has_no_favourite_place_and_is_seldom_the_longest(page):
    options = [quiz.split(body)[1] for body in QUIZ.findall(page.read_text(encoding="utf-8"))]
    places = [[option.right for option in some].index(True) for some in options]
    assert max(places.count(place) for place in range(3)) <= 0.42 * len(places)
    assert min(places.count(place) for place in range(3)) >= len(places) // 6
    longest = [max(some, key=lambda option: (len(option.choice), not option.right)).right for some in options]
    assert sum(longest) <= 0.4 * len(options), "by chance it would be the longest in every third question"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_of_quizzes_takes_ten_minutes_at_most(page):
    assert roles.minutes(page.read_text(encoding="utf-8")) <= 10


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_code_in_a_quiz_fits_a_phone(page):
    """The part that matters may be the last one."""
    lines = [
        line
        for found in QUIZ.finditer(page.read_text(encoding="utf-8"))
        for code in CODE.findall(found[1])
        for line in code.splitlines()
    ]
    assert [line for line in lines if len(line) > 41] == []


# The built pages and the browser


@pytest.mark.site
def test_the_script_is_small_and_stays_where_it_is_used():
    assert len(gzip.compress((SITE / "_static" / "quiz.js").read_bytes(), 9)) <= 1500
    loading = {path.stem for path in english_pages() if "quiz.js" in path.read_text(encoding="utf-8")}
    assert loading == {page.stem for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_description_does_not_name_the_answer(parsed, page):
    """A picture that is asked about is described by what it looks like, and not by the code that draws it."""
    for picture in parsed(f"practice/{page.stem}.html").select(".figure-svg svg"):
        assert not re.search(r"\bw\s*=|repeat|softmax|minus|self|nan\b|boxcar|truth", picture["aria-label"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_without_a_script_every_option_unfolds(views, address, page):
    window = views["plain"]
    window.goto(f"{address}practice/{page.stem}.html")
    assert not window.locator(".quiz [role=status]").count()
    assert not window.locator(".quiz-words").first.is_visible()
    first = window.locator(".quiz-option").first
    assert not first.locator(".quiz-verdict").is_visible()
    first.locator("summary").click()
    assert first.locator(".quiz-verdict").is_visible()
    seen = window.locator(".quiz-option:not([open])").evaluate_all("""all => all.map(option => {
        const verdict = option.querySelector(".quiz-verdict"), before = verdict.checkVisibility();
        option.querySelector("summary").click();
        const right = option.classList.contains("quiz-right") ? "Right." : "Not this one.";
        return [before, verdict.checkVisibility(), verdict.innerText === right];
    })""")
    assert seen == [[False, True, True]] * len(seen) and len(seen) >= 3 * 6 - 1


@pytest.mark.parametrize("view", ["phone", "desktop"])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_answers_break_no_rule_of_axe(views, address, page, view):
    window = views[view]
    window.goto(f"{address}practice/{page.stem}.html")
    if view == "phone":
        assert axe_complaints(window) == []
    window.locator(".quiz-option summary").evaluate_all("all => all.forEach(summary => summary.click())")
    assert axe_complaints(window, rules=None if view == "phone" else LOOKS) == [], "with all reasons and marks"
    assert window.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_the_keyboard_alone_answers_and_is_told(views, address):
    window = views["desktop"]
    window.goto(address + "practice/quiz-shapes.html")
    quizzes = window.locator(".quiz")
    total = quizzes.count()
    first = quizzes.nth(0)
    said = first.locator("[role=status]")
    assert said.count() == 1
    assert said.inner_text() == ""
    first.locator(".quiz-option summary").first.focus()
    window.keyboard.press("Enter")  # the first option is wrong
    assert said.inner_text() == f"Not this one: read why. First tries: 0 of 1 right. Still to answer: {total - 1}."
    assert window.evaluate("document.activeElement.parentElement.matches('.quiz-chosen:not(.quiz-right)')")
    assert window.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert window.evaluate("getComputedStyle(document.activeElement, '::after').content") == '"✗"'
    for _ in range(20):  # on to the next option, past a block of code in between
        window.keyboard.press("Tab")
        if window.evaluate("document.activeElement.matches('.quiz-option.quiz-right > summary')"):
            break
    window.keyboard.press("Space")
    assert window.evaluate("getComputedStyle(document.activeElement, '::after').content") == '"✓"'
    assert said.inner_text() == f"Right. First tries: 0 of 1 right. Still to answer: {total - 1}."
    window.keyboard.press("Space")  # folded again: the mark stays, nothing new is said
    assert window.evaluate("document.activeElement.parentElement.matches('.quiz-chosen:not([open])')")
    second = quizzes.nth(1)
    second.locator(".quiz-right summary").focus()
    window.keyboard.press("Enter")
    expected = f"Right. First tries: 1 of 2 right. Still to answer: {total - 2}."
    assert second.locator("[role=status]").inner_text() == expected
    assert window.locator(".quiz [role=status]:not(:empty)").count() == 2


def test_unfolding_without_choosing_is_no_answer(views, address):
    """The browser's own search and printing unfold options too."""
    window = views["desktop"]
    window.goto(address + "practice/quiz-shapes.html")
    window.evaluate("document.querySelector('.quiz-option').open = true")
    window.wait_for_function("() => document.querySelector('.quiz-option').open")
    assert window.locator(".quiz-chosen").count() == 0


def test_on_paper_an_option_has_its_reason_only_where_it_was_opened(views, address):
    """Or a printed quiz would be a list of answers."""
    page = views["desktop"]
    page.goto(address + "practice/quiz-shapes.html")
    option = page.locator(".quiz-option")
    option.first.locator("summary").click()
    page.emulate_media(media="print")
    verdicts = [option.nth(n).locator(".quiz-verdict").is_visible() for n in range(option.count())]
    assert verdicts == [True, *[False] * (option.count() - 1)]
    assert option.last.locator("summary").is_visible()
    assert not page.locator(".quiz [role=status]").first.is_visible()
    page.emulate_media(media="screen")
