"""Who is in, who is out and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rupmeta.read.folder import Folder, StudyFile
from rupmeta.read.review import Criteria
from rupmeta.screen.criteria import CRITERIA

__all__ = ["NO_EFFECT", "Exclusion", "Screening", "screen_studies"]

#: The finding of a study that meets every criterion and reports nothing that can be used.
NO_EFFECT = "NO-EFFECT"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A criterion that a study fails, and the reason in words."""

    study: str
    criterion: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Screening:
    """The studies by fate, each group in the order of the folder.

    ``excluded`` holds the first criterion that each study fails, ``failures`` all of them.
    ``without_effect`` are studies that stay in the review though no effect can be extracted; ``pooled``
    those that bring one.
    """

    pooled: tuple[StudyFile, ...]
    without_effect: tuple[StudyFile, ...]
    excluded: tuple[Exclusion, ...]
    failures: tuple[Exclusion, ...]

    @property
    def included(self) -> tuple[StudyFile, ...]:
        """Every study that meets the criteria, with or without an effect."""
        return tuple(sorted((*self.pooled, *self.without_effect), key=lambda file: file.id))


def find_failures(file: StudyFile, criteria: Criteria) -> list[Exclusion]:
    """The criteria that ``file`` fails, in their fixed order."""
    reasons = ((criterion, criterion.fails(file.study, criteria)) for criterion in CRITERIA.values())
    return [
        Exclusion(file.id, criterion.id, criterion.code, reason) for criterion, reason in reasons if reason
    ]


def screen_studies(folder: Folder, has_effect: Callable[[StudyFile], bool] | None = None) -> Screening:
    """Apply the criteria of ``folder.review`` to every study.

    ``has_effect`` says whether a study brings a usable effect; by default whether it reports any route, since
    converting is the business of the next stage.
    """
    has_effect = has_effect or reports_something
    excluded: list[Exclusion] = []
    failures: list[Exclusion] = []
    pooled: list[StudyFile] = []
    without: list[StudyFile] = []
    for file in folder.studies:
        found = find_failures(file, folder.review.criteria)
        failures += found
        if found:
            excluded.append(found[0])
        elif has_effect(file):
            pooled.append(file)
        else:
            without.append(file)
    return Screening(tuple(pooled), tuple(without), tuple(excluded), tuple(failures))


def reports_something(file: StudyFile) -> bool:
    """Whether any effect of the study has a reported route."""
    return any(effect.reported for effect in file.study.effects)


def count_samples(files: Sequence[StudyFile]) -> int:
    """Number of distinct samples: reports that share ``sample.id`` are one study."""
    return len({file.study.sample.id or f"file:{file.id}" for file in files})
