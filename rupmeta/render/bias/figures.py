"""From the bias answer to what its figures show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.errors import EstimationError, UsageError
from rupmeta.render.bias.tables import PREDICTORS
from rupmeta.render.drawing.scale import first_scale
from rupmeta.render.favours import favours_words
from rupmeta.render.figures.adjustments.data import AdjustmentRow, AdjustmentsData
from rupmeta.render.figures.p_curve.data import PCurveData
from rupmeta.render.numbers import APA, NumberStyle, number, p_text
from rupmeta.render.screens import SYNTHETIC

__all__ = ["adjustments_data", "funnel_extras", "p_curve_data"]

Answer = Mapping[str, Any]
LINE_POINTS = 60


def adjustments_data(answer: Answer, *, subject: str | None, by: Answer | None = None) -> AdjustmentsData:
    """The answer under every adjustment, on the first scale of ``report_as``."""
    _refuse_groups(by)
    scale = first_scale(answer)
    rows = []
    for item in answer["comparison"]:
        shown = item["reported"].get(scale) or dict.fromkeys(("estimate", "ci_lb", "ci_ub"))
        rows.append(
            AdjustmentRow(
                item["name"],
                item["label"],
                shown["estimate"],
                shown["ci_lb"],
                shown["ci_ub"],
                item["assumption"],
                item["reason"],
            )
        )
    return AdjustmentsData(
        name=f"{answer['analysis']}-adjustments",
        title=_title(answer),
        measure=scale,
        rows=tuple(rows),
        k=answer["k"],
        level=answer["level"],
        favours=favours_words(answer, subject),
        banners=_banners(answer),
    )


def p_curve_data(
    answer: Answer,
    *,
    subject: str | None = None,  # noqa: ARG001  # one signature for every kind
    by: Answer | None = None,
    style: NumberStyle = APA,
) -> PCurveData:
    """The p-curve of a bias answer; ``EstimationError`` with the reason where there is none."""
    _refuse_groups(by)
    curve = answer["p_curve"]
    if curve is None:
        raise EstimationError(answer["reasons"]["p_curve"], "K-ASYM")
    tests = [
        f"{name}: Z = {number(curve[key]['z'], 'stat', style)}, {p_text(curve[key]['pval'], style)}."
        for name, key in (
            ("Right skew", "right_skew"),
            ("Right skew, p below .025", "right_skew_half"),
            ("Flatter than 33% power", "flatness"),
        )
        if curve[key] is not None
    ]
    power, lb, ub = (number(curve[key], "percent", style) for key in ("power", "power_lb", "power_ub"))
    tests.append(f"Estimated power {power}%, 90% CI [{lb}, {ub}].")
    return PCurveData(
        name=f"{answer['analysis']}-p-curve",
        title=_title(answer),
        shares=tuple(curve["shares"]),
        expected_low=tuple(curve["expected_low"]),
        used=curve["used"],
        left_out=curve["opposite"] + curve["others"],
        tests=(" ".join(tests),),
        banners=_banners(answer),
    )


def funnel_extras(answer: Answer) -> dict[str, Any]:
    """What a funnel plot of a bias answer shows besides its effects: filled studies and Egger's line."""
    extras: dict[str, Any] = {"footnotes": ()}
    filled = answer["trim_and_fill"]
    if filled is not None and filled["k0"] > 0:
        extras["filled"] = tuple((item["yi"], item["vi"] ** 0.5) for item in filled["filled"])
        extras["adjusted"] = filled["estimate"]["estimate"]
    egger = answer["egger"]
    if egger is None:
        return extras
    predictor, test = egger["predictor"], p_text(egger["pval"], APA)
    if predictor == "sqrtninv":
        text = f"Egger's regression on 1/√n, {test}, has no line over standard errors and is not drawn."
        extras["footnotes"] = (text,)
        return extras
    largest = 1.06 * max(effect["vi"] for effect in answer["effects"]) ** 0.5
    steps = (largest * i / LINE_POINTS for i in range(LINE_POINTS + 1))
    power = 1 if predictor == "sei" else 2
    limit, slope = egger["limit"]["estimate"], egger["slope"]["estimate"]
    extras["egger"] = tuple((limit + slope * sei**power, sei) for sei in steps)
    extras["egger_label"] = f"Egger's regression on {PREDICTORS[predictor]}, {test}"
    return extras


def _title(answer: Answer) -> str:
    title: str = answer["question"] or answer["title"] or answer["analysis"]
    return title


def _banners(answer: Answer) -> tuple[str, ...]:
    return (SYNTHETIC,) if answer["synthetic"] else ()


def _refuse_groups(by: Answer | None) -> None:
    if by is not None:
        raise UsageError("this figure has no subgroups; --by goes with forest")
