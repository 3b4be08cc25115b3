"""Tables as CSV: raw numbers at 10 significant digits, text that a spreadsheet will not run."""

from __future__ import annotations

import csv
import io
from typing import Any

from rupmeta.render.envelope import canonical
from rupmeta.render.tables import Table

__all__ = ["safe_cell", "to_csv"]


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
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.key for column in columns])
    writer.writerows([safe_cell(row.get(column.key)) for column in columns] for row in table.rows)
    return out.getvalue()
