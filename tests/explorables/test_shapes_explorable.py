"""Shapes: every step's shape, strides, numbers and errors against torch's own."""

import itertools
import re

import pytest
import torch
from explorable_pages import input_of, rows_of, settled, start

CODES = [
    "unsqueeze(0)", "unsqueeze(1)", "unsqueeze(2)", "unsqueeze(-1)", "unsqueeze(-3)", "squeeze()",
    "squeeze(0)", "squeeze(1)", "squeeze(-1)", "repeat(2)", "repeat(2,1)", "repeat(1,2)", "repeat(2,1,3)",
    "repeat_interleave(2)", "repeat_interleave(3,dim=0)", "repeat_interleave(2,dim=1)",
    "repeat_interleave(2,dim=-1)", "tile(2)", "tile(2,1)", "expand(2)", "expand(3)", "expand(2,3)",
    "expand(3,3)", "expand(-1,3)", "expand(3,-1)", "expand(2,2,3)", "expand(2,-1,3)", "expand(1,3,2)",
]  # fmt: skip


def in_torch(start, codes):
    """What torch makes of the steps: shape, strides and numbers after each, or its message at the first that fails."""
    x, found = eval(f"torch.{start}"), []
    for code in ["", *codes]:
        try:
            x = eval(f"x.{code}") if code else x
        except (IndexError, RuntimeError) as error:
            return [*found, str(error)]
        found.append([list(x.shape), list(x.stride()), x.flatten().tolist()])
    return found


def test_tensors_are_torchs(maths):
    """Two steps in every order from every start: the same shapes, strides, numbers and errors."""
    starts = {"arange(3)": [3], "arange(6).reshape(2, 3)": [2, 3], "arange(3).reshape(3, 1)": [3, 1]}
    chains = [codes for pair in itertools.product(CODES, repeat=2) for codes in [pair, pair[:1]]]
    ours = maths(
        """async (_, { starts, chains }) => {
            const t = await import('../_static/explorables/shared/tensors.js');
            return Object.values(starts).map(shape => chains.map(codes => {
                let x = t.arange(...shape);
                const seen = () => [x.shape, x.strides, t.values(x)];
                const found = [seen()];
                for (const code of codes) {
                    try { x = t.apply(x, code); } catch (error) { return [...found, error.message]; }
                    found.push(seen());
                }
                return found;
            }));
        }""",
        {"starts": starts, "chains": chains},
    )
    errors = set()
    for first, results in zip(starts, ours):
        for codes, result in zip(chains, results):
            expected = in_torch(first, codes)
            assert result == expected, (first, codes)
            errors.add(expected[-1] if isinstance(expected[-1], str) else "")
    for kind in "out of range", "can not be smaller", "must match", "isn't allowed", "must be greater":
        assert any(kind in error for error in errors), kind


def shapes_on_screen(root):
    """The rows of the table, the numbers of the last tensor drawn, and the summary."""
    before, after = (
        root.locator(f"[data-part={which}-numbers]").evaluate("g => [...g.children].map(t => Number(t.textContent))")
        for which in ("before", "after")
    )
    return rows_of(root), after or before, root.locator(".explorable-summary").inner_text()


def expect_shapes(root, start, codes):
    rows, numbers, summary = shapes_on_screen(root)
    expected = in_torch(start, codes)
    error = " ".join(expected.pop().split()) if isinstance(expected[-1], str) else ""
    assert [row[1:3] for row in rows] == [[str(tuple(shape)), str(tuple(strides))] for shape, strides, _ in expected]
    assert numbers == expected[-1][2]
    assert f": {' '.join(map(str, numbers))}." in summary
    assert error in summary and bool(error) == ("does not work" in summary)


def expect_memory(root, x):
    """The first numbers of x's storage, and for each axis of more than one an arrow to the number one step away."""
    stored = torch.tensor([], dtype=x.dtype).set_(x.untyped_storage()).tolist()
    words = root.locator("[data-part=memory-names] text").all_text_contents()
    steps = [(axis, stride) for axis, stride in enumerate(x.stride()) if x.shape[axis] > 1]
    assert words[1:] == [f"axis {axis}: {stride}" for axis, stride in steps]
    numbers = root.locator("[data-part=memory-numbers] text")
    shown = numbers.all_text_contents()
    cut = shown[-1] == "…"
    assert shown[: -1 if cut else None] == list(map(str, stored))[: len(shown) - cut]
    assert cut == (len(shown) - cut < len(stored))
    places = [float(number.get_attribute("x")) for number in numbers.all()]
    arrows = root.locator("[data-part=memory-arrows]").get_attribute("d")
    ends = [float(end) for end in re.findall(r"H([\d.]+)", arrows)]
    starts = [float(start) for start in re.findall(r"M([\d.]+)", arrows)]
    assert starts == pytest.approx([places[0]] * len(steps), abs=0.1)
    assert ends == pytest.approx([places[stride] for _, stride in steps if stride], abs=0.1)


@pytest.mark.parametrize("view", ["desktop", "tiny"])
@pytest.mark.parametrize(
    ("start", "codes"),
    [
        ("arange(3)", []),
        ("arange(3).reshape(3, 1)", ["expand(-1, 3)"]),
        ("arange(6).reshape(2, 3)", ["repeat(2, 1, 1)"]),
        ("arange(6).reshape(2, 3)", ["unsqueeze(1)"]),
        ("arange(6).reshape(2, 3)", ["repeat(2, 1, 1)", "repeat_interleave(3)"]),
        ("arange(6).reshape(2, 3)", ["repeat(2, 1, 1)", "repeat_interleave(2, dim=0)", "squeeze()"]),
    ],
)
def test_an_arrow_is_a_step_in_torchs_memory(visit, view, start, codes):
    _, root = visit("shapes", f"start={start}&done={'|'.join(codes)}", view=view)
    expect_memory(root, eval(".".join([f"torch.{start}", *codes])))


def test_shapes_by_keyboard_and_mouse(visit):
    page, root = visit("shapes")
    expect_shapes(root, "arange(3)", [])
    input_of(root, "step").focus()
    page.keyboard.press("Tab")
    settled(page, root, lambda: page.keyboard.press("Enter"))
    expect_shapes(root, "arange(3)", ["unsqueeze(1)"])
    assert "copies nothing" in root.locator(".explorable-summary").inner_text()
    steps = ["unsqueeze(1)", "repeat(1, 2)", "repeat_interleave(2)", "expand(2)"]
    for number, code in enumerate(steps[1:], 2):
        input_of(root, "step").select_option(code)
        settled(page, root, lambda: root.get_by_role("button", name="Do it").click())
        expect_shapes(root, "arange(3)", steps[:number])
    assert "x.unsqueeze(1).repeat(1, 2).repeat_interleave(2).expand(2)" in root.locator("pre").inner_text()
    settled(page, root, lambda: root.get_by_role("button", name="Undo").click())
    expect_shapes(root, "arange(3)", steps[:3])
    settled(page, root, lambda: root.get_by_role("button", name="Undo").click())
    expect_shapes(root, "arange(3)", steps[:2])
    settled(page, root, lambda: input_of(root, "start").select_option("arange(3).reshape(3, 1)"))
    expect_shapes(root, "arange(3).reshape(3, 1)", steps[:2])


def test_shapes_that_grow_too_large_are_not_drawn(visit, load):
    page, root = visit("shapes", "start=arange(6).reshape(2, 3)&done=repeat(2, 1)|repeat(1, 2)")
    input_of(root, "step").select_option("repeat(2, 1, 1)")
    summary = settled(page, root, lambda: root.get_by_role("button", name="Do it").click())
    assert "repeat(2, 1, 1) would give more than 36" in summary
    summary = settled(page, root, lambda: input_of(root, "start").select_option("arange(3)"))
    assert "repeat(2, 1, 1) makes" in summary, "another start, and there is room"
    summary = settled(page, root, lambda: input_of(root, "start").select_option("arange(6).reshape(2, 3)"))
    assert "more than 36" in summary
    expect_shapes(root, "arange(6).reshape(2, 3)", ["repeat(2, 1)", "repeat(1, 2)"])
    input_of(root, "step").select_option("squeeze()")
    settled(page, root, lambda: root.get_by_role("button", name="Do it").click())
    expect_shapes(root, "arange(6).reshape(2, 3)", ["repeat(2, 1)", "repeat(1, 2)", "squeeze()"])
    assert "squeeze() leaves the shape (4, 6) as it was" in root.locator(".explorable-summary").inner_text()
    root = start(load("?shapes.done=" + "|".join(["repeat(3)"] * 30)), "shapes")
    expect_shapes(root, "arange(3)", ["repeat(3)"] * 2)


def test_what_the_steps_of_shapes_say_is_true(visit):
    page, root = visit("shapes")
    x, m = torch.arange(3), torch.arange(6).reshape(2, 3)
    assert x.repeat_interleave(2).tolist() == [0, 0, 1, 1, 2, 2] != x.repeat(2).tolist()
    column = x.reshape(3, 1).expand(-1, 3)
    assert column.stride() == (1, 0) and column.untyped_storage().nbytes() == x.untyped_storage().nbytes()
    assert m.unsqueeze(1).shape == (2, 1, 3) and m.unsqueeze(-1).shape == (2, 3, 1)
    assert torch.equal(m.tile(2), m.repeat(1, 2))
    assert torch.equal(x.unsqueeze(-1).expand(-1, 3), x.repeat_interleave(3).reshape(-1, 3))
    wanted = [
        ("arange(3)", ["repeat(2)"]),
        ("arange(3)", ["repeat_interleave(2)"]),
        ("arange(3).reshape(3, 1)", ["expand(-1, 3)"]),
        ("arange(6).reshape(2, 3)", ["unsqueeze(1)"]),
        ("arange(6).reshape(2, 3)", ["unsqueeze(-1)"]),
        ("arange(6).reshape(2, 3)", ["repeat(2)"]),
    ]
    for button, (first, codes) in zip(root.locator("button.try").all(), wanted, strict=True):
        settled(page, root, button.click)
        expect_shapes(root, first, codes)


def test_a_chain_that_comes_too_long_from_somebodys_address_ends_where_the_room_does(load):
    page = load("?shapes.done=" + "|".join(["unsqueeze(0)", "squeeze(0)"] * 30))
    root = start(page, "shapes")
    assert "8 steps" in root.locator(".explorable-summary").inner_text()
    assert len(rows_of(root)) == 9
    assert root.locator(".explorable-below pre").inner_text().count("squeeze(") == 9, "with the one that is too many"
    settled(page, root, root.get_by_role("button", name="Undo", exact=False).first.click)
    assert len(rows_of(root)) == 9 and "8 steps" not in root.locator(".explorable-summary").inner_text()
