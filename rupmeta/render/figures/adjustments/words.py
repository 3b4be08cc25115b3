"""The words of the comparison of adjustments: numbers, cautions, table, alternative text, characters."""

from __future__ import annotations

from rupmeta.render.figures.adjustments.data import AdjustmentRow, AdjustmentsData
from rupmeta.render.figures.axis import Axis
from rupmeta.render.figures.text_width import clean_text
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA, MISSING, NumberStyle, estimate_texts, number

__all__ = [
    "adjustment_cautions",
    "adjustment_rows",
    "describe_adjustments",
    "estimate_text",
    "paint_adjustments",
]

ENOUGH = 10  # below so many effects selection cannot be judged
CELLS = 44


def estimate_text(row: AdjustmentRow, data: AdjustmentsData, style: NumberStyle = APA) -> str:
    """``.09 [−.01, .18]``; a dash where there is no estimate."""
    if row.estimate is None:
        return MISSING
    display = DISPLAY[data.measure]
    value, interval = estimate_texts(
        row.estimate, row.ci_lb, row.ci_ub, display.kind, style, null=display.null
    )
    return value if row.ci_lb is None else f"{value} {interval}"


def adjustment_cautions(data: AdjustmentsData) -> tuple[str, ...]:
    """What stands under the figure."""
    few = (
        (f"With k = {data.k}, fewer than {ENOUGH} effects, selection cannot be judged.",)
        if data.k < ENOUGH
        else ()
    )
    missing = [f"{row.label}: {row.reason}." for row in data.rows if row.estimate is None and row.reason]
    return (
        "Each row holds only if its assumption does; none is the corrected effect.",
        *few,
        *missing,
        *data.footnotes,
    )


def adjustment_rows(data: AdjustmentsData, style: NumberStyle = APA) -> tuple[tuple[str, ...], ...]:
    """The rows behind the picture with their assumptions, header first."""
    header = ("Adjustment", DISPLAY[data.measure].symbol, "Assumption")
    rows = ((row.label, estimate_text(row, data, style), row.assumption) for row in data.rows)
    return (header, *rows)


def describe_adjustments(data: AdjustmentsData, style: NumberStyle = APA) -> str:
    """The alternative text, from the numbers."""
    display = DISPLAY[data.measure]
    known = [row for row in data.rows[1:] if row.estimate is not None]
    sentences = [
        *(f"{banner}." for banner in data.banners),
        f"The answer under every adjustment: {data.title}, {data.k} effects.",
        f"As pooled {display.symbol} = {estimate_text(data.rows[0], data, style)}.",
    ]
    if known:
        low = min(known, key=lambda row: row.estimate or 0.0)
        high = max(known, key=lambda row: row.estimate or 0.0)
        ends = [number(row.estimate, display.kind, style) for row in (low, high)]
        sentences.append(
            f"{len(known)} adjustments lie between {ends[0]} ({low.label}) and {ends[1]} ({high.label})."
        )
    sentences += [*adjustment_cautions(data), "The numbers stand in the table that belongs to this figure."]
    return " ".join(sentences)


def paint_adjustments(data: AdjustmentsData, x: Axis, style: NumberStyle = APA) -> str:
    """The comparison in characters."""
    display = DISPLAY[data.measure]
    width = max(len(clean_text(row.label)) for row in data.rows)

    def cell(value: float) -> int:
        return int((x.x(value) - x.left) / (x.right - x.left) * (CELLS - 1) + 0.5)

    lines = [*(clean_text(banner) for banner in data.banners), clean_text(data.title), ""]
    for i, row in enumerate(data.rows):
        marks = [" "] * CELLS
        marks[cell(display.null)] = "│"
        if row.estimate is not None:
            if row.ci_lb is not None and row.ci_ub is not None:
                for place in range(cell(row.ci_lb), cell(row.ci_ub) + 1):
                    marks[place] = "┼" if place == cell(display.null) else "─"
                marks[0] = "◄" if x.at(row.ci_lb) < x.left else marks[0]
                marks[-1] = "►" if x.at(row.ci_ub) > x.right else marks[-1]
            marks[cell(row.estimate)] = "◆" if i == 0 else "■"
        text = estimate_text(row, data, style)
        lines.append(f"{clean_text(row.label):<{width}}  {''.join(marks)}  {text}")
    ends = [number(end, display.kind, style) for end in (x.lo, x.hi)]
    room = CELLS - len(ends[0]) - len(ends[1])
    lines.append(f"{'':<{width}}  {ends[0]}{display.symbol.center(room)}{ends[1]}")
    return "\n".join([*(line.rstrip() for line in lines), "", *adjustment_cautions(data)]) + "\n"
