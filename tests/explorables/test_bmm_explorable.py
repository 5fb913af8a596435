"""bmm: the stacks on the screen multiplied by torch, step by step, by pointing, and with its words for an error."""

import re

import pytest
import torch
from explorable_pages import PAUSE, input_of, settled, show


def product_on_screen(root, b, n, m, p):
    """The three stacks that are drawn, as nested lists; None where a number of the result is not there yet."""
    texts = root.locator("[data-part=numbers]").evaluate("g => [...g.children].map(t => t.textContent)")
    numbers = iter([float(text) if text else None for text in texts])
    return [
        [[[next(numbers) for _ in range(k)] for _ in range(r)] for _ in range(b)] for r, k in ((n, m), (m, p), (n, p))
    ]


@pytest.mark.parametrize(("b", "n", "m", "p"), [(2, 2, 3, 2), (3, 1, 4, 1), (1, 3, 1, 3), (3, 3, 4, 3)])
def test_bmm_multiplies_as_torch_does(visit, b, n, m, p):
    last = b * n * m * p - 1
    page, root = visit("bmm", f"b={b}&n={n}&m={m}&p={p}&at={last}")
    A, B, C = product_on_screen(root, b, n, m, p)
    first, second, _, result, _ = root.locator("pre").inner_text().split("\n")
    names = {"torch": torch}
    exec(f"{first}\n{second}", names)
    assert [names["A"].tolist(), names["B"].tolist(), eval(result)] == [A, B, C], "the code gives what is drawn"
    assert torch.equal(torch.bmm(torch.tensor(A), torch.tensor(B)), torch.tensor(C))
    code = root.locator("pre").inner_text()
    assert f"{(b, n, m)}, {(b, m, p)} → {(b, n, p)}" in code
    summary = settled(page, root, lambda: root.get_by_role("button", name="Next").click())
    assert summary.startswith("Level 0: row 0 of A")
    assert f"After 1 of {m}" in summary or m == 1


def test_bmm_step_by_step_adds_up_to_the_number(visit):
    page, root = visit("bmm")
    A, B, _ = product_on_screen(root, 2, 2, 3, 2)
    A, B = torch.tensor(A), torch.tensor(B)
    following = root.get_by_role("button", name="Next")
    for at in range(1, 9):
        following.focus()
        settled(page, root, lambda: page.keyboard.press("Enter"))
        cell, done = at // 3, at % 3 + 1
        level, row, column = cell // 4, cell // 2 % 2, cell % 2
        running = (A[level, row, :done] @ B[level, :done, column]).item()
        assert (
            root.locator("pre")
            .inner_text()
            .endswith(
                f"[{level}, {row}, {column}]: "
                + " + ".join(f"{x:g} × {y:g}" for x, y in zip(A[level, row, :done], B[level, :done, column]))
                + f" = {running:g}"
            )
        )
        assert f"{running:g}." in root.locator(".explorable-summary").inner_text()
    settled(page, root, lambda: root.get_by_role("button", name="Back").click())
    assert "After 2 of 3" in root.locator(".explorable-summary").inner_text()


@pytest.mark.parametrize("view", ["desktop", "phone"])
def test_bmm_pointing_at_a_number_shows_its_row_and_column(visit, view):
    page, root = visit("bmm", view=view)
    cells = root.locator("[data-part=cells] rect")
    result = cells.nth(12 + 12 + 5)  # level 1, row 0, column 1
    result.scroll_into_view_if_needed()
    names = root.locator("[data-part=names]")
    assert names.locator(".strong").all_text_contents() == ["0"]
    box = result.bounding_box()
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    point = page.touchscreen.tap if view == "phone" else page.mouse.move
    summary = settled(page, root, lambda: point(*place))
    assert "Level 1: row 0 of A has met column 1 of B" in summary
    assert names.locator(".strong").all_text_contents() == ["1"], "the number of the level that is meant"
    wide = [number for number, cell in enumerate(cells.all()) if cell.get_attribute("stroke") != "currentColor"]
    assert wide == [6, 7, 8, 12 + 7, 12 + 9, 12 + 11, 24 + 5], "A's row, B's column and the number"


def test_bmm_a_mouse_that_passes_by_leaves_the_walk_where_it_is_and_a_click_goes_there(visit):
    page, root = visit("bmm")
    settled(page, root, root.get_by_role("button", name="next", exact=False).first.click)
    walk = root.locator(".explorable-summary").inner_text()
    address = page.url
    result = root.locator("[data-part=cells] rect").nth(12 + 12 + 5)
    result.scroll_into_view_if_needed()
    box = result.bounding_box()
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    assert settled(page, root, lambda: page.mouse.move(*place)) != walk
    assert settled(page, root, lambda: page.mouse.move(0, 0)) == walk and page.url == address
    there = settled(page, root, lambda: page.mouse.click(*place))
    assert "Level 1: row 0 of A has met column 1 of B" in there
    page.mouse.move(0, 0)
    page.clock.run_for(PAUSE)
    assert root.locator(".explorable-summary").inner_text() == there and page.url != address


@pytest.mark.parametrize(("second", "shape"), [("levels", (3, 3, 2)), ("rows", (2, 4, 2))])
def test_bmm_that_does_not_fit_says_it_in_torchs_words(visit, second, shape):
    page, root = visit("bmm")
    summary = settled(page, root, lambda: input_of(root, "second").select_option(second))
    with pytest.raises(RuntimeError) as error:
        torch.bmm(torch.ones(2, 2, 3), torch.ones(shape))
    assert str(error.value) in summary.replace("’", "'")
    settled(page, root, lambda: input_of(root, "second").select_option("fits"))


BOXES = """root => {
    const box = ({ x, y, width, height }) => [x, y, x + width, y + height];
    const boxes = part => [...root.querySelectorAll(`[data-part=${part}] *`)].map(e => box(e.getBBox()));
    const dashed = [...root.querySelectorAll("[data-part=cells] *")].map(e => e.hasAttribute("stroke-dasharray"));
    const marks = root.querySelector("[data-part=misfit]").getAttribute("d");
    return [boxes("cells"), boxes("misfit-numbers"), dashed, marks];
}"""


@pytest.mark.parametrize("view", ["desktop", "tiny"])
@pytest.mark.parametrize(("b", "n", "m", "p"), [(2, 2, 3, 2), (3, 1, 4, 3), (1, 3, 1, 1), (3, 3, 2, 3)])
def test_bmm_marks_what_does_not_fit_where_it_is(visit, b, n, m, p, view):
    """Lines as long as the two axes, each with its number, beside or above its stack; what is too much is dashed."""
    _, root = visit("bmm", f"b={b}&n={n}&m={m}&p={p}&second=rows", view=view)
    assert f"Columns of A: {m}, rows of B: {m + 1}." in root.locator(".explorable-summary").inner_text()
    numbers = root.locator("[data-part=misfit-numbers] text")
    assert numbers.all_text_contents() == [str(m), str(m + 1)]
    cells, (three, four), dashed, marks = root.evaluate(BOXES)
    first, second = cells[: b * n * m], cells[b * n * m :]
    assert [at % ((m + 1) * p) >= m * p for at in range(len(second))] == dashed[len(first) :] and not any(
        dashed[: len(first)]
    )
    ends = [[float(place) for place in re.findall(r"[\d.]+", mark)] for mark in marks.split("M")[1:]]
    assert len(ends) == 2 * b, "in every level"
    left, top, right = ends[0]
    assert [left, right] == pytest.approx([first[0][0], first[m - 1][2]], abs=2) and top < first[0][1]
    x, top, bottom = ends[b]
    assert [top, bottom] == pytest.approx([second[0][1], second[m * p][3]], abs=2) and x < second[0][0]
    assert three[3] < first[0][1] and three[2] <= right + 2 and four[2] < second[0][0] and four[0] > first[m - 1][2] - 3
    show(root.page, root, f"b={b}&n={n}&m={m}&p={p}&second=levels")
    assert f"Levels of A: {b}, levels of B: {b + 1}." in root.locator(".explorable-summary").inner_text()
    assert numbers.all_text_contents() == [str(b), str(b + 1)]
    cells, *_, dashed, marks = root.evaluate(BOXES)
    first, second = cells[: b * n * m], cells[b * n * m :]
    assert sum(dashed) == m * p and all(dashed[-m * p :])
    for stack, mark in zip((first, second), marks.split("M")[1:], strict=True):
        x, top, bottom = (float(place) for place in re.findall(r"[\d.]+", mark))
        assert [top, bottom] == pytest.approx([stack[0][1], stack[-1][3]], abs=2) and x < stack[0][0]
    show(root.page, root, "second=fits")
    *_, numbers, dashed, marks = root.evaluate(BOXES)
    assert not numbers and not any(dashed) and marks == ""


def test_buttons_in_the_steps_show_the_whole_figure_below_the_head(visit):
    page, root = visit("bmm", view="phone")
    button = root.locator("button.try").last
    button.scroll_into_view_if_needed()
    settled(page, root, button.click)
    head, figure = page.locator(".mobile-header").bounding_box(), root.locator(".explorable-canvas").bounding_box()
    assert 0 <= figure["y"] - (head["y"] + head["height"]) < 20 and head["height"] > 0
    following = root.get_by_role("button", name="Next").bounding_box()
    assert following["y"] + following["height"] < page.viewport_size["height"], "and the button that moves it"
