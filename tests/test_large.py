"""Pooling of many points: the same answers as attention_pooling and as others give, without the memory."""

import math

import numpy as np
import pytest
import torch
from bench_scaling import peak
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.nonparametric.kernel_regression import KernelReg
from torch.nn.functional import scaled_dot_product_attention
from torch.testing import assert_close

from nwlesson import (
    attention_pooling,
    average_pooling,
    binned_pooling,
    chunked_attention_pooling,
    fused_attention_pooling,
    large,
    make_data,
    windowed_pooling,
)

EXACT = {f.__name__: f for f in (chunked_attention_pooling, fused_attention_pooling, windowed_pooling)}
ALL = EXACT | {"binned_pooling": binned_pooling}
OF_VECTORS = {name: EXACT[name] for name in ("chunked_attention_pooling", "fused_attention_pooling")}
KEYS = torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64)
VALUES = torch.tensor([10.0, 20.0, 40.0], dtype=torch.float64)

exactly = pytest.mark.parametrize("pool", EXACT.values(), ids=EXACT)
all_forms = pytest.mark.parametrize("pool", ALL.values(), ids=ALL)
of_vectors = pytest.mark.parametrize("pool", OF_VECTORS.values(), ids=OF_VECTORS)


def points(n_queries, n_keys, seed=0, features=(), columns=()):
    generator = torch.Generator().manual_seed(seed)
    shapes = (n_queries, *features), (n_keys, *features), (n_keys, *columns)
    return [5 * torch.rand(shape, generator=generator, dtype=torch.float64) for shape in shapes]


@st.composite
def problems(draw, most_features=0):
    """Queries, keys and values, ties and loners included; with no features, a place is a plain number."""
    d = draw(st.integers(min(1, most_features), most_features))
    x, y = st.floats(0, 5, width=32), st.floats(-10, 10, width=32)
    place = st.lists(x, min_size=d, max_size=d) if d else x
    queries, keys = draw(st.lists(place, min_size=1, max_size=8)), draw(st.lists(place, min_size=1, max_size=8))
    values = draw(st.lists(y, min_size=len(keys), max_size=len(keys)))
    return [torch.tensor(v, dtype=torch.float64) for v in (queries, keys, values)]


# The same answers


@pytest.mark.slow
@exactly
@given(problem=problems(), offset=st.sampled_from([0.0, 1e3, -1e6, 1e9]), w=st.floats(-200, 200))
def test_ten_digits_wherever_x_lies_and_whatever_w(pool, problem, offset, w):
    """w up to 200 on a range of 5 and more is beyond what the expanded square can do."""
    queries, keys, values = problem
    expected = attention_pooling(queries + offset, keys + offset, values, w)
    assert_close(pool(queries + offset, keys + offset, values, w), expected, rtol=0, atol=1e-9)  # values up to 10


@pytest.mark.slow
@of_vectors
@given(problem=problems(most_features=3), data=st.data(), offset=st.sampled_from([0.0, 1e6]))
def test_ten_digits_for_vectors(pool, problem, data, offset):
    queries, keys, values = problem
    w = torch.tensor(data.draw(st.lists(st.floats(-100, 100), min_size=keys.shape[1], max_size=keys.shape[1])))
    args = queries + offset, keys + offset, torch.stack([values, values**2], dim=1), w.double()
    assert_close(pool(*args), attention_pooling(*args), rtol=0, atol=1e-8)  # values up to 100


def test_the_expanded_square_alone_would_lose_those_digits():
    """What the bound of fused_attention_pooling is for: a crowd far from the middle, and a w that tells it apart."""
    queries = torch.linspace(4.999, 5, 40, dtype=torch.float64)
    keys = torch.cat([queries + 1e-5, torch.zeros(1, dtype=torch.float64)])
    values, w = torch.sin(1e4 * keys), 1e4
    expected = attention_pooling(queries, keys, values, w)

    def expanded(middle):
        q, k, v = ((t[None, None, :, None]) for t in ((queries - middle) * w, (keys - middle) * w, values))
        return scaled_dot_product_attention(q, k, v, attn_mask=-(k.mT**2) / 2, scale=1.0).reshape(-1)

    assert 1e-9 < (expanded(2.5) - expected).abs().max() < (expanded(-100) - expected).abs().max()
    assert_close(fused_attention_pooling(queries, keys, values, w), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("offset", "w", "in_chunks"), [(0.0, 59.0, False), (1e6, 59.0, False), (0.0, 61.0, True)])
def test_one_call_wherever_x_lies_and_chunks_only_beyond_300_widths(offset, w, in_chunks, monkeypatch):
    queries = torch.linspace(offset, offset + 5, 30, dtype=torch.float64)
    calls = []
    monkeypatch.setattr(large, "_chunked", lambda *args: calls.append(1) or attention_pooling(*args))
    fused_attention_pooling(queries, queries, queries, w)
    assert bool(calls) == in_chunks


def test_x_is_counted_from_the_middle_of_the_keys_wherever_their_crowd_is(monkeypatch):
    keys = torch.tensor([0.0] * 30 + [5.0], dtype=torch.float64)
    monkeypatch.setattr(large, "_chunked", None)
    fused_attention_pooling(keys, keys, keys, 59.0)


def test_one_call_computes_in_float64_whatever_comes_in():
    keys = torch.linspace(0, 5, 300)
    expected = attention_pooling(keys.double(), keys.double(), torch.sin(9 * keys).double(), 50.0)
    assert_close(fused_attention_pooling(keys, keys, torch.sin(9 * keys), 50.0).double(), expected, rtol=0, atol=1e-7)


@pytest.mark.filterwarnings("ignore:After 0.17:FutureWarning")
@exactly
@pytest.mark.parametrize("w", [0.3, 4.0, 12.0, 60.0])
def test_statsmodels_says_the_same(pool, w):
    queries, keys, values = points(150, 700)
    reference, _ = KernelReg(values.numpy(), keys.numpy(), "c", reg_type="lc", bw=[1 / w]).fit(queries.numpy())
    assert_close(pool(queries, keys, values, w), torch.from_numpy(reference), rtol=0, atol=1e-10)


@pytest.mark.slow
def test_flex_attention_says_the_same_and_needs_the_compiler_to_spare_the_table():
    """As lesson 16 says: its scores changed by half the square of the key are our regression."""
    from torch.nn.attention.flex_attention import flex_attention  # takes seconds to import

    queries, keys, values = points(40, 50)
    q, k = (4.0 * (t - 2.5)[None, None, :, None] for t in (queries, keys))
    half = (k**2).reshape(-1) / 2

    def subtract(score, batch, head, query, key):
        return score - half[key]

    with pytest.warns(UserWarning, match="materializes the full scores matrix"):
        answers = flex_attention(q, k, values[None, None, :, None], score_mod=subtract)
    assert_close(answers.reshape(-1), attention_pooling(queries, keys, values, 4.0), rtol=0, atol=1e-12)


@pytest.mark.slow
@exactly
@pytest.mark.parametrize("w", [0.5, 15.0, 400.0])
def test_ten_thousand_points(pool, w):
    queries, keys, values = points(10_000, 10_000)
    some = torch.arange(0, 10_000, 97)
    expected = attention_pooling(queries[some], keys, values, w)
    assert_close(pool(queries, keys, values, w)[some], expected, rtol=0, atol=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize("w", [0.5, 4.0, 15.0, 100.0])
def test_bins_are_an_approximation_that_gets_better_with_the_square(w):
    queries, keys, values = points(200, 20_000)
    expected = attention_pooling(queries, keys, values, w)
    wrong = [(binned_pooling(queries, keys, values, w, cells=c) - expected).abs() for c in (8, 16, 32)]
    assert wrong[2].max() < 1e-3 * values.max()
    errors = [error.mean().item() for error in wrong]
    assert 3 < errors[0] / errors[1] < 6 and 3 < errors[1] / errors[2] < 6


def test_bins_are_exact_for_points_that_lie_on_the_grid():
    queries, keys = torch.tensor([0.0, 0.5, 3.25, 4.0]).double(), torch.tensor([0.0, 1.25, 1.5, 3.75, 4.0]).double()
    values = torch.tensor([1.0, -2.0, 3.0, 5.0, 8.0]).double()
    for w in 0.5, -1.0, 2.0:
        expected = attention_pooling(queries, keys, values, w)
        assert_close(binned_pooling(queries, keys, values, w, cells=8), expected, rtol=0, atol=1e-12)


@all_forms
def test_order_of_queries_and_keys_does_not_matter(pool):
    queries, keys, values = points(300, 700)
    rows, order = torch.randperm(300, generator=torch.Generator().manual_seed(1)), torch.arange(700).flip(0)
    shuffled = pool(queries[rows], keys[order], values[order], 8.0)
    assert_close(shuffled, pool(queries, keys, values, 8.0)[rows], rtol=0, atol=1e-12)


@all_forms
def test_moving_everything_changes_nothing(pool):
    queries, keys, values = points(30, 70)
    moved = pool(queries + 1024, keys + 1024, values, 3.0)
    assert_close(moved, pool(queries, keys, values, 3.0), rtol=0, atol=1e-9)


@all_forms
def test_w_0_is_average_pooling(pool):
    queries, keys, values = points(30, 70)
    assert_close(pool(queries, keys, values, 0.0), average_pooling(values, 30))


@all_forms
def test_sign_of_w_does_not_matter(pool):
    queries, keys, values = points(1, 700)
    expected = attention_pooling(queries, keys, values, 8.0)
    for w in 8.0, -8.0:
        tolerance = 1e-2 if pool is binned_pooling else 1e-12
        assert_close(pool(queries, keys, values, w), expected, rtol=0, atol=tolerance)


@all_forms
def test_w_is_1_by_default(pool):
    queries, keys, values = points(30, 70)
    assert torch.equal(pool(queries, keys, values), pool(queries, keys, values, 1.0))


@exactly
@pytest.mark.parametrize("w", [1e6, 1e100])
def test_a_very_large_w_is_nearest_neighbour_and_ties_share(pool, w):
    queries = torch.tensor([1.4, 3.9, -7.0, 100.0, 2.0], dtype=torch.float64)
    keys, values = torch.cat([KEYS, KEYS[1:2]]), torch.cat([VALUES, torch.tensor([30.0], dtype=torch.float64)])
    assert pool(queries, keys, values, w).tolist() == [10.0, 40.0, 10.0, 40.0, 25.0]


def test_a_lonely_query_hears_all_keys_that_are_about_as_far_as_the_nearest():
    keys = torch.linspace(0, 1, 50, dtype=torch.float64)
    queries, values = torch.tensor([-40.0, 0.5, 90.0], dtype=torch.float64), keys**2
    expected = attention_pooling(queries, keys, values, 3.0)
    assert_close(windowed_pooling(queries, keys, values, 3.0), expected, rtol=0, atol=1e-12)


def test_a_window_of_one_distance_holds_the_key_at_that_distance():
    """With a bell so narrow, rounding alone could leave the nearest key out, and then nobody is left."""
    generator = torch.Generator().manual_seed(0)
    for query, key in 100 * torch.rand(200, 2, generator=generator):
        assert windowed_pooling(query[None], key[None], torch.ones(1), 1e9) == 1


def test_a_window_leaves_most_keys_out(monkeypatch):
    seen = []

    def spy(queries, keys, values, w):
        seen.append(len(queries) * len(keys))
        return chunked_attention_pooling(queries, keys, values, w)

    monkeypatch.setattr(large, "_fused", spy)
    queries, keys, values = points(2000, 2000)
    windowed_pooling(queries, keys, values, 60.0)  # 300 widths; 18 and the span of 256 queries are in reach
    assert sum(seen) < 0.25 * 2000 * 2000
    seen.clear()
    queries[7] = -1e6
    windowed_pooling(queries, keys, values, 60.0)  # a query far outside widens the window of its own block alone
    assert sum(seen) < (0.25 + 256 / 2000) * 2000 * 2000


@pytest.mark.parametrize("w", [0.0, 3.0, 60.0])
@pytest.mark.parametrize("far", [-1e6, -40.0, 45.0, 1e6])
def test_a_query_far_outside_changes_no_answer(far, w):
    queries, keys, values = points(600, 500)
    queries[300] = far
    expected = attention_pooling(queries, keys, values, w)
    assert_close(windowed_pooling(queries, keys, values, w), expected, rtol=0, atol=1e-11)


@pytest.mark.parametrize("n_queries", [1, 5, 6, 7, 12, 13])
@pytest.mark.parametrize("features", [(), (2,)])
def test_chunks_that_do_not_come_out_even(n_queries, features, monkeypatch):
    queries, keys, values = points(n_queries, 10, features=features)
    monkeypatch.setattr(large, "CHUNK", 60 * math.prod(features))
    expected = attention_pooling(queries, keys, values, 2.0)
    assert_close(chunked_attention_pooling(queries, keys, values, 2.0), expected)


@pytest.mark.parametrize("features", [(), (3,)])
def test_a_chunk_is_no_larger_than_it_says(features, monkeypatch):
    rows, softmax = [], torch.softmax
    monkeypatch.setattr(large, "CHUNK", 100)
    monkeypatch.setattr(large.torch, "softmax", lambda t, dim: rows.append(len(t)) or softmax(t, dim=dim))
    chunked_attention_pooling(*points(50, 10, features=features), 2.0)
    assert rows == [10] * 5 if not features else rows == [3] * 16 + [2]


def test_a_chunk_holds_one_query_at_least(monkeypatch):
    monkeypatch.setattr(large, "CHUNK", 4)
    queries, keys, values = points(3, 10)
    expected = attention_pooling(queries, keys, values, 2.0)
    assert_close(chunked_attention_pooling(queries, keys, values, 2.0), expected)


@pytest.mark.parametrize("n_queries", [255, 256, 257, 513])
def test_blocks_of_queries_that_do_not_come_out_even(n_queries):
    queries, keys, values = points(n_queries, 300)
    expected = attention_pooling(queries, keys, values, 20.0)
    assert_close(windowed_pooling(queries, keys, values, 20.0), expected, rtol=0, atol=1e-10)


@all_forms
@pytest.mark.parametrize("columns", [(), (1,), (3,)])
def test_values_may_have_columns(pool, columns):
    queries, keys, values = points(20, 50, columns=columns)
    tolerance = 2e-3 if pool is binned_pooling else 1e-12
    expected = attention_pooling(queries, keys, values, 2.0)
    assert_close(pool(queries, keys, values, 2.0), expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("features", [1, 2])
@pytest.mark.parametrize("columns", [1, 2])
@of_vectors
def test_numbers_may_lie_in_any_order_in_memory(pool, features, columns):
    """torch.stack([x1, x2]).T is how readers make vectors; torch's own attention refuses it."""
    args = points(20, 50, features=(features,), columns=(columns,))
    turned = [t.T.contiguous().T for t in args]
    assert features == 1 or not turned[0].is_contiguous()
    assert_close(pool(*turned, 2.0), attention_pooling(*args, 2.0), rtol=0, atol=1e-12)


@all_forms
@pytest.mark.parametrize("w", [2, torch.tensor(2.0).double(), torch.tensor([2.0]).double()])
def test_w_may_be_a_number_or_a_tensor_of_one(pool, w):
    queries, keys, values = points(20, 50)
    assert_close(pool(queries, keys, values, w), pool(queries, keys, values, 2.0), rtol=0, atol=1e-12)


@all_forms
@pytest.mark.parametrize("device", ["cpu", *(["cuda"] if torch.cuda.is_available() else [])])
def test_float32_stays_float32_on_any_device(pool, device):
    x, y, queries, _ = make_data(50, step=0.125)
    w = torch.tensor(4.0, device=device)
    y_hat = pool(queries.to(device), x.to(device), y.to(device), w)
    assert y_hat.dtype == torch.float32 and y_hat.device.type == device
    assert_close(
        y_hat.cpu(), attention_pooling(queries, x, y, 4.0), rtol=0, atol=2e-3 if pool is binned_pooling else 1e-5
    )


# Gradients


@exactly
@pytest.mark.parametrize("needy", ["queries", "keys", "values", "w", "queries keys values w"])
def test_gradients_are_those_of_attention_pooling(pool, needy, monkeypatch):
    monkeypatch.setattr(large, "CHUNK", 100)  # three chunks, which share a table
    names = ["queries", "keys", "values", "w"]

    def gradients(function):
        args = [*points(15, 20), torch.tensor(3.0, dtype=torch.float64)]
        inputs = [t.requires_grad_() for name, t in zip(names, args) if name in needy]
        (function(*args) ** 2).sum().backward()
        return [t.grad for t in inputs]

    assert_close(gradients(pool), gradients(attention_pooling))


def test_who_only_looks_keeps_no_table(monkeypatch):
    monkeypatch.setattr(large, "attention_pooling", None)
    args = [*points(15, 20), torch.tensor(3.0, dtype=torch.float64)]
    with torch.no_grad():
        assert chunked_attention_pooling(*(t.requires_grad_() for t in args)).shape == (15,)


# Memory


@pytest.mark.slow
@pytest.mark.parametrize("name", ["chunks", "fused", "window", "bins"])
def test_memory_above_the_inputs_is_less_than_five_mebibytes(name):
    assert peak(name, 10_000, 4.0, 100.0) < 5  # the second w is too much for one fused call


@pytest.mark.slow
def test_the_meter_would_see_a_table_of_all_weights():
    assert peak("broadcasting", 1_500, 4.0) > 1_500**2 * 8 / 2**20


# Bad input

two, three = torch.ones(2), torch.ones(3)


@all_forms
@pytest.mark.parametrize("name", ["queries", "keys", "values"])
def test_bad_tensors_are_refused(pool, name, bad_vector, refuses):
    bad, error, was = bad_vector
    refuses(name, error, was, lambda bad: pool(**({"queries": two, "keys": two, "values": two} | {name: bad})), bad)


@all_forms
def test_bad_w_is_refused(pool, bad_number, refuses):
    bad, error, was = bad_number
    refuses("w", error, was, pool, two, two, two, bad)
    refuses("w", ValueError, r"1e\+20 and x lies up to 3 apart", pool, 4 * two, two, two, 1e20)
    refuses("w", ValueError, r"1 and x lies up to 1e\+30 apart", pool, 1e30 * two, two, two, 1.0)


@all_forms
def test_numbers_of_numpy_are_numbers(pool):
    queries, keys, values = points(20, 50)
    assert torch.equal(pool(queries, keys, values, np.float32(2)), pool(queries, keys, values, 2.0))
    assert torch.equal(pool(queries, keys, values, np.int64(2)), pool(queries, keys, values, 2.0))


@of_vectors
def test_a_row_of_keys_for_each_query_is_refused(pool, refuses):
    refuses("keys", ValueError, r"\(2, 3\)", pool, two, torch.ones(2, 3), two)


@all_forms
def test_tensors_that_do_not_fit_together_are_refused(pool, refuses):
    refuses("values", ValueError, r"\(3,\)", pool, two, two, three)
    refuses("keys", ValueError, "torch.float64", pool, two, two.double(), two.double())
    refuses("values", ValueError, "torch.float64", pool, two, two, two.double())


@pytest.mark.parametrize("pool", [windowed_pooling, binned_pooling])
def test_vectors_have_no_order_to_sort_them_by(pool, refuses):
    refuses("queries", ValueError, r"\(2, 3\)", pool, torch.ones(2, 3), torch.ones(4, 3), torch.ones(4))


def test_bad_cells_are_refused(bad_count, refuses):
    bad, error, was = bad_count
    refuses("cells", error, was, binned_pooling, two, two, two, 1.0, bad)
    refuses("cells", ValueError, "0", binned_pooling, two, two, two, 1.0, 0)


def test_a_grid_that_would_not_fit_is_refused(refuses):
    keys = torch.tensor([0.0, 1.0])
    refuses("w", ValueError, r"1e\+06, which makes 3\.2e\+07", binned_pooling, keys, keys, keys, 1e6)


def test_a_query_that_no_bin_reaches_is_named():
    queries = torch.tensor([0.5, 9.5])
    with pytest.raises(ValueError, match=r"^queries must .*but 9\.5 has none"):
        binned_pooling(queries, two, two, 2.0)
