"""``results.json`` → the document that people read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.document import Block, Document, FigureBlock, NotesBlock, Paragraph, Section, TableBlock
from rupmeta.render.draw import lay_out_figure
from rupmeta.render.figures.layout import Layout
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.prisma import lay_out_prisma
from rupmeta.render.moderator_tables import planned_table
from rupmeta.render.numbers import APA, number
from rupmeta.render.prose import describe_heterogeneity, describe_model, describe_pooled
from rupmeta.render.results_tables import (
    effects_table,
    excluded_table,
    pooled_table,
    references_table,
    routes_table,
    studies_table,
)
from rupmeta.render.screening import flow_table, prisma_data, screen_table
from rupmeta.render.screens import SYNTHETIC, is_synthetic
from rupmeta.render.tables import Column, Table

__all__ = ["build_document", "figure_layouts", "report_tables"]

Results = Mapping[str, Any]

_STATUS = {"prespecified": "prespecified", "posthoc": "post hoc", "undeclared": "no protocol"}
CAUTION = (
    "Associations of repair with outcome are correlational: no study assigned repairs at random, so they do "
    "not show that repair causes better outcome."
)


def analyses_of(results: Results) -> list[tuple[str, Results]]:
    """The analyses in the order of the protocol (JSON objects are stored sorted by key)."""
    return [(name, results["analyses"][name]) for name in results["order"]]


def figure_layouts(results: Results, *, rows_per_page: int | None = 40) -> dict[str, Layout]:
    """Every figure of the report by name: ``repair-forest``, ``repair-funnel`` …"""
    look = Look(rows_per_page=rows_per_page, show_title=rows_per_page is not None)
    layouts = {"prisma": lay_out_prisma(prisma_data(results["screen"]), look)}
    for name, analysis in analyses_of(results):
        if analysis["pool"] is None:
            continue
        for kind in ("forest", "funnel"):
            layouts[f"{name}-{kind}"] = lay_out_figure(
                kind,
                analysis["pool"],
                subject=analysis["subject"],
                rows_per_page=rows_per_page,
                show_title=rows_per_page is not None,
            ).layout
    return layouts


def report_tables(results: Results) -> dict[str, Table]:
    """Every table of the report by its file stem."""
    tables = {"screening": screen_table(results["screen"]), "flow": flow_table(results["screen"])}
    for name, analysis in analyses_of(results):
        pool = analysis["pool"]
        if pool is None:
            continue
        tables[f"{name}-studies"] = studies_table(pool)
        tables[f"{name}-pooled"] = pooled_table(pool)
        answer = {**pool, "effects": analysis["effects"]}
        tables[f"{name}-effects"] = effects_table(answer)
        tables[f"{name}-routes"] = routes_table(answer)
        if analysis["moderators"] is not None:
            tables[f"{name}-moderators"] = planned_table(analysis["moderators"], APA)
    return tables


def build_document(results: Results) -> Document:
    """The page: answer first, then screening, effects, one section per analysis, limits, provenance."""
    synthetic = any(a["pool"] is not None and is_synthetic(a["pool"]) for a in results["analyses"].values())
    tables = report_tables(results)
    layouts = figure_layouts(results, rows_per_page=None)
    counts = results["screen"]["counts"]
    as_of = f"data as of {results['data_as_of']}, " if results["data_as_of"] else ""
    sections = [
        _summary(results),
        Section(
            "screening",
            "Studies: who is in, who is out and why",
            (
                Paragraph(
                    f"{counts['studies']} study files: {counts['with_effect']} bring an effect, "
                    f"{counts['no_effect']} meet the criteria and report no extractable effect, "
                    f"{counts['excluded']} are excluded."
                ),
                FigureBlock(layouts["prisma"], "PRISMA 2020 flow diagram.", "figures/prisma.svg"),
                TableBlock(tables["screening"], "tables/screening.csv"),
                *_notes_block(results["screen_notes"]),
            ),
        ),
        *(_analysis(name, item, tables, layouts) for name, item in analyses_of(results)),
        Section("findings", "What the checks found in the files", tuple(_findings(results))),
        Section("provenance", "Provenance", tuple(_provenance(results))),
    ]
    return Document(
        title=results["title"],
        subtitle=f"{as_of}rupmeta {results['version']}",
        banners=(SYNTHETIC,) if synthetic else (),
        sections=tuple(sections),
        footer=f"Made by rupmeta {results['version']} from results.json; {CAUTION}",
    )


def _summary(results: Results) -> Section:
    blocks: list[Block] = []
    for name, analysis in analyses_of(results):
        question = analysis["question"] or name
        if analysis["pool"] is None:
            blocks.append(Paragraph(f"{question} No answer: {analysis['reason']}."))
            continue
        pool = analysis["pool"]
        sentence = describe_pooled(pool, analysis["subject"], APA)
        blocks.append(Paragraph(f"{question} ({_STATUS[analysis['status']]})"))
        blocks.append(Paragraph(sentence, strong=True))
        blocks.append(Paragraph(describe_heterogeneity(pool, APA)))
    blocks.append(Paragraph(CAUTION))
    if results["note"]:
        blocks.append(Paragraph(results["note"]))
    return Section("summary", "The answer in short", tuple(blocks))


def _analysis(
    name: str, item: Results, tables: Mapping[str, Table], layouts: Mapping[str, Layout]
) -> Section:
    title = f"Analysis: {name} ({_STATUS[item['status']]})"
    blocks: list[Block] = [Paragraph(item["question"])] if item["question"] else []
    if item["note"]:
        blocks.append(Paragraph(item["note"]))
    pool = item["pool"]
    if pool is None:
        blocks.append(Paragraph(f"Nothing can be estimated: {item['reason']}."))
        reference = references_table({"references": item["references"]})
        if reference is not None:
            blocks.append(TableBlock(reference))
        return Section(f"analysis-{name}", title, tuple(blocks))
    forest, funnel = layouts[f"{name}-forest"], layouts[f"{name}-funnel"]
    blocks += [
        Paragraph(describe_pooled(pool, item["subject"], APA), strong=True),
        Paragraph(describe_heterogeneity(pool, APA)),
        Paragraph(f"Model: {describe_model(pool)}."),
        FigureBlock(forest, f"Forest plot of {pool['k']} effects.", f"figures/{name}-forest.svg"),
        TableBlock(tables[f"{name}-studies"], f"tables/{name}-studies.csv"),
        TableBlock(tables[f"{name}-pooled"], f"tables/{name}-pooled.csv"),
    ]
    reference = references_table(pool)
    if reference is not None:
        blocks.append(TableBlock(reference))
    sections = [
        Section(
            f"{name}-effects",
            "Effects and their routes",
            (
                TableBlock(tables[f"{name}-effects"], f"tables/{name}-effects.csv"),
                TableBlock(tables[f"{name}-routes"], f"tables/{name}-routes.csv"),
            ),
        )
    ]
    if item["moderators"] is not None:
        sections.append(
            Section(
                f"{name}-moderators",
                "Moderators, one model each",
                (
                    TableBlock(tables[f"{name}-moderators"], f"tables/{name}-moderators.csv"),
                    *_notes_block(item["moderator_notes"]),
                ),
            )
        )
    caption = f"Funnel plot of {pool['k']} effects."
    if pool["k"] < 10:
        caption += f" With k = {number(pool['k'], 'count')} asymmetry cannot be judged."
    sections += [
        Section(
            f"{name}-funnel",
            "Small-study effects",
            (FigureBlock(funnel, caption, f"figures/{name}-funnel.svg"),),
        ),
        Section(f"{name}-notes", "Caveats", _notes_block(item["notes"])),
    ]
    if pool["excluded"]:
        sections.append(
            Section(f"{name}-out", "Not in this pool", (TableBlock(excluded_table(pool["excluded"])),))
        )
    return Section(f"analysis-{name}", title, tuple(blocks), tuple(sections))


def _notes_block(notes: list[Results]) -> tuple[Block, ...]:
    if not notes:
        return ()
    return (NotesBlock(tuple((note["code"], note["message"], note["where"]) for note in notes)),)


def _findings(results: Results) -> Iterator[Block]:
    findings = results["findings"]
    if not findings:
        yield Paragraph("Nothing.")
        return
    columns = (
        Column("severity", "Severity"),
        Column("code", "Code"),
        Column("place", "Place"),
        Column("key", "Key"),
        Column("message", "Finding"),
    )
    rows = tuple({**item, "place": f"{item['path']}:{item['line']}"} for item in findings)
    yield TableBlock(Table("findings", "", columns, rows))


def _provenance(results: Results) -> Iterator[Block]:
    yield Paragraph(
        f"Every number stands in results.json, computed by rupmeta {results['version']}; the table lists the "
        "files it was computed from. manifest.json names the libraries."
    )
    columns = (Column("path", "File"), Column("sha256", "SHA-256"))
    rows = tuple({**item, "sha256": item["sha256"][:16] + "…"} for item in results["inputs"])
    yield TableBlock(Table("inputs", "", columns, rows))
