"""``results.json`` → the document that people read, the answer first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.claims.designs import cautions_of
from rupmeta.render.document import Document
from rupmeta.render.report.drawings import USUAL, Looks, figure_layouts
from rupmeta.render.report.sections.certainty import certainty_section
from rupmeta.render.report.sections.checklists import checklists_section
from rupmeta.render.report.sections.closing import (
    findings_section,
    limits_section,
    provenance_section,
)
from rupmeta.render.report.sections.detection import detection_section
from rupmeta.render.report.sections.explorer import shared_data
from rupmeta.render.report.sections.extraction import extraction_section
from rupmeta.render.report.sections.manuscript import manuscript_section
from rupmeta.render.report.sections.methods import flow_section, methods_section
from rupmeta.render.report.sections.page import Page, analyses_of, in_reading_order
from rupmeta.render.report.sections.published import published_section
from rupmeta.render.report.sections.ratings import bias_risk_section
from rupmeta.render.report.sections.references import references_section
from rupmeta.render.report.sections.studies import studies_section
from rupmeta.render.report.sections.summary import summary_section
from rupmeta.render.report.sections.synthesis import analysis_section
from rupmeta.render.report.sections.update import update_section
from rupmeta.render.report.tabulate import report_tables
from rupmeta.render.screens import SYNTHETIC, is_synthetic

__all__ = ["build_document", "figure_layouts", "report_tables"]

Results = Mapping[str, Any]


def _subtitle(results: Results) -> Iterator[str]:
    """Version of the review, how fresh its data are, and the version of the program."""
    version = results["reporting"]["version"] or {}
    if version.get("number"):
        dated = f" ({version['date']})" if version.get("date") else ""
        yield f"version {version['number']}{dated}"
    as_of = results["data_as_of"]
    yield f"data as of {as_of}" if as_of else "no date of extraction on record"
    yield f"rupmeta {results['version']}"


def build_document(results: Results, looks: Looks = USUAL) -> Document:
    """The page: summary, methods, flow, studies, one section per analysis, limits, provenance."""
    results = in_reading_order(results)
    synthetic = any(a["pool"] is not None and is_synthetic(a["pool"]) for a in results["analyses"].values())
    page = Page(results, report_tables(results), figure_layouts(results, rows_per_page=None, looks=looks))
    sections = (
        summary_section(page),
        methods_section(page),
        flow_section(page),
        studies_section(page),
        *(analysis_section(page, name, item) for name, item in analyses_of(results)),
        published_section(page),
        detection_section(page),
        bias_risk_section(page),
        certainty_section(page),
        extraction_section(page),
        update_section(page),
        limits_section(page),
        manuscript_section(page),
        checklists_section(page),
        references_section(page),
        findings_section(page),
        provenance_section(page),
    )
    subtitle = ", ".join(_subtitle(results))
    return Document(
        title=results["title"],
        subtitle=subtitle[:1].upper() + subtitle[1:],
        banners=(SYNTHETIC,) if synthetic else (),
        sections=tuple(section for section in sections if section is not None),
        data=shared_data(results),
        footer=" ".join(
            [
                f"Made by rupmeta {results['version']} from results.json.",
                *(t for t, _ in cautions_of(results)),
            ]
        ),
    )
