"""How certain classes are: found again from ratings with another N(0, SEM²) of error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.detect.classify import CLASSES, EXCLUDED, Detection, detect_ruptures
from rupmeta.detect.rules import Pool, pool_of
from rupmeta.detect.series import Float, Ratings
from rupmeta.detect.settings import Settings

__all__ = ["Uncertainty", "classify_again", "detect_again", "disturbed"]

RATINGS = 2_000_000  # disturbed ratings held in memory
AGAIN = 100
FEWEST = 5


@dataclass(frozen=True)
class Uncertainty:
    """Classes found ``again`` so many times.

    ``same``: share of them in which a client keeps the class, shape (m,), NaN for clients with fewer than 3
    ratings; ``changed``: 1 minus its mean. ``moves``: shape (6, 6), of the clients of a class (row) the
    share found in each class (column) again; NaN in rows without clients.
    """

    again: int
    same: Float
    changed: float
    moves: Float


def disturbed(ratings: Ratings, settings: Settings, many: int, rng: np.random.Generator) -> Ratings:
    """``many`` copies of the ratings, each with further error N(0, SEM²), clipped to the range of the scale.

    Client i of copy c is client c·m + i. Scores are not rounded: the error of a rating is not a step.
    """
    scale, m = settings.scale, ratings.m
    y = np.tile(ratings.score, many) + (scale.sem or 0.0) * rng.standard_normal(many * len(ratings.score))
    if scale.low is not None or scale.high is not None:
        y = np.clip(y, scale.low, scale.high)
    start = np.concatenate([[0], np.cumsum(np.tile(ratings.lengths, many))]).astype(np.int64)
    outcomes = {name: np.tile(values, many) for name, values in ratings.outcomes.items()}
    return Ratings(np.arange(many * m), start, np.tile(ratings.session, many), y, outcomes)


def detect_again(
    ratings: Ratings, settings: Settings, rng: np.random.Generator, most: int = AGAIN
) -> tuple[int, Detection]:
    """How many disturbed copies there are, and the classes of all their clients, copy after copy.

    At most ``most`` copies, fewer (but at least 5) where they would hold more than 2 million ratings. Spreads
    over clients are those of the data, not of the copies.
    """
    many = max(FEWEST, min(most, RATINGS // max(1, len(ratings.score))))
    pool = pool_of(ratings, settings) if settings.pooled else Pool()
    return many, detect_ruptures(disturbed(ratings, settings, many, rng), settings, pool)


def classify_again(found: Detection, ratings: Ratings, seed: int, most: int = AGAIN) -> Uncertainty | None:
    """The certainty of the classes of ``found``.

    None where the SEM is not known, nobody has 3 ratings, or there are more than 2 million ratings, of which
    copies would take too much memory.

    The ratings hold error already, so that classes found again err twice: clients change class more often
    than they would between two equally good measurements of the same therapy.
    """
    judged = found.kind != EXCLUDED
    if not found.settings.scale.sem or not judged.any() or most < 1 or len(ratings.score) > RATINGS:
        return None
    many, other = detect_again(ratings, found.settings, np.random.default_rng([seed, 21]), most)
    kinds: NDArray[np.int8] = other.kind.reshape(many, found.m)
    same = np.where(judged, (kinds == found.kind).mean(axis=0), np.nan)
    moves = np.full((len(CLASSES), len(CLASSES)), np.nan)
    for code in range(len(CLASSES)):
        mine = kinds[:, found.kind == code]
        if mine.size:
            moves[code] = np.bincount(mine.ravel(), minlength=len(CLASSES)) / mine.size
    return Uncertainty(many, same, 1 - float(same[judged].mean()), moves)
