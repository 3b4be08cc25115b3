"""``RULES``: which sessions look like a rupture. One rule, one function, one entry; none is a standard.

Every rule sees a block of series with higher as better and returns the candidate sessions, the limit that a
rating must not fall below, and the series that it cannot judge. ``<`` flags, both sides with ε = 1e-9.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from rupmeta.detect.series import EPS, Block, Float, Ratings, Truth, blocks, client_sd, total
from rupmeta.detect.settings import RuleName, Settings

__all__ = ["RULES", "Flagged", "Pool", "Rule", "pool_of"]

#: Mean moving range to standard deviation for ranges of two, as printed in tables of control charts.
D2 = 1.128
#: Two-sided .05 quantiles of t with 4, 3 and 2 df: sudden losses compare three or two ratings on each side.
T_CRIT = {4: 2.7764451051977987, 3: 3.182446305284263, 2: 4.302652729911275}


@dataclass(frozen=True, slots=True)
class Pool:
    """Spreads over all clients, for the variants that look beyond one client; NaN where there is none."""

    score_sd: float = math.nan
    change_sd: float = math.nan


@dataclass(frozen=True)
class Flagged:
    """What a rule says of a block (n, m): candidates and limits per rating; per client centre, spread,
    ``no_spread`` (nothing to measure a fall by) and ``insensitive`` (no possible score lies under the limit).
    """

    candidates: Truth
    limit: Float
    centre: Float
    spread: Float
    no_spread: Truth
    insensitive: Truth


Flag = Callable[[Block, Settings, float, Pool], Flagged]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    ``k``: its default multiplier (None: it has none). ``n_min``: the shortest series in which a fall with its
    return can be flagged. ``carried``: the limit of a rupture is that of its onset, since the rule compares
    neighbours. ``shows``: the criterion in words.
    """

    name: RuleName
    flag: Flag
    k: float | None
    n_min: Callable[[float, Settings], int]
    shows: str
    carried: bool = False

    def multiplier(self, settings: Settings) -> float:
        """k in force; 0 for rules without one."""
        return settings.k if settings.k is not None else self.k or 0.0

    def shortest(self, settings: Settings) -> int:
        """The smallest number of ratings that can be classified."""
        return self.n_min(self.multiplier(settings), settings)


def _from_limit(
    block: Block,
    settings: Settings,
    limit: Float,
    centre: Float,
    spread: Float,
    no_spread: Truth | None = None,
) -> Flagged:
    """Candidates of a rule that flags what lies under a limit (NaN: that session is not judged)."""
    limit = np.broadcast_to(limit, block.y.shape)
    with np.errstate(invalid="ignore"):
        candidates = block.y < limit - EPS
    low = settings.scale.low
    reachable = np.full(block.m, True) if low is None else np.any(limit - EPS > low, axis=0)
    none = spread <= EPS if no_spread is None else no_spread
    return Flagged(candidates, limit, centre, spread, none, ~reachable)


def _mean_sd(block: Block, settings: Settings, k: float, pool: Pool) -> Flagged:
    """y_t < M − k·SD, M and SD of the client's own ratings (or of the first b, or of all but t)."""
    y, n = block.y, block.n
    b = settings.baseline_sessions
    base = y if b is None else y[:b]
    mean = total(base) / len(base)
    sd = client_sd(base, mean)
    if settings.leave_one_out and b is None and n > 2:
        others = (mean * n - y) / (n - 1)
        squares = sd**2 * (n - 1) - (y - mean) ** 2 * n / (n - 1)
        width = np.sqrt(np.maximum(squares, 0) / (n - 2))
        return _from_limit(block, settings, others - k * width, mean, sd)
    width = k * sd
    if settings.sd == "stricter":
        width = np.maximum(width, k * pool.score_sd)
    limit = np.broadcast_to(mean - width, y.shape)
    if b is not None:
        limit = limit.copy()
        limit[:b] = np.nan
    return _from_limit(block, settings, limit, mean, sd)


def _diff_sd(block: Block, settings: Settings, k: float, pool: Pool) -> Flagged:
    """D_t < c − k·S over neighbours: c the mean change or 0, S the SD of changes, own or pooled, or of y."""
    near = block.near(settings.gap)
    pairs = near.sum(axis=0)
    change = np.where(near, np.diff(block.y, axis=0), 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total(change) / pairs
        own = np.sqrt(total(np.where(near, (change - mean) ** 2, 0.0)) / (pairs - 1))
    enough = pairs >= 2
    own = np.where(enough, own, 0.0)
    spread = {"own": own, "pooled": np.full(block.m, pool.change_sd), "scores": client_sd(block.y)}[
        settings.spread
    ]
    centre = np.where(pairs > 0, mean, 0.0) if settings.centre == "mean" else np.zeros(block.m)
    limit = np.full(block.y.shape, np.nan)
    limit[1:] = np.where(near, block.y[:-1] + (centre - k * spread), np.nan)
    return _from_limit(block, settings, limit, centre, spread, (spread <= EPS) | ~enough)


def _xmr(block: Block, settings: Settings, k: float, pool: Pool) -> Flagged:  # noqa: ARG001
    """y_t < M − k·MR̄/1.128, MR̄ the mean absolute change between neighbours."""
    near = block.near(settings.gap)
    pairs = near.sum(axis=0)
    ranges = total(np.where(near, np.abs(np.diff(block.y, axis=0)), 0.0))
    moving = np.divide(ranges, pairs, out=np.zeros(block.m), where=pairs > 0)
    mean = total(block.y) / block.n
    return _from_limit(block, settings, mean - k * moving / D2, mean, moving)


def _tukey(block: Block, settings: Settings, k: float, pool: Pool) -> Flagged:  # noqa: ARG001
    """y_t < Q1 − k·(Q3 − Q1), quartiles of type 7."""
    ordered = np.sort(block.y, axis=0)

    def quartile(share: float) -> Float:
        place = share * (block.n - 1)
        below = int(place)
        above = min(below + 1, block.n - 1)
        return np.asarray(ordered[below] + (place - below) * (ordered[above] - ordered[below]))

    q1, q3 = quartile(0.25), quartile(0.75)
    return _from_limit(block, settings, q1 - k * (q3 - q1), quartile(0.5), q3 - q1)


def _reference(block: Block, settings: Settings, drop: float) -> Float:
    """What each rating is compared with: the one before it, or the pre-level of an episode (n, m)."""
    before = np.full(block.y.shape, np.nan)
    before[1:] = block.y[:-1]
    if settings.reference == "previous":
        return before
    if settings.pre == "max3":
        for back in (2, 3):
            before[back:] = np.fmax(before[back:], block.y[:-back])
        return before
    last = block.y[0].copy()  # the last rating that was no candidate
    for t in range(1, block.n):
        before[t] = last
        last = np.where(last - block.y[t] >= drop - EPS, last, block.y[t])
    return before


def _rci(block: Block, settings: Settings, k: float, pool: Pool) -> Flagged:  # noqa: ARG001
    """y_{t−1} − y_t ≥ RC (Jacobson & Truax 1991)."""
    drop = _reliable(settings)
    before = _reference(block, settings, drop)
    if settings.reference == "previous":
        before[1:][~block.near(settings.gap)] = np.nan
    return _from_drop(block, settings, before, drop)


def _from_drop(block: Block, settings: Settings, before: Float, drop: float) -> Flagged:
    """Candidates of a rule that flags falls of a fixed size; the limit is the highest flagged score."""
    with np.errstate(invalid="ignore"):
        candidates = before - block.y >= drop - EPS
    scale = settings.scale
    too_wide = scale.min is not None and scale.max is not None and drop > scale.max - scale.min + EPS
    nobody = np.zeros(block.m, dtype=bool)
    spread = np.full(block.m, drop)
    return Flagged(candidates, before - drop, total(block.y) / block.n, spread, nobody, nobody | too_wide)


def _sudden_loss(block: Block, settings: Settings, k: float, pool: Pool) -> Flagged:  # noqa: ARG001
    """Fall ≥ RC, ≥ a quarter of the score above the minimum, and lasting: mean₃ before − mean₃ after > t·S_p.

    Sudden gains of Tang & DeRubeis (1999, doi 10.1037/0022-006X.67.6.894), turned round.
    """
    y, drop = block.y, _reliable(settings)
    before = np.full(y.shape, np.nan)
    before[1:] = np.where(block.near(settings.gap), y[:-1], np.nan)
    found = _from_drop(block, settings, before, drop)
    lasting = np.zeros(y.shape, dtype=bool)
    for t in range(2, block.n - 1):
        early, late = y[max(0, t - 3) : t], y[t : t + 3]
        a, b = len(early), len(late)
        m1, m2 = total(early) / a, total(late) / b
        squares = (a - 1) * client_sd(early, m1) ** 2 + (b - 1) * client_sd(late, m2) ** 2
        lasting[t] = m1 - m2 > T_CRIT[a + b - 2] * np.sqrt(squares / (a + b - 2)) + EPS
    candidates = found.candidates & lasting
    low = settings.scale.low
    if low is not None:
        with np.errstate(invalid="ignore"):
            candidates = candidates & (before - y >= 0.25 * (before - low) - EPS)
    return Flagged(candidates, found.limit, found.centre, found.spread, found.no_spread, found.insensitive)


def _regression_residual(block: Block, settings: Settings, k: float, pool: Pool) -> Flagged:  # noqa: ARG001
    """e_t < −k·s, residuals of y on session, s = √(SSE/(n − 2)); for therapies with a trend."""
    n = block.n
    x = block.session.astype(np.float64)
    x = x - total(x) / n
    mean = total(block.y) / n
    sxx = total(x * x)
    slope = np.divide(total(x * (block.y - mean)), sxx, out=np.zeros(block.m), where=sxx > 0)
    fitted = mean + slope * x
    s = np.sqrt(total((block.y - fitted) ** 2) / (n - 2)) if n > 2 else np.zeros(block.m)
    return _from_limit(block, settings, fitted - k * s, mean, s)


def _reliable(settings: Settings) -> float:
    drop = settings.scale.reliable_change
    assert drop is not None  # Settings refuses these rules without it
    return drop


def _first(fires: Callable[[int], bool], start: int) -> int:
    """The smallest n from ``start`` on at which a dip of one session is flagged."""
    n = start
    while not fires(n):
        n += 1
    return n


def _n_mean_sd(k: float, settings: Settings) -> int:
    if settings.baseline_sessions is not None:
        return settings.baseline_sessions + 2  # a fall and its return after the baseline
    if settings.leave_one_out:
        return 4  # the spread of the others rests on three
    return _first(lambda n: (n - 1) / math.sqrt(n) > k, 3)


def _n_diff_sd(k: float, settings: Settings) -> int:
    if settings.spread == "pooled":
        return 3
    if settings.spread == "scores":
        return _first(lambda n: n > k * k, 3)
    return _first(lambda n: (n - 2) / 2 > k * k, 3)


def _n_tukey(k: float, settings: Settings) -> int:  # noqa: ARG001
    """One low rating among n equal ones: fence .5 − .5k (n = 3), .75 − .25k (n = 4); from 5 on no IQR."""
    return 3 if k < 1 else 4 if k < 3 else 5


def _n_residual(k: float, settings: Settings) -> int:  # noqa: ARG001
    def fires(n: int) -> bool:
        middle = 0.0 if n % 2 else 0.5
        leverage = 1 / n + middle**2 / ((n**3 - n) / 12)
        return (1 - leverage) * (n - 2) > k * k

    return _first(fires, 4)


RULES: Mapping[RuleName, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            "mean-sd", _mean_sd, 2.0, _n_mean_sd,
            "a rating more than k of the client's SDs below the client's mean",
        ),
        Rule(
            "diff-sd", _diff_sd, 2.0, _n_diff_sd,
            "a change more than k SDs of changes below the mean change", carried=True,
        ),
        Rule(
            "xmr", _xmr, 3.0, lambda k, _: _first(lambda n: (n - 1) ** 2 > 2 * k * n / D2, 3),
            "a rating more than k mean moving ranges / 1.128 below the client's mean",
        ),
        Rule(
            "tukey", _tukey, 1.5, _n_tukey,
            "a rating more than k interquartile ranges below the first quartile",
        ),
        Rule(
            "rci", _rci, None, lambda _k, _s: 3,
            "a fall by the reliable change or more", carried=True,
        ),
        Rule(
            "sudden-loss", _sudden_loss, None, lambda _k, _s: 4,
            "a reliable, large and lasting fall: a sudden gain turned round", carried=True,
        ),
        Rule(
            "regression-residual", _regression_residual, 2.0, _n_residual,
            "a rating more than k residual SDs below the client's own trend",
        ),
    )
}  # fmt: skip


def pool_of(ratings: Ratings, settings: Settings) -> Pool:
    """SD_ref = √(Σ(nᵢ−1)SDᵢ²/Σ(nᵢ−1)) of scores and, within clients, of changes between neighbours."""
    squares, freedom = np.zeros((2, ratings.m)), np.zeros((2, ratings.m))
    for block in blocks(ratings):
        if block.n < 2:
            continue
        squares[0, block.index] = client_sd(block.y) ** 2 * (block.n - 1)
        freedom[0, block.index] = block.n - 1
        near = block.near(settings.gap)
        pairs = near.sum(axis=0)
        change = np.where(near, np.diff(block.y, axis=0), 0.0)
        mean = np.divide(total(change), pairs, out=np.zeros(block.m), where=pairs > 0)
        squares[1, block.index] = total(np.where(near, (change - mean) ** 2, 0.0))
        freedom[1, block.index] = np.maximum(pairs - 1, 0)
    scores, changes = (
        math.sqrt(float(ss.sum()) / float(df.sum())) if df.sum() > 0 else math.nan
        for ss, df in zip(squares, freedom, strict=True)
    )
    return Pool(scores, changes)
