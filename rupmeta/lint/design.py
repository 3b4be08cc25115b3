"""Designs and mixtures that make a number mean less than it seems to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from rupmeta.lint.findings import Finding, FolderRule, StudyRule, StudyView, needs
from rupmeta.read.folder import Folder, StudyFile
from rupmeta.read.review import Measure
from rupmeta.read.schema_faults import nearest

__all__ = ["FOLDER_RULES", "RULES"]

#: The intraclass correlation of clients of one therapist that the message assumes (Baldwin & Imel 2013).
_ICC = 0.05
_MEASURES: tuple[str, ...] = get_args(Measure)


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


@needs("yi")
def check_measures(study: StudyView) -> Iterator[Finding]:
    """A given effect on a scale that nobody knows."""
    for route in study.routes:
        measure = route.values.get("measure")
        if "yi" in route.values and measure is not None and measure.upper() not in _MEASURES:
            meant = nearest(measure, _MEASURES)
            advice = f"did you mean {meant}?" if meant else f"it is one of {', '.join(_MEASURES)}"
            yield Finding((*route.key, "measure"), f"{measure} is no measure; {advice}")


RULES: dict[str, StudyRule] = {"CLUSTER": check_clusters, "MEASURE": check_measures}

FOLDER_RULES: dict[str, FolderRule] = {
    "SYNTH": check_synthetic,
}
