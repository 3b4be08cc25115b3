"""Values as R writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rupmeta.render.writers.terminal import plain

__all__ = ["r_comment", "r_frame", "r_number", "r_text", "r_vector"]

WIDTH = 100


def r_text(text: str) -> str:
    """A string in double quotes, in ASCII: other characters as ``\\uXXXX``, so that no locale matters.

    >>> print(r_text('Müller "a"'))
    "M\\u00fcller \\"a\\""
    """
    parts = []
    for c in text:
        code = ord(c)
        if c in '\\"':
            parts.append("\\" + c)
        elif 32 <= code < 127:
            parts.append(c)
        else:
            # R has no embedded nul; control characters are shown, not acted on.
            parts.append("\\ufffd" if code < 32 or code == 127 else _escape(code))
    return f'"{"".join(parts)}"'


def _escape(code: int) -> str:
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def r_number(x: float | None) -> str:
    """A number as it stands in ``results.json``; None is NA."""
    if x is None:
        return "NA_real_"
    return repr(int(x)) if float(x).is_integer() and abs(x) < 1e15 else repr(float(x))


def r_vector(values: Iterable[Any]) -> str:
    """``c(0.1, 0.2)`` or ``c("a", NA)``, broken into lines.

    >>> r_vector([0.5, None, 2.0]), r_vector(["a", None])
    ('c(0.5, NA_real_, 2)', 'c("a", NA_character_)')
    """
    items = list(values)
    words = any(isinstance(item, str) for item in items)
    texts = [
        (r_text(item) if item is not None else "NA_character_") if words else r_number(item) for item in items
    ]
    lines, line = [], ""
    for i, text in enumerate(texts):
        piece = text + ("," if i < len(texts) - 1 else "")
        if line and len(line) + len(piece) + 1 > WIDTH:
            lines.append(line)
            line = piece
        else:
            line = f"{line} {piece}".strip()
    lines.append(line)
    inner = "\n    ".join(lines)
    return f"c({inner})"


def r_frame(name: str, columns: Mapping[str, Sequence[Any]]) -> str:
    """``name <- data.frame(...)``, one column a line."""
    body = ",\n".join(f"  {key} = {r_vector(values)}" for key, values in columns.items())
    return f"{name} <- data.frame(\n{body},\n  stringsAsFactors = FALSE\n)"


def r_comment(text: str) -> str:
    """Text as a comment: no line break of a user's text can start a line of code."""
    words = plain(text).replace("\n", " ").replace("\r", " ").encode("ascii", "replace").decode()
    return f"# {' '.join(words.split())}"
