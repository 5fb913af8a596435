"""Leave-one-out: who is left, what it costs, and that nothing leaks through the diagonal."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from statsmodels.nonparametric.kernel_regression import KernelReg
from torch.testing import assert_close

from nwlesson import (
    NWKernelRegression,
    attention_pooling,
    attention_weights,
    leave_one_out,
    leave_one_out_loss,
    make_data,
)

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
DTYPES = [torch.float32, torch.float64]
widths = st.floats(-8, 8, width=32)


@st.composite
def points(draw, dtype=torch.float64):
    """At least two training points, ties included."""
    x, y = st.floats(0, 5, width=32), st.floats(-10, 10, width=32)
    xs, ys = zip(*draw(st.lists(st.tuples(x, y), min_size=2, max_size=9)))
    return torch.tensor(xs, dtype=dtype), torch.tensor(ys, dtype=dtype)


def data(seed=0, n=50, dtype=torch.float64):
    return make_data(n, seed=seed, dtype=dtype)[:2]


@pytest.mark.parametrize("dtype", DTYPES)
@given(drawn=st.data())
def test_row_i_holds_exactly_the_others_in_order(dtype, drawn):
    x, y = drawn.draw(points(dtype))
    for t, rows in zip((x, y), leave_one_out(x, y)):
        t = t.tolist()
        assert rows.dtype == dtype
        assert rows.tolist() == [t[:i] + t[i + 1 :] for i in range(len(t))]


def test_each_point_is_in_the_rows_of_all_others_and_so_is_its_gradient():
    x, y = (t.requires_grad_() for t in data(n=5))
    keys, values = leave_one_out(x, y)
    (keys.sum() + 2 * values.sum()).backward()
    assert (x.grad.tolist(), y.grad.tolist()) == ([4.0] * 5, [8.0] * 5)


@given(xy=points(), w=widths)
def test_loss_and_gradient_are_those_of_the_model_on_the_copied_rows(xy, w):
    """The -inf on the diagonal must be the same as not having the point at all."""
    x, y = xy
    net = NWKernelRegression(w).double()
    copied = ((net(x, *leave_one_out(x, y)) - y) ** 2).mean()
    copied.backward()
    own_w = torch.tensor([w], dtype=torch.float64, requires_grad=True)
    loss = leave_one_out_loss(own_w, x, y)
    loss.backward()
    assert loss.shape == ()
    assert_close(loss, copied)
    assert_close(own_w.grad, net.w.grad, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("w", [0.3, 1.0, 4.0, -9.0])
def test_gradient_is_the_slope_of_the_loss(w):
    x, y = data()
    own_w = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    leave_one_out_loss(own_w, x, y).backward()
    h = 1e-5
    slope = (leave_one_out_loss(w + h, x, y) - leave_one_out_loss(w - h, x, y)).item() / (2 * h)
    assert own_w.grad.item() == pytest.approx(slope, rel=1e-6, abs=1e-9)


def test_gradients_are_right_for_every_argument():
    inputs = [torch.tensor(1.3, dtype=torch.float64), *data(n=6)]
    assert torch.autograd.gradcheck(leave_one_out_loss, [t.requires_grad_() for t in inputs])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("w", [0.0, 1.0, 3.0])
def test_residual_is_the_ordinary_one_divided_by_1_minus_the_own_weight(seed, w):
    x, y = data(seed)
    own = attention_weights(x, x, w).diagonal()
    residual = (y - attention_pooling(x, x, y, w)) / (1 - own)
    assert_close(leave_one_out_loss(w, x, y), (residual**2).mean(), rtol=1e-10, atol=0)


@given(xy=points(), w=widths, drawn=st.data())
def test_order_of_the_points_and_sign_of_w_do_not_matter(xy, w, drawn):
    x, y = xy
    order = drawn.draw(st.permutations(range(len(x))))
    loss = leave_one_out_loss(w, x, y)
    assert_close(leave_one_out_loss(w, x[order], y[order]), loss)
    assert torch.equal(leave_one_out_loss(-w, x, y), loss)


@given(xy=points())
def test_w_0_predicts_the_mean_of_the_others_and_has_no_slope(xy):
    x, y = xy
    w = torch.zeros((), dtype=torch.float64, requires_grad=True)
    loss = leave_one_out_loss(w, x, y)
    loss.backward()
    n, values = len(y), y.tolist()
    expected = sum(((sum(values) - v) / (n - 1) - v) ** 2 for v in values) / n
    assert loss.item() == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert w.grad.item() == pytest.approx(0, abs=1e-12)


def test_two_points_predict_each_other_whatever_w_is():
    x, y = torch.tensor([1.0, 3.0]), torch.tensor([10.0, 14.0])
    assert [leave_one_out_loss(w, x, y).item() for w in (0.0, 1.0, 50.0)] == [16.0] * 3


def test_with_oneself_as_a_key_the_loss_falls_to_0_and_without_it_does_not():
    """The reason for the mask: large w copies the answer, unless one's own answer is away."""
    x, y = data()
    cheating = [((attention_pooling(x, x, y, w) - y) ** 2).mean().item() for w in (1.0, 10.0, 100.0, 1e6)]
    assert cheating == sorted(cheating, reverse=True) and cheating[-1] < 1e-12
    nearest = [min((j for j in range(50) if j != i), key=lambda j: abs(x[i] - x[j])) for i in range(50)]
    for w in 1e6, 1e100:  # however low the scores of the others are, the own one is lower
        assert_close(leave_one_out_loss(w, x, y), ((y[nearest] - y) ** 2).mean())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:After 0.17:FutureWarning")
@pytest.mark.parametrize("seed", range(4))
def test_best_w_is_the_bandwidth_that_statsmodels_finds_by_cross_validation(seed):
    x, y = data(seed)
    best = minimize_scalar(
        lambda log_w: leave_one_out_loss(math.exp(log_w), x, y).item(),
        bounds=(math.log(0.5), math.log(20)),
        options={"xatol": 1e-6},
    )
    (h,) = KernelReg(y.numpy(), x.numpy(), "c", reg_type="lc", bw="cv_ls").bw
    assert math.exp(best.x) == pytest.approx(1 / h, rel=1e-3)


@pytest.mark.parametrize("device", DEVICES)
def test_float32_on_any_device_agrees_with_float64_on_the_cpu(device):
    x, y = (t.to(device) for t in data(dtype=torch.float32))
    loss = leave_one_out_loss(torch.tensor(3.0, device=device), x, y)
    assert loss.device.type == leave_one_out(x, y)[0].device.type == device
    assert_close(loss.cpu().double(), leave_one_out_loss(3.0, x.cpu().double(), y.cpu().double()), rtol=1e-5, atol=0)


CALLS = {
    "leave_one_out": leave_one_out,
    "leave_one_out_loss": lambda x, y: leave_one_out_loss(1.0, x, y),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("name", ["x", "y"])
def test_bad_tensors_are_refused(call, name, bad_vector, refuses):
    bad, error, was = bad_vector
    refuses(name, error, was, CALLS[call], **{"x": torch.ones(2), "y": torch.ones(2), name: bad})


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("name", "x", "y", "was"),
    [
        ("x", torch.ones(1), torch.ones(1), "1"),
        ("y", torch.ones(2), torch.ones(3), r"\(3,\)"),
        ("y", torch.ones(2), torch.ones(2).double(), "torch.float64"),
    ],
)
def test_points_that_do_not_fit_are_refused(call, name, x, y, was, refuses):
    refuses(name, ValueError, was, CALLS[call], x, y)


def test_bad_w_is_refused(bad_number, refuses):
    bad, error, was = bad_number
    refuses("w", error, was, leave_one_out_loss, bad, torch.ones(2), torch.ones(2))


WIDE = [1e20, torch.tensor([1e20]), torch.tensor(1e20, requires_grad=True)]


@pytest.mark.parametrize("w", WIDE)
def test_w_so_large_that_the_squares_overflow_is_refused(w, refuses):
    x = torch.tensor([0.0, 1.0])
    refuses("w", ValueError, r"1e\+20 and x lies up to 1 apart", leave_one_out_loss, w, x, x)


@pytest.mark.parametrize("w", WIDE)
def test_w_may_be_as_large_as_the_distances_allow(w):
    """w**2 overflows alone, but not (w * distance)**2."""
    x, y = torch.tensor([0.0, 1e-3, 3e-3]), torch.tensor([1.0, 2.0, 5.0])
    assert leave_one_out_loss(w, x, y).item() == pytest.approx((1 + 1 + 9) / 3)


@pytest.mark.parametrize("unit", [1e-30, 1e-10, 1e10, 1e30])
def test_units_of_x_do_not_matter_if_w_follows(unit):
    """Squares of distances alone would leave float32, at both ends."""
    x, y = data(dtype=torch.float32)
    expected = leave_one_out_loss(4.0, x.double(), y.double())
    assert leave_one_out_loss(4.0 / unit, x * unit, y).item() == pytest.approx(expected.item(), rel=1e-4)


def test_places_so_far_apart_that_the_squares_overflow_are_named(refuses):
    x = torch.tensor([0.0, 1e30, 3e30])
    refuses("w", ValueError, r"1 and x lies up to 3e\+30 apart", leave_one_out_loss, 1.0, x, x)


def test_a_w_of_another_dtype_is_refused(refuses):
    refuses("w", ValueError, "torch.float32; try w.double", leave_one_out_loss, torch.tensor(1.0), *data())


def test_second_derivatives_are_right_for_numbers_and_vectors():
    y = data(n=6)[1]
    for x, w in (data(n=6)[0], 1.3), (surface(6)[0], [1.3, 0.4]):
        own_w = torch.tensor(w, dtype=torch.float64, requires_grad=True)
        assert torch.autograd.gradgradcheck(lambda w, x=x: leave_one_out_loss(w, x, y), own_w)


def surface(n, seed=0):
    """Points in the plane, and a hill that is steep in one direction and gentle in the other."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.rand(n, 2, generator=generator, dtype=torch.float64) * torch.tensor([1.0, 10.0])
    noise = torch.randn(n, generator=generator, dtype=torch.float64)
    return x, torch.sin(6 * x[:, 0]) + torch.cos(0.5 * x[:, 1]) + 0.2 * noise


@pytest.mark.parametrize("columns", [1, 3])
def test_vectors_leave_themselves_out_like_numbers(columns):
    x, y = surface(12)
    y = torch.stack([y * c for c in range(1, columns + 1)], dim=1)
    keys, values = leave_one_out(x, y)
    assert keys.shape == (12, 11, 2) and values.shape == (12, 11, columns)
    for i in range(12):
        assert torch.equal(keys[i], torch.cat([x[:i], x[i + 1 :]]))
        assert torch.equal(values[i], torch.cat([y[:i], y[i + 1 :]]))
    w = torch.tensor([2.0, 0.5], dtype=torch.float64)
    alone = [attention_pooling(x[i : i + 1], keys[i], values[i], w)[0] for i in range(12)]
    assert_close(leave_one_out_loss(w, x, y), ((torch.stack(alone) - y) ** 2).mean())
