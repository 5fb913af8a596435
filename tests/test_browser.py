"""The built site in a real browser: small screens, dark mode, keyboard, no JavaScript, print, and axe-core's rules."""

import io
import re
from itertools import pairwise

import numpy as np
import pytest
from conftest import LOOKS, SITE, axe_complaints, english_pages
from PIL import Image

from nwlesson import COLOURS

pytestmark = pytest.mark.site
PAGES = sorted(str(path.relative_to(SITE)) for path in english_pages() if path.name != "404.html")
# 404.html stands in whichever folder the site is published in: test_small_sites.py looks at it.
LESSONS = [page for page in PAGES if page.startswith("lessons/")]
# What axe looks at: each kind of page once, and all lessons.
KINDS = [
    "index.html",
    *LESSONS,
    "play/index.html",
    "examples/index.html",
    "examples/plot_self_kept.html",
    "practice/questions.html",
    "reference/api.html",
    "reference/glossary.html",
    "reference/notation.html",
    "reference/shapes.html",
    "reference/bibliography.html",
    "reference/generated/nwlesson.train.html",
    "reference/generated/nwlesson.NWKernelRegression.html",
    "teach/index.html",
    "teach/plan.html",
    "teach/mistakes.html",
    "teach/slides.html",
    "about/index.html",
    "about/troubleshooting.html",
    "search.html",
    "genindex.html",
    "practice/index.html",
    "practice/exercises-3.html",
    "practice/exercises-book.html",
]


def with_new_parts(pages):
    """Those pages that have a class which none before them has: together they show every part of the site."""
    if not SITE.exists():  # `make check` in a new clone, which runs none of them
        return pages
    seen, chosen = set(), []
    for page in pages:
        text = (SITE / page).read_text(encoding="utf-8")
        classes = {name for names in re.findall(r'class="([^"]*)"', text) for name in names.split()}
        if classes - seen:
            chosen.append(page)
        seen |= classes
    return chosen


LIGHT_KEY = "rgb({}, {}, {})".format(*bytes.fromhex(COLOURS["key"][1:]))
# Done when a frame has been drawn, so that what waits for one has happened.
A_FRAME = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture
def phone(views):
    """The window of a phone, what it asks for, and what it complains of."""
    page, asked, complaints = views["phone"], [], []
    listeners = {
        "request": lambda request: asked.append(request.url),
        "console": lambda message: complaints.append(message.text) if message.type == "error" else None,
        "pageerror": lambda error: complaints.append(str(error)),
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    yield page, asked, complaints
    for event, listener in listeners.items():
        page.remove_listener(event, listener)


@pytest.mark.parametrize("name", PAGES)
def test_on_a_phone_a_page_fits_asks_only_us_and_breaks_no_rule_of_axe(phone, address, name):
    page, asked, complaints = phone
    page.goto(address + name)
    wider = "[...document.querySelectorAll('html, .content')].filter(e => e.scrollWidth > e.clientWidth).length"
    assert page.evaluate(wider) == 0, "nor does the column scroll inside its page"
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert [text for text in complaints if "favicon" not in text] == []
    if name in KINDS:
        assert axe_complaints(page) == []


@pytest.mark.parametrize("name", with_new_parts(KINDS))
def test_on_a_dark_desktop_no_part_of_a_page_breaks_a_rule_of_axe(views, address, name):
    """The rules that ask how a part looks there; on the phone every page has been asked all of them."""
    views["desktop"].goto(address + name)
    assert axe_complaints(views["desktop"], rules=LOOKS) == []


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_is_whole_without_javascript(views, address, name):
    page = views["plain"]
    page.goto(address + name)
    assert len(page.inner_text("article")) > 3000
    assert page.locator("article script, article canvas, article iframe").count() == 0
    pictures = page.query_selector_all(".figure-svg svg")
    assert pictures or "02-average-pooling" in name
    for picture in pictures:
        assert picture.bounding_box()["width"] > 150
    answer = page.locator("details.admonition").first
    assert answer.get_attribute("open") is None
    answer.locator("summary").click()
    assert answer.get_attribute("open") is not None


def test_the_keyboard_skips_to_the_text_and_opens_an_answer(views, address):
    page = views["desktop"]
    page.goto(address + LESSONS[0])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#furo-main-content"
    page.locator("details.admonition summary").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open")


def test_what_scrolls_has_a_name_and_is_a_stop_of_the_tab_key_and_what_does_not_is_none(views, address):
    page = views["phone"]
    page.goto(address + LESSONS[7])  # it quotes the book's class as it is
    page.evaluate(A_FRAME)  # until it has been measured
    seen = page.evaluate(
        """[...document.querySelectorAll('article :is(pre, .math-block, .table-wrapper)')]
            .filter(e => e.checkVisibility())
            .map(e => [e.scrollWidth > e.clientWidth, e.tabIndex === 0, e.getAttribute('role'), e.ariaLabel])"""
    )
    assert {scrolls for scrolls, *_ in seen} == {True, False}
    assert [box for box in seen if box[0] != box[1] or box[2] != "group"] == []
    assert {name for *_, name in seen} == {"Code", "Output", "Formula", "Table"}


def test_the_frame_speaks_through_names_and_opens_by_keys(views, address):
    page = views["phone"]
    page.goto(address + LESSONS[3])
    assert page.locator("svg:has(> use)").count() > 5
    assert page.locator("svg:has(> use):not([aria-hidden=true])").count() == 0, "no icon speaks"
    assert page.locator("[aria-current=page]").all_inner_texts() == [page.locator("h1").inner_text().rstrip("#¶ ")]
    places = page.locator("[role=navigation]").evaluate_all("all => all.map(e => e.ariaLabel)")
    assert places == ["Lessons", "The page before and the next one", "On this page"]
    beside = page.get_by_role("navigation", name=places[1])
    assert beside.get_by_role("link", name=re.compile("Next page ?: 5 Reading a heat map")).count() == 1
    sidebar = page.get_by_role("checkbox", name="Toggle site navigation sidebar")
    sidebar.focus()
    page.keyboard.press("Space")
    assert sidebar.is_checked()
    page.wait_for_function("() => document.querySelector('.sidebar-drawer').getBoundingClientRect().left === 0")
    inner = page.get_by_role("switch", name="Toggle navigation of Gallery")
    inner.focus()
    page.keyboard.press("Space")
    assert page.get_by_role("navigation", name="Lessons").get_by_role("link", name="Fifty noisy points").count() == 2
    assert page.locator(".toctree-l2 a").first.is_visible()


# How long the lines of headings are.
LINES = """all => all.map(heading => {
    const text = document.createRange();
    text.selectNodeContents(heading.firstChild);
    return [...text.getClientRects()].map(line => line.width);
})"""


def test_what_gets_the_focus_is_not_behind_the_bar_on_top(views, address):
    page = views["phone"]
    page.goto(address + LESSONS[3])
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    bar = page.locator(".mobile-header").bounding_box()
    tops = page.evaluate(
        """[...document.querySelectorAll('article a.reference')].reverse()
            .map(e => (e.focus(), e.getBoundingClientRect().top))"""
    )
    assert len(tops) > 5 and min(tops) >= bar["height"]
    icons = [icon.bounding_box() for icon in page.locator(".mobile-header :is(a.language-switch, button, label)").all()]
    assert [box for box in icons if box["width"] < 40 or box["height"] < 44] == [], "each icon has room for a finger"
    icons.sort(key=lambda box: box["x"])
    assert all(a["x"] + a["width"] <= b["x"] for a, b in pairwise(icons))
    lines = page.locator("article h2").evaluate_all(LINES)
    assert [line for line in lines if len(line) > 1 and line[-1] < 0.3 * max(line)] == [], "no word alone on a line"


# What stands still in the window while the text moves.
LIES_OVER_THE_TEXT = """[...document.querySelectorAll("body *")].filter(e => {
    const { left, top, right, bottom, width, height } = e.getBoundingClientRect();
    const inside = width && height && right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
    return inside && getComputedStyle(e).position === "fixed" && e.checkVisibility({ opacityProperty: true });
}).map(e => e.outerHTML.slice(0, 80))"""


def test_nothing_lies_over_the_text_when_the_page_goes_up(views, address):
    """As to a figure from a {try} below it."""
    page = views["phone"]
    page.goto(address + LESSONS[3])
    for top in 5000, 3000:
        page.evaluate("top => scrollTo({ top, behavior: 'instant' })", top)
        page.evaluate(A_FRAME)
    assert page.evaluate(LIES_OVER_THE_TEXT) == []


def test_the_buttons_that_show_a_picture_say_it_too(views, address):
    page = views["desktop"]
    page.goto(address + LESSONS[3])
    heard = page.get_by_role("status").first
    button = page.locator(".theme-toggle:visible")
    said = []
    for _ in range(3):
        button.click()
        said.append(heard.text_content())
    assert set(said) == {"Light mode", "Dark mode", "Auto light/dark, in dark mode"}
    assert page.locator(".output").count()
    assert page.locator(".output .copybtn").count() == 0, "what is printed is not to be typed"
    page.locator(".highlight").first.hover()
    page.locator(".copybtn").first.click()
    assert heard.text_content() == "Copied!"


@pytest.mark.parametrize("view", ["phone", "desktop"])
def test_figures_and_words_take_the_colours_of_the_page(views, address, view):
    page = views[view]
    page.goto(address + "index.html")
    colours = page.evaluate(
        """() => {
            const of = (selector, what) => getComputedStyle(document.querySelector(selector))[what];
            return {
                page: of('article p', 'color'), label: of('.figure-svg text:not([fill])', 'fill'),
                word: of('.role-value', 'color'), dots: of('.figure-svg [fill="var(--role-value)"]', 'fill'),
            };
        }"""
    )
    assert colours["label"] == colours["page"]
    assert colours["word"] == colours["dots"]


def test_light_and_dark_differ(views, address):
    seen = []
    for view in "phone", "desktop":
        views[view].goto(address + "index.html")
        seen.append(views[view].evaluate("getComputedStyle(document.querySelector('.role-key')).color"))
    assert seen[0] != seen[1]


@pytest.mark.parametrize("view, least, most", [("phone", 200, 256), ("desktop", 0, 60)])
def test_a_heat_map_has_the_paper_of_the_page_and_stands_where_the_text_begins(views, address, view, least, most):
    page = views[view]
    page.goto(address + LESSONS[4])
    places = "drawn => drawn.map(one => one.getBoundingClientRect().left)"
    lefts = page.locator(".figure-svg svg").evaluate_all(places) + page.locator("article p").evaluate_all(places)[:1]
    assert len(lefts) > 2
    assert max(lefts) - min(lefts) < 1
    picture = page.locator(".figure-svg svg").first.screenshot()
    assert least <= np.median(Image.open(io.BytesIO(picture)).convert("L")) < most


def test_code_is_dark_on_dark_pages_only(views, address):
    brightness = []
    for view in "phone", "desktop":
        views[view].goto(address + LESSONS[0])
        colour = views[view].evaluate("getComputedStyle(document.querySelector('.highlight')).backgroundColor")
        brightness.append(sum(int(part) for part in colour.strip("rgb()").split(",")))
    assert brightness[0] > 600
    assert brightness[1] < 150


# What stands alone at the start of a line though it belongs to the formula before it, at all widths of a column.
PARTED = """() => [...Array(80).keys()].flatMap(i => {
    document.querySelector("article").style.width = `${240 + 5 * i}px`;
    return [...document.querySelectorAll("p math")].flatMap(math => {
        if (!/^[.,:;)]/.test(math.nextSibling?.data)) return [];
        const text = document.createRange();
        text.setStart(math.nextSibling, 0);
        text.setEnd(math.nextSibling, 1);
        const { top, left } = text.getBoundingClientRect(), box = math.getBoundingClientRect();
        return left < box.left && top > box.top ? [math.textContent] : [];
    });
})"""


def test_formulas_are_set_in_their_font(views, address):
    page = views["desktop"]
    page.goto(address + "lessons/03-who-is-near-me.html")
    page.locator(".math-block math").first.bounding_box()  # laid out, so that the browser has asked for the font
    page.evaluate("document.fonts.ready")
    loaded = "[...document.fonts].filter(f => f.family.includes('Lesson Math')).map(f => f.status)"
    assert page.evaluate(loaded) == ["loaded"]
    formula = page.locator(".math-block math").first.bounding_box()
    assert formula["height"] > 30, "a fraction is taller than a line"
    assert page.evaluate(PARTED) == []


def test_print_has_the_text_and_not_the_furniture(views, address):
    page = views["desktop"]
    page.goto(address + LESSONS[2])
    page.emulate_media(media="print")
    hidden = "['.sidebar-drawer', '.toc-drawer', '.related-pages'].every(s => !document.querySelector(s).offsetParent)"
    assert page.evaluate(hidden)
    assert page.locator("article .figure-svg svg").first.is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.role-key')).color") == LIGHT_KEY
    page.emulate_media(media="screen")


def test_the_sheet_of_shapes_is_one_sheet_of_paper(chromium, address):
    """A4 or letter, nothing beyond the edge of its column. A lesson needs more sheets, so they really are counted."""
    page = chromium.new_page(viewport={"width": 672, "height": 1000})  # 210 mm without the margins of lesson.css

    def sheets(name, paper="A4"):
        page.goto(address + name)
        return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper)))

    assert sheets(LESSONS[2]) > 1
    assert sheets("reference/shapes.html", "Letter") == sheets("reference/shapes.html") == 1
    page.emulate_media(media="print")
    outside = page.evaluate(
        """() => {
            const sheet = document.querySelector('#all-shapes-on-one-sheet'), edge = sheet.getBoundingClientRect();
            const column = edge.left + edge.width / 2;
            return [...sheet.querySelectorAll('td, tbody th, p, li, pre, h2')].filter(e => {
                const box = e.getBoundingClientRect(), word = document.createRange();
                word.selectNodeContents(e);
                const end = word.getBoundingClientRect().right;
                const whole = getComputedStyle(e).columnSpan === 'all' || box.width > edge.width / 2;
                const limit = whole || box.left >= column ? edge.right : column;
                return e.scrollWidth > e.clientWidth + 1 || end > limit;
            }).map(e => e.textContent);
        }"""
    )
    assert outside == []
    page.close()


def test_nothing_is_taken_from_the_root_when_the_page_is_there(chromium, address):
    """The browser would compute the style of everything anew."""
    page = chromium.new_page()
    page.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
            window.changes = [];
            const root = document.documentElement;
            new MutationObserver(all => changes.push(...all)).observe(root, { attributeFilter: ["class"] });
        }, { capture: true })"""
    )
    page.goto(address + "index.html")
    assert page.evaluate("window.changes.length") == 0
    assert page.evaluate("document.documentElement.classList.contains('no-js')") is False
    page.close()


def test_on_a_phone_the_search_page_has_its_field(views, address):
    page = views["phone"]
    page.goto(address + "search.html")
    field = page.locator("article").get_by_role("searchbox", name="Search")
    field.fill("overshoot")
    field.press("Enter")
    page.wait_for_url(f"{address}search.html?q=overshoot")
    page.locator("#search-results li a").first.wait_for()


def test_search_finds_a_word(views, address):
    page = views["desktop"]
    page.goto(address + "search.html?q=overshoot")
    page.wait_for_selector("#search-results .search-summary:has-text('found')")
    found = [link.get_attribute("href") for link in page.locator("#search-results li a").all()]
    assert found[0] == "reference/glossary.html#term-overshoot", "what the word means comes first"
    assert "11-did-training-help" in found[1], "and then the lesson about it"


def test_the_words_of_a_closed_fold_stand_in_the_middle_of_its_box(views, address):
    page = views["phone"]
    page.goto(address + "zh/practice/exercises-1.html")
    off = page.evaluate("""() => [...document.querySelectorAll("article details.admonition")].map((fold) => {
        const words = document.createRange();
        words.selectNodeContents(fold.querySelector("summary > .collapsed") ?? fold.querySelector("summary"));
        const [inner, outer] = [words.getBoundingClientRect(), fold.getBoundingClientRect()];
        return Math.abs(inner.top - outer.top - (outer.bottom - inner.bottom));
    })""")
    assert len(off) > 20 and max(off) <= 2


def test_a_table_has_a_name_and_so_has_each_of_its_rows(parsed):
    page = parsed("lessons/03-who-is-near-me.html")
    tables = page.select("table")
    assert [table["aria-label"] for table in tables] == [
        "By hand: from distance to weight",
        "What we see: attention, in its own words",
    ]
    rows = [row for table in tables for row in table.select("tbody tr")]
    assert len(rows) > 8 and all(row.select("th[scope=row]:first-child") for row in rows)


def test_short_code_and_a_link_to_a_lesson_stand_on_one_line(parsed):
    for language, number in ("", r"lesson \d"), ("zh/", r"第 \d+ 课"):
        page = parsed(f"{language}play/index.html")
        texts = [link.get_text() for link in page.select("article a")]
        assert not [text for text in texts if re.search(number, text.replace("\n", " "))]
        assert [text for text in texts if re.search(number.replace(" ", "\xa0"), text)]
        short = [code for code in page.select("article code") if code.get_text() == "w = 1"]
        assert short and all("whole" in code["class"] for code in short)
