"""The book's own lines, written out, against nwlesson; and the facts about tensors that the lesson teaches.

There are 50 training and 40 test points, so that a mix-up of the two cannot hide.
"""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from nwlesson import (
    NWKernelRegression,
    attention_pooling,
    attention_weights,
    average_pooling,
    leave_one_out,
    make_data,
    train,
    truth,
)

SEEDS = range(3)


class Book(nn.Module):
    """NWKernelRegression as printed in *Dive into Deep Learning*."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.w = nn.Parameter(torch.rand((1,), requires_grad=True))

    def forward(self, queries, keys, values):
        queries = queries.repeat_interleave(keys.shape[1]).reshape((-1, keys.shape[1]))
        self.attention_weights = nn.functional.softmax(-(((queries - keys) * self.w) ** 2) / 2, dim=1)
        return torch.bmm(self.attention_weights.unsqueeze(1), values.unsqueeze(-1)).reshape(-1)


def book_data(seed):
    data = make_data(50, step=0.125, seed=seed)
    return *data, len(data.x_train), len(data.x_test)


def book_keys_and_values(x_train, y_train, n_train):
    X_tile = x_train.repeat((n_train, 1))
    Y_tile = y_train.repeat((n_train, 1))
    keys = X_tile[(1 - torch.eye(n_train)).type(torch.bool)].reshape((n_train, -1))
    values = Y_tile[(1 - torch.eye(n_train)).type(torch.bool)].reshape((n_train, -1))
    return keys, values


def test_sizes_differ():
    assert book_data(0)[4:] == (50, 40)


@pytest.mark.parametrize("seed", SEEDS)
def test_truth_of_the_book(seed):
    _, _, x_test, y_truth, _, _ = book_data(seed)
    assert torch.equal(y_truth, 2 * torch.sin(x_test) + x_test**0.8)
    assert torch.equal(x_test, torch.arange(0, 5, 0.125))
    assert torch.equal(truth(x_test), y_truth)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_average_pooling_of_the_book(seed):
    _, y_train, _, _, _, n_test = book_data(seed)
    assert_close(average_pooling(y_train, n_test), torch.repeat_interleave(y_train.mean(), n_test))


@pytest.mark.parametrize("seed", SEEDS)
def test_attention_pooling_of_the_book(seed):
    x_train, y_train, x_test, _, n_train, n_test = book_data(seed)
    X_repeat = x_test.repeat_interleave(n_train).reshape((-1, n_train))
    weights = nn.functional.softmax(-((X_repeat - x_train) ** 2) / 2, dim=1)
    y_hat = torch.matmul(weights, y_train)
    assert X_repeat.shape == weights.shape == (n_test, n_train) and y_hat.shape == (n_test,)
    assert_close(attention_weights(x_test, x_train), weights)
    assert_close(attention_pooling(x_test, x_train, y_train), y_hat)


@pytest.mark.parametrize("seed", SEEDS)
def test_leave_one_out_of_the_book(seed):
    x_train, y_train, *_, n_train, _ = book_data(seed)
    keys, values = book_keys_and_values(x_train, y_train, n_train)
    assert keys.shape == values.shape == (50, 49)
    ours = leave_one_out(x_train, y_train)
    assert torch.equal(ours[0], keys) and torch.equal(ours[1], values)


@pytest.mark.slow
@pytest.mark.filterwarnings(
    "ignore:Converting a tensor with requires_grad:UserWarning"
)  # the book prints float(l.sum())
@pytest.mark.parametrize("seed", SEEDS)
def test_training_and_prediction_of_the_book(seed):
    """From one global seed: the same start, losses, w, predictions and weights."""
    x_train, y_train, x_test, _, n_train, n_test = book_data(seed)
    keys, values = book_keys_and_values(x_train, y_train, n_train)

    torch.manual_seed(seed)
    net = Book()
    loss = nn.MSELoss(reduction="none")
    trainer = torch.optim.SGD(net.parameters(), lr=0.5)
    losses, ws = [], []
    for _epoch in range(5):
        ws.append(net.w.item())
        trainer.zero_grad()
        half = loss(net(x_train, keys, values), y_train) / 2
        half.sum().backward()
        trainer.step()
        losses.append(float(half.sum()))

    torch.manual_seed(seed)
    ours = NWKernelRegression()
    history = train(ours, x_train, *leave_one_out(x_train, y_train), y_train, epochs=5, lr=0.5)
    assert [row.epoch for row in history] == [1, 2, 3, 4, 5]
    assert [row.loss for row in history] == pytest.approx(losses, rel=1e-5)
    assert [row.w for row in history] == pytest.approx(ws, rel=1e-5)
    assert_close(ours.w, net.w)

    keys = x_train.repeat((n_test, 1))
    values = y_train.repeat((n_test, 1))
    y_hat = net(x_test, keys, values).unsqueeze(1).detach()
    assert keys.shape == (40, 50) and y_hat.shape == (40, 1)
    assert_close(ours(x_test, keys, values).detach(), y_hat.reshape(-1))
    assert_close(ours.attention_weights, net.attention_weights)
    assert (net.attention_weights.requires_grad, ours.attention_weights.requires_grad) == (True, False)
    assert_close(attention_pooling(x_test, x_train, y_train, ours.w), net(x_test, keys, values))


# Facts about tensors. They are torch's, not ours: the lesson's words would be wrong if one changed.

W, V = torch.ones((2, 10)) * 0.1, torch.arange(20.0).reshape((2, 10))


def test_bmm_multiplies_a_stack_of_matrices():
    assert torch.bmm(torch.ones((2, 1, 4)), torch.ones((2, 4, 6))).shape == (2, 1, 6)


def test_bmm_gives_weighted_averages():
    averages = torch.bmm(W.unsqueeze(1), V.unsqueeze(-1))
    assert averages.shape == (2, 1, 1)
    assert_close(averages.reshape(-1), torch.tensor([4.5, 14.5]))
    assert_close((W * V).sum(1), torch.tensor([4.5, 14.5]))
    assert_close((W @ V.T).diagonal(), torch.tensor([4.5, 14.5]))


@pytest.mark.parametrize(
    ("weights", "values", "message"),
    [
        (W.unsqueeze(1), V.unsqueeze(1), r"first two dimensions of batch2 tensor to be: \[2, 10\] but got: \[2, 1\]"),
        (W.unsqueeze(-1), V.unsqueeze(-1), r"first two dimensions of batch2 tensor to be: \[2, 1\] but got: \[2, 10\]"),
        (W.unsqueeze(1), V, "batch2 must be a 3D tensor"),
        (W, V.unsqueeze(-1), "batch1 must be a 3D tensor"),
        (W.unsqueeze(1), V.long().unsqueeze(-1), "expected scalar type Float but found Long"),
    ],
)
def test_wrong_unsqueezes_and_integers_fail_with_these_words(weights, values, message):
    with pytest.raises(RuntimeError, match=message):
        torch.bmm(weights, values)


def test_swapped_unsqueezes_do_not_fail_but_give_all_products():
    products = torch.bmm(W.unsqueeze(-1), V.unsqueeze(1))
    assert products.shape == (2, 10, 10)
    assert_close(products[1], torch.outer(W[1], V[1]))


def test_rows_of_x_repeat_are_one_number_and_rows_of_x_tile_are_all():
    x = torch.arange(4.0)
    assert all(len(row.unique()) == 1 for row in x.repeat_interleave(3).reshape(-1, 3))
    assert all(torch.equal(row, x) for row in x.repeat((3, 1)))


def test_repeat_in_place_of_repeat_interleave_runs_and_is_wrong():
    """Where the sizes are equal every row is the same, and the prediction is one constant."""
    x_train, y_train, *_ = make_data(50)
    rows = x_train.repeat(50).reshape((-1, 50))
    y_hat = torch.softmax(-((rows - x_train) ** 2) / 2, dim=1) @ y_train
    assert_close(y_hat, y_hat[:1].repeat(50))
    assert not torch.allclose(y_hat, attention_pooling(x_train, x_train, y_train))


def test_the_mask_flattens_and_must_be_bool():
    X_tile, mask = torch.arange(4.0).repeat((4, 1)), 1 - torch.eye(4)
    assert X_tile[mask.type(torch.bool)].shape == (12,)
    assert X_tile[mask.long()].shape == (4, 4, 4)
    with pytest.raises(IndexError):
        X_tile[mask]


def test_a_column_of_targets_is_broadcast_with_nothing_but_a_warning():
    with pytest.warns(UserWarning, match="target size"):
        assert nn.MSELoss(reduction="none")(torch.ones(50), torch.ones(50, 1)).shape == (50, 50)


def test_softmax_over_the_queries_leaves_rows_that_do_not_sum_to_1():
    x_train, _, x_test, *_ = book_data(0)
    scores = -((x_test[:, None] - x_train) ** 2) / 2
    assert (torch.softmax(scores, dim=0).sum(dim=1) - 1).abs().max() > 0.1
    assert_close(torch.softmax(scores, dim=1), attention_weights(x_test, x_train))


def test_backward_needs_one_number():
    net = NWKernelRegression(1.0)
    with pytest.raises(RuntimeError, match="grad can be implicitly created only for scalar outputs"):
        net(torch.ones(2), torch.ones(2, 3), torch.ones(2, 3)).backward()


def test_numpy_refuses_a_tensor_with_a_gradient():
    with pytest.raises(RuntimeError, match=r"Use tensor\.detach"):
        NWKernelRegression(1.0).w.numpy()
