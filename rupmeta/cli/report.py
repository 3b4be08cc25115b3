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
        str, typer.Option(metavar="NAMES", help="Which of html,md,r,svg,png,pdf to write.")
    ] = "html,md,r,svg,png",
) -> int:
    """Write results.json, tables, figures and a readable page into reports/ (-o names another folder)."""
    import sys
    from pathlib import Path

    from rupmeta.cli.io import emit_json
    from rupmeta.errors import UsageError
    from rupmeta.pipeline.load import load_review
    from rupmeta.render.report.check import check_report
    from rupmeta.render.report.files import FORMATS, make_report, write_report

    form = output.form
    wanted = tuple(part.strip() for part in formats.split(",") if part.strip())
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown:
        raise UsageError(f"--formats {unknown[0]} is not known; choose from {', '.join(FORMATS)}")
    target = Path("reports" if output.output == "-" else output.output)
    folder = load_review(studies)
    findings = folder.problems
    if not check:
        files = make_report(folder, findings, wanted)
        write_report(files, target)
        if form == "json":
            emit_json(
                "report", folder, {"written": sorted(files), "folder": target.as_posix()}, (), OutputOptions()
            )
        elif not output.quiet:
            print(f"{target.as_posix()}: {len(folder.studies)} studies, {len(files)} files; open report.html")
        return 0
    reasons = check_report(folder, findings, target)
    if form == "json":
        answer = {"stale": bool(reasons), "reasons": [reason.as_dict() for reason in reasons]}
        emit_json("report", folder, answer, (), OutputOptions())
    elif not reasons:
        count = sum(path.is_file() and path.name != ".gitattributes" for path in target.rglob("*"))
        print(f"reports are current ({len(folder.studies)} studies, {count} files)")
    else:
        shown = reasons[:20]
        print("\n".join(str(reason) for reason in shown))
        if len(reasons) > len(shown):
            print(f"and {len(reasons) - len(shown)} more (--json lists all)")
        options = "" if output.output == "-" else f" -o {output.output}"
        print(
            f"the report is stale; bring it up to date with: rupmeta report {studies}{options}",
            file=sys.stderr,
        )
    return 1 if reasons else 0
