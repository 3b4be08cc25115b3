"""Session-level ratings from CSV: long format, every fault with its line and column."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import accumulate, chain
from typing import Any

from rupmeta.errors import InputError, UsageError
from rupmeta.read.problems import Problem, sort_problems
from rupmeta.read.ratings.columns import DATE, describe_absent
from rupmeta.read.ratings.format import ONE_OUTCOME, RatingsFile, RatingsFormat
from rupmeta.read.ratings.scores import COMMA, MISSING, NUMBER, describe_out_of_range

__all__ = ["check_ratings", "parse_ratings"]

_WHOLE = re.compile(r"\d+\Z")
MANY = 200  # faults of one file that are listed; the rest are counted


def parse_ratings(raw: bytes, path: str, form: RatingsFormat | None = None) -> RatingsFile:
    """Read a CSV file of ratings; ``InputError`` holds every fault of it."""
    form = form or RatingsFormat()
    reader = _Reader(path, form)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        message = f"byte {error.start + 1} (0x{raw[error.start]:02X}) is not UTF-8; save the file as UTF-8"
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        reader.problems.append(Problem(path, line, column, "FILE-ENC", "error", "", message))
    else:
        reader.read(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    return reader.finish()


def check_ratings(
    raw: bytes, path: str, outcome: str | None, detect: Mapping[str, Any] | None
) -> tuple[Problem, ...]:
    """Faults of the file that a study points to, read as its ``detect`` mapping says; () when there are none.

    Whether the settings make sense is not asked here, nor is the range of scores, which needs the scale.
    """
    given = detect or {}
    names = (outcome, given.get("baseline"))
    try:
        form = RatingsFormat(
            columns=given.get("columns") or {},
            sep=given.get("sep", ","),
            decimal=given.get("decimal", "."),
            rater=given.get("rater"),
            measure=given.get("instrument"),
            outcomes=tuple(name for name in names if isinstance(name, str)),
        )
        return parse_ratings(raw, path, form).problems
    except InputError as error:
        return error.problems
    except UsageError as error:
        return (Problem(path, 1, 1, "RAT-COL", "error", "", str(error)),)


class _Reader:
    """One pass over the rows, faults collected on the way."""

    def __init__(self, path: str, form: RatingsFormat):
        self.path, self.form = path, form
        self.problems: list[Problem] = []
        self.names: list[str] = []
        self.clients: list[str] = []
        self.stamps: list[str] = []
        self.scores: list[float] = []
        self.lines: list[int] = []
        self.seen: dict[tuple[str, str], int] = {}
        self.raters: dict[str, None] = {}
        self.measures: dict[str, None] = {}
        self.outcomes: dict[str, dict[str, float]] = {name: {} for name in form.outcomes}
        self.varying: dict[str, set[str]] = {name: set() for name in form.outcomes}
        self.direct: dict[str, list[float]] = {name: [] for name in form.direct}
        self.therapists: dict[str, str] = {}
        self.where: dict[str, int] = {}
        self.dates = self.wholes = 0

    def fault(self, line: int, row: Sequence[str], name: str, code: str, message: str) -> None:
        """A fault at a field; its column is where the field begins."""
        at = self.where.get(name, 0)
        begin = 1 + sum(len(cell) + 1 for cell in row[:at])
        self.problems.append(Problem(self.path, line, begin, code, "error", name, message))

    def whole_file(self, message: str, code: str = "RAT-COL", line: int = 1) -> None:
        """A fault of a line or of the file as such."""
        self.problems.append(Problem(self.path, line, 1, code, "error", "", message))

    def column(self, name: str) -> str:
        """The file's own name of a standard column."""
        return self.form.columns.get(name, name)

    def header(self, row: list[str], example: list[str]) -> bool:
        """Find the columns; ``example``: the first row, for guesses at columns with other names."""
        self.names = [cell.strip() for cell in row]
        starts = [1, *(1 + width for width in accumulate(len(cell) + 1 for cell in row))]
        sound = True
        for name in dict.fromkeys(name for name in self.names if self.names.count(name) > 1):
            message = f"the column {name or '(no name)'} stands twice"
            begin = starts[len(self.names) - 1 - self.names[::-1].index(name)]
            self.problems.append(Problem(self.path, 1, begin, "RAT-COL", "error", name, message))
            sound = False
        wanted = [*(self.column(name) for name in ("client", "session", "score")), *self.form.outcomes]
        missing = [name for name in (*wanted, *self.form.direct) if name not in self.names]
        other = next((sign for sign in ";\t|," if sign in self.names[0]), None)
        if len(self.names) == 1 and other is not None:
            # One fault, not one for every column.
            sign = "tab" if other == "\t" else f"'{other}'"
            self.whole_file(f"the columns are not separated by '{self.form.sep}'; try --sep {sign}")
            return False
        for name in missing:
            self.whole_file(describe_absent(name, self.names, example, self.form))
            sound = False
        optional = ("study", "rater", "measure", "therapist")
        for name in (*wanted, *self.form.direct, *(self.column(name) for name in optional)):
            if name in self.names:
                self.where[name] = self.names.index(name)
        return sound

    def read(self, lines: Iterable[str]) -> None:
        rows = csv.reader(lines, delimiter=self.form.sep, strict=True)
        line = 1
        try:
            first = next(rows, None)
            if first is None or not any(cell.strip() for cell in first):
                self.whole_file("the file has no header")
                return
            line = rows.line_num + 1
            second = next(rows, None)
            if not self.header(first, second or []):
                return
            for row in rows if second is None else chain([second], rows):
                if row and any(cell.strip() for cell in row):
                    self.row(line, row)
                line = rows.line_num + 1
        except csv.Error as error:
            # The reader says "unexpected end of data" where a quotation mark is never closed.
            closed = "unexpected end" not in str(error)
            reason = f"not CSV: {error}" if closed else "a quotation mark is opened here and never closed"
            self.whole_file(reason, line=line)

    def row(self, line: int, row: list[str]) -> None:
        if len(row) != len(self.names):
            message = f"{len(row)} fields, the header has {len(self.names)}"
            if self.form.sep == "," and len(row) > len(self.names):
                message += '; decimal commas? use --sep ";" --decimal ","'
            self.whole_file(message, line=line)
            return
        rater, measure = self.cell(row, "rater"), self.cell(row, "measure")
        if rater:
            self.raters[rater] = None
        if measure:
            self.measures[measure] = None
        if self.form.rater not in (None, rater) or self.form.measure not in (None, measure):
            return
        client, stamp = self.cell(row, "client"), self.cell(row, "session")
        if not client:
            self.fault(line, row, self.column("client"), "RAT-SESSION", "no client in this row")
            return
        study = self.cell(row, "study")
        client = f"{study}/{client}" if study else client
        if not self.stamp(line, row, stamp):
            return
        self.duplicate(line, row, client, stamp, rater, measure)
        name = self.column("score")
        score = self.number(line, row, name)
        if not math.isnan(score):
            self.range(line, row, name, score)
        self.clients.append(client)
        self.stamps.append(stamp)
        self.scores.append(score)
        self.lines.append(line)
        for name in self.form.direct:
            item = self.number(line, row, name)
            self.direct[name].append(item)
            outside = (
                None
                if math.isnan(item)
                else describe_out_of_range(item, self.form.direct_low, self.form.direct_high)
            )
            if outside:
                self.fault(line, row, name, "RAT-RANGE", outside)
        for name in self.form.outcomes:
            self.outcome(line, row, name, client)
        therapist = self.cell(row, "therapist")
        if therapist:
            self.therapists.setdefault(client, therapist)

    def cell(self, row: Sequence[str], name: str) -> str:
        at = self.where.get(self.column(name))
        return "" if at is None else row[at].strip()

    def stamp(self, line: int, row: Sequence[str], stamp: str) -> bool:
        name = self.column("session")
        if _WHOLE.match(stamp) and len(stamp) < 10:
            self.wholes += 1
            return True
        if DATE.match(stamp):
            try:
                date.fromisoformat(stamp)
            except ValueError:
                self.fault(line, row, name, "RAT-SESSION", f"{stamp} is no date of the calendar")
                return False
            self.dates += 1
            return True
        found = f"{stamp} is no session" if stamp else "no session in this row"
        self.fault(line, row, name, "RAT-SESSION", f"{found}; whole numbers from 0 or dates like 2026-01-10")
        return False

    def duplicate(self, line: int, row: list[str], client: str, stamp: str, rater: str, measure: str) -> None:
        whole = stamp if DATE.match(stamp) else str(int(stamp))
        key = (f"{client}\0{rater}\0{measure}", whole)
        earlier = self.seen.setdefault(key, line)
        if earlier != line:
            message = f"client {client}, session {stamp} again (line {earlier})"
            self.fault(line, row, self.column("session"), "RAT-DUP", message)

    def number(self, line: int, row: Sequence[str], name: str) -> float:
        text = row[self.where[name]].strip()
        if text in MISSING:
            return math.nan
        plain = text.replace(",", ".") if self.form.decimal == "," and COMMA.match(text) else text
        if NUMBER.match(plain) and math.isfinite(value := float(plain)):
            return value
        if COMMA.match(text):
            message = f'{text}: decimal comma? use --sep ";" --decimal ","'
        elif text.lower() in ("n/a", "nan", "null", "none", ".", "-", "missing", "na", "#n/a"):
            message = f"{text}: leave the cell empty"
        else:
            message = f"{text} is not a number; an empty cell or NA means that there is no rating"
        self.fault(line, row, name, "RAT-NUM", message)
        return math.nan

    def range(self, line: int, row: Sequence[str], name: str, score: float) -> None:
        message = describe_out_of_range(score, self.form.low, self.form.high)
        if message:
            self.fault(line, row, name, "RAT-RANGE", message)

    def outcome(self, line: int, row: Sequence[str], name: str, client: str) -> None:
        value = self.number(line, row, name)
        if math.isnan(value):
            return
        if self.outcomes[name].setdefault(client, value) != value:
            both = f"{self.outcomes[name][client]:g} and {value:g}"
            if client not in self.varying[name]:  # once a client: the rows after it tell nothing new
                self.varying[name].add(client)
                message = f"{name} has 2 values for client {client}: {both}; {ONE_OUTCOME}"
                self.fault(line, row, name, "RAT-OUTCOME", message)

    def mixed(self) -> None:
        """Several raters or measures and no choice; sessions of two kinds."""
        for kind, found, chosen, option in (
            ("raters", self.raters, self.form.rater, "--rater"),
            ("measures", self.measures, self.form.measure, "--instrument"),
        ):
            if chosen is None and len(found) > 1:
                message = f"{kind} {', '.join(found)}: choose one with {option}"
                self.whole_file(message, "RAT-MIXED")
            if chosen is not None and not self.problems and chosen not in found:
                there = ", ".join(found) or "none"
                raise UsageError(f"{option} {chosen} is not in {self.path}; there is {there}")
        if self.dates and self.wholes:
            kinds = [bool(DATE.match(stamp)) for stamp in self.stamps]
            i = kinds.index(not kinds[0])
            message = f"sessions are numbers and dates ({self.stamps[0]}, {self.stamps[i]}); use one kind"
            self.whole_file(message, "RAT-SESSION", self.lines[i])

    def finish(self) -> RatingsFile:
        self.mixed()
        if not self.problems and not self.clients:
            self.whole_file("the file holds no ratings")
        if self.problems:
            listed = sort_problems(self.problems)
            if len(listed) > MANY:  # the rest are counted, at the address of the first of them
                first, more = listed[MANY], len(listed) - MANY
                words = f"and {more} more faults like these"
                listed = (
                    *listed[:MANY],
                    Problem(first.path, first.line, first.column, first.code, "error", "", words),
                )
            raise InputError(listed)
        warnings = []
        everyone = dict.fromkeys(self.clients)
        for name, values in self.outcomes.items():
            without = len(everyone) - len(values)
            if without:
                message = f"{without} of {len(everyone)} clients have no {name}"
                warnings.append(Problem(self.path, 1, 1, "RAT-OUTCOME", "warning", name, message))
        return RatingsFile(
            path=self.path,
            clients=tuple(self.clients),
            sessions=self._ranks() if self.dates else tuple(int(stamp) for stamp in self.stamps),
            scores=tuple(self.scores),
            outcomes=self.outcomes,
            direct={name: tuple(values) for name, values in self.direct.items()},
            raters=tuple(self.raters) if self.form.rater is None else (self.form.rater,),
            measures=tuple(self.measures) if self.form.measure is None else (self.form.measure,),
            dated=bool(self.dates),
            therapists=self.therapists,
            problems=tuple(warnings),
            days=tuple(self.stamps) if self.dates else (),
        )

    def _ranks(self) -> tuple[int, ...]:
        """Dates as 1 … n within the client."""
        days: dict[str, list[str]] = {}
        for client, stamp in zip(self.clients, self.stamps, strict=True):
            days.setdefault(client, []).append(stamp)
        rank = {
            (client, stamp): i
            for client, stamps in days.items()
            for i, stamp in enumerate(sorted(stamps), start=1)
        }
        return tuple(rank[pair] for pair in zip(self.clients, self.stamps, strict=True))
