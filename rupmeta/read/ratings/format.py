"""How a file of ratings is written, and the ratings that were read from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rupmeta.errors import UsageError
from rupmeta.read.problems import Problem

__all__ = ["ONE_OUTCOME", "RatingsFile", "RatingsFormat"]

#: What to do about an outcome that varies: the whole of the advice, for CSV and Parquet alike.
ONE_OUTCOME = "an outcome is one value per client, the same in every row"


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
