"""Hubs: the few quantities that every route leads to and every measure starts from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rupmeta.results import Note, NotEstimable

__all__ = [
    "Change",
    "Correlation",
    "Given",
    "Groups",
    "Hub",
    "LogRatio",
    "Means",
    "NoEffect",
    "Table",
    "Values",
    "show",
]

#: What stands in one ``reported`` entry, by key.
Values = Mapping[str, Any]


class NoEffect(Exception):  # noqa: N818  (a finding that ends one route, not an error of the program)
    """Ends the computation of one route; carries the sentence that says why and what would suffice."""

    def __init__(self, reason: str, code: str = "DROP"):
        self.problem = NotEstimable(reason, code)
        super().__init__(reason)


def show(x: float) -> str:
    """A number inside a formula: four decimals at most, no leading zero, a true minus sign.

    >>> show(-0.48712), show(26.0), show(0.0000123)
    ('−.4871', '26', '1.23e-05')
    """
    if not math.isfinite(x):
        return str(x)
    text = f"{x:.3g}" if 0 < abs(x) < 1e-3 or abs(x) >= 1e9 else f"{x:.4f}".rstrip("0").rstrip(".")
    text = text.replace("-0.", "-.", 1) if text.startswith("-0.") else text.removeprefix("0") or "0"
    return "−" + text[1:] if text.startswith("-") else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """What all hubs share.

    ``n``: people behind the effect. ``steps``: the formulas so far, with numbers. ``approximate``: the needed
    number that was not printed. ``notes`` travel with the effect. ``adjusted``: for covariates, another
    estimand than the plain effect. ``design_effect``: factor of the variance in a cluster design.
    """

    n: float | None = None
    steps: tuple[str, ...] = ()
    approximate: str | None = None
    notes: tuple[Note, ...] = ()
    adjusted: bool = False
    design_effect: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation(Hub):
    """A correlation as z = atanh r, with the variances of z and of r.

    ``df``: degrees of freedom of its t test (None: it has none). ``kind``: ``phi`` for two binary variables.
    """

    z: float
    v_z: float
    v_r: float
    df: float | None = None
    n1: float | None = None
    n2: float | None = None
    kind: Literal["r", "phi"] = "r"

    @property
    def r(self) -> float:
        """The correlation."""
        return math.tanh(self.z)


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups(Hub):
    """A standardised mean difference d of group 1 and group 2 and its variance.

    ``m``: degrees of freedom of the SD that d is measured in, from which J follows (None: unknown, J = 1).
    ``n1``, ``n2`` None: sizes unknown. ``own_variance``: ``v_d`` was printed or comes from another design
    than two independent groups, so the sizes do not give it.
    """

    d: float
    v_d: float
    m: float | None
    n1: float | None = None
    n2: float | None = None
    own_variance: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Means(Hub):
    """Means and SDs of two independent groups."""

    mean1: float
    sd1: float
    n1: float
    mean2: float
    sd2: float
    n2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Hub):
    """A 2×2 table: events a and non-events b in group 1, c and d in group 2."""

    a: float
    b: float
    c: float
    d: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRatio(Hub):
    """A log odds, risk or hazard ratio with its variance; group sizes where they are printed.

    ``risk2``: the risk in group 2, with which a risk ratio becomes an odds ratio.
    """

    y: float
    v: float
    measure: Literal["OR", "RR", "HR"]
    n1: float | None = None
    n2: float | None = None
    risk2: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Hub):
    """Change of one group from before to after treatment; ``sd_pre``, ``sd_diff``, ``r`` may be unknown."""

    change: float
    sd_pre: float | None
    size: float
    sd_diff: float | None
    r: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given(Hub):
    """An effect and its variance on a scale that has no conversion; it is pooled among its like."""

    yi: float
    vi: float
    measure: str
