"""The module: the same pooling with one number to learn."""

import copy
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from nwlesson import (
    NWKernelRegression,
    attention_pooling,
    attention_weights,
    leave_one_out,
    leave_one_out_loss,
    make_data,
)

DTYPES = [torch.float32, torch.float64]


def rows(dtype=torch.float64, seed=0):
    """Four queries, each with a row of five keys and values of its own."""
    generator = torch.Generator().manual_seed(seed)
    return (
        torch.rand(4, generator=generator).to(dtype) * 5,
        torch.rand(4, 5, generator=generator).to(dtype) * 5,
        torch.randn(4, 5, generator=generator).to(dtype),
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("w", [0.0, -0.5, 4.0])
def test_with_the_same_keys_for_all_it_is_attention_pooling(dtype, w):
    x, y, queries, _ = make_data(50, step=0.125, dtype=dtype)
    net = NWKernelRegression(w).to(dtype)
    y_hat = net(queries, x.repeat(40, 1), y.repeat(40, 1))
    assert y_hat.shape == (40,) and y_hat.dtype == dtype
    assert_close(y_hat, attention_pooling(queries, x, y, w), rtol=1e-5, atol=1e-6)
    assert_close(net.attention_weights, attention_weights(queries, x, w), rtol=1e-5, atol=1e-6)


@given(seed=st.integers(0, 1000), w=st.floats(-8, 8, width=32))
def test_each_query_sees_its_own_row_and_no_other(seed, w):
    queries, keys, values = rows(seed=seed)
    y_hat = NWKernelRegression(w).double()(queries, keys, values)
    for query, key, value, prediction in zip(queries, keys, values, y_hat):
        assert_close(attention_pooling(query[None], key, value, w)[0], prediction)


def test_queries_and_keys_may_be_vectors():
    generator = torch.Generator().manual_seed(0)
    x, y = torch.rand(9, 3, generator=generator), torch.rand(9, generator=generator)
    y_hat = NWKernelRegression(w=2.0)(x, *leave_one_out(x, y)).detach()
    assert_close(((y_hat - y) ** 2).mean(), leave_one_out_loss(2.0, x, y))


def test_attention_weights_are_those_of_the_last_call():
    net, (queries, keys, values) = NWKernelRegression(2.0).double(), rows()
    net(queries, keys, values)
    net(queries[:2], keys[:2, :3], values[:2, :3])
    assert net.attention_weights.shape == (2, 3)
    assert_close(net.attention_weights.sum(dim=1), torch.ones(2).double(), check_dtype=False)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))], ids=["copy", "pickle"])
def test_a_model_that_has_been_called_can_be_copied(copied):
    """To keep the best model of a training, for example; torch copies no tensor that remembers how it was computed."""
    net = NWKernelRegression(2.0).double()
    net(*rows()).sum().backward()
    twin = copied(net)
    assert torch.equal(twin.attention_weights, net.attention_weights) and not net.attention_weights.requires_grad
    with torch.no_grad():
        net.w += 1
    assert twin.w.item() == 2.0 and torch.equal(twin(*rows()), NWKernelRegression(2.0).double()(*rows()))


def test_one_query_and_one_key_still_give_a_vector():
    y_hat = NWKernelRegression(1.0)(torch.ones(1), torch.zeros(1, 1), torch.full((1, 1), 7.0))
    assert torch.equal(y_hat.detach(), torch.tensor([7.0]))


def test_w_is_the_only_parameter_and_can_be_learned():
    ((name, w),) = NWKernelRegression(0.5).named_parameters()
    assert (name, w.shape, w.item(), w.requires_grad) == ("w", (1,), 0.5, True)


def test_w_starts_between_0_and_1_from_the_global_generator_by_default():
    torch.manual_seed(3)
    starts = [NWKernelRegression().w.item() for _ in range(200)]
    torch.manual_seed(3)
    assert starts == [torch.rand(1).item() for _ in range(200)]
    assert 0 <= min(starts) < 0.1
    assert 0.9 < max(starts) < 1


def test_a_generator_of_ones_own_leaves_the_global_one_alone():
    before = torch.get_rng_state()
    a, b = (NWKernelRegression(generator=torch.Generator().manual_seed(4)).w.item() for _ in range(2))
    assert a == b == torch.rand(1, generator=torch.Generator().manual_seed(4)).item()
    assert torch.equal(torch.get_rng_state(), before)


@given(seed=st.integers(0, 1000), w=st.floats(-8, 8, width=32))
def test_gradient_of_w_is_minus_w_times_the_covariance(seed, w):
    queries, keys, values = rows(seed=seed)
    net = NWKernelRegression(w).double()
    net(queries, keys, values).sum().backward()
    alpha, d2 = net.attention_weights.detach(), (queries[:, None] - keys) ** 2
    covariance = (alpha * d2 * values).sum(1) - (alpha * d2).sum(1) * (alpha * values).sum(1)
    assert net.w.grad.item() == pytest.approx(-w * covariance.sum().item(), rel=1e-6, abs=1e-10)


def test_training_cannot_start_at_w_0():
    net = NWKernelRegression(0.0).double()
    net(*rows()).sum().backward()
    assert net.w.grad.item() == 0


def test_gradient_is_right():
    net, inputs = NWKernelRegression(1.3).double(), rows()
    call = torch.func.functional_call
    assert torch.autograd.gradcheck(lambda w: call(net, {"w": w}, inputs), net.w)


MATRICES = {
    "keys": lambda bad: NWKernelRegression(1.0)(torch.ones(1), bad, torch.ones(1, 2)),
    "values": lambda bad: NWKernelRegression(1.0)(torch.ones(1), torch.ones(1, 2), bad),
}


@pytest.mark.parametrize("name", MATRICES)
def test_bad_matrices_are_refused(name, bad_matrix, refuses):
    bad, error, was = bad_matrix
    refuses(name, error, was, MATRICES[name], bad)


def test_bad_queries_are_refused(bad_vector, refuses):
    bad, error, was = bad_vector
    refuses("queries", error, was, NWKernelRegression(1.0), bad, torch.ones(2, 3), torch.ones(2, 3))


def test_a_bad_start_is_refused(bad_number, refuses):
    bad, error, was = bad_number
    refuses("w", error, was, NWKernelRegression, bad)


def test_a_start_too_large_for_float32_is_refused(refuses):
    """Or the model holds inf and complains only when it is called."""
    refuses("w", ValueError, "1e[+]300", NWKernelRegression, 1e300)


@pytest.mark.parametrize(
    ("name", "shapes", "was"),
    [
        ("keys", [(3,), (2, 5), (2, 5)], r"\(2, 5\)"),
        ("values", [(2,), (2, 5), (2, 4)], r"\(2, 4\)"),
        ("values", [(2,), (2, 5), (5, 2)], r"\(5, 2\)"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(name, shapes, was, refuses):
    refuses(name, ValueError, was, NWKernelRegression(1.0), *(torch.ones(shape) for shape in shapes))


@pytest.mark.parametrize(
    ("name", "double"), [("keys", (True, False, False)), ("values", (False, False, True)), ("w", (True, True, True))]
)
def test_dtypes_that_do_not_fit_are_refused(name, double, refuses):
    tensors = [t.double() if d else t for t, d in zip(rows(torch.float32), double)]
    refuses(name, ValueError, "torch.float(32|64)", NWKernelRegression(1.0), *tensors)


def test_data_in_float64_are_told_how_the_model_gets_there():
    model, tensors = NWKernelRegression(1.0), rows()
    with pytest.raises(
        ValueError, match=r"^w must have the dtype of queries, torch.float64, .*; try model\.double\(\)$"
    ):
        model(*tensors)
    assert model.double()(*tensors).dtype == torch.float64


@pytest.mark.parametrize("w", [np.float32(2), np.float64(2), np.int64(2)])
def test_the_start_may_be_a_number_of_numpy(w):
    assert NWKernelRegression(w).w.item() == 2


def test_w_that_overflows_is_refused_while_it_is_being_learned(refuses):
    refuses("w", ValueError, "1e[+]30", NWKernelRegression(1e30), *rows(torch.float32))
