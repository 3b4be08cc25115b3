"""Figures of the Bayesian model and of variance components: from answers to curves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from rupmeta.errors import EstimationError, UsageError
from rupmeta.render.figures.axis import linear_ticks
from rupmeta.render.figures.curves import Curve, CurvesData, Panel
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA, NumberStyle, estimate_texts, level_text, number
from rupmeta.render.pooled.bayes_words import describe_bayes
from rupmeta.render.pooled.dependence_words import describe_dependence
from rupmeta.render.screens import SYNTHETIC

__all__ = ["prior_posterior_data", "profile_data"]

Answer = Mapping[str, Any]
FISHER = ("ZCOR", "ZPCOR", "ZPHI", "ZPB")
ROOM = 1.08  # above the highest point of a curve
LEVELS = (0.0, -1.0, -2.0, -3.0, -4.0, -5.0)  # ticks of a log-likelihood
DEPTH = 1.6  # of the cut: how far down a profile is shown
TITLES = {"between": "Variance between samples", "within": "Variance within samples"}


def prior_posterior_data(
    answer: Answer, *, subject: str | None, by: Answer | None = None, style: NumberStyle = APA
) -> CurvesData:
    """Densities of mu, on the first reported scale's ticks, and of tau, before and after the data."""
    if by is not None:
        raise UsageError("this figure has no subgroups; --by goes with forest")
    found = answer["bayes"]
    mu, tau = found["mu"], found["tau"]
    level = level_text(found["level"])
    first = next(iter(answer["report_as"]), "z")
    fisher = answer["measure"] in FISHER and first == "r"
    curves = found["curves"]
    display = DISPLAY["r" if fisher else "gen"]
    shown = mu["reported"][first] if fisher else {"estimate": mu["median"], **mu}
    scale = display.symbol if fisher else answer["measure"]
    estimate, interval = estimate_texts(
        shown["estimate"], shown["ci_lb"], shown["ci_ub"], display.kind, style, null=None
    )
    spread, limits = estimate_texts(tau["median"], tau["ci_lb"], tau["ci_ub"], "unbounded", style, null=None)
    panels = (
        Panel(
            title="Mean effect, μ",
            axis=f"{display.name.capitalize()}, spaced as Fisher's z" if fisher else scale,
            curves=_curves(curves["mu"]),
            ticks=_ticks(curves["mu"]["x"], style, fisher=fisher),
            floor=0.0,
            top=ROOM * max(curves["mu"]["posterior"]),
            row=(f"μ as {scale}", estimate, interval, found["prior"]["mu"]),
            band=(mu["ci_lb"], mu["ci_ub"]),
            mark=mu["median"],
            null=0.0,
        ),
        Panel(
            title="Standard deviation of true effects, τ",
            axis="τ on the analysis scale",
            curves=_curves(curves["tau"]),
            ticks=_ticks(curves["tau"]["x"], style, fisher=False),
            floor=0.0,
            top=ROOM * max([*curves["tau"]["posterior"], *_finite(curves["tau"]["prior"])]),
            row=("τ", spread, limits, found["prior"]["tau"]),
            band=(tau["ci_lb"], tau["ci_ub"]),
            mark=tau["median"],
        ),
    )
    return CurvesData(
        name=f"{answer['analysis']}-prior-posterior",
        title=answer["question"] or answer["title"] or answer["analysis"],
        panels=panels,
        header=("", "median", f"{level} interval", "prior"),
        sentence=describe_bayes(answer, subject, style),
        banners=(SYNTHETIC,) if answer["synthetic"] else (),
        footnotes=(
            f"Shaded: the shortest interval with posterior probability {level}; dashed line: median.",
        ),
    )


def _finite(values: list[float] | None) -> list[float]:
    """A prior may be infinite or far higher than the posterior at 0; it then leaves the plot."""
    return [value for value in values or () if math.isfinite(value)]


def _curves(curve: Answer) -> tuple[Curve, ...]:
    xs = tuple(float(x) for x in curve["x"])
    posterior = Curve("posterior", "main", xs, tuple(float(y) for y in curve["posterior"]))
    if curve["prior"] is None:
        return (posterior,)
    return (posterior, Curve("prior", "other", xs, tuple(float(y) for y in curve["prior"])))


def _ticks(xs: list[float], style: NumberStyle, *, fisher: bool) -> tuple[tuple[float, str], ...]:
    """Round numbers on [first, last]; for Fisher's z those of r, at their z."""
    lo, hi = float(xs[0]), float(xs[-1])
    ends = (math.tanh(lo), math.tanh(hi)) if fisher else (lo, hi)
    found = []
    for tick in linear_ticks(*ends):
        if fisher and abs(tick) >= 1:
            continue
        place = math.atanh(tick) if fisher else tick
        if lo <= place <= hi:
            kind = DISPLAY["r"].kind if fisher else "unbounded"
            found.append((place, "0" if tick == 0 else number(tick, kind, style, digits=_digits(tick))))
    return tuple(found)


def _digits(tick: float) -> int:
    text = f"{tick:.10f}".rstrip("0")
    return len(text) - text.index(".") - 1


def profile_data(
    answer: Answer, *, subject: str | None, by: Answer | None = None, style: NumberStyle = APA
) -> CurvesData:
    """The restricted likelihood of each variance of the CHE model, and where its interval ends."""
    if by is not None:
        raise UsageError("this figure has no subgroups; --by goes with forest")
    del subject  # variances have no direction
    found = answer["dependence"]
    if not found["profiles"]:
        reason = found["profile_reason"] or "the model has no variance that the effects can tell"
        raise EstimationError(f"no likelihood profile: {reason}", "CONV")
    level = level_text(found["level"])
    panels = []
    for item in found["profiles"]:
        xs, ys = [float(x) for x in item["values"]], [float(y) for y in item["heights"]]
        floor = DEPTH * item["cut"]
        low, high = number(item["lb"], "tau2", style), number(item["ub"], "tau2", style)
        panels.append(
            Panel(
                title=TITLES[item["component"]],
                axis="σ² on the squared analysis scale",
                curves=(Curve("restricted log-likelihood", "main", tuple(xs), tuple(ys)),),
                ticks=_ticks(xs, style, fisher=False),
                floor=floor,
                top=0.0,
                row=(TITLES[item["component"]], number(item["estimate"], "tau2", style), f"[{low}, {high}]"),
                band=(item["lb"], xs[-1] if item["ub"] is None else item["ub"]),
                mark=item["estimate"],
                cut=item["cut"],
                heights=tuple((h, number(h, "unbounded", style, digits=0)) for h in LEVELS if h >= floor),
            )
        )
    return CurvesData(
        name=f"{answer['analysis']}-profile",
        title=answer["question"] or answer["title"] or answer["analysis"],
        panels=tuple(panels),
        header=("", "σ²", f"{level} profile interval"),
        sentence=describe_dependence(answer, style),
        height_label="log-likelihood below its maximum",
        banners=(SYNTHETIC,) if answer["synthetic"] else (),
        footnotes=("Shaded: values that the likelihood does not rule out; dashed: where its interval ends.",),
    )
