"""Designs and mixtures that make a number mean less than it seems to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import get_args

from rupmeta.lint.findings import Finding, FolderRule, RouteView, StudyRule, StudyView, needs
from rupmeta.read.fields import field_value
from rupmeta.read.folder import Folder, StudyFile
from rupmeta.read.review import Analysis, Measure
from rupmeta.read.schema_faults import nearest

__all__ = ["FOLDER_RULES", "RULES"]

#: The intraclass correlation of clients of one therapist that the message assumes (Baldwin & Imel 2013).
_ICC = 0.05
_MEASURES: tuple[str, ...] = get_args(Measure)
#: Given effects that become nothing else without the numbers behind them.
_ALONE = frozenset({"RR", "RD", "MD", "SMDH", "RBIS", "SMCR", "SMCC", "GEN"})
#: Keys without which a route cannot be at odds with an analysis.
_CONCERNED = ("yi", "pre_mean1", "mean_change1", "paired_t")


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


def check_analyses(folder: Folder, studies: tuple[StudyView, ...]) -> Iterator[tuple[StudyFile, Finding]]:
    """Effects that an analysis selects and that cannot have its measure (MEASURE)."""
    return _outside(folder, studies, _without_conversion, "measure")


def check_designs(folder: Folder, studies: tuple[StudyView, ...]) -> Iterator[tuple[StudyFile, Finding]]:
    """One-group changes that an analysis of contrasts selects (DESIGN)."""
    return _outside(folder, studies, _without_comparison, "pre_mean1")


#: Says why a route cannot be in an analysis; None when it can, or may.
Obstacle = Callable[[RouteView, Analysis], str | None]


def _outside(
    folder: Folder, studies: tuple[StudyView, ...], obstacle: Obstacle, at: str
) -> Iterator[tuple[StudyFile, Finding]]:
    """Effects of which no route can be in an analysis that selects them; each is told once."""
    told: set[tuple[str, object]] = set()
    for name, analysis in folder.review.analyses.items():
        for study in studies:
            if study.keys.isdisjoint(_CONCERNED):
                continue
            for i, routes in _by_effect(study).items():
                reasons = [obstacle(route, analysis) for route in routes]
                if (
                    not all(reasons)
                    or (study.file.id, i) in told
                    or not _selected(study.file, routes[0], analysis)
                ):
                    continue
                told.add((study.file.id, i))
                place = next((key for key in (at, *_CONCERNED) if key in routes[0].values), "")
                message = f"{reasons[0]}; analysis {name} leaves it out"
                yield study.file, Finding((*routes[0].key, place), message, "warning")


def _by_effect(study: StudyView) -> dict[object, list[RouteView]]:
    found: dict[object, list[RouteView]] = {}
    for route in study.routes:
        found.setdefault(route.key[1], []).append(route)
    return found


def _selected(file: StudyFile, route: RouteView, analysis: Analysis) -> bool:
    for field, wanted in analysis.where.items():
        allowed = wanted if isinstance(wanted, list) else [wanted]
        if field_value(file, route.effect, field) not in allowed:
            return False
    return True


def _without_conversion(route: RouteView, analysis: Analysis) -> str | None:
    measure = str(route.values.get("measure", "")).upper()
    if "yi" not in route.values or measure not in _ALONE or measure == analysis.measure:
        return None
    return f"{measure} without the numbers behind it cannot become {analysis.measure}"


def _without_comparison(route: RouteView, analysis: Analysis) -> str | None:
    values = route.values
    one_group = route.spec is not None and route.spec.family == "change" and "n2" not in values
    if not one_group or "one-group" in analysis.allow or analysis.measure in ("SMCR", "SMCC"):
        return None
    return "a pre-post change is no contrast with other clients; give it its own analysis"


RULES: dict[str, StudyRule] = {"CLUSTER": check_clusters, "MEASURE": check_measures}

FOLDER_RULES: dict[str, FolderRule] = {
    "SYNTH": check_synthetic,
    "MEASURE": check_analyses,
    "DESIGN": check_designs,
}
