"""Names of studies: what may be a file name, and what a name is made from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

__all__ = ["LEGAL_ID", "id_from_citation", "id_from_words", "spare_id"]

#: The same rule as that of the reader.
LEGAL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")

#: Letters that Unicode does not take apart.
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "Oe", "ł": "l", "Ł": "L",
     "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i"}
)  # fmt: skip
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)([a-z]?)(?!\d)")
_AFTER = re.compile(r",|&|;|\(|\bet al\b|\band\b|\bu\. ?a\.")


def id_from_words(words: str) -> str:
    """An id from a label: the first name and the year where it has both, else its letters and digits.

    >>> id_from_words("Holmqvist Larsson et al., 2018"), id_from_words("Müller & Ek (2003b)")
    ('holmqvistlarsson2018', 'muller2003b')
    >>> id_from_words("Trial no. 7")
    'trial-no.-7'
    """
    if LEGAL_ID.match(words):
        return words
    found = _YEAR.search(words)
    if found and (name := _letters(_AFTER.split(words[: found.start()])[0])):
        return f"{name}{found.group(1)}{found.group(2)}"
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", _ascii(words)).strip("-._").lower()
    return plain or "study"


def id_from_citation(authors: Iterable[str], year: int | str | None, title: str | None = None) -> str:
    """``larsson2018`` from the first author's family name and the year; else from the title's first words.

    >>> id_from_citation(["Larsson, M. H.", "Ek, A."], 2018)
    'larsson2018'
    """
    first = next(iter(authors), "")
    name = _letters(_AFTER.split(first)[0])
    if not name and title:
        name = "-".join(word for word in (_letters(word) for word in title.split()[:4]) if word)
    return f"{name or 'study'}{year or ''}"


def spare_id(wanted: str, taken: Collection[str]) -> str:
    """``wanted``, or with the first letter that is free: ``larsson2018b``; no two differ only in case."""
    lower = {name.lower() for name in taken} | {"review"}
    if wanted.lower() not in lower:
        return wanted
    letters = (
        f"{wanted}{'' if wanted[-1:].isdigit() else '-'}{letter}" for letter in "bcdefghijklmnopqrstuvwxyz"
    )
    numbers = (f"{wanted}-{number}" for number in range(2, len(lower) + 30))
    return next(name for name in (*letters, *numbers) if name.lower() not in lower)


def _ascii(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(char for char in decomposed if not unicodedata.combining(char) and char.isascii())


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", _ascii(text).lower())
