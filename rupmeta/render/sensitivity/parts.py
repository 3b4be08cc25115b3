"""The analyses of ``rupmeta sensitivity``, each by the name of its option; the registry is ``PARTS``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rupmeta.errors import EstimationError
from rupmeta.pipeline.specification import Overrides
from rupmeta.read.folder import Folder
from rupmeta.render.sensitivity.part import Part, Settings
from rupmeta.results import Note

__all__ = ["PARTS", "STANDARD", "join_screens", "run_parts"]

#: Done when none is named.
STANDARD = ("leave_one_out", "cumulative", "influence", "estimators")


def _conversions(folder: Folder, overrides: Overrides, settings: Settings) -> Part:
    from rupmeta.pipeline.reconvert import reconvert
    from rupmeta.render.sensitivity.reconversion import (
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
    from rupmeta.render.fragility.answer import fragility_answer
    from rupmeta.render.fragility.words import fragility_screen, values_table

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
    from rupmeta.render.fragility.answer import outliers_answer
    from rupmeta.render.fragility.words import outliers_screen, outliers_table

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
    from rupmeta.render.confounding.answer import confounding_answer
    from rupmeta.render.confounding.words import confounding_screen, evidence_table

    found = assess_confounding(folder, overrides, threshold=settings.smallest, seed=settings.seed)
    answer = confounding_answer(found)
    return Part(
        answer,
        found.notes,
        lambda style: evidence_table(answer, style),
        lambda style, color: confounding_screen(answer, style, color=color),
    )


def _stability(name: str) -> Callable[[Folder, Overrides, Settings], Part]:
    def run(folder: Folder, overrides: Overrides, settings: Settings) -> Part:
        from rupmeta.render.stability.parts import STABILITY

        return STABILITY[name](folder, overrides, settings)

    return run


#: Option → analysis.
PARTS: Mapping[str, Callable[[Folder, Overrides, Settings], Part]] = {
    **{
        name: _stability(name)
        for name in ("leave_one_out", "cumulative", "influence", "estimators", "gosh", "bootstrap")
    },
    "conversions": _conversions,
    "fragility": _fragility,
    "outliers": _outliers,
    "confounding": _confounding,
}


def run_parts(
    names: Sequence[str], folder: Folder, overrides: Overrides, settings: Settings
) -> tuple[list[Part], list[Note]]:
    """The analyses in order and all their notes; without names the standard ones, of which those that cannot
    be had are noted. ``EstimationError`` when none can, or one that was named cannot.
    """
    parts: list[Part] = []
    missing: list[EstimationError] = []
    for name in names or STANDARD:
        try:
            parts.append(PARTS[name](folder, overrides, settings))
        except EstimationError as error:
            if names:
                raise
            missing.append(error)
    if not parts:
        raise missing[0]
    notes = [note for part in parts for note in part.notes]
    notes += [Note(error.code, str(error), severity="warning") for error in missing]
    return parts, list(dict.fromkeys(notes))


def join_screens(screens: Sequence[str]) -> str:
    """One below the other; the heading, up to the first empty line, is said once if it is the same."""
    head = screens[0].partition("\n\n")[0] + "\n\n"
    return "\n\n\n".join([screens[0], *(screen.removeprefix(head) for screen in screens[1:])])
