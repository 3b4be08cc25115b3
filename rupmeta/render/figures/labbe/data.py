"""What a L'Abbé plot shows: the share of good outcomes in two groups."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LabbeData", "LabbePoint"]


@dataclass(frozen=True, slots=True)
class LabbePoint:
    """One study: clients with the better outcome and all clients, group 1 (with repair) and group 2."""

    key: str
    label: str
    better1: float
    n1: float
    better2: float
    n2: float
    provisional: bool = False

    @property
    def share1(self) -> float:
        """Share with the better outcome in group 1."""
        return self.better1 / self.n1

    @property
    def share2(self) -> float:
        """Share with the better outcome in group 2."""
        return self.better2 / self.n2


@dataclass(frozen=True, slots=True)
class LabbeData:
    """A L'Abbé plot.

    ``groups`` name group 1 (upward) and group 2 (across). ``curve`` are (share2, share1) under the pooled
    effect, ``curve_label`` says which; both empty where it has no such reading, and ``footnotes`` say why.
    """

    name: str
    title: str
    points: tuple[LabbePoint, ...]
    groups: tuple[str, str]
    curve: tuple[tuple[float, float], ...] = ()
    curve_label: str = ""
    banners: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
