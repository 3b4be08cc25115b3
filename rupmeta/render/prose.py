"""Sentences made from the numbers of an answer, in APA style; none says that repair causes anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.claims.claim import say
from rupmeta.render.claims.pooled import FEW, HETEROGENEITY, POOLED, heterogeneity_facts, pooled_facts
from rupmeta.render.claims.words import stat_text, statistic_text
from rupmeta.render.labels import DISPLAY, method_label, test_label
from rupmeta.render.numbers import APA, NumberStyle, estimate_texts

__all__ = [
    "FEW",
    "LEAST_DF",
    "describe_heterogeneity",
    "describe_model",
    "describe_pooled",
    "describe_robust",
    "stat_text",
    "statistic_text",
]

Answer = Mapping[str, Any]

#: Below so many degrees of freedom the t reference of a robust row is unreliable (Tipton 2015).
LEAST_DF = 4.0


def describe_pooled(answer: Answer, subject: str | None, style: NumberStyle = APA) -> str:
    """One sentence: what goes with what, how strongly, how surely."""
    sentence = say(POOLED, pooled_facts(answer, subject, style))
    assert sentence is not None  # one claim holds of every interval
    return sentence


def describe_heterogeneity(answer: Answer, style: NumberStyle = APA) -> str:
    """How much the effects differ, and where the next study's true effect may lie."""
    sentence = say(HETEROGENEITY, heterogeneity_facts(answer, style))
    assert sentence is not None
    return sentence


def describe_robust(answer: Answer, style: NumberStyle = APA) -> str | None:
    """The CR2 row of a multilevel model: the one to read, where its degrees of freedom suffice."""
    robust = answer.get("robust")
    if robust is None:
        return None
    intervals = []
    for scale, shown in answer["robust_reported"].items():
        display = DISPLAY[scale]
        value, interval = estimate_texts(
            shown["estimate"], shown["ci_lb"], shown["ci_ub"], display.kind, style, null=display.null
        )
        intervals.append(f"{display.symbol} = {value} {interval}")
    few = "; with fewer than 4 degrees of freedom it is not trustworthy" if robust["df"] < LEAST_DF else ""
    return f"Robust standard error (CR2): {', '.join(intervals)}, {stat_text(robust, style)}{few}."


def describe_model(answer: Answer) -> str:
    """Which model made the numbers."""
    approach = answer["dependence"]
    model = (
        "equal-effects model"
        if answer["method"] == "EE"
        else f"random-effects model, τ² by {method_label(answer['method'])}"
    )
    several = {
        "none": "effects taken as independent",
        "aggregate": f"effects of one sample aggregated with ρ = {approach['rho']:g}",
        "multilevel": "effects nested in samples (three-level model)",
        "che": f"correlated and hierarchical effects, ρ = {approach['rho']:g}",
    }[approach["approach"]]
    return f"{model}; intervals by {test_label(answer['test'])}; {several}"
