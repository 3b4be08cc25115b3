"""The rows of a forest plot: what stands in every line, before anyone knows how wide a page is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rupmeta.render.figures.forest_data import ForestData, ForestRow, PooledRow, ReferenceRow
from rupmeta.render.figures.forest_words import row_marks
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.text_width import clean_text, wrap_text
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import estimate_texts, interval_text, level_text, number

__all__ = ["BodyRow", "body_rows", "tail_rows"]

Kind = Literal["heading", "study", "pooled", "prediction", "reference", "note", "blank"]
ROW = 1.8  # heights as multiples of the type size
LINE = 1.25
SMALL = 0.85


@dataclass(frozen=True, slots=True)
class BodyRow:
    """One row: its words by column, its numbers for the plot, its height in points.

    ``label`` are the (wrapped) lines, ``small`` muted lines below them. ``estimate`` None draws nothing.
    """

    kind: Kind
    height: float
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


def body_rows(data: ForestData, look: Look) -> tuple[BodyRow, ...]:
    """Headings, studies and subgroup diamonds, in order."""
    rows: list[BodyRow] = []
    for group in data.groups:
        grouped = group.heading is not None
        if rows and look.journal.blank_rows:
            rows.append(_row("blank", look))
        if group.heading is not None:
            rows.append(_row("heading", look, label=_wrapped(group.heading)))
        rows.extend(_study(row, data, look, int(grouped) + int(row.indent)) for row in group.rows)
        if group.pooled is not None:
            rows.append(_pooled(group.pooled, data, look, overall=False))
        elif group.note:
            rows.append(
                _row(
                    "note", look, small=wrap_text(clean_text(group.note), characters=40, lines=None), indent=1
                )
            )
    return tuple(rows)


def tail_rows(data: ForestData, look: Look) -> tuple[BodyRow, ...]:
    """The rows that always come last: all studies, prediction interval, published figures."""
    rows: list[BodyRow] = []
    if look.journal.blank_rows:
        rows.append(_row("blank", look))
    if data.pooled is not None:
        rows.append(_pooled(data.pooled, data, look, overall=True))
    elif data.pooled_reason:
        rows.append(_reason("Not pooled", data.pooled_reason, look))
    display, level = DISPLAY[data.measure], level_text(data.level)
    name = f"{level} prediction interval"
    if look.journal.show_prediction and data.pi_lb is not None and data.pi_ub is not None:
        text = interval_text(data.pi_lb, data.pi_ub, display.kind, look.journal.numbers, null=display.null)
        rows.append(
            _row(
                "prediction",
                look,
                label=(name,),
                interval=text,
                ci_lb=data.pi_lb,
                ci_ub=data.pi_ub,
                key="prediction",
            )
        )
    elif look.journal.show_prediction and data.pi_reason:
        rows.append(_reason(name, data.pi_reason, look))
    if data.references and look.journal.blank_rows:
        rows.append(_row("blank", look))
    rows.extend(_reference(reference, i, data, look) for i, reference in enumerate(data.references, 1))
    return tuple(rows)


def _study(row: ForestRow, data: ForestData, look: Look, indent: int) -> BodyRow:
    lines = _wrapped(row.label)
    marks = row_marks(row)
    if marks:
        lines = (*lines[:-1], f"{lines[-1]} {marks}")
    return _row(
        "study",
        look,
        label=lines,
        small=wrap_text(clean_text(row.remark), characters=40) if row.remark else (),
        indent=indent,
        n="" if row.n is None else number(row.n, "count", look.journal.numbers),
        numbers=(row.estimate, row.ci_lb, row.ci_ub),
        data=data,
        weight=row.weight,
        hollow=row.provisional,
        key=row.key,
    )


def _pooled(row: PooledRow, data: ForestData, look: Look, *, overall: bool) -> BodyRow:
    style = look.journal.numbers
    small: tuple[str, ...] = ()
    if not overall and row.tau2 is not None and row.I2 is not None:
        tau2, I2 = number(row.tau2, "tau2", style), number(row.I2, "percent", style)
        small = (f"τ²{_relation(tau2)}{tau2}, I²{_relation(I2)}{I2}%",)
    return _row(
        "pooled",
        look,
        label=_wrapped(f"{clean_text(row.label)} (k = {row.k})"),
        small=small,
        indent=0 if overall else 1,
        n="" if row.n is None else number(row.n, "count", style),
        numbers=(row.estimate, row.ci_lb, row.ci_ub),
        data=data,
        overall=overall,
        key="pooled" if overall else f"pooled/{row.label}",
    )


def _reference(row: ReferenceRow, i: int, data: ForestData, look: Look) -> BodyRow:
    small = "published, not pooled" if row.k is None else f"published (k = {row.k}), not pooled"
    return _row(
        "reference",
        look,
        label=_wrapped(row.label),
        small=(small,),
        n="" if row.n is None else number(row.n, "count", look.journal.numbers),
        numbers=(row.estimate, row.ci_lb, row.ci_ub),
        data=data,
        hollow=True,
        key=f"reference/{i}",
    )


def _reason(name: str, reason: str, look: Look) -> BodyRow:
    return _row("note", look, label=(name,), small=wrap_text(clean_text(reason), characters=40, lines=None))


def _wrapped(label: str) -> tuple[str, ...]:
    return wrap_text(clean_text(label))


def _relation(text: str) -> str:
    return " " if text[:1] in "<>" else " = "


def _row(
    kind: Kind,
    look: Look,
    *,
    label: tuple[str, ...] = (),
    small: tuple[str, ...] = (),
    indent: int = 0,
    n: str = "",
    numbers: tuple[float, float | None, float | None] | None = None,
    data: ForestData | None = None,
    interval: str = "",
    ci_lb: float | None = None,
    ci_ub: float | None = None,
    weight: float | None = None,
    hollow: bool = False,
    overall: bool = False,
    key: str = "",
) -> BodyRow:
    """A row with the height that its lines need."""
    size, style = look.size, look.journal.numbers
    extra = max(len(label) - 1, 0) * LINE * size + len(small) * LINE * SMALL * size
    height = 0.7 * size if kind == "blank" else ROW * size + extra - (0 if label else LINE * SMALL * size)
    estimate = None
    estimate_text = ""
    if numbers is not None and data is not None:
        display = DISPLAY[data.measure]
        estimate, ci_lb, ci_ub = numbers
        estimate_text, interval = estimate_texts(
            estimate, ci_lb, ci_ub, display.kind, style, null=display.null
        )
        interval = "" if ci_lb is None else interval
    weight_text = ""
    if weight is not None:
        weight_text = number(weight, "weight", style) + ("%" if look.journal.weight_percent else "")
    return BodyRow(
        kind, height, label, small, indent, n, estimate_text, interval, weight_text,
        estimate, ci_lb, ci_ub, weight, hollow, overall, key,
    )  # fmt: skip
