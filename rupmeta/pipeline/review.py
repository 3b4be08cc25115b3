"""Every analysis of a review."""

from __future__ import annotations

from dataclasses import dataclass

from rupmeta.errors import EstimationError
from rupmeta.pipeline.analyse import Synthesis, synthesise
from rupmeta.pipeline.regress import Planned, moderate_all
from rupmeta.pipeline.specification import Overrides, Specification, specify
from rupmeta.read.folder import Folder
from rupmeta.screen.flow import Flow, count_flow
from rupmeta.screen.screening import Screening, screen_studies

__all__ = ["AnalysisResult", "ReviewResult", "analyse_review"]


@dataclass(frozen=True)
class AnalysisResult:
    """One analysis: its answer, or the ``reason`` why there is none."""

    specification: Specification
    synthesis: Synthesis | None
    planned: Planned | None
    reason: str | None


@dataclass(frozen=True)
class ReviewResult:
    """All that a report is made from."""

    folder: Folder
    screening: Screening
    flow: Flow
    analyses: tuple[AnalysisResult, ...]


def analyse_review(folder: Folder) -> ReviewResult:
    """Screen once, then run every analysis that the protocol declares, with its moderators."""
    screening = screen_studies(folder)
    names = tuple(folder.review.analyses) or (None,)
    analyses = tuple(_analyse(folder, Overrides(analysis=name)) for name in names)
    return ReviewResult(folder, screening, count_flow(folder, screening), analyses)


def _analyse(folder: Folder, overrides: Overrides) -> AnalysisResult:
    specification = specify(folder, overrides)
    try:
        synthesis = synthesise(folder, overrides)
    except EstimationError as error:
        return AnalysisResult(specification, None, None, str(error))
    planned = moderate_all(folder, overrides) if specification.moderators else None
    return AnalysisResult(specification, synthesis, planned, None)
