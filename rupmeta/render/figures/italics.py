"""Which letters of a line are italic: Latin statistics are, Greek ones are upright."""

from __future__ import annotations

import re

__all__ = ["italic_runs"]

#: A single letter that something is said of: ``p = ``, ``Q(10)``, ``I²``, ``N = ``.
_STATISTIC = re.compile(
    r"(?<![A-Za-zÀ-ÿ\d.])[A-Za-z](?=²|\((?:\d|df)|[\s\u00a0]*[=<>≤≥≠])(?!²?[\s\u00a0]*[<>]/)"
)


def italic_runs(text: str) -> tuple[tuple[str, bool], ...]:
    """``text`` in runs of (words, italic); empty when no letter is italic.

    >>> italic_runs("Q(10) = 24.10, p = .007, τ = 0.14")
    (('Q', True), ('(10) = 24.10, ', False), ('p', True), (' = .007, τ = 0.14', False))
    """
    runs: list[tuple[str, bool]] = []
    end = 0
    for found in _STATISTIC.finditer(text):
        if found.start() > end:
            runs.append((text[end : found.start()], False))
        runs.append((found.group(), True))
        end = found.end()
    if not runs:
        return ()
    return (*runs, *(((text[end:], False),) if end < len(text) else ()))
