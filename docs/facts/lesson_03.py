"""Lesson 3: three points by hand, query 2, keys 1, 2, 4, values 10, 20, 40."""

import torch
from facts.shared import KEYS, QUERY, VALUES

from nwlesson import attention_weights


def facts() -> dict[str, str]:
    return of_the_scores() | of_the_weights()


def of_the_scores() -> dict[str, str]:
    """The scores, and e to the power of each: how loud it counts before the sum is made 1."""
    scores = -((QUERY - KEYS) ** 2) / 2
    counts = torch.exp(scores)
    assert torch.allclose(counts / counts.sum(), attention_weights(QUERY, KEYS)[0])
    return {
        "toy-score-1": minus(scores[0]),
        "toy-score-2": minus(scores[1]),
        "toy-score-4": minus(scores[2]),
        "toy-count-1": f"{counts[0]:.3f}",
        "toy-count-2": f"{counts[1]:.3f}",
        "toy-count-4": f"{counts[2]:.3f}",
        "toy-total": f"{counts.sum():.3f}",
    }


def minus(score: torch.Tensor) -> str:
    """Write a score with a real minus, and 0 without one."""
    return f"{score + 0.0:.1f}".replace("-", "−")


def of_the_weights() -> dict[str, str]:
    weights = attention_weights(QUERY, KEYS)[0]
    products = weights * VALUES
    return {
        "toy-1-1": f"{weights[0]:.3f}",
        "toy-1-2": f"{weights[1]:.3f}",
        "toy-1-4": f"{weights[2]:.3f}",
        "toy-weight-sum": f"{weights.sum():.3f}",
        "toy-product-1": f"{products[0]:.2f}",
        "toy-product-2": f"{products[1]:.2f}",
        "toy-product-4": f"{products[2]:.2f}",
        "toy-1": f"{weights @ VALUES:.2f}",
    }
