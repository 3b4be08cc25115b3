"""Colours by computation: enough contrast, told apart by colour-blind eyes, and in grey."""

import math
from itertools import combinations, pairwise

import numpy as np
import pytest

from rupmeta.render.figures.palettes import INK, MUTED, PALETTES, contrast, luminance, paint

#: Machado, Oliveira & Fernandes (2009), severity 1, on linear RGB: https://doi.org/10.1109/TVCG.2009.113
SIGHT = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = TO_XYZ @ np.ones(3)
SAFE = ("okabe-ito", "jama")


def linear(colour):
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    ratio = TO_XYZ @ np.clip(rgb, 0, 1) / WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one, other, sight=None):
    matrix = np.eye(3) if sight is None else np.array(SIGHT[sight])
    return math.dist(lab(matrix @ linear(one)), lab(matrix @ linear(other)))


def test_the_yardsticks_are_right():
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the classic near miss
    assert lab(linear("#ffffff")) == pytest.approx([100, 0, 0], abs=1e-3)
    assert distance("#ff0000", "#00ff00") > 150
    for matrix in SIGHT.values():
        assert np.array(matrix).sum(axis=1) == pytest.approx(np.ones(3), abs=1e-5)  # grey stays grey


@pytest.mark.parametrize("palette", sorted(PALETTES))
@pytest.mark.parametrize(
    "role",
    ["square", "square-hollow", "pooled", "subgroup", "ci", "point", "filled", "estimate", "curve", "pi"],
)
def test_what_carries_a_number_stands_out_from_white(palette, role):
    ink = paint(role, PALETTES[palette])
    if role in ("estimate", "pi", "filled") and palette == "jama":
        pytest.skip(
            "JAMA's light blue is the journal's; its diamond is outlined, and the numbers are printed"
        )
    colours = [colour for colour in (ink.fill, ink.stroke) if colour is not None]
    if role == "point":  # a white rim parts points that overlap
        colours = [ink.fill]
    assert max(contrast(colour, "#ffffff") for colour in colours) >= 3.0


def test_text_has_the_contrast_of_text():
    assert contrast(INK, "#ffffff") >= 7
    assert contrast(MUTED, "#ffffff") >= 4.5
    for ground in ("contour-10", "contour-05", "band"):
        assert contrast(INK, paint(ground, PALETTES["okabe-ito"]).fill) >= 7


@pytest.mark.parametrize("sight", [None, *SIGHT])
@pytest.mark.parametrize("palette", SAFE)
def test_studies_and_pooled_effects_are_told_apart_by_every_eye(palette, sight):
    colours = PALETTES[palette]
    assert distance(colours.square, colours.pooled, sight) > 20


@pytest.mark.parametrize("sight", [None, *SIGHT])
@pytest.mark.parametrize("palette", SAFE)
def test_judgements_are_told_apart_by_every_eye(palette, sight):
    for one, other in combinations(PALETTES[palette].bias, 2):
        assert distance(one, other, sight) > 10, (one, other)


def test_contours_become_darker_towards_significance():
    greys = [paint(f"contour-{p}", PALETTES["mono"]).fill for p in ("none", "10", "05", "01")]
    assert all(luminance(a) > luminance(b) for a, b in pairwise(greys))


def test_mono_is_grey():
    palette = PALETTES["mono"]
    for colour in (palette.square, palette.pooled, palette.subgroup, *palette.bias):
        assert colour[1:3] == colour[3:5] == colour[5:7]
