"""Risk of bias as the reviewers rated it; the tool rates nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.claims.captions import figure_caption
from rupmeta.render.document import Block, Paragraph, Section
from rupmeta.render.report.sections.page import Page, analyses_of
from rupmeta.render.tables import Column, Table

__all__ = ["bias_risk_section", "bias_risk_table"]

Results = Mapping[str, Any]


def bias_risk_table(results: Results) -> Table | None:
    """One row a rated study, one column a domain, by name; None when no study is rated."""
    rated = [record for record in results["studies"] if "risk_of_bias" in record]
    if not rated:
        return None
    domains = list(dict.fromkeys(d for record in rated for d in record["risk_of_bias"]["domains"]))
    columns = (
        Column("study", "Study"),
        Column("tool", "Tool"),
        *(Column(f"domain:{name}", name.replace("_", " ").capitalize()) for name in domains),
    )
    rows = tuple(
        {
            "study": record["study"],
            "tool": record["risk_of_bias"]["tool"],
            **{f"domain:{name}": value for name, value in record["risk_of_bias"]["domains"].items()},
        }
        for record in rated
    )
    return Table("risk-of-bias", "", columns, rows)


def bias_risk_section(page: Page) -> Section:
    """The judgements, and how many of the pooled studies have none."""
    pooled = {
        effect["study"]
        for _, item in analyses_of(page.results)
        if item["pool"] is not None
        for effect in item["effects"]
    }
    rated = {record["study"] for record in page.results["studies"] if "risk_of_bias" in record}
    missing = sorted(pooled - rated)
    blocks: list[Block] = []
    if not rated:
        blocks.append(
            Paragraph(
                "No study has been rated for risk of bias. Until someone does, nothing here says how "
                "far single "
                "studies can be trusted."
            )
        )
    elif missing:
        blocks.append(
            Paragraph(f"{len(missing)} of {len(pooled)} pooled studies are not rated: {', '.join(missing)}.")
        )
    else:
        blocks.append(Paragraph(f"All {len(pooled)} pooled studies are rated."))
    for name, item in analyses_of(page.results):
        if item["pool"] is not None:
            blocks += page.figure(f"{name}-rob", *figure_caption("rob", what=name))
            blocks += page.figure(f"{name}-rob-summary", *figure_caption("rob-summary", what=name))
    blocks += page.table("risk-of-bias")
    return Section("risk-of-bias", "Risk of bias", tuple(blocks))
