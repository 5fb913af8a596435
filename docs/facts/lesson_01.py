"""Lesson 1: fifty noisy points on a curve."""

from facts.shared import fifty_points

from nwlesson import truth


def facts() -> dict[str, str]:
    data = fifty_points()
    noise = data.y_train - truth(data.x_train)
    assert noise.std() > 0.5, "our errors happen to be a little larger than asked for"
    return {"n-test": f"{len(data.x_test)}", "noise-std": f"{noise.std():.2f}"}
