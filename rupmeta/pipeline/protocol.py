"""What can be said of the protocol's analyses before anything is pooled: for ``rupmeta check``.

Which studies are in, what an analysis selects and cannot pool, and what it mixes. Effects are converted only
where a record does not show by itself whether it gives an effect, or which of its routes is used: so most
folders are checked without loading arrays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rupmeta.effects.sentences import MIXED, adjusted_sentence, alike_sentence, mixture_sentences
from rupmeta.errors import InputError
from rupmeta.lint.analyses import analysis_errors, is_adjusted
from rupmeta.lint.findings import RouteView, view_study
from rupmeta.lint.registry import LINTS
from rupmeta.read.documents import tree_of
from rupmeta.read.fields import absent_values, effect_matches, field_value, vocabulary
from rupmeta.read.folder import Folder, KeyPath, StudyFile
from rupmeta.read.layout import REVIEW
from rupmeta.read.problems import Problem, key_text, sort_problems
from rupmeta.read.review import Analysis
from rupmeta.read.schema_faults import nearest
from rupmeta.read.study import Effect
from rupmeta.results import Severity
from rupmeta.screen.screening import NO_EFFECT, find_failures, reports_something

if TYPE_CHECKING:
    from rupmeta.pipeline.specification import Specification

__all__ = ["ACCEPTABLE", "protocol_problems", "refuse_unpoolable"]

#: Warnings about an analysis, which its ``accept`` may answer.
ACCEPTABLE = ("ADJ", "COMP-MIX", "DEP", "SYNTH", "OVERLAP", "CTRL")
#: Where the field stands that a criterion asks about.
_ASKED: dict[str, KeyPath] = {
    "psychotherapy": ("therapy", "psychotherapy"),
    "publication": ("publication",),
    "relation": ("relation",),
    "alliance_tracking": ("alliance", "measurements"),
}
#: Findings that say already why an effect gives nothing.
_EXPLAIN = frozenset({"RPP", "P-INEQ", "PLAUS", "CELL"})
#: Statistics that always give an effect on the common scales, once the linter has nothing against them.
_PLAIN = frozenset({"r, n", "fisher_z, n", "t, df", "t, n1, n2", "d, n1, n2", "g, n1, n2"})
_COMMON = frozenset({"ZCOR", "COR", "SMD", "OR"})


@dataclass(frozen=True, slots=True)
class _Selected:
    """An effect that an analysis selects: how it is settled, and why it gives nothing (None: it does)."""

    file: StudyFile
    index: int
    effect: Effect
    adjusted: bool
    reason: str | None

    @property
    def cluster(self) -> str:
        return self.file.study.sample.id or self.file.id


def refuse_unpoolable(folder: Folder, specification: Specification, eligible: Sequence[StudyFile]) -> None:
    """Stop an analysis that is run as its protocol says and selects effects that it cannot pool.

    On another measure than the protocol's those effects leave the pool with their reason, as all others do
    that do not have it: the files are sound. Raises ``InputError`` (DESIGN, MEASURE).
    """
    declared = folder.review.analyses.get(specification.name)
    if declared is None or declared.measure != specification.measure:
        return
    problems = tuple(analysis_errors(eligible, specification.name, specification.analysis))
    if problems:
        raise InputError(problems)


def protocol_problems(folder: Folder, known: Sequence[Problem] = ()) -> tuple[Problem, ...]:
    """Exclusions, and errors, warnings and infos of every analysis, sorted.

    ``known`` are the findings of the files: a study with an error is judged no further, and an effect that is
    known to give nothing is not told again.
    """
    damaged = {problem.path for problem in known if problem.severity == "error"}
    explained = {(p.path, p.key.split(".")[0]) for p in known if p.code in _EXPLAIN}
    arms = {(p.path, p.key.split(".")[0]) for p in known if p.code == "CTRL"}
    # Defaults stand in for a review.yaml that cannot be read: what nobody wrote is not judged.
    replaced = folder.file(REVIEW) in damaged and folder.review_text is None
    found: list[Problem] = []
    eligible: list[StudyFile] = []
    for file in folder.studies:
        failures = [] if replaced else find_failures(file, folder.review.criteria)
        if file.path in damaged:
            continue
        if failures:
            key = _ASKED[failures[0].criterion]
            found.append(_at(file, key, failures[0].code, "exclusion", failures[0].reason))
        elif not reports_something(file):
            found.append(_at(file, ("effects",), NO_EFFECT, "exclusion", "no extractable effect"))
        else:
            eligible.append(file)
    for name, analysis in () if replaced else folder.review.analyses.items():
        found += _unmatched(folder, name, analysis)
        errors = list(analysis_errors(eligible, name, analysis))
        found += errors
        wrong = explained | {(problem.path, problem.key.split(".")[0]) for problem in errors}
        selected = [
            item
            for item in _select(eligible, analysis)
            if item.reason is None or (item.file.path, f"effects[{item.index}]") not in wrong
        ]
        found += [
            problem
            for problem in _mixtures(folder, name, analysis, selected)
            if problem.severity != "warning"
            or problem.code != "DEP"
            or (problem.path, problem.key) not in arms
        ]
    return sort_problems(set(found))


def _unmatched(folder: Folder, name: str, analysis: Analysis) -> Iterator[Problem]:
    """WHERE: values that the analysis selects and no effect of the folder has.

    A word of the vocabulary may wait for its first study (information); another one is a slip.
    """
    for field, value, instead in absent_values((*folder.studies, *folder.damaged), analysis.where):
        words = vocabulary(field)
        meant = nearest(str(value), words) if value not in words else None
        severity: Severity = "info" if value in words else "warning"
        advice = f"; did you mean {meant}?" if meant else ""
        message = f"no effect has {field} = {value}; {instead}{advice}"
        yield _place(folder, None, ("analyses", name, "where", field), "WHERE", severity, message)


def _select(files: Sequence[StudyFile], analysis: Analysis) -> Iterator[_Selected]:
    for file in files:
        routes: dict[int, list[RouteView]] = {}
        for route in view_study(file).routes:
            routes.setdefault(int(route.key[1]), []).append(route)
        for index, effect in enumerate(file.study.effects):
            if effect_matches(file, effect, analysis.where):
                yield _settle(file, index, routes.get(index, []), analysis)


def _settle(file: StudyFile, index: int, routes: Sequence[RouteView], analysis: Analysis) -> _Selected:
    """Whether an effect gives anything, and whether it is adjusted: from its record if that shows both."""
    effect = file.study.effects[index]
    if not routes:
        return _Selected(file, index, effect, False, "no statistic is reported")
    adjusted = {is_adjusted(route) for route in routes}
    plain = any(route.spec is not None and route.spec.name in _PLAIN for route in routes)
    if len(adjusted) == 1 and plain and analysis.measure in _COMMON:
        return _Selected(file, index, effect, adjusted.pop(), None)
    from rupmeta.effects.compute import compute_row
    from rupmeta.effects.options import conversion_options

    row, reason = compute_row(file, index, analysis.measure, conversion_options(analysis), rounding=False)
    return _Selected(file, index, effect, row is not None and row.adjusted, reason if row is None else None)


def _mixtures(
    folder: Folder, name: str, analysis: Analysis, selected: Sequence[_Selected]
) -> Iterator[Problem]:
    """ADJ, COMP-MIX, DEP and DROP of one analysis; warnings that it accepts become infos."""
    rows = [item for item in selected if item.reason is None]
    said: list[tuple[StudyFile | None, KeyPath, str, Severity, str]] = []
    for item in selected:
        if item.reason is not None:
            key: KeyPath = ("effects", item.index)
            said.append((item.file, key, "DROP", "info", f"leaves analysis {name}: {item.reason}"))
    home: KeyPath = ("analyses", name)
    for field in analysis.moderators:
        without = [item for item in rows if field_value(item.file, item.effect, field) is None]
        if without and len(without) < len(rows):
            which = ", ".join(dict.fromkeys(item.file.id for item in without))
            message = f"leaves moderator {field}: {len(without)} of {len(rows)} effects give none ({which})"
            said.append((None, (*home, "moderators"), "DROP", "info", message))
    adjusted = sum(item.adjusted for item in rows)
    if 0 < adjusted < len(rows):
        said.append((None, home, "ADJ", "warning", adjusted_sentence(adjusted, len(rows))))
    levels = {field: [_level(item, field) for item in rows] for field in MIXED}
    for _, message in mixture_sentences(levels, analysis):
        said.append((None, home, "COMP-MIX", "warning", message))
    said += _dependence(name, analysis, rows)
    used: set[str] = set()
    for file, key, code, severity, message in said:
        reason = analysis.accept.get(code) or _reason(file, key, code) if severity == "warning" else None
        if reason is not None:
            used.add(code)
            yield _place(folder, file, key, code, "info", f"{message} (accepted: {reason})", reason)
        else:
            yield _place(folder, file, key, code, severity, message)
    for code in analysis.accept:
        if code not in used and (why := _unused(code)) is not None:
            yield _place(folder, None, (*home, "accept", code), "ACCEPT", "warning", why)


def _reason(file: StudyFile | None, key: KeyPath, code: str) -> str | None:
    """The reason for which a study, or the effect at ``key``, accepts a warning."""
    if file is None:
        return None
    effect = file.study.effects[key[1]] if len(key) > 1 and isinstance(key[1], int) else None
    return (effect.accept.get(code) if effect is not None else None) or file.study.accept.get(code)


def _level(item: _Selected, field: str) -> str | None:
    return item.effect.comparison if field == "comparison" else item.file.study.relation


def _unused(code: str) -> str | None:
    if code not in LINTS:
        return f"{code} is no code; `rupmeta check --explain {code}` knows it if there is one"
    if code not in ACCEPTABLE:
        return f"{code} is not about an analysis; an analysis accepts {', '.join(ACCEPTABLE)}"
    if code in ("ADJ", "COMP-MIX", "DEP"):
        return f"there is no {code} here; delete the entry"
    return None  # said of the answer only


def _dependence(
    name: str, analysis: Analysis, rows: Sequence[_Selected]
) -> list[tuple[StudyFile | None, KeyPath, str, Severity, str]]:
    """DEP: several effects of a sample, and pairs of them that nothing tells apart."""
    clusters: dict[str, list[_Selected]] = {}
    for row in rows:
        clusters.setdefault(row.cluster, []).append(row)
    settings = analysis.dependence
    how = {
        "none": "entered as if independent",
        "aggregate": f"aggregated with rho = {settings.rho:g}",
        "multilevel": "pooled in a three-level model",
        "che": f"pooled with rho = {settings.rho:g} in a model of correlated and hierarchical effects",
    }[settings.approach]
    severity: Severity = "warning" if settings.approach == "none" else "info"
    said: list[tuple[StudyFile | None, KeyPath, str, Severity, str]] = []
    for cluster, members in clusters.items():
        if len(members) < 2:
            continue
        last = members[1]
        message = f"{len(members)} effects of sample {cluster} in analysis {name}, {how}"
        said.append((last.file, ("effects", last.index), "DEP", severity, message))
        for i, first in enumerate(members):
            for second in members[i + 1 :]:
                if _alike(first, second):
                    key: KeyPath = ("effects", second.index)
                    text = alike_sentence(first.effect.id, second.effect.id)
                    said.append((second.file, key, "DEP", "warning", text))
    return said


def _alike(first: _Selected, second: _Selected) -> bool:
    a, b = first.effect, second.effect
    return first.file is second.file and (a.outcome.name, a.comparison, a.phase, a.moderators) == (
        b.outcome.name, b.comparison, b.phase, b.moderators
    )  # fmt: skip


def _at(file: StudyFile, key: KeyPath, code: str, severity: Severity, message: str) -> Problem:
    place = file.locate(key)
    at_key = place.text is None
    return Problem(
        path=file.path,
        line=place.key_line if at_key else place.line,
        column=place.key_column if at_key else place.column,
        code=code,
        severity=severity,
        key=key_text(key),
        message=message,
    )


def _place(
    folder: Folder,
    file: StudyFile | None,
    key: KeyPath,
    code: str,
    severity: Severity,
    message: str,
    accepted: str | None = None,
) -> Problem:
    """A finding in a study file, or (``file`` None) in the protocol; there it names its analysis."""
    if file is not None:
        return _at(file, key, code, severity, message)
    line, column, path = 1, 1, folder.shown
    if folder.review_text is not None:
        place, path = tree_of(folder.review_text).locate(key), folder.file(REVIEW)
        line, column = place.key_line, place.key_column
    return Problem(path, line, column, code, severity, key_text(key), message, accepted)
