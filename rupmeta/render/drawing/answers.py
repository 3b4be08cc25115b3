"""The answer that a figure is made from, where that is not the pooled one; the registry is ``ANSWERS``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rupmeta.pipeline.analyse import synthesise
from rupmeta.pipeline.specification import Overrides
from rupmeta.read.folder import Folder
from rupmeta.render.answers import pool_answer
from rupmeta.render.sensitivity.part import Settings
from rupmeta.results import Note

__all__ = ["ANSWERS", "FigureAnswer", "along_answer", "figure_answer", "forest_with_rob"]


@dataclass(frozen=True)
class FigureAnswer:
    """What a figure shows, what its effects are about, and the caveats that go with it."""

    answer: Mapping[str, Any]
    subject: str | None
    notes: Sequence[Note]


def forest_with_rob(folder: Folder, overrides: Overrides) -> FigureAnswer:
    """The pooled answer with the judgements of its studies; EstimationError when none is judged."""
    from rupmeta.pipeline.risk_of_bias import judge_weight
    from rupmeta.render.rob.answer import rob_parts

    found = judge_weight(folder, overrides)
    synthesis = found.synthesis
    answer = {**pool_answer(synthesis), "rob": rob_parts(found)}
    return FigureAnswer(answer, synthesis.prepared.subject, synthesis.notes)


def _pool(folder: Folder, overrides: Overrides) -> FigureAnswer:
    synthesis = synthesise(folder, overrides)
    return FigureAnswer(pool_answer(synthesis), synthesis.prepared.subject, synthesis.notes)


def _drapery(folder: Folder, overrides: Overrides) -> FigureAnswer:
    """The pooled answer with the degrees of freedom of its prediction interval."""
    synthesis = synthesise(folder, overrides)
    answer = {**pool_answer(synthesis), "pi_df": synthesis.fit.pi_df}
    return FigureAnswer(answer, synthesis.prepared.subject, synthesis.notes)


def _labbe(folder: Folder, overrides: Overrides) -> FigureAnswer:
    """The pooled answer with the counts behind its effects."""
    from rupmeta.pipeline.counts import find_counts

    synthesis = synthesise(folder, overrides)
    found, without = find_counts(synthesis.prepared)
    counts = [
        {
            **{key: getattr(item, key) for key in ("better1", "n1", "better2", "n2", "turned")},
            **{key: getattr(item.row, key) for key in ("study", "effect", "label", "provisional")},
        }
        for item in found
    ]
    missing = list(dict.fromkeys(row.label for row in without))
    answer = {**pool_answer(synthesis), "counts": counts, "without_counts": missing}
    return FigureAnswer(answer, synthesis.prepared.subject, synthesis.notes)


def _rob(folder: Folder, overrides: Overrides) -> FigureAnswer:
    from rupmeta.pipeline.risk_of_bias import judge_weight
    from rupmeta.render.rob.answer import rob_answer

    found = judge_weight(folder, overrides)
    synthesis = found.synthesis
    return FigureAnswer(rob_answer(found), synthesis.prepared.subject, synthesis.notes)


def _multiverse(folder: Folder, overrides: Overrides, settings: Settings) -> FigureAnswer:
    from rupmeta.pipeline.multiverse import run_multiverse
    from rupmeta.render.multiverse.answer import multiverse_answer

    found = run_multiverse(
        folder, overrides, permute=0, seed=settings.seed, jobs=settings.jobs, dask=settings.dask
    )
    return FigureAnswer(multiverse_answer(found), found.prepared.subject, found.notes)


def _confounding(folder: Folder, overrides: Overrides, settings: Settings) -> FigureAnswer:
    from rupmeta.pipeline.confounding import assess_confounding
    from rupmeta.render.confounding.answer import confounding_answer

    found = assess_confounding(folder, overrides, threshold=settings.smallest, seed=settings.seed)
    return FigureAnswer(confounding_answer(found), found.prepared.subject, found.notes)


def _bias(folder: Folder, overrides: Overrides) -> FigureAnswer:
    from rupmeta.pipeline.bias import assess_review
    from rupmeta.render.bias.answer import bias_answer

    found = assess_review(folder, overrides)
    return FigureAnswer(bias_answer(found), found.prepared.subject, found.notes)


def _funnel(folder: Folder, overrides: Overrides) -> FigureAnswer:
    """The pooled answer, with what may be missing from it where every point is a sample of its own."""
    pooled, assessed = _pool(folder, overrides), _bias(folder, overrides)
    if len(pooled.answer["effects"]) != assessed.answer["k"]:
        return pooled
    return FigureAnswer({**pooled.answer, "bias": assessed.answer}, pooled.subject, pooled.notes)


def _bayes(folder: Folder, overrides: Overrides) -> FigureAnswer:
    """Under the default priors."""
    from rupmeta.pipeline.bayes import run_bayes
    from rupmeta.render.pooled.bayes_answer import bayes_answer

    found = run_bayes(folder, overrides)
    return FigureAnswer(bayes_answer(found), found.prepared.subject, found.notes)


def _profile(folder: Folder, overrides: Overrides) -> FigureAnswer:
    """The approaches to dependence, with the profiles of the variances."""
    from rupmeta.pipeline.dependence import run_dependence
    from rupmeta.render.pooled.dependence_answer import dependence_answer

    found = run_dependence(folder, overrides, profile_only=True)
    return FigureAnswer(dependence_answer(found), found.prepared.subject, found.notes)


def _stability(part: str) -> Callable[[Folder, Overrides, Settings], FigureAnswer]:
    def answer(folder: Folder, overrides: Overrides, settings: Settings) -> FigureAnswer:
        from rupmeta.render.stability.parts import figure_part

        return FigureAnswer(*figure_part(part, folder, overrides, settings))

    return answer


#: The same for those that depend on a seed, on how work is shared out, or on other settings.
WITH_SETTINGS: Mapping[str, Callable[[Folder, Overrides, Settings], FigureAnswer]] = {
    "specification": _multiverse,
    "leave-one-out": _stability("leave_one_out"),
    "cumulative": _stability("cumulative"),
    "influence": _stability("influence"),
    "baujat": _stability("influence"),
    "gosh": _stability("gosh"),
    "confounding": _confounding,
}

#: Kind of figure → its answer; a kind that is not here is made from the pooled one.
ANSWERS: Mapping[str, Callable[[Folder, Overrides], FigureAnswer]] = {
    "adjustments": _bias,
    "p-curve": _bias,
    "funnel": _funnel,
    "prior-posterior": _bayes,
    "profile": _profile,
    "drapery": _drapery,
    "labbe": _labbe,
    "rob": _rob,
    "rob-summary": _rob,
}


def along_answer(folder: Folder, overrides: Overrides, by: str) -> FigureAnswer | None:
    """The effects along the number ``by`` with the fitted line; None when ``by`` is a category."""
    from rupmeta.explore.design import parse_moderator
    from rupmeta.pipeline.regress import moderate_by
    from rupmeta.pipeline.specification import check_field
    from rupmeta.render.moderators.answers import bubble_answer

    check_field(folder, parse_moderator(by)[0], "--by")
    prepared, moderated, notes = moderate_by(folder, [by], overrides)
    if moderated.subgroups:
        return None
    return FigureAnswer(bubble_answer(prepared, moderated), prepared.subject, notes)


def figure_answer(
    kind: str, folder: Folder, overrides: Overrides, settings: Settings | None = None
) -> FigureAnswer:
    """The answer for a figure of this kind."""
    if kind in WITH_SETTINGS:
        return WITH_SETTINGS[kind](folder, overrides, settings or Settings())
    return ANSWERS.get(kind, _pool)(folder, overrides)
