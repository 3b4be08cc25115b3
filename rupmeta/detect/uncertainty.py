"""How certain classes are: found again from ratings with another N(0, SEM²) of error."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rupmeta.detect.classify import CLASSES, EXCLUDED, NOT_CLASSIFIABLE, Detection, detect_ruptures
from rupmeta.detect.rules import Pool, pool_of
from rupmeta.detect.series import Float, Ratings, Truth
from rupmeta.detect.settings import Settings

__all__ = ["Again", "Uncertainty", "classify_again", "detect_again", "disturbed"]

RATINGS = 2_000_000  # disturbed ratings that are judged at once, and of all copies together
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


@dataclass(frozen=True, slots=True)
class Again:
    """What becomes of every client in every disturbed copy, each shape (copies, m); as in ``Detection``."""

    kind: NDArray[np.int8]
    group: NDArray[np.int8]
    repaired: NDArray[np.int32]
    unrepaired: NDArray[np.int32]

    @property
    def classified(self) -> Truth:
        """Clients of whom the rule could have said either."""
        return self.kind < NOT_CLASSIFIABLE


def disturbed(ratings: Ratings, settings: Settings, rng: np.random.Generator) -> Ratings:
    """The ratings with further error N(0, SEM²), clipped to the range of the scale.

    Scores are not rounded: the error of a rating is not a step.
    """
    scale = settings.scale
    y = rng.standard_normal(len(ratings.score))
    y *= scale.sem or 0.0
    y += ratings.score
    if scale.low is not None or scale.high is not None:
        np.clip(y, scale.low, scale.high, out=y)
    return Ratings(ratings.clients, ratings.start, ratings.session, y)


def detect_again(ratings: Ratings, settings: Settings, rng: np.random.Generator, most: int = AGAIN) -> Again:
    """The classes of all clients in disturbed copies of the ratings.

    At most ``most`` copies, fewer (but at least 5) where they would hold more than 2 million ratings. Spreads
    over clients are those of the data, not of the copies. Copies and, where there are very many clients,
    pieces of them come one after the other; neither changes a number.
    """
    m = ratings.m
    many = max(FEWEST, min(most, RATINGS // max(1, len(ratings.score))))
    pool = pool_of(ratings, settings) if settings.pooled else Pool()
    again = Again(
        np.empty((many, m), np.int8), np.empty((many, m), np.int8),
        np.empty((many, m), np.int32), np.empty((many, m), np.int32),
    )  # fmt: skip
    cuts = np.searchsorted(ratings.start, np.arange(0, len(ratings.score), RATINGS)[1:])
    bounds = np.unique(np.concatenate([[0], cuts, [m]])).tolist()
    for copy in range(many):
        for begin, end in pairwise(bounds):
            piece = ratings if (begin, end) == (0, m) else ratings.part(begin, end)
            found = detect_ruptures(disturbed(piece, settings, rng), settings, pool)
            for name in ("kind", "group", "repaired", "unrepaired"):
                getattr(again, name)[copy, begin:end] = getattr(found, name)
    return again


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
    kinds = detect_again(ratings, found.settings, np.random.default_rng([seed, 21]), most).kind
    same = np.where(judged, (kinds == found.kind).mean(axis=0), np.nan)
    moves = np.full((len(CLASSES), len(CLASSES)), np.nan)
    for code in range(len(CLASSES)):
        mine = kinds[:, found.kind == code]
        if mine.size:
            moves[code] = np.bincount(mine.ravel(), minlength=len(CLASSES)) / mine.size
    return Uncertainty(len(kinds), same, 1 - float(same[judged].mean()), moves)
