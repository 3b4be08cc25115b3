"""Other conversions → the JSON object, from which the table and the sentences are made."""

from __future__ import annotations

from rupmeta.explore.reconversion import Repooled
from rupmeta.pipeline.reconvert import Reconversion
from rupmeta.render.answers import Answer, describe_analysis, reported
from rupmeta.render.numbers import APA, NumberStyle
from rupmeta.render.results_tables import first_scale, scale_cells, scale_columns
from rupmeta.render.screens import heading
from rupmeta.render.tables import Column, Table
from rupmeta.render.writers.terminal import paragraph, render_table

__all__ = ["conversions_answer", "conversions_screen", "conversions_table", "describe_conversions"]


def conversions_answer(found: Reconversion) -> Answer:
    """``declared`` and every ``scenario``: k, estimate, side of 0, whether the conclusion moved."""
    return {
        **describe_analysis(found.prepared),
        "conversions": {
            "declared": _row(found.declared, found),
            "scenarios": [_row(row, found) for row in found.scenarios],
            "idle": list(found.idle),
        },
    }


def _row(row: Repooled, found: Reconversion) -> Answer:
    scenario, spec = row.scenario, found.prepared.specification
    return {
        "group": scenario.group,
        "key": scenario.key,
        "label": scenario.label,
        "affected": scenario.affected,
        "k": row.k,
        "estimate": None if row.estimate is None else row.estimate.as_dict(),
        "tau2": row.tau2,
        "reported": {} if row.estimate is None else reported(row.estimate, None, None, spec),
        "side": row.side,
        "moved": found.moved(row),
        "reason": row.reason,
    }


#: Effects under which intervals are shown and no verdict is drawn.
ENOUGH = 10

_GROUPS = {"declared": "", "effects": "which effects", "formula": "formula", "route": "route"}
_MOVED = {True: "moves", False: "", None: "no answer"}


def conversions_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """One row for each way of converting, the declared one first."""
    scale = first_scale(answer)
    part = answer["conversions"]
    columns = (
        Column("group", "Choice"),
        Column("label", "Conversion"),
        Column("affected", "Effects changed", "count"),
        Column("k", "k", "count"),
        *scale_columns(answer),
        Column("conclusion", "Conclusion"),
        Column("key", "key", shown=False),
        Column("side", "side", shown=False),
    )
    rows = tuple(
        {
            **{name: row[name] for name in ("label", "affected", "k", "key", "side")},
            "group": _GROUPS[row["group"]],
            **scale_cells(row["reported"], scale, style),
            "conclusion": _MOVED[row["moved"]],
        }
        for row in (part["declared"], *part["scenarios"])
    )
    return Table("conversions", "", columns, rows, frozenset({0}))


def describe_conversions(answer: Answer) -> list[str]:
    """What the table shows, in sentences; verdicts only about where intervals lie."""
    part = answer["conversions"]
    rows = [row for row in part["scenarios"] if row["moved"] is not None]
    moved = [row for row in rows if row["moved"]]
    sentences = []
    if not part["scenarios"]:
        sentences.append("No other conversion changes an effect of this analysis.")
    elif moved:
        sentences.append(
            f"Under {len(moved)} of {len(rows)} other conversions the interval lies elsewhere than declared: "
            f"{'; '.join(row['label'] for row in moved)}."
        )
    else:
        sentences.append(f"Under none of {len(rows)} other conversions does the interval change sides of 0.")
    silent = len(part["scenarios"]) - len(rows)
    if silent:
        sentences.append(f"{silent} of {len(part['scenarios'])} leave nothing to estimate.")
    if part["declared"]["k"] < ENOUGH:
        sentences.append(
            f"With {part['declared']['k']} effects the range is what can be reported, no verdict."
        )
    if rows and part["declared"]["estimate"] is not None:
        centre = part["declared"]["estimate"]["estimate"]
        largest = max(rows, key=lambda row: abs(row["estimate"]["estimate"] - centre))
        sentences.append(f"The estimate moves most by: {largest['label']}.")
    if part["idle"]:
        sentences.append(f"No effect here depends on: {'; '.join(part['idle'])}.")
    return sentences


def conversions_screen(answer: Answer, style: NumberStyle, *, color: bool) -> str:
    """Heading, table, sentences."""
    return "\n\n".join(
        [
            heading(answer, synthetic=answer["synthetic"]),
            render_table(conversions_table(answer, style), style=style, bold=color),
            "\n".join(paragraph(sentence) for sentence in describe_conversions(answer)),
        ]
    )
