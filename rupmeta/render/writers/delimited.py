"""Tables as CSV: raw numbers at 10 significant digits, text that a spreadsheet will not run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from rupmeta.render.envelope import canonical
from rupmeta.render.tables import Table

__all__ = ["rows_to_csv", "safe_cell", "to_csv"]


def safe_cell(value: Any) -> str:
    """One value as a CSV cell; text that starts like a formula gets an apostrophe, numbers never do."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        number = canonical(value)
        return "" if number is None else repr(number)
    text = "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def to_csv(table: Table) -> str:
    """The exported columns, keys as the heading, ``\\n`` line ends."""
    columns = [column for column in table.columns if column.exported]
    head = [column.key for column in columns]
    return rows_to_csv([head, *([row.get(column.key) for column in columns] for row in table.rows)])


def rows_to_csv(rows: Iterable[Sequence[Any]]) -> str:
    """Rows of raw values, the heading first."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([safe_cell(value) for value in row] for row in rows)
    return out.getvalue()
