"""What a command shows on a terminal: tables, sentences, in the order in which one reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.labels import DISPLAY, moderator_label
from rupmeta.render.numbers import NumberStyle, estimate_texts, level_text, number
from rupmeta.render.prose import (
    describe_heterogeneity,
    describe_model,
    describe_moderators,
    describe_pooled,
    statistic_text,
)
from rupmeta.render.results_tables import (
    coefficient_cells,
    coefficients_table,
    effects_table,
    marks_of,
    pooled_table,
    references_table,
    studies_table,
    subgroups_table,
)
from rupmeta.render.tables import Column, Table
from rupmeta.render.writers.terminal import paragraph, plain, render_table

__all__ = [
    "SYNTHETIC",
    "heading",
    "is_synthetic",
    "moderators_screen",
    "planned_screen",
    "planned_table",
    "pool_screen",
]

Answer = Mapping[str, Any]
SYNTHETIC = "synthetic data, not evidence"
_STATUS = {"prespecified": "prespecified", "posthoc": "post hoc"}


def is_synthetic(answer: Answer) -> bool:
    """Whether any effect of the answer was made up."""
    return any(effect["synthetic"] for effect in answer.get("effects", ()) if isinstance(effect, Mapping))


def heading(answer: Answer, *, synthetic: bool) -> str:
    """Title, analysis with its status, question; synthetic data say so first."""
    lines = [f"*** {SYNTHETIC.upper()} ***"] if synthetic else []
    if answer["title"]:
        lines.append(plain(answer["title"]))
    status = _STATUS[answer["status"]]
    departs = ", departs from the protocol" if answer["departures"] else ""
    question = f": {plain(answer['question'])}" if answer["question"] else ""
    lines.append(f"Analysis '{answer['analysis']}' ({status}{departs}){question}")
    return "\n".join(lines)


def pool_screen(answer: Answer, subject: str | None, style: NumberStyle, *, color: bool) -> str:
    """The studies with their weights, the pooled answer on every scale, one APA sentence, the published
    figures.
    """
    parts = [
        heading(answer, synthetic=is_synthetic(answer)),
        render_table(studies_table(answer, style), style=style, bold=color),
        render_table(pooled_table(answer, style), style=style, bold=color),
        paragraph(describe_pooled(answer, subject, style))
        + "\n"
        + paragraph(describe_heterogeneity(answer, style))
        + "\n"
        + paragraph(f"Model: {describe_model(answer)}."),
    ]
    references = references_table(answer, style)
    if references is not None:
        parts.append(render_table(references, style=style, bold=color))
    out = len(answer["excluded"])
    if out:
        parts.append(f"{out} studies are not in this pool; rupmeta screen says why.")
    return "\n\n".join(parts)


def effects_screen(answer: Answer, style: NumberStyle, *, color: bool) -> str:
    """One row for every effect, and what could not be used."""
    parts = [
        heading(answer, synthetic=answer["synthetic"]),
        render_table(effects_table(answer, style), style=style, bold=color),
    ]
    parts += [
        f"{item['study']}/{item['effect']} gives no effect: {item['reason']}" for item in answer["dropped"]
    ]
    return "\n\n".join(parts)


def routes_screen(answer: Answer, style: NumberStyle, *, color: bool) -> str:
    """Every route of every effect with its formula, the used one first, and how far the routes agree."""
    del color  # nothing in this list is more important than the rest
    parts = [heading(answer, synthetic=answer["synthetic"])]
    for effect in answer["effects"]:
        lines = [
            plain(f"{effect['study']} / {effect['effect']}: {effect['label']} {marks_of(effect)}".rstrip())
        ]
        for route in sorted(effect["routes"], key=lambda route: not route["used"]):
            head = "  used   " if route["used"] else "  also   "
            if route["problem"] is not None:
                lines.append(paragraph(f"{head}{route['route']}: no effect, {route['problem']}"))
                continue
            adjusted = ", adjusted" if route["adjusted"] else ""
            lines.append(
                f"{head}{route['route']} ({route['flag']}{adjusted}): yi = "
                f"{number(route['yi'], 'unbounded', style, digits=4)}, vi = "
                f"{number(route['vi'], 'unbounded', style, digits=5)}, "
                f"N = {number(route['n'], 'count', style)}"
            )
            lines += [f"           {step}" for step in plain(route["formula"]).split("; ")]
        if len(effect["routes"]) > 1 and not effect["agreement"]:
            lines.append("  The routes agree within the rounding of the printed numbers.")
        lines += [
            paragraph(f"{finding['severity']}[{finding['code']}] {finding['message']}", indent="  ")
            for finding in effect["agreement"]
        ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def convert_screen(found: Answer, style: NumberStyle) -> str:
    """A conversion with its formula, step by step."""
    target = str(found["to"])
    display = DISPLAY.get(target.lower())
    kind = display.kind if display is not None else "unbounded"
    estimate, interval = estimate_texts(
        found["estimate"], found["ci_lb"], found["ci_ub"], kind, style, null=None
    )
    name = display.symbol if display is not None else target
    lines = [
        f"{name} = {estimate}, {level_text(found['level'])}{style.space}CI{style.space}{interval}",
        f"route: {found['route']} ({found['flag']}{', adjusted' if found['adjusted'] else ''})",
        f"{found['measure']}: yi = {number(found['yi'], 'unbounded', style, digits=6)}, "
        f"vi = {number(found['vi'], 'unbounded', style, digits=6)}, "
        f"se = {number(found['se'], 'unbounded', style, digits=6)}",
        *(f"  {plain(step)}" for step in found["formula"]),
    ]
    if found["approximate"]:
        lines.append(paragraph(f"approximate: {found['approximate']}"))
    return "\n".join(lines)


def moderators_screen(answer: Answer, style: NumberStyle, *, color: bool) -> str:
    """Levels where there are any, coefficients, tests."""
    parts = [heading(answer, synthetic=answer["synthetic"])]
    if answer["subgroups"]:
        parts.append(render_table(subgroups_table(answer, style), style=style, bold=color))
    parts.append(
        f"Coefficients of {answer['formula']} on the scale {answer['measure']}\n"
        + render_table(coefficients_table(answer, style), style=style, bold=color)
    )
    lines = [paragraph(describe_moderators(answer, style))]
    if len(answer["terms"]) > 1:
        lines += [
            paragraph(f"{moderator_label(term['name'])}, given the others: {statistic_text(term, style)}.")
            for term in answer["terms"]
        ]
    if answer["left_out"]:
        names = ", ".join(item["study"] for item in answer["left_out"])
        lines.append(paragraph(f"Left out, value not reported: {names}."))
    return "\n\n".join([*parts, "\n".join(lines)])


def planned_table(answer: Answer, style: NumberStyle) -> Table:
    """One row for each declared moderator."""
    columns = (
        Column("moderator", "moderator", shown=False),
        Column("label", "Moderator", exported=False),
        Column("k", "k", "count"),
        Column("test", "Test", exported=False),
        Column("stat", "stat", "stat", shown=False),
        Column("df1", "df1", "df", shown=False),
        Column("df2", "df2", "df", shown=False),
        Column("pval", "pval", "p", shown=False),
        Column("R2", "R² %", "percent"),
        Column("estimates", "Levels, slope, or why not", exported=False),
        Column("reason", "reason", shown=False),
    )
    rows = []
    for item in answer["moderators"]:
        omnibus = item["omnibus"] or {}
        rows.append(
            {
                "moderator": item["name"],
                "label": moderator_label(item["name"]),
                "k": item["k"],
                "test": None if item["reason"] else statistic_text(omnibus, style),
                **{key: omnibus.get(key) for key in ("stat", "df1", "df2", "pval")},
                "R2": item["R2"],
                "estimates": _estimates(item, answer, style),
                "reason": item["reason"],
            }
        )
    return Table("moderators", "", columns, tuple(rows))


def _estimates(item: Answer, answer: Answer, style: NumberStyle) -> str:
    if item["reason"]:
        return str(item["reason"])
    if item["subgroups"]:
        scale = next(iter(answer["report_as"]), "")
        parts = []
        for group in item["subgroups"]:
            shown = group["reported"].get(scale)
            if shown is not None:
                value = number(shown["estimate"], DISPLAY[scale].kind, style)
                parts.append(f"{group['level']} {value} (k = {group['k']})")
        return ", ".join(parts)
    cells = coefficient_cells(item["coefficients"][-1], style)
    return f"b = {cells['b']} (SE {cells['error']})"


def planned_screen(answer: Answer, style: NumberStyle, *, color: bool) -> str:
    """The declared moderators at a glance."""
    table = render_table(planned_table(answer, style), style=style, bold=color)
    advice = (
        f"{len(answer['moderators'])} tests: about one in twenty is below .05 by chance alone. "
        "rupmeta moderators --by NAME shows one in full."
    )
    return "\n\n".join([heading(answer, synthetic=answer["synthetic"]), table, paragraph(advice)])
