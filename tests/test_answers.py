"""The numbers of an answer, in whatever form a reader writes them."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from nwlesson.answers import all_numbers, one_number

FORMS = [
    0.5,
    "0.5",
    " 1/2 ",
    Fraction(1, 2),
    np.float32(0.5),
    [0.5],
    [["1/2"]],
    torch.tensor([[0.5]], requires_grad=True),
]


@pytest.mark.parametrize("answer", FORMS, ids=repr)
def test_a_half_is_a_half_however_it_is_written(answer):
    assert all_numbers(answer) == [0.5] and one_number(answer) == 0.5


def test_numbers_come_in_their_order_without_their_shape():
    rows = [torch.tensor([[1.0, 2.0]]), np.array([[3], [4]]), ("5", 6), range(7, 9)]
    assert all_numbers(rows) == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize("answer", ["a half", "1/0", "1/x", None, [1.0, None], "20%", "1, 2"], ids=repr)
def test_what_is_no_number_is_named(answer):
    wrong = answer[-1] if isinstance(answer, list) else answer
    with pytest.raises(AssertionError, match=rf"a number, please, not {wrong!r}$"):
        all_numbers(answer)


@pytest.mark.parametrize(("answer", "count"), [([], 0), ([1, 2], 2)])
def test_one_number_is_neither_none_nor_two(answer, count):
    with pytest.raises(AssertionError, match=f"one number, please, not {count}"):
        one_number(answer)
