"""Effects that share samples: every way of dealing with them side by side.

``none`` takes them as independent, ``aggregate`` makes one effect of each sample (weights by generalised
least squares or equal), ``multilevel`` lets true effects vary between and within samples, ``che`` does so
with sampling errors that correlate (Pustejovsky & Tipton 2022, 10.1007/s11121-021-01246-3). Each has the row
of its model and a CR2 row, whose standard errors allow for a wrong working model.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.aggregate import aggregate_effects
from rupmeta.effects.covariance import cluster_indices, covariance_blocks
from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.numerics.blocks import evaluate, make_blocks, recode
from rupmeta.pool.design import make_design
from rupmeta.pool.fit import Fit, MethodName, TestName, fit_effects
from rupmeta.pool.multilevel import fit_multilevel
from rupmeta.pool.robust import cr2
from rupmeta.results import Estimate, NotEstimable

__all__ = [
    "APPROACHES",
    "RHOS",
    "Approach",
    "ApproachName",
    "Arranged",
    "Modelled",
    "OverRho",
    "SharedSample",
    "arrange",
    "compare_approaches",
    "find_shared_samples",
    "fit_approach",
    "vary_rho",
]

ApproachName = Literal["none", "aggregate", "aggregate-equal", "multilevel", "che"]
Float = NDArray[np.float64]
APPROACHES: tuple[ApproachName, ...] = ("none", "aggregate", "aggregate-equal", "multilevel", "che")
RHOS = (0.0, 0.3, 0.5, 0.7, 0.9)


@dataclass(frozen=True)
class Arranged:
    """The effects as one approach sees them, with the design ``X`` (k, p) of its model."""

    effects: Effects
    X: Float | None = None
    names: tuple[str, ...] = ("intercept",)


#: Effects → those that have all moderators, with the design matrix.
MakeDesign = Callable[[Effects], Arranged]


@dataclass(frozen=True, slots=True)
class Modelled:
    """How the models are fitted: arguments of ``fit_effects`` and ``fit_multilevel``, and of aggregation.

    ``by`` are moderators whose levels inside a sample are kept apart; ``design`` gives the design matrix.
    """

    method: MethodName = "REML"
    test: TestName = "adhoc"
    level: float = 0.95
    by: tuple[str, ...] = ()
    design: MakeDesign = Arranged


@dataclass(frozen=True)
class Approach:
    """One approach with its fit; ``fit.robust`` holds the CR2 rows, ``fit.clusters`` counts samples.

    ``rho`` is None where the approach has none.
    """

    name: ApproachName
    rho: float | None
    fit: Fit | NotEstimable
    arranged: Arranged | None


@dataclass(frozen=True)
class OverRho:
    """What becomes of the answer when effects of a sample correlate ``rho``."""

    rho: float
    aggregate: Fit | NotEstimable
    che: Fit | NotEstimable


@dataclass(frozen=True, slots=True)
class SharedSample:
    """A sample behind several effects; ``papers`` are the studies that report on it."""

    sample: str
    papers: tuple[str, ...]
    k: int
    n: float | None


def arrange(single: Effects, name: ApproachName, rho: float, model: Modelled) -> Arranged:
    """The effects as ``name`` sees them.

    Raises
    ------
    EstimationError
        The covariance of a sample is not positive definite at ``rho``.
    """
    if name in ("aggregate", "aggregate-equal"):
        weights: Literal["gls", "equal"] = "gls" if name == "aggregate" else "equal"
        return model.design(aggregate_effects(single, rho, weights, by=model.by))
    if name == "none":
        return model.design(dataclasses.replace(single, V=None))
    V = covariance_blocks(single, rho if name == "che" else 0.0)
    return model.design(dataclasses.replace(single, V=V))


def fit_approach(arranged: Arranged, name: ApproachName, model: Modelled) -> Fit:
    """The model of an approach, with CR2 rows where there are more samples than coefficients.

    Raises
    ------
    EstimationError
        No effects, too few of them, or no convergence.
    """
    effects, X, names = arranged.effects, arranged.X, arranged.names
    if name in ("multilevel", "che"):
        return fit_multilevel(effects, X=X, names=names, test=model.test, level=model.level)
    fit = fit_effects(effects, X=X, names=names, method=model.method, test=model.test, level=model.level)
    clusters = len(set(effects.clusters))
    if clusters <= fit.p:
        return dataclasses.replace(fit, clusters=clusters)
    design = make_design(effects.k, X, names)
    basis, R = (design.X, np.eye(1)) if design.p == 1 else np.linalg.qr(design.X)
    blocks = make_blocks(effects.yi, basis, np.diag(effects.vi), effects.clusters)
    robust = cr2(recode(evaluate(blocks, np.array([0.0, fit.heterogeneity.tau2 or 0.0])), design.X, R))
    rows = tuple(
        Estimate(name_, float(b), float(se), float(df), model.level)
        for name_, b, se, df in zip(
            design.names, robust.beta, np.sqrt(np.diag(robust.vcov)), robust.df, strict=True
        )
    )
    omnibus = robust.test(design.tested) if design.tested else None
    return dataclasses.replace(fit, clusters=clusters, robust=rows, robust_omnibus=omnibus)


def compare_approaches(
    single: Effects,
    rho: float,
    model: Modelled | None = None,
    *,
    names: Sequence[ApproachName] = APPROACHES,
) -> tuple[Approach, ...]:
    """All ``names`` on the effects ``single``, one row per effect; what cannot be fitted says why."""
    model = model or Modelled()
    found = []
    for name in names:
        own = None if name in ("none", "multilevel") else rho
        try:
            arranged = arrange(single, name, rho, model)
            found.append(Approach(name, own, fit_approach(arranged, name, model), arranged))
        except EstimationError as error:
            found.append(Approach(name, own, NotEstimable(str(error), error.code), None))
    return tuple(found)


def vary_rho(
    single: Effects, model: Modelled | None = None, *, rhos: Sequence[float] = RHOS
) -> tuple[OverRho, ...]:
    """The aggregated and the CHE answer at every rho of ``rhos``."""
    rows = []
    for rho in rhos:
        aggregate, che = compare_approaches(single, rho, model, names=("aggregate", "che"))
        rows.append(OverRho(rho, aggregate.fit, che.fit))
    return tuple(rows)


def find_shared_samples(single: Effects) -> tuple[SharedSample, ...]:
    """Samples that several effects come from, those that several papers report on first."""
    found = []
    for sample, indices in cluster_indices(single).items():
        if len(indices) < 2:
            continue
        rows = [single.rows[i] for i in indices]
        papers = tuple(dict.fromkeys(row.study for row in rows))
        people = [row.n for row in rows if row.n is not None]
        found.append(SharedSample(sample, papers, len(rows), max(people, default=None)))
    return tuple(sorted(found, key=lambda item: -len(item.papers)))
