"""Effects that an analysis selects and cannot pool: another design (DESIGN), a scale of its own (MEASURE).

The study file is sound, the protocol is at fault: so these are errors of one analysis. ``rupmeta check``
finds them, and a command that runs that analysis as its protocol says stops; others of the same files run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rupmeta.lint.findings import RouteView, view_study
from rupmeta.read.fields import effect_matches
from rupmeta.read.folder import StudyFile
from rupmeta.read.problems import Problem, key_text
from rupmeta.read.review import Analysis

__all__ = ["analysis_errors", "becomes", "is_adjusted"]

#: Given effects that convert to and from each other, and those that only some others become.
_HUBS = frozenset({"ZCOR", "COR", "ZPCOR", "PCOR", "SMD", "OR"})
_PHI = frozenset({"PHI", "ZPHI"})
_POINT_BISERIAL = frozenset({"RPB", "ZPB"})
_SIZED = frozenset({"RPB", "ZPB", "RBIS"})
_ONE_GROUP = ("SMCR", "SMCC")
#: Keys without which a route cannot be at odds with an analysis.
_CONCERNED = ("yi", "pre_mean1", "mean_change1", "paired_t")


def becomes(given: str, measure: str) -> bool:
    """Whether an effect given on one scale can be had on another, the sizes of its groups known.

    >>> becomes("SMD", "ZCOR"), becomes("RR", "ZCOR"), becomes("RR", "RR")
    (True, False, True)
    """
    if given == measure:
        return True
    if given in _PHI and measure in _PHI:
        return True
    return given in _HUBS | _PHI | _POINT_BISERIAL and (
        measure in _HUBS or (measure in _SIZED and given != "OR")
    )


class _Obstacle(NamedTuple):
    code: str
    key: str
    message: str


def analysis_errors(files: Sequence[StudyFile], name: str, analysis: Analysis) -> Iterator[Problem]:
    """Effects of which no route can be in the analysis that selects them."""
    for file in files:
        view = view_study(file)
        if view.keys.isdisjoint(_CONCERNED):
            continue
        by_effect: dict[int, list[RouteView]] = {}
        for route in view.routes:
            by_effect.setdefault(int(route.key[1]), []).append(route)
        for routes in by_effect.values():
            obstacles = [_obstacle(route, analysis) for route in routes]
            if obstacles[0] is None or not all(obstacles):
                continue
            if not effect_matches(file, routes[0].effect, analysis.where):
                continue
            code, at, message = obstacles[0]
            key = (*routes[0].key, at)
            place = file.locate(key)
            yield Problem(
                path=file.path,
                line=place.line,
                column=place.column,
                code=code,
                severity="error",
                key=key_text(key),
                message=f"{message} (analysis {name})",
            )


def _obstacle(route: RouteView, analysis: Analysis) -> _Obstacle | None:
    values, measure = route.values, str(route.values.get("measure", "")).upper()
    if "yi" in values:
        if becomes(measure, analysis.measure):
            return None
        message = f"{measure} without the numbers behind it cannot become {analysis.measure}"
        return _Obstacle("MEASURE", "measure", f"{message}; give these, or select other effects with where")
    one_group = route.spec is not None and route.spec.family == "change" and "n2" not in values
    if not one_group or "one-group" in analysis.allow or analysis.measure in _ONE_GROUP:
        return None
    at = next(key for key in _CONCERNED if key in values)
    message = "a pre-post change is no contrast with other clients; give it its own analysis"
    return _Obstacle("DESIGN", at, f"{message}, or say allow: [one-group]")


def is_adjusted(route: RouteView) -> bool:
    """Whether a route holds covariates constant, and so estimates another quantity than its plain kin."""
    values, spec = route.values, route.spec
    if values.get("adjusted") or values.get("covariates", 0) > 0 or values.get("predictors", 1) > 1:
        return "yi" not in values or bool(values.get("adjusted"))
    if spec is not None and (spec.family == "adjusted" or spec.lead in ("partial_r", "semipartial_r")):
        return True
    return str(values.get("measure", "")).upper() in ("PCOR", "ZPCOR")
