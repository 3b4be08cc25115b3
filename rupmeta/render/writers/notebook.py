"""Tables, sentences and caveats as HTML for notebooks: every text is escaped, nothing is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from rupmeta.render.numbers import APA, NumberStyle
from rupmeta.render.tables import Table
from rupmeta.render.writers.terminal import plain
from rupmeta.results import Note

__all__ = ["notebook_html", "table_html"]

SHORT = 24  # characters that a cell may have without a line break


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
    body = [tuple(map(_text, cells)) for cells in table.texts(style)]
    styles = [
        _style(column.numeric, max((len(cells[i]) for cells in body), default=0))
        for i, column in enumerate(columns)
    ]
    heads = "".join(
        f'<th scope="col"{css}>{_text(column.title)}</th>'
        for column, css in zip(columns, styles, strict=True)
    )
    rows = []
    for at, cells in enumerate(body):
        shown = (f"<strong>{cell}</strong>" if at in table.strong else cell for cell in cells)
        inside = "".join(f"<td{css}>{cell}</td>" for cell, css in zip(shown, styles, strict=True))
        rows.append(f"<tr>{inside}</tr>")
    caption = f"<caption>{_text(table.title)}</caption>" if table.title else ""
    notes = "".join(f"<p><small>{_text(note)}</small></p>" for note in table.footnotes)
    return f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>{notes}"


def _style(numeric: bool, longest: int) -> str:
    """Numbers to the right; what is short stays on one line."""
    wrap = "" if longest > SHORT else ";white-space:nowrap"
    return f' style="text-align:{"right" if numeric else "left"};padding:2px 8px{wrap}"'


def _text(value: str) -> str:
    return escape(plain(value))
