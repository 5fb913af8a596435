"""The colours: readable on the page, and apart for every kind of eye."""

from itertools import combinations

import numpy as np
import pytest

from nwlesson import COLOURS
from nwlesson.palette import PALETTE

PAGES = {"light": "#ffffff", "dark": "#131416"}

# Machado, Oliveira and Fernandes (2009), severity 1, applied to linear RGB.
EYES = {
    "usual": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def linear(colour):
    """Return linear RGB, 0 to 1, of a colour like #1a2b3c."""
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(a, b):
    """WCAG 2: from 1 to 21."""
    low, high = sorted(XYZ[1] @ linear(c) for c in (a, b))
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    """CIELAB of linear RGB, white point D65."""
    t = XYZ @ rgb / XYZ.sum(axis=1)
    x, y, z = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def seen(colour, eye):
    return lab(np.clip(EYES[eye] @ linear(colour), 0, 1))


def test_the_measures_themselves_are_right():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)
    for eye, matrix in EYES.items():
        assert matrix.sum(axis=1) == pytest.approx([1] * 3, abs=1e-5), "grey stays grey"
        assert seen("#ffffff", eye) == pytest.approx([100, 0, 0], abs=0.01)
    assert seen("#ff0000", "usual") == pytest.approx([53.24, 80.09, 67.20], abs=0.02)


def test_every_role_of_the_design_has_a_colour_and_matplotlib_draws_with_the_light_one():
    assert list(PALETTE) == ["query", "key", "value", "weight", "truth", "prediction"]
    assert {role: colour.light for role, colour in PALETTE.items()} == COLOURS


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", PALETTE)
def test_words_in_the_colour_of_a_role_can_be_read(role, page):
    assert contrast(getattr(PALETTE[role], page), PAGES[page]) >= 4.5


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("eye", EYES)
def test_any_two_roles_look_different(eye, page):
    colours = {role: getattr(colour, page) for role, colour in PALETTE.items()}
    for a, b in combinations(colours, 2):
        assert np.linalg.norm(seen(colours[a], eye) - seen(colours[b], eye)) >= 18, f"{a} and {b}"
