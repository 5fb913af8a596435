"""Lesson 1: fifty noisy points on a curve."""

import torch
from facts.shared import fifty_points

from nwlesson import RegressionData, truth


def facts() -> dict[str, str]:
    data = fifty_points()
    noise = data.y_train - truth(data.x_train)
    assert noise.std() > 0.5, "our errors happen to be a little larger than asked for"
    return {"n-test": f"{len(data.x_test)}", "noise-std": f"{noise.std():.2f}"} | of_the_guess(data)


def of_the_guess(data: RegressionData) -> dict[str, str]:
    """What the dots around 3.5 say, where the reader guesses first."""
    near = data.y_train[(data.x_train - 3.5).abs() < 0.25]
    assert len(near) == 4, "the nearest four"
    assert ((near - 2).abs() < 0.5).all() and (truth(torch.tensor(3.5)) - 2).abs() < 0.1, "around 2 is a good answer"
    return {"near-count": "4", "near-min": f"{near.min():.1f}", "near-max": f"{near.max():.1f}"}
