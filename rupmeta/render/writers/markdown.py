"""Tables as Markdown."""

from __future__ import annotations

from rupmeta.render.numbers import APA, NumberStyle
from rupmeta.render.tables import Table
from rupmeta.render.writers.terminal import plain

__all__ = ["escape_markdown", "to_markdown"]

_ESCAPES = str.maketrans({c: f"\\{c}" for c in "\\|[]<>`*_#"})


def escape_markdown(text: str) -> str:
    """Text that Markdown shows as it stands."""
    return plain(text).replace("\n", " ").translate(_ESCAPES)


def to_markdown(table: Table, style: NumberStyle = APA) -> str:
    """A pipe table with its title above and its notes below."""
    columns = table.shown_columns()
    lines = [f"**{escape_markdown(table.title)}**", ""] if table.title else []
    lines.append("| " + " | ".join(escape_markdown(column.title) for column in columns) + " |")
    lines.append("| " + " | ".join("---:" if column.numeric else "---" for column in columns) + " |")
    for i, row in enumerate(table.texts(style)):
        cells = [escape_markdown(cell) for cell in row]
        if i in table.strong:
            cells = [f"**{cell}**" if cell else "" for cell in cells]
        lines.append("| " + " | ".join(cells) + " |")
    if table.footnotes:
        lines += ["", *(f"*{escape_markdown(note)}*" for note in table.footnotes)]
    return "\n".join(lines) + "\n"
