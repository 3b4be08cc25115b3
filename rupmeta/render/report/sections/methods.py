"""Methods and the flow of studies: what was asked, what counted, how it was pooled, who is in and out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.claims.captions import figure_caption
from rupmeta.render.claims.words import count
from rupmeta.render.document import Block, Fact, Facts, Paragraph, Section
from rupmeta.render.prose import describe_model
from rupmeta.render.report.sections.entered import protocol_section, search_section
from rupmeta.render.report.sections.page import STATUS, Page, analyses_of, closed, notes_block

__all__ = ["flow_section", "methods_section"]

Results = Mapping[str, Any]


def methods_section(page: Page) -> Section:
    """Question, status, model and criteria, as the protocol declares them; protocol, search, selection."""
    results = page.results
    blocks: list[Block] = [Facts(tuple(_criteria(results["criteria"])))]
    for name, item in analyses_of(results):
        blocks.append(Facts(tuple(_analysis(name, item))))
    parts = (protocol_section(results), search_section(results))
    return Section("methods", "Question and methods", tuple(blocks), parts)


def _criteria(criteria: Results) -> Iterator[Fact]:
    told = []
    if criteria.get("psychotherapy"):
        told.append("psychotherapy")
    if criteria.get("publication"):
        told.append(f"published as: {', '.join(criteria['publication'])}")
    if criteria.get("relation"):
        told.append(f"relation studied: {', '.join(criteria['relation'])}")
    tracking = criteria.get("alliance_tracking")
    if tracking:
        told.append(
            "ruptures or repairs measured by clients, therapists or observers, or the alliance rated "
            "at least "
            f"{tracking['min_measurements']} times"
        )
    yield Fact("Eligible", "; ".join(told) + "." if told else "every study in the folder.")


def _analysis(name: str, item: Results) -> Iterator[Fact]:
    where = "; ".join(f"{key} = {_listed(value)}" for key, value in item["where"].items())
    selection = f" Effects with {where}." if where else " All effects."
    status = STATUS[item["status"]]
    asked = f"{item['question']} ({status})." if item["question"] else f"{status[:1].upper()}{status[1:]}."
    yield Fact(f"Analysis “{name}”", f"{asked}{selection}")
    pool = item["pool"]
    if pool is None:
        return
    departs = (
        "" if not pool["departures"] else f" Departs from the protocol: {'; '.join(pool['departures'])}."
    )
    yield Fact("Model", f"{describe_model(pool)[:1].upper()}{describe_model(pool)[1:]}.{departs}")
    if item["moderators"] is not None:
        names = ", ".join(entry["name"] for entry in item["moderators"]["moderators"])
        yield Fact("Moderators", f"{names}; one model each, p values adjusted by Holm’s method.")


def _listed(value: Any) -> str:
    return " or ".join(map(str, value)) if isinstance(value, list) else str(value)


def flow_section(page: Page) -> Section:
    """PRISMA 2020, and the fate of every study file."""
    counts = page.results["screen"]["counts"]
    return Section(
        "screening",
        "Flow of studies: who is in, who is out and why",
        (
            Paragraph(
                f"{count(counts['studies'], 'study file', 'study files')}: with an effect "
                f"{counts['with_effect']}, eligible without an extractable effect {counts['no_effect']}, "
                f"excluded {counts['excluded']}."
            ),
            *page.figure("prisma", *figure_caption("prisma")),
            *closed("Every study file and its fate", page.table("screening")),
            *closed("The counts of the flow diagram", page.table("flow")),
            *notes_block(page.results["screen_notes"]),
        ),
    )
