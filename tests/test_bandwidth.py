"""The chosen bandwidth: never worse than a scan, and the same as that of statsmodels."""

import inspect
import math

import pandas
import pytest
import torch
from conftest import DOCS
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_iris
from statsmodels.nonparametric.kernel_regression import KernelReg

from nwlesson import attention_pooling, fit_bandwidth, leave_one_out_loss, make_data, truth


@pytest.mark.parametrize("name", ["x", "y"])
def test_bad_tensors_are_refused(name, bad_vector, refuses):
    bad, error, was = bad_vector
    refuses(name, error, was, fit_bandwidth, **{"x": torch.ones(2), "y": torch.ones(2), name: bad})


@pytest.mark.parametrize(
    ("name", "x", "y", "was"),
    [
        ("x", torch.ones(1), torch.ones(1), "1"),
        ("y", torch.ones(2), torch.ones(3), r"\(3,\)"),
        ("y", torch.ones(2), torch.ones(2).double(), "torch.float64"),
    ],
)
def test_points_that_do_not_fit_are_refused(name, x, y, was, refuses):
    refuses(name, ValueError, was, fit_bandwidth, x, y)


def test_the_default_of_statsmodels_is_the_straight_line():
    assert inspect.signature(KernelReg).parameters["reg_type"].default == "ll"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::FutureWarning")  # statsmodels on its own random numbers
@pytest.mark.parametrize(("n", "seed"), [(50, 0), (50, 1), (50, 7), (120, 2), (500, 0)])
def test_the_fitted_bandwidth_is_that_of_least_squares_cross_validation(n, seed):
    """statsmodels finds the same bandwidth by its own method; ours must not be worse."""
    data = make_data(n, seed=seed, dtype=torch.float64)
    x, y = data.x_train, data.y_train
    theirs = 1 / KernelReg(y.numpy(), x.numpy(), "c", reg_type="lc", bw="cv_ls").bw[0]
    ours = fit_bandwidth(x, y)
    assert ours == pytest.approx(theirs, rel=1e-3)
    assert leave_one_out_loss(ours, x, y) <= leave_one_out_loss(theirs, x, y) + 1e-12


@pytest.mark.site
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_the_motorcycle_of_the_page_has_the_bandwidth_that_statsmodels_finds(facts):
    rows = pandas.read_csv(DOCS / "practice" / "motorcycle.csv")
    x, y = rows["milliseconds"], rows["acceleration"]
    theirs = KernelReg(y, x, "c", reg_type="lc", bw="cv_ls").bw[0]
    assert facts["own-h-statsmodels"] == f"{theirs:.3f}"
    assert 1 / fit_bandwidth(torch.tensor(x), torch.tensor(y)) == pytest.approx(theirs, rel=1e-3)


def surface(n, seed=0):
    """Points in the plane, and a hill that is steep in one direction and gentle in the other."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.rand(n, 2, generator=generator, dtype=torch.float64) * torch.tensor([1.0, 10.0])
    noise = torch.randn(n, generator=generator, dtype=torch.float64)
    return x, torch.sin(6 * x[:, 0]) + torch.cos(0.5 * x[:, 1]) + 0.2 * noise


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("seed", [0, 1])
def test_one_bandwidth_for_each_feature_as_statsmodels_finds_them(seed):
    x, y = surface(100, seed)
    theirs = 1 / KernelReg(y.numpy(), x.numpy(), "cc", reg_type="lc", bw="cv_ls").bw
    ours = fit_bandwidth(x, y)
    assert ours.tolist() == pytest.approx(theirs.tolist(), rel=1e-3)
    assert leave_one_out_loss(ours, x, y) <= leave_one_out_loss(torch.from_numpy(theirs), x, y) + 1e-12


@pytest.mark.slow
def test_a_feature_that_says_nothing_is_hardly_looked_at():
    x, y = surface(100)
    dull = torch.rand(100, 1, generator=torch.Generator().manual_seed(9), dtype=torch.float64)
    w = fit_bandwidth(torch.cat([x, dull], dim=1), y)
    assert w[2] < 0.2 * w[0], "both features lie between 0 and 1"


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])  # 2: a step of the search so long that exp overflows
def test_ten_features_that_all_matter_get_a_bandwidth_each(seed):
    generator = torch.Generator().manual_seed(seed)
    x = 5 * torch.rand(200, 10, generator=generator).double()
    y = truth(x).mean(dim=1) * 10**0.5 + 0.5 * torch.randn(200, generator=generator).double()
    w = fit_bandwidth(x, y)
    assert torch.isfinite(w).all() and (w >= 0).all()
    shared = [leave_one_out_loss(w, x, y) for w in torch.logspace(-1, 1, 20).tolist()]
    assert leave_one_out_loss(w, x, y) < min(shared)
    log_w = w[w > 0].log().requires_grad_()
    leave_one_out_loss(log_w.exp(), x[:, w > 0], y).backward()
    assert log_w.grad.abs().max() < 1e-5, "the search stopped on the way"


def scan(x, y, n=2000):
    """The smallest error of n plain w, from all points alike to each nearest alone."""
    gaps = x.sort().values.diff()
    low, high = 0.01 / (x.amax() - x.amin()), 100 / gaps[gaps > 0].amin()
    ws = torch.logspace(low.log10().item(), high.log10().item(), n, dtype=x.dtype)
    return min(leave_one_out_loss(w, x, y).item() for w in ws)


def loss_and_scan(x, y, n=2000):
    w = fit_bandwidth(x, y)
    return leave_one_out_loss(w, x, y).item(), scan(x, y, n) * (1 + 1e-6) + 1e-14 * y.var().item()


def random(seed):
    generator = torch.Generator().manual_seed(seed)
    return (lambda n: torch.rand(n, generator=generator).double()), (
        lambda n: torch.randn(n, generator=generator).double()
    )


SHAPES = {
    "even spread": lambda rand, randn: 5 * rand(40),
    "one far point": lambda rand, randn: torch.cat([5 * rand(40), torch.tensor([1000.0]).double()]),
    "heavy tails": lambda rand, randn: torch.tan(math.pi * (rand(40) - 0.5)),
    "crowds": lambda rand, randn: 100 * torch.floor(4 * rand(40)) + rand(40),
    "orders of magnitude": lambda rand, randn: torch.exp(5 * randn(30)),
    "ties": lambda rand, randn: torch.round(10 * rand(40)) / 2,
    "few": lambda rand, randn: rand(4),
    "nearly evenly spaced": lambda rand, randn: torch.arange(30.0).double() + 0.01 * randn(30),
}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:no w is best")
@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=5)
@given(seed=st.integers(0, 10**6), unit=st.integers(-12, 15), noise=st.sampled_from([0.0, 0.3, 3.0]))
def test_no_w_of_a_fine_scan_is_better_whatever_the_shape_of_x_and_its_units(shape, seed, unit, noise):
    rand, randn = random(seed)
    x = SHAPES[shape](rand, randn)
    y = torch.sin(3 * x) + noise * randn(len(x))
    ours, best = loss_and_scan(x * 10.0**unit, y, n=300)
    assert ours <= best


@pytest.mark.slow
def test_of_two_valleys_beside_each_other_the_lower_one_is_found():
    """At w = 8.49 and 10.79, and the second is lower by a hundredth of a percent."""
    rand, randn = random(600)
    x = SHAPES["heavy tails"](rand, randn)
    ours, best = loss_and_scan(x, torch.sin(3 * x) + 0.3 * randn(40))
    assert ours <= best


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 3, 14, 227, 235])  # the last two have two valleys of nearly one depth
def test_no_w_of_a_fine_scan_is_better_for_the_data_of_the_lesson(seed):
    ours, best = loss_and_scan(*make_data(50, seed=seed, dtype=torch.float64)[:2])
    assert ours <= best


def test_a_far_point_does_not_hide_the_rest():
    x, y = make_data(50, dtype=torch.float64)[:2]
    far = torch.cat([x, torch.tensor([1000.0]).double()]), torch.cat([y, y[:1]])
    assert fit_bandwidth(*far) == pytest.approx(fit_bandwidth(x, y), rel=0.3)


def test_seconds_since_1970_are_like_any_other_x():
    x, y = make_data(50, dtype=torch.float64)[:2]
    assert fit_bandwidth(x * 3600 + 1.7e9, y) == pytest.approx(fit_bandwidth(x, y) / 3600, rel=1e-5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("step", [1.0, 0.1])
def test_evenly_spaced_x_without_noise_have_no_best_w_and_this_is_said(dtype, step):
    x = step * torch.arange(50, dtype=dtype)
    y = torch.sin(x / step)
    with pytest.warns(UserWarning, match="no w is best"):
        w = fit_bandwidth(x, y)
    assert leave_one_out_loss(w, x, y) <= 1.001 * leave_one_out_loss(4 * w, x, y)
    assert leave_one_out_loss(w / 4, x, y) > 1.001 * leave_one_out_loss(w, x, y), "not the smallest that is as good"


def test_copied_rows_have_no_best_w_and_this_is_said():
    x, y = (t.repeat(2) for t in make_data(50, dtype=torch.float64)[:2])
    with pytest.warns(UserWarning, match="Copied rows"):
        w = fit_bandwidth(x, y)
    assert 0 < w < math.inf and leave_one_out_loss(w, x, y) < 1e-12


def test_noise_alone_is_best_answered_by_the_plain_average():
    x = make_data(50, dtype=torch.float64).x_train
    y = torch.tensor([1.0, -1.0]).double().repeat(25)  # each neighbour says the opposite
    assert fit_bandwidth(x, y) == 0


@pytest.mark.slow
@given(st.floats(0.01, 100), st.floats(-50, 50))
def test_the_fitted_bandwidth_scales_with_x(scale, shift):
    data = make_data(30, dtype=torch.float64)
    w = fit_bandwidth(data.x_train, data.y_train)
    assert fit_bandwidth(data.x_train * scale + shift, data.y_train) == pytest.approx(w / scale, rel=1e-5)


@pytest.mark.slow
@given(st.integers(0, 9), st.floats(-12, 12), st.floats(-100, 100))
def test_the_units_of_y_do_not_change_the_fitted_bandwidth(seed, power, shift):
    """Metres or micrometres: a search that stops when the slope of the loss is small would stop too early."""
    data = make_data(30, dtype=torch.float64, seed=seed)
    y = (data.y_train + shift) * 10**power
    assert fit_bandwidth(data.x_train, y) == pytest.approx(fit_bandwidth(data.x_train, data.y_train), rel=1e-5)


def test_values_that_are_all_alike_are_their_own_average():
    assert fit_bandwidth(make_data(30).x_train, torch.full((30,), 0.1)) == 0


def test_points_that_give_no_bandwidth_are_refused(refuses):
    refuses("x", ValueError, "all are 1", fit_bandwidth, torch.ones(4), torch.arange(4.0))
    refuses(r"len\(x\)", ValueError, "2", fit_bandwidth, torch.tensor([0.0, 1.0]), torch.tensor([0.0, 1.0]))


def golden():
    """A useful feature and a useless one, both spread evenly."""
    i = torch.arange(30.0).double()
    x = torch.stack([i * 0.618034 % 1, i * 0.754878 % 1], dim=1)
    return x, torch.sin(6 * x[:, 0])


def irises():
    iris = load_iris()
    return torch.tensor(iris.data), torch.nn.functional.one_hot(torch.tensor(iris.target)).double()


@pytest.mark.slow
@pytest.mark.parametrize(("xy", "known"), [(golden(), 0.0057 * 1.02), (irises(), 0.01543 * 1.001)])
def test_the_search_does_not_stop_on_the_plateau(xy, known):
    assert leave_one_out_loss(fit_bandwidth(*xy), *xy) <= known


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:no w is best")
@settings(max_examples=5)
@given(seed=st.integers(0, 10**6))
def test_all_features_are_never_worse_than_some_of_them(seed):
    rand, randn = random(seed)
    x = torch.stack([5 * rand(40) for _ in range(3)], dim=1)
    y = truth(x[:, 0]) + 0.3 * x[:, 1] + 0.5 * randn(40)
    best = leave_one_out_loss(fit_bandwidth(x, y), x, y)
    for columns in [0], [1], [2], [0, 1], [0, 2], [1, 2]:
        fewer = x[:, columns]
        assert best <= 1.02 * leave_one_out_loss(fit_bandwidth(fewer, y), fewer, y), columns
    for w in torch.logspace(-2, 2, 30).tolist():
        assert best <= leave_one_out_loss(w, x, y) + 1e-9


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_what_is_returned_fits_the_data(dtype):
    x, y = (t.to(dtype) for t in golden())
    w = fit_bandwidth(x, y)
    assert w.dtype == dtype
    assert leave_one_out_loss(w, x, y) < 0.006 and attention_pooling(x, x, y, w).dtype == dtype


@pytest.mark.slow
def test_a_feature_that_is_the_same_everywhere_is_not_heard():
    x, y = golden()
    w = fit_bandwidth(torch.cat([x, torch.full((30, 1), 5.0)], dim=1), y)
    assert w[2] == 0 and torch.equal(w[:2], fit_bandwidth(x, y))


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_it_works_where_gradients_are_off_and_where_they_are_on(mode):
    x, y = make_data(50)[:2]
    w = fit_bandwidth(x, y)
    assert fit_bandwidth(x.clone().requires_grad_(), y) == w
    with mode():
        assert fit_bandwidth(*make_data(50)[:2]) == w


def test_so_many_points_that_their_table_would_not_fit_are_refused(refuses):
    """Before anything is allocated, and in words that name the way out."""
    x = torch.linspace(0, 1, 17_000)
    refuses("x", ValueError, "17000.*windowed_pooling", fit_bandwidth, x, x)
