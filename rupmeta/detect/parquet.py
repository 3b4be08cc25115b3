"""Ratings from Parquet: whole files in memory, larger ones in pieces of complete clients (extra ``big``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rupmeta.detect.series import Float, Int, Ratings
from rupmeta.errors import InputError, MissingExtraError, UsageError
from rupmeta.read.problems import Problem, sort_problems
from rupmeta.read.ratings import RatingsFormat, describe_out_of_range

if TYPE_CHECKING:
    import pyarrow as pa

    from rupmeta.detect.scale import Scale

__all__ = ["PARTS", "ParquetRatings", "Unordered", "open_parquet"]

#: Rows that are read at once; a piece is a piece of the file plus the client that its predecessor left open.
CHUNK = 1_000_000
#: Buckets of clients that a file in any order is read in.
PARTS = 16
SHOWN = 50  # faults that are listed


@dataclass(frozen=True)
class ParquetRatings:
    """A Parquet file, or a folder of parts, that holds ratings in long format.

    ``rows``: of all files. ``names``: standard column → the file's own. ``scale`` turns and checks scores.
    """

    files: tuple[Path, ...]
    rows: int
    form: RatingsFormat
    scale: Scale
    names: Mapping[str, str] = field(default_factory=dict)

    def ordered(self) -> Iterator[Ratings]:
        """Pieces of complete clients from files sorted by client; ``Unordered`` if they are not."""
        left: _Columns | None = None  # the client that the last batch ended in
        seen = 0
        for batch in self._batches():
            columns = self._columns(batch, seen)
            seen += batch.num_rows
            if not len(columns.client):
                continue
            edges = np.flatnonzero(columns.client[1:] != columns.client[:-1]) + 1
            heads = columns.client[np.concatenate([[0], edges])]
            if np.any(heads[1:] <= heads[:-1]) or (left is not None and heads[0] < left.client[0]):
                raise Unordered
            if left is not None:
                # Only the open client is copied, not the batch.
                joins = heads[0] == left.client[0]
                cut = 0 if not joins else int(edges[0]) if len(edges) else len(columns.client)
                opening, columns = columns.split(cut)
                left = left.joined(opening)
                if not len(columns.client):
                    continue
                yield self._ratings(left)
                edges = edges[edges > cut] - cut
            closed, left = columns.split(int(edges[-1]) if len(edges) else 0)
            if len(closed.client):
                yield self._ratings(closed)
        if left is not None:
            yield self._ratings(left)

    def bucket(self, number: int, of: int) -> Ratings:
        """The clients that fall into one of ``of`` buckets, from files in any order.

        A client's bucket depends on its label alone, so that all its ratings meet, whatever file they are in.
        """
        duckdb = _import("duckdb")
        own = dict.fromkeys(self.names.values())
        names = ", ".join('"{}"'.format(name.replace('"', '""')) for name in own)
        client = self.names["client"].replace('"', '""')
        # Paths are bound, not pasted; a name is quoted and its quotes doubled.
        mine = f'hash("{client}") % {int(of)} = {int(number)}'
        query = f"SELECT {names} FROM read_parquet($files) WHERE {mine}"  # noqa: S608
        connection = duckdb.connect(config={"threads": 1, "memory_limit": "512MB"})
        try:
            connection.execute("SET enable_progress_bar = false")
            files = [str(file) for file in self.files]
            table = connection.sql(query, params={"files": files}).to_arrow_table()
        finally:
            connection.close()
        return self._ratings(self._columns(table, None))

    def whole(self) -> Ratings:
        """Everything at once."""
        pyarrow = _import("pyarrow")
        return self._ratings(self._columns(pyarrow.Table.from_batches(self._batches()), 0))

    def _batches(self) -> Iterator[pa.RecordBatch]:
        parquet = _import("pyarrow.parquet")
        columns = list(dict.fromkeys(self.names.values()))
        for file in self.files:
            with parquet.ParquetFile(file, memory_map=True) as opened:
                yield from opened.iter_batches(batch_size=CHUNK, columns=columns, use_threads=False)

    def _columns(self, batch: pa.RecordBatch | pa.Table, first_row: int | None) -> _Columns:
        """Arrow columns as arrays; faults name the row (1-based) where the rows are in file order."""
        rows = np.arange(batch.num_rows, dtype=np.int64) + (1 if first_row is None else first_row + 1)
        keep = None
        for kind, chosen in (("rater", self.form.rater), ("measure", self.form.measure)):
            if kind in self.names:
                keep = self._chosen(batch, kind, chosen, keep)
        labels = _labels(batch.column(self.names["client"]))
        if "study" in self.names:
            study = _labels(batch.column(self.names["study"])).astype(str)
            labels = np.char.add(np.char.add(study, "/"), labels.astype(str))
        session = _numbers(batch.column(self.names["session"]), "session")
        score = _numbers(batch.column(self.names["score"]), "score").astype(np.float64)
        outcomes = {
            name: _numbers(batch.column(name), name).astype(np.float64) for name in self.form.outcomes
        }
        columns = _Columns(labels, session, score, rows, outcomes)
        if keep is not None:
            columns = columns.take(keep)
        self._check(columns, first_row is not None)
        return columns

    def _chosen(
        self, batch: pa.RecordBatch | pa.Table, kind: str, chosen: str | None, keep: NDArray[np.bool_] | None
    ) -> NDArray[np.bool_] | None:
        values = _labels(batch.column(self.names[kind])).astype(str)
        if chosen is None:
            found = np.unique(values[values != ""])
            if len(found) > 1:
                option = "--rater" if kind == "rater" else "--instrument"
                message = f"{kind}s {', '.join(found)}: choose one with {option}"
                raise InputError([Problem(str(self.files[0]), 1, 1, "RAT-MIXED", "error", kind, message)])
            return keep
        mask = values == chosen
        return np.asarray(mask if keep is None else keep & mask)

    def _check(self, columns: _Columns, in_order: bool) -> None:
        faults: list[Problem] = []

        def say(at: int, code: str, name: str, message: str) -> None:
            row = int(columns.row[at])
            where = f"row {row}, {name}" if in_order else f"client {columns.client[at]}, {name}"
            faults.append(
                Problem(str(self.files[0]), row if in_order else 1, 1, code, "error", where, message)
            )

        sessions = columns.session
        if sessions.dtype.kind == "f":
            for at in np.flatnonzero(~(sessions >= 0) | (sessions % 1 != 0))[:SHOWN]:
                say(at, "RAT-SESSION", "session", f"{sessions[at]:g} is no session; whole numbers from 0")
        else:
            for at in np.flatnonzero(sessions < 0)[:SHOWN]:
                say(at, "RAT-SESSION", "session", f"{sessions[at]} is no session; whole numbers from 0")
        y = columns.score
        low, high = self.scale.min, self.scale.max
        out = np.isinf(y)
        with np.errstate(invalid="ignore"):
            out |= False if low is None else y < low - 1e-9
            out |= False if high is None else y > high + 1e-9
        for at in np.flatnonzero(out)[:SHOWN]:
            say(at, "RAT-RANGE", "score", describe_out_of_range(float(y[at]), low, high) or "infinite")
        if faults:
            raise InputError(sort_problems(faults))

    def _ratings(self, columns: _Columns) -> Ratings:
        """Sorted, duplicates refused, missing scores left out, higher = better."""
        client, session = columns.client, columns.session.astype(np.int64)
        same = client[1:] == client[:-1]
        if np.any((client[1:] < client[:-1]) | (same & (session[1:] < session[:-1]))):
            columns = columns.take(np.lexsort((session, client)))
            client, session = columns.client, columns.session.astype(np.int64)
            same = client[1:] == client[:-1]
        twice = np.flatnonzero(same & (session[1:] == session[:-1]))
        if len(twice):
            message = "client {}, session {} again (row {})"
            raise InputError(
                sort_problems(
                    Problem(
                        str(self.files[0]), int(columns.row[at + 1]), 1, "RAT-DUP", "error", "session",
                        message.format(client[at], session[at], columns.row[at]),
                    )
                    for at in twice[:SHOWN]
                )
            )  # fmt: skip
        heads = (
            np.concatenate([[0], np.flatnonzero(~same) + 1]) if len(client) else np.zeros(0, dtype=np.int64)
        )
        outcomes = {name: self._constant(columns, name, heads) for name in columns.outcomes}
        score = columns.score
        if self.scale.direction == "lower":
            lo, hi = self.scale.min, self.scale.max
            score = lo + hi - score if lo is not None and hi is not None else -score
        rated = ~np.isnan(score)
        start = np.append(heads, len(client)).astype(np.int64)
        if not rated.all():
            start = np.concatenate([[0], np.cumsum(rated)])[start].astype(np.int64)
            session, score = session[rated], score[rated]
        return Ratings(client[heads], start, session, score, outcomes)

    def _constant(self, columns: _Columns, name: str, heads: Int) -> Float:
        """One outcome per client; the first one that varies is the fault."""
        values = columns.outcomes[name]
        if not len(heads):
            return np.zeros(0)
        low = np.fmin.reduceat(values, heads)
        high = np.fmax.reduceat(values, heads)
        varies = np.flatnonzero(high > low)
        if len(varies):
            label = columns.client[heads[varies[0]]]
            message = f"{name} has 2 values for client {label}: {low[varies[0]]:g} and {high[varies[0]]:g}"
            row = int(columns.row[heads[varies[0]]])
            raise InputError([Problem(str(self.files[0]), row, 1, "RAT-OUTCOME", "error", name, message)])
        return np.asarray(low)


class Unordered(Exception):  # noqa: N818  (a finding, not an error of the user)
    """The files are not sorted by client."""


@dataclass(frozen=True)
class _Columns:
    client: NDArray[Any]
    session: NDArray[Any]
    score: Float
    row: Int
    outcomes: dict[str, Float]

    def take(self, index: NDArray[Any] | slice) -> _Columns:
        outcomes = {name: values[index] for name, values in self.outcomes.items()}
        return _Columns(self.client[index], self.session[index], self.score[index], self.row[index], outcomes)

    def split(self, at: int) -> tuple[_Columns, _Columns]:
        return self.take(slice(0, at)), self.take(slice(at, None))

    def joined(self, other: _Columns) -> _Columns:
        both = np.concatenate
        outcomes = {name: both([self.outcomes[name], other.outcomes[name]]) for name in self.outcomes}
        return _Columns(
            both([self.client, other.client]), both([self.session, other.session]),
            both([self.score, other.score]), both([self.row, other.row]), outcomes,
        )  # fmt: skip


def open_parquet(path: str, form: RatingsFormat, scale: Scale) -> ParquetRatings:
    """The Parquet file at ``path``, or every one of a folder; columns are checked, nothing is read."""
    parquet = _import("pyarrow.parquet")
    place = Path(path)
    files = tuple(sorted(place.glob("*.parquet"))) if place.is_dir() else (place,)
    if not files or not all(file.is_file() for file in files):
        raise UsageError(f"{path}: there is no Parquet file")
    rows, have = 0, None
    for file in files:
        metadata = parquet.ParquetFile(file)
        rows += metadata.metadata.num_rows
        found = metadata.schema_arrow.names
        have = found if have is None else [name for name in have if name in found]
    names, faults = {}, []
    for name in ("client", "session", "score", "study", "rater", "measure"):
        own = form.columns.get(name, name)
        if own in (have or ()):
            names[name] = own
        elif name in ("client", "session", "score"):
            message = f"no column {own}; the file has {', '.join(have or ())}; name it with --columns"
            faults.append(Problem(path, 1, 1, "RAT-COL", "error", "", message))
    for name in form.outcomes:
        if name in (have or ()):
            names[name] = name
        else:
            message = f"no column {name}; the file has {', '.join(have or ())}"
            faults.append(Problem(path, 1, 1, "RAT-COL", "error", "", message))
    if faults:
        raise InputError(sort_problems(faults))
    return ParquetRatings(files, rows, form, scale, names)


def _import(name: str) -> Any:
    """A package of the extra, or the sentence that says how to get it."""
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        raise MissingExtraError("big", "Parquet") from error


def _labels(column: Any) -> NDArray[Any]:
    """Client labels: integers as they are, text as text; nulls as an empty text or refused by their type."""
    values = column.to_numpy(zero_copy_only=False) if not hasattr(column, "chunks") else column.to_numpy()
    if values.dtype.kind in "iu":
        return np.asarray(values, dtype=np.int64)
    return np.array(["" if value is None else str(value) for value in values.tolist()], dtype=str)


def _numbers(column: Any, name: str) -> NDArray[Any]:
    values = column.to_numpy(zero_copy_only=False) if not hasattr(column, "chunks") else column.to_numpy()
    if values.dtype.kind not in "iufb":
        raise UsageError(f"column {name} is {column.type}, not numbers")
    return np.asarray(values)
