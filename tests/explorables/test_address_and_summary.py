"""What an explorable keeps in the address, what it reads there, and when it speaks."""

from urllib.parse import parse_qs, urlsplit

import pytest
from explorable_pages import NAMES, PAUSE, input_of, settled, start

# Values that a part of the state cannot have, each in its turn. All that is not asked for stays as it is.
NONSENSE = {
    "one-query": {"x": ["99", ""], "w": ["-1", "abc"], "kernel": ["toString", "0"]},
    "bmm": {"b": ["2.5", "9"], "at": ["-1", "1.5"], "second": ["fit", "valueOf"]},
    "training": {
        "epochs": ["101", "-1", "1.5"],
        "seed": ["5", "toString"],
        "lr": ["5", "0"],
        "start": ["-1", "x"],
        "half": ["2", "valueOf"],
    },
    "shapes": {"start": ["arange(4)", "0"], "done": ["repeat(9)", "alert(1)"]},
}


def seen(root):
    """All that the reader sees in words: values of the controls, and the summary."""
    outputs = root.locator("output").all_inner_texts()
    chosen = root.locator("select").evaluate_all("all => all.map(e => e.value)")
    ticks = root.locator("[type=checkbox]").evaluate_all("all => all.map(e => e.checked)")
    return outputs, chosen, ticks, root.locator(".explorable-summary").inner_text()


@pytest.mark.parametrize("turn", range(3))
def test_nonsense_in_the_address_is_ignored(visit, load, turn):
    untouched = {name: seen(visit(name)[1]) for name in NONSENSE}
    parts = [(f"{name}.{key}", texts) for name, keys in NONSENSE.items() for key, texts in keys.items()]
    page = load("?" + "&".join(f"{part}={texts[turn % len(texts)]}" for part, texts in parts))
    assert {name: seen(start(page, name)) for name in NONSENSE} == untouched


def test_a_state_of_a_step_is_the_same_in_the_address(load):
    """Press the last {try} button of each; a page with the address that they have written shows the same."""
    page, states = load(), {}
    for name in NAMES:
        root = start(page, name)
        press = root.locator("button.try").last
        settled(page, root, lambda press=press: press.evaluate("button => button.click()"))
        assert urlsplit(page.url).fragment == f"explore-{name}"
        states[name] = seen(root)
    query = urlsplit(page.url).query
    assert {part.split(".")[0] for part in parse_qs(query)} == {*NAMES}
    fresh = load(f"?{query}")
    assert {name: seen(start(fresh, name)) for name in NAMES} == states


def test_the_address_keeps_the_state_and_what_others_have_written(load):
    page = load("?other=1&one-query.w=9")
    root = start(page, "one-query")
    input_of(root, "x").focus()
    page.keyboard.press("ArrowRight")
    settled(page, root, lambda: input_of(root, "kernel").select_option("triangular"))
    url = urlsplit(page.url)
    written = {"other": ["1"], "one-query.w": ["9"], "one-query.x": ["2.55"], "one-query.kernel": ["triangular"]}
    assert parse_qs(url.query) == written
    assert url.fragment == "explore-one-query"
    settled(page, root, lambda: root.get_by_role("button", name="Start again").click())
    assert parse_qs(urlsplit(page.url).query) == {"other": ["1"]}
    assert [input_of(root, key).input_value() for key in ("x", "kernel")] == ["2.5", "gaussian"]


def test_the_summary_is_spoken_once_when_the_reader_pauses(visit):
    page, root = visit("one-query")
    status = root.locator(".explorable-live")
    assert status.get_attribute("role") == "status"
    assert status.inner_text() == "", "the first summary is there to be read, not news"
    status.evaluate(
        """e => {
            window.spoken = [];
            new MutationObserver(() => spoken.push(e.innerText)).observe(e, { childList: true });
        }"""
    )
    input_of(root, "x").focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
        page.clock.run_for(50)
    assert root.locator("output").first.inner_text() == "1.50", "the figure follows at once"
    assert page.evaluate("window.spoken") == []
    page.clock.run_for(1000)
    spoken = page.evaluate("window.spoken")
    assert len(spoken) == 1 and "1.50" in spoken[0]


def test_data_that_did_not_come_are_asked_for_again(load):
    answers = iter([lambda route: route.fulfill(status=503, body="busy")])

    def prepare(page):
        page.route("**/data.json", lambda route: next(answers, lambda route: route.continue_())(route))

    page = load(view="phone", prepare=prepare)
    root = page.locator(".explorable").first
    root.scroll_into_view_if_needed()
    page.wait_for_selector(".explorable.failed")
    assert root.locator(".explorable-static svg").is_visible()
    assert "load the page again" in root.locator(".word-wait").inner_text()
    start(page, "training")
    assert all("503" in text or "JSON" in text for text in page.complaints) and page.complaints
    page.complaints.clear()


# A {try} glides, and Back undoes it


def number_of(root, key):
    return float(root.locator(f"#{root.get_attribute('id')}-{key} ~ output").inner_text())


@pytest.fixture
def moving(visit):
    """The first explorable for a reader who wants motion, and a button that leads to w = 0.25 at x = 4.5."""
    page, root = visit("one-query")
    page.emulate_media(reduced_motion="no-preference")
    button = root.locator("button.try").first
    before = button.evaluate("button => button.words.dataset.set")
    button.evaluate("button => { button.words.dataset.set = 'x=4.5&w=0.25&kernel=boxcar'; }")
    yield page, root, button
    button.evaluate("(button, before) => { button.words.dataset.set = before; }", before)


def test_a_try_passes_all_that_lies_between_and_arrives(moving):
    """x evenly, w by equal factors; what has no numbers in between is there at once; one address, one summary."""
    page, root, button = moving
    button.evaluate("button => button.click()")
    page.clock.run_for(50)
    assert input_of(root, "kernel").input_value() == "boxcar"
    seen = []
    for _ in range(9):
        page.clock.run_for(100)
        seen.append((number_of(root, "x"), number_of(root, "w")))
    xs, ws = zip(*seen, strict=True)
    assert list(xs) == sorted(xs) and len(set(xs)) > 5 and 2.5 < xs[3] < 4.5
    assert list(ws) == sorted(ws, reverse=True) and len(set(ws)) > 5
    share = [(x - 2.5) / 2 for x in xs]
    assert ws[3] == pytest.approx(4 * (0.25 / 4) ** share[3], rel=0.1), "half way is 1, not 2.1"
    assert seen[-1] == (4.5, 0.25)
    assert root.locator(".explorable-summary").get_attribute("aria-busy") == "true", "not spoken while it moves"
    page.clock.run_for(PAUSE)
    assert root.locator(".explorable-summary").get_attribute("aria-busy") is None


def test_whoever_touches_a_control_stops_the_movement_there(moving):
    page, root, button = moving
    button.evaluate("button => button.click()")
    page.clock.run_for(400)
    input_of(root, "x").evaluate("input => { input.value = 1; input.dispatchEvent(new Event('input')); }")
    page.clock.run_for(2000)
    there = number_of(root, "w")
    assert number_of(root, "x") == 1 and 0.25 < there < 4
    assert parse_qs(urlsplit(page.url).query)["one-query.w"] == [f"{there:g}"], "the address tells the truth"


def test_back_takes_a_try_back_and_forward_repeats_it(visit):
    page, root = visit("one-query")
    settled(page, root, lambda: input_of(root, "x").press("ArrowRight"))
    before = seen(root)
    settled(page, root, lambda: root.locator("button.try").first.evaluate("button => button.click()"))
    after = seen(root)
    assert after != before
    page.go_back()
    page.clock.run_for(PAUSE)
    assert seen(root) == before
    page.go_forward()
    page.clock.run_for(PAUSE)
    assert seen(root) == after
