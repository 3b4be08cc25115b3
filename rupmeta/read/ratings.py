"""Session-level ratings from CSV: long format, every fault with its line and column."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from itertools import accumulate, chain
from typing import Any

from rupmeta.errors import InputError, UsageError
from rupmeta.read.problems import Problem, sort_problems

__all__ = [
    "NEVER_SCORES",
    "ONE_OUTCOME",
    "RatingsFile",
    "RatingsFormat",
    "check_ratings",
    "describe_out_of_range",
    "parse_ratings",
]

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\Z")
_COMMA = re.compile(r"[+-]?\d+,\d+\Z")
_WHOLE = re.compile(r"\d+\Z")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_CLIENT = re.compile(r"client|patient|klient|pid|subject|case|\bid\b|_id\b|code")
_SESSION = re.compile(r"session|sitzung|sess|occasion|\bocc|date|datum|week|visit|time|\bt\b")
_SCORE = re.compile(r"score|wai|alliance|allianz|srs|arm|haq|calpas|total|sum|wert|mean")
MISSING = ("", "NA")
CODES = frozenset({-1.0, -8.0, -9.0, -88.0, -99.0, -999.0, 88.0, 99.0, 888.0, 999.0, 9999.0})
#: Codes that are taken for a score only where a range says that they are one.
NEVER_SCORES = frozenset({-9.0, -88.0, -99.0, -999.0, -9999.0, 999.0, 9999.0})
#: What to do about an outcome that varies: the whole of the advice, for CSV and Parquet alike.
ONE_OUTCOME = "an outcome is one value per client, the same in every row"
MANY = 200  # faults of one file that are listed; the rest are counted


@dataclass(frozen=True, slots=True)
class RatingsFormat:
    """How a file is written and which of its rows and columns are wanted.

    ``columns``: own names for ``client session score rater measure``. ``low``, ``high``: range of a score.
    ``outcomes``: columns with one number per client; ``direct``: columns with one number per session, with
    ``direct_low`` and ``direct_high`` as their range.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    sep: str = ","
    decimal: str = "."
    rater: str | None = None
    measure: str | None = None
    low: float | None = None
    high: float | None = None
    outcomes: tuple[str, ...] = ()
    direct: tuple[str, ...] = ()
    direct_low: float | None = None
    direct_high: float | None = None

    def __post_init__(self) -> None:
        if (self.sep, self.decimal) not in ((",", "."), (";", ","), (";", "."), ("\t", ".")):
            raise UsageError("the CSV dialects are --sep , --decimal . and --sep ';' --decimal ,")
        for name in self.columns:
            if name not in ("client", "session", "score", "rater", "measure", "study", "therapist"):
                raise UsageError(
                    f"--columns: {name} is none of client, session, score, rater, measure, study"
                )


@dataclass(frozen=True, slots=True)
class RatingsFile:
    """Ratings of one rater and measure, one entry per row, in file order; NaN is a session without a rating.

    ``outcomes``: column → client → value. ``direct``: column → one value per row. ``raters``, ``measures``:
    those whose rows were read. ``dated``: sessions were dates and are ranks now. ``therapists``: client →
    therapist. ``problems``: doubts that stop nothing. ``days``: the dates behind the ranks, one per row.
    """

    path: str
    clients: tuple[str, ...]
    sessions: tuple[int, ...]
    scores: tuple[float, ...]
    outcomes: Mapping[str, Mapping[str, float]]
    direct: Mapping[str, tuple[float, ...]]
    raters: tuple[str, ...]
    measures: tuple[str, ...]
    dated: bool
    therapists: Mapping[str, str]
    problems: tuple[Problem, ...]
    days: tuple[str, ...] = ()


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
            self.whole_file(self._absent(name, example))
            sound = False
        optional = ("study", "rater", "measure", "therapist")
        for name in (*wanted, *self.form.direct, *(self.column(name) for name in optional)):
            if name in self.names:
                self.where[name] = self.names.index(name)
        return sound

    def _absent(self, name: str, example: list[str]) -> str:
        standard = next((key for key in ("client", "session", "score") if self.column(key) == name), None)
        if standard is None:
            return f"no column {name}; the file has {', '.join(self.names)}"
        guess = self._guess(name, standard, example)
        there = ", ".join(self.names)
        advice = f"; {guess}? use --columns {standard}={guess}" if guess else f"; the file has {there}"
        return f"no column {name}{advice}"

    def _guess(self, name: str, standard: str, example: list[str]) -> str | None:
        """The column that may hold it: one with a like name, else one whose name or first value fits."""
        lower = [other.lower() for other in self.names]
        near = get_close_matches(name.lower(), lower, 1, 0.6)
        if near:
            return self.names[lower.index(near[0])]
        taken = {self.column(key) for key in ("client", "session", "score", "study", "rater", "measure")}
        free = [
            (other, cell.strip())
            for other, cell in zip(self.names, example, strict=False)
            if other and other not in taken and other not in (*self.form.outcomes, *self.form.direct)
        ]
        kinds = {"client": _CLIENT, "session": _SESSION, "score": _SCORE}
        named = [other for other, _ in free if kinds[standard].search(other.lower())]
        if named or standard == "client":
            return next(iter(named), None)
        # Any number may be a score; a session only where a date shows it.
        fits = [other for other, cell in free if _DATE.match(cell)] if standard == "session" else [
            other for other, cell in free
            if (_NUMBER.match(cell) or _COMMA.match(cell))
            and not _CLIENT.search(other.lower()) and not _SESSION.search(other.lower())
        ]  # fmt: skip
        return next(iter(fits), None)

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
        if _DATE.match(stamp):
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
        whole = stamp if _DATE.match(stamp) else str(int(stamp))
        key = (f"{client}\0{rater}\0{measure}", whole)
        earlier = self.seen.setdefault(key, line)
        if earlier != line:
            message = f"client {client}, session {stamp} again (line {earlier})"
            self.fault(line, row, self.column("session"), "RAT-DUP", message)

    def number(self, line: int, row: Sequence[str], name: str) -> float:
        text = row[self.where[name]].strip()
        if text in MISSING:
            return math.nan
        plain = text.replace(",", ".") if self.form.decimal == "," and _COMMA.match(text) else text
        if _NUMBER.match(plain) and math.isfinite(value := float(plain)):
            return value
        if _COMMA.match(text):
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
            kinds = [bool(_DATE.match(stamp)) for stamp in self.stamps]
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


def describe_out_of_range(score: float, low: float | None, high: float | None) -> str | None:
    """Why a score cannot be one; None when it can.

    >>> describe_out_of_range(-99, 1, 5)
    '-99 is outside 1-5; a code for missing? leave it empty'
    >>> describe_out_of_range(-99, None, None)
    '-99: a code for missing? leave it empty; a score? state the range, --scale min=…,max=…'
    >>> describe_out_of_range(48, 1, 5)
    '48 is outside 1-5; a sum? --scale WAI-SR/sum'
    """
    if low is None and high is None and score in NEVER_SCORES:
        return f"{score:g}: a code for missing? leave it empty; a score? state the range, --scale min=…,max=…"
    if (low is None or score >= low - 1e-9) and (high is None or score <= high + 1e-9):
        return None
    ends = f"{'' if low is None else f'{low:g}'}-{'' if high is None else f'{high:g}'}"
    advice = ""
    if score in CODES:
        advice = "; a code for missing? leave it empty"
    elif low is not None and high is not None and score > high and 12 * low <= score <= 12 * high:
        advice = "; a sum? --scale WAI-SR/sum"
    return f"{score:g} is outside {ends}{advice}"
