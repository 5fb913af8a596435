"""The pictures: every line is the data, every number in the description is true."""

import re

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex

from nwlesson import (
    COLOURS,
    Epoch,
    NWKernelRegression,
    attention_pooling,
    attention_weights,
    average_pooling,
    describe,
    make_data,
    plot_history,
    plot_kernel_reg,
    show_heatmaps,
)

HISTORY = [Epoch(1, 35.25, 0.5), Epoch(2, 20.0, -3.125), Epoch(3, 18.7, 4.0)]
KEYS, QUERIES = torch.tensor([0.0, 1.0, 3.0]), torch.tensor([0.5, 1.0, 2.0, 4.5])


def prediction(seed=0, w=2.0, **kwargs):
    data = make_data(50, step=0.125, seed=seed, **kwargs)
    return data, attention_pooling(data.x_test, data.x_train, data.y_train, w)


def lines(ax):
    return {line.get_label(): line for line in ax.lines}


def numbers(fig):
    return [float(n) for n in re.findall(r"-?\d+\.?\d*", fig.get_label())]


FIGURES = {
    "kernel_reg": lambda: plot_kernel_reg(*prediction()),
    "heatmaps": lambda: show_heatmaps(attention_weights(QUERIES, KEYS), QUERIES, KEYS),
    "history": lambda: plot_history(HISTORY),
}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_a_figure_comes_back_described_labelled_and_drawable_and_leaves_the_style_alone(draw, tmp_path):
    before = dict(matplotlib.rcParams)
    fig = draw()
    assert isinstance(fig, plt.Figure) and len(fig.get_label()) > 20 and "  " not in fig.get_label()
    assert all(any(label(ax) for ax in fig.axes) for label in (plt.Axes.get_xlabel, plt.Axes.get_ylabel))
    fig.savefig(tmp_path / "figure.svg")
    assert dict(matplotlib.rcParams) == before


def test_describe_stores_the_words_on_one_line():
    fig = plt.figure()
    assert describe(fig, "  One\n   falling line. ") is fig
    assert fig.get_label() == "One falling line."


# plot_kernel_reg


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_lines_are_the_data(dtype):
    """NumPy has no bfloat16, but a model may well answer in it."""
    data, y_hat = prediction(dtype=torch.float64 if dtype == torch.float64 else torch.float32)
    y_hat = y_hat.to(dtype)
    drawn = lines(plot_kernel_reg(data, y_hat).axes[0])
    expected = {
        "training points": (data.x_train, data.y_train, "value"),
        "truth": (data.x_test, data.y_truth, "truth"),
        "prediction": (data.x_test, y_hat, "prediction"),
    }
    assert drawn.keys() == expected.keys()
    for name, (x, y, role) in expected.items():
        np.testing.assert_array_equal(drawn[name].get_xdata(), x.tolist())
        np.testing.assert_array_equal(drawn[name].get_ydata(), y.tolist())
        assert to_hex(drawn[name].get_color()) == COLOURS[role].lower()


def test_lines_can_be_told_apart_without_colour_and_are_named():
    ax = plot_kernel_reg(*prediction()).axes[0]
    styles = {(line.get_linestyle(), line.get_marker()) for line in ax.lines}
    assert styles == {("None", "o"), ("-", "None"), ("--", "None")}
    assert [t.get_text() for t in ax.get_legend().get_texts()] == list(lines(ax))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x", "y")


@pytest.mark.parametrize(("seed", "w"), [(0, 1.0), (1, 4.0), (2, 20.0)])
def test_description_of_the_regression_is_true(seed, w):
    data, y_hat = prediction(seed, w)
    truth, guess = data.y_truth.tolist(), y_hat.tolist()
    miss = [abs(a - b) for a, b in zip(truth, guess)]
    worst = data.x_test.tolist()[miss.index(max(miss))]
    expected = [50, min(truth), max(truth), min(guess), max(guess), sum(miss) / len(miss), worst, max(miss)]
    assert numbers(plot_kernel_reg(data, y_hat)) == [float(f"{v:.1f}") for v in expected]


@pytest.mark.parametrize("noise", [0.5, 3.0])
def test_no_training_point_is_cut_off(noise):
    ax = plot_kernel_reg(*prediction(noise=noise)).axes[0]
    for line in ax.lines:
        for (low, high), values in (ax.get_xlim(), line.get_xdata()), (ax.get_ylim(), line.get_ydata()):
            assert low <= min(values) and max(values) <= high


def test_a_prediction_with_a_gradient_is_drawn_and_stays_as_it_was():
    data = make_data(50, step=0.125)
    y_hat = NWKernelRegression(3.0)(data.x_test, data.x_train.repeat(40, 1), data.y_train.repeat(40, 1))
    drawn = lines(plot_kernel_reg(data, y_hat).axes[0])["prediction"]
    np.testing.assert_array_equal(drawn.get_ydata(), y_hat.detach().numpy())
    assert y_hat.requires_grad


def test_given_axes_are_drawn_on_and_no_other():
    fig, (first, second) = plt.subplots(1, 2)
    assert plot_kernel_reg(*prediction(), ax=second) is fig
    assert len(second.lines) == 3 and not first.lines
    assert len(plt.get_fignums()) == 1


def test_the_description_of_one_panel_leaves_that_of_another():
    fig, panels = plt.subplots(1, 3)
    plot_kernel_reg(*prediction(), ax=panels[0])
    first = fig.get_label()
    plot_history(HISTORY, axes=panels[1:])
    assert fig.get_label() == f"{first} {plot_history(HISTORY).get_label()}"
    assert plot_kernel_reg(*prediction()).get_label() == first


def test_bad_predictions_are_refused(bad_vector, refuses):
    bad, error, was = bad_vector
    refuses("y_hat", error, was, plot_kernel_reg, make_data(), bad)


def test_a_prediction_for_the_wrong_points_is_refused(refuses):
    data = make_data(50, step=0.125)
    refuses("y_hat", ValueError, r"\(50,\)", plot_kernel_reg, data, average_pooling(data.y_train, 50))


# show_heatmaps


def meshes(fig):
    return [ax.collections[0] for ax in fig.axes if ax.get_title()]


def two_heatmaps(queries=QUERIES, keys=KEYS):
    matrices = [attention_weights(queries, keys, w) for w in (0.5, 5.0)]
    return matrices, show_heatmaps(matrices, queries, keys, titles=["w = 0.5", "w = 5"])


def test_heat_maps_show_the_matrices_on_one_colour_scale():
    """Or a sharper map would only look like another one."""
    matrices, fig = two_heatmaps()
    assert [ax.get_title() for ax in fig.axes][:2] == ["w = 0.5", "w = 5"]
    top = max(m.max().item() for m in matrices)
    for mesh, matrix in zip(meshes(fig), matrices, strict=True):
        np.testing.assert_array_equal(np.reshape(mesh.get_array(), matrix.shape), matrix.numpy())
        assert (mesh.norm.vmin, mesh.norm.vmax) == (0, pytest.approx(top))
        assert mesh.get_cmap().name == meshes(fig)[0].get_cmap().name
    assert fig.axes[2].get_ylabel() == "attention weight"
    assert fig.axes[2].get_ylim() == pytest.approx((0, top))


@pytest.mark.parametrize("points", [(QUERIES, KEYS), (KEYS[:1], QUERIES), (QUERIES, KEYS[:1])])
def test_each_cell_lies_around_its_own_query_and_key(points):
    """Axes are the true x, with borders halfway between neighbours, and every cell can be seen."""
    fig = show_heatmaps(attention_weights(*points), *points)
    corners = meshes(fig)[0].get_coordinates()
    for edges, x, limits in (
        (corners[:, 0, 1], points[0].numpy(), fig.axes[0].get_ylim()),
        (corners[0, :, 0], points[1].numpy(), fig.axes[0].get_xlim()),
    ):
        assert len(edges) == len(x) + 1
        assert (edges[:-1] < x).all() and (x < edges[1:]).all()
        np.testing.assert_allclose(edges[1:-1], (x[1:] + x[:-1]) / 2)
        assert sorted(limits) == pytest.approx([edges[0], edges[-1]])
        if len(x) > 1:
            assert x[0] - edges[0] == pytest.approx(edges[1] - x[0])
            assert edges[-1] - x[-1] == pytest.approx(x[-1] - edges[-2])


def test_row_0_is_on_top_and_column_0_on_the_left():
    ax = two_heatmaps()[1].axes[0]
    (left, top), (right, bottom) = ax.transData.transform([(KEYS[0], QUERIES[0]), (KEYS[-1], QUERIES[-1])])
    assert top > bottom and left < right
    assert ax.get_ylabel().startswith("query") and ax.get_xlabel().startswith("key")


def test_description_of_the_heat_maps_is_true():
    matrices, fig = two_heatmaps()
    for title, m in zip(("w = 0.5", "w = 5"), matrices):
        assert f"{title}: largest weight {max(map(max, m.tolist())):.2f}" in fig.get_label()


def test_one_matrix_a_stack_and_a_gradient_are_all_drawn():
    weights = attention_weights(QUERIES, KEYS, torch.nn.Parameter(torch.tensor(2.0)))
    assert len(meshes(show_heatmaps(weights, QUERIES, KEYS))) == 1
    fig = show_heatmaps((weights, weights, weights), QUERIES, KEYS)
    assert len(meshes(fig)) == 3
    assert len({ax.get_title() for ax in fig.axes[:3]}) == 3
    assert weights.requires_grad


@pytest.mark.parametrize("name", ["queries", "keys"])
def test_unsorted_points_are_refused(name):
    points = {"queries": QUERIES, "keys": KEYS}
    points[name] = points[name].flip(0)
    with pytest.raises(ValueError, match=f"^{name} must be sorted"):
        show_heatmaps(torch.ones(4, 3), **points)


@pytest.mark.parametrize("name", ["queries", "keys"])
def test_bad_points_are_refused(name, bad_vector, refuses):
    bad, error, was = bad_vector
    refuses(name, error, was, show_heatmaps, torch.ones(4, 3), **{"queries": QUERIES, "keys": KEYS, name: bad})


def test_bad_matrices_are_refused(bad_matrix, refuses):
    bad, error, was = bad_matrix
    refuses("matrices", error, was, show_heatmaps, [bad], QUERIES, KEYS)


def test_a_transposed_matrix_is_refused(refuses):
    refuses("matrices", ValueError, r"\(3, 4\)", show_heatmaps, torch.ones(3, 4), QUERIES, KEYS)


@pytest.mark.parametrize(("matrices", "titles", "was"), [([], None, "0"), ([torch.ones(4, 3)], ["a", "b"], "2")])
def test_a_wrong_number_of_titles_is_refused(matrices, titles, was, refuses):
    refuses("titles", ValueError, was, show_heatmaps, matrices, QUERIES, KEYS, titles=titles)


# plot_history


def test_history_is_drawn_epoch_by_epoch():
    loss, w = plot_history(HISTORY).axes
    for ax, values in (loss, [35.25, 20.0, 18.7]), (w, [0.5, -3.125, 4.0]):
        (line,) = ax.lines
        assert list(line.get_xdata()) == [1, 2, 3] and list(line.get_ydata()) == values
        assert line.get_color() == "black"  # neither a loss nor w has a role of its own
    assert loss.get_ylabel() == "loss" and w.get_ylabel().startswith("w") and w.get_xlabel() == "epoch"


@pytest.mark.parametrize("n", [2, 5, 100])
def test_ticks_stand_at_whole_epochs_and_single_epochs_are_marked_while_they_can_be_seen(n):
    fig = plot_history([Epoch(i + 1, 1.0 / (i + 1), float(i)) for i in range(n)])
    fig.canvas.draw()
    assert all(tick == round(tick) for tick in fig.axes[1].get_xticks())
    assert (fig.axes[0].lines[0].get_marker() == "o") == (n <= 20)


def test_description_of_the_history_is_true():
    first_loss, first, last_loss, last, first_w, last_w = numbers(plot_history([*HISTORY[:2], Epoch(9, 18.7, -4.5)]))
    assert (first, first_loss, first_w) == (1, 35.2, 0.5)
    assert (last, last_loss, last_w) == (9, 18.7, -4.5)


def test_history_is_drawn_on_given_axes():
    fig, axes = plt.subplots(1, 3)
    assert plot_history(HISTORY, axes=axes[1:]) is fig
    assert [len(ax.lines) for ax in axes] == [0, 1, 1]
    assert len(plt.get_fignums()) == 1


def test_an_empty_history_is_refused(refuses):
    refuses("history", ValueError, "empty", plot_history, [])
