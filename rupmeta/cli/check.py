"""``rupmeta check``: read and lint every file, and print all findings."""

from __future__ import annotations

from rupmeta.cli.io import emit
from rupmeta.cli.options import OutputOptions
from rupmeta.errors import UsageError
from rupmeta.lint.registry import LINTS
from rupmeta.pipeline.load import examine_review
from rupmeta.pipeline.protocol import protocol_problems
from rupmeta.read.folder import Folder
from rupmeta.read.problems import Problem, sort_problems
from rupmeta.read.schema_faults import nearest
from rupmeta.render.envelope import canonical_json, envelope
from rupmeta.render.findings import FORMATS, explain_code, findings_result

__all__ = ["check"]


def check(
    studies: str = "studies",
    *,
    strict: bool = False,
    format: str = "text",  # noqa: A002  # the option's name is binding
    explain: str | None = None,
    output: OutputOptions | None = None,
) -> int:
    """Print all findings of a studies folder, or what a code means, to stdout or where ``output`` says.

    Returns 1 when there is an error (with ``strict`` also a warning), else 0. Raises ``UsageError`` for a
    format or code that does not exist, or when ``studies`` is no folder of studies.
    """
    if explain is not None:
        return _explain(explain, output)
    if format not in (*FORMATS, "json", "csv"):
        raise UsageError(f"--format {format} is not known; choose text, json, github or sarif, or csv")
    folder, problems = examine_review(studies)
    problems = sort_problems({*problems, *protocol_problems(folder, problems), *_beside(folder)})
    files = len(folder.studies) + len(folder.damaged) + folder.unreadable + folder.declared
    if format == "json":
        text = canonical_json(envelope("check", folder.inputs, findings_result(files, problems)))
    elif format == "csv":
        from rupmeta.render.findings import findings_table
        from rupmeta.render.writers.delimited import to_csv

        text = to_csv(findings_table(findings_result(files, problems)))
    else:
        text = FORMATS[format](files, problems)
    emit(text, output or OutputOptions())
    failing = ("error", "warning") if strict else ("error",)
    return 1 if any(problem.severity in failing for problem in problems) else 0


def _beside(folder: Folder) -> tuple[Problem, ...]:
    """Errors in the folders of other extractors and of the version before, where the protocol names any."""
    from rupmeta.read.named_reviews import named_reviews

    if not named_reviews(folder.review):
        return ()
    from rupmeta.pipeline.attached import attached_errors

    return attached_errors(folder)


def _explain(code: str, output: OutputOptions | None) -> int:
    text = explain_code(code)
    if text is None:
        meant = nearest(code, tuple(LINTS))
        advice = f"did you mean {meant}?" if meant else f"choose from {', '.join(LINTS)}"
        raise UsageError(f"--explain {code}: there is no such code; {advice}")
    emit(text, output or OutputOptions())
    return 0
