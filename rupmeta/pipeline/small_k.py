"""Every way to judge the mean of few studies, for one analysis."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rupmeta.effects.notes import effect_notes
from rupmeta.pipeline.analyse import Prepared, correlational, prepare_effects, unique
from rupmeta.pipeline.independent import independent_effects
from rupmeta.pipeline.specification import Overrides
from rupmeta.pool.bayes import DEFAULT_TAU_PRIOR
from rupmeta.pool.priors import TauPrior
from rupmeta.pool.small_k import SmallK, compare_small_k
from rupmeta.read.folder import Folder
from rupmeta.results import Note

__all__ = ["SmallKResult", "run_small_k"]


@dataclass(frozen=True)
class SmallKResult:
    """The rows for the effects of an analysis, those of one sample aggregated."""

    prepared: Prepared
    table: SmallK
    notes: tuple[Note, ...]


def run_small_k(
    folder: Folder,
    overrides: Overrides | None = None,
    *,
    tau: TauPrior = DEFAULT_TAU_PRIOR,
    seed: int = 20260101,
) -> SmallKResult:
    """All methods side by side; ``tau`` is the prior of the Bayesian row, ``seed`` draws sign flips where
    there are too many to go through.
    """
    prepared = prepare_effects(folder, overrides)
    spec = prepared.specification
    effects, merged = independent_effects(prepared, "the comparison of methods")
    table = compare_small_k(
        replace(effects, V=None), method=spec.method, level=spec.level, prior_tau=tau, seed=seed
    )
    notes = [correlational(prepared.subject), *prepared.notes, *merged, *table.notes]
    notes += effect_notes(effects, analysis=spec.analysis, approach=spec.approach)
    return SmallKResult(prepared, table, unique(notes))
