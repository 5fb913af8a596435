"""The diagrams: what is read back off the picture is what the tensors hold."""

import matplotlib.pyplot as plt
import pytest
import torch
from matplotlib.colors import to_hex

from nwlesson import (
    COLOURS,
    draw_bmm,
    draw_broadcasting,
    draw_leave_one_out,
    draw_repeat_interleave,
    draw_unsqueeze,
    leave_one_out,
)

WEIGHTS = torch.tensor([[0.5, 0.25, 0.25], [0.125, 0.75, 0.125]])
VALUES = torch.tensor([[10.0, 20.0, 40.0], [-1.5, 2.0, 8.0]])
X = torch.tensor([1.0, 2.0, 4.0, 7.5])

FIGURES = {
    "repeat_interleave": lambda: draw_repeat_interleave(torch.tensor([1.5, -2.0]), 3),
    "repeat_interleave, wide": lambda: draw_repeat_interleave(X, 2),
    "repeat_interleave, one": lambda: draw_repeat_interleave(X[:1], 1),
    "broadcasting": lambda: draw_broadcasting(X[:3], X),
    "broadcasting, one": lambda: draw_broadcasting(X[:1], X[:1]),
    "unsqueeze": lambda: draw_unsqueeze(VALUES),
    "unsqueeze, tall": lambda: draw_unsqueeze(VALUES.T),
    "unsqueeze, one": lambda: draw_unsqueeze(VALUES[:1, :1]),
    "bmm": lambda: draw_bmm(WEIGHTS, VALUES),
    "bmm, one": lambda: draw_bmm(WEIGHTS[:1, :1], VALUES[:1, :1]),
    "leave_one_out": lambda: draw_leave_one_out(X),
    "leave_one_out, two": lambda: draw_leave_one_out(X[:2]),
}


def matrices(fig):
    """Read the matrices back: boxes that touch make one, in the order drawn; the number stands in the middle."""
    (ax,) = fig.axes
    written = {(round(t.get_position()[0], 3), round(t.get_position()[1], 3)): t.get_text() for t in ax.texts}
    found = []
    for box in ax.patches:
        x, y = box.get_xy()
        number = float(written[round(x + 0.5, 3), round(y + 0.5, 3)])
        touching = [m for m in found if any(abs(x - a) + abs(y - b) < 1.01 for b, a in m)]
        (touching[0] if touching else found.append({}) or found[-1])[y, x] = number
    return [torch.tensor([m[at] for at in sorted(m)]).reshape(len({round(y, 3) for y, _ in m}), -1) for m in found]


def titles(fig):
    return " ".join(t.get_text() for t in fig.axes[0].texts)


def same(drawn, expected):
    assert len(drawn) == len(expected)
    assert all(torch.equal(a, b) for a, b in zip(drawn, expected)), drawn


@pytest.mark.slow
@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_a_diagram_comes_back_described_with_all_its_boxes_in_sight(draw, tmp_path):
    fig = draw()
    assert isinstance(fig, plt.Figure) and len(fig.get_label()) > 20 and "  " not in fig.get_label()
    (left, right), (bottom, top) = fig.axes[0].get_xlim(), fig.axes[0].get_ylim()
    assert bottom > top, "row 0 must be on top"
    for box in fig.axes[0].patches:
        x, y = box.get_xy()
        assert left <= x and x + 1 <= right + 1e-9 and top <= y and y + 1 <= bottom + 1e-9
    assert fig.axes[0].get_aspect() == 1
    fig.savefig(tmp_path / "figure.svg")


@pytest.mark.parametrize(("queries", "n_keys"), [([1.5, -2.0], 3), ([1.0, 2.0, 4.0], 2), ([3.0], 1)])
def test_repeat_interleave_shows_the_queries_the_flat_copy_and_the_rows(queries, n_keys):
    queries = torch.tensor(queries)
    fig = draw_repeat_interleave(queries, n_keys)
    flat = queries.repeat_interleave(n_keys)
    rows = flat.reshape(-1, n_keys)
    same(matrices(fig), [queries[None], flat[None], rows])
    assert all(str(tuple(t.shape)) in titles(fig) for t in (queries, flat, rows))
    assert f"repeat_interleave({n_keys})" in titles(fig) and f"reshape(-1, {n_keys})" in titles(fig)
    assert [row.unique().tolist() for row in matrices(fig)[2]] == [[q] for q in queries.tolist()]


def test_broadcasting_shows_both_stretched_with_dotted_copies_and_the_difference():
    queries, keys = torch.tensor([1.5, -2.0, 5.0]), X
    fig = draw_broadcasting(queries, keys)
    column, row = queries[:, None].expand(3, 4), keys.expand(3, 4)
    same(matrices(fig), [column, row, queries[:, None] - keys])
    dotted = [box.get_linestyle() == ":" for box in fig.axes[0].patches]
    stored = 3 + 4 + 12
    assert len(dotted) - sum(dotted) == stored, "all but the column, the row and the result are copies"
    assert "(3, 1) → (3, 4)" in titles(fig) and "(4,) → (3, 4)" in titles(fig)
    assert "row 1: -3, -4, -6, -9.5;" in fig.get_label()


def test_description_of_repeat_interleave_is_true():
    label = draw_repeat_interleave(torch.tensor([1.5, -2.0]), 3).get_label()
    assert "queries 1.5, -2;" in label and "1.5, 1.5, 1.5, -2, -2, -2;" in label and "2 rows of 3" in label


@pytest.mark.parametrize("rows", [VALUES, VALUES.T, VALUES[:1, :1]])
def test_unsqueeze_shows_the_matrix_its_lying_rows_and_its_standing_rows(rows):
    fig = draw_unsqueeze(rows)
    drawn = matrices(fig)
    pairs = [m for lying, standing in zip(rows.unsqueeze(1), rows.unsqueeze(-1)) for m in (lying, standing)]
    same(drawn, [rows, *pairs])
    for dim in 1, -1:
        assert f"unsqueeze({dim})\n{tuple(rows.unsqueeze(dim).shape)}" in titles(fig)
    assert str(tuple(rows.shape)) in titles(fig)
    b, n = rows.shape
    assert fig.get_label().startswith(f"A {b} by {n} matrix") and f"stack of {b} matrices" in fig.get_label()


def test_bmm_shows_each_row_each_column_and_their_product():
    fig = draw_bmm(WEIGHTS, VALUES)
    products = torch.bmm(WEIGHTS.unsqueeze(1), VALUES.unsqueeze(-1))
    triples = zip(WEIGHTS.unsqueeze(1), VALUES.unsqueeze(-1), products)
    same(matrices(fig), [m for triple in triples for m in triple])
    assert str(tuple(WEIGHTS.unsqueeze(1).shape)) in titles(fig)


def test_description_of_bmm_is_true():
    assert draw_bmm(WEIGHTS, VALUES).get_label() == (
        "Batch 0: the row 0.5, 0.25, 0.25 times the column 10, 20, 40 gives 20. "
        "Batch 1: the row 0.125, 0.75, 0.125 times the column -1.5, 2, 8 gives 2.3125."
    )


@pytest.mark.parametrize("n", [2, 3, 4])
def test_leave_one_out_shows_the_tile_and_what_is_left(n):
    fig = draw_leave_one_out(X[:n])
    same(matrices(fig), [X[:n].repeat(n, 1), leave_one_out(X[:n], X[:n])[0]])
    assert f"({n}, {n})" in titles(fig) and f"({n}, {n - 1})" in titles(fig)


def test_leave_one_out_crosses_out_exactly_the_diagonal():
    ax = draw_leave_one_out(X).axes[0]
    boxes = {tuple(round(float(c), 3) for c in box.get_xy()): box for box in ax.patches}
    first = min(boxes)
    crossed = set()
    for line in ax.lines:
        x, y = (round(float(sum(c)) / 2 - 0.5, 3) for c in (line.get_xdata(), line.get_ydata()))
        assert boxes[x, y].get_linestyle() == ":"
        crossed.add((round(y - first[1]), round(x - first[0])))
    assert crossed == {(i, i) for i in range(len(X))}
    assert sum(box.get_linestyle() == ":" for box in boxes.values()) == len(X)


def test_description_of_leave_one_out_is_true():
    label = draw_leave_one_out(X[[0, 1, 3]]).get_label()
    assert "The numbers 1, 2, 7.5 in 3 equal rows" in label
    assert "row 0: 2, 7.5; row 1: 1, 7.5; row 2: 1, 2. (3 by 2.)" in label


@pytest.mark.parametrize(
    ("fig", "roles"),
    [
        ("repeat_interleave", {"query"}),
        ("broadcasting", {"query", "key", "truth"}),
        ("unsqueeze", {"truth", "weight", "value"}),
        ("bmm", {"weight", "value", "prediction"}),
        ("leave_one_out", {"key"}),
    ],
)
def test_colours_mean_roles(fig, roles):
    patches = FIGURES[fig]().axes[0].patches
    assert {to_hex(box.get_edgecolor()) for box in patches} == {COLOURS[role].lower() for role in roles}


@pytest.mark.parametrize("draw", [draw_unsqueeze, lambda x: draw_bmm(x, VALUES)])
def test_tensors_with_a_gradient_are_drawn(draw):
    rows = WEIGHTS.clone().requires_grad_()
    same(matrices(draw(rows)), matrices(draw(WEIGHTS)))


VECTORS = {
    "repeat_interleave queries": lambda bad: draw_repeat_interleave(bad, 2),
    "broadcasting queries": lambda bad: draw_broadcasting(bad, X),
    "broadcasting keys": lambda bad: draw_broadcasting(X, bad),
    "leave_one_out x": draw_leave_one_out,
}
MATRICES = {
    "unsqueeze rows": draw_unsqueeze,
    "bmm weights": lambda bad: draw_bmm(bad, VALUES),
    "bmm values": lambda bad: draw_bmm(WEIGHTS, bad),
}


@pytest.mark.parametrize("call", VECTORS)
def test_bad_vectors_are_refused(call, bad_vector, refuses):
    bad, error, was = bad_vector
    refuses(call.split()[1], error, was, VECTORS[call], bad)


@pytest.mark.parametrize("call", MATRICES)
def test_bad_matrices_are_refused(call, bad_matrix, refuses):
    bad, error, was = bad_matrix
    refuses(call.split()[1], error, was, MATRICES[call], bad)


def test_bad_number_of_keys_is_refused(bad_count, refuses):
    bad, error, was = bad_count
    refuses("n_keys", error, was, draw_repeat_interleave, X, bad)
    refuses("n_keys", ValueError, "0", draw_repeat_interleave, X, 0)


def test_one_point_cannot_be_left_out(refuses):
    refuses(r"len\(x\)", ValueError, "1", draw_leave_one_out, X[:1])


def test_values_of_another_shape_are_refused(refuses):
    refuses("values", ValueError, r"\(3, 2\)", draw_bmm, WEIGHTS, VALUES.T)
