"""A real head: its numbers on the screen against torch's softmax of the stored scores; keys, a finger, the address."""

import json

import pytest
import torch
from conftest import DOCS
from explorable_pages import close, input_of, minus, rows_of, settled, show, start

STORED = json.loads((DOCS / "facts" / "sentences.json").read_text(encoding="utf-8"))
SENTENCES = {one["name"]: one for one in STORED["sentences"]}
NAMES = {"[CLS]": "(start)", "[SEP]": "(end)"}


def weights_of(sentence, head, query, T=1.0):
    scores = torch.tensor(SENTENCES[sentence]["scores"][head][query], dtype=torch.float64)
    return scores, torch.softmax(scores / T, dim=0)


def expect_real_head(root, sentence="tired", head="meaning", query=5, T=1.0):
    """Compare all numbers on the screen with torch's."""
    words = [NAMES.get(token, token) for token in SENTENCES[sentence]["tokens"]]
    scores, weights = weights_of(sentence, head, query, T)
    order = sorted(range(len(words)), key=lambda i: (-weights[i].item(), i))
    counts = ((scores - scores.max()) / T).exp()
    rows = rows_of(root)
    assert [row[0] for row in rows[:5]] == [words[i] for i in order[:5]]
    assert [row[1:] for row in rows[:5]] == [
        [minus(scores[i]), minus(counts[i], 3), minus(weights[i], 3)] for i in order[:5]
    ]
    rest = order[5:]
    assert rows[5][0] == f"{len(rest)} others"
    assert rows[5][2:] == [minus(counts[rest].sum(), 3), minus(weights[rest].sum(), 3)]
    assert rows[6][2:] == [minus(counts.sum(), 3), "1.000"]
    heard = minus(1 / (weights**2).sum(), 1)
    assert root.locator(".explorable-summary").inner_text() == (
        f"“{words[query]}” hears about {heard} of {len(words)} words, "
        f"and “{words[order[0]]}” most of all: {minus(weights.max())}."
    )
    assert root.locator("[data-part=words] text").all_text_contents() == words
    assert root.locator("[data-part=words] [font-weight]").all_text_contents() == [words[query]]
    bars = root.locator("[data-part=weights] rect").evaluate_all("all => all.map(e => Number(e.getAttribute('width')))")
    bars = torch.tensor(bars, dtype=torch.float64)
    assert torch.allclose(bars / bars.sum(), weights, atol=1e-3)
    drawn = root.locator("[data-part=numbers] text").all_text_contents()
    assert drawn == [minus(weights[i]) for i in order[:5] if weights[i] >= 0.005]


def test_heated_scores_counts_and_softmax(maths):
    scores = torch.tensor(SENTENCES["tired"]["scores"]["previous"], dtype=torch.float64)
    for T in 0.1, 1.0, 7.9, 100.0:
        theirs = maths("(m, [rows, T]) => rows.map(row => m.softmax(m.heated(row, T)))", [scores.tolist(), T])
        close(theirs, torch.softmax(scores / T, dim=-1).tolist())
        theirs = maths("(m, [rows, T]) => rows.map(row => m.counts(m.heated(row, T)))", [scores.tolist(), T])
        close(theirs, ((scores - scores.max(dim=-1, keepdim=True).values) / T).exp().tolist())


def test_by_keyboard(visit):
    page, root = visit("real-head")
    expect_real_head(root)
    input_of(root, "query").focus()
    settled(page, root, lambda: page.keyboard.press("ArrowRight"))
    expect_real_head(root, query=6)
    assert input_of(root, "query").get_attribute("aria-valuetext") == "the"
    settled(page, root, lambda: page.keyboard.press("End"))
    expect_real_head(root, query=14)
    settled(page, root, lambda: input_of(root, "sentence").select_option("author"))
    expect_real_head(root, "author", query=10)  # shorter: the last word asks
    input_of(root, "query").focus()
    settled(page, root, lambda: page.keyboard.press("ArrowLeft"))
    expect_real_head(root, "author", query=9)
    settled(page, root, lambda: input_of(root, "head").select_option("sink"))
    expect_real_head(root, "author", "sink", query=9)
    input_of(root, "temperature").focus()
    settled(page, root, lambda: page.keyboard.press("Home"))
    expect_real_head(root, "author", "sink", query=9, T=0.1)
    settled(page, root, lambda: page.keyboard.press("End"))
    expect_real_head(root, "author", "sink", query=9, T=100.0)


def test_the_marks_for_a_temperature_of_1_have_a_name_and_cross_no_number(visit):
    page, root = visit("real-head", view="phone")
    assert root.locator("[data-part=own-name]").text_content() == ""
    for T in "10", "100", "0.1":
        show(page, root, f"temperature={T}")
        assert root.locator("[data-part=own-name]").text_content().endswith("T = 1")
        crossed = root.evaluate(
            """root => {
                const marks = root.querySelector("[data-part=own]").getAttribute("d").match(/[\\d.]+ [\\d.]+/g);
                const numbers = [...root.querySelectorAll("[data-part=numbers] text")].map(e => e.getBBox());
                return marks.map(mark => mark.split(" ").map(Number)).filter(([x, y]) => numbers.some(
                    box => box.x < x && x < box.x + box.width && box.y - 8 < y && y < box.y + box.height));
            }"""
        )
        assert crossed == [], T


def test_a_word_that_is_tapped_asks(visit):
    page, root = visit("real-head", view="phone")
    word = root.locator("[data-part=words] text").nth(9)
    word.scroll_into_view_if_needed()
    box, canvas = word.bounding_box(), root.locator("svg.explorable-canvas").bounding_box()
    rows = root.locator("[data-part=asked]").bounding_box()["height"]
    assert rows >= 24, "a row is large enough for a finger"
    middle = box["y"] + box["height"] / 2
    settled(page, root, lambda: page.touchscreen.tap(canvas["x"] + canvas["width"] * 0.7, middle))
    expect_real_head(root, query=9)
    below = canvas["y"] + canvas["height"] - 5  # beside the words' rows: nobody is there
    page.touchscreen.tap(canvas["x"] + 100, below)
    page.clock.run_for(500)
    expect_real_head(root, query=9)


def test_buttons_in_the_steps_show_what_they_promise(visit):
    page, root = visit("real-head")
    it, are, has, previous, sink, cold, hot, wide = root.locator("button.try").all()
    for button, shown, heard in [
        (it, {"query": 9}, "animal"),
        (are, {"sentence": "keys", "query": 7}, "keys"),
        (has, {"sentence": "author", "query": 6}, "dog"),
        (previous, {"head": "previous", "query": 9}, "because"),
        (sink, {"head": "sink", "query": 9}, "(start)"),
        (cold, {"query": 9, "T": 0.1}, "animal"),
        (hot, {"query": 9, "T": 100.0}, "animal"),
        (wide, {"sentence": "wide", "query": 9}, "animal"),
    ]:
        settled(page, root, button.click)
        expect_real_head(root, **shown)
        assert rows_of(root)[0][0] == heard
    words = len(SENTENCES["tired"]["tokens"])
    for T, about in (0.1, 1), (100.0, words):
        weights = weights_of("tired", "meaning", 9, T)[1]
        assert 1 / (weights**2).sum() == pytest.approx(about, abs=0.05), "one word, or all alike"


def test_the_address_brings_a_state_and_nonsense_is_ignored(load):
    asked = "?real-head.sentence=keys&real-head.head=previous&real-head.query=7&real-head.temperature=7.9"
    expect_real_head(start(load(asked), "real-head"), "keys", "previous", 7, 7.9)
    nonsense = "?real-head.sentence=__proto__&real-head.head=D&real-head.query=2.5&real-head.temperature=0"
    expect_real_head(start(load(nonsense), "real-head"))
    expect_real_head(start(load("?real-head.sentence=author&real-head.query=14"), "real-head"), "author", query=10)


def test_the_names_of_the_heads_are_those_that_are_stored(visit):
    _, root = visit("real-head")
    names = input_of(root, "head").locator("option").all_inner_texts()
    stored = [f"layer {layer}, head {head}" for layer, head in STORED["heads"].values()]
    assert all(place in name for place, name in zip(stored, names, strict=True))


def test_only_this_figure_asks_for_the_sentences(load):
    asked = []
    page = load(prepare=lambda page: page.on("request", lambda request: asked.append(request.url)))
    start(page, "one-query")
    assert not [url for url in asked if url.endswith("real-head/data.json")]
    start(page, "real-head")
    assert len([url for url in asked if url.endswith("real-head/data.json")]) == 1


def test_on_home_a_word_is_tapped_and_the_three_steps_are_told(load):
    page = load(where="index.html", view="phone")
    root = start(page, "real-head")
    expect_real_head(root)
    assert [box.get_attribute("id") for box in root.locator("input, select").all()] == [
        f"explore-real-head-{part}" for part in ("sentence", "query")
    ], "a sentence and a word, and no more"
    word = root.locator("[data-part=words] text").nth(9)
    settled(page, root, lambda: word.tap(force=True))
    expect_real_head(root, query=9)
    assert "most of all" in root.locator(".explorable-live").text_content()
