"""What a score can be: numbers as they are written, codes for missing ratings, the range of the scale."""

from __future__ import annotations

import re

__all__ = ["COMMA", "MISSING", "NEVER_SCORES", "NUMBER", "describe_out_of_range"]

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\Z")
COMMA = re.compile(r"[+-]?\d+,\d+\Z")
MISSING = ("", "NA")
CODES = frozenset({-1.0, -8.0, -9.0, -88.0, -99.0, -999.0, 88.0, 99.0, 888.0, 999.0, 9999.0})
#: Codes that are taken for a score only where a range says that they are one.
NEVER_SCORES = frozenset({-9.0, -88.0, -99.0, -999.0, -9999.0, 999.0, 9999.0})


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
