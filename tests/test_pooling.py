"""Attention pooling: properties, the definition written out, and two references from outside."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from statsmodels.nonparametric.kernel_regression import KernelReg
from torch.nn.functional import scaled_dot_product_attention
from torch.testing import assert_close

from nwlesson import (
    attention_pooling,
    attention_weights,
    average_pooling,
    boxcar,
    constant,
    effective_neighbours,
    epanechnikov,
    gaussian,
    log_gaussian,
    make_data,
    scaled_distance,
    triangular,
)

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
DTYPES = [torch.float32, torch.float64]
KERNELS = {
    gaussian: lambda u: math.exp(-u * u / 2),
    boxcar: lambda u: 1.0 if abs(u) <= 1 else 0.0,
    triangular: lambda u: max(0.0, 1 - abs(u)),
    epanechnikov: lambda u: max(0.0, 0.75 * (1 - u * u)),
    constant: lambda u: 1.0,
}
COMPACT = [boxcar, triangular, epanechnikov]
TOY = [torch.tensor(v, dtype=torch.float64) for v in ([2.0], [1.0, 2.0, 4.0], [10.0, 20.0, 40.0])]

widths = st.floats(-10, 10)
any_features = st.integers(1, 4)


@st.composite
def problems(draw, dtype=torch.float64):
    """Queries, keys and values, ties included."""
    x, y = st.floats(0, 5, width=32), st.floats(-10, 10, width=32)
    queries = draw(st.lists(x, min_size=1, max_size=6))
    keys, values = zip(*draw(st.lists(st.tuples(x, y), min_size=1, max_size=8)))
    return tuple(torch.tensor(v, dtype=dtype) for v in (queries, keys, values))


@pytest.mark.slow
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("dtype", DTYPES)
@given(data=st.data())
def test_weights_of_a_query_are_not_negative_and_sum_to_1(kernel, dtype, data):
    queries, keys, _ = data.draw(problems(dtype))
    w = data.draw(st.floats(-0.19, 0.19) if kernel in COMPACT else widths)
    weights = attention_weights(queries, keys, w, kernel=kernel)
    assert weights.shape == (len(queries), len(keys)) and weights.dtype == dtype
    assert (weights >= 0).all()
    assert_close(weights.sum(dim=-1), torch.ones(len(queries), dtype=dtype))


@given(problem=problems(), w=widths, data=st.data())
def test_order_of_the_keys_does_not_matter(problem, w, data):
    queries, keys, values = problem
    order = data.draw(st.permutations(range(len(keys))))
    assert_close(attention_weights(queries, keys[order], w), attention_weights(queries, keys, w)[:, order])
    assert_close(attention_pooling(queries, keys[order], values[order], w), attention_pooling(*problem, w))


@given(problem=problems(), w=widths)
def test_sign_of_w_does_not_matter(problem, w):
    assert torch.equal(attention_pooling(*problem, w), attention_pooling(*problem, -w))


@given(problem=problems())
def test_w_0_is_average_pooling(problem):
    queries, _, values = problem
    expected = average_pooling(values, len(queries))
    assert_close(attention_pooling(*problem, 0), expected, rtol=1e-14, atol=1e-14)
    assert_close(attention_pooling(*problem, 3.0, kernel=constant), expected, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("dtype", DTYPES)
@given(keys=st.sets(st.integers(0, 50), min_size=1, max_size=8), offset=st.floats(-0.3, 0.3), data=st.data())
def test_large_w_copies_the_nearest_neighbour(dtype, keys, offset, data):
    keys = data.draw(st.permutations(sorted(keys)))
    nearest = data.draw(st.integers(0, len(keys) - 1))
    values = torch.arange(len(keys), dtype=dtype)
    query = torch.tensor([keys[nearest] + offset], dtype=dtype)
    assert attention_pooling(query, torch.tensor(keys, dtype=dtype), values, 1e3).item() == nearest


@given(problem=problems(), w=widths, shift=st.floats(-100, 100))
def test_moving_queries_and_keys_together_changes_nothing(problem, w, shift):
    queries, keys, values = problem
    assert_close(attention_pooling(queries + shift, keys + shift, values, w), attention_pooling(*problem, w))


@given(problem=problems(), w=widths, c=st.floats(0.1, 10))
def test_measuring_x_in_another_unit_changes_nothing_if_w_follows(problem, w, c):
    queries, keys, values = problem
    assert_close(attention_pooling(queries * c, keys * c, values, w / c), attention_pooling(*problem, w))


@given(problem=problems(), w=widths)
def test_predictions_lie_between_the_smallest_and_the_largest_value(problem, w):
    values, y_hat = problem[2], attention_pooling(*problem, w)
    assert (y_hat >= values.min() - 1e-12).all() and (y_hat <= values.max() + 1e-12).all()


@given(problem=problems(), w=widths)
def test_each_row_of_2d_keys_belongs_to_its_own_query(problem, w):
    queries, keys, _ = problem
    rows = keys + torch.arange(len(queries))[:, None]
    together = attention_weights(queries, rows, w)
    for query, row, weights in zip(queries, rows, together):
        assert_close(attention_weights(query[None], row, w)[0], weights)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("seed", [0, 1])
def test_pooling_is_the_definition_written_as_two_loops(kernel, seed):
    x, y, queries, _ = make_data(50, step=0.125, seed=seed, dtype=torch.float64)
    w, expected = 1.5, []
    for query in queries.tolist():
        counts = [KERNELS[kernel](w * (query - key)) for key in x.tolist()]
        expected.append(sum(c * value for c, value in zip(counts, y.tolist())) / sum(counts))
    y_hat = attention_pooling(queries, x, y, w, kernel=kernel)
    assert_close(y_hat, torch.tensor(expected, dtype=torch.float64), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("w", [0.0, 0.5, 1.0, 2.0, 5.0])
def test_three_points_by_hand(w):
    near, self_, far = math.exp(-((1 * w) ** 2) / 2), 1, math.exp(-((2 * w) ** 2) / 2)
    expected = (10 * near + 20 * self_ + 40 * far) / (near + self_ + far)
    assert attention_pooling(*TOY, w).item() == pytest.approx(expected, rel=1e-12)


@pytest.mark.filterwarnings("ignore:After 0.17:FutureWarning")
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("w", [0.3, 1.0, 4.0, 12.0])
def test_statsmodels_local_constant_regression_says_the_same(seed, w):
    x, y, queries, _ = make_data(50, step=0.125, seed=seed, dtype=torch.float64)
    reference, _ = KernelReg(y.numpy(), x.numpy(), "c", reg_type="lc", bw=[1 / w]).fit(queries.numpy())
    assert_close(attention_pooling(queries, x, y, w), torch.from_numpy(reference), rtol=0, atol=1e-10)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("w", [0.3, 1.0, 4.0])
def test_torchs_dot_product_attention_says_the_same(seed, w):
    x, y, queries, _ = make_data(50, step=0.125, seed=seed, dtype=torch.float64)
    q, k = queries - x.mean(), x - x.mean()
    q_features = torch.stack([w * q, torch.ones_like(q)], dim=-1)
    k_features = torch.stack([w * k, -((w * k) ** 2) / 2], dim=-1)
    reference = scaled_dot_product_attention(q_features[None], k_features[None], y[None, :, None], scale=1.0)
    assert_close(attention_pooling(queries, x, y, w), reference.reshape(-1), rtol=1e-12, atol=1e-12)


@st.composite
def vector_problems(draw, features=any_features):
    """Queries, keys, values and one w for each feature, where a place is a vector; ties included."""
    d = draw(features)
    x, y = st.floats(0, 5, width=32), st.floats(-10, 10, width=32)
    places = st.lists(st.lists(x, min_size=d, max_size=d), min_size=1, max_size=6)
    queries, keys = draw(places), draw(places)
    values = draw(st.lists(y, min_size=len(keys), max_size=len(keys)))
    w = draw(st.lists(st.floats(0, 3), min_size=d, max_size=d))
    return tuple(torch.tensor(v, dtype=torch.float64) for v in (queries, keys, values, w))


@given(problem=vector_problems())
def test_pooling_of_vectors_is_the_definition_written_as_loops(problem):
    queries, keys, values, w = problem
    for query, y_hat in zip(queries.tolist(), attention_pooling(*problem).tolist()):
        squares = [sum((a * (q - k)) ** 2 for a, q, k in zip(w.tolist(), query, key)) for key in keys.tolist()]
        counts = [math.exp(-(s - min(squares)) / 2) for s in squares]
        expected = sum(c * value for c, value in zip(counts, values.tolist())) / sum(counts)
        assert y_hat == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(problem=problems(), w=st.floats(-3, 3))
@pytest.mark.parametrize("kernel", [gaussian, constant])
def test_vectors_of_one_number_are_numbers(kernel, problem, w):
    queries, keys, values = problem
    columns = attention_pooling(queries[:, None], keys[:, None], values, w, kernel=kernel)
    assert_close(columns, attention_pooling(*problem, w, kernel=kernel))


@given(problem=vector_problems(), data=st.data())
def test_order_of_the_features_does_not_matter_if_w_follows(problem, data):
    queries, keys, values, w = problem
    order = data.draw(st.permutations(range(len(w))))
    assert_close(attention_pooling(queries[:, order], keys[:, order], values, w[order]), attention_pooling(*problem))


@given(problem=vector_problems(features=st.just(2)), angle=st.floats(0, 6.3), w=st.floats(0, 3))
def test_turning_the_plane_changes_nothing_while_all_features_share_one_w(problem, angle, w):
    queries, keys, values, _ = problem
    c, s = math.cos(angle), math.sin(angle)
    turn = torch.tensor([[c, -s], [s, c]], dtype=torch.float64)
    turned = attention_pooling(queries @ turn, keys @ turn, values, w)
    assert_close(turned, attention_pooling(queries, keys, values, w))


@given(problem=vector_problems())
def test_a_feature_with_w_0_is_not_looked_at(problem):
    queries, keys, values, w = problem
    more = [torch.cat([t, torch.arange(float(len(t)))[:, None].double()], dim=1) for t in (queries, keys)]
    with_0 = torch.cat([w, torch.zeros(1, dtype=w.dtype)])
    assert_close(attention_pooling(*more, values, with_0), attention_pooling(*problem))


@given(problem=vector_problems())
def test_columns_of_the_values_are_averaged_one_by_one(problem):
    queries, keys, values, w = problem
    columns = torch.stack([values, values**2, torch.ones_like(values)], dim=1)
    y_hat = attention_pooling(queries, keys, columns, w)
    expected = [attention_pooling(queries, keys, column, w) for column in columns.T]
    assert_close(y_hat, torch.stack(expected, dim=1))
    assert_close(y_hat[:, 2], torch.ones(len(queries), dtype=w.dtype))


@given(problem=vector_problems())
def test_each_row_of_keys_that_are_vectors_belongs_to_its_own_query(problem):
    queries, keys, _, w = problem
    rows = keys + torch.arange(len(queries))[:, None, None]
    for query, row, weights in zip(queries, rows, attention_weights(queries, rows, w)):
        assert_close(attention_weights(query[None], row, w)[0], weights)


@pytest.mark.filterwarnings("ignore:After 0.17:FutureWarning")
@pytest.mark.parametrize("w", [(0.5, 0.5), (2.0, 1.0), (6.0, 0.1)])
def test_statsmodels_says_the_same_of_vectors(w):
    generator = torch.Generator().manual_seed(3)
    x, queries = (torch.rand(n, 2, generator=generator, dtype=torch.float64) for n in (60, 25))
    y = torch.sin(5 * x[:, 0]) + x[:, 1]
    reference, _ = KernelReg(y.numpy(), x.numpy(), "cc", reg_type="lc", bw=[1 / v for v in w]).fit(queries.numpy())
    y_hat = attention_pooling(queries, x, y, torch.tensor(w, dtype=torch.float64))
    assert_close(y_hat, torch.from_numpy(reference), rtol=0, atol=1e-10)


def test_gradients_are_right_for_vectors_and_at_distance_0():
    """The length of a vector has no slope at 0, but its square has: the gradient must not become nan there."""
    generator = torch.Generator().manual_seed(0)
    x, y = (torch.rand(*shape, generator=generator, dtype=torch.float64) for shape in ((6, 2), (6, 3)))
    w = torch.tensor([1.3, 0.4], dtype=torch.float64)
    queries = (x[:4] + 0.1).requires_grad_()
    inputs = [queries, x.clone().requires_grad_(), y.requires_grad_(), w.requires_grad_()]
    assert torch.autograd.gradcheck(attention_pooling, inputs)
    attention_pooling(x, x, y, w).sum().backward()
    assert torch.isfinite(w.grad).all()


@given(problem=problems(), w=widths)
def test_derivative_by_w_is_minus_w_times_the_covariance_of_squared_distance_and_value(problem, w):
    queries, keys, values = problem
    own_w = torch.tensor(w, dtype=torch.float64)
    slope = torch.autograd.functional.jacobian(lambda v: attention_pooling(*problem, v), own_w)
    alpha, d2 = attention_weights(queries, keys, w), (queries[:, None] - keys) ** 2
    covariance = (alpha * d2 * values).sum(1) - (alpha * d2).sum(1) * (alpha * values).sum(1)
    assert_close(slope, -w * covariance, rtol=1e-6, atol=1e-9)


@given(problem=problems())
def test_w_0_is_a_stationary_point(problem):
    w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    attention_pooling(*problem, w).sum().backward()
    assert w.grad.item() == 0


@pytest.mark.parametrize("kernel", [gaussian, lambda u: 1 / (1 + u**2)], ids=["gaussian", "own kernel"])
def test_gradients_are_right_for_every_argument(kernel):
    x, y, queries, _ = make_data(6, step=1.25, dtype=torch.float64)
    inputs = [t.requires_grad_() for t in (queries, x, y, torch.tensor(1.3, dtype=torch.float64))]
    assert torch.autograd.gradcheck(lambda *args: attention_pooling(*args, kernel=kernel), inputs)


@pytest.mark.parametrize("w", [2, 2.0, torch.tensor(2.0), torch.tensor([2.0]), torch.nn.Parameter(torch.tensor([2.0]))])
def test_w_may_be_a_number_or_a_tensor_of_one(w):
    u = scaled_distance(torch.tensor([2.0]), torch.tensor([1.0, 2.0, 4.0]), w)
    assert torch.equal(u, torch.tensor([[2.0, 0.0, -4.0]]))


def test_w_is_1_by_default():
    assert torch.equal(scaled_distance(*TOY[:2]), scaled_distance(*TOY[:2], 1.0))
    assert torch.equal(attention_weights(*TOY[:2]), attention_weights(*TOY[:2], 1.0))
    assert torch.equal(attention_pooling(*TOY), attention_pooling(*TOY, 1.0))


def test_distance_has_the_sign_of_the_difference_and_of_w():
    u = scaled_distance(torch.tensor([2.0]), torch.tensor([1.0, 4.0]), -0.5)
    assert torch.equal(u, torch.tensor([[-0.5, 1.0]]))
    length = scaled_distance(torch.zeros(1, 2), torch.tensor([[3.0, 4.0]]), -0.5)
    assert length.item() == 2.5, "a length has no sign"


def test_distance_is_subtracted_before_it_is_scaled():
    """q * w - k * w would lose the small difference of two large numbers."""
    u = scaled_distance(torch.tensor([16_777_215.0]), torch.tensor([16_777_214.0]), 0.1)
    assert torch.equal(u, torch.tensor([[0.1]]))


@pytest.mark.parametrize("dtype", DTYPES)
def test_softmax_answers_where_exp_divided_by_its_sum_would_be_0_over_0(dtype):
    keys = torch.tensor([1.0, 2.0], dtype=dtype)
    assert torch.equal(attention_weights(keys[:1] * 900, keys, 5.0), torch.tensor([[0.0, 1.0]], dtype=dtype))


@pytest.mark.parametrize("values", [[3.0], [1.0, 2.0, 6.0]])
@pytest.mark.parametrize("dtype", DTYPES)
def test_average_pooling_repeats_the_mean(values, dtype):
    assert torch.equal(average_pooling(torch.tensor(values, dtype=dtype), 4), torch.full((4,), 3.0, dtype=dtype))


def test_average_pooling_passes_the_gradient_on():
    values = torch.tensor([1.0, 2.0, 6.0], requires_grad=True)
    average_pooling(values, 2).sum().backward()
    assert torch.allclose(values.grad, torch.full((3,), 2 / 3)), "each of two answers leans on a third of each value"


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("kernel", KERNELS)
def test_float32_on_any_device_agrees_with_float64_on_the_cpu(device, kernel):
    x, y, queries, _ = make_data(50, step=0.125)
    y_hat = attention_pooling(queries.to(device), x.to(device), y.to(device), 1.5, kernel=kernel)
    assert y_hat.device.type == device and y_hat.dtype == torch.float32
    expected = attention_pooling(queries.double(), x.double(), y.double(), 1.5, kernel=kernel)
    assert_close(y_hat.cpu().double(), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kernel", COMPACT)
def test_a_query_without_a_key_in_reach_is_named(kernel):
    queries, keys = torch.tensor([0.5, 3.5]), torch.tensor([0.0, 1.0])
    with pytest.raises(ValueError, match=r"^queries must .*but the query 3\.5 has none; w is 1\.5"):
        attention_weights(queries, keys, 1.5, kernel=kernel)
    assert_close(attention_weights(queries, keys, 0.25, kernel=kernel).sum(dim=1), torch.ones(2))


def test_a_query_without_a_key_in_reach_is_named_when_w_is_being_learned():
    w = torch.nn.Parameter(torch.tensor([1.5]))
    with pytest.raises(ValueError, match=r"^queries must .*the query 9 has none; w is 1\.5"):
        attention_weights(torch.tensor([9.0]), torch.tensor([0.0]), w, kernel=boxcar)


one, two, three = torch.ones(1), torch.ones(2), torch.ones(3)
TENSORS = {
    "average_pooling y_train": lambda bad: average_pooling(bad, 2),
    "scaled_distance queries": lambda bad: scaled_distance(bad, two),
    "scaled_distance keys": lambda bad: scaled_distance(two, bad),
    "attention_weights queries": lambda bad: attention_weights(bad, two),
    "attention_weights keys": lambda bad: attention_weights(two, bad),
    "attention_pooling queries": lambda bad: attention_pooling(bad, two, two),
    "attention_pooling keys": lambda bad: attention_pooling(two, bad, two),
    "attention_pooling values": lambda bad: attention_pooling(two, two, bad),
}
WIDTHS = {
    "scaled_distance": lambda w: scaled_distance(two, two, w),
    "attention_weights": lambda w: attention_weights(two, two, w, kernel=boxcar),
    "attention_pooling": lambda w: attention_pooling(two, two, two, w),
}


@pytest.mark.parametrize("call", TENSORS)
def test_bad_tensors_are_refused(call, bad_vector, refuses):
    bad, error, was = bad_vector
    refuses(call.split()[1], error, was, TENSORS[call], bad)


@pytest.mark.parametrize("name", ["queries", "keys", "values"])
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_one_bad_number_among_many_is_found(name, bad, refuses):
    """An infinite key gets weight 0 from softmax, and the answer alone would not show it."""
    x, y, queries, _ = make_data(50, step=0.125)
    tensors = {"queries": queries, "keys": x, "values": y}
    tensors[name] = tensors[name].clone()
    tensors[name][7] = bad
    for w in 0.0, 1.0:
        refuses(name, ValueError, "nan or inf", attention_pooling, *tensors.values(), w)


def test_large_numbers_whose_sum_overflows_are_finite():
    """The quick look is at the sum; what it suspects, a second look must clear."""
    high = torch.full((3,), 3e38)
    assert_close(attention_pooling(high, high, high), high)
    assert math.isinf(average_pooling(high, 2)[0]), "torch's own mean adds up first"


class Column:
    """Like a column of pandas."""

    def to_numpy(self):
        return np.ones(2)


@pytest.mark.parametrize(
    ("data", "how"),
    [([1.0, 2.0], r"torch\.tensor\(keys\)"), (Column(), r"torch\.tensor\(keys\.to_numpy\(\)\)")],
)
def test_what_is_no_tensor_is_told_how_to_become_one(data, how, refuses):
    refuses("keys", TypeError, how, attention_pooling, two, data, two)
    made = eval(how.replace("\\", ""), {"torch": torch, "keys": data}).float()
    assert attention_pooling(two, made, two).tolist() == [1.0, 1.0]


@pytest.mark.parametrize("w", [np.float32(2), np.float64(2), np.int64(2), Fraction(2)])
def test_w_may_be_any_real_number(w):
    u = scaled_distance(torch.tensor([2.0]), torch.tensor([1.0, 2.0, 4.0]), w)
    assert torch.equal(u, torch.tensor([[2.0, 0.0, -4.0]]))


def test_a_number_of_queries_may_be_one_of_numpy(refuses):
    assert torch.equal(average_pooling(two, np.int64(3)), three)
    refuses("n_queries", TypeError, "bool", average_pooling, two, np.bool_(True))
    refuses("w", TypeError, "bool", scaled_distance, two, two, np.bool_(True))


# Kernels of the reader's own


OWN_KERNELS = {
    "negative somewhere": (lambda u: 1 - u**2, ValueError, "nowhere negative, but at u = 2 it is -3"),
    "negative everywhere": (log_gaussian, ValueError, "nowhere negative, but at u = 2 it is -2"),
    "infinite": (lambda u: 1 / u, ValueError, "be finite, but at u = 0 it is inf"),
    "nan": (lambda u: torch.sin(u) / u, ValueError, "be finite, but at u = 0 it is nan"),
    "a sum": (lambda u: torch.exp(-(u**2)).sum(dim=-1), ValueError, r"shape of u, \(1, 2\), but it returned \(1,\)"),
    "bool": (lambda u: u.abs() <= 1, TypeError, r"dtype of u, torch.float32, .*torch.bool; try .to\(u.dtype\)"),
    "double": (lambda u: gaussian(u).double(), TypeError, "torch.float32, but it returned torch.float64"),
    "number": (lambda u: 1.0, TypeError, "return a torch.Tensor, but it returned a float"),
    "name": ("gaussian", TypeError, "be a function of u, but it is a str"),
}


@pytest.mark.parametrize("case", OWN_KERNELS)
def test_a_kernel_that_is_none_is_told_what_was_found(case):
    kernel, error, found = OWN_KERNELS[case]
    with pytest.raises(error, match=rf"^kernel must .*{found}"):
        attention_weights(torch.tensor([2.0]), torch.tensor([2.0, 0.0]), kernel=kernel)


def test_a_sum_that_overflows_is_not_called_a_lack_of_reach():
    keys = torch.zeros(70_000, dtype=torch.float16)
    with pytest.raises(ValueError, match=r"^kernel must .*torch\.float16, but over 70000 keys it is inf"):
        attention_weights(keys[:1], keys, kernel=boxcar)
    assert attention_weights(keys[:1].float(), keys.float(), kernel=boxcar).sum().item() == pytest.approx(1)


# How many neighbours


@given(n=st.integers(1, 20), more=st.integers(0, 20))
def test_equal_weights_count_as_many_neighbours_as_there_are(n, more):
    weights = torch.tensor([1 / n] * n + [0.0] * more, dtype=torch.float64)
    assert effective_neighbours(weights).item() == pytest.approx(n)


@given(problem=problems(), w=widths)
def test_neighbours_count_what_is_left_of_the_noise(problem, w):
    """Kish's effective sample size; it lies between 1 and the number of keys."""
    queries, keys, _ = problem
    weights = attention_weights(queries, keys, w)
    counts = effective_neighbours(weights)
    kish = weights.sum(dim=-1) ** 2 / torch.linalg.vecdot(weights, weights)
    assert_close(counts, kish)
    assert (counts >= 1 - 1e-9).all() and (counts <= len(keys) + 1e-9).all()


def test_half_precision_has_room_for_its_rounding():
    weights = torch.softmax(torch.randn(5, 300, generator=torch.Generator().manual_seed(0)), dim=-1)
    assert_close(effective_neighbours(weights.half()), effective_neighbours(weights).half(), rtol=0.02, atol=0)


def test_bad_weights_are_refused(bad_vector, refuses):
    bad, error, was = bad_vector
    refuses("weights", error, was, effective_neighbours, bad)


def test_scores_or_weights_over_the_wrong_dimension_are_no_weights(refuses):
    scores = torch.tensor([[0.0, -1.0], [0.0, -3.0], [-2.0, 0.0]])
    refuses("weights", ValueError, "they sum to -1", effective_neighbours, scores)
    refuses("weights", ValueError, "they sum to", effective_neighbours, torch.softmax(scores, dim=0))


@pytest.mark.parametrize("call", WIDTHS)
def test_bad_w_is_refused(call, bad_number, refuses):
    bad, error, was = bad_number
    refuses("w", error, was, WIDTHS[call], bad)


@pytest.mark.parametrize(
    ("w", "error", "was"),
    [
        (torch.tensor(2), TypeError, "torch.int64"),
        (torch.tensor(math.nan), ValueError, "nan"),
        (two, ValueError, r"\(2,\)"),
        (torch.ones(1, 1), ValueError, r"\(1, 1\)"),
        (one.double(), ValueError, "torch.float64"),
    ],
)
def test_a_tensor_w_that_is_not_one_fitting_number_is_refused(w, error, was, refuses):
    refuses("w", error, was, scaled_distance, two, two, w)


@pytest.mark.parametrize("w", [1e20, -1e20, torch.tensor(1e20), torch.nn.Parameter(torch.tensor(1e20))])
def test_w_so_large_that_the_squares_overflow_is_refused(w, refuses):
    keys = torch.tensor([0.0, 1.0])
    refuses("w", ValueError, "1e[+]20", attention_weights, keys, keys, w)


@pytest.mark.parametrize(("queries", "keys", "w"), [(0, 1, 1.5e19), (1000, 1001, 1e17), (-1, 1, 0.9e19)])
def test_w_may_be_as_large_as_the_distances_allow(queries, keys, w):
    """What counts is how far the places lie apart, not where they lie; float32 ends at a square of 1.8e19."""
    queries, keys = torch.tensor([queries, keys]).float().split(1)
    assert attention_weights(queries, keys, w).item() == 1
    offset = torch.tensor([0.0, 1000.0])
    assert attention_weights(queries[:, None] + offset, keys[:, None] + offset, w / 2).item() == 1


@pytest.mark.parametrize(("queries", "keys"), [([-1.0], [1.0]), ([0.0, 1.0], [-1.0, 0.0]), ([0.0, 2.0], [0.0])])
def test_w_may_not_be_larger_than_the_distances_allow(queries, keys, refuses):
    refuses(
        "w",
        ValueError,
        r"1.2e\+19 and x lies up to 2 apart",
        attention_weights,
        torch.tensor(queries),
        torch.tensor(keys),
        1.2e19,
    )


@pytest.mark.parametrize(("queries", "keys"), [([-1.0, 1.0], [0.0]), ([0.0], [-1.0, 1.0])])
def test_only_the_distance_of_a_query_to_a_key_counts(queries, keys):
    weights = attention_weights(torch.tensor(queries), torch.tensor(keys), 1.2e19)
    assert torch.equal(weights, torch.full_like(weights, 1 / len(keys)))


def test_places_so_far_apart_that_the_squares_overflow_are_named(refuses):
    far = torch.tensor([0.0, 1e30])
    refuses("w", ValueError, r"1 and x lies up to 1e\+30 apart", attention_pooling, far, far, far)


def test_the_squares_of_all_features_together_may_not_overflow(refuses):
    two_features = torch.ones(1, 2)
    refuses("w", ValueError, "1.5e[+]19", attention_weights, two_features, 2 * two_features, 1.5e19)
    assert attention_weights(two_features, 2 * two_features, 1.2e19).item() == 1


def test_the_lonely_query_is_named_when_it_is_a_vector():
    queries, keys = torch.tensor([[0.0, 0.0], [3.0, 4.0]]), torch.zeros(1, 2)
    with pytest.raises(ValueError, match=r"^queries must .*but the query 3, 4 has none; w is 0\.5, 0\.25"):
        attention_weights(queries, keys, torch.tensor([0.5, 0.25]), kernel=boxcar)


def test_w_that_overflows_float32_is_fine_in_float64():
    keys = torch.tensor([0.0, 1.0], dtype=torch.float64)
    assert torch.equal(attention_weights(keys, keys, 1e20), torch.eye(2).double())


def test_bad_number_of_queries_is_refused(bad_count, refuses):
    bad, error, was = bad_count
    refuses("n_queries", error, was, average_pooling, two, bad)
    refuses("n_queries", ValueError, "0", average_pooling, two, 0)


@pytest.mark.parametrize(
    ("name", "call", "args", "was"),
    [
        ("keys", scaled_distance, (two, torch.ones(3, 4)), r"\(3, 4\)"),
        ("keys", scaled_distance, (two, two.double()), "torch.float64"),
        ("keys", attention_weights, (two.double(), two), "torch.float32"),
        ("keys", attention_pooling, (two, torch.ones(2, 3), three), r"\(2, 3\)"),
        ("keys", attention_weights, (torch.ones(2, 3), torch.ones(4, 2)), r"\(4, 2\)"),
        ("keys", attention_weights, (torch.ones(2, 3), torch.ones(4)), r"\(4,\)"),
        ("keys", attention_weights, (torch.ones(2, 3), torch.ones(5, 4, 3)), r"\(5, 4, 3\)"),
        ("keys", attention_weights, (torch.ones(2, 3), torch.ones(2, 4, 5)), r"\(2, 4, 5\)"),
        ("w", attention_weights, (torch.ones(2, 3), torch.ones(4, 3), two), r"\(2,\)"),
        ("keys", attention_pooling, (torch.ones(2, 3), torch.ones(2, 4, 3), two), r"\(2, 4, 3\)"),
        ("values", attention_pooling, (torch.ones(2, 3), torch.ones(4, 3), torch.ones(3, 4)), r"\(3, 4\)"),
        ("values", attention_pooling, (two, two, three), r"\(3,\)"),
        ("values", attention_pooling, (two, two, two.double()), "torch.float64"),
    ],
)
def test_tensors_that_do_not_fit_together_are_refused(name, call, args, was, refuses):
    refuses(name, ValueError, was, call, *args)


@pytest.mark.parametrize("n_features", [1, 2, 5])
@pytest.mark.parametrize("seed", range(5))
def test_a_very_large_w_asks_the_neighbour_that_scikit_learn_finds_nearest(n_features, seed):
    """With units of their own for the features: w scales them before anybody is nearest."""
    generator = torch.Generator().manual_seed(seed)
    queries, keys = (torch.rand(n, n_features, generator=generator).double() for n in (12, 30))
    w = 10.0 ** torch.randint(-1, 2, (n_features,), generator=generator).double()
    names = torch.randint(4, (30,), generator=generator)
    theirs = KNeighborsClassifier(1).fit(keys * w, names).predict_proba(queries * w)
    one_hot = torch.nn.functional.one_hot(names).double()
    assert_close(attention_pooling(queries, keys, one_hot, 1e6 * w), torch.from_numpy(theirs))


@pytest.mark.parametrize("seed", range(5))
def test_scikit_learn_gives_the_same_average_when_it_is_given_our_kernel_as_weights(seed):
    generator = torch.Generator().manual_seed(seed)
    queries, keys = (torch.rand(n, 3, generator=generator).double() for n in (12, 30))
    values, w = torch.randn(30, 2, generator=generator).double(), torch.tensor([1.0, 5.0, 0.2]).double()
    all_neighbours = KNeighborsRegressor(30, weights=lambda distance: np.exp(-(distance**2) / 2))
    theirs = all_neighbours.fit(keys * w, values).predict(queries * w)
    assert_close(attention_pooling(queries, keys, values, w), torch.from_numpy(theirs))
