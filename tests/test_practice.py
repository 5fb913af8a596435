"""Answers in the page and what is done: the directive, and the pages in a browser."""

import gzip
import json

import practice
import pytest
from conftest import DOCS, SITE, axe_complaints, english_pages

GOOD = """\
? The line
= 20 ± 0.01
- 40
  The mean.
  Of all.
? Letters
- {a}
  No.
= {bd}
? Word
= near 0
- large
  No.
"""
PAGES = [f"practice/exercises-{part}.html" for part in ("1", "2", "3", "4", "book")]


def test_an_answer_is_taken_apart():
    line, letters, word = practice.split(GOOD)
    assert [field.kind for field in (line, letters, word)] == ["number", "letters", "choice"]
    assert (line.right, letters.right, word.right) == ("20 ± 0.01", "{bd}", "near 0")
    assert line.entries[1] == practice.Entry(False, "40", "The mean. Of all.", 2)


@pytest.mark.parametrize(
    ("old", "new", "message", "line"),
    [
        ("= 20 ± 0.01", "- 20", "one answer of a field is right", 0),
        ("  The mean.\n  Of all.\n", "", "no reason", 2),
        ("- 40", "40", "begins with", 2),
    ],
)
def test_an_answer_that_makes_no_sense_says_where(old, new, message, line):
    with pytest.raises(practice.AnswerError, match=message) as error:
        practice.split(GOOD.replace(old, new))
    assert error.value.args[1] == line


@pytest.mark.site
def test_the_script_is_small_and_stays_where_it_is_used():
    assert len(gzip.compress((SITE / "_static" / "practice.js").read_bytes(), 9)) <= 2600
    loading = {
        path.relative_to(SITE).as_posix()
        for path in english_pages()
        if "practice.js" in path.read_text(encoding="utf-8")
    }
    assert loading == {"practice/index.html", *PAGES}


def said(window, exercise: str, *values: str) -> str:
    """Fill in the fields of an exercise, press Enter or the button, and return what is said."""
    form = window.locator(f"#exercise-{exercise} form.answer")
    for number, value in enumerate(values):
        field = form.locator("input, select").nth(number)
        if field.evaluate("field => field.matches('select')"):
            field.select_option(label=value)
        else:
            field.fill(value)
    form.locator("button").click()
    return form.locator("[role=status]").inner_text()


@pytest.fixture
def page(views, address):
    """A page whose reader has done nothing yet, and forgets all afterwards."""
    window = views["phone"]
    window.goto(f"{address}practice/exercises-1.html")
    window.evaluate("localStorage.clear()")
    window.reload()
    yield window
    window.evaluate("localStorage.clear()")


def test_a_usual_mistake_is_known_and_a_right_answer_is_taken_however_it_is_written(page):
    assert said(page, "2a", "40").startswith("This is the mean.")
    assert page.locator("#exercise-2a input").first.get_attribute("aria-invalid") in {"true", None}
    assert said(page, "2a", "33") == "Not this. Open a hint, or try again."
    assert said(page, "2a", "forty").startswith("Write a number")
    assert said(page, "2a", "").startswith("Nothing is written")
    assert not page.locator("#exercise-2a .practice-tick input").is_checked()
    for right in "20", " 20,0 ", "40/2", "+20.":
        assert said(page, "2a", right).startswith("Right."), right
    for chinese in "２０", "20。0", "２０．０", "40／2", "４０÷2":
        assert said(page, "2a", chinese).startswith("Write a number" if "÷" in chinese else "Right."), chinese
    assert page.locator("#exercise-2a .practice-tick input").is_checked()
    assert "Weight of key 1: You forgot the half" in " ".join(said(page, "3a", "0.024", "0,45", ".45", "28").split())
    assert "The answer: Right." in said(page, "3a", "0.024", "0,45", ".45", "28")
    assert said(page, "4b", "nan").startswith("A plain division")
    assert said(page, "4b", "what the nearest person says").startswith("Right.")


def test_letters_come_in_any_order_and_large_numbers_with_commas(page, address):
    page.goto(f"{address}practice/exercises-3.html")
    assert said(page, "9a", "B, e d").startswith("Right.")
    assert said(page, "9a", "ｅ、ｂ，D。").startswith("Right.")
    assert said(page, "9a", "bd").startswith("What is")
    page.goto(f"{address}practice/exercises-4.html")
    assert "first: Right." in said(page, "16b", "10,100,000,000", "2 000 000", "2")
    for mixed in ("1 1/2", "−½"), ("1½", "-1/2"), ("3/2", "－０．５"), ("+1  ½", "–0,5"), ("1 1 / 2", "- 1/2"):
        assert said(page, "13c", *mixed).count("Right.") == 2, mixed
    assert said(page, "13c", "15/10²", "−½").count("Right.") == 1
    assert said(page, "13c", "−0.5", "1.5").count("The wrong way round") == 2


def test_the_list_shows_what_is_done_and_forgets_it(page, address):
    said(page, "2a", "20")
    page.locator("#exercise-1a .practice-tick input").check()
    page.goto(f"{address}practice/index.html")
    total = page.locator("tbody th a[href*='#exercise-']").count()
    assert page.locator(".practice-mark:visible").count() == 2
    assert page.locator(".practice-said").inner_text() == f"2 of {total} done."
    assert json.loads(page.evaluate("localStorage.getItem('practice-done')")) == ["exercise-2a", "exercise-1a"]
    page.get_by_role("button", name="Forget what I have done").click()
    assert page.locator(".practice-mark:visible").count() == 0
    assert page.locator(".practice-said").inner_text() == "Forgotten."
    page.reload()
    assert page.locator(".practice-said").inner_text() == f"0 of {total} done."


@pytest.mark.parametrize("kept", ["no JSON", '{"a": 1}', "null"])
def test_a_strange_memory_is_no_hindrance(page, kept):
    page.evaluate("kept => localStorage.setItem('practice-done', kept)", kept)
    page.reload()
    assert said(page, "2a", "20").startswith("Right.")


def test_refused_storage_is_survived(views, address):
    window = views["phone"].context.new_page()
    window.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    window.goto(f"{address}practice/exercises-1.html")
    assert said(window, "2a", "20").startswith("Right.")
    assert window.locator("#exercise-2a .practice-tick input").is_checked()
    window.close()


def test_without_a_script_there_is_no_field_and_the_solution_unfolds(views, address):
    window = views["plain"]
    window.goto(f"{address}practice/exercises-1.html")
    assert not window.locator("form.answer").first.is_visible()
    assert not window.locator(".practice-words").first.is_visible()
    window.locator("#exercise-2a details.solution summary").click()
    assert window.locator("#exercise-2a details.solution p").last.is_visible()


@pytest.mark.parametrize("folder", ["", "zh/"], ids=["English", "Chinese"])
@pytest.mark.parametrize("view", ["phone", "desktop"])
def test_a_label_stands_right_beside_its_field_or_above_it(views, address, folder, view):
    window = views[view]
    window.goto(f"{address}{folder}practice/exercises-4.html")
    gaps = window.locator("form.answer").evaluate_all(
        """forms => forms.map(form => Math.min(...[...form.querySelectorAll(".answer-field")].map(field => {
            const words = document.createRange();
            words.selectNodeContents(field.querySelector("label"));
            const [label, box] = [words, field.querySelector("input, select")].map(e => e.getBoundingClientRect());
            return Math.max(box.left - label.right, box.top - label.bottom);
        })))"""
    )
    assert len(gaps) > 8 and max(gaps) < 20
    asked = window.locator("form.answer select option:first-child")
    assert set(asked.all_inner_texts()) == {"请选" if folder else "choose"}


@pytest.mark.parametrize("path", [*PAGES, "practice/index.html"])
def test_fields_break_no_rule_of_axe_and_fit_a_phone(views, address, path):
    window = views["phone"]
    window.goto(address + path)
    window.evaluate("document.querySelectorAll('form.answer').forEach(form => form.requestSubmit())")
    assert axe_complaints(window) == []
    assert window.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    small = window.locator(
        ":is(form.answer, .practice-progress, .practice-tick):visible :is(input:not([type]), select, button)"
    )
    assert [box for box in small.evaluate_all("all => all.map(e => e.offsetHeight)") if 0 < box < 44] == []


def test_on_paper_tasks_have_room_and_tests_are_left_out(views, address):
    page = views["desktop"]
    page.goto(f"{address}practice/exercises-2.html")
    page.emulate_media(media="print")
    assert page.locator(".admonition.exercise:visible").count() == 4
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.exercise'), '::after').height)") > 150
    assert page.locator(".tag_success-test:visible, form.answer:visible, .practice-tick:visible").count() == 0
    assert page.locator("p:has(> strong:text-is('Test')):visible").count() == 0
    assert page.locator(".tag_starter:visible").count() == 4
    page.emulate_media(media="screen")


def test_every_word_of_the_script_stands_in_the_page():
    script = (DOCS / "_ext" / "practice" / "practice.js").read_text(encoding="utf-8")
    for name in practice.WORDS:
        assert f'words("{name.removeprefix("practice-")}")' in script or name in {"practice-right", "practice-wrong"}
