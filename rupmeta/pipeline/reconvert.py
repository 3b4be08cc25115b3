"""The same papers under every other defensible conversion, and whether the conclusion moves."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, get_args, get_type_hints

from rupmeta.effects.backtransform import report_on
from rupmeta.effects.compute import compute_effects, compute_row, usable
from rupmeta.effects.from_changes import SHOWN_R
from rupmeta.effects.hubs import show
from rupmeta.effects.options import ConversionOptions
from rupmeta.effects.table import EffectRow, Effects, RouteResult
from rupmeta.errors import EstimationError
from rupmeta.explore.reconversion import Repooled, Scenario, repool_scenarios, side_of
from rupmeta.pipeline.analyse import Prepared, combine_dependent, correlational, prepare_effects, unique
from rupmeta.pipeline.model import fit_model
from rupmeta.pipeline.specification import Overrides, Specification
from rupmeta.read.folder import Folder
from rupmeta.results import Note
from rupmeta.screen.screening import find_failures

__all__ = ["Reconversion", "assumed_r_note", "reconvert"]

#: Options that decide which effects stay, with the value that is tried and what it is called.
_EFFECTS: tuple[tuple[str, str, Any, str], ...] = (
    ("direct", "routes", "direct", "only direct effects"),
    ("direct-converted", "routes", "no-approximate", "only direct and converted effects"),
    ("unadjusted", "adjusted", False, "without adjusted effects"),
    ("verified", "verified_only", True, "only verified effects"),
)

#: Options that decide between formulas, with what each value is called.
_FORMULAS: dict[str, dict[str, str]] = {
    "d_to_r": {"exact": "exact point-biserial r", "borenstein": "Borenstein's point-biserial r"},
    "split": {"observed": "group sizes as observed", "equal": "equal group sizes in d to r"},
    "sizes": {
        "by-design": "variance of r by design",
        "fixed": "group sizes fixed in the variance of r (ST)",
        "random": "group sizes random in the variance of r (CS)",
    },
    "r_to_d": {"two-sd": "r to d over two SDs", "one-sd": "r to d over one SD"},
    "beta": {"as-r": "β taken as r", "peterson-brown": "β by Peterson and Brown"},
    "smd_variance": {
        "LS": "variance LS of g",
        "LS2": "variance LS2 of g",
        "revman": "RevMan's variance of g",
    },
    "j": {"exact": "exact small-sample factor", "approximate": "small-sample factor 1 − 3/(4m − 1)"},
    "double_zero": {"drop": "tables without events left out", "keep": "tables without events kept"},
}


@dataclass(frozen=True)
class Reconversion:
    """``declared``: the analysis as it is. ``scenarios``: those that change an effect, in a fixed order.

    ``idle``: labels of choices on which no effect of this analysis depends.
    """

    prepared: Prepared
    declared: Repooled
    scenarios: tuple[Repooled, ...]
    idle: tuple[str, ...]
    notes: tuple[Note, ...]

    def moved(self, row: Repooled) -> bool | None:
        """Whether the interval changed sides of 0, or began or ceased to hold it; None without any."""
        return None if row.side is None else row.side != self.declared.side


def reconvert(folder: Folder, overrides: Overrides | None = None) -> Reconversion:
    """Re-pool under each alternative conversion, and with each other route that the papers give.

    Raises as ``prepare_effects``.
    """
    prepared = prepare_effects(folder, overrides)
    spec = prepared.specification
    scenarios, idle = [], []
    for scenario in (*_option_scenarios(prepared), *_route_scenarios(prepared)):
        if scenario.affected:
            scenarios.append(scenario)
        else:
            idle.append(
                "an assumed r of before and after" if "pre_post_r" in scenario.key else scenario.label
            )
    declared = Scenario("declared", "declared", "as declared", prepared.effects)
    first, *rest = _pool([declared, *scenarios], spec)
    found = Reconversion(prepared, first, tuple(rest), tuple(dict.fromkeys(idle)), ())
    notes = unique(
        [
            correlational(prepared.subject, randomized=prepared.randomized),
            *prepared.notes,
            *_conclusion(found),
        ]
    )
    return dataclasses.replace(found, notes=notes)


def _pool(scenarios: list[Scenario], spec: Specification) -> tuple[Repooled, ...]:
    if spec.approach in ("multilevel", "che"):  # models of covarying effects are fitted one by one
        return tuple(_pool_one(scenario, spec) for scenario in scenarios)
    return repool_scenarios(scenarios, method=spec.method, test=spec.test, level=spec.level)


def _pool_one(scenario: Scenario, spec: Specification) -> Repooled:
    if scenario.effects is None:
        return Repooled(scenario, 0, None, None, None, scenario.reason)
    try:
        fit = fit_model(scenario.effects, spec)
    except EstimationError as error:
        return Repooled(scenario, 0, None, None, None, str(error))
    return Repooled(scenario, fit.k, fit.estimate, fit.heterogeneity.tau2, side_of(fit.estimate))


def _recompute(prepared: Prepared, **more: Any) -> Effects:
    """The effects of the analysis with other options (``options``) or other routes (``chosen``)."""
    folder, spec = prepared.folder, prepared.specification
    files = [file for file in folder.studies if not find_failures(file, folder.review.criteria)]
    settings = {"options": spec.conversions, "measure": spec.measure, **more}
    return compute_effects(folder, spec.analysis, studies=files, rounding=False, **settings)


def _scenario(prepared: Prepared, group: Any, key: str, label: str, effects: Effects) -> Scenario:
    """``effects`` as they enter the model, and how many differ from the declared ones."""
    before, after = (
        {(row.study, row.effect): (row.yi, row.vi) for row in table.rows}
        for table in (prepared.single, effects)
    )
    affected = sum(before.get(name) != after.get(name) for name in before.keys() | after.keys())
    if effects.k == 0:
        return Scenario(group, key, label, None, affected, "no effect is left")
    try:
        combined = combine_dependent(effects, prepared.specification)
    except EstimationError as error:
        return Scenario(group, key, label, None, affected, str(error))
    return Scenario(group, key, label, combined, affected)


def _option_scenarios(prepared: Prepared) -> Iterator[Scenario]:
    options = prepared.specification.conversions
    hints = get_type_hints(ConversionOptions)
    choices = [("effects", key, {name: value}, label) for key, name, value, label in _EFFECTS]
    for item in fields(ConversionOptions):
        for value in get_args(hints[item.name]) if item.name in _FORMULAS else ():
            if value != getattr(options, item.name):
                label = _FORMULAS[item.name][value]
                choices.append(("formula", f"{item.name}: {value}", {item.name: value}, label))
    for r in SHOWN_R:
        label = f"r of before and after {show(r)} where none is printed"
        choices.append(("formula", f"pre_post_r: {r:g}", {"pre_post_r": r}, label))
    for group, key, change, label in choices:
        changed: ConversionOptions = dataclasses.replace(options, **change)
        if changed != options:
            yield _scenario(prepared, group, key, label, _recompute(prepared, options=changed))


def assumed_r_note(prepared: Prepared) -> Note | None:
    """RPP: the answer at other correlations of before and after, where one is assumed; else None."""
    spec = prepared.specification
    assumed = sum(any(note.code == "RPP" for note in row.notes) for row in prepared.single.rows)
    if spec.conversions.pre_post_r is None or not assumed:
        return None
    scale = next(iter(spec.report_as), "z")
    scenarios = [
        _scenario(
            prepared,
            "formula",
            f"pre_post_r: {r:g}",
            show(r),
            _recompute(prepared, options=dataclasses.replace(spec.conversions, pre_post_r=r)),
        )
        for r in SHOWN_R
    ]
    texts = []
    for row in _pool(scenarios, spec):
        if row.estimate is not None:
            ends = (row.estimate.estimate, row.estimate.ci_lb, row.estimate.ci_ub)
            shown = [report_on(scale, spec.measure, end) for end in ends]
            mean, low, high = (show(round(x, 3)) if x is not None else "?" for x in shown)
            texts.append(f"at {row.scenario.label} {mean} [{low}, {high}]")
    message = (
        f"{assumed} of {prepared.single.k} effects rest on an assumed r of before and after "
        f"({show(spec.conversions.pre_post_r)}); the pooled {scale} is {', '.join(texts)}"
    )
    return Note("RPP", message, severity="warning")


def _alternatives(row: EffectRow, options: ConversionOptions) -> list[RouteResult]:
    """The routes of an effect that give one and may be used, the used one too, in file order."""
    return [route for route in row.routes if route.problem is None and usable(route, options) is None]


def _route_scenarios(prepared: Prepared) -> Iterator[Scenario]:
    options, single = prepared.specification.conversions, prepared.single
    several = {
        i: routes for i, row in enumerate(single.rows) if len(routes := _alternatives(row, options)) > 1
    }
    if not several:
        return
    extremes: tuple[tuple[str, Callable[..., RouteResult]], ...] = (("lowest", min), ("highest", max))
    for name, pick in extremes:
        chosen = {
            (single.rows[i].study, single.rows[i].effect): pick(routes, key=lambda route: route.yi).index
            for i, routes in several.items()
        }
        label = f"every effect by its {name} route"
        yield _scenario(prepared, "route", name, label, _recompute(prepared, chosen=chosen))
    for i, routes in several.items():
        row = single.rows[i]
        for route in routes:
            if route.index != row.used:
                key = f"{row.study}/{row.effect}: {route.route}"
                label = f"{row.study}/{row.effect} by {route.route}"
                yield _scenario(prepared, "route", key, label, _with_route(prepared, i, route.index))


def _with_route(prepared: Prepared, i: int, route: int) -> Effects:
    """The declared effects with one of them by another of its routes."""
    spec, rows = prepared.specification, prepared.single.rows
    old = rows[i]
    file = next(file for file in prepared.folder.studies if file.id == old.study)
    index = next(j for j, effect in enumerate(file.study.effects) if effect.id == old.effect)
    new, _ = compute_row(file, index, spec.measure, spec.conversions, rounding=False, route=route)
    assert new is not None
    new = dataclasses.replace(new, label=old.label, moderators=old.moderators)
    return dataclasses.replace(prepared.single, rows=(*rows[:i], new, *rows[i + 1 :]))


_SIDES: Mapping[str, str] = {"above": "lies above 0", "below": "lies below 0", "holds": "holds 0"}


def _conclusion(found: Reconversion) -> Iterator[Note]:
    """CONV-MOVES: the conversions under which the interval changes sides."""
    moved = [row for row in found.scenarios if found.moved(row)]
    if not moved or found.declared.side is None:
        return
    names = "; ".join(f"{row.scenario.label} ({_SIDES[row.side or 'holds']})" for row in moved[:5])
    more = f" and {len(moved) - 5} more" if len(moved) > 5 else ""
    message = (
        f"the interval {_SIDES[found.declared.side]}, but not under {len(moved)} of {len(found.scenarios)} "
        f"other conversions: {names}{more}"
    )
    yield Note("CONV-MOVES", message, severity="warning")
