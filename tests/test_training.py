"""Training: plain gradient descent, and a history whose rows are true."""

from itertools import pairwise

import pytest
import torch
from torch.testing import assert_close

from nwlesson import Epoch, NWKernelRegression, leave_one_out, leave_one_out_loss, make_data, train

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
DTYPES = [torch.float32, torch.float64]


def task(seed=0, dtype=torch.float64):
    """Queries, keys, values and targets: each training point from the others."""
    x, y = make_data(50, seed=seed, dtype=dtype)[:2]
    return x, *leave_one_out(x, y), y


def loss_and_slope(w, queries, targets):
    """Half the summed squared error, from the masked form, which `train` does not use."""
    w = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    loss = leave_one_out_loss(w, queries.double(), targets.double()) * len(queries) / 2
    loss.backward()
    return loss.item(), w.grad.item()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("seed", range(3))
def test_each_row_says_the_loss_at_its_own_w_and_the_next_w_is_one_step_further(seed, dtype):
    """The last w is in the model, one step after the last row."""
    net, (queries, keys, values, targets) = NWKernelRegression(0.7).to(dtype), task(seed, dtype)
    history = train(net, queries, keys, values, targets, epochs=6, lr=0.3)
    ws = [row.w for row in history] + [net.w.item()]
    assert ws[0] == pytest.approx(0.7)
    rel = 1e-9 if dtype == torch.float64 else 1e-4
    for row, after in zip(history, ws[1:]):
        loss, slope = loss_and_slope(row.w, queries, targets)
        assert row.loss == pytest.approx(loss, rel=rel)
        assert after == pytest.approx(row.w - 0.3 * slope, rel=rel)


def test_defaults_are_the_five_epochs_and_the_rate_of_the_book():
    nets = [NWKernelRegression(0.5).double() for _ in range(2)]
    histories = [train(nets[0], *task()), train(nets[1], *task(), epochs=5, lr=0.5)]
    assert histories[0] == histories[1]
    assert [row.epoch for row in histories[0]] == [1, 2, 3, 4, 5]
    assert all(isinstance(row, Epoch) for row in histories[0])


def test_halving_the_loss_is_halving_the_rate():
    queries, keys, values, targets = task()
    net, by_hand = NWKernelRegression(0.5).double(), NWKernelRegression(0.5).double()
    train(net, queries, keys, values, targets, epochs=4, lr=0.2)
    for _ in range(4):
        whole = ((by_hand(queries, keys, values) - targets) ** 2).sum()
        (slope,) = torch.autograd.grad(whole, by_hand.w)
        by_hand.w.data -= 0.1 * slope
    assert_close(net.w, by_hand.w, rtol=1e-12, atol=0)


def test_training_in_two_parts_is_training_in_one():
    """An old gradient, from an earlier call or from the caller, must not count."""
    whole, parts = NWKernelRegression(0.5).double(), NWKernelRegression(0.5).double()
    expected = train(whole, *task(), epochs=4)
    parts.w.grad = torch.full_like(parts.w, 1e3)
    history = train(parts, *task(), epochs=1) + train(parts, *task(), epochs=3)
    assert [row[1:] for row in history] == [row[1:] for row in expected]
    assert parts.w.item() == whole.w.item()


def test_a_small_rate_arrives_at_the_leave_one_out_optimum():
    net, (queries, keys, values, targets) = NWKernelRegression(1.0).double(), task()
    history = train(net, queries, keys, values, targets, epochs=300, lr=0.1)
    assert all(b.loss <= a.loss + 1e-12 for a, b in pairwise(history))
    assert abs(loss_and_slope(net.w.item(), queries, targets)[1]) < 1e-3


@pytest.mark.parametrize("device", DEVICES)
def test_float32_on_any_device_agrees_with_float64_on_the_cpu(device):
    net, exact = NWKernelRegression(0.5).to(device), NWKernelRegression(0.5).double()
    tensors = task(dtype=torch.float32)
    train(net, *(t.to(device) for t in tensors), lr=0.1)
    train(exact, *(t.double() for t in tensors), lr=0.1)
    assert net.w.item() == pytest.approx(exact.w.item(), rel=1e-4)


@pytest.mark.parametrize(
    ("x_unit", "y_unit", "lr", "blame"),
    [(1, 1, 1e30, "lr"), (1, 1e12, 0.5, "targets"), (1, 1e18, 0.5, "targets"), (1, 1e19, 0.5, "targets")],
)
def test_a_step_out_of_the_finite_numbers_names_who_is_to_blame_and_both_ways_out(x_unit, y_unit, lr, blame):
    queries, keys, values, targets = task(dtype=torch.float32)
    queries, keys, values, targets = queries * x_unit, keys * x_unit, values * y_unit, targets * y_unit
    with pytest.raises(
        ValueError, match=rf"^{blame} must leave .*but .*epoch 1 takes w from 0\.5 .*smaller lr, or divide"
    ):
        train(NWKernelRegression(0.5), queries, keys, values, targets, lr=lr)


def test_far_queries_are_to_blame_where_they_are_larger_than_the_errors():
    """Half the square of y at places 1e5 apart: one step of 1e15 leaves the squares of float32."""
    queries, keys = torch.tensor([0.0]), torch.tensor([[1e15, 2e15]])
    values, targets = torch.tensor([[1e3, -1e3]]), torch.tensor([1e3])
    with pytest.raises(ValueError, match=r"^queries must leave .*they lie up to 2e\+15 from the keys"):
        train(NWKernelRegression(5e-16), queries, keys, values, targets)


@pytest.mark.parametrize(("x_unit", "y_unit"), [(1, 100), (1, 1000), (1000, 1)])
def test_a_w_that_hears_the_nearest_alone_and_cannot_come_back_is_told_in_words(x_unit, y_unit):
    """The loss has fallen, or never moved: without a word it would look like success."""
    queries, keys, values, targets = task(dtype=torch.float32)
    net = NWKernelRegression(0.5)
    with pytest.warns(UserWarning, match=r"^w no longer moves: at w = .*nearest key alone.*divide y and x") as told:
        history = train(net, queries * x_unit, keys * x_unit, values * y_unit, targets * y_unit)
    assert history[-1].loss <= history[0].loss
    assert told[0].filename == __file__


def test_a_run_that_has_arrived_is_not_told_that_it_is_stuck():
    net = NWKernelRegression(3.9)
    train(net, *task(dtype=torch.float32), epochs=300)  # any warning is an error here
    one_key = torch.ones(3, 1)
    train(NWKernelRegression(1.0), torch.arange(3.0), one_key, one_key, torch.zeros(3))


def test_a_loss_that_ends_higher_than_it_began_is_told_in_words():
    """From the best w, a long step can only lead away from it."""
    net = NWKernelRegression(3.9).double()
    with pytest.warns(
        UserWarning, match=r"^the loss ends higher than it began, .*smaller lr, or divide y and x"
    ) as told:
        history = train(net, *task(), lr=100.0)
    assert history[-1].loss > history[0].loss
    assert told[0].filename == __file__, "the warning points at the line that calls train"


def test_a_loss_that_creeps_along_a_plateau_is_not_told():
    """Caught near w = 0, as seed 26 is, w goes to and fro between its two signs, and the loss hardly changes."""
    history = train(NWKernelRegression(0.0216).double(), *task(26))
    assert history[0].loss < history[-1].loss < 1.001 * history[0].loss


def test_no_grad_is_no_hindrance():
    nets = [NWKernelRegression(0.5).double() for _ in range(2)]
    with torch.no_grad():
        history = train(nets[0], *task())
        assert not torch.is_grad_enabled()
    assert history == train(nets[1], *task())


def test_a_model_that_cannot_learn_is_told_so(refuses):
    frozen = NWKernelRegression(0.5).double().requires_grad_(False)
    refuses("model", ValueError, r"its w does not; try model\.requires_grad_\(\)$", train, frozen, *task())
    assert train(frozen.requires_grad_(), *task())[-1].w != 0.5
    with torch.inference_mode():
        refuses("model", ValueError, "switched on", train, NWKernelRegression(0.5).double(), *task())


def test_a_rate_too_large_for_float32_is_refused_by_name(refuses):
    refuses("lr", ValueError, "1e[+]39", train, NWKernelRegression(0.5), *task(dtype=torch.float32), lr=1e39)


GOOD = {name: t.float() for name, t in zip(("queries", "keys", "values", "targets"), task())}


@pytest.mark.parametrize("name", ["queries", "targets"])
def test_bad_vectors_are_refused(name, bad_vector, refuses):
    bad, error, was = bad_vector
    two = {"queries": torch.ones(2), "keys": torch.ones(2, 3), "values": torch.ones(2, 3), "targets": torch.ones(2)}
    refuses(name, error, was, train, NWKernelRegression(1.0), **two | {name: bad})


@pytest.mark.parametrize("name", ["keys", "values"])
def test_bad_matrices_are_refused(name, bad_matrix, refuses):
    bad, error, was = bad_matrix
    one = {"queries": torch.ones(1), "keys": torch.ones(1, 2), "values": torch.ones(1, 2), "targets": torch.ones(1)}
    refuses(name, error, was, train, NWKernelRegression(1.0), **one | {name: bad})


@pytest.mark.parametrize(
    ("name", "bad", "was"),
    [
        ("targets", GOOD["targets"][:, None], r"\(50, 1\)"),
        ("targets", GOOD["targets"][:49], r"\(49,\)"),
        ("targets", GOOD["targets"].double(), "torch.float64"),
        ("keys", GOOD["keys"][:49], r"\(49, 49\)"),
        ("values", GOOD["values"].T, r"\(49, 50\)"),
    ],
)
def test_tensors_that_do_not_fit_are_refused_and_w_stays(name, bad, was, refuses):
    """A column of targets would silently be broadcast against a row of predictions."""
    net = NWKernelRegression(0.5)
    also = {"values": bad} if name == "keys" else {}
    refuses(name, ValueError, was, train, net, **GOOD | {name: bad} | also)
    assert net.w.item() == 0.5


def test_a_model_of_another_dtype_is_refused(refuses):
    refuses("w", ValueError, "torch.float64", train, NWKernelRegression(0.5).double(), **GOOD)


def test_bad_number_of_epochs_is_refused(bad_count, refuses):
    bad, error, was = bad_count
    refuses("epochs", error, was, train, NWKernelRegression(0.5), **GOOD, epochs=bad)
    refuses("epochs", ValueError, "0", train, NWKernelRegression(0.5), **GOOD, epochs=0)


def test_a_bad_rate_is_refused(bad_number, refuses):
    bad, error, was = bad_number
    refuses("lr", error, was, train, NWKernelRegression(0.5), **GOOD, lr=bad)
    refuses("lr", ValueError, "0", train, NWKernelRegression(0.5), **GOOD, lr=0)
