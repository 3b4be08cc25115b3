"""Other models of ``rupmeta pool``, each by the name of its key in the JSON; the registry is ``PARTS``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rupmeta.pipeline.bayes import BayesSettings
from rupmeta.pipeline.specification import Overrides
from rupmeta.read.folder import Folder
from rupmeta.render.numbers import NumberStyle
from rupmeta.render.tables import Table
from rupmeta.results import Note

__all__ = ["PARTS", "Asked", "Model"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A folder with what the user wants of it; ``bayes`` holds priors and moderators, ``seed`` draws
    sign flips.
    """

    folder: Folder
    overrides: Overrides
    bayes: BayesSettings
    seed: int = 20260101


@dataclass(frozen=True)
class Model:
    """One model, fitted: its part of the JSON, its caveats, its table for CSV and its screen."""

    answer: Mapping[str, Any]
    notes: Sequence[Note]
    table: Callable[[NumberStyle], Table]
    screen: Callable[[NumberStyle, bool], str]


def _dependence(asked: Asked) -> Model:
    from rupmeta.pipeline.dependence import run_dependence
    from rupmeta.render.pooled.dependence_answer import dependence_answer
    from rupmeta.render.pooled.dependence_words import approaches_table, dependence_screen

    found = run_dependence(asked.folder, asked.overrides, by=asked.bayes.by)
    answer = dependence_answer(found)
    return Model(
        {"dependence": answer["dependence"]},
        found.notes,
        lambda style: approaches_table(answer, style),
        lambda style, color: dependence_screen(answer, style, color=color),
    )


def _bayes(asked: Asked) -> Model:
    from rupmeta.pipeline.bayes import run_bayes
    from rupmeta.render.pooled.bayes_answer import bayes_answer
    from rupmeta.render.pooled.bayes_words import bayes_screen, bayes_table

    found = run_bayes(asked.folder, asked.overrides, asked.bayes)
    answer, subject = bayes_answer(found), found.prepared.subject
    return Model(
        {"bayes": answer["bayes"]},
        found.notes,
        lambda style: bayes_table(answer, style),
        lambda style, color: bayes_screen(answer, subject, style, color=color),
    )


def _small_k(asked: Asked) -> Model:
    from rupmeta.pipeline.small_k import run_small_k
    from rupmeta.render.pooled.small_k import small_k_answer, small_k_screen, small_k_table

    found = run_small_k(asked.folder, asked.overrides, tau=asked.bayes.tau, seed=asked.seed)
    answer = small_k_answer(found)
    return Model(
        {"small_k": answer["small_k"]},
        found.notes,
        lambda style: small_k_table(answer, style),
        lambda style, color: small_k_screen(answer, style, color=color),
    )


PARTS: Mapping[str, Callable[[Asked], Model]] = {
    "dependence": _dependence,
    "small_k": _small_k,
    "bayes": _bayes,
}
