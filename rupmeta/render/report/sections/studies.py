"""The studies: every number of a pooled effect with its source, quotation and status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.apa_reference import link_of, reference_text
from rupmeta.render.document import Block, Paragraph, Record, Records, Section
from rupmeta.render.labels import comparison_label, level_label
from rupmeta.render.numbers import APA, number
from rupmeta.render.report.sections.page import Page, analyses_of, closed

__all__ = ["studies_section"]

Results = Mapping[str, Any]


def studies_section(page: Page) -> Section:
    """Studies with an effect first, each with its extraction; then those without one; then the excluded."""
    fates = {row["study"]: row for row in page.results["screen"]["studies"]}
    used = _routes(page.results)
    records = {"included": [], "no extractable effect": [], "excluded": []}  # type: dict[str, list[Record]]
    for record in page.results["studies"]:
        fate = fates[record["study"]]
        records[fate["status"]].append(_record(record, fate, used))
    blocks: list[Block] = [
        Paragraph(
            "Every number below is quoted with the place it was read in. Provisional means not "
            "checked against "
            "the full paper; synthetic means invented."
        )
    ]
    if records["included"]:
        blocks.append(Records(tuple(records["included"])))
    for fate, title in (
        ("no extractable effect", "Eligible, without an extractable effect"),
        ("excluded", "Excluded"),
    ):
        if records[fate]:
            blocks += closed(f"{title} ({len(records[fate])})", (Records(tuple(records[fate])),))
    return Section("studies", "Studies and where their numbers stand", tuple(blocks))


def _routes(results: Results) -> dict[tuple[str, str], Results]:
    """(study, effect) → the computed effect, from the first analysis that uses it."""
    found: dict[tuple[str, str], Results] = {}
    for _, item in analyses_of(results):
        for effect in item["effects"]:
            found.setdefault((effect["study"], effect["effect"]), effect)
    return found


def _record(record: Results, fate: Results, used: Mapping[tuple[str, str], Results]) -> Record:
    extraction = record.get("extraction", {})
    badge = {"included": "pooled", "no extractable effect": "no extractable effect"}.get(
        fate["status"], f"excluded: {fate['criterion']}"
    )
    if extraction.get("synthetic"):
        badge += ", synthetic"
    elif fate["status"] == "included" and extraction.get("status") == "provisional":
        badge += ", provisional"
    parts = tuple(
        _effect(effect, used.get((record["study"], effect["effect"])), record["relation"])
        for effect in record["effects"]
    )
    return Record(
        id=f"study-{record['study']}",
        title=_heading(record, fate),
        badge=badge,
        reference=reference_text(record["citation"], record.get("publication")),
        link=link_of(record["citation"]),
        facts=tuple(_facts(record, fate)),
        parts=parts,
    )


def _heading(record: Results, fate: Results) -> str:
    citation = record["citation"]
    if "authors" not in citation:
        return str(fate["label"])
    names = [name.partition(",")[0] for name in citation["authors"]]
    short = (
        names[0]
        if len(names) == 1
        else f"{names[0]} & {names[1]}"
        if len(names) == 2
        else f"{names[0]} et al."
    )
    return f"{short} ({citation.get('year', 'n.d.')})"


def _facts(record: Results, fate: Results) -> Iterator[tuple[str, str]]:
    if fate["reason"]:
        yield "Why it is out", str(fate["reason"])
    sample, therapy = record.get("sample", {}), record.get("therapy", {})
    alliance, rupture = record.get("alliance", {}), record.get("rupture", {})
    assigned = f"chance assigned {record['assigned']}" if "assigned" in record else None
    design = [record.get("design"), assigned, record.get("publication"), record["relation"]]
    yield "Design", ", ".join(str(item) for item in design if item)
    if sample:
        yield (
            "Sample",
            _words(sample, n="N =", personality_disorder="share with personality disorder", id="sample"),
        )
    if therapy:
        yield "Therapy", _words(therapy, psychotherapy="psychotherapy:", sessions="sessions:")
    if record.get("therapists"):
        yield "Therapists", _words(record["therapists"], n="n =", caseload="clients per therapist:")
    if alliance:
        yield (
            "Alliance",
            _words(alliance, measurements="measurements:", measurements_at_least="measurements, at least:"),
        )
    if rupture:
        yield "Ruptures", _words(rupture)
    if record.get("moderators"):
        yield "Also coded", "; ".join(f"{key}: {value}" for key, value in record["moderators"].items())
    extraction = record.get("extraction", {})
    told = [extraction.get("status", "verified")]
    told += [f"by {extraction['coder']}"] if "coder" in extraction else []
    told += [str(extraction["date"])] if "date" in extraction else []
    told += ["synthetic data, not evidence"] if extraction.get("synthetic") else []
    yield "Extraction", ", ".join(told) + (f". {extraction['note']}" if "note" in extraction else "")
    if "note" in record:
        yield "Remark", str(record["note"])
    yield "File", str(record["path"])


def _words(values: Results, **names: str) -> str:
    told = []
    for key, value in values.items():
        text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else _whole(value)
        told.append(
            f"{names[key]} {text}" if key in names else level_label(text) if key != "name" else str(text)
        )
    return "; ".join(told)


def _effect(
    effect: Results, computed: Results | None, relation: str
) -> tuple[str, tuple[tuple[str, str], ...], str | None]:
    outcome = effect["outcome"]
    lines = [("Outcome", f"{outcome['name']} ({outcome['kind']}; {outcome['better']} is better)")]
    if "comparison" in effect:
        lines.append(("Comparison", comparison_label(effect["comparison"], relation)))
    if "phase" in effect:
        lines.append(("Phase", level_label(effect["phase"])))
    lines += [
        ("Reported", ", ".join(f"{key} = {_shown(value)}" for key, value in given.items()))
        for given in effect.get("reported", [])
    ]
    for route in (computed or {"routes": []})["routes"]:
        what = "Used" if route["used"] else "Other route"
        value = route["problem"] or (
            f"yi = {number(route['yi'], 'unbounded', APA)}, vi = {number(route['vi'], 'tau2', APA)} "
            f"({route['flag']}); {route['formula'] or 'as printed'}"
        )
        lines.append((f"{what}: {route['route']}", value))
    source = effect["source"]
    lines += [("Source", str(source["where"])), ("Status", str(effect["status"]))]
    if "note" in effect:
        lines.append(("Remark", str(effect["note"])))
    return str(effect["effect"]), tuple(lines), source.get("quote")


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {item}" for key, item in value.items())
    return str(value).lower() if isinstance(value, bool) else str(_whole(value))


def _whole(value: Any) -> Any:
    """A whole number as the file has it: ``df: 88`` is 88, though it is kept as 88.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
