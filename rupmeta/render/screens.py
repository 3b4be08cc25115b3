"""What a command shows on a terminal: tables, sentences, in the order in which one reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import NumberStyle, estimate_texts, level_text, number
from rupmeta.render.prose import (
    describe_heterogeneity,
    describe_model,
    describe_pooled,
    describe_robust,
)
from rupmeta.render.results_tables import (
    effects_table,
    marks_of,
    pooled_table,
    references_table,
    studies_table,
)
from rupmeta.render.writers.terminal import paragraph, plain, render_table

__all__ = [
    "SYNTHETIC",
    "heading",
    "is_synthetic",
    "pool_screen",
]

Answer = Mapping[str, Any]
SYNTHETIC = "synthetic data, not evidence"
_STATUS = {"prespecified": "prespecified", "posthoc": "post hoc", "undeclared": "no protocol"}


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
    sentences = (
        describe_pooled(answer, subject, style),
        describe_robust(answer, style),
        describe_heterogeneity(answer, style),
        f"Model: {describe_model(answer)}.",
    )
    parts = [
        heading(answer, synthetic=is_synthetic(answer)),
        render_table(studies_table(answer, style), style=style, bold=color),
        render_table(pooled_table(answer, style), style=style, bold=color),
        "\n".join(paragraph(sentence) for sentence in sentences if sentence is not None),
    ]
    references = references_table(answer, style)
    if references is not None:
        parts.append(render_table(references, style=style, bold=color))
    out = len(answer["excluded"])
    if out:
        left = "1 study is" if out == 1 else f"{out} studies are"
        parts.append(f"{left} not in this pool; rupmeta screen says why.")
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
            ends = [number(end, "unbounded", style, digits=4) for end in route["rounding"] or ()]
            allowed = f" (rounding {ends[0]} to {ends[1]})" if ends else ""
            lines.append(
                f"{head}{route['route']} ({route['flag']}{adjusted}): yi = "
                f"{number(route['yi'], 'unbounded', style, digits=4)}{allowed}, vi = "
                f"{number(route['vi'], 'unbounded', style, digits=5)}, "
                f"N = {number(route['n'], 'count', style)}"
            )
            lines += [f"           {step}" for step in plain(route["formula"]).split("; ")]
        if sum(route["problem"] is None for route in effect["routes"]) > 1 and not effect["agreement"]:
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
