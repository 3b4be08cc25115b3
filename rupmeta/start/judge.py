"""Drafts → the text of study files, and every fault that the reader finds in them, told by row and column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rupmeta.lint import impossible_values
from rupmeta.read.documents import parse_document
from rupmeta.read.folder import StudyFile
from rupmeta.read.problems import key_text
from rupmeta.read.study import Study
from rupmeta.read.study_faults import study_faults
from rupmeta.read.yaml_files import Fault
from rupmeta.start.drafts import Draft, Finding
from rupmeta.start.intake import Intake

__all__ = ["Judged", "judge"]


@dataclass(frozen=True, slots=True)
class Judged:
    """Id → text of every study file that the reader takes, and the findings about the others."""

    texts: Mapping[str, str]
    findings: tuple[Finding, ...]


def judge(intake: Intake, head: str) -> Judged:
    """Read every draft as the reader will; ``head`` is the comment that each file begins with."""
    texts: dict[str, str] = {}
    found: dict[tuple[str | None, str | None, str], list[int]] = {}
    for finding in intake.findings:
        found.setdefault((finding.column, finding.value, finding.message), []).extend(finding.rows)
    wrong = {row for finding in intake.findings for row in finding.rows}
    unread = {row for finding in intake.findings if _of_route(finding, intake) for row in finding.rows}
    for draft in intake.drafts:
        text = draft.text(head)
        faults = _faults(draft.id, text)
        for fault in faults:
            if _lacks_key_of_route(fault) and unread.intersection(_rows(draft, fault)):
                continue  # it follows from the cell that could not be read, and that is told
            found.setdefault(_told(draft, fault), []).extend(_rows(draft, fault))
        if not faults and not wrong.intersection(draft.rows):
            texts[draft.id] = text
    findings = (Finding(tuple(sorted(set(rows))), *key) for key, rows in found.items())
    return Judged(texts, tuple(sorted(findings, key=lambda finding: (finding.rows, finding.column or ""))))


def _of_route(finding: Finding, intake: Intake) -> bool:
    """Does the cell belong to a route, so that the route lacks it as long as it cannot be read?"""
    return finding.column is not None and intake.placed.get(finding.column, "").startswith("reported.")


def _lacks_key_of_route(fault: Fault) -> bool:
    return fault.code == "MISSING-KEY" and "reported" in fault.key


def _faults(name: str, text: str) -> tuple[Fault, ...]:
    document = parse_document(text, Study)
    errors = [fault for fault in document.faults if fault.severity == "error"]
    if document.record is not None:
        at_fault = frozenset(fault.key for fault in errors)
        errors += [f for f in study_faults(document.record, text, at_fault) if f.severity == "error"]
    if document.record is not None and not errors:
        file = StudyFile(name, f"{name}.yaml", text, document.record)
        errors += [Fault(1, 1, code, found.key, found.message) for code, found in impossible_values(file)]
    return tuple(errors)


def _told(draft: Draft, fault: Fault) -> tuple[str | None, str | None, str]:
    """Column, cell and sentence; something that is missing says how to give it."""
    cell = draft.cell_at(fault.key)
    name = _place_name(fault)
    if _lacks_key_of_route(fault) and "measure" not in fault.message:
        advice = "add a column, or empty the row's statistics: the study is then kept without an effect"
        return None, None, f"{_missing(name, fault)}; {advice}"
    if fault.code == "MISSING-KEY":
        return None, None, f"{_missing(name, fault)}; add a column, or give it to all: {_set_options(name)}"
    if cell is None:
        return None, None, f"{name}: {fault.message}"
    return cell.column, cell.text, fault.message


#: Fields that a study file cannot do without, by the field at which their lack is found.
_REQUIRED = {
    "relation": ("relation=repair-outcome",),
    "outcome": ("outcome.name=CORE-OM", "outcome.kind=symptoms", "outcome.better=lower"),
    "outcome.name": ("outcome.name=CORE-OM",),
    "outcome.kind": ("outcome.kind=symptoms",),
    "outcome.better": ("outcome.better=lower",),
    "reported": ("reported.measure=ZCOR",),
}


def _set_options(name: str) -> str:
    """What to type, with a value of the right kind."""
    return " ".join(f"--set {text}" for text in _REQUIRED.get(name, (f"{name}=…",)))


def _missing(name: str, fault: Fault) -> str:
    return fault.message if name in fault.message else f"{name}: {fault.message}"


def _place_name(fault: Fault) -> str:
    """The field of a fault by the name that columns and ``--set`` use."""
    parts = [part for part in fault.key if not isinstance(part, int)]
    return key_text([part for part in parts if part != "effects"])


def _rows(draft: Draft, fault: Fault) -> tuple[int, ...]:
    cell = draft.cell_at(fault.key)
    if cell is not None and fault.code != "MISSING-KEY":
        return (cell.row,)
    return draft.rows_at(fault.key)
