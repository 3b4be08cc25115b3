"""``rupmeta report``: everything into ``reports/``."""

from __future__ import annotations

from typing import Annotated

import typer

from rupmeta.cli.options import OutputOptions, StudiesArgument

__all__ = ["report"]


def report(
    output: OutputOptions,
    studies: StudiesArgument = "studies",
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail, with the reasons, when the report is stale.")
    ] = False,
    formats: Annotated[
        str,
        typer.Option(
            metavar="NAMES",
            help="All that the report has beside results.json and tables: html,md,docx,r,svg,png,pdf. "
            "Files of an earlier report in other formats are removed.",
        ),
    ] = "html,md,r,svg,png",
    template: Annotated[
        str | None, typer.Option(metavar="FILE", help="A .docx whose styles report.docx takes.")
    ] = None,
    layout: Annotated[
        str, typer.Option(metavar="NAME", help="Journal layout of the figures: apa, revman, bmj or jama.")
    ] = "apa",
    palette: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Colours of the figures: okabe-ito, cochrane or mono.", show_default="layout"
        ),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(metavar="NUMBER", help="Seed of random numbers; --check takes the one of the manifest."),
    ] = 20260101,
    jobs: Annotated[
        int,
        typer.Option(
            metavar="NUMBER", help="Processes for figures and heavy work; -1: one for each processor."
        ),
    ] = 1,
) -> int:
    """Write results.json, tables, figures and a readable page into reports/ (-o names another folder)."""
    import sys
    from pathlib import Path

    from rupmeta.cli.io import emit_json
    from rupmeta.errors import UsageError
    from rupmeta.pipeline.load import load_review
    from rupmeta.read.layout import show_from
    from rupmeta.render.report.check import check_report, repair_command
    from rupmeta.render.report.drawings import Looks
    from rupmeta.render.report.files import ensure_formats, make_report, read_template, write_report
    from rupmeta.render.report.reasons import list_reasons, removed_sentence
    from rupmeta.render.sensitivity.part import Settings

    form = output.asked
    if form == "csv":
        raise UsageError(
            "a report is a folder; its tables are written as CSV into tables/, so leave --format csv out"
        )
    wanted = tuple(part.strip() for part in formats.split(",") if part.strip())
    ensure_formats(() if check else wanted)
    if template is not None and "docx" not in wanted and not check:
        raise UsageError("--template gives report.docx its styles: add docx to --formats")
    target = Path("reports" if output.output == "-" else output.output)
    folder = load_review(studies, show_from(studies, target.parent))
    findings = folder.problems
    if not check:
        chosen = None if template is None else read_template(template, target)
        settings, looks = Settings(seed=seed, jobs=jobs), Looks(layout, palette)
        files = make_report(folder, findings, wanted, chosen, settings, looks)
        removed = write_report(files, target)
        if removed and not output.quiet:
            print(f"{target.as_posix()}: {removed_sentence(removed)}", file=sys.stderr)
        if form == "json":
            answer = {"written": sorted(files), "removed": list(removed), "folder": target.as_posix()}
            emit_json("report", folder, answer, (), OutputOptions())
        elif not output.quiet:
            page = next((name for name in ("report.html", "report.docx", "report.md") if name in files), None)
            advice = f"; open {page}" if page else ""
            print(f"{target.as_posix()}: {len(folder.studies)} studies, {len(files)} files{advice}")
        return 0
    reasons = check_report(folder, findings, target, jobs=jobs)
    if form == "json":
        verdict = {"stale": bool(reasons), "reasons": [reason.as_dict() for reason in reasons]}
        emit_json("report", folder, verdict, (), OutputOptions())
    elif not reasons:
        count = sum(path.is_file() and path.name != ".gitattributes" for path in target.rglob("*"))
        print(f"reports are current ({len(folder.studies)} studies, {count} files)")
    else:
        print("\n".join(list_reasons(reasons)))
        command = repair_command(target, studies)
        print(f"the report is stale; bring it up to date with: {command}", file=sys.stderr)
    return 1 if reasons else 0
