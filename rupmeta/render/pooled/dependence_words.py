"""Approaches to dependent effects in tables and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.labels import DISPLAY
from rupmeta.render.moderators.tables import slope_cells
from rupmeta.render.numbers import APA, NumberStyle, estimate_texts, interval_text, level_text, number
from rupmeta.render.prose import FEW, LEAST_DF, statistic_text
from rupmeta.render.screens import heading
from rupmeta.render.tables import Column, Table
from rupmeta.render.writers.terminal import paragraph, plain, render_table

__all__ = ["approaches_table", "dependence_screen", "describe_dependence"]

Answer = Mapping[str, Any]

LABELS: Mapping[str, str] = {
    "none": "none: taken as independent",
    "aggregate": "aggregate, least squares",
    "aggregate-equal": "aggregate, plain mean",
    "multilevel": "multilevel",
    "che": "correlated and hierarchical",
}
COMPONENTS = {"between": "between samples", "within": "within samples"}
RAW = ("estimate", "se", "df", "pval", "ci_lb", "ci_ub")


def approaches_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """Two rows for each approach and coefficient: that of the model, and CR2."""
    found = answer["dependence"]
    moderated = bool(found["by"])
    scale = next(iter(answer["report_as"]))
    name = "b" if moderated else DISPLAY[scale].symbol
    columns = (
        Column("approach", "approach", shown=False),
        Column("label", "Approach", exported=False),
        Column("rho", "ρ", "bounded"),
        Column("k", "k", "count"),
        Column("clusters", "samples", "count"),
        *((Column("coefficient", "Coefficient"),) if moderated else ()),
        Column("row", "SE by"),
        Column("text", f"{name} [{level_text(found['level'])} CI]", exported=False),
        *(Column(key, key, "unbounded", shown=False) for key in ("estimate", "se", "ci_lb", "ci_ub")),
        Column("df", "df", "df"),
        Column("pval", "p", "p"),
        Column("tau2", "τ²", "tau2"),
        Column("sigma2_between", "between", "tau2"),
        Column("sigma2_within", "within", "tau2"),
        Column("mark", "", exported=False),
        Column("reason", "reason", shown=False),
    )
    rows: list[dict[str, Any]] = []
    for item in found["approaches"]:
        head = {key: item.get(key) for key in ("approach", "rho", "k", "clusters", "reason")}
        head |= {"label": LABELS[item["approach"]]}
        if item["estimate"] is None:
            rows.append({**head, "text": item["reason"]})
            continue
        head |= {key: item[key] for key in ("tau2", "sigma2_between", "sigma2_within")}
        for i, estimate in enumerate(item["coefficients"]):
            rows.append(
                {**head, **_cells(estimate, item["reported"], scale, style, moderated), "row": "model"}
            )
            head = {key: item.get(key) if key == "approach" else None for key in head}
            if item["robust_coefficients"]:
                robust = item["robust_coefficients"][i]
                mark = "†" if robust["df"] is not None and robust["df"] < LEAST_DF else ""
                cells = _cells(robust, item["robust_reported"], scale, style, moderated)
                rows.append({**head, **cells, "row": "CR2", "mark": mark})
    few = any(row.get("mark") for row in rows)
    notes = ("† fewer than 4 degrees of freedom: the row is not trustworthy",) if few else ()
    return Table("dependence", "", columns, tuple(rows), footnotes=notes)


def _cells(
    estimate: Answer, shown: Answer, scale: str, style: NumberStyle, moderated: bool
) -> dict[str, Any]:
    cells = {key: estimate[key] for key in RAW}
    if moderated or scale not in shown:
        parts = slope_cells(estimate, style)
        return {**cells, "coefficient": estimate["label"], "text": f"{parts['b']} {parts['text']}"}
    return {**cells, "text": _text(shown[scale], scale, style)}


def _text(shown: Answer, scale: str, style: NumberStyle) -> str:
    display = DISPLAY[scale]
    return " ".join(
        estimate_texts(
            shown["estimate"], shown["ci_lb"], shown["ci_ub"], display.kind, style, null=display.null
        )
    )


def _short(row: Answer | None, scale: str, style: NumberStyle) -> str | None:
    if row is None:
        return None
    if scale in row["reported"]:
        return _text(row["reported"][scale], scale, style)
    parts = slope_cells(row, style)
    return f"{parts['b']} {parts['text']}"


def rho_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """The aggregated and the CHE answer as the correlation of effects inside a sample varies."""
    found, scale = answer["dependence"], next(iter(answer["report_as"]))
    level = level_text(found["level"])
    columns = (
        Column("rho", "ρ", "bounded"),
        Column("aggregate", f"Aggregated, {DISPLAY[scale].symbol} [{level} CI]"),
        Column("aggregate_tau2", "τ²", "tau2"),
        Column("che", f"CHE with CR2, {DISPLAY[scale].symbol} [{level} CI]"),
        Column("che_tau2", "τ²", "tau2"),
    )
    rows = []
    for row in found["over_rho"]:
        aggregate, che = row["aggregate"], row["che"]
        robust = che["robust"] or che["estimate"]
        rows.append(
            {
                "rho": row["rho"],
                "aggregate": _short(aggregate["estimate"], scale, style) or aggregate["reason"],
                "aggregate_tau2": aggregate["tau2"],
                "che": _short(robust, scale, style) or che["reason"],
                "che_tau2": che["tau2"],
            }
        )
    return Table("over_rho", "", columns, tuple(rows))


def omitted_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """The answer without each sample."""
    found, scale = answer["dependence"], next(iter(answer["report_as"]))
    level = level_text(found["level"])
    columns = (
        Column("sample", "Without sample"),
        Column("k", "effects", "count"),
        Column("aggregate", f"Aggregated, {DISPLAY[scale].symbol} [{level} CI]"),
        Column("che", f"CHE with CR2, {DISPLAY[scale].symbol} [{level} CI]"),
        Column("df", "df", "df"),
    )
    rows = []
    for row in found["without_sample"]:
        robust = row["che_robust"] or row["che"]
        rows.append(
            {
                "sample": row["sample"],
                "k": row["k"],
                "aggregate": _short(row["aggregate"], scale, style),
                "che": _short(robust, scale, style),
                "df": None if robust is None else robust["df"],
            }
        )
    return Table("without_sample", "", columns, tuple(rows))


def describe_dependence(answer: Answer, style: NumberStyle = APA) -> str:
    """Who shares samples, how far the approaches differ, what the variances may be."""
    found = answer["dependence"]
    sentences = [_sharing(found)]
    fitted = [item for item in found["approaches"] if item["estimate"] is not None]
    scale = next(iter(answer["report_as"]))
    if (
        found["shared_samples"]
        and not found["by"]
        and all(scale in item["reported"] for item in fitted)
        and len(fitted) > 1
    ):
        values = [item["reported"][scale]["estimate"] for item in fitted]
        display = DISPLAY[scale]
        ends = interval_text(min(values), max(values), display.kind, style, null=None)
        sentences.append(f"Over the approaches the pooled {display.symbol} lies in {ends}.")
    sentences += [_tests(item, style) for item in fitted if item["approach"] == "che" and found["by"]]
    for profile in found["profiles"]:
        tau, lb = (number(profile[key] ** 0.5, "unbounded", style) for key in ("estimate", "lb"))
        ub = "infinity" if profile["ub"] is None else number(profile["ub"] ** 0.5, "unbounded", style)
        sentences.append(
            f"Standard deviation {COMPONENTS[profile['component']]} (CHE): {tau}, "
            f"{level_text(profile['level'])} profile interval {lb} to {ub}."
        )
    if found["profile_reason"]:
        sentences.append(f"No profile of the variances: {found['profile_reason']}.")
    clusters = max((item["clusters"] for item in fitted), default=0)
    if clusters < FEW:
        sentences.append(f"With {clusters} samples this is no basis for a verdict.")
    return " ".join(sentences)


def _sharing(found: Answer) -> str:
    shared = found["shared_samples"]
    if not shared:
        return "Every sample brings one effect."
    several = sum(len(item["papers"]) > 1 for item in shared)
    many = sum(item["k"] for item in shared)
    text = (
        f"{many} of {found['effects']} effects come from {len(shared)} "
        f"{'sample' if len(shared) == 1 else 'samples'} with several effects"
    )
    if several:
        papers = "; ".join(
            f"{' and '.join(item['papers'])} share {item['sample']}"
            for item in shared
            if len(item["papers"]) > 1
        )
        text += (
            f", of which {several} {'is' if several == 1 else 'are'} reported on by several papers ({papers})"
        )
    return plain(text) + "."


def _tests(item: Answer, style: NumberStyle) -> str:
    robust = item["robust_omnibus"]
    if robust is None:
        return "There are too few samples for a robust test of the moderators."
    return f"Robust test of the moderators (CHE, HTZ): {statistic_text(robust, style)}."


def dependence_screen(answer: Answer, style: NumberStyle, *, color: bool) -> str:
    """Approaches side by side, over rho, without each sample, and what it comes to."""
    parts = [heading(answer, synthetic=answer["synthetic"])]
    tables = [approaches_table(answer, style)]
    if not answer["dependence"]["by"]:
        tables += [rho_table(answer, style), omitted_table(answer, style)]
    parts += [render_table(table, style=style, bold=color) for table in tables if table.rows]
    parts.append(paragraph(describe_dependence(answer, style)))
    return "\n\n".join(parts)
