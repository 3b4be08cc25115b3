"""Synthetic alliance ratings with known truth: level, trend, ruptures, repairs, ceiling, drop-out.

Invented data, never evidence: they show what a rule finds of what was put in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rupmeta.detect.expected import noise_series
from rupmeta.detect.scale import Scale
from rupmeta.detect.series import Float, Int, Ratings, ratings_from

__all__ = ["TRUTH", "Design", "Simulated", "ratings_text", "simulate_ratings"]

#: Names of the truth codes.
TRUTH = ("none", "repaired", "unrepaired")


@dataclass(frozen=True, slots=True)
class Design:
    """What is put in; scores on ``scale``, lengths in sessions.

    ``noise``: SD of a client's ratings without ruptures; ``phi``: their lag-1 autocorrelation. ``level`` and
    ``level_sd``: mean and SD of clients' levels; ``trend``: change over a whole therapy. ``rupture``: share
    of clients with one; ``repair``: share of ruptures that are repaired. ``depth``: of a rupture in points;
    ``lasts``: sessions of a repaired one. ``dropout``: share of therapies that end early, ``missing``: of
    sessions without a rating. ``effect``: difference of outcome between repaired and unrepaired, in SDs;
    ``without``: between repaired and none.
    """

    clients: int = 200
    sessions: tuple[int, int] = (8, 24)
    scale: Scale = Scale("WAI-SR", 1, 5, 1 / 12)  # noqa: RUF009  (frozen)
    level: float = 4.0
    level_sd: float = 0.5
    noise: float = 0.25
    phi: float = 0.3
    trend: float = 0.2
    rupture: float = 0.4
    repair: float = 0.6
    depth: float = 1.0
    lasts: tuple[int, int] = (1, 3)
    dropout: float = 0.1
    missing: float = 0.05
    effect: float = 0.6
    without: float = 0.3


@dataclass(frozen=True)
class Simulated:
    """Ratings as they would be observed, and the truth; arrays over clients have shape (m,).

    ``truth``: index into ``none``, ``repaired``, ``unrepaired``; ``onset``: first low session, 0 without one.
    ``rows``: client, session, score (NaN: no rating), pre, post, completed, as a file would hold them.
    """

    design: Design
    truth: Int
    onset: Int
    ratings: Ratings
    rows: dict[str, NDArray[Any]]


def simulate_ratings(design: Design, seed: int) -> Simulated:
    """Draw a sample; the same seed gives the same bytes."""
    rng = np.random.default_rng([seed, 6])
    m = design.clients
    planned = rng.integers(design.sessions[0], design.sessions[1] + 1, m)
    early = rng.random(m) < design.dropout
    attended = np.where(early, np.maximum(3, (planned * rng.uniform(0.3, 0.8, m)).astype(int)), planned)
    truth = np.where(rng.random(m) < design.rupture, np.where(rng.random(m) < design.repair, 1, 2), 0).astype(
        np.int64
    )
    truth[attended < 6] = 0  # too short to hold a rupture and its return
    level = rng.normal(design.level, design.level_sd, m)
    pre = rng.normal(20, 5, m)
    # Lower is better; the mean of the repaired is the reference.
    shift = np.select([truth == 2, truth == 0], [design.effect, design.without], 0.0)
    post = 0.5 * pre + 5 * np.sqrt(0.75) * (rng.normal(size=m) + shift / np.sqrt(0.75))
    onset = np.zeros(m, dtype=np.int64)
    columns: dict[str, list[Any]] = {name: [] for name in ("client", "session", "score")}
    for i in range(m):
        n = int(attended[i])
        y = level[i] + design.trend * np.arange(n) / max(planned[i] - 1, 1)
        y = y + design.noise * noise_series(rng, np.ones(n - 1), design.phi, 1)[:, 0]
        if truth[i]:
            onset[i], fall = _rupture(rng, design, n, int(truth[i]))
            y = y - fall
        columns["client"] += [i + 1] * n
        columns["session"] += range(1, n + 1)
        columns["score"] += _scored(y, design.scale, rng.random(n) < design.missing).tolist()
    client = np.array(columns["client"])
    rows: dict[str, NDArray[Any]] = {name: np.array(values) for name, values in columns.items()}
    rows |= {
        "pre": np.round(pre)[client - 1],
        "post": np.round(post)[client - 1],
        "completed": (~early).astype(int)[client - 1],
    }
    outcomes = {
        name: dict(zip(client.tolist(), rows[name].tolist(), strict=True))
        for name in ("pre", "post", "completed")
    }
    ratings = ratings_from(rows["client"].tolist(), rows["session"], rows["score"], design.scale, outcomes)
    return Simulated(design, truth, onset, ratings, rows)


def ratings_text(sample: Simulated, *, truth: bool = False) -> str:
    """The ratings as the CSV that ``rupmeta detect`` reads; ``truth`` adds what was put in, by client.

    The last columns are then ``truth`` (none, repaired or unrepaired) and ``onset`` (the first low session,
    0 without one).
    """
    rows = sample.rows
    lines = ["client,session,score,pre,post,completed" + (",truth,onset" if truth else "")]
    for i, client in enumerate(rows["client"].tolist()):
        score = rows["score"][i]
        cells = [
            str(client), str(rows["session"][i]), "" if np.isnan(score) else f"{score:.2f}",
            f"{rows['pre'][i]:.0f}", f"{rows['post'][i]:.0f}", str(rows["completed"][i]),
        ]  # fmt: skip
        if truth:
            cells += [TRUTH[sample.truth[client - 1]], str(sample.onset[client - 1])]
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


def _rupture(rng: np.random.Generator, design: Design, n: int, kind: int) -> tuple[int, Float]:
    """Onset (session number) and how far each rating falls: a dip that returns, or a step that stays."""
    length = int(rng.integers(design.lasts[0], design.lasts[1] + 1))
    start = int(rng.integers(2, max(3, n - length - 2)))
    fall = np.zeros(n)
    end = start + length if kind == 1 else n
    fall[start:end] = design.depth * rng.uniform(0.8, 1.2)
    if kind == 1 and length > 1:
        fall[end - 1] /= 2  # halfway back
    return start + 1, fall


def _scored(y: Float, scale: Scale, missing: NDArray[np.bool_]) -> Float:
    """As the instrument gives scores: stepped, in its range, two decimals; NaN where a session has none."""
    if scale.step is not None:
        origin = scale.min or 0.0
        y = origin + np.round((y - origin) / scale.step) * scale.step
    if scale.min is not None or scale.max is not None:
        y = np.clip(y, scale.min, scale.max)
    return np.where(missing, np.nan, np.round(y, 2))
