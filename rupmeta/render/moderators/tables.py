"""The tables about moderators: levels, coefficients, comparisons, studies, pairs of moderators, subsets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from rupmeta.render.labels import DISPLAY, level_label, moderator_label
from rupmeta.render.numbers import APA, NumberStyle, level_text, number
from rupmeta.render.prose import statistic_text
from rupmeta.render.results_tables import estimate_text, first_scale, scale_cells, scale_columns
from rupmeta.render.tables import Column, Table

__all__ = [
    "cases_table",
    "coefficients_table",
    "comparisons_table",
    "cross_table",
    "importance_table",
    "models_table",
    "overlap_table",
    "planned_table",
    "slope_cells",
    "subgroups_table",
]

Answer = Mapping[str, Any]
ADJUSTED = {
    "holm": "p (Holm)",
    "bonferroni": "p (Bonferroni)",
    "hochberg": "p (Hochberg)",
    "bh": "p (B–H)",
    "by": "p (B–Y)",
    "none": "p",
}


def subgroups_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """The levels of a categorical moderator; with one τ² for all, what each level's own would give."""
    scale = first_scale(answer)
    common = answer["subgroup_tau2"] == "common"
    columns = (
        Column("level", "level", shown=False),
        Column("label", moderator_label(answer["terms"][0]["name"]), exported=False),
        Column("k", "k", "count"),
        Column("n", "N", "count"),
        *scale_columns(answer),
        Column("tau2", "own τ²", "tau2"),
        *((Column("own", "with own τ²", exported=False),) if common else ()),
        Column("I2", "own I² %", "percent"),
    )
    rows = tuple(
        {
            "level": group["level"],
            "label": level_label(group["level"]),
            "k": group["k"],
            "n": group["n"],
            **scale_cells(group["reported"], scale, style),
            "tau2": (group.get("heterogeneity") or {}).get("tau2"),
            "own": _with_own(group, scale, style),
            "I2": (group.get("heterogeneity") or {}).get("I2"),
        }
        for group in answer["subgroups"]
    )
    shared = "" if answer["tau2"] is None else f", {number(answer['tau2'], 'tau2', style)}"
    note = (
        f"Estimates and intervals rest on the τ² that all levels share{shared}; beside them what the level's "
        "effects give alone, with a τ² of their own."
        if common
        else "Every level is estimated alone, with a τ² of its own."
    )
    return Table("subgroups", "", columns, rows, footnotes=(note,))


def _with_own(group: Answer, scale: str, style: NumberStyle) -> str | None:
    """A level's estimate from its own effects alone; None where these have no τ²."""
    alone = group["separate"]
    if alone is None or (alone.get("heterogeneity") or {}).get("tau2") is None:
        return None
    return None if scale not in alone["reported"] else estimate_text(alone["reported"][scale], scale, style)


def coefficients_table(
    answer: Answer, style: NumberStyle = APA, *, key: str = "coefficients", title: str = "Coefficient"
) -> Table:
    """The coefficients of a meta-regression, on the analysis scale (or another list of estimates)."""
    columns: tuple[Column, ...] = (
        Column("label", title),
        *(Column(k, k, "unbounded", shown=False) for k in ("estimate", "se", "stat", "df", "ci_lb", "ci_ub")),
        Column("b", "b", "stat", exported=False),
        Column("error", "SE", "stat", exported=False),
        Column("text", f"{level_text(answer['level'])} CI", exported=False),
        Column("pval", "p", "p"),
    )
    rows = tuple({**item, **slope_cells(item, style)} for item in answer[key])
    return Table(key, "", columns, rows)


def slope_cells(item: Answer, style: NumberStyle) -> dict[str, str | None]:
    """A slope may be tiny beside its unit: as many digits as give its standard error two of meaning."""
    se = item["se"]
    if se is None or not math.isfinite(se):
        return {"b": number(item["estimate"], "unbounded", style), "error": None, "text": None}
    digits = max(2, 1 - math.floor(math.log10(se))) if se > 0 else 2
    b, error, lb, ub = (
        number(item[key], "unbounded", style, digits=digits) for key in ("estimate", "se", "ci_lb", "ci_ub")
    )
    return {"b": b, "error": error, "text": f"[{lb},{style.space}{ub}]"}


def comparisons_table(answer: Answer, style: NumberStyle, *, key: str, adjust: str) -> Table:
    """Pairs of levels or contrasts: the difference on the analysis scale, or why it was not tested."""
    table = coefficients_table(answer, style, key=key, title="Difference" if key == "pairs" else "Contrast")
    rows = tuple(
        {**row, **({} if item["reason"] is None else {"text": item["reason"], "b": None, "error": None})}
        for row, item in zip(table.rows, answer[key], strict=True)
    )
    columns = table.columns
    if key == "pairs" and adjust != "none":
        columns = (*columns, Column("padj", ADJUSTED[adjust], "p"))
    return Table(key, "", columns, rows)


def cases_table(answer: Answer) -> Table:
    """How well every effect fits the model, and how much the model depends on it."""
    columns = (
        Column("study", "study", shown=False),
        Column("effect", "effect", shown=False),
        Column("label", "Study"),
        Column("fitted", "fitted", "unbounded"),
        Column("residual", "residual", "unbounded"),
        Column("rstandard", "standardised", "unbounded"),
        Column("rstudent", "studentised", "unbounded"),
        Column("hat", "hat", "unbounded"),
        Column("cook_d", "Cook's D", "unbounded"),
        Column("dffits", "dffits", "unbounded", shown=False),
        Column("cov_r", "cov_r", "unbounded", shown=False),
        Column("tau2_del", "τ² without", "tau2"),
        Column("QE_del", "QE_del", "stat", shown=False),
        Column("flags", ""),
    )
    rows = tuple({**item, "flags": "; ".join(item["flags"])} for item in answer["cases"])
    return Table("cases", "", columns, rows)


def planned_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """One row for each declared moderator; a stored answer may be older than what is now added to it."""
    adjust = answer.get("adjust", "none")
    columns = (
        Column("moderator", "moderator", shown=False),
        Column("label", "Moderator", exported=False),
        Column("k", "k", "count"),
        Column("test", "Test", exported=False),
        Column("stat", "stat", "stat", shown=False),
        Column("df1", "df1", "df", shown=False),
        Column("df2", "df2", "df", shown=False),
        Column("pval", "pval", "p", shown=False),
        *((Column("padj", ADJUSTED[adjust], "p"),) if adjust != "none" else ()),
        Column("R2", "R² %", "percent"),
        Column("detectable_text", "Detectable", exported=False),
        Column("detectable", "detectable", "unbounded", shown=False),
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
                "padj": item.get("padj"),
                "R2": item["R2"],
                "detectable_text": _detectable_text(item.get("detectable"), style),
                "detectable": (item.get("detectable") or {}).get("contrast"),
                "estimates": _estimates(item, answer, style),
                "reason": item["reason"],
            }
        )
    return Table("moderators", "", columns, tuple(rows))


def _detectable_text(item: Answer | None, style: NumberStyle) -> str | None:
    """``0.35`` between two levels, ``0.35 per SD`` of a number, both on the analysis scale."""
    if item is None:
        return None
    per = " per SD" if item["slope"] is not None else ""
    return f"{number(item['contrast'], 'unbounded', style)}{per}"


def _estimates(item: Answer, answer: Answer, style: NumberStyle) -> str:
    if item["reason"]:
        return str(item["reason"])
    if item["subgroups"]:
        scale = first_scale(answer)
        parts = []
        for group in item["subgroups"]:
            shown = group["reported"].get(scale)
            if shown is not None:
                value = number(shown["estimate"], DISPLAY[scale].kind, style)
                parts.append(f"{group['level']} {value} (k = {group['k']})")
        return ", ".join(parts)
    cells = slope_cells(item["coefficients"][-1], style)
    return f"b = {cells['b']} (SE {cells['error']})"


def overlap_table(answer: Answer, style: NumberStyle) -> Table:
    """One row for each pair: what each explains alone, beside the other, and together."""
    columns = (
        Column("pair", "Moderators"),
        Column("first", "first", shown=False),
        Column("second", "second", shown=False),
        Column("k", "k", "count"),
        Column("association_text", "Association", exported=False),
        Column("association", "association", "bounded", shown=False),
        Column("inflation", "SE ×", "unbounded"),
        Column("alone", "p alone", exported=False),
        Column("given", "p beside the other", exported=False),
        Column("R2", "R² alone, both, shared %", exported=False),
        Column("verdict", "", exported=True),
    )
    symbols = {"r": "r", "eta": "η", "V": "V"}
    rows = []
    for pair in answer["pairs"]:
        one, other = pair["first"], pair["second"]
        row = {
            "pair": f"{moderator_label(one['name'])} / {moderator_label(other['name'])}",
            "first": one["name"],
            "second": other["name"],
        }
        if pair["reason"] is not None:
            rows.append({**row, "verdict": "not compared"})
            continue
        strength = f"{symbols[pair['measure']]} = {number(pair['association'], 'bounded', style)}"
        shares = (one["R2"], other["R2"], pair["R2_both"], pair["shared"])
        rows.append(
            {
                **row,
                "k": pair["k"],
                "association": pair["association"],
                "association_text": strength,
                "inflation": pair["inflation"],
                "alone": " / ".join(_p(item["alone"], style) for item in (one, other)),
                "given": " / ".join(_p(item["given"], style) for item in (one, other)),
                "R2": " / ".join(number(share, "percent", style) for share in shares),
                "verdict": VERDICTS[pair["verdict"]] + _gaps(pair),
            }
        )
    return Table("overlap", "", columns, tuple(rows))


#: What a pair is called in a table.
VERDICTS = {
    "inseparable": "cannot be separated",
    "overlapping": "overlap",
    "apart": "can be told apart",
    "unknown": "too few effects for both",
}


def _gaps(pair: Answer) -> str:
    """How many combinations of levels no study has, where that is all there is to say."""
    empty = sum(cell["column"] is not None and not cell["k"] for cell in pair["cells"])
    return (
        f"; {empty} of {len(pair['cells'])} combinations empty"
        if empty and pair["verdict"] == "apart"
        else ""
    )


def _p(test: Answer | None, style: NumberStyle) -> str:
    return number(None if test is None else test["pval"], "p", style)


def cross_table(pair: Answer) -> Table | None:
    """Which combinations of two categories occur, or how a number lies in the levels of a category."""
    cells = pair["cells"]
    if not cells:
        return None
    levels = list(dict.fromkeys(cell["row"] for cell in cells))
    category = pair["first"]["name"], pair["second"]["name"]
    if cells[0]["column"] is None:
        columns: tuple[Column, ...] = (
            Column("level", " / ".join(moderator_label(name) for name in category)),
            Column("k", "k", "count"),
            Column("mean", "mean", "unbounded"),
            Column("low", "from", "unbounded"),
            Column("high", "to", "unbounded"),
        )
        return Table(
            "cells", "", columns, tuple({**cell, "level": level_label(cell["row"])} for cell in cells)
        )
    across = list(dict.fromkeys(cell["column"] for cell in cells))
    counts = {(cell["row"], cell["column"]): cell["k"] for cell in cells}
    columns = (
        Column("level", " / ".join(moderator_label(name) for name in category)),
        *(Column(level, level_label(level)) for level in across),
    )
    rows = tuple(
        {
            "level": level_label(level),
            **{c: str(counts[level, c]) if counts[level, c] else "none" for c in across},
        }
        for level in levels
    )
    return Table("cells", "", columns, rows)


def models_table(answer: Answer, *, most: int = 10) -> Table:
    """The best models by AICc."""
    columns = (
        Column("terms", "Model"),
        Column("p", "coefficients", "count"),
        Column("AICc", "AICc", "stat"),
        Column("delta", "Δ", "stat"),
        Column("weight", "weight", "bounded"),
        Column("tau2", "τ²", "tau2"),
    )
    rows = [{**model, "terms": " + ".join(model["terms"]) or "(none)"} for model in answer["models"]]
    rest = len(rows) - most
    footnotes = (f"{rest} more models have the rest of the weight.",) if rest > 0 else ()
    return Table("models", "", columns, tuple(rows[:most]), footnotes=footnotes)


def importance_table(answer: Answer) -> Table:
    """How much weight the models have that hold each moderator."""
    columns = (
        Column("name", "name", shown=False),
        Column("label", "Moderator", exported=False),
        Column("weight", "weight of its models", "bounded"),
    )
    rows = tuple({**item, "label": moderator_label(item["name"])} for item in answer["importance"])
    return Table("importance", "", columns, rows)
