"""The effect under every combination of rule, k, window, fraction and policy for mixed clients."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rupmeta.detect.classify import Detection
from rupmeta.detect.grid import GridPoint, detect_grid
from rupmeta.detect.rules import RULES
from rupmeta.detect.series import Ratings
from rupmeta.effects.hubs import NoEffect
from rupmeta.effects.onto import Setting, convert_hub
from rupmeta.effects.session_contrasts import Contrast, contrast_grid
from rupmeta.results import NotEstimable

__all__ = ["GridEffect", "GridEffects", "effects_of_grid"]


@dataclass(frozen=True, slots=True)
class GridEffect:
    """One point: r and its variance, z and its variance, positive: better with repair; or a reason."""

    point: GridPoint
    n1: int | None
    n2: int | None
    r: float | None = None
    vi: float | None = None
    z: float | None = None
    vi_z: float | None = None
    reason: str | None = None
    own: bool = False

    @property
    def estimable(self) -> bool:
        """Whether there is an effect."""
        return self.r is not None


@dataclass(frozen=True)
class GridEffects:
    """Every point, and what r is over those that have an effect.

    ``groupings``: how many different ways to group the clients there are among them. ``above``: share of
    points whose r is greater than 0. ``own``: the point of the settings in force.
    """

    effects: tuple[GridEffect, ...]
    left_out: tuple[tuple[str, str], ...]
    groupings: int
    median: float | None
    lowest: float | None
    highest: float | None
    above: float | None

    @property
    def estimable(self) -> int:
        """Points with an effect."""
        return sum(effect.estimable for effect in self.effects)


def effects_of_grid(
    found: Detection,
    ratings: Ratings,
    *,
    outcome: str,
    baseline: str | None,
    sign: int,
    comparison: str,
    dose: str = "episodes",
) -> GridEffects:
    """The contrast ``comparison`` under every point; ``sign`` −1: lower outcomes are better."""
    grid = detect_grid(ratings, found.settings)
    contrasts = contrast_grid(
        grid, ratings.outcomes, outcome, comparison=comparison, baseline=baseline, dose=dose
    )
    # Doses do not depend on the policy for mixed clients: one point is enough.
    kept = [
        i for i, point in enumerate(grid.points)
        if comparison != "continuous" or point.mixed == found.settings.mixed
    ]  # fmt: skip
    converted: dict[int, GridEffect] = {}
    effects = []
    for i in kept:
        contrast, point = contrasts[i], grid.points[i]
        key = id(contrast)
        if key not in converted:
            converted[key] = _effect(point, contrast, sign)
        one = converted[key]
        effects.append(
            GridEffect(
                point, one.n1, one.n2, one.r, one.vi, one.z, one.vi_z, one.reason, _is_own(point, found)
            )
        )
    rs = [effect.r for effect in effects if effect.r is not None]
    different = len({id(contrasts[i]) for i in kept if isinstance(contrasts[i], Contrast)})
    return GridEffects(
        tuple(effects),
        grid.left_out,
        different,
        median=float(np.median(rs)) if rs else None,
        lowest=min(rs, default=None),
        highest=max(rs, default=None),
        above=sum(r > 0 for r in rs) / len(rs) if rs else None,
    )


def _effect(point: GridPoint, contrast: Contrast | NotEstimable, sign: int) -> GridEffect:
    if isinstance(contrast, NotEstimable):
        return GridEffect(point, None, None, reason=contrast.reason)
    try:
        r, z = convert_hub(contrast.hub, "COR", Setting()), convert_hub(contrast.hub, "ZCOR", Setting())
    except NoEffect as stop:
        return GridEffect(point, contrast.n1, contrast.n2, reason=stop.problem.reason)
    if not (math.isfinite(z.yi) and math.isfinite(z.vi)):
        return GridEffect(point, contrast.n1, contrast.n2, reason="r is 1 or -1")
    return GridEffect(point, contrast.n1, contrast.n2, sign * r.yi, r.vi, sign * z.yi, z.vi)


def _is_own(point: GridPoint, found: Detection) -> bool:
    settings = found.settings
    default = RULES[settings.rule].k
    return (point.rule, point.k or default, point.window, point.fraction, point.mixed) == (
        settings.rule, settings.k or default, settings.window, settings.fraction, settings.mixed,
    )  # fmt: skip
