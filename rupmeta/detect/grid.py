"""Classes under many defensible settings at once: rule and k, window, fraction, policy for mixed clients."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rupmeta.detect.classify import Detection, complete_scale, detect_ruptures, group_under
from rupmeta.detect.episodes import Varied
from rupmeta.detect.rules import Pool, pool_of
from rupmeta.detect.series import Ratings
from rupmeta.detect.settings import RuleName, Settings
from rupmeta.errors import UsageError

__all__ = ["FRACTIONS", "MIXED_POLICIES", "MULTIPLIERS", "WINDOWS", "Grid", "GridPoint", "detect_grid"]

#: Rule → multipliers that were published or are usual for it; None: it has none.
MULTIPLIERS: dict[RuleName, tuple[float | None, ...]] = {
    "mean-sd": (1.0, 1.5, 2.0, 3.0),
    "diff-sd": (1.0, 2.0),
    "xmr": (2.0, 3.0),
    "tukey": (1.5, 3.0),
    "rci": (None,),
    "sudden-loss": (None,),
    "regression-residual": (1.0, 2.0),
}
WINDOWS = (1, 3, 5, 0)
FRACTIONS = (0.5, 0.75, 1.0)
MIXED_POLICIES = ("any-unrepaired", "last-episode", "any-repaired", "separate")
_RATINGS = 4_000_000  # copies of ratings that are judged at once


@dataclass(frozen=True, slots=True)
class GridPoint:
    """One combination of settings."""

    rule: RuleName
    k: float | None
    window: int
    fraction: float
    mixed: str


@dataclass(frozen=True)
class Grid:
    """Every combination, with the group of every client under it.

    ``group``: shape (points, m), index into ``GROUPS``, −1 for none; ``repaired`` and ``unrepaired``:
    episodes, ``classified``: whether the rule can judge the client, same shape. ``left_out``: rules that
    cannot run, with the reason.
    """

    points: tuple[GridPoint, ...]
    group: NDArray[np.int8]
    repaired: NDArray[np.int32]
    unrepaired: NDArray[np.int32]
    classified: NDArray[np.bool_]
    left_out: tuple[tuple[str, str], ...]


def detect_grid(ratings: Ratings, settings: Settings) -> Grid:
    """Judge every client under every combination; what the grid does not vary is as in ``settings``.

    All windows and fractions of one rule and k are one pass over copies of the series. The fraction varies
    only under the repair rule that has one. The settings of the user are a point of the grid even where
    their window, fraction or k is not among those above.
    """
    points: list[GridPoint] = []
    parts: list[tuple[NDArray[Any], ...]] = []
    left_out: list[tuple[str, str]] = []
    windows = tuple(dict.fromkeys((*WINDOWS, settings.window)))
    fractions = tuple(sorted({*FRACTIONS, settings.fraction})) if settings.repair == "fraction" else (
        settings.fraction,
    )  # fmt: skip
    ways = [(window, fraction) for window in windows for fraction in fractions]
    for rule, multipliers in MULTIPLIERS.items():
        own = (settings.k,) if rule == settings.rule and settings.k is not None else ()
        for k in dict.fromkeys((*multipliers, *own)):
            try:
                chosen = complete_scale(replace(settings, rule=rule, k=k), ratings)
            except UsageError as error:
                left_out.append((rule, str(error)))
                break
            for (window, fraction), found in zip(ways, _every_way(ratings, chosen, ways), strict=True):
                for mixed in MIXED_POLICIES:
                    points.append(GridPoint(rule, k, window, fraction, mixed))
                    parts.append(
                        (
                            group_under(found, mixed), found.repaired.astype(np.int32),
                            found.unrepaired.astype(np.int32), found.classified,
                        )
                    )  # fmt: skip
    group, repaired, unrepaired, classified = (np.stack(arrays) for arrays in zip(*parts, strict=True))
    return Grid(tuple(points), group, repaired, unrepaired, classified, tuple(left_out))


def _every_way(ratings: Ratings, settings: Settings, ways: list[tuple[int, float]]) -> list[Detection]:
    """The detection under every window and fraction: copies of the series, one after the other."""
    pool = pool_of(ratings, settings) if settings.pooled else Pool()
    m = ratings.m
    at_once = max(1, _RATINGS // max(1, len(ratings.score)))
    results: list[Detection] = []
    for begin in range(0, len(ways), at_once):
        some = ways[begin : begin + at_once]
        copies = ratings.take(np.tile(np.arange(m), len(some)))
        varied = Varied(
            np.repeat(np.array([window for window, _ in some], dtype=np.int64), m),
            np.repeat(np.array([fraction for _, fraction in some]), m),
        )
        found = detect_ruptures(copies, settings, pool, varied)
        results += [found.part(slice(i * m, (i + 1) * m)) for i in range(len(some))]
    return results
