"""The pooled answer without each sample: all its effects leave together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.covariance import cluster_indices
from rupmeta.errors import EstimationError
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.dependence import Approach, Arranged, Modelled
from rupmeta.pool.fit import Fit
from rupmeta.pool.inference import TESTS
from rupmeta.pool.multilevel import fit_multilevel
from rupmeta.results import Estimate, NotEstimable

__all__ = ["Omitted", "leave_cluster_out"]

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Omitted:
    """The first coefficient without ``sample`` and its ``k`` effects; ``robust`` is the CR2 row of ``che``.

    ``aggregate`` and ``che`` are None where the rest carries no answer.
    """

    sample: str
    k: int
    aggregate: Estimate | None
    che: Estimate | None
    robust: Estimate | None


def leave_cluster_out(aggregate: Approach, che: Approach, model: Modelled) -> tuple[Omitted, ...]:
    """Leave every sample out of both models, in the order of the effects.

    Aggregated effects are independent: all fits are rows of one batch. The fits of CHE are not, and each
    begins at the variances of the full fit.
    """
    rows = {} if aggregate.arranged is None else _aggregated(aggregate.arranged, model)
    arranged = che.arranged
    if arranged is None or isinstance(che.fit, NotEstimable):
        return ()
    start = (che.fit.sigma2_between or 0.0, che.fit.sigma2_within or 0.0)
    found = []
    for sample, indices in cluster_indices(arranged.effects).items():
        fit = _without(arranged, set(indices), model, start)
        first = None if fit is None else fit.estimate
        robust = fit.robust[0] if fit is not None and fit.robust else None
        found.append(Omitted(sample, len(indices), rows.get(sample), first, robust))
    return tuple(found)


def _without(
    arranged: Arranged, left_out: set[int], model: Modelled, start: tuple[float, float]
) -> Fit | None:
    kept = [i for i in range(arranged.effects.k) if i not in left_out]
    X = None if arranged.X is None else arranged.X[kept]
    try:
        return fit_multilevel(
            arranged.effects.take(kept),
            X=X,
            names=arranged.names,
            test=model.test,
            level=model.level,
            start=start,
        )
    except EstimationError:
        return None


def _aggregated(arranged: Arranged, model: Modelled) -> dict[str, Estimate]:
    """Sample → the first coefficient without it; samples without which nothing can be fitted are left out."""
    effects = arranged.effects
    samples = cluster_indices(effects)
    counts = np.ones((len(samples), effects.k))
    for row, indices in enumerate(samples.values()):
        counts[row, indices] = 0.0
    fit = fit_batch(effects.yi, effects.vi, arranged.X, counts, method=model.method)
    scaling = TESTS[model.test]
    found = {}
    for row, sample in enumerate(samples):
        df = float(fit.df[row])
        if not fit.ok[row]:
            continue
        se = float(np.sqrt(scaling.factor(fit.s2[row : row + 1])[0] * fit.vcov[row, 0, 0]))
        found[sample] = Estimate(
            arranged.names[0], float(fit.beta[row, 0]), se, df if scaling.student else None, model.level
        )
    return found
