"""Sentences and tables about unmeasured confounding; none says that anything causes anything."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA, NumberStyle, estimate_texts, level_text, number
from rupmeta.render.results_tables import estimate_text
from rupmeta.render.screens import heading
from rupmeta.render.tables import Column, Table
from rupmeta.render.writers.terminal import paragraph, render_table

__all__ = ["confounding_screen", "describe_confounding", "evidence_table"]

Answer = Mapping[str, Any]
FEW = 10

_TOPICS = {
    "trials": "Where chance decided",
    "adjustment": "With and without covariates",
    "time": "Order in time",
    "rater": "Who rated",
    "sessions": "Length of treatment",
}


def describe_confounding(answer: Answer, style: NumberStyle = APA) -> tuple[str, ...]:
    """What a confounder would need, on both scales; numbers only where k is small."""
    found = answer["confounding"]
    sentences: list[str] = []
    if found["turned"]:
        sentences.append(
            "The pooled association is negative; it is treated by its size, with all signs turned."
        )
    if found["correlation"] is not None:
        sentences += _on_correlation(found, answer["level"], _own_model(answer), style)
    if found["risk_ratio"] is not None:
        sentences += _on_risk_ratio(found, answer["level"], style)
    return tuple(sentences)


def _own_model(answer: Answer) -> str:
    """How the mean correlation came about, where it is not the analysis's own pooled effect."""
    how = []
    if answer["dependence"]["approach"] in ("multilevel", "che"):
        how.append("one averaged effect a sample")
    if not answer["measure"].startswith("Z"):
        how.append("effects pooled anew on Fisher's z")
    return f" ({', '.join(how)})" if how else ""


def _on_correlation(found: Answer, level: float, anew: str, style: NumberStyle) -> Iterator[str]:
    on, limit = found["correlation"], number(found["threshold"], "bounded", style)
    r = on["r"]
    value, interval = estimate_texts(r["estimate"], r["ci_lb"], r["ci_ub"], "bounded", style)
    yield f"The mean correlation{anew} is {value} {interval}."
    if on["c_estimate"] is not None:
        c = number(on["c_estimate"], "bounded", style)
        mean = f"the mean correlation{anew}, {value} {interval}," if anew else "the mean"
        text = f"A confounder correlated {c} with both sides would be needed to reduce {mean} to zero"
        text += (
            "; the interval holds zero without any."
            if on["c_limit"] is None
            else f"; {number(on['c_limit'], 'bounded', style)} to bring the interval to it."
        )
        yield text
    benchmark = found["benchmark"]
    left, strength = (number(x, "bounded", style) for x in (on["left_by_benchmark"], benchmark["r"]))
    yield (
        f"One as strong as the correlation of {benchmark['label']}, r = {strength}, would leave a mean of "
        f"{left}."
    )
    yield _share_sentence(on["share"], f"true correlations above {limit}", level, style)
    parts = [
        f"{_percent(item['share'], style)} with c = {number(item['c'], 'bounded', style)}"
        for item in on["c_shares"]
        if item["c"] is not None
    ]
    if parts and on["tau2"]:
        yield (
            f"Of the true correlations, taken as normal, there would remain above {limit}: "
            f"{'; '.join(parts)}."
        )


def _on_risk_ratio(found: Answer, level: float, style: NumberStyle) -> Iterator[str]:
    on = found["risk_ratio"]
    e, limit = (number(on[key], "unbounded", style) for key in ("e_value", "e_value_limit"))
    logs = on["estimate"]
    T, lb, ub = (math.exp(logs[key]) for key in ("estimate", "ci_lb", "ci_ub"))
    mean, interval = estimate_texts(T, lb, ub, "unbounded", style, null=1.0)
    near = (
        "the interval holds no association without any"
        if on["e_value_limit"] == 1
        else f"{limit} for the limit of the interval nearer to none"
    )
    yield (
        f"As risk ratios, effects pooled anew as their logarithms (mean RR = {mean} {interval}): a "
        f"confounder tied to both sides by a risk ratio of {e} each could account for that mean (its "
        f"E-value); {near}."
    )
    half = on["biases"][0]
    if half["T"] > 1:
        bias, G = (number(half[key], "unbounded", style) for key in ("T", "G"))
        yield (
            f"To bring the share of true effects beyond the smallest of interest to "
            f"{_percent(half['share'], style)}, bias would have to multiply every risk ratio by {bias}, "
            f"which takes a confounder of {G} with both sides."
        )
    else:
        yield (
            f"No more than {_percent(half['share'], style)} of the true effects lie beyond the smallest of "
            "interest as they are, without any bias."
        )
    if not found["correlation"]:
        yield _share_sentence(on["share"], "true effects beyond the smallest of interest", level, style)


def _share_sentence(share: Answer, what: str, level: float, style: NumberStyle) -> str:
    how = {
        "normal": "by the normal distribution of true effects",
        "calibrated": "by calibrated effects, interval by bootstrap",
        "point": "true effects being taken as equal, as tau² is 0",
    }[share["method"]]
    interval = ""
    if share["ci_lb"] is not None:
        low, high = (number(100.0 * share[key], "percent", style) for key in ("ci_lb", "ci_ub"))
        interval = f", {level_text(level)}{style.space}CI{style.space}[{low},{style.space}{high}]"
    return f"The share of {what} is {_percent(share['share'], style)}{interval} ({how})."


def _percent(share: float, style: NumberStyle) -> str:
    return f"{number(100.0 * share, 'percent', style)}%"


def evidence_table(answer: Answer, style: NumberStyle = APA) -> Table:
    """What the studies hold that bears on confounding, one row a line of evidence."""
    scale = next((name for name in answer["report_as"] if _shown(answer, name)), None)
    columns = (
        Column("topic", "Evidence", exported=False),
        Column("topic_id", "topic", shown=False),
        Column("group", "Effects"),
        Column("k", "k", "count"),
        Column("text", f"{DISPLAY[scale].symbol if scale else 'Estimate'} [CI]", exported=False),
        *(Column(key, key, "unbounded", shown=False) for key in ("estimate", "ci_lb", "ci_ub")),
        Column("reason", "reason", shown=False),
    )
    rows: list[dict[str, Any]] = []
    seen: set[str] = set()
    for item in answer["confounding"]["evidence"]:
        estimate = item["estimate"]
        topic = item["topic"]
        rows.append(
            {
                "topic": "" if topic in seen else _TOPICS[topic],
                "topic_id": topic,
                "group": item["group"],
                "k": item["k"],
                "text": _strand_text(item, scale, style),
                "reason": item["reason"],
                **{
                    key: None if estimate is None else estimate[key] for key in ("estimate", "ci_lb", "ci_ub")
                },
            }
        )
        seen.add(topic)
    slope = any(item["kind"] == "slope" and item["estimate"] for item in answer["confounding"]["evidence"])
    foot = ("b: slope on the analysis scale",) if slope else ()
    return Table("evidence", "", columns, tuple(rows), footnotes=foot)


def _shown(answer: Answer, scale: str) -> bool:
    return any(scale in item["reported"] for item in answer["confounding"]["evidence"])


def _strand_text(item: Answer, scale: str | None, style: NumberStyle) -> str:
    estimate = item["estimate"]
    if estimate is None:
        return str(item["reason"])
    if item["kind"] == "mean" and scale in item["reported"]:
        return estimate_text(item["reported"][scale], str(scale), style)
    value, interval = estimate_texts(
        estimate["estimate"], estimate["ci_lb"], estimate["ci_ub"], "unbounded", style
    )
    return f"{'b = ' if item['kind'] == 'slope' else ''}{value} {interval}"


def confounding_screen(answer: Answer, style: NumberStyle, *, color: bool) -> str:
    """What confounding would need, then what the studies themselves say."""
    lines = [paragraph(sentence) for sentence in describe_confounding(answer, style)]
    few = len(answer["confounding"]["evidence"]) and max(
        item["k"] for item in answer["confounding"]["evidence"]
    )
    if few < FEW:
        lines.append("So few effects are no basis for a verdict.")
    table = render_table(evidence_table(answer, style), style=style, bold=color)
    close = paragraph(
        "None of this says whether one thing brings about the other; it says how strong an unmeasured common "
        "source of both would have to be."
    )
    return "\n\n".join([heading(answer, synthetic=answer["synthetic"]), "\n".join(lines), table, close])
