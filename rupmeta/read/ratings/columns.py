"""Which column of a file holds what; a guess where it has another name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from rupmeta.read.ratings.format import RatingsFormat
from rupmeta.read.ratings.scores import COMMA, NUMBER

__all__ = ["DATE", "describe_absent"]

DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_CLIENT = re.compile(r"client|patient|klient|pid|subject|case|\bid\b|_id\b|code")
_SESSION = re.compile(r"session|sitzung|sess|occasion|\bocc|date|datum|week|visit|time|\bt\b")
_SCORE = re.compile(r"score|wai|alliance|allianz|srs|arm|haq|calpas|total|sum|wert|mean")
_KINDS = {"client": _CLIENT, "session": _SESSION, "score": _SCORE}


def describe_absent(name: str, names: Sequence[str], example: Sequence[str], form: RatingsFormat) -> str:
    """Say that a column is absent and which may be meant; ``names``: header, ``example``: first row."""
    standard = next((key for key in _KINDS if form.columns.get(key, key) == name), None)
    if standard is None:
        return f"no column {name}; the file has {', '.join(names)}"
    guess = _guess(name, standard, names, example, form)
    advice = f"; {guess}? use --columns {standard}={guess}" if guess else f"; the file has {', '.join(names)}"
    return f"no column {name}{advice}"


def _guess(
    name: str, standard: str, names: Sequence[str], example: Sequence[str], form: RatingsFormat
) -> str | None:
    """The column that may hold it: one with a like name, else one whose name or first value fits."""
    lower = [other.lower() for other in names]
    near = get_close_matches(name.lower(), lower, 1, 0.6)
    if near:
        return names[lower.index(near[0])]
    standards = ("client", "session", "score", "study", "rater", "measure")
    taken = {*(form.columns.get(key, key) for key in standards), *form.outcomes, *form.direct}
    free = [
        (other, cell.strip())
        for other, cell in zip(names, example, strict=False)
        if other and other not in taken
    ]
    named = [other for other, _ in free if _KINDS[standard].search(other.lower())]
    if named or standard == "client":
        return next(iter(named), None)
    # Any number may be a score; a session only where a date shows it.
    if standard == "session":
        return next((other for other, cell in free if DATE.match(cell)), None)
    return next(
        (
            other
            for other, cell in free
            if (NUMBER.match(cell) or COMMA.match(cell))
            and not _CLIENT.search(other.lower())
            and not _SESSION.search(other.lower())
        ),
        None,
    )
