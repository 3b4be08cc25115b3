"""What the comparison of adjustments shows: one estimate per assumption about what is missing."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AdjustmentRow", "AdjustmentsData"]


@dataclass(frozen=True, slots=True)
class AdjustmentRow:
    """One adjustment on the display scale, limits perhaps unknown; ``reason``: why there is no estimate."""

    key: str
    label: str
    estimate: float | None
    ci_lb: float | None
    ci_ub: float | None
    assumption: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AdjustmentsData:
    """The answer under every adjustment; the first row is the pooled one.

    ``measure`` is a key of ``labels.DISPLAY``; ``k`` effects; ``favours`` the words left and right of null.
    """

    name: str
    title: str
    measure: str
    rows: tuple[AdjustmentRow, ...]
    k: int
    level: float = 0.95
    favours: tuple[str, str] = ("negative association", "positive association")
    banners: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
