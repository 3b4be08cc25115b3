"""How wide a text is in DejaVu Sans, without a font: from the shipped table of advance widths.

Kerning makes rendered text a little narrower, and Arial's metrics are narrower still, so boxes computed here
never overlap when drawn.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from importlib import resources

__all__ = [
    "EM",
    "YEAR",
    "clean_text",
    "ellipsize",
    "harmless",
    "has_glyph",
    "missing_glyphs",
    "shorten_label",
    "text_width",
    "wrap_text",
    "wrap_to_width",
]

EM = 2048  # font units per em of DejaVu Sans
ELLIPSIS = "…"
YEAR = re.compile(r" \((?:\d{4}|n\.d\.)[a-z]?\)$")  # at the end of a study's label


@cache
def _advances(weight: str) -> dict[int, int]:
    table = json.loads(resources.files(__package__).joinpath("dejavu_sans.json").read_text("ascii"))
    return {start + i: width for start, widths in table[weight] for i, width in enumerate(widths)}


@cache
def _advance(char: str, weight: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf", "Cc"):
        return 0
    return _advances(weight).get(ord(char), EM)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of ``text`` in points at ``size``; an unknown glyph is 1 em wide, a combining mark 0.

    >>> round(text_width("Study", 9), 2)
    25.98
    """
    weight = "bold" if bold else "regular"
    return sum(_advance(char, weight) for char in text) * size / EM


def has_glyph(char: str) -> bool:
    """Whether DejaVu Sans can draw the character."""
    return ord(char) in _advances("regular") or _advance(char, "regular") == 0


def missing_glyphs(text: str) -> str:
    """The characters of ``text`` that DejaVu Sans lacks, each once, in order."""
    return "".join(dict.fromkeys(char for char in text if not has_glyph(char)))


#: Overrides of the direction of writing, and what is no character.
_ACTING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff")


def harmless(text: str) -> str:
    """Text without control characters, overrides of direction and lone surrogates, which break XML or act."""
    return "".join(
        char
        for char in text
        if (unicodedata.category(char) not in ("Cc", "Cs") or char in "\n\t") and char not in _ACTING
    )


def clean_text(text: str) -> str:
    """One line that can be drawn: white space collapsed, characters that would act removed."""
    spaced = "".join(" " if char.isspace() and char not in "\u00a0\u202f" else char for char in text)
    visible = harmless(spaced)
    return " ".join(word for word in visible.split(" ") if word)


def ellipsize(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """``text``, or as much of it as fits into ``width`` points with an ellipsis."""
    if text_width(text, size, bold=bold) <= width:
        return text
    while text and text_width(text + ELLIPSIS, size, bold=bold) > width:
        text = text[:-1]
    return text.rstrip(" ,;") + ELLIPSIS


def shorten_label(label: str, width: float, size: float) -> str:
    """A study's label in ``width`` points: what must go is taken from before its year, which stays.

    >>> shorten_label("Safran, Muran, Samstag and Winston (2005)", 110, 9)
    'Safran, Muran… (2005)'
    """
    text = clean_text(label)
    year = YEAR.search(text)
    if year is None or text_width(text, size) <= width:
        return ellipsize(text, width, size)
    end = year.group()
    return ellipsize(text[: year.start()], width - text_width(end, size), size) + end


def wrap_text(text: str, *, characters: int = 32, lines: int | None = 2) -> tuple[str, ...]:
    """``text`` in at most ``lines`` lines (None: any) of at most ``characters``, the last with an ellipsis.

    >>> wrap_text("Safran, Muran, Samstag and Winston (2005), the longer of the two reports")
    ('Safran, Muran, Samstag and', 'Winston (2005), the longer of…')
    """
    return _wrap(text, lambda line: len(line) <= characters, lines)


def wrap_to_width(
    text: str, width: float, size: float, *, bold: bool = False, lines: int | None = None
) -> tuple[str, ...]:
    """``text`` in lines of at most ``width`` points at ``size``."""
    return _wrap(text, lambda line: text_width(line, size, bold=bold) <= width, lines)


def _wrap(text: str, fits: Callable[[str], bool], lines: int | None) -> tuple[str, ...]:
    wrapped = [""]
    for word in text.split(" "):
        joined = f"{wrapped[-1]} {word}" if wrapped[-1] else word
        if fits(joined):
            wrapped[-1] = joined
            continue
        if wrapped[-1]:
            wrapped.append("")
        for char in word:  # a word that no line holds is cut
            if wrapped[-1] and not fits(wrapped[-1] + char):
                wrapped.append("")
            wrapped[-1] += char
    if lines is None or len(wrapped) <= lines:
        return tuple(wrapped)
    last = wrapped[lines - 1]
    while last and not fits(last + ELLIPSIS):
        last = last[:-1]
    return (*wrapped[: lines - 1], last.rstrip(" ,;:(") + ELLIPSIS)
