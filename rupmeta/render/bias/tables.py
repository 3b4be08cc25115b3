"""The tables of ``bias``: the answer under every adjustment, the tests, the fail-safe numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA, MISSING, NumberStyle, estimate_texts, level_text, number, p_text
from rupmeta.render.prose import stat_text, statistic_text
from rupmeta.render.tables import Column, Table

__all__ = ["FLAT", "asymmetry_table", "comparison_table", "copas_table", "failsafe_table", "severity_table"]

Answer = Mapping[str, Any]

#: Why an estimate without a standard error (SELECTION-FLAT) is not among the answers.
FLAT = "not estimable: the likelihood is flat, so that many other values fit as well"
PREDICTORS = {"sei": "standard error", "vi": "sampling variance", "sqrtninv": "1/√n"}
EGGER_MODELS = {"lm": "weighted regression", "rma": "random-effects meta-regression"}


def comparison_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """One row for every adjustment, on every scale of ``report_as``, or the reason for none."""
    scales = [scale for scale in answer["report_as"] if scale in answer["reported"]]
    level = level_text(answer["level"])
    columns = (
        Column("name", "name", shown=False),
        Column("label", "Adjustment"),
        *(Column(f"text_{s}", f"{DISPLAY[s].symbol} [{level} CI]", exported=False) for s in scales),
        *(Column(key, key, "unbounded", shown=False) for key in ("estimate", "ci_lb", "ci_ub")),
        *(
            Column(f"{s}_{key}", f"{s}_{key}", "unbounded", shown=False)
            for s in scales
            for key in ("estimate", "ci_lb", "ci_ub")
        ),
        Column("reason", "reason", shown=False),
        Column("assumption", "assumption", shown=False),
    )
    rows = []
    for item in answer["comparison"]:
        row = {
            key: item[key] for key in ("name", "label", "estimate", "ci_lb", "ci_ub", "reason", "assumption")
        }
        for scale in scales:
            shown = item["reported"].get(scale)
            if shown is None:
                row[f"text_{scale}"] = MISSING
                continue
            row |= {f"{scale}_{key}": value for key, value in shown.items()}
            display = DISPLAY[scale]
            estimate, interval = estimate_texts(
                shown["estimate"], shown["ci_lb"], shown["ci_ub"], display.kind, style, null=display.null
            )
            row[f"text_{scale}"] = f"{estimate} {interval}" if shown["ci_lb"] is not None else estimate
        rows.append(row)
    reasons = tuple(f"{row['label']}: {row['reason']}." for row in answer["comparison"] if row["reason"])
    return Table("comparison", "", columns, tuple(rows), frozenset({0}), reasons)


def asymmetry_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """The tests, one row each."""
    rows: list[dict[str, Any]] = []

    def add(name: str, result: str, means: str) -> None:
        rows.append({"test": name, "result": result, "means": means})

    egger, begg = answer["egger"], answer["begg"]
    if egger is not None:
        test = {key: egger[key] for key in ("stat", "df", "pval")}
        limit = _on_scale(answer, egger["limit_reported"], egger["limit"], style)
        what = f"{EGGER_MODELS[egger['model']]} on {PREDICTORS[egger['predictor']]}"
        add(f"Egger ({what})", stat_text(test, style), f"expected at infinite size: {limit}")
    if begg is not None:
        tau = number(begg["tau"], "bounded", style)
        how = "exact" if begg["exact"] else "normal, ties"
        add("Begg (rank correlation)", f"τ_b = {tau}, {p_text(begg['pval'], style)}", how)
    excess = answer["excess_significance"]
    if excess is not None:
        expected = number(excess["E"], "unbounded", style, digits=1)
        add(
            "Excess significance (exact)",
            p_text(excess["pval"], style),
            f"{excess['O']} of {excess['k']} significant, {expected} expected",
        )
    for name, words in (("step", "step"), ("beta", "beta")):
        model = answer["selection_models"][name]
        if model is not None:
            test = {"stat": model["lrt"], "df1": model["lrt_df"], "df2": None, "pval": model["lrt_pval"]}
            add(f"Selection ({words})", statistic_text(test, style), delta_text(model, style))
    uniform = answer["p_uniform_star"]
    if uniform is not None:
        add(
            "p-uniform* (no effect)",
            p_text(uniform["estimate"]["pval"], style),
            f"{uniform['significant']} of {uniform['k']} significant in the pooled direction",
        )
    curve = answer["p_curve"]
    if curve is not None:
        right, flat = curve["right_skew"], curve["flatness"]
        add(
            "p-curve, right skew",
            f"Z = {number(right['z'], 'stat', style)}, {p_text(right['pval'], style)}",
            f"{curve['used']} significant results",
        )
        power, lb, ub = (number(curve[key], "percent", style) for key in ("power", "power_lb", "power_ub"))
        add(
            "p-curve, flatter than 33% power",
            f"Z = {number(flat['z'], 'stat', style)}, {p_text(flat['pval'], style)}",
            f"power {power}%, 90% CI [{lb}, {ub}]",
        )
    columns = (Column("test", "Test"), Column("result", "Result"), Column("means", ""))
    return Table("tests", "", columns, tuple(rows))


def delta_text(model: Answer, style: NumberStyle = APA) -> str:
    """``δ = 0.24, 95% CI [0.04, 1.21]``: the chance of publication relative to significant results."""
    first = 1 if model["model"] == "step" else 0
    values = ", ".join(number(delta, "unbounded", style) for delta in model["delta"][first:])
    limits = model["delta_profile"]
    interval = ""
    if limits["ci_lb"] is not None:
        low, high = (number(limits[key], "unbounded", style) for key in ("ci_lb", "ci_ub"))
        interval = f" [{low},{style.space}{high}]"
    return f"δ = {values}{interval}"


def failsafe_table(answer: Answer, style: NumberStyle = APA) -> Table | None:
    """The four numbers and what each counts."""
    failsafe = answer["failsafe"]
    if failsafe is None:
        return None
    target = failsafe["orwin_target"]
    small = "" if target is None else number(abs(target), "unbounded", style)
    counts = {
        "rosenthal": "until the combined p value is .05 (Stouffer)",
        "orwin": f"until the common effect is {small} on the analysis scale" if small else "no target given",
        "rosenberg": "until the common effect is not significant",
        "general": "until the random-effects mean is not significant",
    }
    rows = tuple(
        {"number": name.capitalize(), "n": failsafe[name], "until": text} for name, text in counts.items()
    )
    columns = (
        Column("number", "Fail-safe number"),
        Column("n", "N", "count"),
        Column("until", "studies of no effect"),
    )
    return Table("failsafe", "", columns, rows)


def severity_table(answer: Answer, style: NumberStyle = APA) -> Table | None:
    """The answer if significant results had been so many times as likely to be published."""
    worst = answer["worst_case"]
    if worst is None:
        return None
    columns = (
        Column("ratio", "Selection ratio", "stat"),
        Column("text", f"Corrected mean [{level_text(answer['level'])} CI]", exported=False),
        *(Column(key, key, "unbounded", shown=False) for key in ("estimate", "se", "df", "ci_lb", "ci_ub")),
    )
    rows = tuple(
        {
            "ratio": row["ratio"],
            **row["estimate"],
            "text": _on_scale(answer, row["reported"], row["estimate"], style),
        }
        for row in worst["corrected"]
    )
    return Table("severity", "", columns, rows)


def copas_table(answer: Answer, style: NumberStyle = APA) -> Table | None:
    """The grid of the Copas model, from weak to strong selection."""
    copas = answer["copas"]
    if copas is None:
        return None
    columns = (
        Column("publication_precise", "Published, largest", "bounded"),
        Column("publication_imprecise", "smallest", "bounded"),
        Column("missing", "Missing", "stat"),
        Column("text", f"Mean [{level_text(answer['level'])} CI]", exported=False),
        Column("residual_pval", "Asymmetry left, p", "p"),
        Column("estimate", "estimate", "unbounded", shown=False),
        Column("se", "se", "unbounded", shown=False),
        Column("tau2", "tau2", "tau2", shown=False),
        Column("rho", "rho", "bounded", shown=False),
    )
    rows = []
    for row in copas["grid"]:
        numbers = {**row, **row["estimate"]}
        rows.append({**numbers, "text": _on_scale(answer, row["reported"], row["estimate"], style)})
    return Table("copas", "", columns, tuple(rows))


def _on_scale(answer: Answer, shown: Answer, estimate: Answer, style: NumberStyle) -> str:
    """``r = .06 [-.06, .18]`` on the first scale that readers use, else on that of the analysis."""
    scale = next((name for name in answer["report_as"] if name in shown), None)
    if scale is None:
        value, interval = estimate_texts(
            estimate["estimate"], estimate["ci_lb"], estimate["ci_ub"], "unbounded", style
        )
        return f"{value} {interval}"
    display, numbers = DISPLAY[scale], shown[scale]
    value, interval = estimate_texts(
        numbers["estimate"], numbers["ci_lb"], numbers["ci_ub"], display.kind, style, null=display.null
    )
    return f"{display.symbol} = {value} {interval}"
