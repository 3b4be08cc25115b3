"""The words of a specification curve: summary, table, alternative text, the figure in characters."""

from __future__ import annotations

from rupmeta.render.figures.specification.data import SpecificationData
from rupmeta.render.figures.text_width import clean_text
from rupmeta.render.labels import DISPLAY, null_word
from rupmeta.render.numbers import APA, NumberStyle, level_text, number

__all__ = [
    "describe_specification",
    "option_texts",
    "paint_specification",
    "specification_table",
    "summary_lines",
]

GRID = (60, 14)  # columns and lines of the curve in characters


def summary_lines(data: SpecificationData, style: NumberStyle = APA) -> tuple[str, ...]:
    """What stands under the curve: how many, where their intervals lie, what has no place in it."""
    display = DISPLAY[data.measure]
    median = number(data.median, display.kind, style)
    rest, null = 100.0 - data.above - data.below, null_word(data.measure)
    lines = [
        f"{number(data.total, 'count', style)} specifications, median {display.symbol} = {median}. "
        f"{level_text(data.level)} intervals above {null}: {number(data.above, 'percent', style)}%, "
        f"below: {number(data.below, 'percent', style)}%, holding {null}: {number(rest, 'percent', style)}%."
    ]
    if len(data.points) < data.total:
        lines.append(f"{len(data.points)} of them are drawn, evenly spaced along the curve.")
    if data.left_out:
        counted = "; ".join(f"{number(n, 'count', style)} {reason}" for reason, n in data.left_out)
        lines.append(f"Combinations outside the curve: {counted}.")
    return (*lines, *data.footnotes)


def option_texts(data: SpecificationData, style: NumberStyle = APA) -> tuple[tuple[str, str, str, str], ...]:
    """(choice, option, number of specifications, median) of every row of the dashboard."""
    kind = DISPLAY[data.measure].kind
    return tuple(
        (
            clean_text(choice.label) if i == 0 else "",
            clean_text(label),
            number(n, "count", style),
            number(median, kind, style),
        )
        for choice in data.choices
        for i, (label, n, median) in enumerate(choice.options)
    )


def specification_table(data: SpecificationData, style: NumberStyle = APA) -> tuple[tuple[str, ...], ...]:
    """The drawn specifications, header first."""
    display = DISPLAY[data.measure]
    header = (display.symbol, "lower", "upper", *(choice.label for choice in data.choices), "declared")
    rows = (
        (
            *(number(x, display.kind, style) for x in (point.estimate, point.ci_lb, point.ci_ub)),
            *(choice.options[j][0] for choice, j in zip(data.choices, point.taken, strict=True)),
            "yes" if point.declared else "",
        )
        for point in data.points
    )
    return (header, *rows)


def describe_specification(data: SpecificationData, style: NumberStyle = APA) -> str:
    """The alternative text, from the numbers."""
    display = DISPLAY[data.measure]
    low, high = (number(point.estimate, display.kind, style) for point in (data.points[0], data.points[-1]))
    declared = next((point for point in data.points if point.declared), None)
    place = ""
    if declared is not None:
        place = f"The declared analysis gives {number(declared.estimate, display.kind, style)}. "
    names = ", ".join(choice.label for choice in data.choices) or "none"
    banner = "".join(f"{banner}. " for banner in data.banners)
    return (
        f"{banner}Specification curve: {data.title}. Estimates run from {low} to {high}. {place}"
        f"{' '.join(summary_lines(data, style))} Choices varied: {names}. "
        "The numbers stand in the table that belongs to this figure."
    )


def paint_specification(data: SpecificationData, style: NumberStyle = APA) -> str:
    """The curve on a grid of characters, the choices as a list with their medians."""
    display = DISPLAY[data.measure]
    columns = min(GRID[0], len(data.points))
    picks = [data.points[(2 * i + 1) * len(data.points) // (2 * columns)] for i in range(columns)]
    values = [point.estimate for point in picks]
    lo, hi = min([*values, display.null]), max([*values, display.null])
    span = (hi - lo) or 1.0

    def line_of(value: float) -> int:
        return round((hi - value) / span * (GRID[1] - 1))

    grid = [[" "] * columns for _ in range(GRID[1])]
    grid[line_of(display.null)] = ["─"] * columns
    for column, point in enumerate(picks):
        grid[line_of(point.estimate)][column] = "◆" if point.declared else "•"
    ends = {0: hi, GRID[1] - 1: lo, line_of(display.null): display.null}
    texts = {row: number(value, display.kind, style) for row, value in ends.items()}
    width = max(map(len, texts.values()))
    rows = option_texts(data, style)
    widths = [max([len(row[i]) for row in rows] + [0]) for i in range(4)]
    listed = (
        f"{row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]:>{widths[3]}}"
        for row in rows
    )
    lines = [
        *map(clean_text, data.banners),
        clean_text(data.title),
        "",
        *(f"{texts.get(i, ''):>{width}} │{''.join(row)}" for i, row in enumerate(grid)),
        "",
        *listed,
        "",
        *summary_lines(data, style),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"
