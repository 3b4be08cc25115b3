"""Columns of session ratings as Arrow holds them → arrays, faults, series; nothing is read here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rupmeta.detect.series import Float, Int, Ratings
from rupmeta.errors import InputError, MissingExtraError
from rupmeta.read.problems import Problem, sort_problems
from rupmeta.read.ratings.format import ONE_OUTCOME, RatingsFormat
from rupmeta.read.ratings.scores import NEVER_SCORES, describe_out_of_range

if TYPE_CHECKING:
    import pyarrow as pa

    from rupmeta.detect.scale import Scale

__all__ = ["Columns", "Where", "columns_of", "is_dated", "require_package", "series_from"]

SHOWN = 50  # faults that are listed
DAY_0 = 1_000_000  # 1970-01-01, so that earlier days are no negative sessions

#: The file and the row in it, 1-based, of the i-th row that is read; None: rows have no place of their own.
Where = Callable[[int], tuple[str, int]]


@dataclass(frozen=True)
class Columns:
    """Rows of a file as arrays, one entry per rating; ``first`` is the place of the first among all rows.

    Rows that were left out (another rater) leave gaps, which ``rows`` knows; None: there are no gaps.
    """

    client: NDArray[Any]
    session: NDArray[Any]
    score: Float
    outcomes: dict[str, Float]
    first: int = 0
    rows: Int | None = None

    def __len__(self) -> int:
        return len(self.client)

    def row(self, at: int) -> int:
        """The place among all rows of entry ``at``."""
        return self.first + at if self.rows is None else int(self.rows[at])

    def take(self, index: NDArray[Any]) -> Columns:
        """Some of the rows, in any order."""
        rows = self.first + np.arange(len(self), dtype=np.int64) if self.rows is None else self.rows
        outcomes = {name: values[index] for name, values in self.outcomes.items()}
        return Columns(
            self.client[index], self.session[index], self.score[index], outcomes, self.first, rows[index]
        )

    def split(self, at: int) -> tuple[Columns, Columns]:
        """The rows before ``at`` and the others; views, no copies."""
        return self._slice(slice(0, at)), self._slice(slice(at, None))

    def _slice(self, part: slice) -> Columns:
        outcomes = {name: values[part] for name, values in self.outcomes.items()}
        rows = None if self.rows is None else self.rows[part]
        return Columns(
            self.client[part], self.session[part], self.score[part], outcomes,
            self.first + (part.start or 0), rows,
        )  # fmt: skip

    def joined(self, other: Columns) -> Columns:
        """These rows, then those that follow them."""
        both = np.concatenate
        rows = None
        if self.rows is not None or other.rows is not None or self.first + len(self) != other.first:
            places = [
                part.first + np.arange(len(part)) if part.rows is None else part.rows
                for part in (self, other)
            ]
            rows = both(places).astype(np.int64)
        outcomes = {name: both([self.outcomes[name], other.outcomes[name]]) for name in self.outcomes}
        return Columns(
            both([self.client, other.client]), both([self.session, other.session]),
            both([self.score, other.score]), outcomes, self.first, rows,
        )  # fmt: skip


def columns_of(
    batch: pa.RecordBatch | pa.Table,
    first: int,
    names: Mapping[str, str],
    form: RatingsFormat,
    scale: Scale,
    where: Where | None,
    path: str,
) -> Columns:
    """The rows of ``batch`` that are wanted; ``InputError`` holds the faults of single rows.

    ``first``: place of the first row among all rows of the files; ``where`` finds file and row of a place.
    """
    keep: NDArray[np.bool_] | None = None
    for kind, chosen in (("rater", form.rater), ("measure", form.measure)):
        if kind in names:
            keep = _chosen(batch.column(names[kind]), kind, chosen, keep, path)
    labels, nameless = _labels(batch.column(names["client"]))
    if "study" in names:
        study, _ = _labels(batch.column(names["study"]))
        labels = _pairs(study.astype(str), labels.astype(str))
    session, unknown = _sessions(batch.column(names["session"]), names["session"], path)
    score, _ = _numbers(batch.column(names["score"]), names["score"], path)
    outcomes = {
        name: _numbers(batch.column(name), name, path)[0].astype(np.float64, copy=False)
        for name in form.outcomes
    }
    columns = Columns(labels, session, score.astype(np.float64, copy=False), outcomes, first)
    if keep is not None and not keep.all():
        columns = columns.take(np.flatnonzero(keep))
        nameless, unknown = (None if mask is None else mask[keep] for mask in (nameless, unknown))
    _check(columns, nameless, unknown, scale, names, where, path)
    return columns


def _check(
    columns: Columns,
    nameless: NDArray[np.bool_] | None,
    unknown: NDArray[np.bool_] | None,
    scale: Scale,
    names: Mapping[str, str],
    where: Where | None,
    path: str,
) -> None:
    faults: list[Problem] = []

    def say(found: Iterable[int], code: str, name: str, message: Callable[[int], str]) -> None:
        places = list(found)
        shown = [
            _fault(columns, int(at), code, names[name], message(int(at)), where, path)
            for at in places[:SHOWN]
        ]
        faults.extend([*shown, *_rest(len(places), shown)])

    sessions, y = columns.session, columns.score
    if nameless is not None:
        say(np.flatnonzero(nameless), "RAT-SESSION", "client", lambda _: "no client in this row")
    if unknown is not None:
        say(np.flatnonzero(unknown), "RAT-SESSION", "session", lambda _: "no session in this row")
    wrong = sessions < 0
    if sessions.dtype.kind == "f":
        wrong |= np.isnan(sessions) | (sessions % 1 != 0)
        if unknown is not None:
            wrong &= ~unknown
    if wrong.any():
        say(
            np.flatnonzero(wrong), "RAT-SESSION", "session",
            lambda at: f"{sessions[at]:g} is no session; whole numbers from 0 or dates",
        )  # fmt: skip
    low, high = scale.min, scale.max
    out = np.isinf(y)
    if low is None and high is None:
        out |= np.isin(y, list(NEVER_SCORES))
    with np.errstate(invalid="ignore"):
        out |= False if low is None else y < low - 1e-9
        out |= False if high is None else y > high + 1e-9
    if out.any():
        say(
            np.flatnonzero(out), "RAT-RANGE", "score",
            lambda at: describe_out_of_range(float(y[at]), low, high) or "infinite",
        )  # fmt: skip
    if faults:
        raise InputError(sort_problems(faults))


def _fault(
    columns: Columns, at: int, code: str, name: str, message: str, where: Where | None, path: str
) -> Problem:
    """A fault of one row, by file and row, or by client and session where rows have no place."""
    if where is None:
        who = name if message.startswith("client") else f"client {columns.client[at]}, {name}"
        return Problem(path, 1, 1, code, "error", who, message)
    file, row = where(columns.row(at))
    return Problem(file, row, 1, code, "error", f"row {row}, {name}", message)


def _rest(found: int, shown: Sequence[Problem]) -> list[Problem]:
    """The faults of a kind that are not listed, as one that follows the last of the ``shown``."""
    more = found - len(shown)
    if not more:
        return []
    last = max(shown)
    words = f"and {more} more faults like these"
    return [Problem(last.path, last.line, last.column + 1, last.code, "error", "", words)]


def series_from(
    columns: Columns,
    scale: Scale,
    names: Mapping[str, str],
    where: Where | None,
    path: str,
    *,
    dated: bool,
) -> Ratings:
    """Rows as series: sorted, duplicates refused, missing scores left out, higher = better.

    ``dated``: sessions are days and become ranks within the client.
    """
    client, session = columns.client, columns.session.astype(np.int64, copy=False)
    same = client[1:] == client[:-1]
    if np.any((client[1:] < client[:-1]) | (same & (session[1:] < session[:-1]))):
        order = np.lexsort((session, client))
        columns, session = columns.take(order), session[order]
        client = columns.client
        same = client[1:] == client[:-1]
    twice = np.flatnonzero(same & (session[1:] == session[:-1]))
    if len(twice):
        faults = [_duplicate(columns, int(at), names, where, path, dated=dated) for at in twice[:SHOWN]]
        raise InputError(sort_problems([*faults, *_rest(len(twice), faults)]))
    heads = np.concatenate([[0], np.flatnonzero(~same) + 1]) if len(client) else np.zeros(0, dtype=np.int64)
    outcomes = {name: _constant(columns, name, heads, where, path) for name in columns.outcomes}
    start = np.append(heads, len(client)).astype(np.int64)
    if dated:
        session = np.arange(1, len(client) + 1) - np.repeat(start[:-1], np.diff(start))
    score = columns.score
    if scale.direction == "lower":
        lo, hi = scale.min, scale.max
        score = lo + hi - score if lo is not None and hi is not None else -score
    rated = ~np.isnan(score)
    if not rated.all():
        start = np.concatenate([[0], np.cumsum(rated)])[start].astype(np.int64)
        session, score = session[rated], score[rated]
    return Ratings(client[heads], start, session, score, outcomes)


def _duplicate(
    columns: Columns, at: int, names: Mapping[str, str], where: Where | None, path: str, *, dated: bool
) -> Problem:
    earlier = "" if where is None else f" (row {where(columns.row(at))[1]})"
    session = int(columns.session[at])
    shown = str(np.datetime64(session - DAY_0, "D")) if dated else str(session)
    message = f"client {columns.client[at]}, session {shown} again{earlier}"
    return _fault(columns, at + 1, "RAT-DUP", names["session"], message, where, path)


def _constant(columns: Columns, name: str, heads: Int, where: Where | None, path: str) -> Float:
    """One outcome per client; every client in whom it varies is a fault."""
    values = columns.outcomes[name]
    if not len(heads):
        return np.zeros(0)
    low, high = np.fmin.reduceat(values, heads), np.fmax.reduceat(values, heads)
    varies = np.flatnonzero(high > low)
    if len(varies):
        faults = [
            _fault(
                columns, int(heads[i]), "RAT-OUTCOME", name,
                f"{name} has 2 values for client {columns.client[heads[i]]}: {low[i]:g} and {high[i]:g}; "
                f"{ONE_OUTCOME}",
                where, path,
            )
            for i in varies[:SHOWN]
        ]  # fmt: skip
        raise InputError(sort_problems([*faults, *_rest(len(varies), faults)]))
    return np.asarray(low)


def require_package(name: str) -> Any:
    """A package of the extra, or the sentence that says how to get it."""
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        raise MissingExtraError("big", "Parquet") from error


def is_dated(kind: Any) -> bool:
    """Whether an Arrow type holds days or times."""
    types = require_package("pyarrow").types
    return bool(types.is_date(kind) or types.is_timestamp(kind))


def _flat(column: Any) -> Any:
    """A chunked column as one array."""
    return column.combine_chunks() if hasattr(column, "chunks") else column


def _missing(column: Any) -> NDArray[np.bool_] | None:
    return np.asarray(column.is_null().to_numpy(zero_copy_only=False)) if column.null_count else None


def _labels(column: Any) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """Labels, integers as they are and the rest as text; where one is missing or empty."""
    types = require_package("pyarrow").types
    column = _flat(column)
    missing = _missing(column)
    if types.is_integer(column.type):
        filled = column if missing is None else column.fill_null(0)
        return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=np.int64), missing
    # Few labels, many rows: only the distinct ones are made into text.
    coded = column if types.is_dictionary(column.type) else column.dictionary_encode()
    distinct = [str(value) for value in coded.dictionary.to_pylist()]
    codes = coded.indices if missing is None else coded.indices.fill_null(len(distinct))
    known = np.array([*distinct, ""], dtype=str)
    labels = known[np.asarray(codes.to_numpy(zero_copy_only=False))]
    empty = labels == "" if missing is not None or "" in distinct else None
    return labels, empty


def _pairs(study: NDArray[Any], client: NDArray[Any]) -> NDArray[Any]:
    """``study/client``; a client without study keeps its own label."""
    both = np.char.add(np.char.add(study, "/"), client)
    return np.where(study == "", client.astype(both.dtype), both)


def _numbers(
    column: Any, name: str, path: str, code: str = "RAT-NUM", wanted: str = "numbers"
) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    types = require_package("pyarrow").types
    column = _flat(column)
    if types.is_null(column.type):
        return np.full(len(column), np.nan), np.ones(len(column), dtype=bool)
    if types.is_decimal(column.type):
        column = column.cast("float64")
    if not (types.is_integer(column.type) or types.is_floating(column.type) or types.is_boolean(column.type)):
        message = f"the column is of type {column.type}; store it as {wanted}"
        raise InputError([Problem(path, 1, 1, code, "error", name, message)])
    return np.asarray(column.to_numpy(zero_copy_only=False)), _missing(column)


def _sessions(column: Any, name: str, path: str) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """Whole numbers, or days since 1970 where sessions are dates."""
    column = _flat(column)
    if is_dated(column.type):
        missing = _missing(column)
        days = column.cast("date32", safe=False).cast("int32").fill_null(0)
        return np.asarray(days.to_numpy(zero_copy_only=False)) + DAY_0, missing
    return _numbers(column, name, path, "RAT-SESSION", "whole numbers or dates")


def _chosen(
    column: Any, kind: str, chosen: str | None, keep: NDArray[np.bool_] | None, path: str
) -> NDArray[np.bool_] | None:
    """Rows of the chosen rater or measure; several without a choice are a fault."""
    values, _ = _labels(column)
    values = values.astype(str)
    if chosen is None:
        found = [name for name in np.unique(values).tolist() if name]
        if len(found) > 1:
            option = "--rater" if kind == "rater" else "--instrument"
            message = f"{kind}s {', '.join(found)}: choose one with {option}"
            raise InputError([Problem(path, 1, 1, "RAT-MIXED", "error", kind, message)])
        return keep
    mask = values == chosen
    return np.asarray(mask if keep is None else keep & mask)
