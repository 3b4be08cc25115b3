"""The analyses of ``rupmeta sensitivity``, each by the name of its option; the registry is ``PARTS``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rupmeta.pipeline.specification import Overrides
from rupmeta.read.folder import Folder
from rupmeta.render.numbers import NumberStyle
from rupmeta.render.tables import Table
from rupmeta.results import Note

__all__ = ["PARTS", "Part", "Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What only some analyses need: the smallest correlation of interest, the seed of random numbers."""

    smallest: float = 0.10
    seed: int = 20260101


@dataclass(frozen=True)
class Part:
    """One analysis, done: its JSON, its caveats, its table for CSV and its screen."""

    answer: Mapping[str, Any]
    notes: Sequence[Note]
    table: Callable[[NumberStyle], Table]
    screen: Callable[[NumberStyle, bool], str]


def _conversions(folder: Folder, overrides: Overrides, settings: Settings) -> Part:
    from rupmeta.pipeline.reconvert import reconvert
    from rupmeta.render.reconversion_answer import (
        conversions_answer,
        conversions_screen,
        conversions_table,
    )

    del settings  # nothing random, no threshold
    found = reconvert(folder, overrides)
    answer = conversions_answer(found)
    return Part(
        answer,
        found.notes,
        lambda style: conversions_table(answer, style),
        lambda style, color: conversions_screen(answer, style, color=color),
    )


def _fragility(folder: Folder, overrides: Overrides, settings: Settings) -> Part:
    from rupmeta.pipeline.fragility import assess_fragility
    from rupmeta.render.fragility_answer import fragility_answer
    from rupmeta.render.fragility_words import fragility_screen, values_table

    del settings
    found = assess_fragility(folder, overrides)
    answer = fragility_answer(found)
    return Part(
        answer,
        found.notes,
        lambda style: values_table(answer, style),
        lambda style, color: fragility_screen(answer, style, color=color),
    )


def _outliers(folder: Folder, overrides: Overrides, settings: Settings) -> Part:
    from rupmeta.pipeline.fragility import find_outliers
    from rupmeta.render.fragility_answer import outliers_answer
    from rupmeta.render.fragility_words import outliers_screen, outliers_table

    del settings
    found = find_outliers(folder, overrides)
    answer = outliers_answer(found)
    return Part(
        answer,
        found.notes,
        lambda style: outliers_table(answer, style),
        lambda style, color: outliers_screen(answer, style, color=color),
    )


def _confounding(folder: Folder, overrides: Overrides, settings: Settings) -> Part:
    from rupmeta.pipeline.confounding import assess_confounding
    from rupmeta.render.confounding_answer import confounding_answer
    from rupmeta.render.confounding_words import confounding_screen, evidence_table

    found = assess_confounding(folder, overrides, threshold=settings.smallest, seed=settings.seed)
    answer = confounding_answer(found)
    return Part(
        answer,
        found.notes,
        lambda style: evidence_table(answer, style),
        lambda style, color: confounding_screen(answer, style, color=color),
    )


#: Option → analysis.
PARTS: Mapping[str, Callable[[Folder, Overrides, Settings], Part]] = {
    "conversions": _conversions,
    "fragility": _fragility,
    "outliers": _outliers,
    "confounding": _confounding,
}
