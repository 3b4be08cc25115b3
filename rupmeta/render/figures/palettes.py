"""Colours by role; colour is never the only signal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

__all__ = [
    "PALETTES", "Paint", "Palette", "contrast", "legible_on", "luminance", "paint", "paints", "shade", "tint",
]  # fmt: skip

INK, MUTED, RULE = "#1b1b1f", "#6b7280", "#c9cdd4"
LEAST_CONTRAST = 3.0  # of a shape and its ground (WCAG 2.2, 1.4.11)
#: Risk of bias: low, some concerns, high, critical, no information.
SEVERITIES = ("low", "some", "high", "critical", "unknown")
#: Curves side by side, told apart by dashes too.
SERIES = ("#0072B2", "#D55E00", "#009E73", "#8f4f7b", INK, "#56B4E9")
DASHES = (None, (5.0, 2.0), (1.5, 1.5), (7.0, 1.5), None, (3.0, 1.0))
SUNSET = ("#fed98e", "#fe9929", "#d95f0e", "#993404", "#ffffff")
LIGHTS = ("#02C100", "#E2DF07", "#BF0000", "#820000", "#4EA1F7")
GREYS = ("#f2f2f2", "#c4c4c4", "#8a8a8a", "#333333", "#ffffff")


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours that differ between houses; text and rules are the same everywhere."""

    square: str
    pooled: str
    subgroup: str
    interval: str = INK
    bias: tuple[str, str, str, str, str] = SUNSET
    series: tuple[str, str, str, str, str, str] = SERIES


PALETTES: Mapping[str, Palette] = {
    "okabe-ito": Palette("#0072B2", "#D55E00", "#E69F00"),
    "mono": Palette(
        "#4d4d4d",
        "#000000",
        "#8c8c8c",
        bias=GREYS,
        series=("#000000", "#000000", "#000000", "#6e6e6e", "#6e6e6e", "#6e6e6e"),
    ),
    "revman": Palette("#c00000", "#000000", "#000000", bias=LIGHTS),
    "revman-continuous": Palette("#007d3c", "#000000", "#000000", bias=LIGHTS),
    "revman-dichotomous": Palette("#0000c0", "#000000", "#000000", bias=LIGHTS),
    "jama": Palette("#00346b", "#7fb2dd", "#7fb2dd"),
    "cochrane": Palette("#0072B2", "#000000", "#000000", bias=LIGHTS),
}


@dataclass(frozen=True, slots=True)
class Paint:
    """How a role is painted; widths and dashes in points."""

    fill: str | None = None
    stroke: str | None = None
    width: float = 0.8
    dash: tuple[float, float] | None = None
    hatch: str | None = None


def paint(role: str, palette: Palette) -> Paint:
    """The paint of a role; an unknown role is drawn in ink, so that nothing vanishes."""
    return paints(palette).get(role, Paint(fill=INK, stroke=INK))


def shade(colour: str, step: int, steps: int = 4) -> str:
    """``colour`` mixed with white: step 1 the palest, the last the colour itself.

    >>> shade("#0072B2", 4), shade("#0072B2", 2)
    ('#0072b2', '#73b2d5')
    """
    share = 0.25 + 0.75 * (step - 1) / (steps - 1) if step < steps else 1.0
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - share * (255 - part)):02x}" for part in parts)


def tint(colour: str, share: float) -> str:
    """So much of ``colour`` in white that ink stays legible on it.

    >>> tint("#000000", 0.2)
    '#cccccc'
    """
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - share * (255 - part)):02x}" for part in parts)


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2: 0 is black, 1 white.

    >>> luminance("#ffffff"), luminance("#000000")
    (1.0, 0.0)
    """
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2).

    >>> contrast("#ffffff", "#000000")
    21.0
    """
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def legible_on(ground: str) -> str:
    """Ink or white, whichever stands out more on ``ground``."""
    return max((INK, "#ffffff"), key=lambda ink: contrast(ink, ground))


def _seen(colour: str) -> Paint:
    """A filled shape on white; one that is too pale for it is outlined."""
    pale = contrast(colour, "#ffffff") < LEAST_CONTRAST
    return Paint(fill=colour, stroke=INK, width=0.6) if pale else Paint(fill=colour)


def _line_colour(palette: Palette) -> str:
    """The colour of pooled answers, or the other one where that is too pale for a thin line."""
    return palette.pooled if contrast(palette.pooled, "#ffffff") >= LEAST_CONTRAST else palette.square


@cache
def paints(p: Palette) -> Mapping[str, Paint]:
    """Every role with its paint."""
    return {
        "title": Paint(INK),
        "header": Paint(INK),
        "heading": Paint(INK),
        "study": Paint(INK),
        "pooled-label": Paint(INK),
        "muted": Paint(MUTED),
        "footnote": Paint(MUTED),
        "statistics": Paint(INK),
        "tick": Paint(MUTED),
        "axis-title": Paint(MUTED),
        "favours": Paint(INK),
        "banner": Paint("#993404"),
        "rule": Paint(stroke=INK, width=0.7),
        "axis": Paint(stroke=MUTED, width=0.7),
        "null": Paint(stroke=INK, width=0.7),
        "pooled-line": Paint(stroke=_line_colour(p), width=0.7, dash=(3, 2.5)),
        "ci": Paint(stroke=p.interval, width=1.0),
        "arrow": Paint(fill=p.interval),
        "square": Paint(fill=p.square),
        "square-hollow": Paint(fill="#ffffff", stroke=p.square, width=1.2),
        "pooled": _seen(p.pooled),
        "subgroup": _seen(p.subgroup),
        "reference": Paint(fill="#ffffff", stroke=INK, width=0.9),
        "pi": _seen(p.pooled),
        "point": Paint(fill=p.square, stroke="#ffffff", width=0.6),
        "observed": Paint(fill=p.pooled, stroke="#ffffff", width=0.6),
        "speck": Paint(fill=p.square),
        "point-hollow": Paint(fill="#ffffff", stroke=p.square, width=1.1),
        "filled": Paint(fill="#ffffff", stroke=_line_colour(p), width=1.1),
        "funnel": Paint(stroke=MUTED, width=0.8, dash=(4, 3)),
        "estimate": Paint(stroke=_line_colour(p), width=1.1),
        "adjusted": Paint(stroke=_line_colour(p), width=1.1, dash=(4, 3)),
        "egger": Paint(stroke=p.square, width=1.1, dash=(1.5, 2)),
        "contour-none": Paint(fill="#ffffff"),
        "contour-10": Paint(fill="#f4f5f7"),
        "contour-05": Paint(fill="#e9ecef"),
        "contour-01": Paint(fill="#dde1e6"),
        "bubble-pi": Paint(fill="#eef1f4"),
        "bubble-ci": Paint(fill="#dde1e6"),
        "frame": Paint(stroke=RULE, width=0.7),
        "spec-ci": Paint(stroke=p.square, width=0.5),
        "spec-ci-open": Paint(stroke=RULE, width=0.5),
        "spec-open": Paint(fill="#ffffff", stroke=MUTED, width=0.7),
        "spec-mark": Paint(fill=p.interval),
        "spec-rule": Paint(stroke=RULE, width=0.5),
        "band": Paint(fill="#dfe7ef"),
        **{
            f"series-{i}": Paint(stroke=colour, width=1.4, dash=dash)
            for i, (colour, dash) in enumerate(zip(p.series, DASHES, strict=True))
        },
        "stage": Paint(fill=tint(p.square, 0.22)),
        **{f"kappa-{i}": Paint(fill=tint(p.square, 0.13 * (i - 1))) for i in range(1, 5)},
        "drape": Paint(stroke=p.square, width=0.5),
        "drape-many": Paint(stroke=tint(p.square, 0.55), width=0.35),
        "drape-range": Paint(stroke=INK, width=0.8, dash=(1, 1.5)),
        "drape-open": Paint(stroke=p.square, width=0.5, dash=(3, 1.5)),
        "pooled-curve": Paint(stroke=_line_colour(p), width=1.8),
        "fruit": Paint(fill=shade(p.square, 2), stroke=p.square, width=0.5),
        "fruit-hollow": Paint(stroke=p.square, width=0.8),
        "thin": Paint(stroke=INK, width=0.9),
        "thick": Paint(stroke=INK, width=3.0),
        "trunk": Paint(fill=p.pooled, stroke=INK, width=0.7),
        "curve": Paint(stroke=p.square, width=1.4),
        "curve-share": Paint(stroke=_line_colour(p), width=1.4, dash=(4, 2.5)),
        "rob-none": Paint(fill="#ffffff", stroke=RULE, width=0.6, hatch="////"),
        **{
            f"rob-{name}": Paint(fill=colour, stroke=INK, width=0.5)
            for name, colour in zip(SEVERITIES, p.bias, strict=True)
        },
        **{
            f"rob-{name}-mark": Paint(fill=legible_on(colour))
            for name, colour in zip(SEVERITIES, p.bias, strict=True)
        },
        **{f"density-{i}": Paint(fill=shade(p.square, i)) for i in range(1, 5)},
        **{f"overlay-{i}": Paint(fill=shade(p.pooled, i)) for i in range(1, 5)},
        "benchmark": Paint(stroke=MUTED, width=0.9, dash=(2, 2)),
    }
