"""Leave-one-out, cumulative, influence, estimators, subsets, bootstrap: parts of ``rupmeta sensitivity``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol, cast

from rupmeta.errors import UsageError, unknown_choice
from rupmeta.explore.leave_one_out import Order
from rupmeta.parallel import cache_folder
from rupmeta.pipeline import stability
from rupmeta.pipeline.analyse import Prepared
from rupmeta.pipeline.specification import Overrides
from rupmeta.read.folder import Folder
from rupmeta.render.sensitivity.part import Part, Settings
from rupmeta.render.stability import answer as answers
from rupmeta.render.stability.words import TABLES, stability_screen
from rupmeta.results import Note

__all__ = ["STABILITY", "figure_part"]

Answer = Mapping[str, Any]

ORDERS = ("file", "year", "precision")
UNITS = ("sample", "study")


def _leave_one_out(folder: Folder, overrides: Overrides, settings: Settings) -> Part:
    """The answer without each sample or study."""
    unit = cast(Literal["sample", "study"], _choose("unit", settings.unit, UNITS))
    found = stability.omit_one(folder, overrides, by=unit)
    return _part("leave_one_out", answers.leave_one_out_answer(found), found)


def _cumulative(folder: Folder, overrides: Overrides, settings: Settings) -> Part:
    """The answer as samples join."""
    order = cast(Order, _choose("order", settings.order, ORDERS))
    found = stability.add_one_by_one(folder, overrides, order=order)
    return _part("cumulative", answers.cumulative_answer(found), found)


def _influence(folder: Folder, overrides: Overrides, settings: Settings) -> Part:
    """Which effects pull the answer."""
    del settings
    found = stability.find_influence(folder, overrides)
    return _part("influence", answers.influence_answer(found), found)


def _estimators(folder: Folder, overrides: Overrides, settings: Settings) -> Part:
    """Every estimator of tau2 with every test."""
    del settings
    found = stability.compare_estimators(folder, overrides)
    return _part("estimators", answers.estimators_answer(found), found)


def _gosh(folder: Folder, overrides: Overrides, settings: Settings) -> Part:
    """The answer in all subsets."""
    found = stability.look_at_subsets(folder, overrides, where=_where(settings))
    return _part("gosh", answers.gosh_answer(found), found)


def _bootstrap(folder: Folder, overrides: Overrides, settings: Settings) -> Part:
    """The answer in samples drawn again."""
    if settings.bootstrap < 100:
        raise UsageError(f"--bootstrap {settings.bootstrap}: fewer than 100 draws say nothing about tails")
    found = stability.draw_again(folder, overrides, iterations=settings.bootstrap, where=_where(settings))
    return _part("bootstrap", answers.bootstrap_answer(found), found)


def figure_part(
    name: str, folder: Folder, overrides: Overrides, settings: Settings
) -> tuple[Answer, str | None, Sequence[Note]]:
    """The answer that a figure is made from, what its effects are about, and its caveats."""
    part = STABILITY[name](folder, overrides, settings)
    return part.answer, part.subject, part.notes


def _where(settings: Settings) -> stability.Where:
    return stability.Where(settings.seed, settings.jobs, settings.dask, cache_folder())


def _choose(option: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise unknown_choice(f"--{option}", value, allowed)
    return value


class _Found(Protocol):
    @property
    def prepared(self) -> Prepared: ...
    @property
    def notes(self) -> tuple[Note, ...]: ...


def _part(key: str, answer: Answer, found: _Found) -> Part:
    return Part(
        answer,
        found.notes,
        lambda style: TABLES[key](answer, style),
        lambda style, color: stability_screen(answer, key, style, color=color),
        found.prepared.subject,
    )


#: Option → analysis.
STABILITY: Mapping[str, Callable[[Folder, Overrides, Settings], Part]] = {
    "leave_one_out": _leave_one_out,
    "cumulative": _cumulative,
    "influence": _influence,
    "estimators": _estimators,
    "gosh": _gosh,
    "bootstrap": _bootstrap,
}
