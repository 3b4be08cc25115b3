"""What is asked about power, and the answer."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rupmeta.errors import UsageError
from rupmeta.explore.power.simulate import Simulated
from rupmeta.explore.power.update import Known
from rupmeta.results import Note

__all__ = ["Asked", "ModeratorPower", "Needed", "PowerCurve", "PowerResult", "PowerRow", "on_measure"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is planned. ``effect`` and ``smallest`` are on the scale of ``measure``; ``n`` is per study.

    ``k`` studies (planned), or ``add`` numbers of further ones (update). ``width``: wanted half-width on the
    scale of ``measure``. ``levels``: true means of two subgroups, ``split`` of the k studies in the first.
    ``ends``: true means one standard deviation below and above the mean of a number.
    """

    measure: str = "ZCOR"
    effect: float | None = None
    n: tuple[float, ...] = ()
    k: int | None = None
    add: tuple[int, ...] = ()
    tau2: float | None = None
    I2: float | None = None
    smallest: float | None = None
    width: float | None = None
    power: float = 0.80
    levels: tuple[float, float] | None = None
    ends: tuple[float, float] | None = None
    split: int | None = None
    method: str = "REML"
    test: str = "adhoc"
    level: float = 0.95
    iterations: int = 4_000
    seed: int = 20260101


@dataclass(frozen=True, slots=True)
class PowerRow:
    """One state of affairs: ``k`` studies, ``added`` of them new, true effects varying by ``tau2``.

    ``formula`` takes tau2 as known, ``simulated`` estimates it. ``beyond``: by formula, that the interval
    excludes what lies nearer to nothing than the smallest effect of interest. ``assurance``: None for plans.
    """

    k: int
    added: int
    tau2: float
    I2: float | None
    half_width: float
    formula: float
    simulated: Simulated
    beyond: float | None
    assurance: float | None
    q: float


@dataclass(frozen=True, slots=True)
class ModeratorPower:
    """Power of a subgroup contrast or a slope under one ``tau2``; ``difference`` on the analysis scale."""

    kind: str
    tau2: float
    I2: float | None
    k: int
    difference: float
    formula: float
    simulated: Simulated


@dataclass(frozen=True, slots=True)
class Needed:
    """The fewest (further) studies of ``n`` people for each goal; None: not with 2,000, or not asked."""

    n: float
    tau2: float
    I2: float | None
    null: int | None
    beyond: int | None
    width: int | None


@dataclass(frozen=True, slots=True)
class PowerCurve:
    """Power by formula over numbers of ``studies``; ``beyond`` None without a smallest effect of interest."""

    tau2: float
    I2: float | None
    studies: tuple[int, ...]
    power: tuple[float, ...]
    beyond: tuple[float, ...] | None


@dataclass(frozen=True)
class PowerResult:
    """Everything about a plan. ``known`` and ``analysis`` are None without a review."""

    asked: Asked
    effect: float
    n: tuple[float, ...]
    rows: tuple[PowerRow, ...]
    moderators: tuple[ModeratorPower, ...]
    needed: tuple[Needed, ...]
    curve: tuple[PowerCurve, ...]
    notes: tuple[Note, ...]
    known: Known | None = None
    analysis: str | None = None
    subject: str | None = None
    title: str | None = None
    synthetic: bool = False


def on_measure(value: float, unit: str, measure: str) -> float:
    """A value given as r or d on the scale of ``measure``; d = 2r/√(1 - r²) joins the two."""
    if unit == "r":
        if not -1 < value < 1:
            raise UsageError(f"{value:g} is not a correlation (-1 to 1)")
        return math.atanh(value) if measure == "ZCOR" else 2.0 * value / math.sqrt(1.0 - value * value)
    return math.asinh(value / 2.0) if measure == "ZCOR" else value
