"""Leave one out: the code on the screen is run by torch, and what it gives is what is drawn."""

import pytest
import torch
from explorable_pages import PAUSE, input_of, minus, settled, start

from nwlesson import NWKernelRegression, attention_weights, leave_one_out


def test_tile_mask_select_and_reshape_are_torchs(maths):
    for n in 3, 4, 6:
        x = torch.randn(n, dtype=torch.float64, generator=torch.Generator().manual_seed(n))
        tiled, mask = x.repeat((n, 1)), (1 - torch.eye(n)).type(torch.bool)
        ours = maths(
            "(m, {x, n}) => { const t = m.tile(x); return [t, m.eye(n), m.mask(n), m.select(t, m.mask(n)),"
            " m.reshape(m.select(t, m.mask(n)), n), m.reshape(t.flat(), n), m.fillDiagonal(t, -7)]; }",
            {"x": x.tolist(), "n": n},
        )
        kept = tiled[mask]
        keys, _ = leave_one_out(x, x)
        filled = tiled.masked_fill(torch.eye(n, dtype=torch.bool), -7)
        theirs = [tiled, torch.eye(n), mask, kept, keys, tiled, filled]
        assert ours == [tensor.tolist() for tensor in theirs]


TORCH_STEPS = ["tile", "eye", "mask", "select", "reshape", "infinity"]


def expect_leave_one_out(root, step, n=4, row=2, w=0.5, zero=False):
    """Run the code on the screen in torch, and compare shape, numbers, crosses and frames with what is drawn."""
    x = torch.tensor([1.0, 2.0, 4.0, 7.0, 11.0, 16.0])[:n]
    names = {"torch": torch, "x": x, "n": n, "w": w}
    names["X_tile"] = x.repeat((n, 1))
    names["mask"] = (1 - torch.eye(n)).type(torch.bool)
    names["kept"] = names["X_tile"][names["mask"]]
    lines = root.locator("pre").inner_text().split("\n")
    for line in lines:
        code, comment = line.split("  # ")
        name, equals, expression = code.partition(" = ")
        result = eval(expression if equals else code, names)
        assert str(tuple(result.shape)) == comment
        names[name if equals else "last"] = result
    after = result

    cells = root.locator("svg.explorable-canvas").evaluate(
        """svg => {
            const [names, numbers, crosses] = ["names", "numbers", "crosses"].map(
                part => svg.querySelector(`[data-part=${part}]`));
            const numbersIn = text => text.split(/[Mhv ]/).slice(1).map(Number);
            const boxes = [...svg.querySelectorAll("[data-part^=boxes] > path")].flatMap(row =>
                row.getAttribute("d").split("z").slice(0, -1).map(box => [row, ...numbersIn(box)]));
            const around = ({ x, width, y, height }) => boxes.filter(([, left, top, wide, high]) =>
                left < x && x + width < left + wide && top < y && y + height < top + high);
            const middle = number => {
                const { x, width, y, height } = number.getBBox();
                return new DOMPoint(x + width / 2, y + height / 2);
            };
            const low = Math.max(...boxes.map(([, , top, , high]) => top + high)) + 1;
            return [[...names.children].map(e => e.textContent),
                [...numbers.children].map(number => [number.textContent, ...around(number.getBBox()).flatMap(([row]) =>
                    [Number(row.dataset.row), row.getAttribute("stroke-width") === "2",
                        number.getAttribute("font-weight") === "600"])]),
                crosses.getAttribute("d").split("M").length - 1,
                low <= svg.clientHeight,
                [...numbers.children].some(number => crosses.isPointInStroke(middle(number)))];
        }"""
    )
    titles, drawn, crosses, whole, struck = cells
    assert whole, "the last row too"
    assert not struck, "a cross is open where the number is, or 0.00 reads as 0:00"
    assert titles[1].endswith(str(tuple(after.shape)))
    shown = drawn[-after.numel() :]

    def text(value):
        if step == "infinity":
            return minus(value)
        return str(bool(value)) if after.dtype == torch.bool else str(int(value))

    assert [cell[0] for cell in shown] == [text(value) for value in after.flatten()]
    tables = root.locator(".explorable-below table")
    listed = [cell for table in tables.all() for cell in table.locator("td").all_text_contents()]
    assert listed == [cell[0] for cell in drawn], "what is drawn can be read cell by cell"
    assert tables.locator("caption").all_text_contents() == titles
    others = n - 1 if step in ("select", "reshape") else n
    assert [cell[1] for cell in shown] == [i for i in range(n) for _ in range(others)]
    assert all(thick == bold == (whose == row) for _, whose, thick, bold in drawn)
    assert crosses == {"mask": n, "select": n, "infinity": 0 if zero else 2 * n}.get(step, 0)
    if step == "infinity":
        scores = names["scores"].flatten()
        texts = [cell[0] for cell in drawn[: n * n]]
        assert texts == ["−∞" if s.isinf() else minus(s, 1 if s > -10 else 0) for s in scores]
    summary = root.locator(".explorable-summary").inner_text()
    if step != "eye":
        assert f"row {row}" in summary.lower()
        assert str(int(x[row])) in summary
    if step in ("select", "reshape"):
        keys, _ = leave_one_out(x, x)
        assert ", ".join(str(int(key)) for key in keys[row]) in summary
    if step == "infinity":
        answer = after[row] @ (10 * x)
        keys, values = leave_one_out(x, 10 * x)
        cut = NWKernelRegression(w)(x, keys, values)[row]
        same = "not the same" if zero else "the same"
        assert f"its own weight is {after[row, row]:.2f}" in summary
        assert f"it predicts {minus(answer)}; from the keys of step 5 it predicts {minus(cut)}: {same}." in summary
        assert torch.isclose(answer, cut, atol=1e-4) != zero
    return names


def test_leave_one_out_step_by_step(visit):
    page, root = visit("leave-one-out")
    step = input_of(root, "step")
    for i, name in enumerate(TORCH_STEPS):
        assert step.input_value() == name
        expect_leave_one_out(root, name)
        if i < 5:
            settled(page, root, root.get_by_role("button", name="Next", exact=True).click)
    root.get_by_role("button", name="Next", exact=True).click()
    assert step.input_value() == "infinity", "there is nothing after the last step"
    settled(page, root, root.get_by_role("button", name="Back", exact=True).click)
    expect_leave_one_out(root, "reshape")


@pytest.mark.parametrize("n", [3, 5, 6])
def test_leave_one_out_with_other_sizes(visit, n):
    page, root = visit("leave-one-out", f"n={n}&row=1&w=0.3", view="phone")
    for name in TORCH_STEPS:
        if name != "tile":
            settled(page, root, lambda name=name: input_of(root, "step").select_option(name))
        expect_leave_one_out(root, name, n, row=1, w=0.3)


def test_leave_one_out_by_keyboard_never_asks_a_row_that_is_not_there(visit):
    page, root = visit("leave-one-out", "step=reshape")
    row = input_of(root, "row")
    row.focus()
    settled(page, root, lambda: page.keyboard.press("End"))
    expect_leave_one_out(root, "reshape", row=3)
    assert row.get_attribute("aria-valuetext") == "3"
    settled(page, root, lambda: page.keyboard.press("ArrowLeft"))
    expect_leave_one_out(root, "reshape", row=2)
    input_of(root, "n").focus()
    settled(page, root, lambda: page.keyboard.press("Home"))
    expect_leave_one_out(root, "reshape", n=3, row=2)
    settled(page, root, lambda: page.keyboard.press("End"))
    expect_leave_one_out(root, "reshape", n=6, row=2)
    row.focus()
    settled(page, root, lambda: page.keyboard.press("End"))
    expect_leave_one_out(root, "reshape", n=6, row=5)
    input_of(root, "n").focus()
    settled(page, root, lambda: page.keyboard.press("Home"))
    expect_leave_one_out(root, "reshape", n=3, row=2)
    assert row.input_value() == "2" and row.get_attribute("max") == "2"


@pytest.mark.parametrize("view", ["desktop", "phone"])
def test_leave_one_out_follows_the_mouse_or_the_finger(visit, view):
    page, root = visit("leave-one-out", "step=select", view=view)

    def point(index):
        number = root.locator("[data-part=numbers] text").nth(index)
        number.scroll_into_view_if_needed()
        (number.tap if view == "phone" else number.hover)(force=True)  # the box around it is what hears

    settled(page, root, lambda: point(3))  # the first row of X_tile
    expect_leave_one_out(root, "select", row=0)
    settled(page, root, lambda: point(16 + 10))  # the eleventh of the long row is one of the last three
    expect_leave_one_out(root, "select", row=3)


PAUSED = """const animate = Element.prototype.animate;
Element.prototype.animate = function (...how) {
    const motion = animate.apply(this, how);
    motion.pause();
    return motion;
};"""
SEEN = """([root, share]) => {
    for (const motion of document.getAnimations())
        motion.currentTime = share * motion.effect.getComputedTiming().duration;
    const frame = root.querySelector(".explorable-canvas").getBoundingClientRect();
    const middle = ({ x, y, width, height }) => [x - frame.x + width / 2, y - frame.y + height / 2];
    const seen = part => [...root.querySelectorAll(`[data-part=${part}] > text`)].map(number =>
        [...middle(number.getBoundingClientRect()), Number(getComputedStyle(number).opacity), number.textContent]);
    const boxes = [...root.querySelectorAll("[data-part^=boxes]")].map(part => Number(getComputedStyle(part).opacity));
    return [seen("numbers"), seen("leaving"), boxes];
}"""


def seen_at(root, share):
    """Middles, opacity and texts of numbers and of those that leave, and opacity of boxes, at a share of the way."""
    return root.page.evaluate(SEEN, [root.element_handle(), share])


@pytest.fixture
def moving(load):
    """The explorable of a reader who does not mind motion; what moves is stopped at its beginning."""
    page = load(
        "?leave-one-out.step=mask",
        reduced_motion="no-preference",
        prepare=lambda page: page.add_init_script(PAUSED),
    )
    root = start(page, "leave-one-out")
    assert not page.evaluate("document.getAnimations().length"), "nothing moves before the reader does"
    return page, root


def press(page, root, name):
    settled(page, root, root.get_by_role("button", name=name, exact=True).click)


def test_one_sees_the_diagonal_leave_and_the_rows_close_up(moving):
    page, root = moving
    press(page, root, "Next")
    kept = [(i, j) for i in range(4) for j in range(4) if i != j]
    numbers, leaving, boxes = seen_at(root, 0)
    table, row = numbers[:16], numbers[16:]
    right = root.locator("svg.explorable-canvas").bounding_box()["width"] / 2
    expected = [[table[4 * i + j][0] + right, table[4 * i + j][1]] for i, j in kept]
    assert [number[:2] for number in row] == [pytest.approx(place, abs=1) for place in expected], "a copy of X_tile"
    assert boxes == [1, 0], "the boxes of the long row are not there before its numbers"
    assert [number[3] for number in leaving] == ["1", "2", "4", "7"]
    for i, number in enumerate(leaving):
        assert number[:3] == pytest.approx([table[5 * i][0] + right, table[5 * i][1], 1], abs=1)
    _, leaving, _ = seen_at(root, 0.25)
    assert [number[2] for number in leaving] == [0] * 4, "the diagonal is gone"
    numbers, _, boxes = seen_at(root, 0.5)
    closed = [[table[4 * i + c][0] + right, table[4 * i][1]] for i in range(4) for c in range(3)]
    assert [number[:2] for number in numbers[16:]] == [pytest.approx(place, abs=1) for place in closed]
    assert boxes == [1, 0]
    halfway, _, _ = seen_at(root, 0.75)
    numbers, _, boxes = seen_at(root, 0.99999)
    first, last = slice(16, 19), slice(25, 28)
    assert [number[:2] for number in halfway[first]] == [pytest.approx(n[:2], abs=1) for n in numbers[first]]
    assert [number[:2] for number in halfway[last]] == [pytest.approx(place, abs=1) for place in closed[-3:]], "waits"
    assert len({round(number[1]) for number in numbers[16:]}) == 1, "one long row"
    assert boxes == pytest.approx([1, 1], abs=0.01)
    page.evaluate("for (const motion of document.getAnimations()) motion.finish()")
    page.wait_for_function("() => !document.querySelector('[data-part=leaving] text')")
    assert page.evaluate("document.getAnimations().length") == 0
    last, _, _ = seen_at(root, 0)
    assert [number[:2] for number in last] == [pytest.approx(number[:2], abs=0.5) for number in numbers]


def test_the_long_row_is_cut_before_ones_eyes(moving):
    page, root = moving
    press(page, root, "Next")
    press(page, root, "Next")
    numbers, leaving, _ = seen_at(root, 0)
    right = root.locator("svg.explorable-canvas").bounding_box()["width"] / 2
    assert leaving == []
    assert [number[:2] for number in numbers[12:]] == [
        pytest.approx([x + right, y], abs=1) for x, y, *_ in numbers[:12]
    ]


def test_a_drawing_that_is_stopped_on_its_way_is_true(moving):
    """What the reader does meanwhile is shown at once; another step leaves nothing of the one before."""
    page, root = moving
    press(page, root, "Next")
    seen_at(root, 0.5)
    expect_leave_one_out(root, "select")
    settled(page, root, lambda: input_of(root, "row").press("ArrowLeft"))
    expect_leave_one_out(root, "select", row=1)
    assert page.evaluate("document.getAnimations().length"), "and it goes on"
    settled(page, root, lambda: input_of(root, "n").press("ArrowRight"))
    expect_leave_one_out(root, "select", n=5, row=1)
    numbers, leaving, _ = seen_at(root, 0)
    assert len(leaving) == 5 and len(numbers) == 45, "anew, with five"
    press(page, root, "Back")
    expect_leave_one_out(root, "mask", n=5, row=1)
    assert page.evaluate("document.getAnimations().length") == 0
    assert root.locator("[data-part=leaving] *").count() == 0


def test_more_points_come_one_by_one_and_those_that_are_too_many_go_at_once(moving):
    page, root = moving
    _, _, six, infinity, _ = root.locator("button.try").all()
    drawn = root.locator("[data-part=boxes-1] > path")

    def passed(button):
        button.evaluate("button => button.click()")
        seen = []
        for _ in range(10):
            page.clock.run_for(100)
            seen.append(drawn.count())
        return seen

    seen = passed(six)
    assert (seen[0], seen[-1]) == (4, 6) and 5 in seen and seen == sorted(seen)
    assert set(passed(infinity)) == {4}
    page.clock.run_for(PAUSE)
    expect_leave_one_out(root, "infinity")


def test_nothing_moves_where_motion_is_not_wanted(visit):
    page, root = visit("leave-one-out", "step=mask")
    for step in "select", "reshape":
        press(page, root, "Next")
        assert page.evaluate("document.getAnimations().length") == 0
        expect_leave_one_out(root, step)


def test_what_the_steps_of_leave_one_out_say_is_true(visit):
    page, root = visit("leave-one-out")
    mask, select, six, infinity, zero = root.locator("button.try").all()
    settled(page, root, select.click)
    names = expect_leave_one_out(root, "select")
    with pytest.raises(ValueError, match="keys must have 2 dimension"):  # forget the reshape
        NWKernelRegression()(names["x"], names["kept"], names["kept"])
    settled(page, root, mask.click)
    names = expect_leave_one_out(root, "mask")
    assert names["x"][2] == 4 and names["mask"].nonzero().shape == (12, 2) and not names["mask"].diagonal().any()
    settled(page, root, six.click)
    names = expect_leave_one_out(root, "select", n=6, row=5)
    assert names["kept"].numel() == 30 and names["kept"][-5:].tolist() == names["x"][:5].tolist()
    settled(page, root, infinity.click)
    names = expect_leave_one_out(root, "infinity")
    assert (names["weights"].diagonal() == 0).all()
    assert torch.allclose(names["weights"].sum(dim=1), torch.ones(4))
    settled(page, root, zero.click)
    names = expect_leave_one_out(root, "infinity", zero=True)
    weights = names["weights"]
    assert torch.allclose(weights, attention_weights(names["x"], names["x"], 0.5))
    assert weights.argmax(dim=1).tolist() == [0, 1, 2, 3]
    input_of(root, "w").focus()
    settled(page, root, lambda: page.keyboard.press("End"))
    names = expect_leave_one_out(root, "infinity", w=2.0, zero=True)
    assert names["weights"][2, 2] > 0.99
