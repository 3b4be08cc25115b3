"""Designs and mixtures that make a number mean less than it seems to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args

from rupmeta.lint.findings import Finding, FolderRule, StudyRule, StudyView, needs
from rupmeta.read.fields import field_path
from rupmeta.read.folder import Folder, StudyFile
from rupmeta.read.review import Measure
from rupmeta.read.schema_faults import nearest
from rupmeta.read.study import Effect, Scalar, Study
from rupmeta.read.yaml_files import KeyPath

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


def check_names(study: StudyView) -> Iterator[Finding]:
    """Moderators of the reviewers with the name of a field: one of the two is never read."""
    record = study.study
    homes: list[tuple[KeyPath, Mapping[str, Scalar]]] = [(("moderators",), record.moderators)]
    homes += [(("effects", i, "moderators"), effect.moderators) for i, effect in enumerate(record.effects)]
    for home, moderators in homes:
        for name in moderators:
            path = field_path(name)
            if path is None:
                continue
            field = ".".join(path)
            if len(home) == 1 and path[0] in ("comparison", "phase", "outcome", "status", "effect"):
                message = f"{name} here is never read: it is a field of every effect; rename the moderator"
            elif _given(record if len(home) == 1 else record.effects[int(home[1])], path) is None:
                continue  # nothing is lost
            else:
                message = f"{name} here is read in place of the field {field}; rename the moderator"
            yield Finding((*home, name), message)


def _given(study: Study | Effect, path: tuple[str, ...]) -> object:
    """The value of a study's own field; None where it has none."""
    found: object = study
    for part in path:
        found = getattr(found, part, None)
    return found


RULES: dict[str, StudyRule] = {
    "CLUSTER": check_clusters,
    "MEASURE": check_measures,
    "SHADOW": check_names,
}

FOLDER_RULES: dict[str, FolderRule] = {
    "SYNTH": check_synthetic,
}
