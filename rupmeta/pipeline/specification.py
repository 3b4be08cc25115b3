"""What is to be computed: the protocol's analysis with what the user overrides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any, Literal, get_args

from rupmeta.effects.measures import MEASURES
from rupmeta.effects.options import ConversionOptions, conversion_options
from rupmeta.errors import UsageError, unknown_choice
from rupmeta.pool.presets import PRESETS
from rupmeta.read.fields import field_names, known_fields
from rupmeta.read.folder import Folder
from rupmeta.read.review import Analysis, Approach, Measure, Method, Reference, TestName
from rupmeta.read.study import Scalar
from rupmeta.results import Note

__all__ = ["Overrides", "Specification", "check_field", "choose", "specify"]

Condition = Scalar | list[Scalar]


@dataclass(frozen=True, slots=True)
class Overrides:
    """What a user may change for one run; None leaves the protocol's choice."""

    analysis: str | None = None
    where: Mapping[str, Condition] = field(default_factory=dict)
    measure: str | None = None
    method: str | None = None
    test: str | None = None
    level: float | None = None
    dependence: str | None = None
    rho: float | None = None
    preset: str | None = None
    verified_only: bool = False


@dataclass(frozen=True, slots=True)
class Specification:
    """One fully determined analysis."""

    name: str
    question: str | None
    status: str
    where: Mapping[str, Condition]
    measure: Measure
    report_as: tuple[str, ...]
    method: Method
    test: TestName
    level: float
    approach: Approach
    rho: float
    weights: Literal["gls", "equal"]
    pi: Literal["test", "hts"]
    moderators: tuple[str, ...]
    references: tuple[Reference, ...]
    analysis: Analysis
    conversions: ConversionOptions = field(default_factory=ConversionOptions)
    preset: str | None = None
    departures: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


#: What people call a scale: ``--measure`` wants the measure that is pooled.
SCALES = {
    "r": "ZCOR pools Fisher's z and reports r; COR pools r itself",
    "z": "Fisher's z is ZCOR",
    "d": "SMD pools standardised mean differences; report_as: [d] in review.yaml shows any pool as d",
    "g": "SMD pools standardised mean differences, corrected for small samples",
}


def choose(option: str, value: str, allowed: tuple[str, ...]) -> str:
    """The allowed name that ``value`` spells in any case; ``UsageError`` lists them."""
    for name in allowed:
        if name.lower() == value.lower():
            return name
    meant = SCALES.get(value.lower()) if option == "measure" else None
    if meant is not None:
        raise UsageError(f"--measure {value} is not known; {meant}")
    raise unknown_choice(f"--{option}", value, allowed)


def _settings(analysis: Analysis, overrides: Overrides) -> dict[str, Any]:
    """Protocol, then preset, then explicit options: the later wins."""
    settings: dict[str, Any] = {
        "measure": analysis.measure,
        "method": analysis.model.method,
        "test": analysis.model.test,
        "level": analysis.model.level,
        "approach": analysis.dependence.approach,
        "rho": analysis.dependence.rho,
        "weights": analysis.dependence.weights,
        "pi": "test",
    }
    if overrides.preset is not None:
        preset = PRESETS[choose("preset", overrides.preset, tuple(PRESETS))]
        settings |= {"method": preset.method, "test": preset.test, "pi": preset.pi}
        if overrides.dependence in (None, "aggregate"):
            settings |= preset.dependence
    if overrides.measure is not None:
        settings["measure"] = choose("measure", overrides.measure, get_args(Measure))
    if overrides.method is not None:
        settings["method"] = choose("method", overrides.method, get_args(Method))
    if overrides.test is not None:
        settings["test"] = choose("test", overrides.test, get_args(TestName))
    if overrides.dependence is not None:
        settings["approach"] = choose("dependence", overrides.dependence, get_args(Approach))
    if overrides.level is not None:
        if not 0.5 < overrides.level < 1:
            raise UsageError(
                f"--level {overrides.level:g}: a level lies between .5 and 1; write 0.95 for 95%"
            )
        settings["level"] = overrides.level
    if overrides.rho is not None:
        settings["rho"] = overrides.rho
    rho, mean = settings["rho"], settings["approach"] == "aggregate" and settings["weights"] == "equal"
    if not isinstance(rho, float | int) or not -1 < rho <= 1 or (rho == 1 and not mean):
        advice = "; 1 takes a plain mean, dependence: {weights: equal}" if rho == 1 else ""
        raise UsageError(f"--rho {rho:g}: a correlation between effects lies between -1 and 1{advice}")
    return settings


def specify(folder: Folder, overrides: Overrides | None = None) -> Specification:
    """The analysis that ``overrides`` ask for; ``UsageError`` for what does not exist.

    What departs from the protocol is listed in ``departures`` and noted: a changed analysis is no longer the
    declared one.
    """
    overrides = overrides or Overrides()
    name, analysis = folder.analysis(overrides.analysis)
    settings = _settings(analysis, overrides)
    declared = conversion_options(analysis)
    changes: dict[str, object] = {"measure": settings["measure"]}
    if overrides.preset is not None:
        preset = PRESETS[choose("preset", overrides.preset, tuple(PRESETS))]
        changes["conversions"] = {**analysis.conversions, **preset.effects}
    conversions = conversion_options(analysis.model_copy(update=changes))
    where = {**analysis.where, **overrides.where}
    if overrides.verified_only:
        where["status"] = "verified"
    departures = tuple(
        f"{key} {value} instead of {declared}"
        for key, value, declared in (
            ("measure", settings["measure"], analysis.measure),
            ("method", settings["method"], analysis.model.method),
            ("test", settings["test"], analysis.model.test),
            ("level", settings["level"], analysis.model.level),
            ("dependence", settings["approach"], analysis.dependence.approach),
            ("rho", settings["rho"], analysis.dependence.rho),
            ("weights", settings["weights"], analysis.dependence.weights),
            *(
                (item.name, getattr(conversions, item.name), getattr(declared, item.name))
                for item in fields(ConversionOptions)
            ),
        )
        if value != declared
    ) + tuple(f"only {key} = {_shown(where[key])}" for key in where if analysis.where.get(key) != where[key])
    notes = []
    if not folder.declared and not folder.framed:
        notes.append(
            Note(
                "NO-PROTOCOL", "no review.yaml: the field's default criteria and one analysis of all effects"
            )
        )
    elif departures:
        notes.append(Note("DEPARTURE", f"departs from the protocol: {'; '.join(departures)}"))
    notes += _since_frozen(folder, name)
    if overrides.preset is not None:
        notes.append(Note("PRESET", PRESETS[choose("preset", overrides.preset, tuple(PRESETS))].sentence))
    return Specification(
        name=name,
        question=analysis.question,
        status=analysis.status if folder.declared else "undeclared",
        where=where,
        report_as=_readable(analysis, str(settings["measure"])),
        moderators=tuple(analysis.moderators),
        references=tuple(analysis.references),
        analysis=analysis.model_copy(update={"where": where, **changes}),
        preset=overrides.preset,
        conversions=conversions,
        departures=departures,
        notes=tuple(notes),
        **settings,
    )


def _since_frozen(folder: Folder, name: str) -> list[Note]:
    """What criteria and this analysis were when the protocol was frozen, where they are something else."""
    if folder.frozen is None:
        return []
    from rupmeta.read.protocol import departures

    where = folder.file("review.yaml")
    return [
        Note(
            "PLAN",
            f"departs from the frozen protocol: {departure.sentence}",
            where,
            "warning" if departure.amended is None else "info",
        )
        for departure in departures(folder.frozen, folder.review)
        if departure.key[:1] == ("criteria",) or departure.key[:2] == ("analyses", name)
    ]


def _readable(analysis: Analysis, measure: str) -> tuple[str, ...]:
    """The scales of the protocol that the measure can be read on; without any, the one that it has itself."""
    shown = MEASURES[measure].shown
    return tuple(scale for scale in analysis.report_as if scale in shown) or tuple(shown)[:1]


def check_field(folder: Folder, name: str, option: str) -> None:
    """Refuse a name that no study file knows; ``UsageError`` names the nearest and lists the reviewers'
    own.
    """
    own = field_names(folder)
    if name in own or name in known_fields():
        return
    typed = name.lower()
    parts = [other for other in own if len(typed) > 2 and typed in re.split(r"[_.]", other.lower())]
    near = parts or get_close_matches(name, [*own, *known_fields()], n=1, cutoff=0.6)
    advice = (
        f"; did you mean {near[0]}?" if near else f"; known are {', '.join((*own, 'phase', 'comparison'))}, …"
    )
    raise UsageError(f"{option} {name}: no study has a field of that name{advice}")


def _shown(value: Condition) -> str:
    return " or ".join(str(item) for item in value) if isinstance(value, list) else str(value)
