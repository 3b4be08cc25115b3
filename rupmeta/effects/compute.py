"""Studies → the table of effects of one analysis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rupmeta.effects.choose import compute_route, rank_routes, values_of
from rupmeta.effects.hubs import Hub
from rupmeta.effects.labels import study_labels, study_year
from rupmeta.effects.measures import MEASURES
from rupmeta.effects.onto import Setting
from rupmeta.effects.options import ConversionOptions, conversion_options
from rupmeta.effects.shared import outcome_scored, shared_group
from rupmeta.effects.table import EffectRow, Effects, RouteResult
from rupmeta.errors import UsageError
from rupmeta.read.fields import effect_matches, field_value

if TYPE_CHECKING:
    from rupmeta.read.folder import Folder, StudyFile
    from rupmeta.read.review import Analysis
    from rupmeta.read.study import Effect, Scalar

__all__ = ["compute_effects", "compute_row", "effect_routes", "setting_of", "usable"]

#: Designs whose group sizes are set by the researcher, so that the variance of r takes them as fixed.
ALLOCATED = ("randomized", "quasi-experimental")


def compute_effects(
    folder: Folder,
    analysis: Analysis,
    *,
    studies: Sequence[StudyFile] | None = None,
    measure: str | None = None,
    moderators: Sequence[str] = (),
    options: ConversionOptions | None = None,
    rounding: bool = True,
    chosen: Mapping[tuple[str, str], int] | None = None,
) -> Effects:
    """The effects of the analysis, one row each, in file order (studies by id, effects as written).

    Parameters
    ----------
    folder, studies
        The review, and those of its studies that passed screening (default: all).
    analysis
        Its ``where`` selects effects; ``measure``, ``moderators`` and conversion choices are taken from it.
    measure
        The scale of ``yi``, in place of the analysis' own.
    moderators
        Further names of which every row carries the value.
    options
        Conversion choices in place of those of the analysis.
    rounding
        Work out rounding intervals where an effect has several routes.
    chosen
        (study, effect) → index of the reported route to use in place of the one that ranks first.

    Effects without a usable route are in ``dropped`` with the reason. Raises ``UsageError`` for an unknown
    measure or conversion choice.
    """
    measure = analysis.measure if measure is None else measure
    if measure not in MEASURES:
        raise UsageError(f"{measure} is not a measure; known are {', '.join(MEASURES)}")
    options = conversion_options(analysis) if options is None else options
    files = list(folder.studies if studies is None else studies)
    if not folder.framed:
        files.sort(key=lambda file: file.id)
    names = tuple(dict.fromkeys((*analysis.moderators, *moderators)))
    labels = study_labels(files)
    rows: list[EffectRow] = []
    dropped: list[tuple[str, str, str]] = []
    for file, index, effect in _selected(files, analysis.where):
        route = None if chosen is None else chosen.get((file.id, effect.id))
        row, reason = compute_row(file, index, measure, options, rounding=rounding, route=route)
        if row is None:
            dropped.append((file.id, effect.id, reason))
            continue
        values = {name: field_value(file, effect, name) for name in names}
        rows.append(replace(row, label=labels[file.id], moderators=values))
    notes = tuple(note for row in rows for note in row.notes)
    return Effects(measure, tuple(rows), None, tuple(dropped), notes)


def _selected(
    files: Sequence[StudyFile], where: Mapping[str, Scalar | list[Scalar]]
) -> Iterator[tuple[StudyFile, int, Effect]]:
    for file in files:
        for index, effect in enumerate(file.study.effects):
            if effect_matches(file, effect, where):
                yield file, index, effect


def effect_routes(
    file: StudyFile, index: int, measure: str, options: ConversionOptions, *, rounding: bool = True
) -> tuple[tuple[RouteResult, ...], Mapping[int, Hub]]:
    """Every route of one effect, ranked, and the hubs of those that give an effect."""
    effect = file.study.effects[index]
    setting = setting_of(file.study.design, options)
    several = rounding and len(effect.reported) > 1
    results: list[RouteResult] = []
    hubs: dict[int, Hub] = {}
    for i, reported in enumerate(effect.reported):
        values = values_of(reported)
        if reported.sessions is not None:
            from rupmeta.effects.from_sessions import SessionSource

            beside = str(Path(file.path).parent / reported.sessions)
            values["sessions"] = SessionSource(reported.sessions, beside, effect.comparison)
        texts = _texts(file, index, i, values) if several else None
        result, hub = compute_route(i, values, measure, setting, better=effect.outcome.better, texts=texts)
        results.append(result)
        if hub is not None:
            hubs[i] = hub
    return rank_routes(results), hubs


def _texts(file: StudyFile, index: int, i: int, values: Mapping[str, object]) -> dict[str, str]:
    """The numbers of one route as they stand in the file; the items of a list as ``ci.0``, ``ci.1``."""
    found: dict[str, str] = {}
    for key, value in values.items():
        address = ("effects", index, "reported", i, key)
        if isinstance(value, list):
            items = {f"{key}.{j}": file.printed((*address, j)) for j in range(len(value))}
        else:
            items = {key: file.printed(address)}
        found.update({name: text for name, text in items.items() if text is not None})
    return found


def usable(route: RouteResult, options: ConversionOptions) -> str | None:
    """Why a route that gives an effect is not wanted by the options; None when it is."""
    if options.routes == "direct" and route.flag != "direct":
        return f"{route.flag}, and only direct routes are wanted"
    if options.routes == "no-approximate" and route.flag == "approximate":
        return "approximate routes are not wanted"
    if route.adjusted and not options.adjusted:
        return "adjusted effects are not wanted"
    return None


def setting_of(design: str | None, options: ConversionOptions) -> Setting:
    """The setting of conversions in a study of this design."""
    if options.sizes == "by-design":
        return Setting(options, allocated=design in ALLOCATED)
    return Setting(options, allocated=options.sizes == "fixed")


def compute_row(
    file: StudyFile,
    index: int,
    measure: str,
    options: ConversionOptions,
    *,
    rounding: bool = True,
    route: int | None = None,
) -> tuple[EffectRow | None, str]:
    """The row of effect number ``index`` of a study, or None and the reason why there is none.

    ``route``: index of the reported route to use, where it gives an effect; else the best one.
    """
    study, effect = file.study, file.study.effects[index]
    provisional = (effect.status or study.extraction.status) == "provisional"
    if provisional and options.verified_only:
        return None, "provisional, and only verified effects are wanted"
    if not effect.reported:
        return None, "no statistic is reported"
    routes, hubs = effect_routes(file, index, measure, options, rounding=rounding)
    reasons: list[str] = []
    used: RouteResult | None = None
    for candidate in sorted(routes, key=lambda found: (found.index != route, found.rank)):
        reason = candidate.problem.reason if candidate.problem is not None else usable(candidate, options)
        if reason is None:
            used = candidate
            break
        reasons.append(reason)
    if used is None or used.yi is None or used.vi is None:
        return None, "; ".join(dict.fromkeys(reasons))
    hub = hubs[used.index]
    setting = setting_of(study.design, options)
    row = EffectRow(
        study=file.id,
        effect=effect.id,
        cluster=study.sample.id or file.id,
        label=file.id,
        year=study_year(file),
        measure=measure,
        yi=used.yi,
        vi=used.vi,
        n=used.n if used.n is not None else study.sample.n,
        route=used.route,
        formula=used.formula,
        flag=used.flag,
        adjusted=used.adjusted,
        provisional=provisional,
        synthetic=study.extraction.synthetic,
        outcome=effect.outcome.name,
        comparison=effect.comparison,
        phase=effect.phase,
        routes=routes,
        members=(effect.id,),
        notes=tuple(replace(note, where=f"{file.id} {effect.id}") for note in used.notes),
        where=effect.source.where,
        relation=study.relation,
        used=used.index,
        shared=shared_group(hub, used.yi, measure, setting, effect),
        scored=outcome_scored(hub, used.yi),
        outcome_r={
            other: -r if effect.outcome.better == "lower" else r for other, r in effect.outcome_r.items()
        },
        turned=effect.outcome.better == "lower",
    )
    return row, ""
