"""Text for the terminal: tables of natural width, notes and sentences, with user text made harmless."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence

from rupmeta.render.numbers import APA, ASCII, NumberStyle
from rupmeta.render.tables import Table
from rupmeta.results import Note

__all__ = ["cell_width", "hold_together", "paragraph", "plain", "render_notes", "render_table", "style_for"]

_BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
LABEL_LIMIT = 200


def plain(text: str, *, limit: int | None = None) -> str:
    """User text that cannot act: control, escape and bidirectional override characters shown as U+FFFD."""
    safe = "".join(
        "\ufffd" if (unicodedata.category(c) == "Cc" and c not in "\n\t") or ord(c) in _BIDI else c
        for c in text
    )
    return safe if limit is None or len(safe) <= limit else safe[: limit - 1] + "…"


def cell_width(text: str) -> int:
    """Columns that ``text`` takes in a terminal: wide characters two, combining marks none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def style_for(*, tty: bool) -> NumberStyle:
    """Typographic minus for people, ASCII in pipes, where programs read."""
    return APA if tty else ASCII


def render_table(table: Table, *, style: NumberStyle = ASCII, bold: bool = False) -> str:
    """The table in plain text: texts to the left, numbers to the right, a rule below the heading."""
    columns = table.shown_columns()
    rows = [tuple(plain(cell, limit=LABEL_LIMIT) for cell in row) for row in table.texts(style)]
    heads = tuple(column.title for column in columns)
    widths = [max(map(cell_width, (head, *(row[i] for row in rows)))) for i, head in enumerate(heads)]

    def line(cells: Sequence[str]) -> str:
        padded = (
            " " * (width - cell_width(cell)) + cell
            if column.numeric
            else cell + " " * (width - cell_width(cell))
            for cell, width, column in zip(cells, widths, columns, strict=True)
        )
        return "  ".join(padded).rstrip()

    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
    strong = (lambda text: f"\x1b[1m{text}\x1b[0m") if bold else str
    body = [strong(line(row)) if i in table.strong else line(row) for i, row in enumerate(rows)]
    notes = [paragraph(note) for note in table.footnotes]
    return "\n".join(
        [*([strong(table.title)] if table.title else []), strong(line(heads)), rule, *body, *notes]
    )


#: Between these a line never breaks: ``r = .29``, ``95% CI [.10, .47]``, ``F(2, 8)``.
_TOGETHER = re.compile(
    r" (?=[=<>] )|(?<=[=<>]) |(?<=%) (?=CI|PI)|(?<=CI) (?=\[)|(?<=[\d.],) (?=[-−.\d]+[\])])"
)


def paragraph(text: str, *, width: int = 100, indent: str = "") -> str:
    """Wrapped text; a statistic stays on one line."""
    wrapped = _fill(hold_together(plain(text)), width, indent)
    return wrapped.replace("\u00a0", " ")


def hold_together(text: str) -> str:
    """The text with no-break spaces inside its statistics."""
    return _TOGETHER.sub("\u00a0", text)


def _fill(text: str, width: int, indent: str) -> str:
    return textwrap.fill(
        plain(text), width=width, initial_indent=indent, subsequent_indent=indent, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def render_notes(notes: Iterable[Note], *, limit: int = 12) -> str:
    """Caveats as a list; many of one kind are counted, the first few shown."""
    lines: list[str] = []
    groups: dict[str, list[Note]] = {}
    for note in notes:
        groups.setdefault(note.code, []).append(note)
    for code, members in groups.items():
        shown = members if len(members) <= 3 else members[:2]
        for note in shown:
            place = f" ({note.where})" if note.where else ""
            lines.append(
                textwrap.fill(
                    plain(f"{code}: {note.message}{place}"),
                    width=100,
                    initial_indent="  ",
                    subsequent_indent="      ",
                    break_long_words=False,
                    break_on_hyphens=False,
                )
            )
        if len(members) > len(shown):
            lines.append(f"  {code}: and {len(members) - len(shown)} more (--json lists all)")
        if len(lines) > 3 * limit:
            break
    return "\n".join(lines)
