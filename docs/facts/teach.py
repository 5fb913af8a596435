"""What the pages for teachers ask, and the answers that wrong ideas give."""

import torch
from facts.shared import KEYS, QUERY, VALUES, fifty_points, neighbours, percent

from nwlesson import attention_pooling, attention_weights


def facts() -> dict[str, str]:
    check_what_is_said()
    return of_a_question_between() | of_wrong_ideas()


def check_what_is_said() -> None:
    pull = attention_weights(QUERY, KEYS)[0] * (VALUES - 20)
    assert pull[0] < 0 < pull[2] < -pull[0], "the one who knows 10 should pull down more than the one who knows 40 up"
    assert torch.allclose(attention_pooling(QUERY, torch.full((3,), 2.0), VALUES), VALUES.mean())
    data = fifty_points()
    on_itself = data._replace(x_test=data.x_train)
    assert neighbours(on_itself, 1.0) > 25, "a point should have about thirty others nearly as near"


def of_a_question_between() -> dict[str, str]:
    weights = attention_weights(torch.tensor([3.0]), KEYS)[0]
    assert weights[1] == weights[2], "2 and 4 are equally far from 3"
    return {
        "teach-3-1": f"{weights[0]:.3f}",
        "teach-3-2": f"{weights[1]:.3f}",
        "teach-3-4": f"{weights[2]:.3f}",
        "teach-3": f"{weights @ VALUES:.2f}",
    }


def of_wrong_ideas() -> dict[str, str]:
    without_minus = torch.softmax((QUERY[:, None] - KEYS) ** 2 / 2, dim=-1)[0]
    product = torch.softmax(1.0 * KEYS, dim=-1)
    twice = 2 * attention_weights(QUERY, KEYS)[0, 1]
    assert without_minus.argmax() == product.argmax() == 2, "the wrong ideas should prefer the one at 4"
    assert twice > 1, "twice the weight should be more than there is"
    return {
        "teach-crowd-wrong": f"{VALUES.sum():g}",
        "teach-plus-4": percent(without_minus[2]),
        "teach-dot-4": percent(product[2]),
        "teach-twice": f"{twice:.3f}",
    } | of_the_exit_question()


def of_the_exit_question() -> dict[str, str]:
    """The wrong answer of those who lose the minus; the others are the average and what the one at 4 knows."""
    at_4 = torch.tensor([4.0])
    right = attention_pooling(at_4, KEYS, VALUES).item()
    without_minus = (torch.softmax((at_4[:, None] - KEYS) ** 2 / 2, dim=-1) @ VALUES).item()
    assert without_minus < 15 < VALUES.mean() < right < 40, "only one of the four answers should be likely"
    return {"teach-exit-no-minus": f"{without_minus:.2f}"}
