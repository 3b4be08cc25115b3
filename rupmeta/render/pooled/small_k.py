"""The methods for few studies as a part of the JSON object of ``rupmeta pool``, as a table and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rupmeta.effects.backtransform import report_on
from rupmeta.pipeline.small_k import SmallKResult
from rupmeta.pipeline.specification import Specification
from rupmeta.pool.small_k import SmallKRow
from rupmeta.render.answers import describe_analysis
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA, NumberStyle, estimate_texts, level_text, number
from rupmeta.render.prose import FEW
from rupmeta.render.screens import heading
from rupmeta.render.tables import Column, Table
from rupmeta.render.writers.terminal import paragraph, render_table

__all__ = ["describe_small_k", "small_k_answer", "small_k_screen", "small_k_table"]

Answer = Mapping[str, Any]

LABELS: Mapping[str, str] = {
    "z": "normal (Wald)",
    "t": "t, k − 1 df",
    "knha": "Knapp–Hartung",
    "adhoc": "Knapp–Hartung, floor at normal",
    "profile": "profile likelihood (ML)",
    "henmi-copas": "Henmi–Copas",
    "permutation": "permutation of signs",
    "bayes": "Bayes",
    "bayes-narrow": "Bayes",
}
TRUST: Mapping[str, str] = {"yes": "yes", "care": "with care", "no": "no"}
_VERBS: Mapping[str, tuple[str, str]] = {
    "above": ("lies above", "lie above"),
    "below": ("lies below", "lie below"),
    "open": ("holds", "hold"),
}
SIDES: Mapping[str, str] = {"above": "above", "below": "below", "open": "holds"}


def small_k_answer(found: SmallKResult) -> dict[str, Any]:
    """``rows`` in a fixed order; ``shift`` is what separates the interval from changing sides of 0."""
    spec = found.prepared.specification
    return {
        **describe_analysis(found.prepared),
        "small_k": {
            "k": found.table.k,
            "level": found.table.level,
            "rows": [_row(row, spec) for row in found.table.rows],
        },
    }


def _row(row: SmallKRow, spec: Specification) -> dict[str, Any]:
    answer = {key: value for key, value in asdict(row).items() if key not in ("lb", "ub", "worst", "worst_k")}
    label = LABELS[row.method]
    answer |= {
        "label": f"{label}, {row.detail}" if row.method.startswith("bayes") else label,
        "ci_lb": row.lb,
        "ci_ub": row.ub,
        "worst_coverage": None if row.worst is None else 100.0 * row.worst,
        "worst_coverage_k": row.worst_k,
    }
    answer["reported"] = {}
    for scale in spec.report_as:
        values = {"estimate": row.estimate, "ci_lb": row.lb, "ci_ub": row.ub, "shift": row.shift}
        shown = {key: report_on(scale, spec.measure, value) for key, value in values.items()}
        if shown["estimate"] is not None:
            answer["reported"][scale] = shown
    return answer


def small_k_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """One row for each method."""
    found = answer["small_k"]
    scale = next(iter(answer["report_as"]))
    display = DISPLAY[scale]
    null = f"{display.null:g}"
    distance = f"factor to {null}" if display.log else f"limit to {null}"
    raw = ("estimate", "se", "df", "ci_lb", "ci_ub", "worst_coverage", "shift", "shift_se")
    columns = (
        Column("method", "method", shown=False),
        Column("label", "Method"),
        Column("text", f"{display.symbol} [{level_text(found['level'])} CI]", exported=False),
        *(Column(key, key, "unbounded", shown=False) for key in raw),
        Column("pval", "p", "p"),
        Column("side", "Interval", exported=False),
        Column("distance", f"{distance}, {display.symbol}", exported=False),
        Column("distance_se", "in SE", exported=False),
        Column("trusted", f"Trust at k = {found['k']}", exported=False),
        Column("coverage", "covers", exported=False),
        Column("trust", "trust", shown=False),
        Column("reason", "reason", shown=False),
    )
    rows = []
    for item in found["rows"]:
        shown = item["reported"].get(scale)
        row = {**item, "text": None, "distance": None, "distance_se": None, "side": None}
        row["trusted"] = TRUST[item["trust"]] if item["ci_lb"] is not None else "no interval"
        if item["narrow"]:
            row["trusted"] = "no: narrower than normal"
        if shown is not None and item["ci_lb"] is not None:
            texts = estimate_texts(
                shown["estimate"], shown["ci_lb"], shown["ci_ub"], display.kind, style, null=display.null
            )
            row["text"] = " ".join(texts)
            row["side"] = f"{SIDES[item['side']]} {null}"
            row["distance"] = number(shown["shift"], display.kind, style)
            row["distance_se"] = number(item["shift_se"], "unbounded", style)
        elif shown is not None:
            row["text"] = number(shown["estimate"], display.kind, style)
        if item["worst_coverage"] is not None:
            row["coverage"] = f"≥ {number(item['worst_coverage'], 'percent', style, digits=1)}%"
        rows.append(row)
    notes: tuple[str, ...] = (
        f"{distance}: how far all effects would have to move for the interval to change sides of {null}",
        "covers: least share of simulated data sets whose 95% interval held the mean, at this k or the next "
        "smaller one that was simulated; trust: from 93%, with care from 90%",
    )
    if any(item["narrow"] for item in found["rows"]):
        notes += (
            "a Knapp–Hartung interval that came out narrower than the normal one is not trusted, whatever "
            "its coverage: effects that agree by chance make it so",
        )
    return Table("small_k", "", columns, tuple(rows), footnotes=notes)


def describe_small_k(answer: Answer) -> str:
    """Which methods hold their level at this k, and whether those agree on the side of the null."""
    found, null = answer["small_k"], f"{DISPLAY[next(iter(answer['report_as']))].null:g}"
    k, rows = found["k"], found["rows"]
    chosen = [row for row in rows if row["trust"] == "yes"]
    cautious = [row for row in rows if row["trust"] == "care"]
    if not chosen and not cautious:
        return "One effect is the study itself: no method can make more of it."
    best, nearly = (chosen, "") if chosen else (cautious, "nearly ")
    sides = {row["side"] for row in best}
    one = len(best) == 1
    what = f"one method {nearly}holds its level" if one else f"these methods {nearly}hold their level"
    text = f"With k = {k}, {what} in simulations: {'; '.join(row['label'] for row in best)}. "
    if len(sides) == 1:
        single, several = _VERBS[sides.pop()]
        text += f"Its interval {single} {null}." if one else f"Their intervals {several} {null}."
    else:
        text += f"They do not agree on the side of {null}: the answer rests on the choice of method."
    apart = [row for row in rows if row["ci_lb"] is not None and row["trust"] == "no"]
    if any(row["side"] != "open" for row in apart) and {row["side"] for row in best} == {"open"}:
        text += f" Intervals that leave {null} out come only from methods that are not to be trusted here."
    return text if k >= FEW else f"{text} With k = {k} this is no basis for a verdict."


def small_k_screen(answer: Answer, style: NumberStyle, *, color: bool) -> str:
    """The table and what follows from it."""
    return "\n\n".join(
        [
            heading(answer, synthetic=answer["synthetic"]),
            render_table(small_k_table(answer, style), style=style, bold=color),
            paragraph(describe_small_k(answer)),
        ]
    )
