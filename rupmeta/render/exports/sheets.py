"""Rows as delimited text or an Excel sheet; numbers with every digit, so that they read back as the same."""

from __future__ import annotations

import csv
import io
import math
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rupmeta.errors import MissingExtraError, UsageError
from rupmeta.start.yaml_text import Printed

__all__ = ["sheet_bytes"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def sheet_bytes(
    columns: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    suffix: str,
    *,
    sep: str = ",",
    decimal: str = ".",
) -> bytes:
    """The rows as ``.csv``, ``.tsv`` or ``.xlsx``.

    A decimal comma needs another separator; text with it begins with a byte order mark, as spreadsheets of
    those countries expect.
    """
    if suffix == ".xlsx":
        return _excel(columns, rows)
    if suffix == ".tsv":
        sep = "\t"
    if len(sep) != 1 or decimal not in (".", ","):
        raise UsageError("--sep is one sign, --decimal is . or ,")
    if sep == decimal:
        raise UsageError(f"--decimal {decimal} needs another separator: --sep ';'")
    out = io.StringIO()
    writer = csv.writer(out, delimiter=sep, lineterminator="\n")
    writer.writerow([_cell(column, decimal) for column in columns])  # names of moderators are texts too
    writer.writerows([_cell(row.get(column), decimal) for column in columns] for row in rows)
    return out.getvalue().encode("utf-8-sig" if decimal == "," else "utf-8")


def _cell(value: Any, decimal: str) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value).replace(".", decimal)
    if isinstance(value, tuple):
        return "; ".join(_cell(item, decimal) for item in value)
    if isinstance(value, Printed):
        return value.replace(".", decimal)
    text = str(value)
    guarded = text.lstrip("'")[:1] in _FORMULA and not _is_number(text)  # import takes one apostrophe away
    return f"'{text}" if guarded else text


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _excel(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """A workbook of one sheet; equal rows give equal bytes."""
    try:
        from openpyxl import Workbook
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    except ImportError as error:
        raise MissingExtraError("excel", "an Excel sheet") from error
    book = Workbook()
    sheet = book.active
    sheet.title = "rupmeta"
    for i, column in enumerate(columns, start=1):
        sheet.cell(1, i).value = column
    for line, row in enumerate(rows, start=2):
        for i, column in enumerate(columns, start=1):
            value = row.get(column)
            if isinstance(value, tuple | Printed):
                value = _cell(value, ".")
            if isinstance(value, str):
                value = ILLEGAL_CHARACTERS_RE.sub(" ", value)
            cell = sheet.cell(line, i)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # never a formula
    sheet.freeze_panes = "A2"
    book.properties.creator = "rupmeta"
    book.properties.created = book.properties.modified = datetime(*_EPOCH)  # no clock
    made = io.BytesIO()
    book.save(made)
    return _without_clock(made.getvalue())


def _without_clock(data: bytes) -> bytes:
    """The archive anew, with sorted names and no times but one."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            content = old.read(name)
            if name == "docProps/core.xml":
                import re

                content = re.sub(rb">\d{4}-\d\d-\d\dT[\d:.]+Z<", b">1980-01-01T00:00:00Z<", content)
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            new.writestr(info, content)
    return out.getvalue()
