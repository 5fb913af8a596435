"""The same formula: from the distance of 1964 to the dot product, table, drawing and summary against torch."""

import itertools
import math
import re

import pytest
import torch
from explorable_pages import close, discs, double, input_of, minus, rows_of, settled, show
from torch import nn

from nwlesson import attention_weights

X, Y, *_ = double()
QUERIES = torch.arange(1, 51, dtype=torch.float64) / 10
attention = nn.functional.scaled_dot_product_attention


def vectors(x, keys):
    """Places on the axis, or on half a circle of the axis's length, as vectors."""
    if keys == "line":
        return x[:, None]
    radius = 5 / math.pi
    return radius * torch.stack([(x / radius).cos(), (x / radius).sin()], dim=1)


def formula(q=2.0, w=4.0, t=0.0, keys="line", qq=False):
    """Scores, weights, and the weights by distance."""
    query, places = vectors(torch.tensor([q], dtype=torch.float64), keys), vectors(X, keys)
    scores = w**2 * (places @ query[0] - (1 - t) * (places**2).sum(dim=1) / 2 - qq * (query**2).sum() / 2)
    return scores, scores.softmax(dim=0), attention_weights(query, places, w)[0]


def test_mixed_scores_begin_with_the_distance_and_end_with_the_product(maths):
    generator = torch.Generator().manual_seed(0)
    for size, w, t in itertools.product((1, 2, 5), (0.7, 3.0), (0.0, 0.3, 1.0)):
        query, *keys = torch.randn(7, size, dtype=torch.float64, generator=generator)
        values = torch.randn(6, 1, dtype=torch.float64, generator=generator)
        without, full, weights = maths(
            "(m, {query, keys, w, t}) => { const scores = m.mixedScores(keys, w, t);"
            " return [scores(query), scores(query, true), m.softmax(scores(query))]; }",
            {"query": query.tolist(), "keys": [key.tolist() for key in keys], "w": w, "t": t},
        )
        keys = torch.stack(keys)
        scores = w**2 * (keys @ query - (1 - t) * (keys**2).sum(dim=1) / 2)
        close(without, scores.tolist())
        close(weights, scores.softmax(dim=0).tolist())
        close([a - b for a, b in zip(without, full)], [(w * query @ (w * query)).item() / 2] * 6)
        if t == 0:
            close(full, (-((w * (query - keys)) ** 2).sum(dim=1) / 2).tolist())
            close(weights, attention_weights(query[None], keys, w)[0].tolist())
        if t == 1:
            answer = attention(query[None], keys, values, scale=w**2)
            assert torch.allclose(torch.tensor(weights, dtype=torch.float64) @ values, answer[0])


def test_the_axis_is_bent_and_not_stretched(maths):
    places = torch.linspace(0, 5, 501, dtype=torch.float64)
    bent = torch.tensor(maths("(m, places) => places.map(m.bend)", places.tolist()), dtype=torch.float64)
    close(bent.tolist(), vectors(places, "circle").tolist())
    assert torch.allclose(bent.norm(dim=1), torch.tensor(5 / math.pi).double()), "all of one length"
    steps = (bent[1:] - bent[:-1]).norm(dim=1)
    assert torch.allclose(steps, torch.tensor(0.01).double(), rtol=1e-4), "as far apart as on the axis"


READ = r"""svg => {
    const part = name => svg.querySelector(`[data-part="${name}"]`);
    const ticks = name => [...part(name).querySelectorAll("text")].filter(e => e.textContent).map(e =>
        [+e.getAttribute("x"), +e.getAttribute("y"), e.getAttribute("text-anchor"), e.textContent]);
    const d = name => part(name).getAttribute("d");
    return { above: ticks("axes"), below: ticks("axes-weights"), weights: d("weights"), then: d("weights-1964"),
        curve: d("curve"), peak: d("peak"), name: part("peak-name").textContent, diamond: d("prediction") };
}"""


def numbers(d):
    return [float(x) for x in re.findall(r"-?\d+(?:\.\d+)?", d)]


def expect_same_formula(root, **state):
    """Compare table, bars, dashed line, curve, marks and summary with torch."""
    scores, weights, old = formula(**state)
    q, t, keys, qq = (state.get(key, first) for key, first in (("q", 2.0), ("t", 0.0), ("keys", "line"), ("qq", False)))
    order = weights.argsort(descending=True, stable=True)
    rest = order[5:]
    assert rows_of(root) == [
        *([minus(X[i]), minus(scores[i]), minus(weights[i], 3), minus(old[i], 3), minus(Y[i])] for i in order[:5]),
        ["45 others", "", minus(weights[rest].sum(), 3), minus(old[rest].sum(), 3), ""],
    ]
    expect_drawing(root, weights, old, state)

    summary = root.locator(".explorable-summary").inner_text()
    top, nearest = order[0], old.argmax()
    loudest = f"t = {minus(t)}: the top key is {minus(X[top])}, "
    assert loudest + ("the nearest." if top == nearest else f"not the nearest, {minus(X[nearest])}.") in summary
    assert f"Prediction {minus(weights @ Y)}; in 1964 it was {minus(old @ Y)}." in summary
    assert (
        f"The weight of key {minus(X[top])} is {minus(weights[top], 3)}; in 1964 it was {minus(old[top], 3)}."
        in summary
    )
    lower = formula(**state | {"qq": False})[0] - scores
    assert (f"makes every score {minus(lower[0])} lower" in summary) == qq
    if qq:
        assert torch.allclose(lower, lower[0])
        assert torch.allclose(formula(**state | {"qq": False})[1], weights), "softmax forgets it"
    if keys == "circle":
        assert "t changes nothing" in summary and torch.allclose(weights, old)
    else:
        assert (
            "the score rises without end" if t == 1 else f"highest at q / (1 − t) = {minus(q / (1 - t))}."
        ) in summary
    return summary


def expect_drawing(root, weights, old, state):
    seen = root.locator("svg.explorable-canvas").evaluate(READ)
    points, ring = ([r for _, _, r in discs(root, part)] for part in ("points", "ring-keys"))
    q, t, keys = state.get("q", 2.0), state.get("t", 0.0), state.get("keys", "line")
    marks = [(x, float(text)) for x, _, anchor, text in seen["below"] if anchor == "middle" and text[0].isdigit()]
    across = lambda x: marks[0][0] + (marks[-1][0] - marks[0][0]) * x / 5  # noqa: E731

    def upright(texts):
        ups = [(y - 4, float(text)) for _, y, anchor, text in texts if anchor == "end"]
        (y0, a), (y1, b) = ups[0], ups[-1]
        return lambda value: y0 + (y1 - y0) * (value - a) / (b - a)

    up, high = upright(seen["above"]), upright(seen["below"])
    bars = torch.tensor(numbers(seen["weights"])).view(50, 5).double()
    assert torch.allclose(bars[:, 0] + 1.5, across(X), atol=0.05)
    assert torch.allclose(bars[:, 2], high(weights), atol=0.05)
    corners = torch.tensor(numbers(seen["then"])).view(50, 2).double()
    sorted_x, ids = X.sort()
    assert torch.allclose(corners, torch.stack([across(sorted_x), high(old[ids])], dim=1), atol=0.1)
    assert torch.allclose(torch.tensor(points).double() ** 2, 6 + 800 * weights, atol=0.3)
    bent = weights if keys == "circle" else weights[:0]
    assert torch.allclose(torch.tensor(ring).double() ** 2, 4 + 300 * bent, atol=0.3)
    assert numbers(seen["diamond"])[:2] == pytest.approx([across(q), up(weights @ Y).item() - 8], abs=0.1)
    answers = torch.stack([formula(**state | {"q": place})[1] @ Y for place in (0.0, 1.0, 2.5, 5.0)])
    curve = torch.tensor(numbers(seen["curve"])).view(101, 2).double()
    assert torch.allclose(curve[[0, 20, 50, 100], 1], up(answers), atol=0.1)
    peak = q if keys == "circle" else q / (1 - t) if t < 1 else math.inf
    assert numbers(seen["peak"])[0] == pytest.approx(across(min(peak, 5)), abs=0.1)
    name = f"highest score at {minus(peak)}" + (" →" if peak > 5 else "")
    assert seen["name"] == ("the larger, the louder →" if math.isinf(peak) else name)


@pytest.mark.parametrize("keys", ["line", "circle"])
def test_same_formula_from_the_distance_to_the_product(visit, keys):
    page, root = visit("same-formula", f"keys={keys}&q=2.1")
    expect_same_formula(root, q=2.1, keys=keys)
    for t, qq, w in ((0.5, False, 4.0), (0.8, True, 1.0), (1.0, False, 4.0), (1.0, True, 10.0)):
        show(page, root, f"keys={keys}&q=2.1&t={t}&qq={str(qq).lower()}&w={w}")
        expect_same_formula(root, q=2.1, keys=keys, t=t, qq=qq, w=w)


def test_same_formula_by_keyboard(visit):
    page, root = visit("same-formula", view="phone")
    state = {}
    for key, press, value in (("t", "End", 1.0), ("q", "ArrowRight", 2.1), ("w", "Home", 0.1)):
        input_of(root, key).focus()
        settled(page, root, lambda press=press: page.keyboard.press(press))
        state[key] = value
        expect_same_formula(root, **state)
    settled(page, root, lambda: input_of(root, "keys").select_option("circle"))
    settled(page, root, lambda: input_of(root, "qq").press("Space"))
    expect_same_formula(root, **state, keys="circle", qq=True)


def test_same_formula_drags_the_query(visit):
    page, root = visit("same-formula", "t=0.25")
    canvas = root.locator("svg.explorable-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    unit = (box["width"] - 64) / 5
    settled(page, root, lambda: page.mouse.click(box["x"] + 44 + 4 * unit, box["y"] + 100))
    expect_same_formula(root, q=4.0, t=0.25)
    settled(page, root, lambda: page.mouse.click(box["x"] + 5, box["y"] + 200))
    expect_same_formula(root, q=0.1, t=0.25)


def test_the_loudest_key_is_near_q_divided_by_what_is_left(visit):
    """Where such keys are; and the product alone hears the largest key most, wherever the query is."""
    for q, t in itertools.product(QUERIES.tolist(), (0.0, 0.25, 0.5, 0.9, 1.0)):
        peak = q / (1 - t) if t < 1 else math.inf
        top = X[formula(q=q, t=t)[1].argmax()]
        assert (top - peak).abs() == (X - peak).abs().min() or (peak > 5 and top == X.max())


def test_what_the_steps_of_the_same_formula_say_is_true(visit):
    page, root = visit("same-formula")
    half, product, circle, own = root.locator("button.try").all()
    settled(page, root, half.click)
    expect_same_formula(root, t=0.5)
    assert abs(X[formula(t=0.5)[1].argmax()] - 4) < 0.1, "near twice the query"
    settled(page, root, product.click)
    expect_same_formula(root, t=1.0)
    answers = torch.stack([formula(q=q, t=1.0)[1] @ Y for q in QUERIES.tolist()])
    assert (answers[10:].max() - answers[10:].min()) < 0.2, "almost level"
    settled(page, root, circle.click)
    expect_same_formula(root, t=1.0, keys="circle")
    for q, t in itertools.product(QUERIES.tolist(), (0.0, 0.5, 1.0)):
        _, weights, old = formula(q=q, t=t, keys="circle")
        assert torch.allclose(weights, old, rtol=0, atol=1e-9)
    bars = lambda: numbers(root.locator("[data-part=weights]").get_attribute("d"))  # noqa: E731
    before = bars()
    settled(page, root, lambda: input_of(root, "t").press("Home"))
    assert bars() == pytest.approx(before, abs=0.01), "t changes nothing"
    settled(page, root, own.click)
    expect_same_formula(root, qq=True)
