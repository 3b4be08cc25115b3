"""Ratings from Parquet: whole files in memory, larger ones in pieces of complete clients (extra ``big``)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from rupmeta.detect.parquet_columns import Columns, columns_of, is_dated, require_package, series_from
from rupmeta.detect.series import Ratings, join_ratings
from rupmeta.errors import InputError, UsageError
from rupmeta.read.problems import Problem, sort_problems
from rupmeta.read.ratings.format import RatingsFormat

if TYPE_CHECKING:
    import pyarrow as pa

    from rupmeta.detect.scale import Scale

__all__ = ["PARTS", "ParquetRatings", "Unordered", "open_parquet"]

#: Rows that are read at once; a piece is a piece of the file plus the client that its predecessor left open.
CHUNK = 1_000_000
#: Buckets of clients that a cluster reads a folder in.
PARTS = 16
#: What DuckDB may hold; more goes to disk while it sorts or picks a bucket.
MEMORY = "400MB"


class Unordered(Exception):  # noqa: N818  (a finding, not an error of the user)
    """The files are not sorted by client."""


@dataclass(frozen=True)
class ParquetRatings:
    """A Parquet file, or a folder of parts, that holds ratings in long format.

    ``sizes``: rows of every file. ``names``: standard column → the file's own. ``scale`` turns and checks
    scores. ``dated``: sessions are dates and become ranks within the client.
    """

    files: tuple[Path, ...]
    sizes: tuple[int, ...]
    form: RatingsFormat
    scale: Scale
    names: Mapping[str, str] = field(default_factory=dict)
    dated: bool = False

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(self.sizes)

    @property
    def path(self) -> str:
        """The file, or the first of the parts."""
        return str(self.files[0])

    def where(self, row: int) -> tuple[str, int]:
        """File and row in it, 1-based, of a row counted from 0 over all files."""
        ends = list(accumulate(self.sizes))
        i = min(bisect_right(ends, row), len(ends) - 1)
        return str(self.files[i]), row - (ends[i] - self.sizes[i]) + 1

    def ordered(self) -> Iterator[Ratings]:
        """Pieces of complete clients from files sorted by client; ``Unordered`` if they are not."""
        return self._pieces(self._batches(), placed=True)

    def sorted(self) -> Iterator[Ratings]:
        """Pieces of complete clients from files in any order: DuckDB sorts, on disk where it must."""
        duckdb = require_package("duckdb")
        client, session = (_quoted(self.names[name]) for name in ("client", "session"))
        if "study" in self.names:  # in the order of their common label
            study = f"coalesce({_quoted(self.names['study'])}::VARCHAR, '')"
            client = f"if({study} = '', {client}::VARCHAR, {study} || '/' || {client}::VARCHAR)"
        with TemporaryDirectory(prefix="rupmeta-") as scratch:
            connection = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": scratch})
            try:
                found = self._select(connection, f"ORDER BY {client}, {session}")
                yield from self._pieces(found.to_arrow_reader(CHUNK), placed=False)
            finally:
                connection.close()

    def bucket(self, number: int, of: int) -> Ratings:
        """The clients that fall into one of ``of`` buckets, from files in any order.

        A client's bucket depends on its label alone, so that all its ratings meet, whatever file they are in.
        """
        duckdb = require_package("duckdb")
        client = _quoted(self.names["client"])
        connection = duckdb.connect(config={"threads": 1, "memory_limit": MEMORY})
        try:
            mine = f"WHERE hash({client}) % {int(of)} = {int(number)}"
            table = self._select(connection, mine).to_arrow_table()
        finally:
            connection.close()
        return self._series(self._columns(table, 0, placed=False), placed=False)

    def whole(self) -> Ratings:
        """Everything at once, in the order of clients and sessions."""
        try:
            return join_ratings(list(self.ordered()))
        except Unordered:
            return join_ratings(list(self.sorted()))

    def therapists(self) -> dict[str, str]:
        """Client → therapist, where the files name them; of several the first in the alphabet."""
        client, therapist = (self.form.columns.get(name, name) for name in ("client", "therapist"))
        parquet = require_package("pyarrow.parquet")
        if not all(therapist in parquet.read_schema(file).names for file in self.files):
            return {}
        found: dict[str, str] = {}
        for file in self.files:
            table = parquet.read_table(file, columns=[client, therapist])
            pairs = table.group_by([client, therapist]).aggregate([]).to_pydict()
            for who, whose in zip(pairs[client], pairs[therapist], strict=True):
                if whose not in (None, ""):
                    found[str(who)] = min(str(whose), found.get(str(who), str(whose)))
        return found

    def _select(self, connection: Any, rest: str) -> Any:
        """The wanted columns; paths are bound, not pasted, names quoted."""
        names = ", ".join(_quoted(name) for name in dict.fromkeys(self.names.values()))
        connection.execute("SET enable_progress_bar = false")
        connection.execute("SET preserve_insertion_order = false")
        query = f"SELECT {names} FROM read_parquet($files) {rest}"  # noqa: S608
        return connection.sql(query, params={"files": [str(file) for file in self.files]})

    def _pieces(self, batches: Iterator[pa.RecordBatch], *, placed: bool) -> Iterator[Ratings]:
        """Complete clients; the client in whom a batch ends waits for the next one.

        ``placed``: rows come as they stand in the files, so that faults can name them.
        """
        left: Columns | None = None
        seen = 0
        for batch in batches:
            columns = self._columns(batch, seen, placed=placed)
            seen += batch.num_rows
            if not len(columns):
                continue
            edges = np.flatnonzero(columns.client[1:] != columns.client[:-1]) + 1
            heads = columns.client[np.concatenate([[0], edges])]
            if np.any(heads[1:] <= heads[:-1]) or (left is not None and heads[0] < left.client[0]):
                raise Unordered
            if left is not None:
                # Only the open client is copied, not the batch.
                joins = heads[0] == left.client[0]
                cut = 0 if not joins else int(edges[0]) if len(edges) else len(columns)
                opening, columns = columns.split(cut)
                left = left.joined(opening) if cut else left
                if not len(columns):
                    continue
                yield self._series(left, placed=placed)
                edges = edges[edges > cut] - cut
            closed, left = columns.split(int(edges[-1]) if len(edges) else 0)
            if len(closed):
                yield self._series(closed, placed=placed)
        if left is not None:
            yield self._series(left, placed=placed)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        parquet = require_package("pyarrow.parquet")
        columns = list(dict.fromkeys(self.names.values()))
        for file in self.files:
            with parquet.ParquetFile(file, memory_map=True) as opened:
                yield from opened.iter_batches(batch_size=CHUNK, columns=columns, use_threads=False)

    def _columns(self, batch: pa.RecordBatch | pa.Table, first: int, *, placed: bool) -> Columns:
        where = self.where if placed else None
        return columns_of(batch, first, self.names, self.form, self.scale, where, self.path)

    def _series(self, columns: Columns, *, placed: bool) -> Ratings:
        where = self.where if placed else None
        return series_from(columns, self.scale, self.names, where, self.path, dated=self.dated)


def open_parquet(path: str, form: RatingsFormat, scale: Scale) -> ParquetRatings:
    """The Parquet file at ``path``, or every one of a folder; columns are checked, nothing is read."""
    parquet = require_package("pyarrow.parquet")
    place = Path(path)
    files = tuple(sorted(place.glob("*.parquet"))) if place.is_dir() else (place,)
    if not files or not all(file.is_file() for file in files):
        raise UsageError(f"{path}: there is no Parquet file")
    sizes, schemas = [], []
    for file in files:
        try:
            with parquet.ParquetFile(file) as opened:
                sizes.append(opened.metadata.num_rows)
                schemas.append(opened.schema_arrow)
        except (OSError, ValueError) as error:
            raise UsageError(
                f"{file} is not a Parquet file; CSV is read without --stream and --cluster, and its name "
                "does not end in .parquet"
            ) from error
    have = [name for name in schemas[0].names if all(name in schema.names for schema in schemas)]
    names, faults = {}, []
    for name in ("client", "session", "score", "study", "rater", "measure"):
        own = form.columns.get(name, name)
        if own in have:
            names[name] = own
        elif name in ("client", "session", "score"):
            message = f"no column {own}; the file has {', '.join(have)}; name it with --columns {name}=…"
            faults.append(Problem(path, 1, 1, "RAT-COL", "error", "", message))
    for name in form.outcomes:
        if name in have:
            names[name] = name
        else:
            message = f"no column {name}; the file has {', '.join(have)}"
            faults.append(Problem(path, 1, 1, "RAT-COL", "error", "", message))
    if "client" in names:
        texts = {str(schema.field(names["client"]).type).startswith(("int", "uint")) for schema in schemas}
        if len(texts) > 1:
            message = "labels are numbers in one part and text in another; use one kind"
            faults.append(Problem(path, 1, 1, "RAT-COL", "error", names["client"], message))
    kinds = {is_dated(schema.field(names["session"]).type) for schema in schemas if "session" in names}
    if len(kinds) > 1:
        message = "sessions are dates in one part and numbers in another; use one kind"
        faults.append(Problem(path, 1, 1, "RAT-SESSION", "error", "", message))
    if faults:
        raise InputError(sort_problems(faults))
    found = ParquetRatings(files, tuple(sizes), form, scale, names)
    return replace(found, dated=kinds == {True})


def _quoted(name: str) -> str:
    """A column's name in a query."""
    return '"{}"'.format(name.replace('"', '""'))
