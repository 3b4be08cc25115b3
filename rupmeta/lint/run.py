"""Run every rule over a folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from rupmeta.errors import InputError
from rupmeta.lint.accept import accept_findings
from rupmeta.lint.findings import Finding, StudyRule, StudyView, concerns, view_study
from rupmeta.lint.registry import FAMILIES, LINTS
from rupmeta.read.folder import Folder, StudyFile, read_folder, without_collection
from rupmeta.read.problems import Problem, key_text, sort_problems
from rupmeta.results import Severity

__all__ = ["check_folder", "impossible_values", "lint_folder", "read_sound_folder"]


def check_folder(path: str | Path, shown: str | None = None) -> tuple[Folder, tuple[Problem, ...]]:
    """Read a folder and lint it: every finding of every file, sorted. Raises ``UsageError``."""
    with without_collection():
        folder = read_folder(path, strict=False, shown=shown)
        return folder, sort_problems((*folder.problems, *lint_folder(folder)))


def read_sound_folder(path: str | Path) -> Folder:
    """A folder without errors, ``problems`` all warnings and infos; else ``InputError`` with all errors."""
    folder, problems = check_folder(path)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise InputError(errors)
    return replace(folder, problems=problems, damaged=(), review_text=None, unreadable=0)


def lint_folder(folder: Folder) -> tuple[Problem, ...]:
    """Findings of all rules that need no conversion, sorted; damaged files too, for what is left of them."""
    with without_collection():
        return sort_problems(_find(folder))


def _find(folder: Folder) -> list[Problem]:
    files = sorted((*folder.studies, *folder.damaged), key=lambda file: file.id)
    views = tuple(view_study(file) for file in files)
    found: dict[str, list[tuple[str, Finding]]] = {file.path: [] for file in files}
    for view in views:
        found[view.file.path].extend(lint_study(view))
    for code, lint in LINTS.items():
        if lint.folder_rule is not None:
            for file, finding in lint.folder_rule(folder, views):
                found[file.path].append((code, finding))
    problems: list[Problem] = []
    for file in files:
        if found[file.path] or file.study.accept or any(effect.accept for effect in file.study.effects):
            problems.extend(_problems(file, found[file.path]))
    return problems


def lint_study(view: StudyView) -> Iterator[tuple[str, Finding]]:
    """Findings of the rules that look at one study; a route that is impossible is not judged further."""
    for rules in _rules_for(view.keys):
        wrong = []
        for code, severity, rule in rules:
            for finding in rule(view):
                yield code, finding
                if (finding.severity or severity) == "error":
                    wrong.append(finding.key)
        if wrong:
            view = view.without(wrong)


def impossible_values(file: StudyFile) -> tuple[tuple[str, Finding], ...]:
    """Code and finding of everything in one study that cannot be so: its errors, without the doubts."""
    found = lint_study(view_study(file))
    return tuple((code, f) for code, f in found if (f.severity or LINTS[code].severity) == "error")


@lru_cache(maxsize=4096)
def _rules_for(keys: frozenset[str]) -> tuple[tuple[tuple[str, Severity, StudyRule], ...], ...]:
    """The rules for a study whose routes give ``keys``, by family: thousands of studies give the same few."""
    families = (
        tuple(
            (code, LINTS[code].severity, rule)
            for code in codes
            if (rule := LINTS[code].rule) is not None and concerns(rule, keys)
        )
        for codes in FAMILIES.values()
    )
    return tuple(rules for rules in families if rules)


def _problems(file: StudyFile, findings: list[tuple[str, Finding]]) -> Iterator[Problem]:
    for code, finding, reason in accept_findings(file, findings):
        place = file.locate(finding.key)
        at_key = code == "ACCEPT" or place.text is None
        severity = finding.severity or LINTS[code].severity
        message = finding.message if reason is None else f"{finding.message} (accepted: {reason})"
        yield Problem(
            path=file.path,
            line=place.key_line if at_key else place.line,
            column=place.key_column if at_key else place.column,
            code=code,
            severity="info" if reason is not None else severity,
            key=key_text(finding.key),
            message=message,
            accepted=reason,
        )
