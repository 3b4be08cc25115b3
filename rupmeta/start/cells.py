"""Cells of a sheet: text → a value of the format, and what counts as empty."""

from __future__ import annotations

import json
import re
from typing import Any

from rupmeta.read.yaml_files import parse_scalar
from rupmeta.start.yaml_text import Printed

__all__ = ["MISSING", "cell_value", "list_value", "number_fault", "number_of"]

#: Cells that say that nothing is known, as spreadsheets and statistics programs write them.
MISSING = frozenset({"", "NA", "N/A", "#N/A", "NaN", "nan", "null", "NULL", "None"})

_NUMBER = re.compile(r"[-+−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\Z")


def number_of(text: str, decimal: str = ".") -> Printed | None:
    """The number in the digits of the cell; None when the cell is none.

    >>> number_of("−0,30", ","), number_of("n.s.")
    ('-0.30', None)
    """
    bare = text.strip()
    if decimal == ",":
        if "." in bare:
            return None
        bare = bare.replace(",", ".")
    if not _NUMBER.match(bare):
        return None
    bare = bare.replace("−", "-").removeprefix("+")
    sign = "-" if bare.startswith("-") else ""
    digits = bare.removeprefix("-")
    if re.match(r"0\d", digits):  # 012 is 12
        digits = digits.lstrip("0") or "0"
        digits = f"0{digits}" if digits.startswith(("e", "E")) else digits
    if digits.endswith("."):
        digits = digits[:-1]
    return Printed(sign + re.sub(r"\.(?=[eE])", "", digits))


def number_fault(text: str, decimal: str = ".") -> str:
    """Why a cell is no number, and what to do about it.

    >>> number_fault("-0,35")
    "'-0,35' is not a number; is the comma a decimal sign? --decimal ,"
    >>> number_fault("n.s.")
    "'n.s.' is not a number; leave the cell empty, or say --missing n.s."
    """
    bare = text.strip()
    other = "." if decimal == "," else ","
    if re.match(rf"[-+−]?\d{{1,3}}(?:{re.escape(other)}\d{{3}})+(?!\d)", bare):
        advice = f"write it without the thousands separator: {bare.replace(other, '')}"
        if bare.count(other) == 1:
            advice += f"; or, if '{other}' is the decimal sign, --decimal {other}"
    elif re.match(rf"[-+−]?\d*{re.escape(other)}\d+\Z", bare):
        sign = "comma" if other == "," else "point"
        advice = f"is the {sign} a decimal sign? --decimal {other}"
    elif number_of(bare.rstrip("*†‡§abc "), decimal):
        advice = f"write {bare.rstrip('*†‡§abc ')}, and what the mark means into source.quote"
    elif re.match(r"[<>=≤≥]", bare):
        advice = "a bound is understood in a column of p values alone"
    elif number_of(bare.rstrip("% "), decimal) and bare.endswith("%"):
        advice = "write it without the percent sign, and a proportion as 0.2"
    elif re.search(r"\d", bare):
        advice = "one number a cell"
    else:
        word = bare if re.match(r"[\w.-]+\Z", bare) else f"'{bare}'"
        advice = f"leave the cell empty, or say --missing {word}"
    return f"{bare!r} is not a number; {advice}"


def cell_value(text: str, decimal: str = ".") -> Any:
    """A cell of unknown meaning: a number, true or false, or text; text in double quotes is always text.

    >>> [cell_value(c) for c in ("0.30", "TRUE", "cbt", '"12"', "NA")]
    ['0.30', True, 'cbt', '12', None]
    """
    bare = text.strip()
    if bare in MISSING:
        return None
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        try:
            inner = json.loads(bare)
        except ValueError:
            inner = None
        if isinstance(inner, str):
            return inner
    if bare.lower() in ("true", "false"):
        return bare.lower() == "true"
    number = number_of(bare, decimal)
    if number is not None and isinstance(parse_scalar(number), int | float):
        return number
    return without_guard(bare)


def without_guard(text: str) -> str:
    """Text without the apostrophe that keeps a spreadsheet from running it."""
    return text[1:] if text[:1] == "'" and text.lstrip("'")[:1] in ("=", "+", "-", "@") else text


def list_value(text: str) -> list[str]:
    """The items of a cell: between semicolons, or a JSON list."""
    bare = text.strip()
    if bare.startswith("["):
        try:
            items = json.loads(bare)
        except ValueError:
            items = None
        if isinstance(items, list) and all(isinstance(item, str) for item in items):
            return items
    return [without_guard(part.strip()) for part in bare.split(";") if part.strip()]
