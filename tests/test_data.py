"""The data: what is random is random in the way it says, and nothing else is."""

import math

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from nwlesson import make_data, truth

DTYPES = [torch.float32, torch.float64]
seeds = st.integers(0, 2**32)


def test_truth_is_the_formula_of_the_lesson():
    x = [0.0, 0.1, 1.0, 2.5, 4.9]
    expected = torch.tensor([2 * math.sin(v) + v**0.8 for v in x], dtype=torch.float64)
    torch.testing.assert_close(truth(torch.tensor(x, dtype=torch.float64)), expected)


@pytest.mark.parametrize("dtype", DTYPES)
def test_truth_keeps_shape_and_dtype(dtype):
    y = truth(torch.ones(2, 3, dtype=dtype))
    assert (y.shape, y.dtype) == ((2, 3), dtype)


@given(seed=seeds)
def test_equal_seeds_give_equal_data_and_others_do_not(seed):
    a, b, other = make_data(seed=seed), make_data(seed=seed), make_data(seed=seed + 1)
    assert all(torch.equal(s, t) for s, t in zip(a, b))
    assert not torch.equal(a.x_train, other.x_train)
    assert not torch.equal(a.y_train - truth(a.x_train), other.y_train - truth(other.x_train))


def test_the_global_random_state_is_neither_read_nor_changed():
    drawn = []
    for seed in 1, 2:
        torch.manual_seed(seed)
        before = torch.get_rng_state()
        drawn.append(make_data(seed=5))
        assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(s, t) for s, t in zip(*drawn))


@given(seed=seeds, n=st.integers(1, 60), dtype=st.sampled_from(DTYPES))
def test_inputs_are_sorted_and_lie_in_0_to_5(seed, n, dtype):
    data = make_data(n, seed=seed, dtype=dtype)
    assert data.x_train.shape == data.y_train.shape == (n,)
    assert {t.dtype for t in data} == {dtype}
    assert (data.x_train.diff() >= 0).all()
    assert (data.x_train >= 0).all() and (data.x_train < 5).all()


def test_inputs_are_spread_evenly():
    n = 10_000
    x = make_data(n).x_train
    assert (x - 5 * (torch.arange(n) + 0.5) / n).abs().max() < 0.1


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_float32_and_float64_are_the_same_data(seed):
    single, double = (make_data(seed=seed, dtype=dtype) for dtype in DTYPES)
    for a, b in zip(single, double):
        torch.testing.assert_close(a.double(), b, rtol=1e-6, atol=2e-6)


@given(step=st.floats(0.01, 7) | st.integers(1, 600).map(lambda k: 5 / k), dtype=st.sampled_from(DTYPES))
@example(step=5 / 77, dtype=torch.float32)  # here torch.arange carries the last point onto 5
@example(step=5 / 61, dtype=torch.float64)
def test_test_points_are_all_multiples_of_step_below_5(step, dtype):
    data = make_data(2, step=step, dtype=dtype)
    x = data.x_test.double()
    assert (x < 5).all() and x[-1] + step >= 5 - 1e-5
    torch.testing.assert_close(x, torch.arange(len(x)) * step, check_dtype=False, rtol=1e-6, atol=1e-6)
    assert torch.equal(data.y_truth, truth(data.x_test))


def test_defaults_are_those_of_the_book():
    data = make_data()
    assert all(torch.equal(s, t) for s, t in zip(data, make_data(50, noise=0.5, step=0.1, seed=0)))
    assert len(data.x_train) == len(data.x_test) == 50
    assert {t.dtype for t in data} == {torch.float32}


def test_without_noise_the_measurements_are_exactly_the_truth():
    data = make_data(noise=0)
    assert torch.equal(data.y_train, truth(data.x_train))


@pytest.mark.parametrize("noise", [0.5, 2.0])
def test_noise_is_a_standard_deviation(noise):
    data = make_data(100_000, noise=noise)
    error = data.y_train - truth(data.x_train)
    assert error.std().item() == pytest.approx(noise, rel=0.01)
    assert abs(error.mean().item()) < 0.01 * noise
    assert (error.abs() < noise).float().mean().item() == pytest.approx(math.erf(math.sqrt(0.5)), abs=0.01)
    assert abs(torch.corrcoef(torch.stack([error, data.x_train]))[0, 1]) < 0.02


@pytest.mark.parametrize("name", ["n_train", "seed"])
def test_bad_counts_are_refused(name, bad_count, refuses):
    bad, error, was = bad_count
    refuses(name, error, was, make_data, **{name: bad})


@pytest.mark.parametrize("name", ["noise", "step"])
def test_bad_numbers_are_refused(name, bad_number, refuses):
    bad, error, was = bad_number
    refuses(name, error, was, make_data, **{name: bad})


@pytest.mark.slow
def test_the_last_values_that_are_in_range_are_taken():
    assert make_data(1, seed=2**63 - 1).x_train.shape == (1,)
    assert torch.isfinite(make_data(3, noise=1e39, dtype=torch.float64).y_train).all()
    assert make_data(1, step=1e-6, dtype=torch.float64).x_test.shape == (5_000_000,)


@pytest.mark.parametrize(
    ("name", "bad", "error", "was"),
    [
        ("n_train", 0, ValueError, "0"),
        ("noise", -0.5, ValueError, "-0.5"),
        ("step", 0, ValueError, "0"),
        ("step", -0.1, ValueError, "-0.1"),
        ("step", 0.9e-6, ValueError, "9e-07"),
        ("noise", 1e39, ValueError, r"1e\+39"),
        ("seed", 2**63, ValueError, str(2**63)),
        ("dtype", torch.int64, TypeError, "torch.int64"),
        ("dtype", torch.float16, TypeError, "torch.float16"),
        ("dtype", "float32", TypeError, "float32"),
    ],
)
def test_values_out_of_range_are_refused(name, bad, error, was, refuses):
    refuses(name, error, was, make_data, **{name: bad})


def test_numbers_of_numpy_are_numbers():
    made = make_data(np.int64(7), noise=np.float32(0.5), step=np.float64(0.5), seed=np.uint8(3))
    assert all(torch.equal(s, t) for s, t in zip(made, make_data(7, noise=0.5, step=0.5, seed=3)))
