"""The page "Your own data": the motorcycle, and what goes wrong with copies, wild values and noise with a memory."""

import warnings
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from nwlesson import attention_pooling, fit_bandwidth, leave_one_out_loss, truth

FILE = Path(__file__).parents[1] / "practice" / "motorcycle.csv"
H_OF_STATSMODELS = 0.91384625  # tests/test_bandwidth.py asks it
DRAWS = 20


def facts() -> dict[str, str]:
    x, y = (torch.tensor(column) for column in np.loadtxt(FILE, delimiter=",", skiprows=1).T)
    return of_the_curve(x, y) | of_traps(x, y) | of_noise_with_a_memory()


def of_the_curve(x: Tensor, y: Tensor) -> dict[str, str]:
    w = fit_bandwidth(x, y)
    assert abs(1 / w / H_OF_STATSMODELS - 1) < 1e-3
    misses = [leave_one_out_loss(at, x, y).sqrt().item() for at in (w, 0.0)]
    assert misses[0] < 0.6 * misses[1]
    return {
        "own-rows": f"{len(x)}",
        "own-w": f"{w:.2f}",
        "own-h": f"{1 / w:.3f}",
        "own-h-statsmodels": f"{H_OF_STATSMODELS:.3f}",
        "own-miss": f"{misses[0]:.0f}",
        "own-miss-average": f"{misses[1]:.0f}",
    }


def of_traps(x: Tensor, y: Tensor) -> dict[str, str]:
    w = fit_bandwidth(x, y)
    seconds = fit_bandwidth(x / 1000, y) / w
    twice = fit_bandwidth(x.repeat(2), y.repeat(2))
    wild = fit_bandwidth(x, torch.where(y == y.min(), 10 * y, y))
    far = attention_pooling(torch.tensor([100.0, 1000.0], dtype=x.dtype), x, y, w)
    assert twice > 10 * w and wild < w / 2 and y.min() == -134
    assert torch.equal(far, y[-1].expand(2)) and x[-1] == x.max()
    return {
        "own-seconds": f"{seconds:,.0f}",
        "own-w-twice": f"{twice:.0f}",
        "own-w-wild": f"{wild:.2f}",
        "own-last-x": f"{x[-1]:.1f}",
        "own-far": f"{far[0]:.1f}",
    }


def evenly_spaced(memory: float, seed: int) -> tuple[Tensor, Tensor]:
    """200 points on the lesson's curve; each noise is so much of the one before, and the rest its own."""
    noise = torch.randn(200, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    for before, i in enumerate(range(1, 200)):
        noise[i] = memory * noise[before] + (1 - memory**2) ** 0.5 * noise[i]
    x = torch.linspace(0, 5, 200, dtype=torch.float64)
    return x, truth(x) + 0.5 * noise


def median_w(memory: float) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # for some of them no w is best: larger is ever better
        return torch.tensor([fit_bandwidth(*evenly_spaced(memory, seed)) for seed in range(DRAWS)]).median().item()


def of_noise_with_a_memory() -> dict[str, str]:
    independent, serial = median_w(0.0), median_w(0.8)
    assert serial > 5 * independent, "the neighbour knows the noise"
    return {"own-draws": f"{DRAWS}", "own-w-independent": f"{independent:.0f}", "own-w-serial": f"{serial:.0f}"}
