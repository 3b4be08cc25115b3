"""Many series at once: ratings sorted by client and session, cut into blocks of equally long series.

Blocks are time-major, (n, m) for m clients with n ratings each: a rule is then a few operations on rows, and
a walk through the sessions moves all clients one rating ahead. Sums run over the sessions in order, so that a
client's numbers never depend, not even in the last bit, on who else is in the block.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rupmeta.detect.scale import Scale

#: Ratings in one block, so that the working memory does not grow with the number of clients.
_AT_ONCE = 1 << 20

__all__ = [
    "EPS",
    "Block",
    "Float",
    "Int",
    "Ratings",
    "Truth",
    "blocks",
    "client_sd",
    "join_ratings",
    "ratings_from",
    "total",
]

Float = NDArray[np.float64]
Int = NDArray[np.int64]
Truth = NDArray[np.bool_]

#: Scores such as 4.2 − 3.7 must not decide a case.
EPS = 1e-9


@dataclass(frozen=True)
class Ratings:
    """Ratings of one rater on one instrument, sorted by client and session, higher = better alliance.

    ``clients``: m labels. ``start``: shape (m + 1,), where each client's ratings begin. ``session``,
    ``score``: shape (N,). ``outcomes``: column → one value per client, shape (m,), NaN where there is none.
    """

    clients: NDArray[Any]
    start: Int
    session: Int
    score: Float
    outcomes: Mapping[str, Float] = field(default_factory=dict)

    @property
    def m(self) -> int:
        """Number of clients."""
        return len(self.start) - 1

    @property
    def lengths(self) -> Int:
        """Ratings per client, shape (m,)."""
        return np.diff(self.start)

    def part(self, begin: int, end: int) -> Ratings:
        """The consecutive clients from ``begin`` to before ``end``, without a copy of their ratings."""
        rows = slice(int(self.start[begin]), int(self.start[end]))
        outcomes = {name: values[begin:end] for name, values in self.outcomes.items()}
        start = self.start[begin : end + 1] - self.start[begin]
        return Ratings(self.clients[begin:end], start, self.session[rows], self.score[rows], outcomes)

    def take(self, keep: Int) -> Ratings:
        """The clients at ``keep``, in that order."""
        sizes = self.lengths[keep]
        start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        index = np.repeat(self.start[keep] - start[:-1], sizes) + np.arange(start[-1])
        outcomes = {name: values[keep] for name, values in self.outcomes.items()}
        return Ratings(self.clients[keep], start, self.session[index], self.score[index], outcomes)


@dataclass(frozen=True)
class Block:
    """m clients with n ratings each: ``y`` and ``session`` of shape (n, m), ``index`` their places (m,)."""

    index: Int
    y: Float
    session: Int

    @property
    def n(self) -> int:
        """Ratings per client."""
        return int(self.y.shape[0])

    @property
    def m(self) -> int:
        """Number of clients."""
        return int(self.y.shape[1])

    def near(self, gap: int) -> Truth:
        """Whether two consecutive ratings are neighbours, shape (n − 1, m)."""
        return np.diff(self.session, axis=0) <= gap

    def take(self, columns: NDArray[np.intp]) -> Block:
        """Some of the clients."""
        return Block(self.index[columns], self.y[:, columns], self.session[:, columns])


def total(values: Float) -> Float:
    """The sum over sessions (axis 0), one rating after the other: the same for any number of clients."""
    summed = np.zeros(values.shape[1])
    for row in values:
        summed += row
    return summed


def client_sd(y: Float, mean: Float | None = None) -> Float:
    """Sample standard deviation of every column, divisor n − 1; 0 for single ratings."""
    n = y.shape[0]
    if n < 2:
        return np.zeros(y.shape[1])
    mean = total(y) / n if mean is None else mean
    summed = np.zeros(y.shape[1])
    for row in y:  # row by row, so that no second copy of the scores is needed
        summed += (row - mean) ** 2
    return np.asarray(np.sqrt(summed / (n - 1)))


def ratings_from(
    clients: Sequence[Any],
    session: ArrayLike,
    score: ArrayLike,
    scale: Scale | None = None,
    outcomes: Mapping[str, Mapping[Any, float]] | None = None,
) -> Ratings:
    """Ratings in any order as ``Ratings``: sorted, turned so that higher is better, missing scores left out.

    ``clients`` holds one label per rating; labels that are all whole numbers are sorted as numbers.
    """
    labels = np.asarray(clients)
    if labels.dtype.kind == "O" or labels.dtype.kind == "U":
        texts = [str(label) for label in clients]
        whole = all(text.isdecimal() and (text == "0" or text[0] != "0") for text in texts)
        labels = np.array([int(text) for text in texts]) if whole and texts else np.array(texts, dtype=str)
    names, code = np.unique(labels, return_inverse=True)
    y, s = np.asarray(score, dtype=np.float64), np.asarray(session, dtype=np.int64)
    rated = ~np.isnan(y)
    code, s, y = code[rated], s[rated], y[rated]
    order = np.lexsort((s, code))
    start = np.searchsorted(code[order], np.arange(len(names) + 1)).astype(np.int64)
    y = y[order]
    if scale is not None and scale.direction == "lower":
        y = (scale.min + scale.max - y) if scale.min is not None and scale.max is not None else -y
    known = {str(name): i for i, name in enumerate(names.tolist())}
    columns: dict[str, Float] = {}
    for column, values in (outcomes or {}).items():
        columns[column] = np.full(len(names), np.nan)
        for client, value in values.items():
            columns[column][known[str(client)]] = value
    return Ratings(names, start, s[order], y, columns)


def join_ratings(parts: Sequence[Ratings]) -> Ratings:
    """Ratings of different clients as one; clients in the order of the parts."""
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Ratings(none, np.zeros(1, dtype=np.int64), none, np.zeros(0))
    if len(parts) == 1:
        return parts[0]
    both = np.concatenate
    offsets = np.cumsum([0, *(len(part.score) for part in parts)])
    starts = [part.start[:-1] + offset for part, offset in zip(parts, offsets[:-1], strict=True)]
    return Ratings(
        both([part.clients for part in parts]),
        both([*starts, offsets[-1:]]).astype(np.int64),
        both([part.session for part in parts]),
        both([part.score for part in parts]),
        {name: both([part.outcomes[name] for part in parts]) for name in parts[0].outcomes},
    )


def blocks(ratings: Ratings) -> Iterator[Block]:
    """The series in blocks of equal length, shortest first; clients without ratings are in none.

    Very many clients of one length are several blocks.
    """
    if not ratings.m:
        return
    lengths = ratings.lengths
    order = np.argsort(lengths, kind="stable")
    sizes, first = np.unique(lengths[order], return_index=True)
    for n, members in zip(sizes.tolist(), np.split(order, first[1:]), strict=True):
        if n == 0:
            continue
        width = max(1, _AT_ONCE // n)
        for begin in range(0, len(members), width):
            some = members[begin : begin + width]
            rows = ratings.start[some] + np.arange(n)[:, None]
            yield Block(some, ratings.score[rows], ratings.session[rows])
