"""Claims about a pooled effect and about how much effects differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.claims.claim import Claim, Facts, Topic
from rupmeta.render.claims.words import SUBJECTS, count, scale_text, stat_text
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA, NumberStyle, interval_text, level_text, number, p_text
from rupmeta.render.results_tables import scales_of

__all__ = [
    "FEW",
    "HETEROGENEITY",
    "POOLED",
    "basis_text",
    "heterogeneity_facts",
    "pooled_facts",
    "samples_of",
]

Answer = Mapping[str, Any]
Values = Mapping[str, Any]

#: Below so many effects sentences give numbers and no verdicts.
FEW = 10


def _open(v: Values) -> bool:
    """The interval holds no association."""
    return bool(v["lb"] <= 0 <= v["ub"])


def _few(v: Values) -> bool:
    return bool(1 < v["k"] < FEW)


_MEAN = "{source}, the mean association of {predictor} with {outcome} was {scales}, {test}"
_NEEDS = ("k", "lb", "ub")

POOLED: Topic = (
    Claim(
        "POOLED-ONE",
        _NEEDS,
        lambda v: v["k"] < 2,
        "One sample is no synthesis: {source}, the association of {predictor} with {outcome} was {scales}, "
        "{test}; that is what this sample says, and no basis for a verdict.",
    ),
    Claim(
        "POOLED-FEW-OPEN",
        _NEEDS,
        lambda v: _few(v) and _open(v),
        _MEAN + "; the interval includes no association. With {basis} this is no basis for a verdict.",
    ),
    Claim(
        "POOLED-FEW-ABOVE",
        _NEEDS,
        lambda v: _few(v) and v["lb"] > 0,
        _MEAN + "; the interval lies above zero. With {basis} this is no basis for a verdict.",
    ),
    Claim(
        "POOLED-FEW-BELOW",
        _NEEDS,
        lambda v: _few(v) and v["ub"] < 0,
        _MEAN + "; the interval lies below zero. With {basis} this is no basis for a verdict.",
    ),
    Claim(
        "POOLED-OPEN",
        _NEEDS,
        lambda v: v["k"] >= FEW and _open(v),
        _MEAN + "; the interval includes no association.",
    ),
    Claim(
        "POOLED-ABOVE",
        _NEEDS,
        lambda v: v["k"] >= FEW and v["lb"] > 0,
        "{source}, {predictor} was associated with {outcome}, {scales}, {test}.",
    ),
    Claim(
        "POOLED-BELOW",
        _NEEDS,
        lambda v: v["k"] >= FEW and v["ub"] < 0,
        "{source}, {predictor} was associated with {opposite}{outcome}, {scales}, {test}.",
    ),
)

_SPREAD = "Heterogeneity: Q({df}) = {Q}, {p}; τ = {tau} on the analysis scale; I² = {I2}%{limits}."

HETEROGENEITY: Topic = (
    Claim(
        "HETEROGENEITY-ONE",
        (),
        lambda v: v["tau2"] is None or v["df"] < 1,
        "One effect says nothing about how much effects differ.",
    ),
    Claim(
        "HETEROGENEITY-NEXT",
        ("tau2", "df", "pi_lb", "pi_ub"),
        lambda v: v["df"] >= 1,
        _SPREAD + " The true {symbol} of a comparable new study is expected in {prediction} ({level} "
        "prediction interval).",
    ),
    Claim(
        "HETEROGENEITY",
        ("tau2", "df"),
        lambda v: v["df"] >= 1 and (v["pi_lb"] is None or v["pi_ub"] is None),
        _SPREAD,
    ),
)


def samples_of(answer: Answer) -> int:
    """Independent samples behind a pooled answer: what counts where few effects forbid a verdict."""
    samples = {effect["cluster"] for effect in answer.get("effects", ())}
    return min(answer["k"], len(samples)) if samples else int(answer["k"])


def basis_text(answer: Answer) -> str:
    """``k = 9``, or ``4 samples`` where several effects share one."""
    samples = samples_of(answer)
    return f"k = {answer['k']}" if samples == answer["k"] else count(samples, "sample", "samples")


def pooled_facts(answer: Answer, subject: str | None, style: NumberStyle = APA) -> Facts:
    """What ``POOLED`` needs from a pooled answer."""
    predictor, outcome = SUBJECTS.get(subject or "", ("the predictor", "the outcome"))
    who = "clients" if subject in SUBJECTS else "people"
    people = "" if answer["n"] is None else f", {number(answer['n'], 'count', style)} {who}"
    effects = "effect" if answer["k"] == 1 else "effects"
    where, studies = answer["estimate"], count(answer["studies"], "study", "studies")
    over = "over" if samples_of(answer) < 2 else "Over"
    return Facts(
        {"k": samples_of(answer), "lb": where["ci_lb"], "ub": where["ci_ub"]},
        {
            "basis": basis_text(answer),
            "source": f"{over} {answer['k']} {effects} ({studies}{people})",
            "predictor": predictor,
            "outcome": outcome,
            "opposite": "worse rather than " if subject in SUBJECTS else "",
            "scales": ", ".join(scale_text(answer, scale, style) for scale in scales_of(answer)),
            "test": stat_text(where, style),
        },
    )


def heterogeneity_facts(answer: Answer, style: NumberStyle = APA) -> Facts:
    """What ``HETEROGENEITY`` needs from a pooled answer."""
    h = answer["heterogeneity"]
    scale = next(iter(scales_of(answer)), None)
    shown = {} if scale is None else answer["reported"][scale]
    values = {"tau2": h["tau2"], "df": h["df"], "pi_lb": shown.get("pi_lb"), "pi_ub": shown.get("pi_ub")}
    if h["tau2"] is None or h["df"] < 1:
        return Facts(values)
    level = answer["level"]
    texts = {
        "df": str(h["df"]),
        "Q": number(h["Q"], "stat", style),
        "p": p_text(h["pval"], style),
        "tau": number(h["tau2"] ** 0.5, "unbounded", style),
        "I2": number(h["I2"], "percent", style),
        "limits": ""
        if h["I2_lb"] is None
        else f", {interval_text(h['I2_lb'], h['I2_ub'], 'percent', style, level=level, null=None)}",
        "level": level_text(level),
    }
    if scale is not None and values["pi_lb"] is not None:
        display = DISPLAY[scale]
        texts["symbol"] = display.symbol
        texts["prediction"] = interval_text(
            shown["pi_lb"], shown["pi_ub"], display.kind, style, null=display.null
        )
    return Facts(values, texts)
