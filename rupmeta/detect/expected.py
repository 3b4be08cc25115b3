"""How many ruptures pure noise would show in series as long, gappy, high and uneven as the user's own."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rupmeta.detect.classify import CLASSES, Detection, detect_ruptures
from rupmeta.detect.rules import RULES, Pool, pool_of
from rupmeta.detect.series import Float, Ratings, blocks, client_sd, total
from rupmeta.detect.settings import Settings

__all__ = [
    "Expected",
    "estimate_phi",
    "expected_ruptures",
    "false_alarm_curve",
    "noise_series",
    "simulate_null",
]

SAMPLE = 2_000  # clients: above so many a seeded sample of them serves
SERIES = 200_000  # null series per phi in all: a Monte Carlo error of at most .0011
PER_CLIENT = 1_000
AT_ONCE = 400_000  # ratings that are simulated in one batch


@dataclass(frozen=True, slots=True)
class Expected:
    """Shares of clients, 0 to 1, when ratings are noise around a stable level with lag-1 correlation ``phi``.

    ``any``: at least one episode. ``mcse``: Monte Carlo standard error of ``any``. ``source``: ``fixed`` or
    ``data`` (the autocorrelation of these very series). ``series``: how many were simulated.
    """

    phi: float
    any: float
    repaired: float
    unrepaired: float
    mixed: float
    mcse: float
    source: str
    series: int


def estimate_phi(ratings: Ratings) -> float | None:
    """Pooled lag-1 autocorrelation of neighbouring sessions about each client's own mean, bias taken out.

    r₁ of a short series about its own mean is too low by about (1 + 3φ)/n (Marriott & Pope 1954,
    doi 10.1093/biomet/41.3-4.390); None without enough neighbours. Slow trends and real ruptures raise it.
    """
    top = bottom = weighted = 0.0
    for block in blocks(ratings):
        if block.n < 4:
            continue
        e = block.y - total(block.y) / block.n
        near = block.near(1)
        pairs = near.sum(axis=0) / (block.n - 1)
        squares = total(e * e) * (block.n - 1) / block.n
        top += float(np.where(near, e[1:] * e[:-1], 0.0).sum())
        bottom += float((squares * pairs).sum())
        weighted += float((squares * pairs).sum()) / block.n
    if bottom <= 0:
        return None
    r1, inverse_n = top / bottom, weighted / bottom
    return min(0.95, max(-0.95, (r1 + inverse_n) / (1 - 3 * inverse_n))) if inverse_n < 0.3 else None


def noise_series(rng: np.random.Generator, distance: Float, phi: float, many: int) -> Float:
    """Standard normal AR(1) series at uneven distances, shape (len(distance) + 1, many).

    y_t = φ^g·y_{t−g} + √(1 − φ^{2g})·e_t, so that a gap of g sessions forgets as much as g steps do.
    """
    e = rng.standard_normal((many, len(distance) + 1)).T
    y = np.empty_like(e)
    y[0] = e[0]
    for t, g in enumerate(distance, start=1):
        keep = math.copysign(abs(phi) ** g, phi if g % 2 else 1.0) if phi else 0.0
        y[t] = keep * y[t - 1] + math.sqrt(1 - keep * keep) * e[t]
    return y


def simulate_null(ratings: Ratings, phi: float, seed: int, many: int) -> Iterator[tuple[int, Ratings]]:
    """Null series for every client of ``ratings``, in batches: (clients in the batch, their series).

    Each client's series have the same sessions, mean and SD as the ratings; a client's random numbers come
    from ``[seed, place]`` alone.
    """
    for block in blocks(ratings):
        mean, sd = total(block.y) / block.n, client_sd(block.y)
        size = max(1, AT_ONCE // (many * block.n))
        for begin in range(0, block.m, size):
            members = range(begin, min(begin + size, block.m))
            y = np.empty((len(members) * many, block.n))
            for i, member in enumerate(members):
                rng = np.random.default_rng([seed, int(block.index[member])])
                distance = np.diff(block.session[:, member]).astype(np.float64)
                drawn = mean[member] + sd[member] * noise_series(rng, distance, phi, many)
                y[i * many : (i + 1) * many] = drawn.T
            session = np.repeat(block.session[:, list(members)].T, many, axis=0)
            start = np.arange(len(y) + 1, dtype=np.int64) * block.n
            yield len(members), Ratings(np.arange(len(y)), start, session.ravel(), y.ravel())


def expected_ruptures(
    found: Detection,
    ratings: Ratings,
    *,
    seed: int,
    phis: tuple[float, ...] = (0.0, 0.4),
    per_client: int = PER_CLIENT,
) -> tuple[Expected, ...]:
    """The shares that the rule of ``found`` would report if the classifiable clients' ratings were noise.

    The same sessions, rule, guard and repair; scores rounded to the step of the scale and clipped to its
    range. ``per_client`` null series each, fewer where that would exceed 200,000 series; the φ of the data is
    added to ``phis``. Shuffling a client's ratings would not do: mean-sd and tukey do not look at order.
    """
    chosen = np.flatnonzero(found.classified)
    if len(chosen) > SAMPLE:
        chosen = np.sort(np.random.default_rng([seed, 2018]).choice(chosen, SAMPLE, replace=False))
    if not len(chosen) or per_client < 1:
        return ()
    sample = ratings.take(chosen)
    many = max(1, min(per_client, SERIES // len(chosen)))
    own = estimate_phi(ratings)
    asked = [(phi, "fixed") for phi in phis] + ([] if own is None else [(own, "data")])
    return tuple(_shares(sample, found.settings, phi, source, seed, many) for phi, source in asked)


def _shares(sample: Ratings, settings: Settings, phi: float, source: str, seed: int, many: int) -> Expected:
    hits = np.zeros(len(CLASSES))
    within = 0.0
    pool = pool_of(sample, settings) if settings.pooled else Pool()  # the spread of the data
    for clients, series in simulate_null(sample, phi, seed, many):
        y = _as_scored(series, settings)
        kind = detect_ruptures(y, settings, pool).kind.reshape(clients, many)
        shares = np.stack([(kind == code).mean(axis=1) for code in range(len(CLASSES))])
        hits += shares.sum(axis=1)
        ruptured = shares[1:4].sum(axis=0)
        within += float((ruptured * (1 - ruptured)).sum()) / many
    m = sample.m
    repaired, unrepaired, mixed = (hits[1:4] / m).tolist()
    total_any = repaired + unrepaired + mixed
    return Expected(phi, total_any, repaired, unrepaired, mixed, math.sqrt(within) / m, source, m * many)


def _as_scored(series: Ratings, settings: Settings) -> Ratings:
    """Scores as the instrument would give them: rounded to its step, clipped to its range."""
    scale, y = settings.scale, series.score
    if scale.step is not None:
        origin = scale.low or 0.0
        y = origin + np.round((y - origin) / scale.step) * scale.step
    if scale.low is not None or scale.high is not None:
        y = np.clip(y, scale.low, scale.high)
    return Ratings(series.clients, series.start, series.session, y)


def false_alarm_curve(
    found: Detection,
    ratings: Ratings,
    lengths: tuple[int, ...],
    *,
    phi: float,
    seed: int,
    many: int = 4_000,
) -> tuple[tuple[int, float], ...]:
    """(n, share of noise series with an episode) for series of n ratings without gaps.

    Mean and SD are those of the median classifiable client; lengths that the rule cannot judge are left out.
    """
    chosen = np.flatnonzero(found.classified & ~found.flat)
    if not len(chosen):
        return ()
    level = float(np.median(found.mean[chosen]))
    sds = [client_sd(block.y) for block in blocks(ratings.take(chosen))]
    sd = float(np.median(np.concatenate(sds)))
    shortest = max(3, RULES[found.settings.rule].shortest(found.settings))
    pool = pool_of(ratings, found.settings) if found.settings.pooled else Pool()
    points = []
    for n in lengths:
        if n < shortest:
            continue
        rng = np.random.default_rng([seed, 77, n])
        y = level + sd * noise_series(rng, np.ones(n - 1), phi, many)
        start = np.arange(many + 1, dtype=np.int64) * n
        series = Ratings(np.arange(many), start, np.tile(np.arange(1, n + 1), many), y.T.ravel())
        kind = detect_ruptures(_as_scored(series, found.settings), found.settings, pool).kind
        points.append((n, float(((kind >= 1) & (kind <= 3)).mean())))
    return tuple(points)
