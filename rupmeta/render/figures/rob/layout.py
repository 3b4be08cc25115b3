"""The traffic light of risk of bias, laid out: studies by domains, every judgement with its sign."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rupmeta.errors import EstimationError
from rupmeta.render.figures.forest.rows import LINE, ROW, wrap_label
from rupmeta.render.figures.layout import Circle, Layout, Line, Mark, Page, Text, glyph_notes, pt
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.painters.text_table import table_text
from rupmeta.render.figures.panel_frame import MARGIN, SMALL, page_foot, page_head
from rupmeta.render.figures.rob.data import RobData, RobJudgement, RobRow, RobTool
from rupmeta.render.figures.rob.words import (
    describe_rob,
    domain_codes,
    rob_footnotes,
    rob_table,
    words_used,
)
from rupmeta.render.figures.text_width import clean_text, text_width, wrap_to_width
from rupmeta.render.numbers import number

__all__ = ["judgement_key", "judgement_marks", "lay_out_rob"]

RADIUS = 0.68  # of a light, in type sizes
COLUMN = 2.5  # least width of a domain's column, in type sizes
GAP = 14.0
LEAST = 300.0  # width of the page


def lay_out_rob(data: RobData, look: Look | None = None) -> Layout:
    """Lay the traffic light out; one block for every tool, over 40 studies in pages.

    Raises EstimationError when no study is judged.
    """
    look = look or Look()
    style = look.journal.numbers
    if not any(tool.rows for tool in data.tools):
        raise EstimationError("no study has a judgement of its risk of bias")
    sheets = [
        (tool, chunk, index == len(chunks) - 1)
        for tool in data.tools
        for chunks in [_chunks(tool.rows, look.rows_per_page)]
        for index, chunk in enumerate(chunks)
    ]
    paged = look.rows_per_page is not None and sum(len(rows) for _, rows, _ in sheets) > look.rows_per_page
    groups = [[sheet] for sheet in sheets] if paged else [sheets]
    width = max([LEAST, *(_Grid(tool, look).width for tool in data.tools)])
    page_width = width
    if look.width is not None:
        page_width = max(look.width, *(_Grid(tool, look).width for tool in data.tools))
    pages = tuple(
        _page(data, look, group, page_width, number_, len(groups)) for number_, group in enumerate(groups, 1)
    )
    labels = [row.label for tool in data.tools for row in tool.rows]
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=clean_text(describe_rob(data, style, "Risk of bias by study and domain")),
        pages=pages,
        table=tuple(tuple(map(clean_text, row)) for row in rob_table(data, style)),
        text=_text(data, look),
        palette=look.palette or look.journal.palette,
        tooltips=tuple(
            (row.key, clean_text(_tooltip(row, tool))) for tool in data.tools for row in tool.rows
        ),
        notes=glyph_notes(labels),
    )


def judgement_marks(
    judgement: RobJudgement | None, x: float, y: float, size: float, key: str
) -> Iterator[Mark]:
    """A light with its sign round ``x, y``; a study that was not judged has none."""
    if judgement is None:
        return
    role = f"rob-{judgement.severity}"
    yield Circle(pt(x), pt(y), pt(RADIUS * size), role, key)
    yield Text(pt(x), pt(y + 0.36 * size), judgement.mark, f"{role}-mark", size, "middle", True, key=key)


def judgement_key(
    words: Sequence[RobJudgement], x: float, y: float, right: float, size: float
) -> tuple[list[Mark], float]:
    """Lights with their words, from left to right, as many lines as needed; and the y below them."""
    small = size * SMALL
    marks: list[Mark] = []
    at = x
    for word in words:
        label = clean_text(word.label)
        width = 2 * RADIUS * size + 5 + text_width(label, small) + GAP
        if at > x and at + width - GAP > right:
            at, y = x, y + 1.7 * size
        middle = y + 0.8 * size
        marks += judgement_marks(word, at + RADIUS * size, middle, size, "")
        marks.append(Text(pt(at + 2 * RADIUS * size + 5), pt(middle + 0.36 * small), label, "tick", small))
        at += width
    return marks, y + 1.7 * size


def _chunks(rows: tuple[RobRow, ...], each: int | None) -> list[tuple[RobRow, ...]]:
    if each is None or len(rows) <= each:
        return [rows]
    size = math.ceil(len(rows) / math.ceil(len(rows) / each))
    return [rows[i : i + size] for i in range(0, len(rows), size)]


class _Grid:
    """Where the columns of one tool stand."""

    def __init__(self, tool: RobTool, look: Look):
        size = look.size
        lines = [text_width(line, size) for row in tool.rows for line in wrap_label(row.label)]
        self.codes = domain_codes(tool)
        label = max([*lines, text_width(look.journal.study_heading, size, bold=True)])
        x = MARGIN + label + GAP
        self.columns = []
        for code in self.codes:
            wide = max(COLUMN * size, text_width(code, size, bold=True) + 8)
            x += 6.0 if code == "Overall" else 0.0
            self.columns.append(x + wide / 2)
            x += wide
        heading = text_width("Weight", size, bold=True)
        self.weight = x + GAP + max(heading, text_width("> 99.9%", size))
        self.width = pt(self.weight + MARGIN)


def _page(
    data: RobData,
    look: Look,
    blocks: Sequence[tuple[RobTool, tuple[RobRow, ...], bool]],
    width: float,
    page: int,
    pages: int,
) -> Page:
    size = look.size
    title = data.title + (f" ({page}\u00a0of\u00a0{pages})" if pages > 1 else "")
    marks, y = page_head(data.banners, title, look, width)
    for tool, rows, ends in blocks:
        block, y = _block(tool, rows, look, y, width, ends=ends or pages > 1)
        marks += block
        y += 0.8 * size
    if page == pages:
        foot, y = page_foot(rob_footnotes(data, look.journal.numbers), look, width, y)
        marks += foot
    return Page(width, pt(y + MARGIN), tuple(marks))


def _block(
    tool: RobTool, rows: Sequence[RobRow], look: Look, y: float, width: float, *, ends: bool
) -> tuple[list[Mark], float]:
    """One tool: heading, rows and (at its end, and on every page) what columns and signs mean."""
    size, style, grid = look.size, look.journal.numbers, _Grid(tool, look)
    marks: list[Mark] = []
    y += LINE * size
    marks.append(Text(MARGIN, pt(y), clean_text(tool.name), "heading", size, bold=True))
    y += 1.7 * size
    marks.append(Text(MARGIN, pt(y), look.journal.study_heading, "header", size, bold=True))
    for code, x in zip(grid.codes, grid.columns, strict=True):
        marks.append(Text(pt(x), pt(y), code, "header", size, "middle", bold=True))
    marks.append(Text(pt(grid.weight), pt(y), "Weight", "header", size, "end", bold=True))
    y += 0.6 * size
    marks.append(Line(MARGIN, pt(y), pt(grid.weight), pt(y), "rule"))
    y += 0.3 * size
    for row in rows:
        lines = wrap_label(row.label)
        height = (ROW + LINE * (len(lines) - 1)) * size
        middle = y + ROW * size / 2
        line_y = middle + 0.36 * size
        for line in lines:
            marks.append(Text(MARGIN, pt(line_y), line, "study", size, key=row.key))
            line_y += LINE * size
        for cell, x in zip(row.cells, grid.columns, strict=True):
            marks += judgement_marks(cell, x, middle, size, row.key)
        weight = f"{number(row.weight, 'weight', style)}%"
        marks.append(
            Text(pt(grid.weight), pt(middle + 0.36 * size), weight, "study", size, "end", key=row.key)
        )
        y += height
    marks.append(Line(MARGIN, pt(y + 0.3 * size), pt(grid.weight), pt(y + 0.3 * size), "frame"))
    y += 0.9 * size
    if not ends:
        return marks, y
    key, y = judgement_key(words_used(tool), MARGIN, y, width - MARGIN, size)
    marks += key
    named = "; ".join(
        f"{code} {domain}" for code, domain in zip(grid.codes, tool.domains, strict=True) if code != "Overall"
    )
    blank = any(cell is None for row in tool.rows for cell in row.cells)
    for text in (f"{named}.", *(("Blank: not judged.",) if blank else ())):
        for line in wrap_to_width(clean_text(text), width - 2 * MARGIN, size * SMALL):
            y += 1.35 * size * SMALL
            marks.append(Text(MARGIN, pt(y), line, "footnote", size * SMALL))
    return marks, y


def _tooltip(row: RobRow, tool: RobTool) -> str:
    said = [
        f"{domain}: {'not judged' if cell is None else cell.label}"
        for domain, cell in zip(tool.domains, row.cells, strict=True)
    ]
    return f"{row.label}, {tool.name}. {'; '.join(said)}"


def _text(data: RobData, look: Look) -> str:
    """A table of signs for every tool."""
    style = look.journal.numbers
    blocks = []
    for tool in data.tools:
        rows = [(look.journal.study_heading, *domain_codes(tool), "Weight")]
        rows += [
            (
                row.label,
                *("" if cell is None else cell.mark for cell in row.cells),
                f"{number(row.weight, 'weight', style)}%",
            )
            for row in tool.rows
        ]
        codes = zip(domain_codes(tool), tool.domains, strict=True)
        key = "; ".join(f"{code} {domain}" for code, domain in codes if code != "Overall")
        signs = "; ".join(f"{word.mark} {word.label}" for word in words_used(tool))
        blocks.append(table_text((), tool.name, rows, (signs, key)))
    head = "\n".join([*map(clean_text, data.banners), clean_text(data.title), "", ""])
    foot = "".join(f"\n{clean_text(text)}\n" for text in rob_footnotes(data, style))
    return head + "\n".join(blocks) + foot
