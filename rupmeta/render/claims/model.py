"""Claims about the model behind the numbers: in one line, and the robust row of a multilevel one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.claims.claim import Claim, Facts, Topic
from rupmeta.render.claims.words import stat_text
from rupmeta.render.labels import DISPLAY, method_label, test_label
from rupmeta.render.numbers import APA, NumberStyle, estimate_texts

__all__ = ["LEAST_DF", "LINE", "ROBUST", "SEVERAL", "line_facts", "robust_facts"]

Answer = Mapping[str, Any]

#: Below so many degrees of freedom the t reference of a robust row is unreliable (Tipton 2015).
LEAST_DF = 4.0

LINE: Topic = (
    Claim("LINE-EQUAL", (), lambda v: v["method"] == "EE", "equal-effects model; intervals by {test}"),
    Claim(
        "LINE-RANDOM",
        (),
        lambda v: v["method"] != "EE",
        "random-effects model, τ² by {method}; intervals by {test}",
    ),
)

SEVERAL: Topic = (
    Claim("SEVERAL-NONE", (), lambda v: v["approach"] == "none", "effects taken as independent"),
    Claim(
        "SEVERAL-AGGREGATE",
        (),
        lambda v: v["approach"] == "aggregate",
        "effects of one sample aggregated with ρ = {rho}",
    ),
    Claim(
        "SEVERAL-MULTILEVEL",
        (),
        lambda v: v["approach"] == "multilevel",
        "effects nested in samples (three-level model)",
    ),
    Claim(
        "SEVERAL-CHE",
        (),
        lambda v: v["approach"] == "che",
        "correlated and hierarchical effects, ρ = {rho}",
    ),
)

_ROBUST = "Robust standard error (CR2): {intervals}, {stat}"

ROBUST: Topic = (
    Claim("ROBUST", ("df",), lambda v: v["df"] >= LEAST_DF, _ROBUST + "."),
    Claim(
        "ROBUST-FEW",
        ("df",),
        lambda v: v["df"] < LEAST_DF,
        _ROBUST + "; with fewer than 4 degrees of freedom it is not trustworthy.",
    ),
)


def line_facts(answer: Answer) -> Facts:
    """What ``LINE`` and ``SEVERAL`` need from a pooled answer."""
    approach = answer["dependence"]
    return Facts(
        {"method": answer["method"], "approach": approach["approach"]},
        {
            "method": method_label(answer["method"]),
            "test": test_label(answer["test"]),
            "rho": f"{approach['rho']:g}",
        },
    )


def robust_facts(answer: Answer, style: NumberStyle = APA) -> Facts:
    """What ``ROBUST`` needs from a pooled answer; no claim holds of one without a robust row."""
    robust = answer.get("robust")
    if robust is None:
        return Facts({"df": None})
    intervals = []
    for scale, shown in answer["robust_reported"].items():
        display = DISPLAY[scale]
        value, interval = estimate_texts(
            shown["estimate"], shown["ci_lb"], shown["ci_ub"], display.kind, style, null=display.null
        )
        intervals.append(f"{display.symbol} = {value} {interval}")
    return Facts({"df": robust["df"]}, {"intervals": ", ".join(intervals), "stat": stat_text(robust, style)})
