"""The atoms of every result: Estimate, Interval, Test, Note, NotEstimable."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

__all__ = ["Estimate", "Interval", "NotEstimable", "Note", "Severity", "Test"]

Severity = Literal["error", "exclusion", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Note:
    """A caveat that travels with a number into every output.

    ``code`` is stable (``docs/codes.md``), ``where`` an address such as a study, effect or file position.
    """

    code: str
    message: str
    where: str | None = None
    severity: Severity = "info"


@dataclass(frozen=True, slots=True)
class NotEstimable:
    """A number that cannot be had, and the sentence that says why."""

    reason: str
    code: str = "DROP"


@dataclass(frozen=True, slots=True)
class Interval:
    """Two limits on the scale of what they belong to; ``level`` is a proportion."""

    lb: float
    ub: float
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class Test:
    """A test of one or several coefficients: ``df2`` None means chi-square on ``df1``, else F."""

    stat: float
    df1: float
    df2: float | None
    pval: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number with its uncertainty, on the analysis scale.

    ``df`` None means that the reference distribution is normal, else Student's t with ``df``.
    Statistic, p value and interval are computed when asked, the interval at the level asked for.

    >>> e = Estimate("mu", 0.1499171485, 0.0315599602)
    >>> round(e.stat, 4), [round(x, 4) for x in (e.interval().lb, e.interval().ub)]
    (4.7502, [0.0881, 0.2118])
    """

    label: str
    estimate: float
    se: float
    df: float | None = None
    level: float = 0.95

    @property
    def stat(self) -> float:
        """z, or t when ``df`` is given: estimate / se; NaN when se is 0 or NaN."""
        return self.estimate / self.se if self.se > 0 else math.nan

    @property
    def pval(self) -> float:
        """Two-sided p value."""
        from rupmeta.numerics.distributions import two_sided_p

        return two_sided_p(self.stat, self.df)

    def interval(self, level: float | None = None) -> Interval:
        """Confidence interval at ``level`` (default: the estimate's own)."""
        from rupmeta.numerics.distributions import two_sided_quantile

        level = self.level if level is None else level
        half = two_sided_quantile(level, self.df) * self.se
        return Interval(self.estimate - half, self.estimate + half, level)

    @property
    def ci_lb(self) -> float:
        """Lower limit at the estimate's own level."""
        return self.interval().lb

    @property
    def ci_ub(self) -> float:
        """Upper limit at the estimate's own level."""
        return self.interval().ub

    def relabelled(self, label: str) -> Estimate:
        """The same numbers under another label."""
        return replace(self, label=label)

    def as_dict(self) -> dict[str, float | str | None]:
        """The JSON form of ``interface``: label, estimate, se, stat, df, pval, ci_lb, ci_ub."""
        interval = self.interval()
        return {
            "label": self.label,
            "estimate": self.estimate,
            "se": self.se,
            "stat": self.stat,
            "df": self.df,
            "pval": self.pval,
            "ci_lb": interval.lb,
            "ci_ub": interval.ub,
        }
