"""Designs and mixtures that make a number mean less than it seems to."""

from __future__ import annotations

from collections.abc import Iterator

from rupmeta.lint.findings import Finding, FolderRule, StudyRule, StudyView
from rupmeta.read.folder import Folder, StudyFile

__all__ = ["FOLDER_RULES", "RULES"]

#: The intraclass correlation of clients of one therapist that the message assumes (Baldwin & Imel 2013).
_ICC = 0.05


def check_clusters(study: StudyView) -> Iterator[Finding]:
    """Clients of trained therapists are no independent sample: the therapist was trained, not the client."""
    record = study.study
    if record.relation != "training-outcome" or not study.routes:
        return
    therapists, clients = record.therapists.n, record.sample.n
    if therapists is None or clients is None or clients <= therapists:
        return
    growth = 1 + (clients / therapists - 1) * _ICC
    message = (
        f"{therapists} therapists, {clients} clients: SE assumes independence; with ICC .05 the variance "
        f"would grow {growth:.2f}-fold"
    )
    yield Finding(("therapists", "n"), message)


def check_synthetic(folder: Folder, studies: tuple[StudyView, ...]) -> Iterator[tuple[StudyFile, Finding]]:
    """Invented data among real studies."""
    del folder
    invented = [study.file for study in studies if study.study.extraction.synthetic]
    if invented and len(invented) < len(studies):
        verb = "is" if len(invented) == 1 else "are"
        message = (
            f"{len(invented)} of {len(studies)} studies {verb} synthetic; keep them in a folder of their own"
        )
        yield invented[0], Finding(("extraction", "synthetic"), message)


RULES: dict[str, StudyRule] = {"CLUSTER": check_clusters}

FOLDER_RULES: dict[str, FolderRule] = {"SYNTH": check_synthetic}
