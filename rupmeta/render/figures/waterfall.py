"""The steps from an old answer to a new one, laid out: every bar begins where the one before it ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rupmeta.errors import EstimationError
from rupmeta.render.figures.axis import Axis, fit_axis, legible_texts
from rupmeta.render.figures.layout import Layout, Line, Mark, Page, Polygon, Rect, Text, points, pt
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.text_width import clean_text, ellipsize, text_width, wrap_to_width
from rupmeta.render.labels import Display
from rupmeta.render.numbers import NumberStyle

__all__ = ["WaterfallAnswer", "WaterfallData", "WaterfallStep", "lay_out_waterfall"]

MARGIN = 16.0
WIDTH = 260.0  # of the plot
ROW, STUDY_ROW = 1.9, 1.45  # in units of the type size
SMALL = 0.85
LABELS = 190.0  # the widest that labels may be
BAR, STUDY_BAR = 0.95, 0.5  # heights of bars, in units of the type size
CELLS = 48


@dataclass(frozen=True, slots=True)
class WaterfallAnswer:
    """An end of the way: the answer of one version with its interval."""

    label: str
    estimate: float
    lb: float
    ub: float
    text: str


@dataclass(frozen=True, slots=True)
class WaterfallStep:
    """A bar from ``before`` to ``after``; ``share`` is its size as text. ``study``: a part of a step."""

    label: str
    before: float
    after: float
    share: str
    study: bool


@dataclass(frozen=True, slots=True)
class WaterfallData:
    """Two answers and the steps between them, on the scale ``display``; ``sentence`` says it in words."""

    name: str
    title: str
    display: Display
    old: WaterfallAnswer
    new: WaterfallAnswer
    steps: tuple[WaterfallStep, ...]
    total: str
    sentence: str
    banners: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()


def lay_out_waterfall(data: WaterfallData, look: Look | None = None) -> Layout:
    """Lay the steps out from top to bottom; raises ``EstimationError`` when there are none."""
    look = look or Look()
    if not data.steps:
        raise EstimationError("there is no step between the versions to draw")
    size, style = look.size, look.journal.numbers
    labels = [data.old.label, data.new.label, *(f"  {step.label}" for step in data.steps)]
    room = min(max(text_width(label, size, bold=True) for label in labels) + 6, LABELS)
    texts = [data.old.text, data.new.text, *(step.share for step in data.steps)]
    right_room = max(text_width(text, size) for text in texts) + 8
    width = WIDTH if look.width is None else max(look.width - 2 * MARGIN - room - right_room, 100.0)
    page_width = pt(2 * MARGIN + room + width + right_room)
    marks: list[Mark] = []
    y = MARGIN
    titles = (data.title,) if look.show_title else ()
    for role, scale, lines in (("banner", 1.0, data.banners), ("title", 1.2, titles)):
        for text in lines:
            for line in wrap_to_width(clean_text(text), page_width - 2 * MARGIN, size * scale, bold=True):
                y += 1.25 * size * scale
                marks.append(Text(MARGIN, pt(y), line, role, size * scale, bold=True))
        y += 0.7 * size if lines else 0
    left = MARGIN + room
    core = [data.old.estimate, data.new.estimate, *(step.after for step in data.steps)]
    core += [data.old.lb, data.old.ub, data.new.lb, data.new.ub]  # both answers are seen whole
    axis = fit_axis(core, [], data.display, left=left, right=left + width)
    top = y + 0.6 * size
    rows, bottom = _rows(data, axis, top, size, room)
    if axis.lo <= data.display.null <= axis.hi:
        x = axis.x(data.display.null)
        marks.append(Line(x, pt(top), x, pt(bottom), "null"))
    marks += rows
    marks += _axis(data, axis, bottom, size, style)
    y = bottom + 4.2 * size * SMALL
    for text in (data.sentence, *data.footnotes):
        for line in wrap_to_width(clean_text(text), page_width - 2 * MARGIN, size * SMALL):
            y += 1.35 * size * SMALL
            marks.append(Text(MARGIN, pt(y), line, "footnote", size * SMALL))
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=clean_text(
            " ".join([*(f"{b}." for b in data.banners), f"{data.title.rstrip('?.')}. {data.sentence}"])
        ),
        pages=(Page(page_width, pt(y + MARGIN), tuple(marks)),),
        table=tuple(tuple(map(clean_text, row)) for row in _table(data)),
        text=_paint(data),
        palette=look.palette or look.journal.palette,
    )


def _rows(data: WaterfallData, axis: Axis, top: float, size: float, room: float) -> tuple[list[Mark], float]:
    marks: list[Mark] = []
    y = top
    column = axis.right + 8
    for answer in (data.old, None, data.new):
        if answer is None:
            for step in data.steps:
                height = (STUDY_ROW if step.study else ROW) * size
                marks += _bar(step, axis, y, height, size, room, column)
                y += height
            continue
        height = ROW * size
        middle = y + height / 2
        base = pt(middle + 0.36 * size)
        label = ellipsize(clean_text(answer.label), room - 4, size, bold=True)
        marks.append(Text(MARGIN, base, label, "pooled-label", size, bold=True, key=answer.label))
        marks.append(
            Line(axis.x(answer.lb), pt(middle), axis.x(answer.ub), pt(middle), "ci", key=answer.label)
        )
        x, r = axis.at(answer.estimate), 0.45 * size
        corners = points((x - r, middle), (x, middle - r), (x + r, middle), (x, middle + r))
        marks.append(Polygon(corners, "pooled", key=answer.label))
        marks.append(Text(pt(column), base, clean_text(answer.text), "statistics", size, bold=True))
        y += height
        if answer is data.old:
            marks.append(_connector(axis, answer.estimate, middle + r, y))
    return marks, y + 0.4 * size


def _bar(
    step: WaterfallStep, axis: Axis, y: float, height: float, size: float, room: float, column: float
) -> Iterator[Mark]:
    """A floating bar with its label and share, and the line on to the next; no bar for no change."""
    thick = (STUDY_BAR if step.study else BAR) * size
    type_size = size * (SMALL if step.study else 1.0)
    middle = y + height / 2
    indent = 10.0 if step.study else 0.0
    base = pt(middle + 0.36 * type_size)
    label = ellipsize(clean_text(step.label), room - 4 - indent, type_size)
    role = "muted" if step.study else "study"
    yield Text(pt(MARGIN + indent), base, label, role, type_size, key=step.label)
    ends = sorted((axis.x(step.before), axis.x(step.after)))
    fill = "square" if step.after > step.before else "subgroup"
    if ends[1] > ends[0]:
        yield Rect(ends[0], pt(middle - thick / 2), pt(ends[1] - ends[0]), pt(thick), fill, key=step.label)
    else:
        yield Line(ends[0], pt(middle - thick / 2), ends[0], pt(middle + thick / 2), "rule", key=step.label)
    yield Text(pt(column), base, step.share, role, type_size)
    if not step.study:
        yield _connector(axis, step.after, middle + thick / 2, y + height)


def _connector(axis: Axis, value: float, top: float, bottom: float) -> Mark:
    return Line(axis.x(value), pt(top), axis.x(value), pt(bottom), "axis")


def _axis(data: WaterfallData, axis: Axis, bottom: float, size: float, style: NumberStyle) -> Iterator[Mark]:
    small = size * SMALL
    yield Line(pt(axis.left), pt(bottom), pt(axis.right), pt(bottom), "axis")
    xs = [axis.at(tick) for tick in axis.ticks]
    texts = axis.tick_texts(data.display, style)
    keep = axis.null_index(data.display.null)
    for x, text in zip(xs, legible_texts(xs, texts, small, keep=keep), strict=True):
        yield Line(pt(x), pt(bottom), pt(x), pt(bottom + 3), "axis")
        if text:
            yield Text(pt(x), pt(bottom + 4 + small), text, "tick", small, "middle")
    middle = pt((axis.left + axis.right) / 2)
    name = data.display.name
    yield Text(
        middle, pt(bottom + 5 + 2.3 * small), name[:1].upper() + name[1:], "axis-title", small, "middle"
    )


def _table(data: WaterfallData) -> list[tuple[str, ...]]:
    rows = [("change", "share"), (data.old.label, data.old.text)]
    rows += [(f"{'  ' if step.study else ''}{step.label}", step.share) for step in data.steps]
    return [*rows, (data.new.label, data.new.text), ("total", data.total)]


def _paint(data: WaterfallData) -> str:
    """The steps in characters: a bar of blocks between the levels."""
    levels = [data.old.estimate, data.new.estimate, *(step.after for step in data.steps)]
    lo, hi = min(*levels, data.display.null), max(*levels, data.display.null)
    span = (hi - lo) or 1.0

    def cell(value: float) -> int:
        return round((value - lo) / span * (CELLS - 1))

    def line(label: str, text: str, start: float, end: float, mark: str) -> str:
        first, last = sorted((cell(start), cell(end)))
        bar = [" "] * CELLS
        bar[first : last + 1] = [mark] * (last - first + 1)
        if bar[zero] == " ":
            bar[zero] = "│"
        return f"{label.ljust(room)}  {''.join(bar)}  {text}".rstrip()

    zero = cell(data.display.null)
    rows = [
        (data.old.label, data.old.text, data.old.estimate, data.old.estimate, "◆"),
        *(
            (
                f"  {clean_text(step.label)}" if step.study else clean_text(step.label),
                step.share,
                step.before,
                step.after,
                "|" if step.after == step.before else "▒" if step.study else "█",
            )
            for step in data.steps
        ),
        (data.new.label, data.new.text, data.new.estimate, data.new.estimate, "◆"),
    ]
    room = max(len(row[0]) for row in rows)
    lines = [*map(clean_text, data.banners), clean_text(data.title), "", *(line(*row) for row in rows)]
    return "\n".join([*lines, "", clean_text(data.sentence), *map(clean_text, data.footnotes)]) + "\n"
