"""From pooled answers to radial, drapery and orchard plots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.errors import UsageError
from rupmeta.render.drawing.scale import display_scale
from rupmeta.render.figures.effect_scale import EffectScale
from rupmeta.render.figures.points.data import (
    DraperyData,
    EffectPoint,
    OrchardData,
    OrchardGroup,
    RadialData,
)
from rupmeta.render.labels import level_label
from rupmeta.render.numbers import APA, NumberStyle, number
from rupmeta.render.screens import SYNTHETIC, is_synthetic

__all__ = ["drapery_data", "orchard_data", "radial_data"]

Answer = Mapping[str, Any]
STEPS = 160  # of the grid of a drapery plot
REACH = 3.0  # standard errors of the pooled effect that its grid holds at least
NO_PREDICTION = "no prediction interval with fewer than 3 effects"


def radial_data(
    answer: Answer,
    *,
    subject: str | None = None,  # noqa: ARG001  # one signature for every kind
    by: Answer | None = None,
    style: NumberStyle = APA,
) -> RadialData:
    """Standardised effects over precision, under the tau2 of the fitted model: the sum of both variances of
    a multilevel one, which is what the variance of a single effect adds to ``v`` there.
    """
    _refuse(by)
    known = answer["heterogeneity"]["tau2"]
    tau2 = 0.0 if known is None else known
    said = _equals("τ²", tau2, style)
    if known is None:
        said = "τ² cannot be estimated with one effect and is taken as 0"
    return RadialData(
        name=f"{answer['analysis']}-radial",
        title=_title(answer),
        scale=_scale(answer),
        points=_points(answer["effects"]),
        estimate=answer["estimate"]["estimate"],
        tau2=tau2,
        level=answer["level"],
        banners=_banners(answer),
        footnotes=(
            "The slope of a line from the origin is an effect, read on the arc. "
            f"v: sampling variance; {said}.",
            *_model_words(answer, style),
        ),
    )


def drapery_data(
    answer: Answer,
    *,
    subject: str | None = None,  # noqa: ARG001  # one signature for every kind
    by: Answer | None = None,
    style: NumberStyle = APA,
) -> DraperyData:
    """p-value functions: p(θ) = 2·P(T > |estimate − θ|/se), T as the model's own test has it."""
    import numpy as np

    from rupmeta.numerics.distributions import two_sided_p

    _refuse(by)
    scale, points, pooled = _scale(answer), _points(answer["effects"]), answer["estimate"]
    centre, se, df = pooled["estimate"], pooled["se"], pooled["df"]
    prediction = answer["prediction"]
    pi = None if prediction["pi_lb"] is None else (prediction["pi_lb"], prediction["pi_ub"])
    # As a forest plot's axis: all estimates and the pooled interval, and as much of the rest as it may hold.
    ci = (pooled["ci_lb"], pooled["ci_ub"])
    core = [p.yi for p in points] + [centre - REACH * se, centre + REACH * se, *ci, *(pi or ())]
    limits = [p.yi + side * 2.6 * p.sei for p in points for side in (-1, 1)]
    axis = scale.fit(core, limits, 0, 1)
    grid = np.linspace(axis.lo, axis.hi, STEPS + 1)

    def curve(mean: float, spread: float, freedom: float | None = None) -> tuple[float, ...]:
        # The grid is widened by the estimate itself, so that every curve has its peak.
        found = two_sided_p((grid - mean) / spread, None if freedom is None else np.full(grid.shape, freedom))
        return tuple(float(p) for p in found)

    grid = np.unique(np.concatenate([grid, [p.yi for p in points], [centre]]))
    predicted: tuple[float, ...] = ()
    if pi is not None:
        from rupmeta.numerics.distributions import two_sided_quantile

        freedom = answer["pi_df"]
        spread = (pi[1] - pi[0]) / 2 / two_sided_quantile(answer["level"], freedom)
        predicted = curve(centre, spread, freedom)
    return DraperyData(
        name=f"{answer['analysis']}-drapery",
        title=_title(answer),
        scale=scale,
        points=points,
        grid=tuple(float(x) for x in grid),
        curves=tuple(curve(p.yi, p.sei) for p in points),
        pooled=curve(centre, se, df),
        estimate=centre,
        ci=ci,
        predicted=predicted,
        pi=pi,
        pi_reason=None if pi is not None else NO_PREDICTION,
        pval=pooled["pval"],
        level=answer["level"],
        banners=_banners(answer),
        footnotes=(
            "A curve peaks at its estimate; where it crosses the dashed line its interval ends.",
            *(() if pi is not None else (f"{NO_PREDICTION[:1].upper()}{NO_PREDICTION[1:]}.",)),
            *_model_words(answer, style),
        ),
    )


def orchard_data(
    answer: Answer,
    *,
    subject: str | None = None,  # noqa: ARG001  # one signature for every kind
    by: Answer | None = None,
    style: NumberStyle = APA,
) -> OrchardData:
    """All effects under one mean, or by the levels of a moderators answer ``by``."""
    points = _points(answer["effects"])
    studies = {f"{e['study']}/{e['effect']}": e["study"] for e in answer["effects"]}
    groups = [_group("All effects", answer, points, studies)]
    footnotes: tuple[str, ...] = ()
    if by is not None:
        groups, used = [], set()
        for level in by["subgroups"]:
            inside = set(level["effects"])
            used |= inside
            members = tuple(p for p in points if p.key in inside)
            groups.append(_group(level_label(level["level"]), level, members, studies))
        rest = tuple(p for p in points if p.key not in used)
        if rest:
            many = len({studies[p.key] for p in rest})
            groups.append(OrchardGroup("Not reported", rest, many, note="in no level"))
        if by.get("subgroup_tau2") == "common":
            footnotes = ("The levels share one τ².",)
    return OrchardData(
        name=f"{answer['analysis']}-orchard",
        title=_title(answer),
        scale=_scale(answer),
        groups=tuple(groups),
        level=answer["level"],
        banners=_banners(answer),
        footnotes=(*footnotes, *(() if by is not None else _model_words(answer, style))),
    )


def _model_words(answer: Answer, style: NumberStyle) -> tuple[str, ...]:
    """What was fitted where a sample has several effects, with its variance components; nothing elsewhere."""
    if "sigma2_between" not in answer:
        return ()
    parts = [
        _equals(f"{name} samples", answer[key], style)
        for name, key in (("between", "sigma2_between"), ("within", "sigma2_within"))
        if answer[key] is not None
    ]
    model = (
        f"correlated and hierarchical effects, ρ = {number(answer['dependence']['rho'], 'bounded', style)}"
        if answer["dependence"]["approach"] == "che"
        else "multilevel"
    )
    return (
        f"Model: {model}; τ² is the sum of the variances {' and '.join(parts)}. "
        "The interval and the test of the mean are those of the model, not the cluster-robust ones.",
    )


def _equals(name: str, variance: float, style: NumberStyle) -> str:
    shown = number(variance, "tau2", style)
    return f"{name} {shown}" if shown[0] == "<" else f"{name} = {shown}"


def _group(
    label: str, fitted: Answer, points: tuple[EffectPoint, ...], studies: Mapping[str, str]
) -> OrchardGroup:
    estimate, prediction = fitted["estimate"], fitted["prediction"]
    pi = None if prediction["pi_lb"] is None else (prediction["pi_lb"], prediction["pi_ub"])
    return OrchardGroup(
        label,
        points,
        len({studies[p.key] for p in points}),
        estimate["estimate"],
        (estimate["ci_lb"], estimate["ci_ub"]),
        pi,
    )


def _points(effects: list[Answer]) -> tuple[EffectPoint, ...]:
    return tuple(
        EffectPoint(f"{e['study']}/{e['effect']}", e["label"], e["yi"], e["vi"] ** 0.5, e["provisional"])
        for e in effects
    )


def _scale(answer: Answer) -> EffectScale:
    return EffectScale(*display_scale(answer))


def _title(answer: Answer) -> str:
    title: str = answer["question"] or answer["title"] or answer["analysis"]
    return title


def _banners(answer: Answer) -> tuple[str, ...]:
    return (SYNTHETIC,) if is_synthetic(answer) else ()


def _refuse(by: Answer | None) -> None:
    if by is not None:
        raise UsageError("this figure has no subgroups; --by goes with forest, bubble and orchard")
