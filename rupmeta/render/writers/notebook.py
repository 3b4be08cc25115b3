"""Tables, sentences and caveats as HTML for notebooks: every text is escaped, nothing is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from rupmeta.render.numbers import APA, NumberStyle
from rupmeta.render.tables import Table
from rupmeta.render.writers.terminal import plain
from rupmeta.results import Note

__all__ = ["notebook_html", "table_html"]


def notebook_html(
    blocks: Iterable[Table | str], notes: Sequence[Note] = (), banner: str | None = None
) -> str:
    """A banner, then tables and paragraphs in their order, then the caveats, folded."""
    parts = [f"<p><strong>{_text(banner)}</strong></p>"] if banner else []
    parts += [table_html(item) if isinstance(item, Table) else f"<p>{_text(item)}</p>" for item in blocks]
    if notes:
        items = "".join(
            f"<li><code>{_text(note.code)}</code> {_text(note.message)}"
            f"{f' ({_text(note.where)})' if note.where else ''}</li>"
            for note in notes
        )
        parts.append(f"<details><summary>Notes ({len(notes)})</summary><ul>{items}</ul></details>")
    return f'<div class="rupmeta">{"".join(parts)}</div>'


def table_html(table: Table, style: NumberStyle = APA) -> str:
    """The columns that people see; numbers to the right, rows that stand out in bold."""
    columns = table.shown_columns()
    sides = [f' style="text-align:{"right" if column.numeric else "left"}"' for column in columns]
    heads = "".join(
        f'<th scope="col"{side}>{_text(column.title)}</th>'
        for column, side in zip(columns, sides, strict=True)
    )
    rows = []
    for at, cells in enumerate(table.texts(style)):
        shown = (f"<strong>{_text(cell)}</strong>" if at in table.strong else _text(cell) for cell in cells)
        rows.append(
            "<tr>"
            + "".join(f"<td{side}>{cell}</td>" for cell, side in zip(shown, sides, strict=True))
            + "</tr>"
        )
    caption = f"<caption>{_text(table.title)}</caption>" if table.title else ""
    notes = "".join(f"<p><small>{_text(note)}</small></p>" for note in table.footnotes)
    return f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>{notes}"


def _text(value: str) -> str:
    return escape(plain(value))
