"""Pages with explorables that stay open for all tests of a file, and what a reader does there: look, press, wait.

A new window costs as much as twenty tests, so each view has one; after a test everything on it is put back. Its clock
stands still: `settled` turns it on, in place of waiting until the reader has paused. Motion is not wanted there, so a
{try} arrives at once; a test of motion says so. A plugin, not a conftest.py: two
of that name would hide each other from `import`.
"""

import re

import pytest
from conftest import DOCS
from numpy.testing import assert_allclose

from nwlesson import make_data

FOLDER = DOCS / "explorables"
NAMES = sorted(path.stem for path in FOLDER.glob("*/*.md") if path.parent.name == path.stem)
# All tests of a file with one explorable come one after the other: to bring another costs more than most tests.
every_explorable = pytest.mark.parametrize("name", NAMES, scope="module")
PLAY = "play/index.html"
VIEWS = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True},
    "tiny": {"viewport": {"width": 320, "height": 640}},
}
CONTROLS = "input, select, button, summary"
PAUSE = 500  # milliseconds, a little more than the reader's pause in explorable.js

# What moved on the page without the reader's doing; and each {try} button knows the words that it stands for.
WATCH = """
window.shifts = [];
new PerformanceObserver(list => { for (const entry of list.getEntries()) for (const { node } of entry.sources) {
    const element = node?.nodeType === 1 ? node : node?.parentElement;
    if (element?.closest("article")) window.shifts.push(element.outerHTML.slice(0, 80));
} }).observe({ type: "layout-shift", buffered: true });
const replace = Element.prototype.replaceWith;
Element.prototype.replaceWith = function (button) { button.words = this; replace.call(this, button); };
"""
PUT_BACK = """() => {
    document.documentElement.style.cssText = "scroll-behavior: auto";
    for (const answer of document.querySelectorAll("details")) answer.open = false;
    for (const storage of [localStorage, sessionStorage]) storage.clear();
    document.activeElement.blur();
    history.replaceState(null, "", location.pathname);
    for (const button of document.querySelectorAll(".explorable.running [data-part=reset]")) button.click();
    scrollTo(0, 0);
}"""


# A figure among eleven others takes half as much time again for each key: the browser lays out the whole page.
ALONE = """root => {
    const article = root.closest("article");
    article.style.minHeight = `${article.offsetHeight}px`;  // room to scroll
    window.away = [];
    for (const other of document.querySelectorAll(".explorable")) {
        if (other === root) continue;
        const place = document.createComment("");
        other.replaceWith(place);
        window.away.push([place, other]);
    }
}"""
TOGETHER = "for (const [place, other] of window.away ?? []) place.replaceWith(other)"


def double(seed=0):
    """The lesson's data, its float32 numbers as float64."""
    return [tensor.double() for tensor in make_data(50, step=0.125, seed=seed)]


def minus(number, digits=2):
    """A number as the figures write it."""
    text = f"{number:.{digits}f}"
    return text.replace("-", "" if float(text) == 0 else "−")


def close(ours, theirs):
    """Equal to 1e-6 relative, None for None; what is smaller than 1e-12 is 0."""
    flat = [[x for row in side for x in (row if isinstance(row, list) else [row])] for side in (ours, theirs)]
    assert len(flat[0]) == len(flat[1]) > 0
    assert [x is None for x in flat[0]] == [x is None for x in flat[1]]
    numbers = [[x for x in side if x is not None] for side in flat]
    assert_allclose(*numbers, rtol=1e-6, atol=1e-12, equal_nan=False)


def open_page(chromium, url, view, prepare=None, **options):
    """Open a page in a window of its own, whose clock stands still; it collects what the browser complains about."""
    page = chromium.new_context(**({"reduced_motion": "reduce"} | VIEWS[view] | options)).new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.add_init_script(WATCH)
    page.clock.install(time=0)
    if prepare:
        prepare(page)
    page.goto(url)
    if options.get("java_script_enabled", True):
        page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    return page


def no_complaints(page):
    assert [text for text in page.complaints if "favicon" not in text] == []


def start(page, name):
    """Bring an explorable near the window and wait until it runs; return it."""
    root = page.locator(f"#explore-{name}")
    root.scroll_into_view_if_needed()
    page.wait_for_selector(f"#explore-{name}.running")
    return root


def resized(page):
    """Wait until everything on the page has been told of its new size: who observes last is told last."""
    page.evaluate("new Promise(done => new ResizeObserver(done).observe(document.documentElement))")
    page.clock.run_for(PAUSE)


def laid_out(page):
    """Wait until what came near the window is laid out: that is seen at the end of one frame and done in the next."""
    for _ in range(2):
        resized(page)


def put_back(page, view):
    """As if the page had just been loaded and its explorables had started."""
    page.mouse.up()
    page.mouse.move(0, 0)
    if not page.evaluate("matchMedia('screen and (prefers-reduced-motion: reduce)').matches"):
        page.emulate_media(media="screen", reduced_motion="reduce")  # every style of the page is computed anew
    if page.viewport_size != VIEWS[view]["viewport"]:
        page.set_viewport_size(VIEWS[view]["viewport"])
    page.evaluate(PUT_BACK)
    resized(page)
    page.evaluate("for (const live of document.querySelectorAll('.explorable-live')) live.textContent = ''")


def start_alone(page, name, view):
    """Start an explorable and leave it on the page without the others; return it."""
    if page.alone != name:
        page.evaluate(TOGETHER)
        start(page, name).evaluate(ALONE)
        put_back(page, view)
        laid_out(page)
        page.alone = name
    return start(page, name)


@pytest.fixture(scope="module")
def kept(chromium, address):
    """The page of all explorables as one view shows it, opened when a test first asks for it."""
    pages = {}

    def keep(view):
        if view not in pages:
            pages[view] = open_page(chromium, address + PLAY, view)
            pages[view].alone = None
            put_back(pages[view], view)
        return pages[view]

    yield keep
    for page in pages.values():
        page.context.close()


@pytest.fixture
def visit(kept):
    """An explorable, without the others, on a page that stays open, in the state `w=1&x=2`.

    A complaint of the browser fails the test.
    """
    visited = {}

    def bring(name, state="", *, view="desktop"):
        page = visited[view] = kept(view)
        root = start_alone(page, name, view)
        if state:
            show(page, root, state)
        return page, root

    yield bring
    for view, page in visited.items():
        put_back(page, view)
    for page in visited.values():
        complaints, page.complaints[:] = [*page.complaints], []
        assert complaints == []


@pytest.fixture
def load(chromium, address):
    """A page of its own, for what happens while it loads: the address, or files that do not come."""
    pages = []

    def open_fresh(query="", *, where=PLAY, view="desktop", **options):
        pages.append(open_page(chromium, address + where + query, view, **options))
        return pages[-1]

    yield open_fresh
    for page in pages:
        page.context.close()
    for page in pages:
        no_complaints(page)


@pytest.fixture(scope="module")
def maths(kept):
    """Call functions of math.js in the browser: maths("(m, a) => m.softmax(a)", [0, 1])."""

    def call(function, argument=None):
        module = "../_static/explorables/shared/math.js"
        return kept("desktop").evaluate(
            f"async (argument) => ({function})(await import('{module}'), argument)", argument
        )

    return call


def discs(root, part):
    """Middle and radius of each disc of a path: [x, y, r], in the drawing's own units."""
    d = root.locator(f"[data-part={part}]").get_attribute("d")
    found = [list(map(float, numbers)) for numbers in re.findall(r"M(\S+) (\S+?)a(\S+) ", d)]
    return [[left + r, y, r] for left, y, r in found]


def input_of(root, key):
    return root.locator(f"#{root.get_attribute('id')}-{key}")


def controls_of(root):
    return root.locator(".explorable-controls").locator(CONTROLS)


def unfold(root):
    root.evaluate("root => root.querySelectorAll('details').forEach(answer => (answer.open = true))")


def settled(page, root, change):
    """Do something and let the reader pause, so that all of it is drawn; return the summary."""
    change()
    page.wait_for_function("e => e.ariaBusy", arg=root.locator(".explorable-summary").element_handle())
    page.clock.run_for(PAUSE)
    busy, summary = root.locator(".explorable-summary").evaluate("e => [e.ariaBusy, e.innerText]")
    assert not busy
    return summary


def show(page, root, state):
    """Press a {try} button as if it led to this state; the answer around it may be folded."""
    press = """(button, state) => {
        const { words } = button, before = words.dataset.set;
        words.dataset.set = state;
        button.click();
        words.dataset.set = before;
    }"""
    return settled(page, root, lambda: root.locator("button.try").first.evaluate(press, state))


def rows_of(root):
    """The texts of the table below the figure."""
    rows = root.locator(".explorable-below tbody tr")
    return rows.evaluate_all("all => all.map(row => [...row.cells].map(cell => cell.innerText))")
