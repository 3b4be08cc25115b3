"""Ruptures measured directly, beside those that a rule infers: read, scored, compared with one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rupmeta.detect.agreement import Agreement
from rupmeta.detect.classify import Detection
from rupmeta.detect.direct import Cutoffs, DirectScores, agree_directly, agree_on_sessions, score_sessions
from rupmeta.detect.scale import Scale
from rupmeta.detect.series import Float
from rupmeta.errors import UsageError
from rupmeta.pipeline.detect_sources import Source, is_parquet, read_file
from rupmeta.read.folder import InputFile
from rupmeta.read.ratings.format import RatingsFile, RatingsFormat

__all__ = ["Direct", "direct_measures"]


@dataclass(frozen=True)
class Direct:
    """One direct measure: cut-offs, scores, agreement with the rule and with the direct measures before it.

    ``strangers``: clients of its file who have no alliance ratings and are left out; ``input``: its own file.
    """

    cutoffs: Cutoffs
    scores: DirectScores
    agreement: tuple[Agreement, ...]
    strangers: int = 0
    input: InputFile | None = None


@dataclass(frozen=True)
class _Rows:
    """One entry per session: label of the client, number of the session, items (NaN: not answered)."""

    client: list[str]
    session: NDArray[np.int64]
    items: Mapping[str, Float]
    input: InputFile | None


def direct_measures(source: Source, found: Detection, asked: tuple[Cutoffs, ...]) -> tuple[Direct, ...]:
    """Every measure that was asked for, in the order given."""
    places = {str(name): i for i, name in enumerate(found.clients.tolist())}
    results: list[Direct] = []
    for cutoffs in asked:
        rows = _rows(source, cutoffs)
        place = np.array([places.get(name, -1) for name in rows.client], dtype=np.int64)
        known = place >= 0
        scores = score_sessions(
            cutoffs, place[known], rows.session[known],
            {name: values[known] for name, values in rows.items.items()}, found.m,
        )  # fmt: skip
        pairs = agree_on_sessions(found, source.ratings, scores)
        for other in results:
            pairs += agree_directly(other.scores, scores)
        strangers = len({name for name in rows.client if name not in places})
        results.append(Direct(cutoffs, scores, tuple(pairs), strangers, rows.input))
    return tuple(results)


def _rows(source: Source, cutoffs: Cutoffs) -> _Rows:
    """The sessions of the measure: from the ratings file, or from its own CSV or Parquet file."""
    if cutoffs.file is None:
        if not source.file.clients:
            raise UsageError("--direct reads its items from CSV; name a file of its own: file=psq.csv")
        return _from_rows(source.file, None)
    # The first item stands for the score that every file of ratings has.
    form = RatingsFormat(
        columns={**cutoffs.names, "score": cutoffs.items[0]},
        sep=cutoffs.sep,
        rater=cutoffs.rater,
        direct=cutoffs.items,
        direct_low=cutoffs.low,
        direct_high=cutoffs.high,
    )
    if is_parquet(cutoffs.file):
        if source.file.dated:
            raise UsageError(
                f"--direct: {cutoffs.file} is matched by the number of the session and the ratings have "
                "dates; number the sessions in both, or convert both files to CSV"
            )
        return _from_parquet(cutoffs, form)
    file, read = read_file(cutoffs.file, form)
    if file.dated != source.file.dated:
        words = "it has dates, they numbers" if file.dated else "it has numbers, they dates"
        raise UsageError(
            f"--direct: {cutoffs.file} and the ratings are matched by session; {words}: "
            "give both the dates, or number the sessions in both"
        )
    if not file.dated:
        return _from_rows(file, read)
    if not source.file.days:
        raise UsageError(
            f"--direct: sessions of {cutoffs.file} are matched by their dates with ratings in CSV; "
            "number the sessions in both, or convert the ratings to CSV"
        )
    return replace(_from_rows(file, read), session=_by_day(file, source.file))


def _by_day(file: RatingsFile, ratings: RatingsFile) -> NDArray[np.int64]:
    """The rating's session of the same client and day; days without a rating come after all sessions."""
    known = dict(zip(zip(ratings.clients, ratings.days, strict=True), ratings.sessions, strict=True))
    last = max(ratings.sessions, default=0)
    rows = zip(file.clients, file.days, file.sessions, strict=True)
    return np.array([known.get((client, day), last + own) for client, day, own in rows], dtype=np.int64)


def _from_rows(file: RatingsFile, read: InputFile | None) -> _Rows:
    items = {name: np.array(values) for name, values in file.direct.items()}
    return _Rows(list(file.clients), np.array(file.sessions, dtype=np.int64), items, read)


def _from_parquet(cutoffs: Cutoffs, form: RatingsFormat) -> _Rows:
    """Item by item, as the score of a file of ratings; sessions are those with any item."""
    from rupmeta.detect.parquet import open_parquet
    from rupmeta.pipeline.detect_parquet import fingerprint

    assert cutoffs.file is not None
    scale = Scale(min=cutoffs.low, max=cutoffs.high)
    found: dict[tuple[str, int], dict[str, float]] = {}
    for item in cutoffs.items:
        columns = {**form.columns, "score": item}
        opened = open_parquet(cutoffs.file, replace(form, columns=columns, direct=()), scale)
        if opened.dated:
            raise UsageError(
                f"--direct: {cutoffs.file} has dates, which are matched in CSV files only; number the "
                "sessions as in the ratings, or convert both files to CSV"
            )
        ratings = opened.whole()
        owner = np.repeat(np.arange(ratings.m), ratings.lengths)
        names = [str(name) for name in ratings.clients.tolist()]
        for i, session, score in zip(
            owner.tolist(), ratings.session.tolist(), ratings.score.tolist(), strict=True
        ):
            found.setdefault((names[i], session), {})[item] = score
    items = {
        item: np.array([row.get(item, np.nan) for row in found.values()], dtype=np.float64)
        for item in cutoffs.items
    }
    session = np.array([session for _, session in found], dtype=np.int64)
    return _Rows([name for name, _ in found], session, items, fingerprint(cutoffs.file, opened))
