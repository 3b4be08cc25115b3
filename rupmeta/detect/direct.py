"""Ruptures measured directly: post-session questionnaires (PSQ) and observer ratings (3RS).

No cut-off was published that could be verified, so the cut-offs are the user's and are printed. A session is
the unit: there is a rupture in it or not, and its resolution was rated high enough or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.detect.agreement import Agreement, agree
from rupmeta.detect.classify import Detection
from rupmeta.detect.series import Float, Ratings, Truth
from rupmeta.errors import UsageError

__all__ = ["INSTRUMENTS", "Cutoffs", "DirectScores", "agree_on_sessions", "parse_cutoffs", "score_sessions"]

#: Instrument → its scores: signs of a rupture (any of them) and of its resolution. Items are means of the
#: session's form: PSQ tension ("was there tension, misunderstanding, conflict") and intensity; 3RS withdrawal
#: and confrontation.
INSTRUMENTS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "psq": (("tension", "intensity"), "resolved"),
    "3rs": (("withdrawal", "confrontation"), "resolution"),
}


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """``rupture_at``: a sign from there on is a rupture; ``resolved_at``: a resolution, a repair.

    ``columns``: sign or resolution → column of the file.
    """

    instrument: str
    columns: Mapping[str, str]
    rupture_at: float
    resolved_at: float | None = None


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


def parse_cutoffs(text: str) -> Cutoffs:
    """``psq:tension=tens,resolved=res,rupture_at=2,resolved_at=4``; tension alone is the column tension."""
    instrument, _, rest = text.partition(":")
    if instrument not in INSTRUMENTS:
        raise UsageError(f"--direct {text}: choose {' or '.join(INSTRUMENTS)}, such as psq:rupture_at=2")
    signs, resolution = INSTRUMENTS[instrument]
    columns: dict[str, str] = {}
    numbers: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in rest.split(","))):
        key, _, value = (piece.strip() for piece in part.partition("="))
        if key in (*signs, resolution):
            columns[key] = value
        elif key in ("rupture_at", "resolved_at"):
            try:
                numbers[key] = float(value)
            except ValueError:
                raise UsageError(f"--direct: {key}={value} is not a number") from None
        else:
            known = ", ".join((*signs, resolution, "rupture_at", "resolved_at"))
            raise UsageError(f"--direct {instrument} has no {key}; known are {known}")
    if "rupture_at" not in numbers:
        raise UsageError(f"--direct {instrument} needs rupture_at: no cut-off is standard")
    if not columns:
        columns = {signs[0]: signs[0]}
    if not any(sign in columns for sign in signs):
        raise UsageError(f"--direct {instrument} needs a column of {' or '.join(signs)}")
    if resolution in columns and "resolved_at" not in numbers:
        raise UsageError(f"--direct {instrument} needs resolved_at for {resolution}")
    return Cutoffs(instrument, columns, numbers["rupture_at"], numbers.get("resolved_at"))


def score_sessions(
    cutoffs: Cutoffs,
    client: NDArray[np.int64],
    session: NDArray[np.int64],
    scores: Mapping[str, Float],
    m: int,
) -> DirectScores:
    """Rupture in a session: any sign ≥ ``rupture_at``; repaired: resolution ≥ ``resolved_at``.

    ``client``: place of the client of every row, ``session`` its session, ``scores``: column → (N,), NaN
    where an item was not answered; ``m`` clients.
    """
    signs, resolution = INSTRUMENTS[cutoffs.instrument]
    rated = [scores[cutoffs.columns[sign]] for sign in signs if sign in cutoffs.columns]
    known = np.any([~np.isnan(values) for values in rated], axis=0)
    with np.errstate(invalid="ignore"):
        rupture = np.any([values >= cutoffs.rupture_at - 1e-9 for values in rated], axis=0) & known
        repaired = np.zeros(len(known), dtype=bool)
        missing = rupture.copy()
        if resolution in cutoffs.columns and cutoffs.resolved_at is not None:
            values = scores[cutoffs.columns[resolution]]
            repaired = rupture & (values >= cutoffs.resolved_at - 1e-9)
            missing = rupture & np.isnan(values)
    seen = np.bincount(client[known], minlength=m) > 0
    mended = np.bincount(client[repaired], minlength=m) > 0
    lost = np.bincount(client[rupture & ~repaired], minlength=m) > 0
    kind = np.select([~seen, mended & lost, mended, lost], [4, 3, 1, 2], 0).astype(np.int8)
    return DirectScores(
        cutoffs.instrument, client, session, rupture, repaired, known, kind, int(missing.sum())
    )


def agree_on_sessions(found: Detection, ratings: Ratings, direct: DirectScores) -> list[Agreement]:
    """The rule's episodes against a direct measure: by session (is it in an episode?) and by client.

    A session lies in an episode from its onset to its end. Only sessions that both rated, of clients that the
    rule can judge, are compared; agreement on "no rupture" is easy, so look at κ.
    """
    inside = np.zeros(len(ratings.score), dtype=bool)
    episodes = found.episodes
    for client, onset, end in zip(
        episodes.client.tolist(), episodes.onset.tolist(), episodes.end.tolist(), strict=True
    ):
        rows = slice(int(ratings.start[client]), int(ratings.start[client + 1]))
        inside[rows] |= (ratings.session[rows] >= onset) & (ratings.session[rows] <= end)
    owner = np.repeat(np.arange(ratings.m), ratings.lengths)
    width = int(max(ratings.session.max(initial=0), direct.session.max(initial=0))) + 1
    keys, wanted = owner * width + ratings.session, direct.client * width + direct.session
    place = np.searchsorted(keys, wanted)
    place[place == len(keys)] = 0
    both = (keys[place] == wanted) if len(keys) else np.zeros(len(wanted), dtype=bool)
    judged = both & direct.known & found.classified[direct.client]
    sessions = agree(
        found.settings.rule, direct.instrument, "session", inside[place] if len(keys) else both,
        direct.rupture, judged,
    )  # fmt: skip
    clients = agree(
        found.settings.rule, direct.instrument, "client", np.asarray(found.kind > 0),
        np.asarray((direct.kind >= 1) & (direct.kind <= 3)), found.classified & (direct.kind < 4),
    )  # fmt: skip
    return [sessions, clients]
