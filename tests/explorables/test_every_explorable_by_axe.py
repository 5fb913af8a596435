"""What axe-core says of every explorable, in the states that its buttons lead to."""

import pytest
from conftest import AXE, MORE_RULES, ONE_OF_EACH_LOOK
from explorable_pages import every_explorable, unfold

# Colours and sizes are all that differs between the views for axe, and no state has colours or sizes of its own; the
# tree of elements and names is one.
VIEWS = {
    "dark": {"rules": {rule: {"enabled": True} for rule in MORE_RULES}},
    "phone": {"runOnly": ["color-contrast", "target-size", "scrollable-region-focusable"]},
}
ASK_AXE = """([id, options]) => {
    window.found = null;
    axe.run(id, { resultTypes: ["violations"], ...options }).then(({ violations }) => (window.found = violations));
}"""


TAKE_AWAY = """root => {
    window.places = [];
    for (let inner = root; inner !== document.body; inner = inner.parentElement)
        for (const other of [...inner.parentElement.children].filter(child => child !== inner)) {
            const place = document.createComment("");
            other.replaceWith(place);
            window.places.push([place, other]);
        }
}"""


@pytest.fixture
def alone(visit):
    """An explorable while all around it is away: axe reads the whole page before it looks at a part of it."""
    pages = []

    def take(name, view):
        page, root = visit(name, view=view)
        pages.append(page)
        root.evaluate(TAKE_AWAY)
        return page, root

    yield take
    for page in pages:
        page.evaluate("for (const [place, other] of window.places) place.replaceWith(other)")


@pytest.mark.parametrize("view", VIEWS)
@every_explorable
def test_breaks_no_rule_of_axe_in_any_state(alone, name, view):
    page, root = alone(name, view)
    page.evaluate(AXE)
    unfold(root)
    enter = [lambda: None, *(button.click for button in root.locator("button.try").all())]
    for press in enter if view == "dark" else [enter[0], enter[-1]]:
        press()
        page.clock.run_for(500)
        root.evaluate(ONE_OF_EACH_LOOK)
        page.evaluate(ASK_AXE, [f"#explore-{name}", VIEWS[view]])
        while page.evaluate("window.found === null"):  # it waits for timers, and the clock stands still
            page.clock.run_for(20)
        violations = page.evaluate("window.found")
        assert [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in violations] == []
