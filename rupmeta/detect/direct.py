"""Ruptures measured directly: post-session questionnaires (PSQ) and observer ratings (3RS).

No cut-off was published that could be verified, so the cut-offs are the user's and are printed. A session is
the unit: there is a rupture in it or not, and its resolution was rated high enough or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rupmeta.detect.agreement import Agreement, agree
from rupmeta.detect.classify import Detection
from rupmeta.detect.series import Float, Int, Ratings, Truth
from rupmeta.errors import UsageError

__all__ = [
    "INSTRUMENTS",
    "Cutoffs",
    "DirectScores",
    "agree_directly",
    "agree_on_sessions",
    "parse_cutoffs",
    "score_sessions",
]

#: Instrument → its scores: signs of a rupture (any of them) and of its resolution. Items are means of the
#: session's form: PSQ tension ("was there tension, misunderstanding, conflict") and intensity; 3RS withdrawal
#: and confrontation.
INSTRUMENTS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "psq": (("tension", "intensity"), "resolved"),
    "3rs": (("withdrawal", "confrontation"), "resolution"),
}


_NUMBERS = ("rupture_at", "resolved_at", "min", "max")
_NAMES = ("client", "session", "study", "raters")
_WORDS = ("file", *_NAMES, "rater", "sep")


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """``rupture_at``: a sign from there on is a rupture; ``resolved_at``: a resolution, a repair.

    ``columns``: sign or resolution → columns of the file, whose mean it is. ``file``: where they stand (None:
    in the file of the alliance ratings); ``names``: own names of its columns client, session, study, rater;
    ``rater``: whose rows of it are read; ``low``, ``high``: range of an item.
    """

    instrument: str
    columns: Mapping[str, tuple[str, ...]]
    rupture_at: float
    resolved_at: float | None = None
    file: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    rater: str | None = None
    sep: str = ","
    low: float | None = None
    high: float | None = None

    @property
    def label(self) -> str:
        """The instrument, and the rater where one was chosen."""
        return self.instrument if self.rater is None else f"{self.instrument} ({self.rater})"

    @property
    def items(self) -> tuple[str, ...]:
        """Every column that is read."""
        return tuple(dict.fromkeys(name for names in self.columns.values() for name in names))


@dataclass(frozen=True)
class DirectScores:
    """One entry per session, shape (N,): ``rupture`` and ``repaired``; ``known`` where a sign was rated.

    ``kind``: class per client of ``clients``, shape (m,): 0 none, 1 all repaired, 2 none repaired, 3 mixed, 4
    without a rated session. A rupture whose resolution was not rated counts as unrepaired.
    """

    instrument: str
    client: NDArray[np.int64]
    session: NDArray[np.int64]
    rupture: Truth
    repaired: Truth
    known: Truth
    kind: NDArray[np.int8]
    resolution_missing: int

    @property
    def ruptured(self) -> Truth:
        """Clients with at least one rupture, shape (m,)."""
        return np.asarray((self.kind >= 1) & (self.kind <= 3))

    @property
    def rated(self) -> Truth:
        """Clients with at least one rated session, shape (m,)."""
        return np.asarray(self.kind < 4)


def parse_cutoffs(text: str) -> Cutoffs:
    """``psq:file=psq.csv,tension=t1+t2,resolved=res,rupture_at=2,resolved_at=4,min=1,max=5``.

    Without a column of any sign the first sign stands in a column of its own name; ``t1+t2`` is the mean of
    two columns.
    """
    instrument, _, rest = text.partition(":")
    if instrument not in INSTRUMENTS:
        raise UsageError(f"--direct {text}: choose {' or '.join(INSTRUMENTS)}, such as psq:rupture_at=2")
    signs, resolution = INSTRUMENTS[instrument]
    columns: dict[str, tuple[str, ...]] = {}
    numbers: dict[str, float] = {}
    words: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in rest.split(","))):
        key, sign, value = (piece.strip() for piece in part.partition("="))
        if key not in (*signs, resolution, *_NUMBERS, *_WORDS):
            known = ", ".join((*signs, resolution, *_NUMBERS, *_WORDS))
            raise UsageError(f"--direct {instrument} has no {key}; known are {known}")
        if not sign or not value:
            raise UsageError(f"--direct {instrument}: {key} has no value; write {key}=…")
        if key in (*signs, resolution):
            columns[key] = tuple(name.strip() for name in value.split("+"))
        elif key in _NUMBERS:
            try:
                numbers[key] = float(value)
            except ValueError:
                raise UsageError(f"--direct: {key}={value} is not a number") from None
        else:
            words[key] = value
    if "rupture_at" not in numbers:
        raise UsageError(f"--direct {instrument} needs rupture_at: no cut-off is standard")
    if not columns:
        columns = {signs[0]: (signs[0],)}
    if not any(sign in columns for sign in signs):
        raise UsageError(f"--direct {instrument} needs a column of {' or '.join(signs)}")
    if resolution in columns and "resolved_at" not in numbers:
        raise UsageError(f"--direct {instrument} needs resolved_at for {resolution}")
    if "file" not in words and set(words) - {"file"}:
        raise UsageError(
            f"--direct {instrument}: {', '.join(words)} describe a file of its own; name it, file=…"
        )
    return Cutoffs(
        instrument,
        columns,
        numbers["rupture_at"],
        numbers.get("resolved_at"),
        file=words.get("file"),
        names={key.removesuffix("s"): words[key] for key in _NAMES if key in words},
        rater=words.get("rater"),
        sep={"tab": "\t", "semicolon": ";"}.get(words.get("sep", ","), words.get("sep", ",")),
        low=numbers.get("min"),
        high=numbers.get("max"),
    )


def score_sessions(
    cutoffs: Cutoffs,
    client: NDArray[np.int64],
    session: NDArray[np.int64],
    scores: Mapping[str, Float],
    m: int,
) -> DirectScores:
    """Rupture in a session: any sign ≥ ``rupture_at``; repaired: resolution ≥ ``resolved_at``.

    ``client``: place of the client of every row, ``session`` its session, ``scores``: column → (N,), NaN
    where an item was not answered; ``m`` clients. A score is the mean of the items that were answered.
    """
    signs, resolution = INSTRUMENTS[cutoffs.instrument]
    rated = [_mean(scores, cutoffs.columns[sign]) for sign in signs if sign in cutoffs.columns]
    known = np.any([~np.isnan(values) for values in rated], axis=0)
    with np.errstate(invalid="ignore"):
        rupture = np.any([values >= cutoffs.rupture_at - 1e-9 for values in rated], axis=0) & known
        repaired = np.zeros(len(known), dtype=bool)
        missing = rupture.copy()
        if resolution in cutoffs.columns and cutoffs.resolved_at is not None:
            values = _mean(scores, cutoffs.columns[resolution])
            repaired = rupture & (values >= cutoffs.resolved_at - 1e-9)
            missing = rupture & np.isnan(values)
    seen = np.bincount(client[known], minlength=m) > 0
    mended = np.bincount(client[repaired], minlength=m) > 0
    lost = np.bincount(client[rupture & ~repaired], minlength=m) > 0
    kind = np.select([~seen, mended & lost, mended, lost], [4, 3, 1, 2], 0).astype(np.int8)
    return DirectScores(cutoffs.label, client, session, rupture, repaired, known, kind, int(missing.sum()))


def _mean(scores: Mapping[str, Float], names: tuple[str, ...]) -> Float:
    """The mean of the items that were answered, NaN where none was."""
    items = np.stack([scores[name] for name in names])
    answered = (~np.isnan(items)).sum(axis=0)
    added = np.where(np.isnan(items), 0.0, items).sum(axis=0)
    return np.asarray(np.divide(added, answered, out=np.full(items.shape[1], np.nan), where=answered > 0))


def agree_on_sessions(found: Detection, ratings: Ratings, direct: DirectScores) -> list[Agreement]:
    """The rule's episodes against a direct measure: by session (is it in an episode?) and by client.

    A session lies in an episode from its onset to its end. Only sessions that both rated, of clients that the
    rule can judge, are compared; agreement on "no rupture" is easy, so look at κ. Among clients in whom both
    find a rupture, a third entry compares whether all of them were repaired.
    """
    inside = np.zeros(len(ratings.score), dtype=bool)
    episodes = found.episodes
    for client, onset, end in zip(
        episodes.client.tolist(), episodes.onset.tolist(), episodes.end.tolist(), strict=True
    ):
        rows = slice(int(ratings.start[client]), int(ratings.start[client + 1]))
        inside[rows] |= (ratings.session[rows] >= onset) & (ratings.session[rows] <= end)
    owner = np.repeat(np.arange(ratings.m), ratings.lengths)
    one, two = _shared(owner, ratings.session, direct.client, direct.session)
    judged = direct.known[two] & found.classified[direct.client[two]]
    names = (found.settings.rule, direct.instrument)
    return [
        agree(*names, "session", inside[one], direct.rupture[two], judged),
        agree(*names, "client", found.kind > 0, direct.ruptured, found.classified & direct.rated),
        agree(
            *names, "repair", found.kind == 1, direct.kind == 1,
            found.classified & (found.kind > 0) & direct.ruptured,
        ),
    ]  # fmt: skip


def agree_directly(first: DirectScores, second: DirectScores) -> list[Agreement]:
    """Two direct measures of the same clients: by session, by client, and on the repair of ruptures."""
    one, two = _shared(first.client, first.session, second.client, second.session)
    names = (first.instrument, second.instrument)
    return [
        agree(
            *names, "session", first.rupture[one], second.rupture[two], first.known[one] & second.known[two]
        ),
        agree(*names, "client", first.ruptured, second.ruptured, first.rated & second.rated),
        agree(*names, "repair", first.kind == 1, second.kind == 1, first.ruptured & second.ruptured),
    ]


def _shared(client: Int, session: Int, other: Int, at: Int) -> tuple[Int, Int]:
    """Rows of both sides that are the same session of the same client."""
    width = int(max(session.max(initial=0), at.max(initial=0))) + 1
    _, one, two = np.intersect1d(client * width + session, other * width + at, return_indices=True)
    return one, two
