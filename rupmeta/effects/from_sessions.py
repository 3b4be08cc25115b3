"""Session-level ratings → classes of clients → a contrast of their outcomes: the raw route."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np

from rupmeta.detect.classify import GROUPS, Detection, complete_scale, detect_ruptures
from rupmeta.detect.parquet import open_parquet
from rupmeta.detect.rules import RULES
from rupmeta.detect.series import Float, Ratings, Truth, ratings_from
from rupmeta.detect.settings import Settings, settings_from
from rupmeta.effects.from_correlations import from_r
from rupmeta.effects.from_counts import from_cells
from rupmeta.effects.from_groups import from_means
from rupmeta.effects.hubs import Hub, NoEffect, Values, show
from rupmeta.errors import InputError, UsageError
from rupmeta.read.ratings import RatingsFile, RatingsFormat, parse_ratings
from rupmeta.results import Note

__all__ = [
    "COMPARISONS",
    "Adjusted",
    "Contrast",
    "SessionSource",
    "adjust_contrast",
    "contrast_outcomes",
    "from_sessions",
    "parse_detect",
    "series_of",
]

COMPARISONS = ("unrepaired-rupture", "no-rupture", "continuous")
FEWEST = 5  # clients in a group: fewer give no effect
FEW = 10
#: Keys of a ``detect`` mapping that say how the file is written, not how ruptures are found.
_FORM = ("rater", "instrument", "columns", "sep", "decimal", "baseline", "dose")


class SessionSource(str):
    """The path of a session file as the study writes it, with where it is and what it is read for."""

    __slots__ = ("comparison", "file")
    file: str
    comparison: str | None

    def __new__(cls, name: str, file: str, comparison: str | None) -> Self:
        """``name`` as written; ``file`` can be opened; ``comparison`` of the effect."""
        source = super().__new__(cls, name)
        source.file, source.comparison = file, comparison
        return source


@dataclass(frozen=True)
class Contrast:
    """Who is compared on what.

    ``x``: predictor per client, shape (m,): 1 for repaired and 0 for the comparison, or the dose; NaN for
    clients outside. ``y``: outcome, or gain where there is a baseline, in the direction of its scale; NaN
    where unknown.
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


def series_of(file: RatingsFile, settings: Settings) -> Ratings:
    """The ratings of a file as series."""
    return ratings_from(file.clients, file.sessions, file.scores, settings.scale, file.outcomes)


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
    y = outcomes[outcome]
    values = y[~np.isnan(y)]
    binary = bool(len(values)) and bool(np.isin(values, (0.0, 1.0)).all())
    if baseline is not None:
        if binary:
            raise UsageError(f"{outcome} is yes or no (0 and 1): it has no gain from {baseline}")
        y = y - outcomes[baseline]
    if comparison == "continuous":
        return _dose(found, y, binary, dose)
    other = GROUPS.index("unrepaired" if comparison == "unrepaired-rupture" else "none")
    x = np.where(found.group == 1, 1.0, np.where(found.group == other, 0.0, np.nan))
    used = ~np.isnan(x) & ~np.isnan(y)
    one, two = y[used & (x == 1)], y[used & (x == 0)]
    n1, n2 = len(one), len(two)
    others = "with unrepaired ones" if other == 2 else "without"
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
    if dose not in ("episodes", "share"):
        raise UsageError(f"dose {dose} is not known; choose episodes or share")
    ruptures = found.repaired + found.unrepaired
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(ruptures > 0, found.repaired / ruptures, np.nan)
    x = share if dose == "share" else found.repaired.astype(np.float64)
    x = np.where(found.classified, x, np.nan)
    used = ~np.isnan(x) & ~np.isnan(y)
    n = int(used.sum())
    if n < 2 * FEWEST:
        reason = f"{n} clients have an outcome and a number of repairs; {2 * FEWEST} are needed"
        raise NoEffect(reason, "DET-SMALL")
    if np.ptp(x[used]) == 0 or np.ptp(y[used]) == 0:
        raise NoEffect("all clients have the same number of repairs, or the same outcome", "DET-SMALL")
    r = float(np.corrcoef(x[used], y[used])[0, 1])
    return Contrast("continuous", x, y, used, binary, n, None, from_r({"r": r, "n": n}))


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


def from_sessions(v: Values) -> Hub:
    """The effect of a session file that a study points to, by the rule of its ``detect`` mapping.

    The outcome is compared as printed, on its own scale; the effect's ``better`` turns it round later.
    """
    source = v["sessions"]
    if not isinstance(source, SessionSource):
        raise NoEffect("ratings are read beside a study file; here there is none")
    try:
        stamp = Path(source.file).stat().st_mtime_ns
        key = json.dumps(v.get("detect") or {}, sort_keys=True, default=str)
        return _hub(source.file, stamp, source.comparison, v["outcome_column"], key)
    except (UsageError, OSError) as error:
        raise NoEffect(f"{source}: {error}") from error
    except InputError as error:
        first = error.problems[0]
        more = f" (and {len(error.problems) - 1} more)" if len(error.problems) > 1 else ""
        raise NoEffect(f"{source}, line {first.line}: {first.message}{more}", first.code) from error


def parse_detect(
    given: Mapping[str, Any], outcome: str | None = None
) -> tuple[Settings, RatingsFormat, dict[str, Any]]:
    """A ``detect`` mapping as what counts as a rupture, how the file is written, and ``baseline``, ``dose``.

    ``outcome``: a column that is read too.
    """
    form = {key: given[key] for key in _FORM if key in given}
    settings = settings_from({key: value for key, value in given.items() if key not in _FORM})
    written = RatingsFormat(
        columns=form.get("columns", {}),
        sep=form.get("sep", ","),
        decimal=form.get("decimal", "."),
        rater=form.get("rater"),
        measure=form.get("instrument"),
        low=settings.scale.min,
        high=settings.scale.max,
        outcomes=tuple(name for name in (outcome, form.get("baseline")) if name),
    )
    return settings, written, {key: form[key] for key in ("baseline", "dose") if key in form}


@lru_cache(maxsize=64)
def _hub(path: str, stamp: int, comparison: str | None, outcome: str, given: str) -> Hub:
    """``stamp`` is part of the key: a file that changed is read again."""
    del stamp
    settings, form, contrasted = parse_detect(json.loads(given), outcome)
    if Path(path).suffix.lower() in (".parquet", ".pq"):
        ratings = open_parquet(path, form, settings.scale).whole()
    else:
        ratings = series_of(parse_ratings(Path(path).read_bytes(), path, form), settings)
    settings = complete_scale(settings, ratings)
    found = detect_ruptures(ratings, settings)
    contrast = contrast_outcomes(
        found,
        ratings.outcomes,
        outcome,
        comparison=comparison or "unrepaired-rupture",
        baseline=contrasted.get("baseline"),
        dose=contrasted.get("dose", "episodes"),
    )
    counts = found.counts()
    kinds = ("repaired", "unrepaired", "mixed", "none", "not_classifiable")
    shown = ", ".join(f"{counts[kind]} {kind.replace('_', ' ')}" for kind in kinds)
    step = f"{Path(path).name}: rule {settings.rule}, {shown}"
    rule = RULES[settings.rule]
    k = "" if rule.k is None else f"k {show(rule.multiplier(settings))}, "
    note = Note(
        "DET-RULE",
        f"computed from session ratings by the rule {settings.rule} ({k}window {settings.window}, "
        f"smallest depth {show(settings.guard)}); there is no standard rule; results depend on this choice",
    )
    hub = contrast.hub
    return replace(hub, steps=(step, *hub.steps), notes=(*hub.notes, note, *contrast.notes))
