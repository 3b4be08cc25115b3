"""Text with Latin statistics in italics, as APA wants it: *r* = .29, *F*(2, 8), τ² upright."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rupmeta.render.writers.terminal import hold_together, plain

__all__ = ["clean", "is_statistic", "split_statistics"]

_NAMES = "df|SD|SE|OR|RR|Q|F|I²|R²|H²|N|M|k|n|p|r|d|g|t|z|b"
#: A statistic stands before a relation, its degrees of freedom, or an interval in brackets; nothing else.
_BEFORE = re.compile(rf"(?<![\w.])({_NAMES})(?=[\s\u00a0]*[=<>≤≥]|\(\d|[\s\u00a0]\[)")
#: A heading is a statistic alone, or one followed by what is said of it.
_HEADING = re.compile(rf"^({_NAMES})(?=$|[\s\u00a0,(])")


def clean(text: str) -> str:
    """Text that XML can hold: control characters shown, line ends as spaces."""
    return "".join(
        c if c.isprintable() or c == "\u00a0" else " " if c in "\n\t" else "\ufffd" for c in plain(text)
    )


def is_statistic(text: str) -> bool:
    """Whether the text is the name of a statistic and nothing else."""
    return re.fullmatch(_NAMES, text) is not None


def split_statistics(text: str, *, heading: bool = False) -> Iterator[tuple[str, bool]]:
    """Pieces of ``text`` with whether each is italic.

    >>> [piece for piece, italic in split_statistics("r = .29, F(2, 8) = 5.10, p < .001") if italic]
    ['r', 'F', 'p']
    >>> list(split_statistics("N", heading=True)), list(split_statistics("Study", heading=True))
    ([('N', True)], [('Study', False)])
    """
    text = hold_together(clean(text))
    last = 0
    for match in (_HEADING if heading else _BEFORE).finditer(text):
        if match.start() > last:
            yield text[last : match.start()], False
        yield match[1], True
        last = match.end()
    if last < len(text):
        yield text[last:], False
