"""The permutation test of a meta-regression: samples are the units that are shuffled."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.aggregate import aggregate_effects
from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.explore.moderators import Moderated
from rupmeta.explore.permutation import Permutation, permute_rows
from rupmeta.pipeline.analyse import Prepared
from rupmeta.pipeline.stability import Where
from rupmeta.results import Note

__all__ = ["Permuted", "permute_model"]

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Permuted:
    """The test and its caveats."""

    permutation: Permutation
    notes: tuple[Note, ...]


def permute_model(
    prepared: Prepared, moderated: Moderated, *, iterations: int, where: Where | None = None
) -> Permuted:
    """Shuffle the moderators of ``moderated`` among the effects that it was fitted to.

    Effects of one sample are merged first where the model takes them as dependent. ``EstimationError`` when a
    moderator then varies inside a sample: shuffling would tear the sample apart.
    """
    where = where or Where()
    spec, fit, design = prepared.specification, moderated.fit, moderated.design
    names = tuple(estimate.label for estimate in fit.coefficients)
    effects, X = prepared.effects.take(design.kept), design.X[:, list(fit.kept)]
    notes: list[Note] = []
    if spec.approach in ("multilevel", "che"):
        effects, X = _merge(effects, X, spec.rho)
        text = f"the permutation test merges effects of one sample with rho = {spec.rho:g}"
        notes.append(Note("SENS-AGGREGATE", text))
    elif len(set(effects.clusters)) < effects.k:
        text = "some samples give several effects, which are shuffled as if they were independent"
        notes.append(Note("PERM-DEP", text, severity="warning"))
    found = permute_rows(
        effects,
        X,
        names,
        method=spec.method,
        test=spec.test,
        iterations=iterations,
        seed=where.seed,
        jobs=where.jobs,
        dask=where.dask,
        cache=where.cache,
    )
    if found.smallest > 0.05:
        text = f"with {found.iterations} arrangements no permutation p can be below {found.smallest:.4g}"
        notes.append(Note("K-PERM", text, severity="warning"))
    if found.failed:
        text = f"{found.failed} of {found.iterations} arrangements have no fit; they count as extreme"
        notes.append(Note("CONV", text, severity="warning"))
    return Permuted(found, tuple(notes))


def _merge(effects: Effects, X: Float, rho: float) -> tuple[Effects, Float]:
    """One row a sample, with the row of X that its effects share."""
    first: dict[str, int] = {}
    for i, cluster in enumerate(effects.clusters):
        j = first.setdefault(cluster, i)
        if not np.array_equal(X[i], X[j]):
            raise EstimationError(
                f"a moderator varies inside sample {cluster}: its effects cannot be shuffled as one", "K-PERM"
            )
    return aggregate_effects(replace(effects, V=None), rho), X[list(first.values())]
