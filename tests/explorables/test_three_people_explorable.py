"""Three people: table, bar and answer against nwlesson, column by column; keys, mouse, finger, address."""

import json
from decimal import ROUND_HALF_UP, Decimal

import pytest
import torch
from conftest import SITE
from explorable_pages import close, input_of, minus, rows_of, settled, show, start

from nwlesson import attention_pooling, attention_weights, kernels

FIRST = {"q": 2.0, "a": 1.0, "b": 2.0, "c": 4.0, "va": 10, "vb": 20, "vc": 40}


def share(number, digits=3):
    """A share or a count as the table writes it: with its first digit, however small it is."""
    while number < 10**-digits:
        digits += 1
    return f"{number:.{digits}f}"


def half_up(number):
    """Two digits, as JavaScript rounds a number that lies exactly between two."""
    return minus(Decimal(number).quantize(Decimal("0.01"), ROUND_HALF_UP))


def place(number):
    text = minus(number, 1)
    return text.removesuffix(".0")


def columns_of(state):
    """The columns and their sums as the table writes them, and the weights and the prediction."""
    query = torch.tensor([state["q"]], dtype=torch.float64)
    keys, values = (torch.tensor([state[key] for key in names], dtype=torch.float64) for names in ("abc", VALUES))
    distance = query - keys
    weights = attention_weights(query, keys)[0]
    counts = kernels.gaussian(distance)
    prediction = attention_pooling(query, keys, values).item()
    products = [minus(product) for product in weights * values]
    table = [
        [place(d) for d in distance] + [""],
        [half_up(-(d.item() ** 2) / 2) for d in distance] + [""],
        [share(c) for c in counts] + [share(counts.sum())],
        [share(w) for w in weights] + ["1.000"],
        [*products, minus(prediction)],
    ]
    return table, weights, prediction


VALUES = ("va", "vb", "vc")


def widths(root, part):
    marks = root.locator(f"[data-part={part}] rect")
    return torch.tensor(marks.evaluate_all("all => all.map(e => Number(e.getAttribute('width')))"), dtype=torch.float64)


def expect_three_people(root, step, **state):
    """Compare all numbers on the screen with nwlesson's: the columns up to `step` are filled in, the others empty."""
    state = FIRST | state
    table, weights, prediction = columns_of(state)
    rows = rows_of(root)
    assert [row[0] for row in rows] == [f"{n}: {place(state[k])}" for n, k in zip("ABC", "abc")] + ["sum"]
    shown = [column if i < step else [""] * 4 for i, column in enumerate(table)]
    assert [list(column) for column in zip(*(row[1:] for row in rows))] == shown
    told = root.locator(".explorable-summary").inner_text()
    assert all(number in told for number in table[step - 1] if number not in ("", "1.000")), told
    assert len(told.split()) <= 20
    assert root.locator("[data-part=told] text").all_text_contents() == (table[step - 1][:3] if step < 3 else [])
    pieces = widths(root, "shares")
    assert len(pieces) == (3 if step >= 4 else 0)
    if step >= 4:
        whole = root.locator("[data-part=whole]").evaluate("e => e.getBBox().width")
        assert torch.allclose(pieces / whole, weights, atol=1e-3), "each piece is a share of the bar"
    answer = minus(prediction) if step == 5 else ""
    assert root.locator("[data-part=answer]").text_content() == answer
    adds_up = sum(map(Decimal, table[4][:3])) == Decimal(minus(prediction))
    added = " + ".join(table[4][:3]) + f" {'=' if adds_up else '≈'} {minus(prediction)}"
    assert root.locator("[data-part=sum]").text_content() == (added if step == 5 else "")


@pytest.mark.site
def test_it_starts_with_the_table_of_lesson_3(visit):
    _, root = visit("three-people", "step=5")
    facts = json.loads((SITE.parent / "facts" / "lesson_03.json").read_text(encoding="utf-8"))
    by_hand = [[facts[f"toy-{part}-{key}"] for part in ("count", "1", "product")] for key in (1, 2, 4)]
    assert [row[3:] for row in rows_of(root)[:3]] == by_hand
    assert [row[1] for row in rows_of(root)] == ["1", "0", "−2", ""]
    scores = [row[2].replace("−", "-") for row in rows_of(root)[:3]]
    assert [float(score) for score in scores] == [
        float(facts[f"toy-score-{key}"].replace("−", "-")) for key in (1, 2, 4)
    ]
    assert rows_of(root)[3][3:] == [facts["toy-total"], facts["toy-weight-sum"], facts["toy-1"]]


def test_products(maths):
    close(maths("m => m.products([0.5, 0.25, 0], [10, -20, 40])"), [5, -5, 0])


def test_next_fills_in_one_column_more_by_keyboard(visit):
    page, root = visit("three-people")
    expect_three_people(root, 1)
    forth = root.locator("[data-part=next]")
    forth.focus()
    for step in 2, 3, 4, 5:
        settled(page, root, lambda: page.keyboard.press("Enter"))
        expect_three_people(root, step)
    settled(page, root, lambda: page.keyboard.press("Enter"))
    expect_three_people(root, 1)  # and begins again, rather than be silent
    settled(page, root, root.locator("[data-part=back]").click)
    expect_three_people(root, 5)


def test_every_slider_moves_what_it_says(visit):
    page, root = visit("three-people", "step=5")
    state = {}
    for key, step in {"q": 0.1, "a": 0.1, "b": 0.1, "c": 0.1, "va": 1, "vb": 1, "vc": 1}.items():
        input_of(root, key).focus()
        settled(page, root, lambda: page.keyboard.press("ArrowRight"))
        state[key] = round(FIRST[key] + step, 1)
        expect_three_people(root, 5, **state)
    for key, end in ("q", 5.0), ("a", 0.0), ("b", 0.0), ("c", 0.0):
        input_of(root, key).focus()
        settled(page, root, lambda end=end: page.keyboard.press("End" if end else "Home"))
        state[key] = end
    expect_three_people(root, 5, **state)
    assert rows_of(root)[0][3] == "0.000004", "a count is always more than 0"


def test_what_is_told_on_the_way_to_a_person_stands_clear_of_the_circle(visit):
    _, root = visit("three-people", "step=2", view="phone")
    gaps = root.evaluate(
        """root => {
            const boxes = part => [...root.querySelectorAll(`[data-part=${part}] > *`)].map(e => e.getBBox());
            const people = boxes("people");
            const gap = (a, b) => Math.max(b.x - a.x - a.width, a.x - b.x - b.width);
            return boxes("told").map((told, i) => gap(told, people[i]));
        }"""
    )
    assert len(gaps) == 3 and min(gaps) > 1


def test_the_answer_covers_nobody_in_the_states_of_the_steps(visit):
    page, root = visit("three-people", view="phone")
    for state in "step=5", "step=5&a=4&b=4&c=4", "step=5&vc=50", "step=5&q=5":
        show(page, root, state)
        covered = root.evaluate(
            """root => {
                const a = root.querySelector("[data-part=answer]").getBBox();
                const people = [...root.querySelectorAll("[data-part=people] circle")].map(e => e.getBBox());
                return people.filter(
                    b => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height);
            }"""
        )
        assert covered == [], state


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_people_and_the_query_are_dragged_by_mouse(visit):
    page, root = visit("three-people", "step=4")
    box = root.locator("svg.explorable-canvas").bounding_box()
    unit = (box["width"] - 60) / 5  # the axis from 0 to 5
    people = root.locator("[data-part=people] circle")
    state = {}
    for i, (key, to) in enumerate({"a": 0.5, "b": 3.0, "c": 4.5}.items()):
        x, y = middle(people.nth(i))
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + (to - FIRST[key]) * unit, y + 30, steps=4)
        settled(page, root, page.mouse.up)
        state[key] = to
        expect_three_people(root, 4, **state)
    page.mouse.move(box["x"] + 40 + 2 * unit, box["y"] + 250)
    page.mouse.down()
    page.mouse.move(box["x"] + 40 + 3.5 * unit, box["y"] + 200, steps=4)
    settled(page, root, page.mouse.up)
    expect_three_people(root, 4, q=3.5, **state)
    page.mouse.move(box["x"] + 40, box["y"] + 200)
    expect_three_people(root, 4, q=3.5, **state)


def test_a_person_is_dragged_by_finger(visit):
    page, root = visit("three-people", view="phone")
    root.locator("svg.explorable-canvas").evaluate("e => e.scrollIntoView({ block: 'center', behavior: 'instant' })")
    hand = root.locator("[data-part=hands] circle").nth(2)
    assert hand.bounding_box()["width"] >= 44
    x, y = middle(hand)
    unit = (root.locator("svg.explorable-canvas").bounding_box()["width"] - 60) / 5
    touch = page.context.new_cdp_session(page)

    def swipe():
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        for part in 0.25, 0.5, 0.75, 1.0:
            points = [{"x": x - part * unit, "y": y}]
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    settled(page, root, swipe)
    expect_three_people(root, 1, c=3.0)


def test_buttons_in_the_steps_show_what_they_promise(visit):
    page, root = visit("three-people")
    away, together, fifty, right = root.locator("button.try").all()
    before, weights, _ = columns_of(FIRST)
    settled(page, root, away.click)
    expect_three_people(root, 4, c=5.0)
    after, moved, _ = columns_of(FIRST | {"c": 5.0})
    assert (moved > weights).tolist() == [True, True, False], "A and B get what C loses"
    assert after[2][:2] == before[2][:2], "and have the same counts"
    settled(page, root, together.click)
    expect_three_people(root, 5, a=4.0, b=4.0, c=4.0)
    assert rows_of(root)[3][5] == minus(torch.tensor([10.0, 20, 40]).mean()), "the plain average"
    settled(page, root, fifty.click)
    expect_three_people(root, 5, vc=50)
    changed = [new != old for new, old in zip(columns_of(FIRST | {"vc": 50})[0], before)]
    assert changed == [False] * 4 + [True], "only the last column"
    settled(page, root, right.click)
    expect_three_people(root, 5, q=5.0)
    assert columns_of(FIRST | {"q": 5.0})[2] < 40


def test_the_address_brings_a_state_and_nonsense_is_ignored(load):
    names = {"step": 3, "q": 1.5, "b": 3.5, "vc": 7}
    asked = "?" + "&".join(f"three-people.{key}={value}" for key, value in names.items())
    expect_three_people(start(load(asked), "three-people"), **names)
    nonsense = "?three-people.step=6&three-people.q=-1&three-people.a=x&three-people.va=2.5&three-people.c="
    expect_three_people(start(load(nonsense), "three-people"), 1)
