"""One scale for all letters, measured in a real browser: text, code, tables, controls and labels in figures."""

import pytest

SCALE = ["mark", "small", "note", "text", "part", "section", "title"]
PAGES = [
    "index.html",
    "lessons/07-many-small-products.html",
    "lessons/16-how-far-does-it-scale.html",
    "play/index.html",
]
PAGES += ["examples/plot_five_epochs.html", "practice/quiz-plots.html", "practice/exercises-1.html"]
PAGES += ["reference/generated/nwlesson.train.html", "reference/glossary.html", "teach/plan.html", "zh/index.html"]

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


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("view", ["phone", "desktop"])
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
    assert {label for label in labels if not least * 0.94 < label[0] < text + 0.1} == set()
    on_page = {(kind, size, word) for kind, size, word in found if kind != "figure"}
    assert {one for one in on_page if min(abs(one[1] - size) for size in sizes) > 0.1} == set()
    assert {one for one in on_page if one[0] == "drawing" and one[1] > text} == set()
    assert on_page
