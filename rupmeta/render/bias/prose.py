"""Sentences about what may be missing; none gives a verdict on few effects, none says that nothing is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.bias.tables import FLAT
from rupmeta.render.claims.asymmetry import ASYMMETRY, ENOUGH, asymmetry_facts
from rupmeta.render.claims.claim import say
from rupmeta.render.claims.selection import BETA, STEP, beta_facts, step_facts
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA, NumberStyle, level_text, number

__all__ = ["describe_asymmetry", "describe_range", "describe_selection", "describe_severity"]

Answer = Mapping[str, Any]


def describe_asymmetry(answer: Answer, style: NumberStyle = APA) -> str:
    """Do effects depend on the precision of their studies?"""
    sentence = say(ASYMMETRY, asymmetry_facts(answer, style))
    assert sentence is not None
    return sentence


def describe_selection(answer: Answer, style: NumberStyle = APA) -> str | None:
    """What the selection model says about the chance of publication."""
    if answer["selection"] is None or answer["k"] < ENOUGH:
        return None
    if answer["selection"]["model"] == "beta":
        return say(BETA, beta_facts(answer, style))
    return say(STEP, step_facts(answer, style))


def describe_severity(answer: Answer, style: NumberStyle = APA) -> str | None:
    """How strong selection would have to be."""
    worst = answer["worst_case"]
    if worst is None:
        return None
    count = f"{worst['affirmative']} of {answer['k']} results are significant in the pooled direction"
    if answer["k"] < ENOUGH:
        return f"{count}."
    point, limit = worst["severity_estimate"], worst["severity_limit"]
    first = (
        "favouring them by one ratio in all studies could not bring the mean to zero, however large the ratio"
        if point is None
        else f"significant results would have to be {_times(point, style)} times as likely to be published "
        "as others to bring the mean to zero"
    )
    second = (
        "its interval holds zero without any selection"
        if limit is not None and limit <= 1
        else f"no such ratio could bring its {level_text(answer['level'])} interval there"
        if limit is None
        else f"a ratio of {_times(limit, style)} would bring its {level_text(answer['level'])} interval there"
    )
    return f"{count}: {first}; {second}."


def describe_range(answer: Answer, style: NumberStyle = APA) -> str | None:
    """How far apart the adjustments are."""
    rows = [row for row in answer["comparison"] if row["estimate"] is not None]
    if len(rows) < 2:
        return None
    scale = next((s for s in answer["report_as"] if s in rows[0]["reported"]), None)
    if scale is None:
        return None
    display = DISPLAY[scale]
    adjusted = rows[1:]
    lowest = min(adjusted, key=lambda row: row["estimate"])
    highest = max(adjusted, key=lambda row: row["estimate"])
    ends = [number(row["reported"][scale]["estimate"], display.kind, style) for row in (lowest, highest)]
    pooled = number(rows[0]["reported"][scale]["estimate"], display.kind, style)
    return (
        f"Pooled {display.symbol} = {pooled}; under {len(adjusted)} adjustments it lies between {ends[0]} "
        f"({lowest['label']}) and {ends[1]} ({highest['label']}). None of them is the corrected effect: each "
        "shows what would follow if its assumption held."
        f"{_flat(answer)}"
    )


def _flat(answer: Answer) -> str:
    """Fits that the data do not pin down: named, never an end of the range."""
    names = [row["label"] for row in answer["comparison"] if row["reason"] == FLAT]
    if not names:
        return ""
    return f" Not estimable, and so not among them: {', '.join(names)} (flat likelihood)."


def _times(ratio: float, style: NumberStyle) -> str:
    return number(ratio, "unbounded", style, digits=1 if ratio < 100 else 0)
