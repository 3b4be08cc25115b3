"""The tables and sentences of an analysis beside published figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA, NumberStyle, estimate_texts, interval_text, level_text, number
from rupmeta.render.published.pairs import STANDINGS, compare_published
from rupmeta.render.tables import Column, Table

__all__ = ["beside_table", "comparable_table", "describe_distance", "describe_standings"]

Results = Mapping[str, Any]
THIS = "This review"


def beside_table(item: Results, style: NumberStyle = APA) -> Table | None:
    """k, N, r and d of this review, then of every published figure; None without one."""
    if not item["references"]:
        return None
    rows = [_own(item["pool"]), *(_published(reference) for reference in item["references"])]
    scales = [s for s in ("r", "d") if any(row[s] is not None for row in rows)]
    for row in rows:
        for scale in scales:
            value, lb, ub = row[scale], row[f"{scale}_lb"], row[f"{scale}_ub"]
            display = DISPLAY[scale]
            estimate, interval = estimate_texts(value, lb, ub, display.kind, style, null=display.null)
            row[f"{scale}_text"] = estimate if lb is None else f"{estimate} {interval}"
    columns = [Column("label", "Figure"), Column("k", "k", "count"), Column("n", "N", "count")]
    for scale in scales:
        kind = DISPLAY[scale].kind
        columns += [
            Column(scale, scale, kind, shown=False),
            Column(f"{scale}_lb", f"{scale} lower", kind, shown=False),
            Column(f"{scale}_ub", f"{scale} upper", kind, shown=False),
            Column(f"{scale}_text", f"{scale} [95% CI]", exported=False),
        ]
    columns += [Column("p", "p"), Column("source", "Source", shown=False)]
    return Table(
        "beside", "", tuple(columns), tuple(rows), frozenset({0}),
        footnotes=_level_note(item),
    )  # fmt: skip


def _level_note(item: Results) -> tuple[str, ...]:
    pool = item["pool"]
    if pool is None:
        return (f"{THIS}: nothing can be estimated: {item['reason']}.",)
    return () if pool["level"] == 0.95 else (f"{THIS}: {level_text(pool['level'])} CI.",)


def _own(pool: Results | None) -> dict[str, Any]:
    row: dict[str, Any] = {"label": THIS, "k": 0 if pool is None else pool["k"], "p": None, "source": None}
    row["n"] = None if pool is None else pool["n"]
    if pool is not None:
        row["p"] = number(pool["estimate"]["pval"], "p", APA)
    for scale in ("r", "d"):
        shown = {} if pool is None else pool["reported"].get(scale, {})
        row |= {
            scale: shown.get("estimate"),
            f"{scale}_lb": shown.get("ci_lb"),
            f"{scale}_ub": shown.get("ci_ub"),
        }
    return row


def _published(reference: Results) -> dict[str, Any]:
    """The interval belongs to r where both are printed, as in a table of references."""
    of = "r" if reference["r"] is not None else "d"
    limits = reference["ci"] or (None, None)
    row = {key: reference[key] for key in ("label", "k", "n", "r", "d", "source")}
    p = reference["p"]
    row["p"] = p if p is None or isinstance(p, str) else f"{p:g}".removeprefix("0")
    for scale in ("r", "d"):
        row[f"{scale}_lb"], row[f"{scale}_ub"] = limits if scale == of else (None, None)
    return row


def comparable_table(item: Results) -> Table | None:
    """One row for every published figure and matter: here, there, and whether the two can be compared."""
    if item["pool"] is None or not item["references"]:
        return None
    rows = [
        {"figure": reference["label"], "matter": matter.name, "here": matter.here, "there": matter.there,
         "standing": matter.standing}
        for reference in item["references"]
        for matter in compare_published(item["pool"], reference)
    ]  # fmt: skip
    columns = (
        Column("figure", "Published figure"),
        Column("matter", "Matter"),
        Column("here", THIS),
        Column("there", "Published"),
        Column("standing", "Comparable?"),
    )
    return Table("comparable", "", columns, tuple(rows))


def describe_standings(pool: Results, reference: Results) -> str:
    """``Comparable: scale. Not comparable: data (provisional: 100% of the weight). Not told: method.``"""
    matters = compare_published(pool, reference)
    told = []
    for standing in STANDINGS:
        found = [matter for matter in matters if matter.standing == standing]
        if not found:
            continue
        names = [
            matter.name
            if standing in ("comparable", "not told")
            else f"{matter.name} (here {matter.here}; there {matter.there})"
            for matter in found
        ]
        told.append(f"{standing[:1].upper()}{standing[1:]}: {', '.join(names)}.")
    return " ".join(told)


def describe_distance(pool: Results, reference: Results, style: NumberStyle = APA) -> str | None:
    """How far the two numbers are apart, on the first scale that both have; None when they share none."""
    scale = next((s for s in ("r", "d") if reference[s] is not None and s in pool["reported"]), None)
    if scale is None:
        return None
    display, shown, value = DISPLAY[scale], pool["reported"][scale], reference[scale]
    own, theirs = (number(x, display.kind, style) for x in (shown["estimate"], value))
    apart = number(abs(shown["estimate"] - value), display.kind, style)
    text = f"{display.symbol} is {own} here and {theirs} there, {apart} apart."
    if shown["ci_lb"] is None:
        return text
    limits = interval_text(shown["ci_lb"], shown["ci_ub"], display.kind, style, null=display.null)
    holds = shown["ci_lb"] <= value <= shown["ci_ub"]
    told = (
        "holds the published value among all others in it" if holds else "does not hold the published value"
    )
    return f"{text} This review’s {level_text(pool['level'])} interval {limits} {told}."
