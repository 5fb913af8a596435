"""One scale for all letters, measured in a real browser: text, code, tables, controls and labels in figures."""

import pytest

SCALE = ["mark", "small", "note", "text", "part", "section", "title"]
PAGES = [
    "index.html",
    "lessons/04-all-queries-at-once.html",
    "lessons/16-how-far-does-it-scale.html",
    "play/index.html",
]
PAGES += ["examples/plot_five_epochs.html", "practice/quiz-plots.html", "practice/exercises-1.html"]
PAGES += ["reference/generated/nwlesson.train.html", "reference/glossary.html", "teach/plan.html", "zh/index.html"]
PAGES += ["zh/lessons/11-did-training-help.html"]
# On a desk the deck's letters are those of a slide.
VIEWS = [(view, name) for view in ("phone", "desktop") for name in PAGES] + [("phone", "teach/slides.html")]

# What stands on the page, and how large it is on the screen; the label of a picture grows and shrinks with the picture.
# Formulas are left out, for their small parts follow a rule of their own, and so is what is folded away.
LETTERS = """scale => {
    const [root, body] = [document.documentElement, document.body].map(element => getComputedStyle(element));
    const rem = parseFloat(root.fontSize);
    const sizes = scale.map(name => parseFloat(body.getPropertyValue(`--size-${name}`)) * rem);
    const found = [];
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let word; word = words.nextNode(); ) {
        const element = word.parentElement;
        const drawing = element.ownerSVGElement;
        if (!word.data.trim() || element.closest("math, script, .unseen, .explorable-live, .visually-hidden")) continue;
        if (!element.checkVisibility({ visibilityProperty: true })) continue;
        const { a, b } = drawing ? element.getScreenCTM() : { a: 1, b: 0 };
        const size = parseFloat(getComputedStyle(element).fontSize) * Math.hypot(a, b);
        const kind = drawing ? drawing.closest(".explorable-canvas") ? "drawing" : "figure" : "page";
        found.push([kind, size, word.data.trim().slice(0, 30)]);
    }
    return [sizes, found];
}"""

# Words in a figure that touch each other, or the line that a legend shows for the next word. Figures are laid out once,
# in English and for one font; readers have other words and other fonts.
CLASHES = """() => [...document.querySelectorAll(".figure-svg svg")].flatMap(svg => {
    if (!svg.checkVisibility()) return [];
    const words = [...svg.querySelectorAll("text")].map(word => [word.textContent, word.getBoundingClientRect()]);
    const drawn = [...svg.querySelectorAll("path:not(defs path)")].map(path => path.getBoundingClientRect());
    const lines = drawn.filter(line => line.height < 1 && line.width > 10 && line.width < 45);
    const level = (a, b) => Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    return words.flatMap(([word, box], i) => [
        ...words.slice(i + 1).filter(([, other]) =>
            level(box, other) > 4 && Math.min(box.right, other.right) - Math.max(box.left, other.left) > 1),
        ...lines.filter(line => line.top > box.top && line.bottom < box.bottom
            && box.left < line.left && line.left < box.right + 4).map(line => ["a line"]),
    ].map(([other]) => `${word} | ${other}`));
})"""


@pytest.mark.parametrize("view, name", VIEWS)
def test_all_letters_are_of_one_scale_and_no_label_is_larger_than_the_text(views, address, view, name):
    page = views[view]
    page.goto(address + name)
    for explorable in page.locator(".explorable").all():
        explorable.scroll_into_view_if_needed()
        explorable.locator("xpath=self::*[contains(@class, 'running')]").wait_for()
    sizes, found = page.evaluate(LETTERS, SCALE)
    assert sizes == sorted(sizes)
    least, text = sizes[0], sizes[SCALE.index("text")]
    labels = {(size, word) for kind, size, word in found if kind == "figure"}
    # On a phone a picture is a little narrower than it was laid out for.
    assert {label for label in labels if not least * 0.93 < label[0] < text + 0.1} == set()
    on_page = {(kind, size, word) for kind, size, word in found if kind != "figure"}
    assert {one for one in on_page if min(abs(one[1] - size) for size in sizes) > 0.1} == set()
    assert {one for one in on_page if one[0] == "drawing" and one[1] > text} == set()
    assert on_page
    assert page.evaluate(CLASHES) == []
