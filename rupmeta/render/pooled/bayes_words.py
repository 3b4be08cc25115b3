"""The Bayesian answer in tables and sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA, NumberStyle, estimate_texts, interval_text, level_text, number
from rupmeta.render.prose import FEW
from rupmeta.render.screens import heading
from rupmeta.render.tables import Column, Table
from rupmeta.render.writers.terminal import paragraph, plain, render_table

__all__ = ["bayes_screen", "bayes_table", "describe_bayes", "factor_text", "probability_text"]

Answer = Mapping[str, Any]
_SUBJECT = {
    "repair-outcome": "association of rupture repair with better outcome",
    "training-outcome": "association of training in repair with better outcome",
}


def probability_text(p: float, style: NumberStyle = APA) -> str:
    """A probability in percent: ``97%``, ``> 99.9%``, ``< 0.1%``."""
    for edge, sign in ((0.999, ">"), (0.001, "<")):
        if (p > edge) if sign == ">" else (p < edge):
            return f"{sign}{style.space}{number(100 * edge, 'percent', style, digits=1)}%"
    return f"{number(100 * p, 'percent', style, digits=1 if p > 0.99 or p < 0.01 else 0)}%"


def factor_text(bf10: float, style: NumberStyle = APA) -> str:
    """``77.3``, or ``1/12.4`` where the data speak for 0; beyond 10,000 a power of ten."""
    if bf10 < 1.0:
        return f"1/{factor_text(1.0 / bf10, style)}" if bf10 > 0 else "0"
    if bf10 >= 1e4:
        exponent = math.floor(math.log10(bf10))
        return f"{number(bf10 / 10.0**exponent, 'stat', style, digits=1)}e{exponent}"
    return number(bf10, "stat", style, digits=1)


def bayes_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """One row for each prior on tau, the chosen one first."""
    found = answer["bayes"]
    scales = [scale for scale in answer["report_as"] if scale in found["mu"]["reported"]]
    level = level_text(found["level"])
    moderated = "coefficients" in found
    of = "intercept as " if moderated else ""
    keys = ("median", "ci_lb", "ci_ub", "prob_positive", "prob_meaningful")
    columns = (
        Column("prior", "Prior on τ"),
        *(Column(f"text_{s}", f"{of}{DISPLAY[s].symbol} [{level} CrI]", exported=False) for s in scales),
        *(Column(key, key, "unbounded", shown=False) for key in keys),
        Column("tau", f"τ [{level} CrI]", exported=False),
        Column("tau_median", "tau_median", "unbounded", shown=False),
        Column("positive", "P(> 0)", exported=False),
        *(() if moderated else (Column("bf", "BF₁₀", exported=False),)),
        Column("bf10", "bf10", "unbounded", shown=False),
    )
    factors = {item["scale"]: item["bf10"] for item in found["bayes_factors"]}
    chosen = {
        "prior": found["prior"]["tau"],
        "mu": found["mu"],
        "tau": found["tau"],
        "bf10": None if moderated else factors.get(0.5),
    }
    rows = []
    for item in (chosen, *found["sensitivity"]):
        mu, tau = item["mu"], item["tau"]
        estimate, interval = estimate_texts(
            tau["median"], tau["ci_lb"], tau["ci_ub"], "unbounded", style, null=None
        )
        row = {
            "prior": item["prior"],
            **{key: mu[key] for key in keys},
            "tau": f"{estimate} {interval}",
            "tau_median": tau["median"],
            "positive": probability_text(mu["prob_positive"], style),
            "bf10": item["bf10"],
            "bf": None if item["bf10"] is None else factor_text(item["bf10"], style),
        }
        for scale in scales:
            row[f"text_{scale}"] = _shown(mu, scale, style)
        rows.append(row)
    note = "CrI: the shortest interval with this posterior probability"
    note += "" if moderated else "; BF₁₀: against μ = 0, prior N(0, 0.5²)"
    return Table("bayes", "", columns, tuple(rows), frozenset({0}), (note,))


def shrinkage_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """Each study's own true effect, drawn towards the others."""
    scale = next(iter(answer["report_as"]))
    shown = [item for item in answer["bayes"]["shrinkage"] if scale in item["reported"]]
    level = level_text(answer["bayes"]["level"])
    columns = (
        Column("study", "study", shown=False),
        Column("effect", "effect", shown=False),
        Column("label", "Study", exported=False),
        Column("yi", "yi", "unbounded", shown=False),
        Column("median", "median", "unbounded", shown=False),
        Column("text", f"true {DISPLAY[scale].symbol} [{level} CrI]", exported=False),
    )
    rows = [{**item, "text": _shown(item, scale, style)} for item in shown]
    return Table("shrinkage", "", columns, tuple(rows))


def coefficients_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """The coefficients of a meta-regression, on the analysis scale."""
    columns = (
        Column("label", "Coefficient"),
        *(
            Column(key, key, "unbounded", shown=False)
            for key in ("median", "mean", "sd", "ci_lb", "ci_ub", "prob_positive")
        ),
        Column("text", f"b [{level_text(answer['bayes']['level'])} CrI]", exported=False),
        Column("positive", "P(> 0)", exported=False),
    )
    rows = []
    for item in answer["bayes"]["coefficients"]:
        texts = estimate_texts(item["median"], item["ci_lb"], item["ci_ub"], "unbounded", style)
        positive = probability_text(item["prob_positive"], style)
        rows.append({**item, "text": " ".join(texts), "positive": positive})
    return Table("coefficients", "", columns, tuple(rows))


def describe_bayes(answer: Answer, subject: str | None, style: NumberStyle = APA) -> str:
    """What the posterior says; the probability is that of the model with its priors."""
    found = answer["bayes"]
    mu, scale = found["mu"], next(iter(answer["report_as"]))
    what = _SUBJECT.get(subject or "", "effect")
    effects = "1 effect" if found["k"] == 1 else f"{found['k']} effects"
    if "coefficients" in found:
        what, mean = f"intercept of {plain(found['formula'])}", "the"
    else:
        mean = "the mean"
    priors = f"the priors {found['prior']['tau']} on τ and {found['prior']['mu']} on μ"
    positive = probability_text(mu["prob_positive"], style)
    text = f"Given {effects}, {priors}, {mean} {what} is positive with probability {positive}"
    if mu["prob_meaningful"] is not None and found["meaningful"] is not None:
        text += (
            f" and above {_meaningful(found, style)} with {probability_text(mu['prob_meaningful'], style)}"
        )
    text += "."
    predictive = found["predictive"]
    if predictive is not None and scale in predictive["reported"]:
        shown, display = predictive["reported"][scale], DISPLAY[scale]
        interval = interval_text(shown["ci_lb"], shown["ci_ub"], display.kind, style, null=None)
        positive = probability_text(predictive["prob_positive"], style)
        text += (
            f" The true {display.symbol} of a comparable new study lies in {interval} with probability "
            f"{level_text(found['level'])}, above zero with {positive}."
        )
    return text + _factors(answer, style) + _few(found["k"])


def _factors(answer: Answer, style: NumberStyle) -> str:
    factors = answer["bayes"]["bayes_factors"]
    if not factors:
        return ""
    listed = ", ".join(
        f"{factor_text(item['bf10'], style)} (s = {number(item['scale'], 'unbounded', style)})"
        for item in factors
    )
    against = "any slope against none" if "coefficients" in answer["bayes"] else "μ ≠ 0 against μ = 0"
    return f" Bayes factors for {against}, by the prior N(0, s²): {listed}."


def _few(k: int) -> str:
    return f" With k = {k} this is no basis for a verdict." if k < FEW else ""


def _meaningful(found: Answer, style: NumberStyle) -> str:
    asked = found["meaningful"]
    display = DISPLAY.get(asked["scale"])
    if display is None:
        return number(asked["value"], "unbounded", style)
    return f"{display.symbol} = {number(asked['value'], display.kind, style)}"


def _shown(item: Answer, scale: str, style: NumberStyle) -> str:
    shown, display = item["reported"][scale], DISPLAY[scale]
    return " ".join(
        estimate_texts(
            shown["estimate"], shown["ci_lb"], shown["ci_ub"], display.kind, style, null=display.null
        )
    )


def bayes_screen(answer: Answer, subject: str | None, style: NumberStyle, *, color: bool) -> str:
    """Priors with their answers, the sentence, each study's own effect or the coefficients."""
    found = answer["bayes"]
    parts = [heading(answer, synthetic=answer["synthetic"])]
    if "coefficients" in found:
        title = f"{plain(found['formula'])} on the scale {answer['measure']}; prior on slopes: "
        table = render_table(coefficients_table(answer, style), style=style, bold=color)
        parts.append(f"{title}{found['prior']['slopes']}\n{table}")
    tables = [bayes_table(answer, style)]
    tables += [shrinkage_table(answer, style)] if found["shrinkage"] else []
    parts += [render_table(table, style=style, bold=color) for table in tables]
    parts.append(paragraph(describe_bayes(answer, subject, style)))
    return "\n\n".join(parts)
