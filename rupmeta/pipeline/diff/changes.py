"""What differs in the files: studies added, removed and edited, and the protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rupmeta.effects.labels import study_labels
from rupmeta.pipeline.diff.sides import Side
from rupmeta.read.compare import FieldPair, compare_files
from rupmeta.read.folder import StudyFile
from rupmeta.read.layout import REVIEW

__all__ = ["FieldChange", "ProtocolChange", "StudyChange", "protocol_changes", "study_changes"]

Kind = Literal["added", "removed", "edited", "layout"]
_METHOD = ("measure", "model", "dependence", "conversions", "assume", "allow")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field with its values as written and where they stand: ``studies/x.yaml:14:9``; None where blank."""

    field: str
    old: str | None
    new: str | None
    where_old: str | None
    where_new: str | None


@dataclass(frozen=True, slots=True)
class ProtocolChange:
    """A change of ``review.yaml``; ``step`` is the one it belongs to, None: it moves no pooled number."""

    change: FieldChange
    step: Literal["method", "criteria"] | None


@dataclass(frozen=True, slots=True)
class StudyChange:
    """A study that differs, with ``layout`` only in comments, layout or session ratings.

    ``changes`` is None where a side is a results file: that the file differs is known, not in what.
    """

    study: str
    label: str
    kind: Kind
    changes: tuple[FieldChange, ...] | None = None


def study_changes(old: Side, new: Side) -> tuple[StudyChange, ...]:
    """Studies that are not the same on both sides, by id."""
    before, after = old.digests, new.digests
    labels = _labels(old, new)
    found = []
    for study in sorted(set(before) | set(after)):
        label = labels.get(study, study)
        if study not in after:
            found.append(StudyChange(study, label, "removed"))
        elif study not in before:
            found.append(StudyChange(study, label, "added"))
        elif before[study] != after[study]:
            pair = _file(old, study), _file(new, study)
            if pair[0] is None or pair[1] is None:
                found.append(StudyChange(study, label, "edited", None))
                continue
            changes = _changes(
                pair[0].text, pair[1].text, old.address(pair[0].path), new.address(pair[1].path)
            )
            found.append(StudyChange(study, label, "edited" if changes else "layout", changes))
    return tuple(found)


def protocol_changes(old: Side, new: Side) -> tuple[ProtocolChange, ...]:
    """Changes of ``review.yaml``; none are known where a side is a results file."""
    if old.folder is None or new.folder is None:
        return ()
    texts = old.folder.review_text or "", new.folder.review_text or ""
    changes = _changes(*texts, old.address(old.folder.file(REVIEW)), new.address(new.folder.file(REVIEW)))
    return tuple(ProtocolChange(change, _step(change.field)) for change in changes)


def _changes(a: str, b: str, path_a: str, path_b: str) -> tuple[FieldChange, ...]:
    if a == b:
        return ()

    def change(pair: FieldPair) -> FieldChange:
        return FieldChange(
            pair.field,
            pair.text_a,
            pair.text_b,
            None if pair.text_a is None else f"{path_a}:{pair.at_a[0]}:{pair.at_a[1]}",
            None if pair.text_b is None else f"{path_b}:{pair.at_b[0]}:{pair.at_b[1]}",
        )

    return tuple(change(pair) for pair in compare_files(a, b) if not pair.same)


def _step(field: str) -> Literal["method", "criteria"] | None:
    parts = field.split(".")
    if parts[0] == "criteria":
        return "criteria"
    if parts[0] != "analyses" or len(parts) < 3:
        return None
    if parts[2] == "where":
        return "criteria"
    return "method" if parts[2] in _METHOD else None


def _file(side: Side, study: str) -> StudyFile | None:
    files = () if side.folder is None else side.folder.studies
    return next((file for file in files if file.id == study), None)


def _labels(old: Side, new: Side) -> dict[str, str]:
    """Labels of all studies together, so that 2001a is one study and not two."""
    files: dict[str, StudyFile] = {}
    labels: dict[str, str] = {}
    for side in (old, new):
        if side.folder is not None:
            files |= {file.id: file for file in side.folder.studies}
            continue
        for entry in side.body["analyses"].values():
            effects = (entry["pool"] or {}).get("effects", ())
            labels |= {item["study"]: item["label"] for item in effects if len(item["members"]) == 1}
    return labels | dict(study_labels(list(files.values())))
