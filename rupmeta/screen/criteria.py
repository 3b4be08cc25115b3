"""The inclusion criteria: each with an id, a predicate and a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rupmeta.read.review import Criteria
from rupmeta.read.study import Study

__all__ = ["CRITERIA", "Criterion"]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion: ``id`` is its key in ``review.yaml``, ``code`` that of the finding.

    ``fails`` returns the reason for exclusion, or None when the study meets the criterion or the review does
    not ask for it. A field that was not reported cannot meet a criterion: the reason then says so.
    """

    id: str
    code: str
    asks: str
    fails: Callable[[Study, Criteria], str | None]


def _psychotherapy(study: Study, criteria: Criteria) -> str | None:
    if criteria.psychotherapy is None or study.therapy.psychotherapy == criteria.psychotherapy:
        return None
    if study.therapy.psychotherapy is None:
        return "not reported whether the treatment was psychotherapy"
    return (
        "the treatment was not psychotherapy" if criteria.psychotherapy else "the treatment was psychotherapy"
    )


def _publication(study: Study, criteria: Criteria) -> str | None:
    if criteria.publication is None or study.publication in criteria.publication:
        return None
    allowed = " or ".join(criteria.publication)
    if study.publication is None:
        return f"publication status not reported; the review asks for {allowed}"
    return f"{study.publication}; the review asks for {allowed}"


def _relation(study: Study, criteria: Criteria) -> str | None:
    if criteria.relation is None or study.relation in criteria.relation:
        return None
    if study.relation == "other":
        return "does not relate ruptures, repairs or training in repair to outcome"
    return f"relation {study.relation}; the review asks for {' or '.join(criteria.relation)}"


def _alliance_tracking(study: Study, criteria: Criteria) -> str | None:
    rule = criteria.alliance_tracking
    if rule is None or study.rupture.measure in ("self-report", "observer"):
        return None
    count = study.alliance.measurements
    known = study.alliance.measurements_at_least if count is None else count
    if known is not None and known >= rule.min_measurements:
        return None
    if count is None:
        return (
            "no explicit measure of ruptures, and the number of alliance measurements is not reported; "
            f"the review asks for {rule.min_measurements}"
        )
    return f"{count} alliance measurements; the review asks for {rule.min_measurements}"


CRITERIA: dict[str, Criterion] = {
    criterion.id: criterion
    for criterion in (
        Criterion("psychotherapy", "EXC-THERAPY", "a study of psychotherapy", _psychotherapy),
        Criterion("publication", "EXC-PUB", "a publication of the kinds that the review takes", _publication),
        Criterion("relation", "EXC-RELATION", "a relation that the review asks about", _relation),
        Criterion(
            "alliance_tracking",
            "EXC-TRACK",
            "ruptures measured explicitly, or the alliance tracked often enough to infer them",
            _alliance_tracking,
        ),
    )
}
