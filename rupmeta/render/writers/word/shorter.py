"""Tables that are long on a screen and short on paper."""

from __future__ import annotations

import dataclasses
from itertools import zip_longest

from rupmeta.render.tables import Column, Table

__all__ = ["fold_table", "shorten_table"]

#: A table of so many rows is set in two halves side by side where the page is wide enough.
LONG = 14


def shorten_table(table: Table) -> Table:
    """A table as it is printed: who is not in a pool stands by reason, one row each."""
    return _by_reason(table) if table.name == "excluded" else table


def _by_reason(table: Table) -> Table:
    groups: dict[tuple[str, ...], list[str]] = {}
    for study, *reason in table.texts():
        groups.setdefault(tuple(reason), []).append(study)
    first, *others = table.shown_columns()
    columns = (
        *others,
        Column("k", "Studies", "count"),
        dataclasses.replace(first, key="studies", title="Which"),
    )
    rows = [
        {
            **{column.key: text for column, text in zip(others, reason, strict=True)},
            "k": len(studies),
            "studies": ", ".join(studies),
        }
        for reason, studies in groups.items()
    ]
    return dataclasses.replace(table, columns=columns, rows=tuple(rows), strong=frozenset())


def fold_table(table: Table, width: float, room: float) -> Table:
    """The table in two halves side by side, where it is long and ``width`` fits into ``room`` twice."""
    half = (len(table.rows) + 1) // 2
    if len(table.rows) < LONG or 2 * width > room or table.strong:  # what stands out is a whole row
        return table
    shown = table.shown_columns()
    again = tuple(dataclasses.replace(column, key=f"{column.key} (2)") for column in shown)
    rows = []
    for left, right in zip_longest(table.rows[:half], table.rows[half:], fillvalue=None):
        row = dict(left or {})
        for column in shown:
            row[f"{column.key} (2)"] = "" if right is None else right.get(column.key)
        rows.append(row)
    return dataclasses.replace(table, columns=(*shown, *again), rows=tuple(rows))
