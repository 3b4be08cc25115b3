"""Sentences made from the numbers of an answer, in APA style; none says that repair causes anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.labels import DISPLAY, method_label, test_label
from rupmeta.render.numbers import APA, NumberStyle, estimate_texts, interval_text, level_text, number, p_text
from rupmeta.render.results_tables import scales_of

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

#: Below so many effects sentences give numbers and no verdicts.
FEW = 10
#: Below so many degrees of freedom the t reference of a robust row is unreliable (Tipton 2015).
LEAST_DF = 4.0

_SUBJECT = {
    "repair-outcome": ("rupture repair", "better outcome"),
    "training-outcome": ("training in rupture repair", "better outcome"),
}


def stat_text(estimate: Answer, style: NumberStyle = APA) -> str:
    """``t(3) = 2.85, p = .065`` or ``z = 2.92, p = .003``."""
    df = estimate["df"]
    name = "z" if df is None else f"t({number(df, 'df', style)})"
    return f"{name} = {number(estimate['stat'], 'stat', style)}, {p_text(estimate['pval'], style)}"


def statistic_text(test: Answer, style: NumberStyle = APA) -> str:
    """``F(2, 8) = 5.10, p = .037`` or ``χ²(2) = 7.31, p = .026``."""
    df1 = number(test["df1"], "df", style)
    name = f"χ²({df1})" if test["df2"] is None else f"F({df1}, {number(test['df2'], 'df', style)})"
    return f"{name} = {number(test['stat'], 'stat', style)}, {p_text(test['pval'], style)}"


def describe_pooled(answer: Answer, subject: str | None, style: NumberStyle = APA) -> str:
    """One sentence: what goes with what, how strongly, how surely, and how the next study may turn out."""
    cause, effect = _SUBJECT.get(subject or "", ("the predictor", "the outcome"))
    people = "" if answer["n"] is None else f", {number(answer['n'], 'count', style)} clients"
    if subject not in _SUBJECT:
        people = people.replace("clients", "people")
    effects = "effect" if answer["k"] == 1 else "effects"
    source = f"Over {answer['k']} {effects} ({_count(answer['studies'], 'study', 'studies')}{people})"
    scales = ", ".join(scale_text(answer, scale, style) for scale in scales_of(answer))
    where = answer["estimate"]
    few = answer["k"] < FEW
    if where["ci_lb"] <= 0 <= where["ci_ub"]:
        verb = f"the mean association of {cause} with {effect} was"
        tail = "; the interval includes no association"
    elif few:
        verb = f"the mean association of {cause} with {effect} was"
        tail = f"; the interval lies {'above' if where['estimate'] > 0 else 'below'} zero"
    else:
        sign = "" if where["estimate"] > 0 or subject not in _SUBJECT else "worse rather than "
        verb = f"{cause} was associated with {sign}{effect},"
        tail = ""
    if few:
        tail += f". With k = {answer['k']} this is no basis for a verdict"
    return f"{source}, {verb} {scales}, {stat_text(where, style)}{tail}."


def scale_text(answer: Answer, scale: str, style: NumberStyle = APA) -> str:
    """``r = .29, 95% CI [.10, .47]``."""
    shown, display = answer["reported"][scale], DISPLAY[scale]
    value, interval = estimate_texts(
        shown["estimate"], shown["ci_lb"], shown["ci_ub"], display.kind, style, null=display.null
    )
    return f"{display.symbol} = {value}, {level_text(answer['level'])}{style.space}CI{style.space}{interval}"


def describe_heterogeneity(answer: Answer, style: NumberStyle = APA) -> str:
    """How much the effects differ, and where the next study's true effect may lie."""
    h = answer["heterogeneity"]
    if h["tau2"] is None or h["df"] < 1:
        return "One effect says nothing about how much effects differ."
    tau = number(h["tau2"] ** 0.5, "unbounded", style)
    limits = ""
    if h["I2_lb"] is not None:
        limits = (
            f", {interval_text(h['I2_lb'], h['I2_ub'], 'percent', style, level=answer['level'], null=None)}"
        )
    text = (
        f"Heterogeneity: Q({h['df']}) = {number(h['Q'], 'stat', style)}, {p_text(h['pval'], style)}; "
        f"τ = {tau} on the analysis scale; I² = {number(h['I2'], 'percent', style)}%{limits}."
    )
    scale = next(iter(scales_of(answer)), None)
    if scale is not None and answer["reported"][scale].get("pi_lb") is not None:
        shown, display = answer["reported"][scale], DISPLAY[scale]
        interval = interval_text(shown["pi_lb"], shown["pi_ub"], display.kind, style, null=display.null)
        text += (
            f" The true {display.symbol} of a comparable new study is expected in {interval} "
            f"({level_text(answer['level'])} prediction interval)."
        )
    return text


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


def _count(number_of: int, one: str, many: str) -> str:
    return f"{number_of} {one if number_of == 1 else many}"
