"""Bootstrap of an effect from classes: clients resampled, ratings disturbed by their measurement error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rupmeta.detect.classify import EXCLUDED, Detection
from rupmeta.detect.series import Float, Ratings
from rupmeta.detect.uncertainty import detect_again
from rupmeta.effects.session_contrasts import Contrast, predictors

__all__ = ["Bootstrap", "bootstrap_contrast", "weighted_r"]

CELLS = 2_000_000  # resample × client cells held in memory
USABLE = 0.9  # share of resamples that must have an effect


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Percentile intervals of r, positive: better outcome with repair; None: too few resamples have an r.

    ``clients``: clients resampled, classes as detected. ``total``: classes detected anew from ratings with
    another N(0, SEM²) of error, clients resampled (None without SEM). ``se_*``: standard deviations of
    atanh r over resamples; ``se_classes``: over the disturbed classifications, clients as they are.
    ``r_disturbed``: mean r over them. Error added to ratings that hold error already pulls an effect towards
    0; this shows how far. ``changed``: mean share of clients whose class changes.
    """

    resamples: int
    classifications: int
    level: float
    clients: tuple[float, float] | None
    se_clients: float | None
    total: tuple[float, float] | None = None
    se_total: float | None = None
    se_classes: float | None = None
    r_disturbed: float | None = None
    changed: float | None = None


def weighted_r(x: Float, y: Float, weight: Float) -> Float:
    """Pearson's r by row of ``weight`` (B, m); ``x`` (m,) or (B, m); NaN in x or y: not used; shape (B,).

    NaN where a row leaves no spread in x or y. For x of 0 and 1 it is the point-biserial r.
    """
    used = ~np.isnan(x) & ~np.isnan(y)
    w = weight * used
    x, y = np.where(used, x, 0.0), np.where(used, y, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        n = w.sum(axis=1)
        mx, my = (w * x).sum(axis=1) / n, (w * y).sum(axis=1) / n
        dx, dy = x - mx[:, None], y - my[:, None]
        sxx, syy = (w * dx * dx).sum(axis=1), (w * dy * dy).sum(axis=1)
        r = (w * dx * dy).sum(axis=1) / np.sqrt(sxx * syy)
    return np.where((sxx > 1e-12) & (syy > 1e-12), np.clip(r, -1, 1), np.nan)


def bootstrap_contrast(
    contrast: Contrast,
    found: Detection,
    ratings: Ratings,
    *,
    sign: int,
    dose: str = "episodes",
    resamples: int = 2000,
    level: float = 0.95,
    seed: int = 20260101,
) -> Bootstrap:
    """Resample clients and, where the SEM is known, the classification behind them.

    ``sign`` −1: lower outcomes are better. Resample b uses disturbed classification b mod K, so that both
    sources of error vary together; the same seed gives the same interval.
    """
    rng = np.random.default_rng([seed, 12])
    m, y = ratings.m, sign * contrast.y
    settings, xs, changed = found.settings, None, None
    if settings.scale.sem:
        # The same disturbed ratings as those by which the classes themselves are judged.
        again = detect_again(ratings, settings, np.random.default_rng([seed, 21]))
        judged = found.kind != EXCLUDED
        changed = float((again.kind != found.kind)[:, judged].mean())
        xs = predictors(again, contrast.comparison, dose)
    plain, total = np.empty(resamples), np.full(resamples, np.nan)
    size = max(1, CELLS // max(1, m))
    for begin in range(0, resamples, size):
        at = np.arange(begin, min(begin + size, resamples))
        weight = rng.multinomial(m, np.full(m, 1 / m), size=len(at)).astype(np.float64)
        plain[at] = weighted_r(contrast.x, y, weight)
        if xs is not None:
            total[at] = weighted_r(xs[at % len(xs)], y, weight)
    alone = np.ones((1, m))
    classes = None if xs is None else np.concatenate([weighted_r(x, y, alone) for x in xs])
    kept = None if classes is None else classes[np.isfinite(classes)]
    return Bootstrap(
        resamples=resamples,
        classifications=0 if xs is None else len(xs),
        level=level,
        clients=_interval(plain, level),
        se_clients=_spread(plain),
        total=_interval(total, level),
        se_total=_spread(total),
        se_classes=None if classes is None else _spread(classes),
        r_disturbed=float(kept.mean()) if kept is not None and len(kept) else None,
        changed=changed,
    )


def _usable(r: Float) -> Float | None:
    kept = r[np.isfinite(r)]
    return kept if len(kept) >= max(2.0, USABLE * len(r)) else None


def _interval(r: Float, level: float) -> tuple[float, float] | None:
    kept = _usable(r)
    if kept is None:
        return None
    low, high = np.quantile(kept, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _spread(r: Float) -> float | None:
    """Standard deviation of atanh r; r of ±1 is held at ±.9999."""
    kept = _usable(r)
    return None if kept is None else float(np.arctanh(np.clip(kept, -0.9999, 0.9999)).std(ddof=1))
