"""The exercises: each has all its parts, its test fails with the start and passes with the solution, alone."""

import ast
import contextlib
import io
import json
import re
import tomllib
import warnings
from fractions import Fraction
from functools import cache
from typing import NamedTuple

import nbformat
import notebooks
import practice
import pytest
from conftest import DOCS, SITE
from execution import read_notebook
from notebooks.markdown import Links
from sphinx.errors import ExtensionError

PRACTICE = DOCS / "practice"
PAGES = [PRACTICE / f"exercises-{part}.md" for part in ("1", "2", "3", "4", "book")]
TYPES = {"by hand", "predict", "code", "find the bug", "explain", "design"}
BOOKS = {"Z1", "Z2", "Z3", "Z4", "E1", "E2a", "E2b", "E3", "E4"}  # zh: four; en: four, the second in two parts
LESSONS = sorted((DOCS / "lessons").glob("*.md"))
LABEL = re.compile(r"^\(exercise-([\w]+)\)=\n", re.MULTILINE)
HEAD = re.compile(
    r"\(exercise-(?P<label>\w+)\)=\n#{2,3} (?P<number>\w+) (?P<title>.+)\n\n"
    r":::\{admonition\} (?P<type>[^,]+), (?P<minutes>\d+) minutes, "
    r"for \[lesson (?P<lesson>\d+)\]\((?P<address>[^)]+)\)\n:class: exercise\n"
)
PARTS = re.compile(
    r"^:::\{admonition\} (?P<title>\S+)(?P<count>.*)\n"
    r":class: (?P<kind>hint|solution)\n(?P<folded>:collapsible: closed\n)?"
    r"|^```\{code-cell\}\n:tags: \[(?P<tags>.*)\]\n",
    re.MULTILINE,
)


class Exercise(NamedTuple):
    page: str
    text: str
    head: dict[str, str]

    @property
    def number(self) -> str:
        return self.head["number"]


def on_page(page):
    text = page.read_text(encoding="utf-8")
    for label, following in zip(starts := list(LABEL.finditer(text)), [*starts[1:], None]):
        own = text[label.start() : following.start() if following else None]
        head = HEAD.match(own)
        assert head, f"{page.name}: exercise {label[1]} has another form"
        yield Exercise(page.stem, own, head.groupdict())


EXERCISES = [exercise for page in PAGES for exercise in on_page(page)]
every_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.number)


@cache
def cells(page: str):
    """Return the code cells of a page, each with the label of its exercise ("" before the first) and its tags."""
    found, label = [], ""
    for cell in read_notebook(PRACTICE / f"{page}.md").cells:
        if cell.cell_type == "markdown":
            labels = LABEL.findall(cell.source)
            label = labels[-1] if labels else label
        else:
            found.append((label, set(cell.metadata.get("tags", ())), cell.source))
    return found


def source(exercise: Exercise, tag: str) -> list[str]:
    return [text for label, tags, text in cells(exercise.page) if label == exercise.head["label"] and tag in tags]


@cache
def prepared(page: str) -> dict:
    """What a reader has after the first cells of the page, before any exercise."""
    names: dict = {}
    for label, _, text in cells(page):
        if not label:
            exec(text, names)
    return names


def run(exercise: Exercise, *texts: str) -> str:
    """Run an exercise's cells without those of any other; return what the last of them prints."""
    names = dict(prepared(exercise.page))
    for text in texts:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(text, names)
    return printed.getvalue()


# The parts


@every_exercise
def test_an_exercise_has_all_its_parts_in_order(exercise):
    parts = []
    for part in PARTS.finditer(exercise.text):
        if part["kind"]:
            assert part["folded"], f"{part['title']}{part['count']} is not folded"
            parts.append(part["kind"] + part["count"])
        else:
            tags = part["tags"].split(", ")
            parts += [tag for tag in tags if tag in {"starter", "hide-cell", "success-test"}]
            assert ("hide-cell" in tags or "remove-cell" in tags) == ("solution" in tags)
    hints = [f"hint {i}" for i in range(1, 1 + sum(part.startswith("hint ") for part in parts))]
    assert hints
    assert parts == ["starter", *hints, "solution", "hide-cell", "success-test"]


@every_exercise
def test_an_exercise_asks_and_says_what_to_hand_in_and_when_it_is_done(exercise):
    head = exercise.head
    assert head["title"].endswith("?")
    assert head["label"] == exercise.number.lower()
    assert head["type"].lower() in TYPES
    assert 2 <= int(head["minutes"]) <= 30
    task = exercise.text.split("\n:::\n", 1)[0]
    assert "\n**Hand in:** " in task
    assert "\n**Done when**" in task
    lesson = (PRACTICE / head["address"]).resolve()
    assert lesson in LESSONS
    assert int(lesson.name[:2]) == int(head["lesson"])


def test_numbers_are_unique_and_follow_the_lessons():
    numbers = [exercise.number for exercise in EXERCISES]
    assert len(set(numbers)) == len(numbers)
    own = [e for e in EXERCISES if e.number not in BOOKS]
    counts: dict[str, int] = {}
    for exercise in own:
        lesson = exercise.head["lesson"]
        assert exercise.number == lesson + "abcdef"[counts.setdefault(lesson, 0)]
        counts[lesson] += 1
    assert list(counts) == [str(int(lesson.name[:2])) for lesson in LESSONS], "every lesson has one at least"


def test_every_exercise_of_the_books_is_there():
    assert {e.number for e in EXERCISES if e.page == "exercises-book"} == BOOKS


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_names_its_exercises_before_the_next(lesson):
    (line,) = re.findall(r"^\*\*Practise:\*\* (.+)\n\n\*\*Next:\*\*", lesson.read_text(encoding="utf-8"), re.MULTILINE)
    named = re.findall(r"\[(\w+)\]\(#exercise-(\w+)\)", line)
    belong = [e for e in EXERCISES if (PRACTICE / e.head["address"]).resolve() == lesson]
    assert named == [(e.number, e.head["label"]) for e in belong]


def test_the_list_of_exercises_is_what_the_pages_have():
    rows = re.findall(r"^\| \[.*$", (PRACTICE / "index.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [
        f"| [{e.number}](#exercise-{h['label']}) | {h['title']} | {h['type'].lower()} "
        f"| [{h['lesson']}]({h['address']}) | {h['minutes']} |"
        for e in EXERCISES
        for h in (e.head,)
    ]


# The tests in the exercises


@pytest.mark.slow
@every_exercise
def test_the_start_runs_and_fails_the_test(exercise):
    (start,), (test,) = source(exercise, "starter"), source(exercise, "success-test")
    run(exercise, start)
    with pytest.raises(AssertionError, match=r".{8}"):  # and says in words what is missing
        run(exercise, start, test)


@pytest.mark.slow
@every_exercise
def test_the_solution_passes_without_any_other_exercise(exercise):
    (start,), (test,) = source(exercise, "starter"), source(exercise, "success-test")
    assert f"{exercise.number}: done" in run(exercise, start, *source(exercise, "hide-cell"), test)


# Answers that readers may well give, right and wrong, kept beside the exercises
ANSWERS = {
    number: given
    for page in PAGES
    for number, given in tomllib.loads((PRACTICE / f"answers/{page.stem}.toml").read_text(encoding="utf-8")).items()
}


@cache
def solved(number: str) -> dict:
    """What a reader has who has copied the solution."""
    (exercise,) = [e for e in EXERCISES if e.number == number]
    names = dict(prepared(exercise.page))
    with contextlib.redirect_stdout(io.StringIO()):
        for text in [*source(exercise, "starter"), *source(exercise, "hide-cell")]:
            exec(text, names)
    return names


def test_of(number: str, answer: str) -> str:
    """Give this answer in place of a part of the solution; return what the test prints."""
    (exercise,) = [e for e in EXERCISES if e.number == number]
    names = dict(solved(number))
    with contextlib.redirect_stdout(io.StringIO()) as printed, warnings.catch_warnings():
        warnings.simplefilter("error")  # a reader would see them before "done"
        exec(answer, names)
        exec(source(exercise, "success-test")[0], names)
    return printed.getvalue()


test_of.__test__ = False


def test_every_exercise_has_other_right_answers_and_likely_wrong_ones():
    assert [e.number for e in EXERCISES] == list(ANSWERS)
    few = {number for number, given in ANSWERS.items() if len(given["right"]) < 3 or len(given["wrong"]) < 4}
    assert not few


@pytest.mark.slow
@pytest.mark.parametrize("number", ANSWERS)
def test_another_right_answer_is_taken(number):
    for answer in ANSWERS[number]["right"]:
        assert f"{number}: done" in test_of(number, answer), answer


@pytest.mark.slow
@pytest.mark.parametrize("number", ANSWERS)
def test_a_likely_wrong_answer_is_refused_and_told_why(number):
    for message, answer in ANSWERS[number]["wrong"]:
        with pytest.raises(AssertionError, match=r".{8}") as refused:
            test_of(number, answer)
            pytest.fail(f"taken: {answer}")
        assert str(refused.value).startswith(message), answer


# Answers in the page

IN_PAGE = re.compile(r"^:::\{answer\}\n(.*?)^:::$", re.MULTILINE | re.DOTALL)


def fields(exercise: Exercise) -> list[practice.Field]:
    (body,) = IN_PAGE.findall(exercise.text)
    return practice.split(body)


def filled_in(exercise: Exercise, **other: str) -> str:
    """Return the Python of what is filled in: all that is right, but for one field."""
    values = [field.right for field in fields(exercise)]
    if other:
        values[other["place"]] = other["value"]
    values = [NUMBER.sub(r"\1", value).strip("{}") for value in values]
    return ANSWERS[exercise.number]["page"].format(*values)


NUMBER = re.compile(r"^(\S+) ± \S+$")
FILLED = [e for e in EXERCISES if IN_PAGE.search(e.text)]


def test_what_is_answered_in_the_page_is_what_the_test_takes():
    assert {e.number for e in FILLED} == {number for number, given in ANSWERS.items() if "page" in given}
    assert len(FILLED) >= 19


@pytest.mark.slow
@pytest.mark.parametrize("exercise", FILLED, ids=lambda e: e.number)
def test_the_page_and_the_test_agree_on_what_is_right_and_wrong(exercise):
    assert f"{exercise.number}: done" in test_of(exercise.number, filled_in(exercise))
    for place, field in enumerate(fields(exercise)):
        wrong = [entry.value for entry in field.entries if not entry.right]
        assert wrong, f"{field.label}: which mistakes are usual?"
        for value in wrong:
            with pytest.raises(AssertionError):
                test_of(exercise.number, filled_in(exercise, place=place, value=value))
                pytest.fail(f"{field.label}: {value} is taken")


WAYS = {
    "in quotes": "'{}'".format,
    "with a gradient": lambda value: f"torch.tensor([[{float(Fraction(value))}]], requires_grad=True)",
    "an array": "__import__('numpy').array([{}])".format,
}


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_a_number_is_taken_however_it_is_written(way):
    numbers = [e for e in FILLED if {field.kind for field in fields(e)} == {"number"}]
    assert len(numbers) > 10
    for exercise in numbers:
        values = [WAYS[way](NUMBER.sub(r"\1", field.right)) for field in fields(exercise)]
        assert f"{exercise.number}: done" in test_of(exercise.number, ANSWERS[exercise.number]["page"].format(*values))


# Page and notebook


@every_exercise
def test_on_the_page_hints_and_solution_are_folded_and_the_test_is_not(parsed, exercise):
    section = parsed(f"practice/{exercise.page}.html").find("section", id=f"exercise-{exercise.head['label']}")
    folds = section.select("details.hint, details.solution, details.hide")
    assert [fold for fold in folds if fold.has_attr("open")] == []
    assert len(section.select("details.hint")) == exercise.text.count("\n:class: hint\n")
    assert len(section.select("details.solution")) == 1
    (code,) = section.select("div.tag_solution:not(.tag_remove-cell) details")
    assert code.summary.get_text(" ", strip=True).startswith("Show the solution's code")
    (test,) = section.select("div.tag_success-test")
    assert not test.find_parent("details")
    assert not test.select("details")
    assert f"{exercise.number}: done" in test.get_text()


@pytest.mark.site
def test_the_search_finds_titles_and_no_solutions():
    index = (SITE / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(index.removeprefix("Search.setIndex(").removesuffix(")"))
    exercises = {index["docnames"].index(f"practice/{page.stem}") for page in PAGES}
    pages = {term: {found} if isinstance(found, int) else set(found) for term, found in index["terms"].items()}
    assert not exercises & set().union(*pages.values())
    assert index["docnames"].index("practice/index") in pages["parzen"]


def home(page: str):
    return nbformat.read(SITE / "notebooks" / "practice" / f"{page}.ipynb", as_version=4)


@pytest.mark.site
@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_the_notebook_has_starts_and_tests(page):
    taken = [cell.source for cell in home(page.stem).cells if cell.cell_type == "code"]
    for exercise in (e for e in EXERCISES if e.page == page.stem):
        assert source(exercise, "starter")[0] in taken
        assert notebooks.forgiving(source(exercise, "success-test")[0]) in taken
    assert all(text in taken for label, _, text in cells(page.stem) if not label)


@pytest.mark.site
@pytest.mark.parametrize("path", sorted((SITE / "notebooks").rglob("*.ipynb")), ids=lambda path: path.stem)
def test_no_notebook_holds_a_solution(path):
    notebook = nbformat.read(path, as_version=4)
    assert not [cell for cell in notebook.cells if "solution" in cell.metadata.get("tags", ())]
    text = "\n".join(cell.source for cell in notebook.cells)
    assert "<summary>Solution" not in text
    for exercise in EXERCISES:
        (told,) = re.findall(r"^:class: solution\n:collapsible: closed\n\n(.*?)^:::$", exercise.text, re.M | re.S)
        assert told.splitlines()[0] not in text
        for code in source(exercise, "solution"):
            assert code not in text


@pytest.mark.slow
@pytest.mark.site
@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_at_home_all_runs_and_each_exercise_says_that_it_is_not_done_yet(page):
    """Nobody has solved anything so far."""
    names: dict = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        for cell in home(page.stem).cells:
            if cell.cell_type == "code":
                exec(cell.source, names)
    said = re.findall(r"^(\w+): (not yet: .{8}|done)", printed.getvalue(), re.MULTILINE)
    assert [number for number, _ in said] == [e.number for e in EXERCISES if e.page == page.stem]
    assert "done" not in {verdict for _, verdict in said}


@every_exercise
def test_at_home_a_test_is_the_test_of_the_page(exercise):
    """But for the margin, which no string in it may notice."""
    (test,) = source(exercise, "success-test")
    (attempt,) = ast.parse(notebooks.forgiving(test)).body
    assert ast.dump(ast.Module(attempt.body, [])) == ast.dump(ast.parse(test))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "1a: done"),
        ("assert 1 == 2, 'two is more'", "1a: not yet: two is more"),
        ("torch", "1a: not yet: NameError(\"name 'torch' is not defined\")"),
    ],
)
def test_at_home_a_test_says_what_is_missing_and_goes_on(line, said, capsys):
    exec(notebooks.forgiving(f'{line}\nprint("1a: done")'), {})
    assert capsys.readouterr().out == said + "\n"


def test_a_test_that_never_says_done_stops_the_build():
    with pytest.raises(ExtensionError, match=r"must print .*1a: done.*\nassert True"):
        notebooks.forgiving("assert True")


def test_a_solution_is_left_out_of_a_notebook():
    myst = ":::{admonition} Solution\n:class: solution\n:collapsible: closed\n\nSecret $x$.\n:::\n\nOpen."
    text = notebooks.plain(myst, {}, "practice/a", Links("https://x.test/", {}, {}))
    assert " ".join(text.split()) == "[The solution](https://x.test/practice/a.html) is on the page. Open."
    assert "Secret" not in text


def test_a_link_to_a_name_leads_to_the_site():
    links = Links("https://x.test/", {}, {"exercise-9a": "practice/exercises-3.html#exercise-9a"})
    assert notebooks.plain("[9a](#exercise-9a) [up](#top)", {}, "lessons/09-a", links) == (
        "[9a](https://x.test/practice/exercises-3.html#exercise-9a) [up](https://x.test/lessons/09-a.html#top)"
    )


SHOWN = """() => [...document.querySelectorAll('details:is(.hint, .solution), .tag_solution')]
    .filter(part => part.checkVisibility()).map(part => part.className)"""


def test_on_paper_is_what_the_reader_has_opened(views, address):
    page = views["desktop"]
    page.goto(address + "practice/exercises-1.html")
    page.emulate_media(media="print")
    assert page.evaluate(SHOWN) == [], "whoever prints the page gets the tasks"
    assert page.locator(".admonition.exercise").count() == page.locator(".admonition.exercise:visible").count()
    page.evaluate("document.querySelectorAll('#exercise-1a details').forEach(fold => fold.open = true)")
    assert len(page.evaluate(SHOWN)) == 2 + 1 + 1, "two hints, the solution and its code"
    assert page.locator("#exercise-1a details.solution p").last.is_visible()
    page.emulate_media(media="screen")
