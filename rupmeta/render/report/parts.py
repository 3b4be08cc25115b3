"""What a report computes for every analysis beyond the pooled answer; the registry is ``PARTS``.

A part is the object that its command prints as ``result``, with its notes, or the reason why there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rupmeta.errors import EstimationError, UsageError
from rupmeta.pipeline.specification import Overrides
from rupmeta.read.folder import Folder
from rupmeta.render.sensitivity.part import Settings
from rupmeta.results import Note

__all__ = ["PARTS", "compute_part", "notes_answer"]

Answer = Mapping[str, Any]
Found = tuple[Answer, Sequence[Note]]

#: Sign flips that test the curve of the multiverse.
PERMUTATIONS = 200


def _bias(folder: Folder, overrides: Overrides) -> Found:
    from rupmeta.pipeline.bias import assess_review
    from rupmeta.render.bias.answer import bias_answer

    found = assess_review(folder, overrides)
    return bias_answer(found), found.notes


def _sensitivity(name: str) -> Callable[[Folder, Overrides, Settings], Found]:
    def compute(folder: Folder, overrides: Overrides, settings: Settings) -> Found:
        from rupmeta.render.sensitivity.parts import PARTS as NAMED

        part = NAMED[name](folder, overrides, settings)
        return part.answer, part.notes

    return compute


def _multiverse(folder: Folder, overrides: Overrides, settings: Settings) -> Found:
    from rupmeta.pipeline.multiverse import run_multiverse
    from rupmeta.render.multiverse.answer import multiverse_answer

    found = run_multiverse(folder, overrides, permute=PERMUTATIONS, seed=settings.seed, jobs=settings.jobs)
    return multiverse_answer(found), found.notes


def _dependence(folder: Folder, overrides: Overrides) -> Found:
    from rupmeta.pipeline.dependence import run_dependence
    from rupmeta.render.pooled.dependence_answer import dependence_answer

    found = run_dependence(folder, overrides)
    return dependence_answer(found), found.notes


def _small_k(folder: Folder, overrides: Overrides, settings: Settings) -> Found:
    from rupmeta.pipeline.small_k import run_small_k
    from rupmeta.render.pooled.small_k import small_k_answer

    found = run_small_k(folder, overrides, seed=settings.seed)
    return small_k_answer(found), found.notes


def _bayes(folder: Folder, overrides: Overrides) -> Found:
    from rupmeta.pipeline.bayes import run_bayes
    from rupmeta.render.pooled.bayes_answer import bayes_answer

    found = run_bayes(folder, overrides)
    return bayes_answer(found), found.notes


def _overlap(folder: Folder, overrides: Overrides) -> Found:
    from rupmeta.pipeline.regress import compare_pairs_of
    from rupmeta.render.moderators.answers import overlap_answer

    found = compare_pairs_of(folder, (), overrides)
    return overlap_answer(found), found.notes


def _rob(folder: Folder, overrides: Overrides) -> Found:
    from rupmeta.render.drawing.answers import figure_answer

    found = figure_answer("rob", folder, overrides)
    return found.answer, ()


def _counts(folder: Folder, overrides: Overrides) -> Found:
    """What a L'Abbé plot adds to the pooled answer."""
    from rupmeta.render.drawing.answers import figure_answer

    answer = figure_answer("labbe", folder, overrides).answer
    if not answer["counts"]:
        raise EstimationError("no effect of this analysis comes with counts of both groups")
    return {key: answer[key] for key in ("counts", "without_counts")}, ()


def _steady(compute: Callable[[Folder, Overrides], Found]) -> Callable[[Folder, Overrides, Settings], Found]:
    """A computation without random numbers or heavy work."""
    return lambda folder, overrides, settings: compute(folder, overrides)  # noqa: ARG005


#: Key in ``results.json`` → computation, in the order of the page.
PARTS: Mapping[str, Callable[[Folder, Overrides, Settings], Found]] = {
    "overlap": _steady(_overlap),
    "bias": _steady(_bias),
    **{
        name: _sensitivity(name)
        for name in (
            "leave_one_out",
            "cumulative",
            "influence",
            "gosh",
            "estimators",
            "conversions",
            "outliers",
            "fragility",
        )
    },
    "multiverse": _multiverse,
    "dependence": _steady(_dependence),
    "small_k": _small_k,
    "bayes": _steady(_bayes),
    "confounding": _sensitivity("confounding"),
    "rob": _steady(_rob),
    "counts": _steady(_counts),
}


def compute_part(name: str, folder: Folder, overrides: Overrides, settings: Settings) -> dict[str, Any]:
    """``{"result", "notes", "reason"}``; without an answer ``result`` is None and ``reason`` says why."""
    try:
        answer, notes = PARTS[name](folder, overrides, settings)
    except (EstimationError, UsageError) as error:
        return {"result": None, "notes": [], "reason": str(error)}
    return {"result": dict(answer), "notes": notes_answer(notes), "reason": None}


def notes_answer(notes: Sequence[Note]) -> list[dict[str, str | None]]:
    """Notes as the JSON of every command writes them."""
    return [
        {"code": note.code, "message": note.message, "where": note.where, "severity": note.severity}
        for note in notes
    ]
