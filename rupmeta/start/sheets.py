"""Sheets of cells from delimited text and Excel: everything as text, with the row that a person sees."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from rupmeta.errors import MissingExtraError, UsageError

__all__ = ["Row", "Sheet", "read_delimited", "read_excel"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file (the heading is row 1) and its cells by column."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A heading and its rows; ``decimal`` is the decimal sign of its numbers, ``about`` what is known."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    decimal: str = "."
    about: str | None = None


def read_delimited(
    raw: bytes, name: str, *, sep: str | None = None, decimal: str | None = None, encoding: str = "utf-8"
) -> Sheet:
    """CSV, TSV and their like.

    Without ``sep`` the sign among comma, semicolon, tab and bar that parts the heading into most columns is
    taken; with semicolons and no ``decimal`` said, a decimal comma where numbers show one.
    """
    try:
        text = raw.decode("utf-8-sig" if encoding.lower().replace("-", "") == "utf8" else encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise UsageError(
            f"{name} is not {encoding}: {error}; --encoding names another, such as cp1252"
        ) from error
    if "\0" in text:
        raise UsageError(f"{name} is no text; --encoding utf-16 reads what Excel calls Unicode text")
    sep = _separator(text) if sep is None else {"tab": "\t", "\\t": "\t"}.get(sep, sep)
    if len(sep) != 1:
        raise UsageError(f"--sep {sep!r}: one sign, or tab")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sep)
    lines: list[tuple[int, list[str]]] = []
    try:
        for number, line in enumerate(reader, start=1):
            if any(cell.strip() for cell in line):
                lines.append((number, line))
    except csv.Error as error:
        raise UsageError(f"{name}: row {len(lines) + 1} cannot be read: {error}") from error
    sheet = _sheet(name, lines)
    if decimal is None:
        decimal = "," if sep == ";" and _has_commas(sheet) else "."
    return Sheet(sheet.name, sheet.columns, sheet.rows, decimal)


def _separator(text: str) -> str:
    """By the heading: the sign that parts it into most columns."""
    heading = next((line for line in text.splitlines() if line.strip()), "")
    counts = {sep: len(next(csv.reader([heading], delimiter=sep))) for sep in (",", ";", "\t", "|")}
    return max(counts, key=lambda sep: counts[sep])


def _has_commas(sheet: Sheet) -> bool:
    """Whether cells look like ``0,30`` and none like ``0.30``."""
    cells = [cell.strip() for row in sheet.rows for cell in row.cells.values()]
    comma, point = (
        any(cell.count(sign) == 1 and cell.replace(sign, "").lstrip("-−+").isdigit() for cell in cells)
        for sign in ",."
    )
    return comma and not point


def read_excel(path: Path, *, sheet: str | None = None) -> Sheet:
    """One sheet of a workbook, the first unless named; formulas as the values that were saved."""
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise MissingExtraError("excel", "an Excel sheet") from error
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises what zipfile, xml and itself raise
        raise UsageError(f"{path.name} cannot be read as an Excel workbook: {error}") from error
    try:
        if sheet is not None and sheet not in book.sheetnames:
            raise UsageError(f"--sheet {sheet}: {path.name} has {', '.join(book.sheetnames)}")
        table = book[sheet if sheet is not None else book.sheetnames[0]]
        lines = [
            (number, [_cell(value) for value in row])
            for number, row in enumerate(table.iter_rows(values_only=True), start=1)
        ]
    finally:
        book.close()
    return _sheet(path.name, [(number, line) for number, line in lines if any(cell.strip() for cell in line)])


def _cell(value: object) -> str:
    """A cell as text: whole floats without their zero, dates as ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return repr(value) if isinstance(value, float) else str(value)


def _sheet(name: str, lines: list[tuple[int, list[str]]]) -> Sheet:
    if not lines:
        raise UsageError(f"{name} holds nothing")
    columns = _columns(lines[0][1])
    rows = []
    for number, line in lines[1:]:
        cells = [*line, *[""] * (len(columns) - len(line))]
        if any(cell.strip() for cell in cells[len(columns) :]):
            extra = next(cell for cell in cells[len(columns) :] if cell.strip())
            raise UsageError(
                f"{name}: row {number} has more cells than the heading ({extra!r}); is --sep right?"
            )
        rows.append(Row(number, dict(zip(columns, cells, strict=False))))
    return Sheet(name, tuple(columns), tuple(rows))


def _columns(heading: list[str]) -> list[str]:
    """Names of the columns, each once: a second ``n`` is ``n.2``, one without a name ``column 4``."""
    while heading and not heading[-1].strip():
        heading = heading[:-1]
    names: list[str] = []
    for i, cell in enumerate(heading, start=1):
        name = " ".join(cell.split()) or f"column {i}"
        copies = sum(other == name or other.startswith(f"{name}.") for other in names)
        names.append(name if name not in names else f"{name}.{copies + 1}")
    return names
