"""Lesson 15: the three points once more, scored by products: with half the square of the key, and without."""

import torch
from facts.shared import KEYS, QUERY, percent, turned

from nwlesson import attention_weights

PRODUCTS, HALVES = QUERY * KEYS, KEYS**2 / 2


def facts() -> dict[str, str]:
    return of_the_scores() | of_the_gaps() | of_the_loudest() | of_long_vectors()


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


def of_long_vectors() -> dict[str, str]:
    """The largest of fifty weights, of random vectors with d numbers: with their products as scores, and divided."""
    generator = torch.Generator().manual_seed(0)

    def say(d: int) -> dict[str, str]:
        queries, keys = (torch.randn(n, d, generator=generator) for n in (2000, 50))
        scores = queries @ keys.T
        plain, divided = (torch.softmax(s, dim=-1).amax(dim=-1).median() for s in (scores, scores / d**0.5))
        assert d < 8 or divided < 0.15, "divided, it should no longer grow"
        return {"d": f"{d}", "plain": percent(plain), "divided": percent(divided)}

    return {"largest-at-d": turned([1, 2, 4, 8, 16, 32, 64, 128, 256, 512], 64, say)}
