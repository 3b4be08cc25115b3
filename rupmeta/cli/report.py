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
        str, typer.Option(metavar="NAMES", help="Which of html,md,docx,r,svg,png,pdf to write.")
    ] = "html,md,r,svg,png",
    template: Annotated[
        str | None, typer.Option(metavar="FILE", help="A .docx whose styles report.docx takes.")
    ] = None,
) -> int:
    """Write results.json, tables, figures and a readable page into reports/ (-o names another folder)."""
    import sys
    from pathlib import Path

    from rupmeta.cli.io import emit_json
    from rupmeta.errors import UsageError
    from rupmeta.pipeline.load import load_review
    from rupmeta.render.report.check import check_report, repair_command
    from rupmeta.render.report.files import ensure_formats, make_report, read_template, write_report
    from rupmeta.render.report.reasons import list_reasons

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
    folder = load_review(studies)
    findings = folder.problems
    if not check:
        chosen = None if template is None else read_template(template, target)
        files = make_report(folder, findings, wanted, chosen)
        write_report(files, target)
        if form == "json":
            emit_json(
                "report", folder, {"written": sorted(files), "folder": target.as_posix()}, (), OutputOptions()
            )
        elif not output.quiet:
            page = next((name for name in ("report.html", "report.docx", "report.md") if name in files), None)
            advice = f"; open {page}" if page else ""
            print(f"{target.as_posix()}: {len(folder.studies)} studies, {len(files)} files{advice}")
        return 0
    reasons = check_report(folder, findings, target)
    if form == "json":
        answer = {"stale": bool(reasons), "reasons": [reason.as_dict() for reason in reasons]}
        emit_json("report", folder, answer, (), OutputOptions())
    elif not reasons:
        count = sum(path.is_file() and path.name != ".gitattributes" for path in target.rglob("*"))
        print(f"reports are current ({len(folder.studies)} studies, {count} files)")
    else:
        print("\n".join(list_reasons(reasons)))
        command = repair_command(target, studies)
        print(f"the report is stale; bring it up to date with: {command}", file=sys.stderr)
    return 1 if reasons else 0
