"""Outcomes of clients by the class that their session ratings have: contrasts, doses, adjusted effects."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rupmeta.detect.classify import GROUPS, Detection
from rupmeta.detect.grid import Grid
from rupmeta.detect.series import Float, Truth
from rupmeta.detect.uncertainty import Again
from rupmeta.effects.from_correlations import from_r
from rupmeta.effects.from_counts import from_cells
from rupmeta.effects.from_groups import from_means
from rupmeta.effects.hubs import Hub, NoEffect
from rupmeta.errors import UsageError
from rupmeta.results import Note, NotEstimable

__all__ = [
    "COMPARISONS",
    "Adjusted",
    "Contrast",
    "adjust_contrast",
    "contrast_doses",
    "contrast_grid",
    "contrast_groups",
    "contrast_outcomes",
    "dose_of_repair",
    "predictors",
]

COMPARISONS = ("unrepaired-rupture", "no-rupture", "continuous")
FEWEST = 5  # clients in a group: fewer give no effect
FEW = 10


@dataclass(frozen=True)
class Contrast:
    """Who is compared on what.

    ``x``: predictor per client, shape (m,): 1 for repaired and 0 for the comparison, or the dose; NaN for
    clients outside. ``y``: outcome, or gain where there is a baseline, in the direction of its scale; NaN
    where unknown.
    ``spearman``: rank correlation over doses, whose counts are skewed.
    ``used``: clients with both. ``hub`` leads to every measure. ``n2`` None: continuous.
    """

    comparison: str
    x: Float
    y: Float
    used: Truth
    binary: bool
    n1: int
    n2: int | None
    hub: Hub
    notes: tuple[Note, ...] = ()
    spearman: float | None = None


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Partial correlation of outcome and predictor given covariates: r_p = t/√(t² + df).

    V(r_p) = (1 − r_p²)²/(n − m), V(z) = 1/(n − m − 2), m predictors (Aloe & Thompson 2013,
    doi 10.5243/jsswr.2013.24). ``sign`` of the outcome is not yet applied.
    """

    covariates: tuple[str, ...]
    t: float
    df: int
    r: float
    v_r: float
    z: float
    v_z: float
    n: int


def outcome_of(outcomes: Mapping[str, Float], outcome: str, baseline: str | None) -> tuple[Float, bool]:
    """The outcome, or its gain over the baseline, and whether it is yes or no."""
    y = outcomes[outcome]
    values = y[~np.isnan(y)]
    binary = bool(len(values)) and bool(np.isin(values, (0.0, 1.0)).all())
    if baseline is None:
        return y, binary
    if binary:
        raise UsageError(f"{outcome} is yes or no (0 and 1): it has no gain from {baseline}")
    return y - outcomes[baseline], binary


def contrast_outcomes(
    found: Detection,
    outcomes: Mapping[str, Float],
    outcome: str,
    *,
    comparison: str = "unrepaired-rupture",
    baseline: str | None = None,
    dose: str = "episodes",
) -> Contrast:
    """Outcomes of clients whose ruptures were repaired against others, or over the dose of repair.

    ``dose``: ``episodes`` (repaired ones, classifiable clients) or ``share`` (of ruptures that were repaired,
    clients with ruptures). Raises ``NoEffect`` (DET-SMALL) below 5 clients in a group.
    """
    if comparison not in COMPARISONS:
        raise UsageError(f"comparison {comparison} is not known; choose one of {', '.join(COMPARISONS)}")
    y, binary = outcome_of(outcomes, outcome, baseline)
    if comparison == "continuous":
        return _dose(found, y, binary, dose)
    x = _compared(found.group, comparison)
    return contrast_groups(x, y, comparison=comparison, binary=binary)


def _compared(group: NDArray[np.int8], comparison: str) -> Float:
    """1 for repaired clients, 0 for those they are compared with, NaN for the rest."""
    other = GROUPS.index("unrepaired" if comparison == "unrepaired-rupture" else "none")
    return np.where(group == 1, 1.0, np.where(group == other, 0.0, np.nan))


def contrast_groups(x: Float, y: Float, *, comparison: str, binary: bool) -> Contrast:
    """The outcomes ``y`` where ``x`` is 1 against those where it is 0."""
    used = ~np.isnan(x) & ~np.isnan(y)
    one, two = y[used & (x == 1)], y[used & (x == 0)]
    n1, n2 = len(one), len(two)
    others = "with unrepaired ones" if comparison == "unrepaired-rupture" else "without"
    words = f"{n1} clients with repaired ruptures and {n2} {others}"
    if min(n1, n2) < FEWEST:
        raise NoEffect(f"{words} have an outcome; each group needs {FEWEST}", "DET-SMALL")
    notes = (Note("DET-SMALL", f"{words}: a small group", severity="warning"),) if min(n1, n2) < FEW else ()
    if binary:
        a, c = int(one.sum()), int(two.sum())
        hub: Hub = from_cells({"a": a, "b": n1 - a, "c": c, "d": n2 - c})
    else:
        hub = from_means(
            {
                "mean1": float(one.mean()), "sd1": float(one.std(ddof=1)), "n1": n1,
                "mean2": float(two.mean()), "sd2": float(two.std(ddof=1)), "n2": n2,
            }
        )  # fmt: skip
    return Contrast(comparison, x, y, used, binary, n1, n2, hub, notes)


def _dose(found: Detection, y: Float, binary: bool, dose: str) -> Contrast:
    x = dose_of_repair(found.repaired, found.unrepaired, found.classified, dose)
    return contrast_doses(x, y, binary=binary)


def dose_of_repair(repaired: NDArray[Any], unrepaired: NDArray[Any], classified: Truth, dose: str) -> Float:
    """Repaired episodes of every classifiable client, or their share of all ruptures; NaN for the rest."""
    if dose not in ("episodes", "share"):
        raise UsageError(f"dose {dose} is not known; choose episodes or share")
    ruptures = repaired + unrepaired
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(ruptures > 0, repaired / ruptures, np.nan)
    x = share if dose == "share" else repaired.astype(np.float64)
    return np.where(classified, x, np.nan)


def contrast_doses(x: Float, y: Float, *, binary: bool) -> Contrast:
    """The outcomes ``y`` over the doses ``x``: Pearson's r."""
    used = ~np.isnan(x) & ~np.isnan(y)
    n = int(used.sum())
    if n < 2 * FEWEST:
        reason = f"{n} clients have an outcome and a number of repairs; {2 * FEWEST} are needed"
        raise NoEffect(reason, "DET-SMALL")
    if np.ptp(x[used]) == 0 or np.ptp(y[used]) == 0:
        raise NoEffect("all clients have the same number of repairs, or the same outcome", "DET-SMALL")
    r = float(np.corrcoef(x[used], y[used])[0, 1])
    ranks = np.corrcoef(_mid_ranks(x[used]), _mid_ranks(y[used]))[0, 1]
    hub = from_r({"r": r, "n": n})
    return Contrast("continuous", x, y, used, binary, n, None, hub, spearman=float(ranks))


def _mid_ranks(x: Float) -> Float:
    """Ranks from 1; equal values share the mean of theirs."""
    _, place, many = np.unique(x, return_inverse=True, return_counts=True)
    last = np.cumsum(many)
    return np.asarray((last - (many - 1) / 2)[place], dtype=np.float64)


def predictors(found: Grid | Again, comparison: str, dose: str) -> Float:
    """``Contrast.x`` of many classifications of the same clients, one per row."""
    if comparison == "continuous":
        return dose_of_repair(found.repaired, found.unrepaired, found.classified, dose)
    return _compared(found.group, comparison)


def contrast_grid(
    grid: Grid,
    outcomes: Mapping[str, Float],
    outcome: str,
    *,
    comparison: str = "unrepaired-rupture",
    baseline: str | None = None,
    dose: str = "episodes",
) -> list[Contrast | NotEstimable]:
    """One contrast for every point of a grid, or the reason why there is none; equal groupings are one."""
    y, binary = outcome_of(outcomes, outcome, baseline)
    x = predictors(grid, comparison, dose)
    known: dict[bytes, Contrast | NotEstimable] = {}
    results = []
    for row in x:
        key = row.tobytes()
        if key not in known:
            try:
                known[key] = (
                    contrast_doses(row, y, binary=binary)
                    if comparison == "continuous"
                    else contrast_groups(row, y, comparison=comparison, binary=binary)
                )
            except NoEffect as stop:
                known[key] = stop.problem
        results.append(known[key])
    return results


def adjust_contrast(contrast: Contrast, covariates: Mapping[str, Float]) -> Adjusted:
    """OLS of the outcome on the predictor and the covariates; the predictor's t as a partial correlation.

    Raises ``NoEffect`` when a covariate leaves nothing of the predictor, or too few clients.
    """
    used = contrast.used & np.all([~np.isnan(values) for values in covariates.values()], axis=0)
    columns = [contrast.x[used], *(values[used] for values in covariates.values())]
    centred = [column - column.mean() for column in columns if np.ptp(column) > 0]
    n, m = int(used.sum()), len(centred)
    df = n - m - 1
    if len(centred) < len(columns) and np.ptp(columns[0]) == 0:
        raise NoEffect("the adjusted effect has only one group", "DET-SMALL")
    if df < 2 or n - m - 2 < 1:
        raise NoEffect(f"{n} clients are too few for {m} predictors", "DET-SMALL")
    X = np.column_stack([np.ones(n), *centred])
    beta, _, rank, _ = np.linalg.lstsq(X, contrast.y[used], rcond=None)
    if rank < X.shape[1]:
        raise NoEffect("the covariates tell the groups apart completely", "DET-SMALL")
    residual = contrast.y[used] - X @ beta
    variance = float(residual @ residual) / df * float(np.linalg.inv(X.T @ X)[1, 1])
    if not variance > 0:
        raise NoEffect("the adjusted outcome has no spread", "V-NEG")
    t = float(beta[1]) / math.sqrt(variance)
    r = t / math.sqrt(t * t + df)
    return Adjusted(
        tuple(covariates), t, df, r, (1 - r * r) ** 2 / (n - m), math.atanh(r), 1 / (n - m - 2), n
    )
