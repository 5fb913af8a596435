"""Lesson 15: the three points once more, scored by products: with half the square of the key, and without."""

import torch
from facts.shared import KEYS, QUERY

from nwlesson import attention_weights

PRODUCTS, HALVES = QUERY * KEYS, KEYS**2 / 2


def facts() -> dict[str, str]:
    return of_the_scores() | of_the_gaps() | of_the_loudest()


def of_the_scores() -> dict[str, str]:
    scores = PRODUCTS - HALVES
    return {
        "dot-product-1": f"{PRODUCTS[0]:.1f}",
        "dot-product-2": f"{PRODUCTS[1]:.1f}",
        "dot-product-4": f"{PRODUCTS[2]:.1f}",
        "dot-half-1": f"{HALVES[0]:.1f}",
        "dot-half-2": f"{HALVES[1]:.1f}",
        "dot-half-4": f"{HALVES[2]:.1f}",
        "dot-score-1": f"{scores[0]:.1f}",
        "dot-score-2": f"{scores[1]:.1f}",
        "dot-score-4": f"{scores[2]:.1f}",
    }


def of_the_gaps() -> dict[str, str]:
    """The scores differ from those of the bell by one number, so the weights do not differ."""
    gaps = PRODUCTS - HALVES + (QUERY - KEYS) ** 2 / 2
    weights = torch.softmax(PRODUCTS - HALVES, dim=-1)
    assert (gaps == QUERY**2 / 2).all(), "the scores should differ by the same number for all keys"
    assert torch.allclose(weights, attention_weights(QUERY, KEYS)[0]), "and the weights not at all"
    return {
        "dot-gap-1": f"{gaps[0]:.1f}",
        "dot-gap-2": f"{gaps[1]:.1f}",
        "dot-gap-4": f"{gaps[2]:.1f}",
        "dot-weight-1": f"{weights[0]:.3f}",
        "dot-weight-2": f"{weights[1]:.3f}",
        "dot-weight-4": f"{weights[2]:.3f}",
    }


def of_the_loudest() -> dict[str, str]:
    loud = torch.softmax(PRODUCTS, dim=-1)
    assert torch.allclose(loud, torch.softmax(-((QUERY - KEYS) ** 2) / 2 + HALVES, dim=-1)), "the bell times loudness"
    assert loud.argmax() == 2 and loud[2] > 0.95, "without the squares the largest key should win"
    return {"dot-loud-4": f"{loud[2]:.2f}"}
