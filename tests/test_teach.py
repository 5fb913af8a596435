"""For teachers: a plan whose minutes add up, questions that tell ideas apart, and a deck that fits screen and paper."""

import re
import subprocess
import sys
import time

import pytest
from conftest import DOCS, ROOT, SITE

TEACH = DOCS / "teach"
PLAN, MISTAKES, SLIDES, INDEX = (
    (TEACH / f"{n}.md").read_text(encoding="utf-8") for n in ("plan", "mistakes", "slides", "index")
)
DECK = "teach/slides.html"
DECK_SCRIPTS = [f"../_static/{name}" for name in ("theme.js", "explorables/shared/load.js", "slides.js")]


@pytest.fixture(scope="session")
def deck(parsed):
    """The slides of the built deck: where it begins and its sections."""
    return parsed(DECK).select(".slide")


@pytest.fixture(scope="session")
def ids(deck):
    return [slide.get("id") or slide.parent["id"] for slide in deck]


@pytest.fixture(scope="session")
def hour(ids):
    """The numbers of the slides that the hour shows; those behind "Now you" are for questions."""
    return list(range(1, ids.index("now-you") + 2))


def span(text):
    """Return first and last of "5–17", or of "26" alone."""
    first, _, last = text.strip().partition("–")
    return int(first), int(last or first)


def tables():
    """Return the time tables of the plan as lists of (minutes, text, slides)."""
    blocks = re.findall(r"^\| minutes .*\n\|[- |]+\n((?:\|.*\n)+)", PLAN, re.MULTILINE)
    return [[tuple(cell.strip() for cell in row.strip("|").split("|"))[:3] for row in b.splitlines()] for b in blocks]


# The plan


@pytest.mark.parametrize(("table", "length"), list(enumerate([60, 20, 45, 45])))
def test_minutes_add_up(table, length):
    times = [span(minutes) for minutes, _, _ in tables()[table]]
    assert [start for start, _ in times] == [0, *(end for _, end in times[:-1])], "a gap, or two things at once"
    assert all(start < end for start, end in times)
    assert times[-1][1] == length


def test_all_time_tables_are_found():
    assert len(tables()) == len(re.findall(r"^\| minutes", PLAN, re.MULTILINE)) == 4


@pytest.mark.parametrize("table", range(4))
def test_slides_are_shown_in_order_and_exist(deck, table):
    shown = [span(slides) for _, _, slides in tables()[table] if slides]
    flat = [number for first, last in shown for number in range(first, last + 1)]
    assert flat == sorted(set(flat))
    assert set(flat) <= set(range(1, len(deck) + 1))


def test_the_hour_shows_every_slide_of_it(hour):
    shown = [span(slides) for _, _, slides in tables()[0]]
    assert [n for first, last in shown for n in range(first, last + 1)] == hour


def test_two_lessons_show_every_slide_of_the_hour_once(hour):
    shown = [span(slides) for table in tables()[2:] for _, _, slides in table if slides]
    assert [n for first, last in shown for n in range(first, last + 1)] == hour


def test_each_slide_behind_the_hour_has_a_question_in_the_plan(ids, hour):
    """And its notes lead to the lesson that the plan names."""
    row = re.compile(r"^\| .*\? \| \[(\d+)\]\(slides\.md#([\w-]+)\) \| \[\d+\]\((\S+)\) \|$", re.MULTILINE)
    rows = row.findall(PLAN)
    assert [int(number) for number, _, _ in rows] == list(range(len(hour) + 1, len(ids) + 1)) != []
    for number, target, lesson in rows:
        assert ids.index(target) + 1 == int(number)
        assert f"({lesson})" in SLIDES.split("\n## ")[int(number) - 1], f"slide {number} does not lead to {lesson}"


def steps():
    """Return (minutes, title, text) of each part of the hour."""
    return re.findall(r"^## (\d+–\d+): ([^\n]*)\n(.*?)(?=^## )", PLAN, re.MULTILINE | re.DOTALL)


def test_each_row_of_the_hour_has_its_part():
    assert [(minutes, title) for minutes, title, _ in steps()] == [row[:2] for row in tables()[0]]


@pytest.mark.parametrize("step", range(9))
def test_a_part_says_who_does_what_and_names_its_slides(ids, step):
    _, title, text = steps()[step]
    first, last = span(tables()[0][step][2])
    named = f"Slide {first}," if first == last else f"Slides {first} (?:to|and) {last},"
    assert re.search(named, text), f"{title}: the table and the part name other slides"
    links = re.findall(r"\[([^\]]*)\]\(slides\.md#([\w-]+)\)", text)
    assert ids.index(links[0][1]) + 1 == first
    for words, target in links:  # "slide 11" must lead to the eleventh
        if number := re.search(r"[Ss]lide (\d+)", words):
            assert ids.index(target) + 1 == int(number[1])
    for term in ["They do", "You say"] if step == 8 else ["You say", "Where it goes wrong", "If you are late"]:
        assert step == 8 or f"{term}\n: " in text, f"{title}: {term}?"
    if 0 < step < 8:
        assert "You ask\n: " in text, f"{title}: they should predict first"


def test_slides_that_the_text_of_the_plan_names_belong_to_their_part():
    for (_, title, text), (_, _, slides) in zip(steps(), tables()[0]):
        first, last = span(slides)
        for number in re.findall(r"[Ss]lides? (\d+)", text):
            assert first <= int(number) <= last, f"{title} speaks of slide {number}"


def test_the_twelve_minutes_of_the_sum_are_twelve():
    words = {"one": 1, "two": 2, "three": 3, "five": 5}
    listed = re.search(r"twelve minutes: (.*?)\.", PLAN, re.DOTALL)[1]
    assert sum(words[word] for word in re.findall(r"(one|two|three|five) for", listed)) == 12


def test_the_class_meets_the_lessons_of_the_hour():
    named = set(re.findall(r"lessons/(\d\d)-", PLAN.split("## 0–5")[0]))
    assert {f"{n:02d}" for n in (*range(1, 12), 15)} <= named


WORDS_A_MINUTE = 130


def seconds_spoken(text):
    """Count what a part says and asks, read aloud; a number and a formula count as one word."""
    spoken = re.findall(r"^You (?:say|ask)\n: (.*?)(?=\n\n\S|\Z)", text, re.MULTILINE | re.DOTALL)
    words = re.sub(r"\{fact\}`[^`]*`|\$[^$]*\$", "number", re.sub(r"\]\([^)]*\)", "]", " ".join(spoken))).split()
    return len(words) * 60 / WORDS_A_MINUTE


@pytest.mark.parametrize("step", range(9))
def test_speaking_takes_less_than_a_third_of_a_part(step):
    minutes, title, text = steps()[step]
    first, last = span(minutes)
    assert seconds_spoken(text) < 20 * (last - first), title
    assert "at 130 words a minute, or at 220 characters in Chinese, takes less than a third" in " ".join(PLAN.split())


def test_speaking_takes_less_than_a_third_in_chinese_too(parsed):
    """A number, a Latin word and a formula count as two characters."""
    parts = [part for part in parsed("zh/teach/plan.html").select("section > h2") if re.match(r"\d", part.get_text())]
    assert len(parts) == 9
    for heading in parts:
        first, last = span(re.match(r"[\d–]+", heading.get_text())[0])
        said = heading.parent.find_all("dt", string=re.compile("^你(说|问)"))
        text = " ".join(term.find_next_sibling("dd").get_text() for term in said)
        count = len(re.findall(r"[\u4e00-\u9fff]", text)) + 2 * len(re.findall(r"[A-Za-z0-9.½]+", text))
        assert bool(said) == (last < 60)
        assert count / 220 < (last - first) / 3, heading.get_text()


# What a slide takes beside what is said, in seconds: a question read and thought about 20 to 30, a vote with the count
# of hands 30, an answer from the class 15, a picture or a table 40, a line on the board 25, and what its notes ask for.
TAKES = {
    1: 10,
    2: 40 + 3 * 15 + 60 + 15,  # everybody writes; three say how; one draws; compare
    3: 20,
    4: 25 + 25,
    5: 45 + 45 + 300,  # the line, the vote, the sum in pairs
    6: 90,  # the columns on the board
    7: 40 + 30,
    8: 30,
    9: 30 + 25 + 30,  # guess, drag, somebody's own words
    10: 45 + 30 + 40 + 20,  # three lines of code, the vote, the argument, the other direction
    11: 45 + 30 + 25 + 40,  # read the map, guess, drag, the matching that is none
    12: 30 + 30 + 60 + 30,  # three come forward, call, all write, the picture
    13: 30 + 40 + 25 + 30,
    14: 30 + 135,  # the vote, three weights each
    15: 40 + 25,
    16: 45 + 30,
    17: 20 + 120 + 25,  # alone, in pairs, what they found
    18: 30 + 40,
    19: 25 + 75 + 25 + 30,  # guess, the table on the board, the figure, the diagonal set to 0
    20: 40 + 30 + 45,  # formula and guess, the vote, reasons
    21: 60 + 30 + 30,  # somebody draws, guess, the figure
    22: 30 + 40 + 30,
    23: 70 + 30 + 20,  # the square on the board
    24: 45 + 15 + 10,
    25: 20 + 3 * 15 + 40,  # think, three answers, the table
    26: 85 + 50 + 20 + 30 + 25,  # the exit question, the sentence, one aloud, homework, sheets
}
IN_TWENTY_MINUTES = {2: 20 + 15 + 15, 5: 45 + 45 + 240, 11: 45 + 30 + 25, 17: 20 + 60 + 10, 25: 20 + 15 + 40}


@pytest.mark.parametrize(("table", "takes"), [(0, TAKES), (1, TAKES | IN_TWENTY_MINUTES)])
def test_each_part_comes_within_a_minute_of_what_its_slides_take(hour, table, takes):
    assert list(TAKES) == hour
    parts = {range(span(row[2])[0], span(row[2])[1] + 1): text for row, (_, _, text) in zip(tables()[0], steps())}
    for minutes, title, slides in tables()[table]:
        (first, last), (start, end) = span(slides), span(minutes)
        (said,) = [seconds_spoken(text) for part, text in parts.items() if first in part]
        counted = said * (table == 0 or last > first) + sum(takes[number] for number in range(first, last + 1))
        assert abs(counted - 60 * (end - start)) < 60, f"{title}: {counted:.0f} s are counted"


def test_two_lessons_give_every_part_more_time_than_the_hour():
    hour = {row[2]: span(row[0]) for row in tables()[0]}
    for _, (minutes, _, slides) in [(table, row) for table in tables()[2:] for row in table]:
        if slides:
            assert span(minutes)[1] - span(minutes)[0] > hour[slides][1] - hour[slides][0]


def test_each_aim_is_checked_somewhere(ids):
    table = PLAN.split("## Before the hour")[0]
    rows = re.findall(r"^\| ([a-z][^|]*) \| (slides? [^|]*|\[the exit question\][^|]*) \|$", table, re.MULTILINE)
    assert len(rows) >= 6
    verbs = ("point", "compute", "say", "tell", "name", "choose")  # what can be seen or heard; not "understand"
    assert all(aim.startswith(verbs) for aim, _ in rows)


def test_the_exit_question_has_one_right_answer_and_a_reason_for_each_other(facts):
    options = dict(re.findall(r"\*\*([A-D])\*\* (\{fact\}`[^`]+`|\d+)", PLAN.split("## The exit question")[1]))
    values = {name: facts[text[7:-1]] if "fact" in text else text for name, text in options.items()}
    assert len(set(values.values())) == 4
    assert values["C"] == facts["toy-4"]
    rows = re.findall(r"^\| \*\*([A-D])\*\* \| ([^|]+) \| ([^|]*) \|$", PLAN, re.MULTILINE)
    assert sorted(name for name, _, _ in rows) == list("ABCD")
    assert [name for name, shows, _ in rows if shows.startswith("right")] == ["C"]
    assert all(helps.strip() for name, _, helps in rows if name != "C")
    asked = re.search(r"A \{fact\}.*", (TEACH / "handout.md").read_text(encoding="utf-8"))[0]
    assert [text for text in options.values() if text in asked] == list(options.values()), "the handout asks the same"


# What students get wrong


def ideas():
    return re.findall(r"^## \"([^\n]*)\"\n(.*?)(?=^## |\Z)", MISTAKES, re.MULTILINE | re.DOTALL)


def test_there_are_as_many_ideas_as_it_says():
    assert len(ideas()) == len(re.findall("^## ", MISTAKES, re.MULTILINE)) == 16
    assert MISTAKES.split("\n\n")[1].startswith("Sixteen")
    assert "sixteen wrong ideas" in INDEX


@pytest.mark.parametrize("idea", range(16))
def test_a_question_tells_the_ideas_apart(idea, facts):
    title, text = ideas()[idea]
    for part in "**Why it is tempting.**", "**Ask.**", "**Then show.**":
        assert text.count(part) == 1, f"{title}: {part}"
    question = re.search(r"\*\*Ask\.\*\* (.*?)\n\n", text, re.DOTALL)[1]
    assert "?" in question
    assert len(question.split()) < 45, "too long to be asked in a minute"
    answers = re.findall(r"^\| (wrong|right) \| (.*) \|$", text, re.MULTILINE)
    assert [name for name, _ in answers] == ["wrong", "right"]
    wrong, right = (re.sub(r"\{fact\}`([^`]+)`", lambda m: facts[m[1]], answer) for _, answer in answers)
    assert not set(re.split("[,;:]", wrong)) & set(re.split("[,;:]", right)), "both ideas give the same answer"
    shown = re.search(r"\*\*Then show\.\*\* (.*?)\n\n", text + "\n\n", re.DOTALL)[1]
    assert re.search(r"\]\((\.\./(lessons|examples)/[\w-]+\.(md|rst)|slides\.md#[\w-]+)\)", shown), "nothing to show"


@pytest.mark.parametrize("idea", range(16))
def test_an_answer_is_computed(idea):
    title, text = ideas()[idea]
    assert "{fact}`" in text or ">>>" in text, title


def test_most_ideas_have_their_minute_in_the_plan(parsed):
    named = set(re.findall(r"mistakes\.md#([\w-]+)", PLAN))
    sections = {section["id"] for section in parsed("teach/mistakes.html").select("section section")}
    assert named <= sections
    assert len(named) >= 12


# The slides


def test_the_deck_has_the_length_of_an_hour(deck, hour):
    assert 22 <= len(hour) <= 26
    assert len(deck) - len(hour) <= 4
    assert len({slide.find(["h1", "h2"]).get_text() for slide in deck}) == len(deck)


@pytest.mark.parametrize("number", range(1, SLIDES.count("\n## ") + 2))
def test_a_slide_has_few_words_and_one_thing_to_look_at(deck, number):
    slide = deck[number - 1]
    things = [
        thing
        for thing in slide.select(".figure-svg, .math-block, .cell_input pre, table, .explorable")
        if not thing.find_parent("details") and not thing.find_parent(class_="explorable")
    ]
    assert len(things) <= 1, "more than one picture, formula, table or piece of code"
    if things and things[0].name == "pre":
        assert len(things[0].get_text().strip().splitlines()) <= 5
    words = " ".join(part.get_text(" ") for part in slide.select(".slide-words > :is(p, ul, ol)"))
    assert len(words.split()) <= 45
    assert len(slide.select("details.notes")) == 1, "a teacher finds no notes"
    assert not slide.select("details[open]")


GIVEN = {"three-words", "distance-score-count-weight"}  # a picture to point at; what the class has just computed


def test_every_result_is_asked_before_it_is_shown(deck, ids):
    """A table, an output or a picture waits behind a question, in a step; or the slide before has asked."""
    asked = False
    for name, slide in zip(ids, deck):
        questions = [part for part in slide.select(".slide-words strong") if "?" in part.get_text()]
        shows = slide.select("table, .cell_output, .figure-svg, details.then")
        assert not shows or questions or asked or name in GIVEN, f"{name}: nobody has guessed"
        assert questions or not slide.select("details.then"), f"{name}: a step without a question"
        asked = bool(questions)


def test_figures_that_move_stand_on_the_slides_about_them(deck, ids):
    moving = {name: root["data-explorable"] for name, slide in zip(ids, deck) for root in slide.select(".explorable")}
    assert moving == {
        "where-nobody-has-measured-what-is-true": "draw-the-curve",
        "three-people-on-a-line": "three-people",
        "score-softmax-average": "one-query",
        "each-row-is-one-bell-seen-from-above": "curve-and-heatmap",
        "leave-yourself-out": "leave-one-out",
        "it-jumped-over-the-valley": "training",
    }


@pytest.mark.parametrize("address", ["", "https://lesson.example/fifty/"])
def test_the_last_slide_of_the_hour_has_the_address_of_the_site(deck, hour, address):
    """With an address its QR code; without one, a sentence that says so."""
    import segno
    import slides
    from docutils import nodes

    assert deck[hour[-1] - 1].select(".site-code svg") or "no address" in deck[hour[-1] - 1].get_text()
    place = slides.site_address("", nodes.paragraph("", "no address"))
    slide = nodes.section("", place)
    slides.write_address(place, address)
    if address:
        assert slide.astext().startswith("lesson.example/fifty")
        modules = re.search(r' d="([^"]+)"', slide.astext())[1]
        assert modules in segno.make(address).svg_inline(border=4, light="white", omitsize=True)
    else:
        assert slide.astext() == "no address"


def test_the_number_of_a_slide_and_its_links_are_right(deck, ids):
    slides = deck
    for number, slide in enumerate(slides, 1):
        way = slide.select_one(".slide-way")
        assert f"{number} / {len(slides)}" in way.get_text(" ")
        neighbours = ids[max(number - 2, 0) : number - 1] + ids[number : number + 1]
        assert [a["href"] for a in way.find_all("a")] == [f"#{name}" for name in neighbours]


def test_slides_speak_of_other_slides_by_their_right_number(deck):
    titles = [slide.find(["h1", "h2"]).get_text() for slide in deck]
    assert "three lines" in titles[10 - 1]
    assert "laziest" in titles[4 - 1]
    spoken = set(re.findall(r"slide (\d+)", SLIDES))
    assert "seen from above" in titles[11 - 1]
    assert spoken == {"10", "11", "4"}, "check these titles too"


def test_only_a_deck_is_laid_out_as_one(parsed):
    html = parsed(DECK)
    assert not html.select(".sidebar-drawer, .toc-drawer")
    assert [script["src"].split("?")[0] for script in html.find_all("script")] == DECK_SCRIPTS
    plan = parsed("teach/plan.html")
    assert plan.select(".sidebar-drawer")
    assert not plan.select(".slide, .slides, .slide-way")
    (sheet,) = [link["href"] for link in plan.find_all("link", rel="stylesheet")]
    assert "scroll-snap-type" not in (SITE / "teach" / sheet.split("?")[0]).read_text(encoding="utf-8")


def test_the_deck_leads_back(parsed):
    links = [a["href"] for a in parsed(DECK).select(".deck-links a")]
    assert "../index.html" in links
    assert "index.html" in links
    assert "../notebooks/teach/slides.ipynb" in links


@pytest.fixture
def screen(chromium, address):
    """Open a page in a window of this size; the window is closed afterwards."""
    contexts = []

    def opened(name, width, height, **settings):
        settings = {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce"} | settings
        contexts.append(chromium.new_context(**settings))
        page = contexts[-1].new_page()
        page.goto(address + name)
        return page

    yield opened
    for context in contexts:
        context.close()


# What of a slide lies outside of its box, or outside of the box of another: nothing, if it fits.
OUTSIDE = """() => [...document.querySelectorAll('.slide')].flatMap(slide => {
    const box = slide.getBoundingClientRect();
    const parts = slide.querySelectorAll('h1, h2, p, li, table, svg, pre, math, summary');
    return [...parts].filter(part => part.checkVisibility() && !part.closest('svg svg')).filter(part => {
        const it = part.getBoundingClientRect();
        return it.top < box.top - 1 || it.bottom > box.bottom + 1 || it.left < box.left - 1 || it.right > box.right + 1
            || (part.matches('pre') && part.scrollWidth > part.clientWidth + 1);
    }).map(part => slide.id + ': ' + part.tagName + ' ' + part.textContent.slice(0, 30));
})"""
# Do words lie on the picture, or on the notes?
OVERLAPS = """() => [...document.querySelectorAll('.slide')].flatMap(slide => {
    const parts = [...slide.children].filter(part => part.checkVisibility()).map(part => part.getBoundingClientRect());
    const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
    return parts.some((a, i) => parts.slice(i + 1).some(b => meet(a, b))) ? [slide.id] : [];
})"""
# What a figure draws beyond its edge is cut off, and nobody sees that there was more.
CUT = """() => [...document.querySelectorAll('.slide svg.explorable-canvas')].flatMap(svg => {
    const { top, bottom, left, right } = svg.getBoundingClientRect();
    return [...svg.querySelectorAll('text, circle, path')].filter(part => {
        const box = part.getBoundingClientRect();
        const drawn = box.width + box.height > 0 && getComputedStyle(part).display !== 'none';
        return drawn && (box.top < top - 3 || box.bottom > bottom + 3 || box.left < left - 3 || box.right > right + 3);
    }).map(part => `${svg.closest('.slide').id}: ${part.closest('[data-part]').dataset.part}`);
})"""
HEIGHTS = "[...document.querySelectorAll('.slide')].map(slide => Math.round(slide.getBoundingClientRect().height))"
OPEN = "[...document.querySelectorAll('details.then')].forEach(step => { step.open = true; })"
NOTES = "[...document.querySelectorAll('details.notes')].forEach(notes => { notes.open = true; })"


# 150 % on 1280 × 720 is a window of 853 × 480; two screens are narrower or wider than 16:9.
SCREENS = [("", 1280, 720), ("", 853, 480), ("", 1024, 768), ("", 2560, 1080), ("zh/", 1280, 720), ("zh/", 1024, 768)]


@pytest.mark.parametrize(("folder", "width", "height"), SCREENS)
def test_a_slide_is_16_to_9_and_nothing_is_cut_off(screen, folder, width, height):
    page = screen(folder + DECK, width, height)
    tall = min(height, width * 9 / 16)
    page.wait_for_function("() => !document.querySelector('.explorable:not(.running)')")
    for opened in None, OPEN, NOTES:
        if opened:
            page.evaluate(opened)
        assert all(abs(found - tall) <= 1 for found in page.evaluate(HEIGHTS))
        assert page.evaluate(OUTSIDE) == []
        assert page.evaluate(CUT) == []
        if opened != NOTES:  # which lie over the slide
            assert page.evaluate(OVERLAPS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


SMALLEST = """() => Math.min(...[...document.querySelectorAll('.slide-words :is(p, li, td, th)')]
    .filter(part => part.textContent && !part.closest('summary'))
    .map(part => parseFloat(getComputedStyle(part).fontSize)))"""


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_words_and_tables_of_a_slide_can_be_read_from_the_last_row(screen, folder):
    page = screen(folder + DECK, 1280, 720)
    page.evaluate(OPEN)
    assert page.evaluate(SMALLEST) > 720 / 30


def arrives(page, slide):
    """Wait until the window shows this slide. The page's own clock would need JavaScript."""
    end = time.monotonic() + 10
    while abs(page.evaluate("scrollY") - 720 * slide) >= 1:
        assert time.monotonic() < end, f"slide {page.evaluate('scrollY') / 720 + 1:.1f} instead of {slide + 1}"


def test_without_scripts_keys_go_from_slide_to_slide(deck, screen):
    page = screen(DECK, 1280, 720, java_script_enabled=False)
    last = len(deck) - 1
    for key, slide in [("Space", 1), ("PageDown", 2), ("ArrowDown", 3), ("PageUp", 2), ("ArrowUp", 1), ("End", last)]:
        page.keyboard.press(key)
        arrives(page, slide)
    page.locator(".slide-way a").last.click()
    arrives(page, last - 1)


def at(page):
    """Return the number of the slide in the middle of the window, and how many of its steps are taken."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.slide')].flatMap((slide, i) =>
            Math.abs(slide.getBoundingClientRect().top) < 5
                ? [i + 1, slide.querySelectorAll('.then[open]').length] : [])"""
    )


def test_keys_take_the_steps_of_a_slide_and_then_the_next_slide(screen, deck):
    page = screen(f"{DECK}#the-laziest-answer-asks-nobody-in-particular", 1280, 720)
    last = [len(deck), 0]
    way = [("ArrowRight", [4, 1]), ("Space", [5, 0]), ("ArrowLeft", [4, 1]), ("ArrowLeft", [4, 0]), ("Home", [1, 0])]
    for key, there in [*way, ("End", last), ("ArrowDown", last), ("PageUp", [len(deck) - 1, 0])]:
        page.keyboard.press(key)
        assert at(page) == there, key


def test_the_space_bar_leaves_notes_open_and_a_slider_keeps_its_arrows(screen):
    page = screen(f"{DECK}#score-softmax-average", 1280, 720)
    notes = page.locator("#score-softmax-average details.notes")
    notes.locator("summary").click()
    page.keyboard.press("Space")
    assert notes.evaluate("notes => notes.open")
    assert at(page) == [10, 0]
    page.keyboard.press("ArrowLeft")
    slider = page.locator("#score-softmax-average input[type=range]")
    before = slider.input_value()
    slider.press("ArrowRight")
    assert slider.input_value() > before
    assert at(page) == [9, 0]
    page.keyboard.press("PageDown")
    assert at(page) == [10, 0], "a clicker is always heard"


def test_the_second_window_follows_and_leads(screen):
    page = screen(f"{DECK}#the-laziest-answer-asks-nobody-in-particular", 1280, 720)
    with page.expect_popup() as opened:
        page.locator(".deck-open").evaluate("button => button.click()")
    desk = opened.value
    desk.locator(".slide.now details.notes", has_text="Everything in this hour is this line").wait_for()
    assert desk.locator(".slide:visible").count() == 2
    assert desk.locator(".slide.after h2").inner_text() == "Three people on a line"
    desk.wait_for_function("() => /^0:0[1-9]/.test(document.querySelector('time').textContent)")
    desk.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelectorAll('.then[open]').length === 1")
    desk.keyboard.press("b")
    page.wait_for_function("() => getComputedStyle(document.querySelector('.slides')).visibility === 'hidden'")
    assert desk.locator(".deck-dark").is_visible()
    desk.keyboard.press("b")
    page.keyboard.press("ArrowRight")
    desk.wait_for_function("() => document.querySelector('.slide.now').id === 'three-people-on-a-line'")


def test_without_scripts_a_step_is_a_fold_and_notes_lie_over_the_slide(screen):
    page = screen(DECK, 1280, 720, java_script_enabled=False)
    step, notes = (page.locator(f"#it-copies > details.{name}") for name in ("then", "notes"))
    assert not step.locator("svg").is_visible()
    step.locator("summary").click()
    assert step.locator("svg").is_visible()
    notes.locator("summary").click()
    assert notes.locator("p").first.is_visible()
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate("document.querySelector('#it-copies').clientHeight") == 720
    assert not page.locator(".deck-links button").first.is_visible()


def test_on_a_phone_it_is_an_ordinary_page(screen):
    page = screen(DECK, 360, 740, java_script_enabled=False)
    assert page.evaluate("getComputedStyle(document.documentElement).scrollSnapType") == "none"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    heights = page.evaluate(HEIGHTS)
    assert len(set(heights)) > 10, "each as tall as what it holds"
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.slide-words p')).fontSize)") >= 15
    for picture in page.query_selector_all(".figure-svg svg"):
        assert picture.bounding_box()["width"] > 250


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_printed_each_slide_is_one_page(deck, screen, scheme):
    page = screen(DECK, 1280, 720, color_scheme=scheme)
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == len(deck)
    sizes = set(re.findall(rb"/MediaBox\s*\[([^\]]*)\]", pdf))
    assert {tuple(round(float(v)) for v in size.split()) for size in sizes} == {(0, 0, 842, 595)}, "A4, lying"


def test_printed_with_notes_four_stand_on_a_page(deck, screen):
    page = screen(DECK, 1280, 720)
    page.evaluate("window.print = () => {}")
    page.locator(".deck-script").click()
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == -(-len(deck) // 4)
    page.emulate_media(media="print")
    page.evaluate("document.documentElement.classList.add('script')")  # it goes after each print
    assert page.locator("details.notes p").first.is_visible()
    tall = page.evaluate(
        "Math.max(...[...document.querySelectorAll('details.notes')].map(notes => notes.scrollHeight))"
    )
    assert tall <= (48.4 + 16) * 96 / 25.4, "notes run into those of the next slide"


def test_the_handout_is_one_sheet(screen):
    pdf = screen("teach/handout.html", 1280, 720).pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2, "both sides"


def test_nothing_is_cut_off_on_paper(screen):
    page = screen(DECK, round((297 - 32) * 96 / 25.4), round((210 - 32) * 96 / 25.4))
    page.emulate_media(media="print")
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(OVERLAPS) == []
    assert max(page.evaluate(HEIGHTS)) <= (210 - 32) * 96 / 25.4
    assert not page.locator("details.notes").first.is_visible()


def test_the_deck_has_the_colours_of_the_lessons(screen):
    seen = set()
    for scheme in "light", "dark":
        page = screen(DECK, 1280, 720, color_scheme=scheme, java_script_enabled=False)
        colours = page.evaluate(
            """() => ['.slide-words .role-value', '.figure-svg [fill="var(--role-value)"]', '.slide h2', 'body'].map(
                (where, i) => getComputedStyle(document.querySelector(where))[
                    ['color', 'fill', 'color', 'backgroundColor'][i]])"""
        )
        assert colours[0] == colours[1]
        assert colours[2] != colours[3]
        seen.add(tuple(colours))
    assert len(seen) == 2


# Reuse


def test_every_picture_of_the_deck_can_be_taken_home(parsed):
    shown = re.findall(r"!\[\]\(\.\./examples/images/(sphx_glr_(plot_\w+)_001\.svg)\)", SLIDES)
    rows = re.findall(r"^\| .* \| \{download\}`SVG <.*/(.*)>` \| \[script\]\(.*/(.*)\.rst\) \|$", INDEX, re.MULTILINE)
    assert [row for row in rows if row in shown] == shown, "the table of pictures has the order of the deck"
    files = [a["href"] for a in parsed("teach/index.html").select("a.download")]
    assert len(files) == len(rows)
    for file, (name, _) in zip(files, rows):
        svg = (SITE / "teach" / file).read_text(encoding="utf-8")
        assert file.endswith(name)
        assert "<svg" in svg
        assert "var(" not in svg, "a drawing program knows no colours of the page"


@pytest.mark.slow
def test_the_line_for_a_png_makes_one(tmp_path):
    (line,) = re.findall(r"^fig\.savefig\(.*\)$", INDEX, re.MULTILINE)
    script = (DOCS / "gallery" / "plot_one_query.py").read_text(encoding="utf-8")
    assert script.count("plt.show()") == 1
    (tmp_path / "picture.py").write_text(script.replace("plt.show()", f"{line}\nplt.show()"), encoding="utf-8")
    env = {"MPLBACKEND": "agg", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    subprocess.run([sys.executable, "picture.py"], cwd=tmp_path, check=True, env=env, capture_output=True)
    png = (tmp_path / "picture.png").read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(png[16:20], "big") > 1000, "wide enough for a projector"


def test_the_licence_is_the_one_it_says():
    assert "MIT licence" in INDEX
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")


@pytest.mark.parametrize("page", ["index.html", "about/index.html", "about/cite.html"])
def test_teachers_are_shown_the_way(parsed, page):
    text = parsed(page).select_one("article")
    assert [a for a in text.find_all("a") if a["href"].endswith("teach/index.html")]
