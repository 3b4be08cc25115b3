"""The rows of a forest plot: what stands in every line, before anyone knows how wide a page is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rupmeta.render.figures.forest.data import ForestData, ForestRow, PooledRow, ReferenceRow
from rupmeta.render.figures.forest.words import heterogeneity_text, overall_text, row_marks
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.rob.data import RobJudgement
from rupmeta.render.figures.text_width import YEAR, clean_text, wrap_text
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import estimate_texts, interval_text, level_text, number

__all__ = ["BodyRow", "body_rows", "tail_rows", "wrap_label"]

Kind = Literal["heading", "parent", "study", "pooled", "prediction", "reference", "note", "blank"]
ROW = 1.8  # heights as multiples of the type size
LINE = 1.25
SMALL = 0.85
BLANK = 0.7
WRAP = 32
SMALL_WRAP, STATISTICS = 40, 76  # of small lines; of the statistics of a subgroup


@dataclass(frozen=True, slots=True)
class BodyRow:
    """One row: its words by column, its numbers for the plot, its height in points.

    ``label`` are the (wrapped) lines, ``small`` muted lines below them. ``estimate`` None draws nothing.
    """

    kind: Kind
    height: float = 0.0
    label: tuple[str, ...] = ()
    small: tuple[str, ...] = ()
    indent: int = 0
    n: str = ""
    estimate_text: str = ""
    interval: str = ""
    weight_text: str = ""
    estimate: float | None = None
    ci_lb: float | None = None
    ci_ub: float | None = None
    weight: float | None = None
    hollow: bool = False
    overall: bool = False
    key: str = ""
    judgements: tuple[RobJudgement | None, ...] = ()


def body_rows(data: ForestData, look: Look) -> tuple[BodyRow, ...]:
    """Headings, studies and subgroup diamonds, in order."""
    rows: list[BodyRow] = []
    for group in data.groups:
        if rows and look.journal.blank_rows:
            rows.append(_blank(look))
        if group.heading is not None:
            rows.append(_sized(BodyRow("heading", label=wrap_label(group.heading)), look))
        grouped = int(group.heading is not None)
        parent = None
        for row in group.rows:
            if row.parent is not None and row.parent != parent:
                heading = BodyRow("parent", label=wrap_label(row.parent), indent=grouped)
                rows.append(_sized(heading, look))
            parent = row.parent
            inside = row.indent or row.parent is not None
            rows.append(_study(row, data, look, grouped + int(inside)))
        if group.pooled is not None:
            rows.append(_pooled(group.pooled, data, look, overall=False, rows=group.rows))
        elif group.note:
            rows.append(_sized(BodyRow("note", small=_small(group.note), indent=1), look))
    return tuple(rows)


def tail_rows(data: ForestData, look: Look) -> tuple[BodyRow, ...]:
    """The rows that always come last: all studies, prediction interval, published figures."""
    display, style = DISPLAY[data.measure], look.journal.numbers
    rows: list[BodyRow] = []
    if data.pooled is not None:
        rows.append(_pooled(data.pooled, data, look, overall=True, rows=data.rows))
    elif data.pooled_reason:
        rows.append(_sized(BodyRow("note", label=("Not pooled",), small=_small(data.pooled_reason)), look))
    name = f"{level_text(data.level)} prediction interval"
    if look.journal.show_prediction and data.pi_lb is not None and data.pi_ub is not None:
        text = interval_text(data.pi_lb, data.pi_ub, display.kind, style, null=display.null)
        row = BodyRow(
            "prediction", label=(name,), interval=text, ci_lb=data.pi_lb, ci_ub=data.pi_ub, key="prediction"
        )
        rows.append(_sized(row, look))
    elif look.journal.show_prediction and data.pi_reason:
        rows.append(_sized(BodyRow("note", label=(name,), small=_small(data.pi_reason)), look))
    if rows and look.journal.blank_rows:
        rows.insert(0, _blank(look))
    if data.references and look.journal.blank_rows:
        rows.append(_blank(look))
    rows.extend(_reference(reference, i, data, look) for i, reference in enumerate(data.references, 1))
    return tuple(rows)


def _study(row: ForestRow, data: ForestData, look: Look, indent: int) -> BodyRow:
    lines, marks = wrap_label(row.label), row_marks(row)
    weight = "" if row.weight is None else number(row.weight, "weight", look.journal.numbers)
    study = BodyRow(
        "study",
        label=(*lines[:-1], f"{lines[-1]} {marks}") if marks else lines,
        small=_small(row.remark) if row.remark else (),
        indent=indent,
        weight_text=f"{weight}%" if weight and look.journal.weight_percent else weight,
        weight=row.weight,
        hollow=row.provisional,
        key=row.key,
        judgements=row.judgements,
    )
    return _sized(_with_numbers(study, row, data, look), look)


def _pooled(
    row: PooledRow, data: ForestData, look: Look, *, overall: bool, rows: Sequence[ForestRow]
) -> BodyRow:
    style = look.journal.numbers
    lines: tuple[str, ...] = ()
    if not overall and "subgroups" in look.journal.tests:
        if row.heterogeneity is not None:
            lines += (heterogeneity_text(row.heterogeneity, look.journal),)
        if row.test is not None:
            lines += (overall_text(row.test, look.journal),)
    elif not overall:
        tau2, I2 = number(row.tau2, "tau2", style), number(row.I2, "percent", style)
        texts = (
            [f"τ²{_equals(tau2)}"] if row.tau2 is not None and look.journal.heterogeneity != "jama" else []
        )
        texts += [f"I²{_equals(I2)}%"] if row.I2 is not None else []
        if look.journal.heterogeneity == "bmj":  # unspaced, as in its line of heterogeneity
            texts = [text.replace(" ", "") for text in texts]
        lines = (", ".join(texts),) if texts else ()
    weight = ""
    if look.journal.total_weights and rows and all(item.weight is not None for item in rows):
        total = round(math.fsum(item.weight or 0.0 for item in rows), 6)
        weight = f"{number(total, 'weight', style)}{'%' if look.journal.weight_percent else ''}"
    pooled = BodyRow(
        "pooled",
        label=wrap_label(f"{row.label} (k = {row.k})"),
        small=tuple(
            part
            for line in lines
            for part in _small(line, STATISTICS if "subgroups" in look.journal.tests else SMALL_WRAP)
        ),
        indent=0 if overall else 1,
        weight_text=weight,
        overall=overall,
        key="pooled" if overall else f"pooled/{row.label}",
    )
    return _sized(_with_numbers(pooled, row, data, look), look)


def _reference(row: ReferenceRow, i: int, data: ForestData, look: Look) -> BodyRow:
    remark = "published, not pooled" if row.k is None else f"published (k = {row.k}), not pooled"
    reference = BodyRow(
        "reference", label=wrap_label(row.label), small=(remark,), hollow=True, key=f"reference/{i}"
    )
    return _sized(_with_numbers(reference, row, data, look), look)


def _with_numbers(
    body: BodyRow, row: ForestRow | PooledRow | ReferenceRow, data: ForestData, look: Look
) -> BodyRow:
    display, style = DISPLAY[data.measure], look.journal.numbers
    estimate, interval = estimate_texts(
        row.estimate, row.ci_lb, row.ci_ub, display.kind, style, null=display.null
    )
    return replace(
        body,
        n="" if row.n is None else number(row.n, "count", style),
        estimate_text=estimate,
        interval=interval,
        estimate=row.estimate,
        ci_lb=row.ci_lb,
        ci_ub=row.ci_ub,
    )


def _sized(row: BodyRow, look: Look) -> BodyRow:
    """The row with the height that its lines need."""
    lines = ROW + LINE * max(len(row.label) - 1, 0) + LINE * SMALL * len(row.small)
    lines -= 0 if row.label else LINE * SMALL
    return replace(row, height=lines * look.size)


def _blank(look: Look) -> BodyRow:
    return BodyRow("blank", height=BLANK * look.size)


def wrap_label(label: str) -> tuple[str, ...]:
    """Two lines of 32 characters; what must go is taken from before a year at the end, which stays."""
    text = clean_text(label)
    lines = wrap_text(text)
    year = YEAR.search(text)
    if year is None or not lines[-1].endswith("…"):
        return lines
    room = WRAP - len(year.group()) - 1
    last = wrap_text(text[len(lines[0]) :].strip(), characters=room, lines=1)[0]
    return (lines[0], f"{last}{year.group()}")


def _small(text: str, characters: int = SMALL_WRAP) -> tuple[str, ...]:
    return wrap_text(clean_text(text), characters=characters, lines=None)


def _equals(text: str) -> str:
    return f" {text}" if text[:1] in "<>" else f" = {text}"
