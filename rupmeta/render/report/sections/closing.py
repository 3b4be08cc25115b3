"""What the checks found, the limits of the review, and where its numbers come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.checklists.found import ONE_EXTRACTION
from rupmeta.render.claims.designs import cautions_of
from rupmeta.render.claims.pooled import basis_text, samples_of
from rupmeta.render.claims.words import count
from rupmeta.render.document import Fact, Facts, Paragraph, Section, TableBlock
from rupmeta.render.numbers import APA, number
from rupmeta.render.prose import FEW
from rupmeta.render.report.sections.detected import detected_sentence
from rupmeta.render.report.sections.page import Page, analyses_of, closed
from rupmeta.render.tables import Column, Table

__all__ = ["findings_section", "limits_section", "provenance_section"]

Results = Mapping[str, Any]

#: Notes that limit what an analysis shows, and how the list of limits calls them.
_LIMITS = {
    "PROV": "Provisional data",
    "APPROX": "Approximations",
    "ADJ": "Adjusted effects",
    "COMP-MIX": "Mixed comparisons",
    "R2D": "Reading of d",
    "DEP": "Dependent effects",
    "OVERLAP": "Overlapping samples",
    "CTRL": "Shared groups",
    "SYNTH": "Synthetic data",
}


def findings_section(page: Page) -> Section:
    """Every doubt of the checks, with file and line."""
    findings = page.results["findings"]
    if not findings:
        text = "The checks of files, numbers and routes found nothing to report."
        return Section("findings", "What the checks found in the files", (Paragraph(text),))
    columns = (
        Column("severity", "Severity"),
        Column("code", "Code"),
        Column("place", "Place"),
        Column("key", "Key"),
        Column("message", "Finding"),
    )
    rows = tuple({**item, "place": f"{item['path']}:{item['line']}"} for item in findings)
    return Section(
        "findings",
        "What the checks found in the files",
        (TableBlock(Table("findings", "", columns, rows)),),
    )


def limits_section(page: Page) -> Section:
    """What the answers do not cover; made from the data, not written by hand."""
    return Section("limits", "Limits", (Facts(tuple(_limits(page.results))),))


def _limits(results: Results) -> Iterator[Fact]:
    cautions = cautions_of(results)
    for text, names in cautions:
        where = f" ({', '.join(names)})" if len(cautions) > 1 else ""
        yield Fact(f"{'Correlational' if 'correlational' in text else 'What was assigned'}{where}", text)
    published = results["criteria"].get("publication")
    if published and set(published) <= {"peer-reviewed", "in-press"}:
        yield Fact(
            "Peer-reviewed work only",
            "Dissertations, reports and unpublished results are left out by protocol.",
        )
    for name, item in analyses_of(results):
        pool = item["pool"]
        if pool is None:
            continue
        if samples_of(pool) < FEW:
            text = "heterogeneity, moderators and selection cannot be judged."
            yield Fact(f"Few effects ({name})", f"{basis_text(pool)}: {text}")
        if pool["dependence"]["approach"] in ("aggregate", "che") and _shares(item):
            rho = number(pool["dependence"]["rho"], "bounded", APA)
            yield Fact(
                f"Assumed correlation ({name})",
                f"Effects of one sample are combined as if they correlated ρ = {rho}; it is assumed, not "
                "reported. The section on other models shows the answer under other values.",
            )
        converted = sum(effect["flag"] != "direct" for effect in item["effects"])
        if converted:
            yield Fact(
                f"Conversions ({name})",
                f"Converted from another statistic: {converted} of "
                f"{count(len(item['effects']), 'effect', 'effects')}.",
            )
        detected = detected_sentence(results, item)
        if detected is not None:
            yield Fact(f"Detected ruptures ({name})", detected)
        for note in item["notes"]:
            if note["code"] in _LIMITS:
                yield Fact(f"{_LIMITS[note['code']]} ({name})", f"{_sentence(note['message'])}")
        if item["status"] != "prespecified":
            yield Fact(
                f"Not prespecified ({name})",
                "The analysis was chosen after the data were seen; read it as exploratory.",
            )
    yield from _unchecked(results)
    silent = results["screen"]["counts"]["no_effect"]
    if silent:
        yield Fact(
            "Eligible studies without a usable effect",
            f"{silent} eligible studies report no effect that can be extracted; what they found is not "
            "in the pool.",
        )


def _unchecked(results: Results) -> Iterator[Fact]:
    """What nobody looked at, or looked at alone."""
    double = results["double_extraction"]
    if double is None or double["result"] is None:
        yield Fact(
            "One extraction",
            f"{ONE_EXTRACTION[:1].upper()}{ONE_EXTRACTION[1:]}: slips of a single reader would go unseen.",
        )
    if results.get("protocol") is None and not results["registration"]:
        yield Fact(
            "No registered or frozen plan",
            "Whether analyses were chosen before the data were seen rests on what review.yaml says.",
        )
    pooled = {
        effect["study"]
        for _, item in analyses_of(results)
        if item["pool"] is not None
        for effect in item["effects"]
    }
    rated = {record["study"] for record in results["studies"] if "risk_of_bias" in record}
    unrated = len(pooled - rated)
    if unrated:
        yield Fact(
            "Risk of bias not rated",
            f"{unrated} of {len(pooled)} pooled studies have no judgement, so nothing here says how far each "
            "can be trusted.",
        )


def _shares(item: Results) -> bool:
    clusters = [effect["cluster"] for effect in item["effects"]]
    return len(set(clusters)) < len(clusters)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def provenance_section(page: Page) -> Section:
    """The files behind the numbers, with their hashes."""
    results = page.results
    columns = (Column("path", "File"), Column("sha256", "SHA-256"))
    rows = tuple({**item, "sha256": item["sha256"][:16] + "…"} for item in results["inputs"])
    return Section(
        "provenance",
        "Provenance",
        (
            Paragraph(
                f"Every number stands in results.json, computed by rupmeta {results['version']}; the "
                "table lists "
                "the files it was computed from. manifest.json names the libraries."
            ),
            *closed(f"Input files ({len(rows)})", (TableBlock(Table("inputs", "", columns, rows)),)),
        ),
    )
