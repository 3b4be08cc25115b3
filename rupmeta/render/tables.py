"""A table as data: what its columns mean and the raw values, before any writer formats them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from rupmeta.render.numbers import APA, Kind, NumberStyle, number

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Column", "Table", "cell_text"]

ColumnKind = Kind | Literal["text"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    ``kind`` decides how numbers print; ``text`` is shown as it is. ``shown`` False keeps a column for
    machines (CSV, data frames); ``exported`` False keeps one for people, such as an interval written as
    ``[.10, .46]``.
    """

    key: str
    title: str
    kind: ColumnKind = "text"
    shown: bool = True
    exported: bool = True

    @property
    def numeric(self) -> bool:
        """Whether the column is aligned to the right."""
        return self.kind != "text"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of raw values by column key; a missing key or None prints as a dash.

    ``strong`` are the indices of rows that stand out (pooled results).
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[dict[str, Any], ...]
    strong: frozenset[int] = frozenset()
    footnotes: tuple[str, ...] = ()

    def shown_columns(self) -> tuple[Column, ...]:
        """The columns that people see."""
        return tuple(column for column in self.columns if column.shown)

    def texts(self, style: NumberStyle = APA) -> Iterator[tuple[str, ...]]:
        """Every row as texts, for the columns that people see."""
        columns = self.shown_columns()
        for row in self.rows:
            yield tuple(cell_text(row.get(column.key), column, style) for column in columns)

    def to_frame(self) -> pd.DataFrame:
        """The exported columns with their raw values as a pandas data frame."""
        import pandas as pd  # tables leave the house here

        columns = [column for column in self.columns if column.exported]
        return pd.DataFrame([{column.key: row.get(column.key) for column in columns} for row in self.rows])


def cell_text(value: Any, column: Column, style: NumberStyle) -> str:
    """One value as text; numbers by the kind of their column."""
    if column.kind == "text" or isinstance(value, str):
        return (
            ""
            if value is None
            else ", ".join(map(str, value))
            if isinstance(value, Sequence) and not isinstance(value, str)
            else str(value)
        )
    return number(value, column.kind, style)
