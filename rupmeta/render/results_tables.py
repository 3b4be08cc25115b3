"""The tables of every answer: studies, pooled results, references, moderators, effects, routes, screening."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rupmeta.render.labels import DISPLAY, MARKS
from rupmeta.render.numbers import APA, Kind, NumberStyle, estimate_texts, interval_text, level_text
from rupmeta.render.tables import Column, ColumnKind, Table

__all__ = [
    "conversion_table",
    "effects_table",
    "excluded_table",
    "first_scale",
    "marks_of",
    "pooled_line",
    "pooled_table",
    "references_table",
    "routes_table",
    "scale_cells",
    "scale_columns",
    "scales_of",
    "studies_table",
]

Answer = Mapping[str, Any]


def marks_of(effect: Answer) -> str:
    """The marks of one effect, such as ``†‡``."""
    return "".join(mark for flag, mark, _ in MARKS if effect.get(flag) is True or effect["flag"] == flag)


def mark_notes(effects: Sequence[Answer]) -> tuple[str, ...]:
    """One line for the marks that occur."""
    seen = {mark for effect in effects for mark in marks_of(effect)}
    used = [f"{mark} {words}" for _, mark, words in MARKS if mark in seen]
    return (" · ".join(used),) if used else ()


def label_of(effect: Answer) -> str:
    """Study label with its marks; a remark when several effects stand behind the row."""
    members = effect.get("members") or []
    several = f", {len(members)} effects" if len(members) > 1 else ""
    marks = marks_of(effect)
    return f"{effect['label']}{several}{' ' + marks if marks else ''}"


def estimate_text(shown: Answer, scale: str, style: NumberStyle) -> str:
    """``.29 [.10, .47]``."""
    kind = DISPLAY[scale].kind
    estimate, interval = estimate_texts(
        shown["estimate"], shown["ci_lb"], shown["ci_ub"], kind, style, null=DISPLAY[scale].null
    )
    return f"{estimate} {interval}"


def studies_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """One row for every pooled effect with its weight, on the first scale of ``report_as``."""
    scale = first_scale(answer)
    columns = (
        Column("study", "study", shown=False),
        Column("label", "Study", exported=False),
        Column("effect", "effect", shown=False),
        Column("n", "N", "count"),
        Column("yi", "yi", "unbounded", shown=False),
        Column("vi", "vi", "unbounded", shown=False),
        *scale_columns(answer),
        Column("weight", "Weight %", "weight"),
        Column("flag", "flag", shown=False),
        Column("provisional", "provisional", shown=False),
    )
    rows = [
        {
            **{
                key: effect[key]
                for key in ("study", "effect", "n", "yi", "vi", "weight", "flag", "provisional")
            },
            "label": label_of(effect),
            **scale_cells(effect["reported"], scale, style),
        }
        for effect in answer["effects"]
    ]
    rows.append(
        {
            "label": f"Pooled (k = {answer['k']})",
            "study": "pooled",
            "n": answer["n"],
            "yi": answer["estimate"]["estimate"],
            "vi": answer["estimate"]["se"] ** 2,
            "weight": 100.0,
            **scale_cells(answer["reported"], scale, style),
        }
    )
    return Table(
        "studies", "", columns, tuple(rows), frozenset({len(rows) - 1}), mark_notes(answer["effects"])
    )


def pooled_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """The pooled estimate on every scale, r and d side by side."""
    level = level_text(answer["level"])
    rows = []
    for scale in scales_of(answer):
        shown, kind = answer["reported"][scale], DISPLAY[scale].kind
        rows.append(
            {
                "scale": DISPLAY[scale].symbol,
                **{key: shown[key] for key in ("estimate", "ci_lb", "ci_ub", "pi_lb", "pi_ub")},
                "text": estimate_text(shown, scale, style),
                "prediction": interval_text(
                    shown["pi_lb"], shown["pi_ub"], kind, style, null=DISPLAY[scale].null
                )
                if shown["pi_lb"] is not None
                else None,
            }
        )
    columns = (
        Column("scale", "Scale"),
        Column("text", f"Estimate [{level} CI]", exported=False),
        Column("prediction", f"{level} prediction interval", exported=False),
        *(
            Column(key, key, "unbounded", shown=False)
            for key in ("estimate", "ci_lb", "ci_ub", "pi_lb", "pi_ub")
        ),
    )
    return Table("pooled", "", columns, tuple(rows))


def references_table(answer: Answer, style: NumberStyle = APA) -> Table | None:
    """Published pooled figures, which stand beside the estimate and are never part of it."""
    references = answer["references"]
    if not references:
        return None
    rows = []
    for reference in references:
        lb, ub = reference["ci"] or (None, None)
        value = reference["r"] if reference["r"] is not None else reference["d"]
        kind: Kind = "bounded" if reference["r"] is not None else "unbounded"
        estimate, interval = estimate_texts(value, lb, ub, kind, style)
        rows.append(
            {
                **{key: reference[key] for key in ("label", "r", "d", "k", "n", "source")},
                "ci_lb": lb,
                "ci_ub": ub,
                "text": estimate if lb is None else f"{estimate} {interval}",
            }
        )
    columns = (
        Column("label", "Published, not pooled"),
        Column("k", "k", "count"),
        Column("n", "N", "count"),
        Column("r", "r", "bounded", shown=False),
        Column("text", "r [95% CI]", exported=False),
        Column("ci_lb", "ci_lb", "bounded", shown=False),
        Column("ci_ub", "ci_ub", "bounded", shown=False),
        Column("d", "d", "unbounded"),
        Column("source", "source", shown=False),
    )
    return Table("references", "", columns, tuple(rows))


def excluded_table(exclusions: Sequence[Answer]) -> Table:
    """Who is not pooled and why."""
    columns = (Column("study", "Study"), Column("criterion", "Criterion"), Column("reason", "Reason"))
    return Table("excluded", "", columns, tuple(dict(item) for item in exclusions))


def effects_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """One row for every effect: its route, yi and vi on the analysis scale, and the scale that people
    read.
    """
    scale = first_scale(answer)
    columns = (
        Column("study", "Study"),
        Column("effect", "Effect"),
        Column("comparison", "Comparison"),
        Column("phase", "Phase"),
        Column("route", "Route"),
        Column("n", "N", "count"),
        Column("yi", "yi", "unbounded"),
        Column("vi", "vi", "tau2"),
        *scale_columns(answer),
        Column("marks", "", exported=False),
        Column("flag", "flag", shown=False),
        Column("provisional", "provisional", shown=False),
        Column("synthetic", "synthetic", shown=False),
    )
    keys = (
        "study",
        "effect",
        "comparison",
        "phase",
        "route",
        "n",
        "yi",
        "vi",
        "flag",
        "provisional",
        "synthetic",
    )
    rows = tuple(
        {
            **{key: effect[key] for key in keys},
            **scale_cells(effect["reported"], scale, style),
            "marks": marks_of(effect),
        }
        for effect in answer["effects"]
    )
    return Table("effects", "", columns, rows, footnotes=mark_notes(answer["effects"]))


def conversion_table(answer: Answer) -> Table:
    """One converted statistic: the value asked for with its interval, and the effect size behind it."""
    columns = (
        Column("to", "Scale"),
        Column("estimate", "Estimate", "unbounded"),
        Column("ci_lb", "ci_lb", "unbounded"),
        Column("ci_ub", "ci_ub", "unbounded"),
        Column("level", "level", "unbounded", shown=False),
        Column("measure", "Measure"),
        Column("yi", "yi", "unbounded"),
        Column("vi", "vi", "tau2"),
        Column("se", "se", "tau2"),
        Column("n", "N", "count"),
        Column("route", "Route"),
        Column("flag", "Flag"),
        Column("formula", "formula", shown=False),
    )
    return Table("conversion", "", columns, ({**answer, "formula": "; ".join(answer["formula"])},))


def pooled_line(answer: Answer, scale: str, style: NumberStyle = APA) -> str:
    """``r = .29 [.10, .47]``; on the analysis scale where it has no other."""
    if scale not in answer["reported"]:
        shown = answer["estimate"]
        estimate, interval = estimate_texts(
            shown["estimate"], shown["ci_lb"], shown["ci_ub"], "unbounded", style, null=None
        )
        return f"{answer['measure']} = {estimate} {interval}"
    return f"{DISPLAY[scale].symbol} = {estimate_text(answer['reported'][scale], scale, style)}"


def routes_table(answer: Answer) -> Table:
    """Every route of every effect, with its formula; the used one is marked."""
    columns = (
        Column("study", "Study"),
        Column("effect", "Effect"),
        Column("used", ""),
        Column("route", "Route"),
        Column("flag", "Flag"),
        Column("n", "N", "count"),
        Column("yi", "yi", "unbounded"),
        Column("vi", "vi", "tau2"),
        Column("formula", "Formula"),
    )
    rows = tuple(
        {
            "study": effect["study"],
            "effect": effect["effect"],
            **route,
            "used": "used" if route["used"] else "",
            "formula": route["problem"] or route["formula"],
        }
        for effect in answer["effects"]
        for route in effect["routes"]
    )
    return Table("routes", "", columns, rows)


def scales_of(answer: Answer) -> list[str]:
    """The scales that readers use, in the order that the protocol gives them."""
    return [scale for scale in answer["report_as"] if scale in answer.get("reported", (scale,))]


def first_scale(answer: Answer) -> str:
    """The scale that tables use: the first that the protocol names."""
    return next(iter(answer["report_as"]), "z")


def scale_columns(answer: Answer) -> tuple[Column, ...]:
    """Estimate and limits on the first scale, for machines and for people."""
    display = DISPLAY[first_scale(answer)]
    kind: ColumnKind = display.kind
    return (
        Column("estimate", display.symbol, kind, shown=False),
        Column("ci_lb", "ci_lb", kind, shown=False),
        Column("ci_ub", "ci_ub", kind, shown=False),
        Column("text", f"{display.symbol} [{level_text(answer['level'])} CI]", exported=False),
    )


def scale_cells(shown: Answer, scale: str, style: NumberStyle) -> dict[str, Any]:
    """The cells of ``scale_columns`` for what is ``shown`` on ``scale``."""
    if scale not in shown:
        return {"text": None}
    values = shown[scale]
    return {
        **{key: values[key] for key in ("estimate", "ci_lb", "ci_ub")},
        "text": estimate_text(values, scale, style),
    }
