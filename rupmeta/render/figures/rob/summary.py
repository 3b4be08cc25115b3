"""Risk of bias in summary, laid out: of every domain, the share of the weight under every judgement."""

from __future__ import annotations

from collections.abc import Iterator

from rupmeta.errors import EstimationError
from rupmeta.render.figures.layout import Layout, Line, Mark, Page, Rect, Text, pt
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.painters.text_table import table_text
from rupmeta.render.figures.panel_frame import MARGIN, SMALL, page_foot, page_head
from rupmeta.render.figures.rob.data import RobData, RobTool
from rupmeta.render.figures.rob.layout import judgement_key
from rupmeta.render.figures.rob.words import (
    describe_rob,
    judgement_share,
    rob_footnotes,
    summary_table,
    words_used,
)
from rupmeta.render.figures.text_width import clean_text, text_width, wrap_text
from rupmeta.render.numbers import NumberStyle, number

__all__ = ["lay_out_rob_summary"]

WIDTH = 280.0  # of the bars
NARROW = 330.0  # page on which names of domains take three lines
BAR, STEP = 15.0, 22.0
TICKS = (0, 25, 50, 75, 100)


def lay_out_rob_summary(data: RobData, look: Look | None = None) -> Layout:
    """Lay the bars out, one block for every tool; EstimationError when no study is judged."""
    look = look or Look()
    style, size = look.journal.numbers, look.size
    if not any(tool.rows for tool in data.tools):
        raise EstimationError("no study has a judgement of its risk of bias")
    narrow = look.width is not None and look.width < NARROW
    names = [_lines(domain, narrow) for tool in data.tools for domain in tool.domains]
    left = MARGIN + max(text_width(line, size) for lines in names for line in lines) + 10
    width = WIDTH if look.width is None else max(look.width - left - 2 * MARGIN, 100.0)
    page_width = pt(left + width + 2 * MARGIN)
    marks, y = page_head(data.banners, data.title, look, page_width)
    for tool in data.tools:
        block, y = _block(tool, style, size, left, width, y, narrow=narrow)
        marks += block
        key, y = judgement_key(words_used(tool), MARGIN, y, page_width - MARGIN, size)
        marks += key
        y += 0.6 * size
    open_part = any(word is None for tool in data.tools for word, _ in judgement_share(tool, 0))
    hatched = ("Hatched: not judged with this tool.",) if open_part else ()
    foot, y = page_foot((*hatched, *rob_footnotes(data, style)), look, page_width, y)
    rows = summary_table(data, style)
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=clean_text(describe_rob(data, style, "Risk of bias by share of the weight")),
        pages=(Page(page_width, pt(y + MARGIN), (*marks, *foot)),),
        table=tuple(tuple(map(clean_text, row)) for row in rows),
        text=table_text(data.banners, data.title, rows, rob_footnotes(data, style)),
        palette=look.palette or look.journal.palette,
    )


def _lines(domain: str, narrow: bool) -> tuple[str, ...]:
    return wrap_text(clean_text(domain), characters=16 if narrow else 30, lines=3 if narrow else 2)


def _block(
    tool: RobTool, style: NumberStyle, size: float, left: float, width: float, y: float, *, narrow: bool
) -> tuple[list[Mark], float]:
    small = size * SMALL
    marks: list[Mark] = []
    y += 1.25 * size
    marks.append(Text(MARGIN, pt(y), clean_text(tool.name), "heading", size, bold=True))
    y += 0.8 * size
    for i, domain in enumerate(tool.domains):
        lines = _lines(domain, narrow)
        step = max(STEP, 1.2 * size * len(lines) + 4.0) + (5.0 if _is_overall(tool, i) else 0.0)
        middle = y + step / 2 + (2.5 if _is_overall(tool, i) else 0.0)
        line_y = middle + 0.36 * size - 0.6 * size * (len(lines) - 1)
        for line in lines:
            marks.append(Text(pt(left - 8), pt(line_y), line, "study", size, "end"))
            line_y += 1.2 * size
        marks += _bar(tool, i, style, size, left, width, middle)
        y += step
    bottom = pt(y + 0.3 * size)
    marks.append(Line(pt(left), bottom, pt(left + width), bottom, "axis"))
    for tick in TICKS:
        x = pt(left + width * tick / 100)
        marks.append(Line(x, bottom, x, pt(bottom + 3), "axis"))
        marks.append(
            Text(x, pt(bottom + 4 + small), number(float(tick), "count", style), "tick", small, "middle")
        )
    title = "Share of the weight, %"
    marks.append(
        Text(pt(left + width / 2), pt(bottom + 4 + 2.4 * small), title, "axis-title", small, "middle")
    )
    return marks, bottom + 4 + 3.2 * small


def _is_overall(tool: RobTool, i: int) -> bool:
    return tool.overall and i == len(tool.domains) - 1


def _bar(
    tool: RobTool, domain: int, style: NumberStyle, size: float, left: float, width: float, middle: float
) -> Iterator[Mark]:
    """The segments, each with its sign and share where they find room."""
    small = size * SMALL
    x = left
    for word, share in judgement_share(tool, domain):
        if share <= 0:
            continue
        wide = width * share / 100
        role = "rob-none" if word is None else f"rob-{word.severity}"
        yield Rect(pt(x), pt(middle - BAR / 2), pt(wide), BAR, role)
        if word is not None:
            percent = f"{number(share, 'percent', style)}%"
            for text in (f"{word.mark} {percent}", word.mark):
                if text_width(text, small, bold=True) + 4 <= wide:
                    yield Text(
                        pt(x + wide / 2),
                        pt(middle + 0.36 * small),
                        text,
                        f"{role}-mark",
                        small,
                        "middle",
                        True,
                    )
                    break
        x += wide
