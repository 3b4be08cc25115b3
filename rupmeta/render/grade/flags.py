"""The five domains that lower certainty: what the numbers are, and whether they raise a question."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from rupmeta.render.labels import DISPLAY, comparison_label
from rupmeta.render.numbers import estimate_texts, interval_text, number, p_text
from rupmeta.render.results_tables import scales_of

__all__ = ["Flag", "flag_domains", "flag_risk_of_bias", "needed_people"]

Results = Mapping[str, Any]

#: Judgements that count as high risk, in the words of the usual tools.
HIGH = ("high", "serious", "critical", "very high", "high risk")
ENOUGH = 10
POWER, ALPHA = 0.80, 0.05
DOUBT = 0.10  # p below which small-study effects raise a question
SMALLEST_R = 0.10


@dataclass(frozen=True, slots=True)
class Flag:
    """One domain: ``numbers`` in a sentence; ``question`` None where nothing can be judged."""

    domain: str
    numbers: str
    question: bool | None


def needed_people(r: float) -> int:
    """Clients that a single study needs to find ``r`` with a power of 80 % at two-sided .05.

    ((z.₉₇₅ + z.₈₀)/atanh r)² + 3, rounded up (Cohen 1988).

    >>> needed_people(0.10), needed_people(0.30)
    (783, 85)
    """
    normal = NormalDist()
    z = normal.inv_cdf(1 - ALPHA / 2) + normal.inv_cdf(POWER)
    return math.ceil((z / math.atanh(r)) ** 2 + 3)


def flag_domains(results: Results, item: Results) -> tuple[Flag, ...]:
    """All five, in GRADE's order, for an analysis that has an answer."""
    return (
        flag_risk_of_bias(results, item)[1], _inconsistency(item), _indirectness(results, item),
        _imprecision(item), _publication_bias(item),
    )  # fmt: skip


def flag_risk_of_bias(results: Results, item: Results) -> tuple[float, Flag]:
    """The share of the weight that is judged high, in percent, and what it says."""
    judged = {
        record["study"]: record["risk_of_bias"]["domains"].get("overall")
        for record in results["studies"]
        if "risk_of_bias" in record
    }
    high = rated = 0.0
    for effect in item["pool"]["effects"]:
        judgements = [judged.get(study) for study in effect["study"].split(" + ")]
        if any(judgements):
            rated += effect["weight"]
        if any(str(judgement).lower() in HIGH for judgement in judgements if judgement):
            high += effect["weight"]
    if rated == 0:
        return 0.0, Flag("risk_of_bias", "no pooled study has an overall judgement", None)
    text = f"{number(high, 'percent')}% of the weight is judged high, serious or critical"
    if rated < 99.95:
        text += f"; {number(100 - rated, 'percent')}% has no overall judgement"
    return high, Flag("risk_of_bias", text, high >= 50)


def _inconsistency(item: Results) -> Flag:
    pool, h = item["pool"], item["pool"]["heterogeneity"]
    if h["tau2"] is None or h["df"] < 1:
        return Flag("inconsistency", "one effect says nothing about how much effects differ", None)
    tau = number(h["tau2"] ** 0.5, "unbounded")
    text = f"τ = {tau} on the analysis scale, I² = {number(h['I2'], 'percent')}%"
    if h["I2_lb"] is not None:
        text += " " + interval_text(h["I2_lb"], h["I2_ub"], "percent", null=None)
    scale = next(iter(scales_of(pool)), None)
    shown = {} if scale is None else pool["reported"][scale]
    if scale is None or shown.get("pi_lb") is None:
        return Flag("inconsistency", f"{text}; too few effects for a prediction interval", None)
    display = DISPLAY[scale]
    interval = interval_text(shown["pi_lb"], shown["pi_ub"], display.kind, null=display.null)
    crosses = shown["pi_lb"] <= display.null <= shown["pi_ub"]
    if pool["k"] < ENOUGH:
        few = f"with k = {pool['k']} nobody can say how much effects differ"
        return Flag(
            "inconsistency", f"{text}; prediction interval of {display.symbol} {interval}; {few}", None
        )
    verdict = "which includes no association" if crosses else "which excludes no association"
    return Flag(
        "inconsistency", f"{text}; prediction interval of {display.symbol} {interval}, {verdict}", crosses
    )


def _indirectness(results: Results, item: Results) -> Flag:
    records = {record["study"]: record for record in results["studies"]}
    used = sorted({effect["study"] for effect in item["effects"]})
    kinds = {
        "comparison": [
            comparison_label(e["comparison"], item["subject"]) for e in item["effects"] if e["comparison"]
        ],
        "rater of the alliance": [_text(records, s, "alliance", "rater") for s in used],
        "measure of ruptures": [_text(records, s, "rupture", "measure") for s in used],
    }
    parts = []
    several = False
    for name, values in kinds.items():
        counted = {value: values.count(value) for value in sorted(set(filter(None, values)))}
        if counted:
            parts.append(f"{name}: " + ", ".join(f"{value} {n}" for value, n in counted.items()))
            several = several or len(counted) > 1
    if not parts:
        return Flag("indirectness", "nothing is coded by which studies could be off the question", None)
    return Flag("indirectness", "; ".join(parts), several)


def _text(records: Mapping[str, Any], study: str, part: str, key: str) -> str:
    return str(records.get(study, {}).get(part, {}).get(key) or "")


def _imprecision(item: Results) -> Flag:
    pool = item["pool"]
    where = pool["estimate"]
    scale = next(iter(scales_of(pool)), None)
    if scale is None:
        text = interval_text(where["ci_lb"], where["ci_ub"], "unbounded", level=pool["level"])
    else:
        shown, display = pool["reported"][scale], DISPLAY[scale]
        value, interval = estimate_texts(
            shown["estimate"], shown["ci_lb"], shown["ci_ub"], display.kind, null=display.null
        )
        text = f"{display.symbol} = {value} {interval}"
    rated = item.get("certainty") or {}
    smallest = rated.get("smallest_r", SMALLEST_R)
    needed = needed_people(smallest)
    few = pool["n"] is None or pool["n"] < needed
    people = "N is not known" if pool["n"] is None else f"N = {number(pool['n'], 'count')}"
    text += f"; {people}, {needed:,} needed for r = {number(smallest, 'bounded')}"
    return Flag("imprecision", text, bool(few or where["ci_lb"] <= 0 <= where["ci_ub"]))


def _publication_bias(item: Results) -> Flag:
    bias = item["parts"]["bias"]["result"]
    k = item["pool"]["k"] if bias is None else bias["k"]
    if k < ENOUGH or bias is None:
        return Flag("publication_bias", f"cannot be judged with k = {k}", None)
    tests = list(_small_study_tests(bias))
    if not tests:
        return Flag("publication_bias", f"no test has an answer (k = {k})", None)
    text = "; ".join(f"{name} {p_text(pval)}" for name, pval in tests)
    return Flag("publication_bias", f"{text} (k = {k})", any(pval < DOUBT for _, pval in tests))


def _small_study_tests(bias: Results) -> Iterator[tuple[str, float]]:
    if bias["egger"] is not None:
        yield "Egger's regression", bias["egger"]["pval"]
    if bias["selection"] is not None:
        yield "selection model", bias["selection"]["lrt_pval"]
