"""Warnings that an extractor has looked into: ``accept: {SDSE: reason}`` on a study or an effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rupmeta.lint.findings import Finding
from rupmeta.lint.registry import LINTS
from rupmeta.read.folder import StudyFile
from rupmeta.read.yaml_files import KeyPath

__all__ = ["accept_findings"]

Judged = tuple[str, Finding, str | None]


def accept_findings(file: StudyFile, findings: Iterable[tuple[str, Finding]]) -> Iterator[Judged]:
    """Code, finding and the reason if it is an accepted warning; then what is wrong with ``accept`` itself.

    An effect's ``accept`` speaks for the findings inside the effect, the study's for all.
    """
    used: set[tuple[KeyPath, str]] = set()
    for code, finding in findings:
        severity = finding.severity or LINTS[code].severity
        reason = None
        if severity == "warning":
            for home, reasons in _homes(file, finding.key):
                if code in reasons:
                    reason = reasons[code]
                    used.add((home, code))
                    break
        yield code, finding, reason
    for home, reasons in _all_homes(file):
        for code in reasons:
            if (home, code) not in used and (message := _unused(code)) is not None:
                yield "ACCEPT", Finding((*home, "accept", code), message), None


def _homes(file: StudyFile, key: KeyPath) -> Iterator[tuple[KeyPath, dict[str, str]]]:
    if len(key) > 1 and key[0] == "effects" and isinstance(key[1], int):
        yield key[:2], file.study.effects[key[1]].accept
    yield (), file.study.accept


def _all_homes(file: StudyFile) -> Iterator[tuple[KeyPath, dict[str, str]]]:
    yield (), file.study.accept
    for i, effect in enumerate(file.study.effects):
        yield ("effects", i), effect.accept


def _unused(code: str) -> str | None:
    lint = LINTS.get(code)
    if lint is None:
        return f"{code} is no code; `rupmeta check --explain {code}` knows it if there is one"
    if "warning" not in (lint.severity, *lint.also):
        return f"{code} cannot be accepted; only warnings can"
    if lint.rule is None and lint.folder_rule is None:
        return None  # a later stage reports it
    return f"there is no {code} here; delete the entry"
