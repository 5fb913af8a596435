"""The same formula: table, bars, prediction and verdict against torch, with every choice of terms."""

import itertools

import torch
from explorable_pages import close, input_of, minus, rows_of, settled
from torch import nn

from nwlesson import attention_weights

FORMULA_KEYS = {"line": [[1], [2], [4], [5]], "circle": [[2, 0], [1.6, 1.2], [0, 2], [-1.2, 1.6]]}
QUERIES = torch.arange(26, dtype=torch.float64) / 5
FORMULA_VALUES = torch.tensor([10, 20, 40, 50], dtype=torch.float64)


def formula(q, w, keys, qk=True, kk=True, qq=True):
    """The terms, what they add up to where they are on, its weights, and the scores and weights of 1964."""
    keys = torch.tensor(FORMULA_KEYS[keys], dtype=torch.float64)
    query = torch.zeros(1, keys.shape[1]).double()
    query[0, 0] = q
    squares = (keys**2).sum(dim=1)
    terms = torch.stack([keys @ query[0], -squares / 2, (-(query**2).sum() / 2).expand(4)], dim=1) * w**2
    scores = terms @ torch.tensor([qk, kk, qq]).double()
    first = -(w**2) * ((query - keys) ** 2).sum(dim=1) / 2
    return keys, query, terms, scores, scores.softmax(dim=0), first, attention_weights(query, keys, w)[0]


def test_terms_distances_and_pairs(maths):
    generator = torch.Generator().manual_seed(0)
    for size in 1, 2, 5:
        query, *keys = torch.randn(7, size, dtype=torch.float64, generator=generator)
        ours = maths(
            "(m, {query, keys, w}) => [keys.map(k => m.terms(query, k, w)), keys.map(k => m.pair(query, k, w)).flat(),"
            " m.scores(0, m.distances(query, keys), w)]",
            {"query": query.tolist(), "keys": [key.tolist() for key in keys], "w": 0.7},
        )
        keys = torch.stack(keys)
        first = -((query - keys) ** 2).sum(dim=1) * 0.7**2 / 2
        close(ours[2], first.tolist())
        close([sum(row) for row in ours[0]], first.tolist())
        close([row[0] for row in ours[0]], (keys @ query * 0.7**2).tolist())
        close([row[2] for row in ours[0]], [-(query @ query).item() * 0.7**2 / 2] * 6)
        wide, long = torch.tensor(ours[1][::2]).double(), torch.tensor(ours[1][1::2]).double()
        assert torch.equal(wide[:, -1], torch.ones(6).double()) and wide.shape == long.shape == (6, size + 1)
        close((wide * long).sum(dim=1).tolist(), [row[0] + row[1] for row in ours[0]])
        values = torch.randn(6, 1, dtype=torch.float64, generator=generator)
        theirs = nn.functional.scaled_dot_product_attention(wide[:1], long, values, scale=1.0)[0]
        assert torch.allclose(theirs, attention_weights(query[None], keys, 0.7)[0] @ values)


def expect_same_formula(root, q=2.0, w=1.0, keys="line", pick=3, **on):
    """Compare table, bars, prediction, dot product and verdict with torch."""
    used = [on.get(term, True) for term in ("qk", "kk", "qq")]
    places, query, terms, scores, weights, first, old = formula(q, w, keys, **on)
    rows = rows_of(root)
    names = [f"{key[0]:g}" if len(key) == 1 else f"({minus(key[0], 1)}, {minus(key[1], 1)})" for key in places.tolist()]
    assert rows == [
        [name, *(minus(term) if is_on else "" for term, is_on in zip(row, used)), minus(score), minus(weight, 3)]
        for name, row, score, weight in zip(names, terms, scores, weights)
    ]
    answer, truth = weights @ FORMULA_VALUES, old @ FORMULA_VALUES
    assert root.locator("[data-part=prediction]").text_content() == f"prediction {minus(answer)} (1964: {minus(truth)})"

    bars, ends, loud, dashed, area = root.locator("svg.explorable-canvas").evaluate(
        """svg => {
            const [dots, bars, sums, loud, old] = ["keys", "terms", "scores", "weights", "weights-1964"].map(
                part => svg.querySelector(`[data-part="${part}"]`));
            const all = (group, name) => [...group.children].map(e => Number(e.getAttribute(name)));
            return [all(bars, "width"), sums.getAttribute("d").match(/M[^ ]+/g).map(d => Number(d.slice(1))),
                all(loud, "width"), all(old, "width"), all(dots, "r").map(r => r * r)];
        }"""
    )
    bars, ends, loud, dashed = (torch.tensor(list_).double() for list_ in (bars, ends, loud, dashed))
    drawn = (terms * torch.tensor(used)).abs().flatten()
    if drawn.max() > 0:
        unit = bars.max() / drawn.max()
        assert torch.allclose(bars, drawn * unit, atol=0.02)
        assert torch.allclose(ends - ends[0], (scores - scores[0]) * unit, atol=0.05)
    room = dashed.max() / old.max()
    assert torch.allclose(loud, weights * room, atol=0.02) and torch.allclose(dashed, old * room, atol=0.02)
    assert torch.allclose((torch.tensor(area).double() - 9) / 400, weights, atol=1e-3)

    summary = root.locator(".explorable-summary").inner_text()
    signs = [sign for sign, is_on in zip(["w²qk", "− w²k²/2", "− w²q²/2"], used) if is_on]
    assert f"In the score: {' '.join(signs) or 0}." in summary
    gaps = scores - first
    if not torch.allclose(weights, old, rtol=0, atol=1e-9):
        assert f"from {minus(gaps.min())} to {minus(gaps.max())}, so the weights are not those of 1964" in summary
        top = weights.argmax()
        loudest = f"key {names[top]} with {weights[top]:.3f}; in 1964 it had {old[top]:.3f}."
        even = weights.max() - weights.min() < 1e-9
        assert ("All four are equally loud: 0.250 each." if even else loudest) in summary
    elif gaps.abs().max() > 1e-9:
        assert gaps.max() - gaps.min() < 1e-9
        assert f"Every score is {minus(gaps[0])} higher" in summary and "exactly those of 1964" in summary
    else:
        assert "These are the scores of 1964" in summary

    first_line, second_line = root.locator("pre").inner_text().split("\n")
    pairs = [
        "(" + ", ".join(minus(x) for x in side) + ")"
        for side in ([*(w * query[0]), 1.0], [*(w * places[pick - 1]), terms[pick - 1, 1]])
    ]
    product = minus(terms[pick - 1, :2].sum())
    assert first_line == f"(wq, 1) · (wk, −w²k²/2) = {pairs[0]} · {pairs[1]} = {product}"
    assert second_line == f"−w²(q − k)²/2 = {product} − w²q²/2 = {minus(first[pick - 1])}"
    return summary


def test_same_formula_with_every_choice_of_terms(visit):
    page, root = visit("same-formula")
    expect_same_formula(root)
    on = {"qk": True, "kk": True, "qq": True}
    for term in "qq", "kk", "qk", "qq", "kk", "qq", "qk":  # through all eight
        settled(page, root, input_of(root, term).click)
        on[term] = not on[term]
        expect_same_formula(root, **on)


def test_same_formula_by_keyboard(visit):
    page, root = visit("same-formula", view="phone")
    for key, press, state in (
        ("q", ["ArrowRight"], {"q": 2.2}),
        ("w", ["ArrowLeft"] * 2, {"w": 0.8}),
        ("pick", ["End"], {"pick": 4}),
    ):
        input_of(root, key).focus()
        settled(page, root, lambda press=press: [page.keyboard.press(one) for one in press])
        expect_same_formula(root, **{"q": 2.2, **({"w": 0.8} if key != "q" else {}), **state})
    assert input_of(root, "pick").get_attribute("aria-valuetext") == "5"
    input_of(root, "keys").select_option("circle")
    settled(page, root, lambda: input_of(root, "qq").press("Space"))
    expect_same_formula(root, 2.2, 0.8, "circle", 4, qq=False)
    assert root.locator("output").last.inner_text() == "(−1.2, 1.6)"


def test_same_formula_drags_the_query_and_nothing_else(visit):
    page, root = visit("same-formula", "qq=false")
    canvas = root.locator("svg.explorable-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    origin, unit = box["x"] + 2.7 * 36, 36
    settled(page, root, lambda: page.mouse.click(origin + 4 * unit, box["y"] + 100))
    expect_same_formula(root, 4.0, qq=False)
    page.mouse.click(origin + unit, box["y"] + 200)
    settled(page, root, lambda: page.mouse.click(origin + 9 * unit, box["y"] + 50))
    expect_same_formula(root, 5.0, qq=False)


def test_the_verdict_on_the_weights_is_right_everywhere():
    """Scores that are apart by one number, and weights that are equal to 1e-9: both or neither, in every state."""
    used = torch.tensor(list(itertools.product([1, 0], repeat=3))).double().T  # a column for each choice of terms
    for keys, q, w in itertools.product(FORMULA_KEYS, QUERIES, torch.arange(21, dtype=torch.float64) / 10):
        _, _, terms, _, _, first, old = formula(q, w, keys)
        gaps = terms @ used - first[:, None]
        same = ((terms @ used).softmax(dim=0) - old[:, None]).abs().amax(dim=0) < 1e-9
        least, most = gaps.aminmax(dim=0)
        assert torch.equal(same, most - least < 1e-9)
        assert (least[same] > -1e-9).all(), "never lower than in 1964"


def test_what_the_steps_of_the_same_formula_say_is_true(visit):
    page, root = visit("same-formula")
    query_off, product, circle, alone, written = root.locator("button.try").all()
    assert "those of 1964" in settled(page, root, query_off.click)
    expect_same_formula(root, qq=False)
    settled(page, root, product.click)
    expect_same_formula(root, kk=False, qq=False)
    for q in QUERIES[1:]:
        assert formula(q, 1.0, "line", kk=False, qq=False)[4].argmax() == 3
    settled(page, root, circle.click)
    expect_same_formula(root, keys="circle", kk=False, qq=False)
    for q in QUERIES:
        *_, weights, _, old = formula(q, 1.0, "circle", kk=False, qq=False)
        assert torch.allclose(weights, old, rtol=0, atol=1e-9)
    settled(page, root, alone.click)
    expect_same_formula(root, qk=False)
    for q in QUERIES:
        assert torch.allclose(formula(q, 1.0, "line", qk=False)[4], formula(2.0, 1.0, "line", qk=False)[4])
    settled(page, root, written.click)
    expect_same_formula(root, pick=4, qq=False)


def test_nobody_is_called_the_loudest_where_all_are_alike(visit):
    """Without any term all scores are 0; at w = 0 too, and then the weights are those of 1964."""
    _, root = visit("same-formula", "q=2&qk=false&kk=false&qq=false")
    summary = root.locator(".explorable-summary").inner_text()
    assert "All four are equally loud: 0.250 each." in summary and "loudest" not in summary
