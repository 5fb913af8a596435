"""The chosen bandwidth: never worse than a scan, and the same as that of statsmodels."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.nonparametric.kernel_regression import KernelReg

from nwlesson import fit_bandwidth, leave_one_out_loss, make_data, truth


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


@pytest.mark.filterwarnings("ignore::FutureWarning")  # statsmodels on its own random numbers
@pytest.mark.parametrize(("n", "seed"), [(50, 0), (50, 1), (50, 7), (120, 2), (500, 0), (500, 4), (2000, 0)])
def test_the_fitted_bandwidth_is_that_of_least_squares_cross_validation(n, seed):
    """statsmodels finds the same bandwidth by its own method; ours must not be worse."""
    data = make_data(n, seed=seed, dtype=torch.float64)
    x, y = data.x_train, data.y_train
    theirs = 1 / KernelReg(y.numpy(), x.numpy(), "c", reg_type="lc", bw="cv_ls").bw[0]
    ours = fit_bandwidth(x, y)
    assert ours == pytest.approx(theirs, rel=1e-3)
    assert leave_one_out_loss(ours, x, y) <= leave_one_out_loss(theirs, x, y) + 1e-12


def surface(n, seed=0):
    """Points in the plane, and a hill that is steep in one direction and gentle in the other."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.rand(n, 2, generator=generator, dtype=torch.float64) * torch.tensor([1.0, 10.0])
    noise = torch.randn(n, generator=generator, dtype=torch.float64)
    return x, torch.sin(6 * x[:, 0]) + torch.cos(0.5 * x[:, 1]) + 0.2 * noise


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("seed", [0, 1])
def test_one_bandwidth_for_each_feature_as_statsmodels_finds_them(seed):
    x, y = surface(100, seed)
    theirs = 1 / KernelReg(y.numpy(), x.numpy(), "cc", reg_type="lc", bw="cv_ls").bw
    ours = fit_bandwidth(x, y)
    assert ours.tolist() == pytest.approx(theirs.tolist(), rel=1e-3)
    assert leave_one_out_loss(ours, x, y) <= leave_one_out_loss(torch.from_numpy(theirs), x, y) + 1e-12


def test_a_feature_that_says_nothing_is_hardly_looked_at():
    x, y = surface(100)
    dull = torch.rand(100, 1, generator=torch.Generator().manual_seed(9), dtype=torch.float64)
    w = fit_bandwidth(torch.cat([x, dull], dim=1), y)
    assert w[2] < 0.2 * w[0], "both features lie between 0 and 1"


@pytest.mark.parametrize("seed", [1, 2])  # 2: a step of the search so long that exp overflows
def test_ten_features_that_all_matter_get_a_bandwidth_each(seed):
    generator = torch.Generator().manual_seed(seed)
    x = 5 * torch.rand(200, 10, generator=generator).double()
    y = truth(x).mean(dim=1) * 10**0.5 + 0.5 * torch.randn(200, generator=generator).double()
    w = fit_bandwidth(x, y)
    assert torch.isfinite(w).all() and (w > 0).all()
    shared = [leave_one_out_loss(w, x, y) for w in torch.logspace(-1, 1, 20).tolist()]
    assert leave_one_out_loss(w, x, y) < min(shared)
    log_w = w.log().requires_grad_()
    leave_one_out_loss(log_w.exp(), x, y).backward()
    assert log_w.grad.abs().max() < 1e-5, "the search stopped on the way"


@pytest.mark.parametrize("seed", range(20))
def test_the_fitted_bandwidth_is_the_best_of_all(seed):
    """Some seeds have several valleys: the search must not end in the wrong one."""
    data = make_data(50, seed=seed)
    best = leave_one_out_loss(fit_bandwidth(data.x_train, data.y_train), data.x_train, data.y_train)
    others = [leave_one_out_loss(w, data.x_train, data.y_train) for w in torch.logspace(-1, 2, 60).tolist()]
    assert best <= min(others) + 1e-5


@given(st.floats(0.01, 100), st.floats(-50, 50))
def test_the_fitted_bandwidth_scales_with_x(scale, shift):
    data = make_data(30, dtype=torch.float64)
    w = fit_bandwidth(data.x_train, data.y_train)
    assert fit_bandwidth(data.x_train * scale + shift, data.y_train) == pytest.approx(w / scale, rel=1e-5)


@given(st.integers(0, 9), st.floats(-12, 12), st.floats(-100, 100))
def test_the_units_of_y_do_not_change_the_fitted_bandwidth(seed, power, shift):
    """Metres or micrometres: a search that stops when the slope of the loss is small would stop too early."""
    data = make_data(30, dtype=torch.float64, seed=seed)
    y = (data.y_train + shift) * 10**power
    assert fit_bandwidth(data.x_train, y) == pytest.approx(fit_bandwidth(data.x_train, data.y_train), rel=1e-5)


def test_values_that_are_all_alike_leave_any_bandwidth():
    assert 0 < fit_bandwidth(make_data(30).x_train, torch.ones(30)) < math.inf


def test_points_that_give_no_bandwidth_are_refused(refuses):
    refuses("x", ValueError, "all are 1", fit_bandwidth, torch.ones(4), torch.arange(4.0))
    refuses(r"len\(x\)", ValueError, "2", fit_bandwidth, torch.tensor([0.0, 1.0]), torch.tensor([0.0, 1.0]))
