"""Claims about trim and fill and the selection models: what a manuscript announces has its sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.claims.asymmetry import ALPHA, ENOUGH
from rupmeta.render.claims.claim import Claim, Facts, Topic, say
from rupmeta.render.claims.words import statistic_text
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA, NumberStyle, estimate_texts, interval_text, level_text, number

__all__ = [
    "BETA", "STEP", "TRIM_AND_FILL", "beta_facts", "selection_sentences", "step_facts", "trim_and_fill_facts",
]  # fmt: skip

Answer = Mapping[str, Any]
Values = Mapping[str, Any]

TRIM_AND_FILL: Topic = (
    Claim("TRIM-NONE", (), lambda v: v["filled"] is None, "Trim and fill has no answer ({reason})."),
    Claim(
        "TRIM-ZERO",
        ("filled",),
        lambda v: v["filled"] == 0,
        "Trim and fill added no effect.",
    ),
    Claim(
        "TRIM-FILLED",
        ("filled",),
        lambda v: v["filled"] > 0,
        "Trim and fill added {filled}, with {which} the mean would be {mean}.",
    ),
)

_RATIO = (
    "Results with a one-sided p above {step} are estimated to have been {ratio} times as likely to be "
    "published as those below{interval}, {test}"
)

STEP: Topic = (
    Claim("STEP-NONE", (), lambda v: v["p"] is None, "The step selection model has no answer ({reason})."),
    Claim(
        "STEP-SEVERAL",
        ("p",),
        lambda v: v["ratio"] is None,
        "Against no selection the step model gains {test}.",
    ),
    Claim(
        "STEP-CHANCE",
        ("p", "ratio"),
        lambda v: v["p"] >= ALPHA,
        _RATIO + "; that may be chance.",
    ),
    Claim(
        "STEP-FAVOURS-SIGNIFICANT",
        ("p", "ratio"),
        lambda v: v["p"] < ALPHA and v["ratio"] <= 1,
        _RATIO + ".",
    ),
    Claim(
        "STEP-FAVOURS-OTHERS",
        ("p", "ratio"),
        lambda v: v["p"] < ALPHA and v["ratio"] > 1,
        _RATIO + ". A ratio in favour of results that are not significant is implausible as publication "
        "bias; it rather reflects how much effects differ.",
    ),
)

BETA: Topic = (
    Claim("BETA-NONE", (), lambda v: v["p"] is None, "The beta selection model has no answer ({reason})."),
    Claim(
        "BETA-FLAT",
        ("p",),
        lambda v: v["flat"],
        "Against no selection the beta model gains {test}, but its likelihood is flat and its mean not "
        "estimable.",
    ),
    Claim(
        "BETA",
        ("p",),
        lambda v: not v["flat"],
        "Against no selection the beta model gains {test}.",
    ),
)


def selection_sentences(answer: Answer, style: NumberStyle = APA) -> Iterator[str]:
    """What trim and fill and both selection models found; nothing where effects are too few to judge."""
    if answer["k"] < ENOUGH:
        return
    for topic, facts in (
        (TRIM_AND_FILL, trim_and_fill_facts(answer, style)),
        (STEP, step_facts(answer, style)),
        (BETA, beta_facts(answer, style)),
    ):
        sentence = say(topic, facts)
        if sentence is not None:
            yield sentence


def trim_and_fill_facts(answer: Answer, style: NumberStyle = APA) -> Facts:
    """What ``TRIM_AND_FILL`` needs from the answer of ``bias``."""
    filled = answer["trim_and_fill"]
    if filled is None:
        return Facts({"filled": None}, {"reason": _reason(answer, "trim_and_fill")})
    row = next(item for item in answer["comparison"] if item["name"] == "trim_and_fill")
    scale = next((name for name in answer["report_as"] if name in row["reported"]), None)
    shown = row if scale is None else row["reported"][scale]
    display = None if scale is None else DISPLAY[scale]
    value, interval = estimate_texts(
        shown["estimate"],
        shown["ci_lb"],
        shown["ci_ub"],
        "unbounded" if display is None else display.kind,
        style,
        null=0.0 if display is None else display.null,
    )
    symbol = "" if display is None else f"{display.symbol} = "
    k0 = filled["k0"]
    return Facts(
        {"filled": k0},
        {
            "filled": f"{k0} effect{'' if k0 == 1 else 's'}",
            "which": "it" if k0 == 1 else "them",
            "mean": f"{symbol}{value}, {level_text(answer['level'])}{style.space}CI{style.space}{interval}",
        },
    )


def step_facts(answer: Answer, style: NumberStyle = APA) -> Facts:
    """What ``STEP`` needs: of one step the ratio, of several only the test."""
    model = answer["selection_models"]["step"]
    if model is None:
        return Facts({"p": None, "ratio": None}, {"reason": _reason(answer, "step")})
    texts = {"test": _test(model, style)}
    if len(model["delta"]) > 2:
        return Facts({"p": model["lrt_pval"], "ratio": None}, texts)
    ratio, limits = model["delta"][1], model["delta_profile"]
    texts |= {"ratio": number(ratio, "unbounded", style), "step": number(model["steps"][0], "p", style)}
    texts["interval"] = ""
    if limits["ci_lb"] is not None:
        texts["interval"] = ", " + interval_text(
            limits["ci_lb"], limits["ci_ub"], "unbounded", style, level=answer["level"], null=1.0
        )
    return Facts({"p": model["lrt_pval"], "ratio": ratio}, texts)


def beta_facts(answer: Answer, style: NumberStyle = APA) -> Facts:
    """What ``BETA`` needs; ``flat`` where the comparison has no estimate of it."""
    model = answer["selection_models"]["beta"]
    if model is None:
        return Facts({"p": None, "flat": False}, {"reason": _reason(answer, "beta")})
    row = next(item for item in answer["comparison"] if item["name"] == "beta")
    return Facts({"p": model["lrt_pval"], "flat": row["estimate"] is None}, {"test": _test(model, style)})


def _test(model: Answer, style: NumberStyle) -> str:
    test = {"stat": model["lrt"], "df1": model["lrt_df"], "df2": None, "pval": model["lrt_pval"]}
    return statistic_text(test, style)


def _reason(answer: Answer, name: str) -> str:
    return str(answer["reasons"].get(name, "it could not be computed"))
