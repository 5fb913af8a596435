"""Lesson 12: other kernels, with the same width, then with the same number of neighbours."""

import torch
from facts.shared import fifty_points, neighbours, percent, test_error, turned

from nwlesson import RegressionData, attention_weights, boxcar, epanechnikov, gaussian, triangular

KERNELS = [gaussian, boxcar, epanechnikov, triangular]


def facts() -> dict[str, str]:
    data = fifty_points()
    widths = {kernel: matched_width(data, kernel) for kernel in KERNELS}
    return (
        of_one_width(data)
        | of_widths(data)
        | of_matched_widths(data, widths)
        | of_many_points(widths)
        | of_the_largest_weights(data)
    )


def of_one_width(data: RegressionData) -> dict[str, str]:
    counts = [neighbours(data, 1.0, kernel) for kernel in KERNELS]
    errors = [test_error(data, 1.0, kernel) for kernel in KERNELS]
    assert errors == sorted(errors, reverse=True) and counts == sorted(counts, reverse=True)
    assert max(errors) / min(errors) > 4, "with one width, the kernels should differ"
    return {
        "gaussian-neighbours": f"{counts[0]:.0f}",
        "triangular-neighbours": f"{counts[3]:.0f}",
        "gaussian-error": f"{errors[0]:.2f}",
        "triangular-error": f"{errors[3]:.2f}",
    }


def of_widths(data: RegressionData) -> dict[str, str]:
    """The same at other widths; below 0.4 some query has nobody in reach of a compact kernel."""

    def say(width: float) -> dict[str, str]:
        counts = {kernel.__name__: f"{neighbours(data, 1 / width, kernel):.0f}" for kernel in KERNELS}
        return {"width": f"{width:g}"} | counts

    return {"heard-at-width": turned([0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0, 3.0, 4.0, 6.0], 1.0, say)}


def wanted_neighbours(data: RegressionData) -> float:
    """As many as the bell of width 0.25 hears."""
    return neighbours(data, 1 / 0.25, gaussian)


def matched_width(data: RegressionData, kernel) -> float:
    """Return the width at which a kernel hears as many as wanted."""
    wanted = wanted_neighbours(data)
    narrowest = 0.2 if kernel is gaussian else 0.35  # below it some query has nobody in reach of a compact kernel
    widths = torch.linspace(narrowest, 1.2, 171).tolist()
    return min(widths, key=lambda width: abs(neighbours(data, 1 / width, kernel) - wanted))


def of_matched_widths(data: RegressionData, widths: dict) -> dict[str, str]:
    errors = [test_error(data, 1 / widths[kernel], kernel) for kernel in KERNELS]
    assert max(errors) / min(errors) < 1.2, "matched, the kernels should hardly differ"
    return {
        "matched-neighbours": f"{wanted_neighbours(data):.0f}",
        "gaussian-matched": f"{widths[gaussian]:.2f}",
        "boxcar-matched": f"{widths[boxcar]:.2f}",
        "epanechnikov-matched": f"{widths[epanechnikov]:.2f}",
        "triangular-matched": f"{widths[triangular]:.2f}",
        "gaussian-matched-error": f"{errors[0]:.3f}",
        "boxcar-matched-error": f"{errors[1]:.3f}",
        "epanechnikov-matched-error": f"{errors[2]:.3f}",
        "triangular-matched-error": f"{errors[3]:.3f}",
    }


def of_the_largest_weights(data: RegressionData) -> dict[str, str]:
    """Why a wide bell's heat map is pale on the scale of a narrow one's."""
    narrowest, widest = (attention_weights(data.x_test, data.x_train, 1 / h).max().item() for h in (0.1, 1.0))
    assert narrowest > 8 * widest
    return {"narrowest-largest": f"{narrowest:.2f}", "widest-largest": f"{widest:.2f}"}


EVENLY = torch.linspace(-9, 9, 18001, dtype=torch.float64)  # keys that lie evenly


def reach(kernel) -> float:
    """How many of many keys a kernel hears, up to a factor that all share."""
    weights = kernel(EVENLY)
    return (weights.sum() ** 2 / (weights**2).sum()).item()


def cost(kernel) -> float:
    """Wand and Jones, chapter 2.7: so many points for the same error, when they are many."""
    weights = kernel(EVENLY)
    area, squares = weights.sum(), (weights**2).sum()
    return (squares / area**2 * ((EVENLY**2 * weights).sum() / area).abs().sqrt()).item()


def negative_somewhere(u: torch.Tensor) -> torch.Tensor:
    """A kernel whose negative parts make up for the rest: its average of u**2 is 0, and so is the bend it leaves."""
    kernel = (3 - 10 * u**2 + 7 * u**4) * (u.abs() <= 1)
    assert kernel.min() < 0
    return kernel


def of_many_points(widths: dict) -> dict[str, str]:
    costs = {kernel: cost(kernel) / cost(epanechnikov) for kernel in KERNELS}
    assert min(costs.values()) == costs[epanechnikov]
    assert cost(negative_somewhere) < 0.01 * cost(epanechnikov), "only the kernels that are never negative are beaten"
    factor = reach(gaussian) / reach(triangular)
    assert abs(factor * widths[gaussian] / widths[triangular] - 1) < 0.1, "our fifty points should come near it"
    return {
        "kernel-extra": percent(max(costs.values()) - 1),
        "gaussian-extra": percent(costs[gaussian] - 1),
        "triangular-factor": f"{factor:.1f}",
    }
