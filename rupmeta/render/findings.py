"""Findings of the files as text, JSON, GitHub workflow commands or SARIF 2.1.0."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rupmeta import __version__
from rupmeta.lint.registry import FAMILIES, LINTS
from rupmeta.read.problems import Problem, count_severities
from rupmeta.render.envelope import canonical_json
from rupmeta.render.tables import Column, Table
from rupmeta.render.writers.terminal import plain

__all__ = [
    "FORMATS",
    "codes_document",
    "explain_code",
    "findings_result",
    "findings_table",
    "problems_as_json",
    "summary_line",
]

_GITHUB_LEVELS = {"error": "error", "exclusion": "notice", "warning": "warning", "info": "notice"}
_SARIF_LEVELS = {"error": "error", "exclusion": "note", "warning": "warning", "info": "note"}
_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_NAMES = {"error": "errors", "exclusion": "exclusions", "warning": "warnings", "info": "infos"}


def problems_as_json(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Findings as records, in their order."""
    return [
        {
            "code": problem.code,
            "severity": problem.severity,
            "path": problem.path,
            "line": problem.line,
            "column": problem.column,
            "key": problem.key,
            "message": problem.message,
            "accepted": problem.accepted,
        }
        for problem in problems
    ]


def findings_result(files: int, problems: Sequence[Problem]) -> dict[str, Any]:
    """The ``result`` of ``rupmeta check --json``."""
    return {"files": files, "counts": count_severities(problems), "findings": problems_as_json(problems)}


def findings_table(result: Mapping[str, Any]) -> Table:
    """One row a finding, with its address."""
    columns = (
        Column("severity", "Severity"),
        Column("code", "Code"),
        Column("path", "File"),
        Column("line", "Line", "count"),
        Column("column", "Column", "count"),
        Column("key", "Key"),
        Column("message", "Finding"),
        Column("accepted", "Accepted", shown=False),
    )
    return Table("findings", "", columns, tuple(result["findings"]))


def summary_line(files: int, problems: Sequence[Problem]) -> str:
    """``84 files: 0 errors, 3 warnings, 2 infos``; exclusions only when there are any."""
    counts = count_severities(problems)
    parts = [
        f"{count} {_NAMES[severity] if count != 1 else severity}"
        for severity, count in counts.items()
        if count or severity != "exclusion"
    ]
    return f"{files} file{'s' * (files != 1)}: {', '.join(parts)}"


def write_text(files: int, problems: Sequence[Problem]) -> str:
    """One line per finding, then the summary; exclusions are only counted, since screening lists them."""
    lines = [_one_line(str(problem)) for problem in problems if problem.severity != "exclusion"]
    summary = summary_line(files, problems)
    if any(problem.severity == "exclusion" for problem in problems):
        summary += " (`rupmeta screen` lists the exclusions)"
    return "\n".join([*lines, summary]) + "\n"


def write_github(files: int, problems: Sequence[Problem]) -> str:
    """Annotations for GitHub Actions; user text is escaped, so that it is never a command itself."""
    lines = [
        f"::{_GITHUB_LEVELS[problem.severity]} file={_property(problem.path)},line={problem.line},"
        f"col={problem.column},title={_property(problem.code)}::"
        f"{_data(f'{problem.key}: {problem.message}' if problem.key else problem.message)}"
        for problem in problems
    ]
    return "\n".join([*lines, summary_line(files, problems)]) + "\n"


def write_sarif(files: int, problems: Sequence[Problem]) -> str:
    """A SARIF 2.1.0 log with one run; accepted warnings are suppressed with their reason."""
    del files
    codes = sorted({problem.code for problem in problems})
    rules = [
        {
            "id": code,
            "shortDescription": {"text": LINTS[code].fault},
            "fullDescription": {"text": LINTS[code].why},
            "help": {"text": LINTS[code].hint},
        }
        for code in codes
        if code in LINTS
    ]
    driver = {"name": "rupmeta", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "results": [_sarif_result(problem) for problem in problems]}
    return canonical_json({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})


def _sarif_result(problem: Problem) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": problem.path},
        "region": {"startLine": problem.line, "startColumn": problem.column},
    }
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "level": _SARIF_LEVELS[problem.severity],
        "message": {"text": f"{problem.key}: {problem.message}" if problem.key else problem.message},
        "locations": [{"physicalLocation": place}],
    }
    if problem.accepted is not None:
        result["suppressions"] = [{"kind": "external", "justification": problem.accepted}]
    return result


def _one_line(text: str) -> str:
    return plain(" ".join(text.splitlines()).replace("\t", " "))


def _data(text: str) -> str:
    return plain(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


#: Formats that need nothing but the findings; JSON has its envelope and is written by the command.
FORMATS: dict[str, Callable[[int, Sequence[Problem]], str]] = {
    "text": write_text,
    "github": write_github,
    "sarif": write_sarif,
}


def explain_code(code: str) -> str | None:
    """What a code means, as lines of text; None when there is no such code."""
    lint = LINTS.get(code.strip().upper())
    if lint is None:
        return None
    severity = " or ".join((lint.severity, *lint.also))
    return (
        f"{lint.code} ({severity}, {lint.family})\n\n"
        f"  fault    {lint.fault}\n"
        f"  why      {lint.why}\n"
        f"  trigger  {lint.trigger}\n"
        f"  to do    {lint.hint}\n"
    )


_FAMILY_TITLES = {
    "file": "Files and YAML",
    "numbers": "Numbers as written",
    "impossible": "Impossible values",
    "contradictions": "Numbers that contradict each other",
    "twice": "The same people twice",
    "mixtures": "Design, criteria, mixtures",
    "fits": "Small numbers and fits",
    "sessions": "Session ratings",
    "answers": "Notes that travel with answers",
    "output": "Text that must not act, and housekeeping",
}

_CODES_HEAD = """\
# Codes

Every finding and every note has a code. A code is stable for good: it is never used again for something else.
`rupmeta check --explain CODE` prints what stands here. This page is written from
`rupmeta/lint/catalogue.yaml` and `notes.yaml`.

An **error** means that a value cannot be used as written: every command prints all errors and stops. An
**exclusion** is a sound study that fails a criterion. A **warning** is used as written, but doubtful;
`accept: {CODE: reason}` on a study or effect turns it into an **info** that quotes the reason.
"""


def codes_document() -> str:
    """``docs/codes.md``: the catalogue as Markdown tables."""
    parts = [_CODES_HEAD]
    for family, codes in FAMILIES.items():
        rows = [
            "| code | severity | fault | why it matters | trigger | what to do |",
            "|---|---|---|---|---|---|",
        ]
        for code in codes:
            lint = LINTS[code]
            severity = ", ".join((lint.severity, *lint.also))
            cells = [f"`{code}`", severity, lint.fault, lint.why, f"`{lint.trigger.strip('`')}`", lint.hint]
            rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        parts.append(f"## {_FAMILY_TITLES[family]}\n\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)
