"""How many ruptures pure noise would show in series as long, gappy, high and uneven as the user's own."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rupmeta.detect.classify import CLASSES, Detection, detect_ruptures
from rupmeta.detect.rules import RULES, Pool, pool_of
from rupmeta.detect.series import Float, Int, Ratings, blocks, client_sd, total
from rupmeta.detect.settings import Settings

__all__ = [
    "Expected",
    "estimate_phi",
    "expected_in_sample",
    "expected_ruptures",
    "false_alarm_curve",
    "hash_labels",
    "noise_series",
    "sample_clients",
    "simulate_null",
]

SAMPLE = 2_000  # clients: above so many a seeded sample of them serves
SERIES = 200_000  # null series per phi in all: a Monte Carlo error of at most .0011
PER_CLIENT = 1_000
FEWEST_PAIRS = 30  # neighbouring ratings that an autocorrelation rests on
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
    doi 10.1093/biomet/41.3-4.390); None with fewer than 30
    pairs of neighbours. Slow trends and real ruptures raise it.
    """
    top = bottom = weighted = 0.0
    many = 0
    for block in blocks(ratings):
        if block.n < 4:
            continue
        e = block.y - total(block.y) / block.n
        near = block.near(1)
        pairs = near.sum(axis=0) / (block.n - 1)
        squares = total(e * e) * (block.n - 1) / block.n
        many += int(near[:, squares > 0].sum())
        top += float(np.where(near, e[1:] * e[:-1], 0.0).sum())
        bottom += float((squares * pairs).sum())
        weighted += float((squares * pairs).sum()) / block.n
    if bottom <= 0:
        return None
    r1, inverse_n = top / bottom, weighted / bottom
    if many < FEWEST_PAIRS or inverse_n >= 0.3:
        return None
    return min(0.95, max(-0.95, (r1 + inverse_n) / (1 - 3 * inverse_n)))


def noise_series(rng: np.random.Generator, distance: Float, phi: float, many: int) -> Float:
    """Standard normal AR(1) series at uneven distances, shape (len(distance) + 1, many)."""
    shocks = rng.standard_normal((many, len(distance) + 1)).T
    return _autoregressive(shocks, distance[:, None], phi)


def _autoregressive(shocks: Float, distance: Float, phi: float) -> Float:
    """y_t = φ^g·y_{t−g} + √(1 − φ^{2g})·e_t: a gap of g sessions forgets as much as g steps do.

    ``shocks``: shape (n, m); ``distance`` g, whole numbers, shape (n − 1, m) or (n − 1, 1).
    """
    if phi == 0:
        return shocks
    keep = abs(phi) ** distance
    if phi < 0:
        keep = np.where(distance % 2 == 1, -keep, keep)
    new = np.sqrt(1 - keep * keep)
    y = np.empty_like(shocks)
    y[0] = shocks[0]
    for t in range(1, len(y)):
        y[t] = keep[t - 1] * y[t - 1] + new[t - 1] * shocks[t]
    return y


def simulate_null(
    ratings: Ratings, phis: tuple[float, ...], seed: int, many: int
) -> Iterator[tuple[int, tuple[Ratings, ...]]]:
    """Null series for every client of ``ratings``, in batches: (clients in the batch, series by φ).

    Each client's series have the same sessions, mean and SD as the ratings; a client's random numbers come
    from ``[seed, place]`` alone and serve every φ, so that shares under two of them can be compared.
    """
    for block in blocks(ratings):
        n = block.n
        mean, sd = total(block.y) / n, client_sd(block.y)
        size = max(1, AT_ONCE // (many * n))
        for begin in range(0, block.m, size):
            members = slice(begin, begin + size)
            places = block.index[members].tolist()
            shocks = np.empty((n, len(places) * many))
            for i, place in enumerate(places):
                rng = np.random.default_rng([seed, place])
                shocks[:, i * many : (i + 1) * many] = rng.standard_normal((many, n)).T
            distance = np.repeat(np.diff(block.session[:, members], axis=0).astype(np.float64), many, axis=1)
            level, spread = np.repeat(mean[members], many), np.repeat(sd[members], many)
            session = np.repeat(block.session[:, members].T, many, axis=0).ravel()
            start = np.arange(len(places) * many + 1, dtype=np.int64) * n
            names = np.arange(len(places) * many)
            drawn = (level + spread * _autoregressive(shocks, distance, phi) for phi in phis)
            yield len(places), tuple(Ratings(names, start, session, y.T.ravel()) for y in drawn)


def sample_clients(labels: NDArray[Any], seed: int, many: int = SAMPLE) -> Int:
    """Places of at most ``many`` clients, in order: those whose hashed labels are smallest.

    Who is in the sample depends on the seed and on the labels alone, so that a file read in pieces gives the
    same sample as the whole of it.
    """
    if len(labels) <= many:
        return np.arange(len(labels))
    keys = hash_labels(labels, seed)
    return np.sort(np.argsort(keys, kind="stable")[:many])


def hash_labels(labels: NDArray[Any], seed: int) -> NDArray[np.uint64]:
    """64 mixed bits for every label (the finaliser of SplitMix64, doi 10.1145/2714064.2660195)."""
    state = np.full(len(labels), (seed + 1) * 0x9E3779B97F4A7C15 % 2**64, dtype=np.uint64)
    if labels.dtype.kind in "iu":
        return _mixed(state ^ labels.astype(np.int64).view(np.uint64))
    text = np.ascontiguousarray(labels.astype(str))
    letters = text.view(np.uint32).reshape(len(text), -1)
    for column in letters.T:
        # Shorter labels are padded with zeros, which change nothing.
        state = np.where(column > 0, _mixed(state ^ column.astype(np.uint64)), state)
    return state


def _mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    x = x + np.uint64(0x9E3779B97F4A7C15)  # wraps, as it must
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)))


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
    chosen = chosen[sample_clients(found.clients[chosen], seed)]
    pool = pool_of(ratings, found.settings) if found.settings.pooled else Pool()  # the spread of the data
    return expected_in_sample(
        ratings.take(chosen), found.settings, pool, seed=seed, phis=phis, per_client=per_client
    )


def expected_in_sample(
    sample: Ratings,
    settings: Settings,
    pool: Pool,
    *,
    seed: int,
    phis: tuple[float, ...] = (0.0, 0.4),
    per_client: int = PER_CLIENT,
) -> tuple[Expected, ...]:
    """The same for classifiable clients who were picked already (``sample_clients``)."""
    if not sample.m or per_client < 1:
        return ()
    many = max(1, min(per_client, SERIES // sample.m))
    own = estimate_phi(sample)
    asked = [(phi, "fixed") for phi in phis] + ([] if own is None else [(own, "data")])
    hits = np.zeros((len(asked), len(CLASSES)))
    within = np.zeros(len(asked))
    for clients, drawn in simulate_null(sample, tuple(phi for phi, _ in asked), seed, many):
        for i, series in enumerate(drawn):
            kind = detect_ruptures(_as_scored(series, settings), settings, pool).kind.reshape(clients, many)
            shares = np.stack([(kind == code).mean(axis=1) for code in range(len(CLASSES))])
            hits[i] += shares.sum(axis=1)
            ruptured = shares[1:4].sum(axis=0)
            within[i] += float((ruptured * (1 - ruptured)).sum()) / many
    m, results = sample.m, []
    for (phi, source), counted, variance in zip(asked, hits, within.tolist(), strict=True):
        repaired, unrepaired, mixed = (counted[1:4] / m).tolist()
        any_kind, error = repaired + unrepaired + mixed, math.sqrt(variance) / m
        results.append(Expected(phi, any_kind, repaired, unrepaired, mixed, error, source, m * many))
    return tuple(results)


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
