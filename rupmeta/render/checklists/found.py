"""What the results hold on each item: a sentence with its numbers, or None for nothing seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rupmeta.explore.design import parse_moderator
from rupmeta.render.claims.words import scale_text
from rupmeta.render.grade.tables import level_words
from rupmeta.render.labels import DISPLAY, measure_label
from rupmeta.render.numbers import APA, number
from rupmeta.render.prose import describe_model
from rupmeta.render.results_tables import scales_of

Results = Mapping[str, Any]

#: What items on coders say where no second extraction was named.
ONE_EXTRACTION = "extraction by two people is not on record"
#: Parts of an analysis that speak of robustness.
ROBUSTNESS = ("leave_one_out", "cumulative", "influence", "estimators", "conversions", "multiverse")


def nothing(results: Results) -> None:
    """What stands in no file."""
    del results


def entered(*keys: str) -> Callable[[Results], str | None]:
    """What people entered under the first of ``keys`` of review.yaml that has a value."""

    def find(results: Results) -> str | None:
        for key in keys:
            value = _look_up({**(results["reporting"]), "registration": results["registration"]}, key)
            if value:
                return value
        return None

    return find


def _look_up(value: Any, key: str) -> str | None:
    for part in key.split("."):
        if isinstance(value, list):
            value = [item[part] for item in value if item.get(part)]
        else:
            value = None if value is None else value.get(part)
    if isinstance(value, list):
        return "; ".join(map(_in_words, value)) or None
    return None if value is None else str(value)


def _in_words(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    first = [key for key in ("name", "platform", "date") if key in value]  # results are stored sorted
    return ", ".join(str(value[key]) for key in dict.fromkeys((*first, *value)) if value[key])


def _answered(results: Results) -> list[tuple[str, Results]]:
    items = ((name, results["analyses"][name]) for name in results["order"])
    return [(name, item) for name, item in items if item["pool"] is not None]


def _each(results: Results, tell: Callable[[Results], str | None]) -> str | None:
    """One clause an analysis that has an answer."""
    told = [(name, tell(item)) for name, item in _answered(results)]
    return "; ".join(f"{name}: {text}" for name, text in told if text) or None


def questions(results: Results) -> str | None:
    """The questions of the protocol."""
    asked = [results["analyses"][name]["question"] for name in results["order"]]
    return " ".join(question for question in asked if question) or None


def criteria(results: Results) -> str | None:
    """Criteria that are set."""
    names = [name.replace("_", " ") for name, value in results["criteria"].items() if value]
    return f"criteria on {', '.join(names)}" if names else None


def outcomes(results: Results) -> str | None:
    """Kinds of outcome among the effects."""
    inside = {row["study"] for row in results["screen"]["studies"] if row["status"] == "included"}
    records = [record for record in results["studies"] if record["study"] in inside]
    effects = [effect for record in records for effect in record.get("effects", ())]
    kinds = sorted({effect["outcome"]["kind"] for effect in effects if effect["outcome"].get("kind")})
    return f"{len(effects)} effects; outcomes: {', '.join(kinds)}" if effects else None


def variables(results: Results) -> str | None:
    """How many values each declared moderator lacks; fields not reported stay empty."""
    missing: dict[str, str] = {}
    for _, item in _answered(results):
        effects = item["pool"]["effects"]
        for entry in (item["moderators"] or {"moderators": []})["moderators"]:
            name, _ = parse_moderator(entry["name"])
            absent = sum(effect["moderators"].get(name) is None for effect in effects)
            missing.setdefault(name, f"{name} ({absent} of {len(effects)} missing)")
    return "; ".join(missing.values()) + "; nothing is imputed" if missing else None


def risk_tool(results: Results) -> str | None:
    """Tools, and how many studies are rated."""
    rated = [record["risk_of_bias"]["tool"] for record in results["studies"] if "risk_of_bias" in record]
    return f"{len(rated)} studies rated with {', '.join(sorted(set(rated)))}" if rated else None


def measures(results: Results) -> str | None:
    """The scale of each analysis."""
    return _each(results, lambda item: measure_label(item["pool"]["measure"]))


def selections(results: Results) -> str | None:
    """Which effects an analysis takes."""

    def tell(item: Results) -> str:
        where = ", ".join(f"{key} = {value}" for key, value in item["where"].items()) or "all effects"
        return f"{where} (k = {item['pool']['k']})"

    return _each(results, tell)


def conversions(results: Results) -> str | None:
    """How many effects were converted; every formula stands in the table of routes."""

    def tell(item: Results) -> str:
        flags = [effect["flag"] for effect in item["effects"]]
        return f"{len(flags) - flags.count('direct')} of {len(flags)} converted, each with its formula"

    return _each(results, tell)


def displays(results: Results) -> str | None:
    """Figures and tables of each analysis."""
    names = [name for name, _ in _answered(results)]
    return (
        f"forest and funnel plots, tables of effects, routes and results of {', '.join(names)}"
        if names
        else None
    )


def models(results: Results) -> str | None:
    """Model and version."""
    told = _each(results, lambda item: describe_model(item["pool"]))
    return None if told is None else f"{told}; rupmeta {results['version']}"


def dependence(results: Results) -> str | None:
    """What is done with several effects of a sample."""

    def tell(item: Results) -> str:
        approach = item["pool"]["dependence"]
        return f"{len(item['effects'])} effects, {approach['approach']} (rho = {approach['rho']:g})"

    return _each(results, tell)


def explored(results: Results) -> str | None:
    """Declared moderators."""

    def tell(item: Results) -> str | None:
        planned = (item["moderators"] or {"moderators": []})["moderators"]
        return ", ".join(entry["name"] for entry in planned) or None

    return _each(results, tell)


def robustness(results: Results) -> str | None:
    """Parts of the robustness section that have an answer."""

    def tell(item: Results) -> str | None:
        had = [part.replace("_", " ") for part in ROBUSTNESS if item["parts"].get(part, {}).get("result")]
        return ", ".join(had) or None

    return _each(results, tell)


def missing_results(results: Results) -> str | None:
    """Methods for small-study effects and selection that have an answer."""

    def tell(item: Results) -> str | None:
        bias = item["parts"]["bias"]["result"]
        if bias is None:
            return None
        had = [
            name.replace("_", " ")
            for name in ("egger", "begg", "trim_and_fill", "selection", "pet_peese", "p_uniform_star")
            if bias[name] is not None
        ]
        return f"{', '.join(had)} (k = {bias['k']})" if had else f"none can be computed (k = {bias['k']})"

    return _each(results, tell)


def certainty(results: Results) -> str | None:
    """Levels that people rated; the numbers alone are no rating."""

    def tell(item: Results) -> str | None:
        return None if item["certainty"] is None else level_words(item["certainty"]["level"])

    return _each(results, tell)


def flow(results: Results) -> str | None:
    """Counts of the flow; those before the study files only where they were entered."""
    counts = results["screen"]["counts"]
    text = f"{counts['studies']} study files, {counts['included']} included, {counts['excluded']} excluded"
    stated = results["screen"]["stated"]
    return f"{text}; {len(stated)} counts entered" if stated else f"{text}; no counts of the search entered"


def excluded(results: Results) -> str | None:
    """Excluded studies, each with its reason."""
    rows = results["screen"]["excluded"]
    return f"{len(rows)} studies with reasons" if rows else "none of the study files is excluded"


def studies(results: Results) -> str | None:
    """Study files with citation."""
    return f"{len(results['studies'])} studies, each with source and quote" if results["studies"] else None


def single_results(results: Results) -> str | None:
    """Effects that are shown."""
    return _each(results, lambda item: f"{len(item['effects'])} effects with intervals and weights")


def contributors(results: Results) -> str | None:
    """Studies of each synthesis."""
    return _each(results, lambda item: f"{item['pool']['studies']} studies, k = {item['pool']['k']}")


def main_numbers(results: Results) -> str | None:
    """The pooled answer of each analysis."""

    def tell(item: Results) -> str:
        return ", ".join(scale_text(item["pool"], scale) for scale in scales_of(item["pool"]))

    return _each(results, tell)


def limits(results: Results) -> str | None:
    """How many caveats travel with the answers."""
    codes = sorted({note["code"] for _, item in _answered(results) for note in item["notes"]})
    return f"caveats of this report: {', '.join(codes)}" if codes else None


def statuses(results: Results) -> str | None:
    """Declared status of each analysis."""
    return _each(results, lambda item: str(item["status"]))


def availability(results: Results) -> str | None:
    """What the report publishes, and where it is if that was entered."""
    where = _look_up(results["reporting"], "declarations.availability")
    text = f"{len(results['inputs'])} input files with digests, results.json, rupmeta {results['version']}"
    return f"{where}; {text}" if where else text


def extracted_twice(results: Results) -> str | None:
    """How far two extractions agree; None when none was compared."""
    found = results["double_extraction"]
    if found is None or found["result"] is None:
        return None
    whole = found["result"]["items"][0]
    studies, differ = len(found["result"]["studies"]), len(found["result"]["disagreements"])
    return (
        f"two extractions of {studies} studies agree in {whole['agreed']} of {whole['n']} fields; "
        f"{differ} disagreements, each with both places (Double extraction)"
    )


def changed_methods(results: Results) -> str | None:
    """Methods and criteria that changed since the version before; None when it is not on record."""
    found = results["whats_new"]
    if found is None:
        return None
    settings = {change["setting"] for item in found["analyses"] for change in item["method_changes"]}
    fields = [item["field"] for item in found["protocol"] if item["step"]] or sorted(settings)
    return (
        f"changed: {', '.join(fields)} (What’s new)"
        if fields
        else "no method or criterion changed (What’s new)"
    )


def changed_results(results: Results) -> str | None:
    """Both answers of each analysis; None when the version before is not on record."""
    found = results["whats_new"]
    if found is None:
        return None
    told = []
    for item in found["analyses"]:
        sides = [_side(item[word]) for word in ("old", "new")]
        told.append(f"{item['analysis']}: {sides[0]}, now {sides[1]}")
    return f"{'; '.join(told)} (What’s new)"


def _side(side: Results | None) -> str:
    if side is None:
        return "no such analysis"
    if side["estimate"] is None:
        return "no answer"
    scale = next(iter(side["reported"]), None)
    if scale is None:
        return f"k = {side['k']}"
    display = DISPLAY[scale]
    value = number(side["reported"][scale]["estimate"], display.kind, APA)
    return f"{display.symbol} = {value} (k = {side['k']})"
