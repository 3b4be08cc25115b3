"""How journals want a forest plot to look; methods never depend on it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rupmeta.errors import UsageError
from rupmeta.render.numbers import APA, BMJ, COCHRANE, JAMA, NumberStyle

__all__ = ["APA_LOOK", "CM", "JOURNALS", "WIDTHS", "JournalLook", "Look", "width_points"]

Align = Literal["start", "end"]
Column = Literal["study", "n", "effect", "weight"]
CM = 72 / 2.54


@dataclass(frozen=True, slots=True)
class JournalLook:
    """The house rules of a journal.

    ``left`` and ``right`` are the columns on either side of the plot, ``grouped_heading`` the heading of the
    studies where there are subgroups, ``above`` the words over the plot with the fields ``{measure}``,
    ``{model}`` (one of ``models``: fixed, random) and ``{level}``, ``tests`` which tests are shown below it,
    ``axis_title`` the words under the axis with ``{name}`` and ``{level}``. ``align`` is the side on which
    numbers stand flush, ``total_weights`` gives pooled rows the sum of the weights, ``italics`` sets Latin
    statistics in italics, ``palettes`` are palettes for some measures.
    """

    name: str
    left: tuple[Column, ...]
    right: tuple[Column, ...]
    study_heading: str
    numbers: NumberStyle
    grouped_heading: str | None = None
    weight_heading: str = "Weight"
    weight_percent: bool = True
    palette: str = "okabe-ito"
    pooled_bold: bool = True
    plot_width: float = 6 * CM
    above: str = ""
    models: tuple[str, str] = ("IV, Fixed", "IV, Random")
    axis_title: str = "{name}"
    favours: Literal["bottom", "top"] = "bottom"
    heterogeneity: Literal["apa", "revman", "bmj", "jama"] = "apa"
    tests: tuple[Literal["overall", "subgroups", "between"], ...] = ("overall", "between")
    show_prediction: bool = True
    blank_rows: bool = True
    align: Align = "end"
    total_weights: bool = False
    italics: bool = False
    palettes: Mapping[str, str] = field(default_factory=dict)

    def palette_of(self, measure: str) -> str:
        """The palette for effects on the display scale ``measure``."""
        return self.palettes.get(measure, self.palette)


APA_LOOK = JournalLook(
    "apa", ("study", "n"), ("effect", "weight"), "Study", APA, above="{measure} and {level} CI", italics=True
)

#: RevMan 5 colours squares by the kind of data: counts blue, means green, anything else red.
_REVMAN = {
    **dict.fromkeys(("or", "rr", "rd"), "revman-dichotomous"),
    **dict.fromkeys(("d", "g", "md"), "revman-continuous"),
}

JOURNALS: Mapping[str, JournalLook] = {
    "apa": APA_LOOK,
    "revman": JournalLook(
        "revman",
        ("study", "n", "weight", "effect"),
        (),
        "Study",
        COCHRANE,
        grouped_heading="Study or Subgroup",
        palette="revman",
        above="{model}, {level} CI",
        heterogeneity="revman",
        tests=("overall", "subgroups", "between"),
        total_weights=True,
        palettes=_REVMAN,
    ),
    "bmj": JournalLook(
        "bmj",
        ("study", "n"),
        ("weight", "effect"),
        "Study",
        BMJ,
        weight_heading="Weight (%)",
        weight_percent=False,
        pooled_bold=False,
        plot_width=8 * CM,
        above="{measure}, {model} ({level} CI)",
        models=("IV, fixed", "IV, random"),
        heterogeneity="bmj",
        tests=("overall",),
    ),
    "jama": JournalLook(
        "jama",
        ("study", "n"),
        ("effect", "weight"),
        "Source",
        JAMA,
        palette="jama",
        pooled_bold=False,
        plot_width=8 * CM,
        axis_title="{name} ({level} CI)",
        favours="top",
        heterogeneity="jama",
        tests=("overall",),
        blank_rows=False,
        align="start",
        italics=True,
    ),
}


#: Columns of journals: Elsevier, Nature and most others print 89 to 90, 140 and 180 to 190 mm.
WIDTHS: Mapping[str, float] = {"single": 89.0, "middle": 140.0, "double": 180.0}
_UNITS: Mapping[str, float] = {"mm": CM / 10, "cm": CM, "in": 72.0, "pt": 1.0, "": 1.0}
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(mm|cm|in|pt|)")


def width_points(width: str | float | None) -> float | None:
    """A width in points: a number, a length with its unit, or the column of a journal.

    >>> width_points("single"), width_points("3.5in"), width_points(400)
    (252.28, 252.0, 400.0)
    """
    if width is None:
        return None
    text = str(width).strip()
    if text in WIDTHS:
        return round(WIDTHS[text] * CM / 10, 2)
    found = _LENGTH.fullmatch(text)
    if found is None or not float(found[1]):
        columns = ", ".join(f"{name} ({mm:.0f} mm)" for name, mm in WIDTHS.items())
        raise UsageError(
            f"--width {text} is no width; write points, a length such as 90mm or 3.5in, or a column: "
            f"{columns}"
        )
    return round(float(found[1]) * _UNITS[found[2]], 2)


@dataclass(frozen=True, slots=True)
class Look:
    """What the user may choose: journal, colours, size.

    ``width`` in points (None: as wide as the content asks for). ``rows_per_page`` None: one page, however
    long (HTML).
    """

    journal: JournalLook = field(default=APA_LOOK)
    palette: str | None = None
    width: float | None = None
    size: float = 9.0
    rows_per_page: int | None = 40
    show_title: bool = True
