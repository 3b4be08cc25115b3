"""What the figures of session ratings show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["AgreementData", "Curve", "CurvesData", "EpisodeMark", "SessionsData", "SessionsPanel"]


@dataclass(frozen=True, slots=True)
class EpisodeMark:
    """One rupture: sessions of onset, end and lowest rating, that rating, and the session of its repair."""

    onset: int
    end: int
    nadir_at: int
    nadir: float
    status: Literal["repaired", "unrepaired", "censored"]
    repaired_at: int | None = None


@dataclass(frozen=True, slots=True)
class SessionsPanel:
    """One client: rated sessions with their scores, own mean, limits by session, phase boundaries.

    ``limits``: (session, limit); empty where the client was not judged. ``remark``: why not.
    """

    client: str
    kind: str
    sessions: tuple[int, ...]
    scores: tuple[float, ...]
    mean: float
    limits: tuple[tuple[int, float], ...] = ()
    episodes: tuple[EpisodeMark, ...] = ()
    phases: tuple[float, float] | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class SessionsData:
    """One large panel or many small ones on the same scale; ``lower_better`` turns the marks round."""

    name: str
    title: str
    measure: str
    panels: tuple[SessionsPanel, ...]
    low: float
    high: float
    lower_better: bool = False
    banners: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgreementData:
    """A square of rules or sources; (first, second) → κ and n; None where there is none."""

    name: str
    title: str
    names: tuple[str, ...]
    kappa: dict[tuple[str, str], float | None]
    n: dict[tuple[str, str], int]
    banners: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Curve:
    """Shares, 0 to 1, by number of ratings."""

    name: str
    points: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class CurvesData:
    """Expected false alarms over the length of therapy."""

    name: str
    title: str
    curves: tuple[Curve, ...]
    lengths: tuple[int, ...] = ()
    banners: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
