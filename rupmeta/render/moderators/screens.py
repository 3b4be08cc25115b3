"""What ``rupmeta moderators`` shows on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.moderators.permutation import describe_permutation
from rupmeta.render.moderators.prose import (
    describe_moderators,
    describe_overlap,
    describe_planned,
    describe_scale,
    describe_subsets,
    describe_terms,
    pair_heading,
)
from rupmeta.render.moderators.tables import (
    cases_table,
    coefficients_table,
    comparisons_table,
    cross_table,
    importance_table,
    models_table,
    overlap_table,
    planned_table,
    subgroups_table,
)
from rupmeta.render.numbers import NumberStyle
from rupmeta.render.screens import heading
from rupmeta.render.tables import Table
from rupmeta.render.writers.terminal import paragraph, render_table

__all__ = ["moderators_screen", "overlap_screen", "planned_screen", "subsets_screen"]

Answer = Mapping[str, Any]


def moderators_screen(
    answer: Answer, style: NumberStyle, *, color: bool, adjust: str = "holm", scale: str = ""
) -> str:
    """Levels where there are any, coefficients, tests, and what else was asked of the model.

    ``scale`` is the formula of the model of tau2, for its heading.
    """

    def show(table: Table) -> str:
        return render_table(table, style=style, bold=color)

    parts = [heading(answer, synthetic=answer["synthetic"])]
    if answer["subgroups"]:
        parts.append(show(subgroups_table(answer, style)))
    parts.append(
        f"Coefficients of {answer['formula']} on the scale {answer['measure']}\n"
        + show(coefficients_table(answer, style))
    )
    if answer.get("robust"):
        parts.append(
            "The same, robust to the dependence of effects (CR2)\n"
            + show(coefficients_table(answer, style, key="robust"))
        )
    lines = [paragraph(describe_moderators(answer, style))]
    lines += [paragraph(line) for line in describe_terms(answer, style)]
    if "permutation" in answer:
        lines.append(paragraph(describe_permutation(answer, style)))
    if answer["left_out"]:
        names = ", ".join(item["study"] for item in answer["left_out"])
        lines.append(paragraph(f"Left out, value not reported: {names}."))
    parts.append("\n".join(lines))
    parts += [
        show(comparisons_table(answer, style, key=key, adjust=adjust))
        for key in ("pairs", "contrasts")
        if answer.get(key)
    ]
    if "cases" in answer:
        parts.append("How well each effect fits the model\n" + show(cases_table(answer)))
    if "scale" in answer:
        table = coefficients_table({**answer, "spread": answer["scale"]["coefficients"]}, style, key="spread")
        parts.append(f"Model of log τ²: {scale}\n{show(table)}\n\n{paragraph(describe_scale(answer, style))}")
    return "\n\n".join(parts)


def planned_screen(answer: Answer, style: NumberStyle, *, color: bool) -> str:
    """The declared moderators at a glance."""
    table = render_table(planned_table(answer, style), style=style, bold=color)
    advice = paragraph(describe_planned(answer, style))
    return "\n\n".join([heading(answer, synthetic=answer["synthetic"]), table, advice])


def overlap_screen(answer: Answer, style: NumberStyle, *, color: bool) -> str:
    """All pairs in a table, then each that overlaps with its cross table and sentences."""
    parts = [
        heading(answer, synthetic=answer["synthetic"]),
        render_table(overlap_table(answer, style), style=style, bold=color),
    ]
    compared = [pair for pair in answer["pairs"] if pair["reason"] is None]
    shown = [pair for pair in compared if pair["verdict"] != "apart"] if len(compared) > 1 else compared
    for pair in shown:
        lines = [pair_heading(pair)]
        cells = cross_table(pair)
        if cells is not None:
            lines += [render_table(cells, style=style, bold=color), ""]
        lines += [paragraph(sentence) for sentence in describe_overlap(pair, style)]
        parts.append("\n".join(lines))
    reasons = list(dict.fromkeys(pair["reason"] for pair in answer["pairs"] if pair["reason"] is not None))
    rest = [paragraph(f"Not compared: {reason}.") for reason in reasons]
    if len(shown) < len(compared):
        few = (
            "1 pair varies" if len(compared) - len(shown) == 1 else f"{len(compared) - len(shown)} pairs vary"
        )
        rest.append(paragraph(f"{few} enough to be told apart; two --by show one in full."))
    return "\n\n".join([*parts, *(["\n".join(rest)] if rest else [])])


def subsets_screen(answer: Answer, style: NumberStyle, *, color: bool) -> str:
    """The best models, the importance of each moderator, averaged coefficients."""
    tables = [models_table(answer), importance_table(answer)]
    average = coefficients_table(answer, style)
    return "\n\n".join(
        [
            heading(answer, synthetic=answer["synthetic"]),
            *(render_table(table, style=style, bold=color) for table in tables),
            f"Average over all models, 0 where a moderator is absent (scale {answer['measure']})\n"
            + render_table(average, style=style, bold=color),
            paragraph(describe_subsets(answer, style)),
        ]
    )
