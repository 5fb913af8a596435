"""The pictures: every line is the data, every number in the description is true."""

import os
import re
import subprocess
import sys

import figures
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from conftest import DOCS
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.text import Text
from test_palette import seen

from nwlesson import (
    COLOURS,
    Epoch,
    NWKernelRegression,
    RegressionData,
    attention_pooling,
    attention_weights,
    average_pooling,
    describe,
    draw_bmm,
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
    return [float(n) for n in re.findall(r"-?\d+\.?\d*(?:e[-+]\d+)?", fig.get_label())]


def own_data(unit=1.0, start=0.0, y_unit=1.0, y_start=0.0, n=30):
    """Measurements of a reader who does not know the truth, and a prediction."""
    x = start + unit * torch.rand(n, generator=torch.Generator().manual_seed(1)).double().sort().values
    y = y_start + y_unit * torch.rand(n, generator=torch.Generator().manual_seed(2)).double()
    queries = torch.linspace(x[0].item(), x[-1].item(), 11, dtype=torch.float64)
    return RegressionData(x, y, queries), attention_pooling(queries, x, y, 5 / unit)


FIGURES = {
    "kernel_reg": lambda: plot_kernel_reg(*prediction()),
    "heatmaps": lambda: show_heatmaps(attention_weights(QUERIES, KEYS), QUERIES, KEYS),
    "history": lambda: plot_history(HISTORY),
    "bmm": lambda: draw_bmm(torch.tensor([[0.5, 0.5]]), torch.tensor([[10.0, 20.0]])),
}


@pytest.mark.slow
@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_a_figure_comes_back_described_labelled_and_drawable_and_leaves_the_style_alone(draw, tmp_path):
    before = dict(matplotlib.rcParams)
    fig = draw()
    assert isinstance(fig, plt.Figure) and len(fig.get_label()) > 20 and "  " not in fig.get_label()
    fig.savefig(tmp_path / "figure.svg")
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("name", ["kernel_reg", "heatmaps", "history"])
def test_both_axes_are_named(name):
    fig = FIGURES[name]()
    assert any(ax.get_xlabel() for ax in fig.axes) and any(ax.get_ylabel() for ax in fig.axes)


def test_describe_stores_the_words_on_one_line():
    fig = plt.figure()
    assert describe(fig, "  One\n   falling line. ") is fig
    assert fig.get_label() == "One falling line."


HOSTILE = {
    "text.usetex": True,
    "font.size": 30,
    "font.family": "serif",
    "axes.grid": True,
    "axes.xmargin": 0.4,
    "axes.unicode_minus": False,
    "axes.formatter.use_mathtext": True,
    "figure.dpi": 37,
    "figure.autolayout": True,
    "image.composite_image": False,
    "lines.linewidth": 9,
    "path.sketch": "3, 100, 2",
    "savefig.bbox": "tight",
    "savefig.transparent": True,
    "svg.fonttype": "path",
    "xtick.labelsize": 30,
    "ytick.minor.visible": True,
}
DRAW_ALL = """
import sys, torch
from figures import to_svg
from test_plotting import FIGURES
torch.set_num_threads(1)
for draw in FIGURES.values():
    sys.stdout.write(to_svg(draw()))
import matplotlib
assert matplotlib.rcParams["text.usetex"] and matplotlib.rcParams["font.size"] == 30, "the reader's settings are gone"
"""


@pytest.mark.slow
def test_a_readers_matplotlibrc_changes_nothing(tmp_path):
    """Nor does it need LaTeX, and the settings are theirs again afterwards."""
    lines = [f"{key}: {value}" for key, value in HOSTILE.items()]
    (tmp_path / "matplotlibrc").write_text("\n".join(lines), encoding="utf-8")
    path = os.pathsep.join([str(DOCS / "_ext"), os.path.dirname(__file__)])
    env = os.environ | {"PYTHONPATH": path, "MATPLOTLIBRC": str(tmp_path), "OMP_NUM_THREADS": "1", "PATH": ""}
    run = subprocess.run([sys.executable, "-c", DRAW_ALL], env=env, capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    assert run.stdout == "".join(figures.to_svg(draw()) for draw in FIGURES.values())


@pytest.mark.slow
@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_a_figure_that_the_reader_saves_keeps_its_own_letters(draw):
    """Ticks are made late, when the figure is drawn, perhaps under other settings."""
    with matplotlib.rc_context(HOSTILE | {"path.sketch": None}):
        fig = draw()
        fig.draw_without_rendering()
        texts = [text for text in fig.findobj(Text) if text.get_text()]
    assert len(texts) > 5
    assert {text.get_usetex() for text in texts} == {False}
    assert max(text.get_fontsize() for text in texts) <= 12


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
    sizes = [0] + 4 * [max(data.y_train.tolist() + truth) - min(data.y_train.tolist() + truth)]
    sizes += [max(miss), 4.875, max(miss)]
    for number, value, size in zip(numbers(plot_kernel_reg(data, y_hat)), expected, sizes, strict=True):
        assert abs(number - value) <= 0.0501 * size


@pytest.mark.parametrize("unit", [1e-9, 1e-3, 1.0, 1e3, 1e9])
@pytest.mark.parametrize("start", [0.0, 1.7e9])
def test_numbers_in_words_fit_the_readers_units(unit, start):
    """0.0 says nothing of data in thousandths, nor 1.7e9 of a time in seconds, nor do twenty digits."""
    if unit < 1e-6 * start:
        return  # the numbers themselves are not that exact
    data, y_hat = own_data(y_unit=unit, y_start=start)
    fig = plot_kernel_reg(data, y_hat)
    assert numbers(fig)[1:] == pytest.approx([y_hat.min().item(), y_hat.max().item()], rel=0, abs=0.05 * unit)
    assert max(map(len, fig.get_label().rstrip(".").split())) <= 16


@pytest.mark.slow
def test_the_lessons_figures_share_one_window():
    for seed in range(10):
        for w in 0.5, 8.0:
            ax = plot_kernel_reg(*prediction(seed, w)).axes[0]
            assert (ax.get_xlim(), ax.get_ylim()) == ((0, 5), (-1, 5.4))


@pytest.mark.parametrize("noise", [0.5, 3.0])
def test_no_training_point_is_cut_off(noise):
    all_is_seen(plot_kernel_reg(*prediction(noise=noise)).axes[0])


def all_is_seen(ax, least=0.5):
    """No point lies outside, and the data fill their part of both axes."""
    for axis, (low, high) in ("x", ax.get_xlim()), ("y", ax.get_ylim()):
        values = np.concatenate([getattr(line, f"get_{axis}data")() for line in ax.lines])
        assert low <= values.min() and values.max() <= high
        assert np.ptp(values) >= least * (high - low)


@pytest.mark.slow
@given(st.integers(-9, 12), st.integers(-9, 12), st.sampled_from([-3.0, 0.0, 0.4, 1000.0]))
def test_own_data_are_seen_whatever_their_units(x_power, y_power, start):
    x_unit, y_unit = 10.0**x_power, 10.0**y_power
    all_is_seen(plot_kernel_reg(*own_data(x_unit, start * x_unit, y_unit, start * y_unit)).axes[0])
    plt.close("all")


@pytest.mark.parametrize("truth", [None, torch.full((40,), torch.nan)])
def test_a_truth_that_nobody_knows_is_neither_drawn_nor_spoken_of(truth):
    data, y_hat = prediction()
    fig = plot_kernel_reg(data._replace(y_truth=truth), y_hat)
    assert list(lines(fig.axes[0])) == ["training points", "prediction"]
    assert [t.get_text() for t in fig.axes[0].get_legend().get_texts()] == ["training points", "prediction"]
    assert not re.search("truth|miss|nan", fig.get_label())
    assert numbers(fig) == [50, *numbers(plot_kernel_reg(data, y_hat))[3:5]]


def test_test_points_in_disorder_are_joined_from_left_to_right():
    data, y_hat = prediction()
    order = torch.randperm(40, generator=torch.Generator().manual_seed(0))
    mixed = data._replace(x_test=data.x_test[order], y_truth=data.y_truth[order])
    fig, sorted_fig = plot_kernel_reg(mixed, y_hat[order]), plot_kernel_reg(data, y_hat)
    assert fig.get_label() == sorted_fig.get_label()
    for line, sorted_line in zip(fig.axes[0].lines, sorted_fig.axes[0].lines, strict=True):
        np.testing.assert_array_equal(line.get_xydata(), sorted_line.get_xydata())


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


@pytest.mark.parametrize(
    ("name", "bad", "error", "was"),
    [
        ("x_train", torch.ones(50, 2), ValueError, r"\(50, 2\)"),
        ("y_train", torch.ones(49), ValueError, r"\(49,\)"),
        ("x_test", torch.full((40,), torch.inf), ValueError, "inf"),
        ("y_truth", torch.ones(41), ValueError, r"\(41,\)"),
        ("y_truth", torch.tensor([torch.nan] + 39 * [1.0]), ValueError, "nan"),
        ("y_truth", [1.0], TypeError, "list"),
    ],
)
def test_data_whose_parts_do_not_fit_are_refused(name, bad, error, was, refuses):
    data, y_hat = prediction()
    refuses(rf"data\.{name}", error, was, plot_kernel_reg, data._replace(**{name: bad}), y_hat)


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


@pytest.mark.parametrize("n", [1, 5])
def test_the_lightness_of_a_map_falls_evenly_with_the_weight(n):
    """Or a broad band, whose weights are all small, would hardly be seen."""
    colours = meshes(show_heatmaps(n * [torch.ones(4, 3)], QUERIES, KEYS))[0].get_cmap()
    light = np.array([seen(to_hex(colours(weight)), "usual")[0] for weight in np.linspace(0, 1, 11)])
    np.testing.assert_allclose(light, np.linspace(light[0], light[-1], 11), atol=7)
    assert (np.diff(light) < 0).all()


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


def test_points_in_one_place_share_its_cell():
    """Without a width of their own they would not be seen."""
    keys = torch.tensor([0.0, 0.0, 0.0, 1.0, 3.0, 3.0])
    mesh = meshes(show_heatmaps(attention_weights(QUERIES, keys), QUERIES, keys))[0]
    np.testing.assert_allclose(mesh.get_coordinates()[0, :, 0], [-1 / 2, -1 / 6, 1 / 6, 1 / 2, 2, 3, 4])


def dark(fig, ax, dpi):
    """Where the pixels of a panel, without its frame, are nearly as dark as the largest weight; row 0 on top."""
    ax.set_axis_off()
    fig.set_dpi(dpi)
    fig.canvas.draw()
    pixels = np.asarray(fig.canvas.buffer_rgba())[..., :3].sum(axis=-1)
    left, bottom, right, top = np.round(ax.get_window_extent().extents).astype(int)
    return pixels[len(pixels) - top : len(pixels) - bottom, left:right] < 250


PLACES = {
    "500 evenly": torch.linspace(0, 5, 500),
    "2000 evenly": torch.linspace(0, 5, 2000),
    "205 in 20 places": torch.randint(20, (205,), generator=torch.Generator().manual_seed(0)).sort().values.float(),
    "a crowd and far points": torch.cat([torch.tensor([-1000.0]), make_data().x_train, torch.tensor([1000.0])]),
}


@pytest.mark.slow
@pytest.mark.parametrize("x", PLACES.values(), ids=PLACES)
def test_a_pixel_shows_the_largest_of_its_weights(x):
    """The diagonal of 1 among 0 is never lost, however many rows and columns share a pixel, here and on the site."""
    evenly = torch.arange(float(len(x)))
    diagonal = torch.eye(len(x))
    by_row = show_heatmaps([diagonal, diagonal], evenly, x)
    by_column = show_heatmaps([diagonal, diagonal], x, evenly)
    for dpi in 100, 144:
        assert dark(by_row, by_row.axes[1], dpi)[1:-1].any(axis=1).all(), "a row of pixels without its key"
        assert dark(by_column, by_column.axes[1], dpi)[:, 1:-1].any(axis=0).all(), "a column without its query"


@pytest.mark.slow
@pytest.mark.parametrize("x", PLACES.values(), ids=PLACES)
def test_no_cell_is_narrower_than_a_pixel(x):
    fig = show_heatmaps(torch.eye(len(x)), x, x)
    corners = fig.axes[0].transData.transform(meshes(fig)[0].get_coordinates().reshape(-1, 2))
    for places in corners.T:
        assert np.diff(np.unique(places.round(3))).min() > 0.99


def places(fig, n):
    """Left, right, bottom and top of the first panels, in pixels."""
    fig.draw_without_rendering()
    return [ax.get_window_extent() for ax in fig.axes[:n]]


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 3, 4, 5, 8])
def test_maps_stand_beside_each_other_while_they_are_wide_enough_and_else_in_two_columns(n):
    fig = show_heatmaps(n * [torch.rand(4, 3, generator=torch.Generator().manual_seed(0))], QUERIES, KEYS)
    boxes = places(fig, n)
    columns, rows = ({round(value) for value in values} for values in zip(*((b.x0, b.y0) for b in boxes)))
    assert (len(columns), len(rows)) == ((n, 1) if n <= 3 else (2, -(-n // 2)))
    assert [(-b.y0, b.x0) for b in boxes] == sorted((-b.y0, b.x0) for b in boxes), "in reading order"
    assert min(b.width for b in boxes) > 90 and min(b.height for b in boxes) > 90
    for ax, box in zip(fig.axes, boxes):
        assert bool(ax.get_ylabel()) == (box.x0 == min(b.x0 for b in boxes))
        lowest = box.y0 == min(b.y0 for b in boxes if b.x0 == box.x0)
        assert bool(ax.get_xlabel()) == lowest == any(t.label1.get_visible() for t in ax.xaxis.get_major_ticks())


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 3, 4, 5, 8])
def test_the_bar_of_the_colours_covers_no_map(n):
    fig = show_heatmaps(n * [torch.ones(4, 3)], QUERIES, KEYS)
    boxes = places(fig, n)
    bars = [ax for ax in fig.findobj(plt.Axes) if "attention weight" in (ax.get_xlabel(), ax.get_ylabel())]
    assert len(bars) == 1
    bar = bars[0].get_tightbbox()
    assert not any(bar.overlaps(box) for box in boxes)
    assert fig.bbox.x0 <= bar.x0 and bar.x1 <= fig.bbox.x1 and fig.bbox.y0 <= bar.y0 and bar.y1 <= fig.bbox.y1


@pytest.mark.slow
def test_many_maps_need_few_colours():
    """Or a page with them would be too heavy."""
    assert meshes(show_heatmaps(5 * [torch.ones(4, 3)], QUERIES, KEYS))[0].get_cmap().N <= 60


@pytest.mark.slow
def test_maps_are_drawn_on_given_axes_and_no_other():
    fig, grid = plt.subplots(2, 2, sharex="col", sharey="col", layout="constrained")
    describe(fig, "First.")
    maps = [attention_weights(QUERIES, KEYS, w) for w in (0.5, 5.0)]
    assert show_heatmaps(maps, QUERIES, KEYS, titles=["a", "b"], axes=grid[:, 1]) is fig
    assert [len(ax.collections) for ax in grid.flat] == [0, 1, 0, 1]
    assert len(plt.get_fignums()) == 1
    assert fig.get_label().startswith("First. Heat maps")
    assert [bool(ax.get_xlabel()) for ax in grid[:, 1]] == [False, True], "only where the numbers stand"
    np.testing.assert_array_equal(grid[1, 1].collections[0].get_array().ravel(), maps[1].numpy().ravel())


def test_row_0_is_on_top_and_column_0_on_the_left():
    ax = two_heatmaps()[1].axes[0]
    (left, top), (right, bottom) = ax.transData.transform([(KEYS[0], QUERIES[0]), (KEYS[-1], QUERIES[-1])])
    assert top > bottom and left < right
    assert ax.get_ylabel().startswith("query") and ax.get_xlabel().startswith("key")


@pytest.mark.slow
def test_description_of_the_heat_maps_is_true():
    matrices, fig = two_heatmaps()
    for title, m in zip(("w = 0.5", "w = 5"), matrices):
        assert f"{title}: largest weight {max(map(max, m.tolist())):.2f}" in fig.get_label()


def test_small_weights_are_not_called_zero():
    x = torch.linspace(0, 1, 300)
    (largest,) = numbers(show_heatmaps(attention_weights(x, x), x, x, titles=["map"]))
    assert largest == pytest.approx(attention_weights(x, x).max().item(), rel=0.05)


@pytest.mark.slow
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


def test_a_wrong_number_of_axes_is_refused(refuses):
    axes = plt.subplots(1, 3)[1]
    refuses("axes", ValueError, "3", show_heatmaps, [torch.ones(4, 3)], QUERIES, KEYS, axes=axes)


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


@pytest.mark.parametrize("unit", [1e-12, 1e-5, 1.0, 1e7])
def test_losses_in_words_fit_the_readers_units(unit):
    fig = plot_history([Epoch(1, 35.25 * unit, 0.5 * unit), Epoch(2, 1.5 * unit, 8.25 * unit)])
    expected = [35.25 * unit, 1, 1.5 * unit, 2, 0.5 * unit, 8.25 * unit]
    assert numbers(fig) == pytest.approx(expected, rel=0.04)
    assert max(map(len, fig.get_label().split())) <= 12


@pytest.mark.parametrize(("first", "last"), [("0", "0"), ("35", "inf"), ("35", "nan"), ("nan", "nan")])
def test_a_training_that_went_astray_is_called_so(first, last):
    label = plot_history([Epoch(1, float(first), float(first)), Epoch(2, float(last), float(last))]).get_label()
    assert re.fullmatch(rf"Loss {first}\S* in epoch 1 and {last} in epoch 2; w {first}\S* and {last}\.", label)


def test_history_is_drawn_on_given_axes():
    fig, axes = plt.subplots(1, 3)
    assert plot_history(HISTORY, axes=axes[1:]) is fig
    assert [len(ax.lines) for ax in axes] == [0, 1, 1]
    assert len(plt.get_fignums()) == 1


def test_an_empty_history_is_refused(refuses):
    refuses("history", ValueError, "empty", plot_history, [])
