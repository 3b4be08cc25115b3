"""All subsets of a few moderators, weighed by how well they fit: exploration, never a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.explore.design import Design, build_design
from rupmeta.explore.explained import corrected_aic
from rupmeta.numerics.fit import fit_batch
from rupmeta.results import Estimate

__all__ = ["MOST", "CandidateModel", "Multimodel", "average_models"]

Float = NDArray[np.float64]
MOST = 6  # moderators: 64 models


@dataclass(frozen=True, slots=True)
class CandidateModel:
    """One subset of the moderators, fitted by ML; ``weight`` is its share of the Akaike weights."""

    terms: tuple[str, ...]
    k: int
    p: int
    log_likelihood: float
    AICc: float
    delta: float
    weight: float
    tau2: float


@dataclass(frozen=True)
class Multimodel:
    """``models`` best first; ``importance`` of a moderator: the weights of the models that hold it.

    ``coefficients``: averages over all models, 0 where absent, with unconditional standard errors.
    ``refused`` models had no fit (more coefficients than effects, or a level that others determine).
    """

    design: Design
    models: tuple[CandidateModel, ...]
    importance: tuple[tuple[str, float], ...]
    coefficients: tuple[Estimate, ...]
    refused: tuple[tuple[str, ...], ...]


def average_models(
    effects: Effects,
    moderators: Sequence[str],
    *,
    reference: Mapping[str, str] | None = None,
    level: float = 0.95,
) -> Multimodel:
    """Fit every subset of ``moderators`` to the effects that have them all, and weigh the fits by AICc.

    ω ∝ exp(-Δ/2), Δ = AICc - min AICc, AICc = -2ℓ + 2qn/(n - q - 1), q = p + 1, n = max(k, q + 2), ℓ of ML,
    since restricted likelihoods of different designs cannot be compared. b̄ = Σωb, se = √Σω(se² + (b - b̄)²)
    (Burnham & Anderson 2002, 10.1007/b97636). Models of one size are rows of one batch. Raises
    ``EstimationError`` (K-MOD) for more than six moderators or too few effects.
    """
    if not 2 <= len(moderators) <= MOST:
        raise EstimationError(
            f"{len(moderators)} moderators: all subsets are compared for 2 to {MOST} of them", "K-MOD"
        )
    design = build_design(effects, moderators, reference=reference)
    used = effects.take(design.kept)
    indices = range(len(design.terms))
    subsets = list(chain.from_iterable(combinations(indices, n) for n in range(len(design.terms) + 1)))
    columns = [(0, *(c for i in subset for c in design.terms[i].columns)) for subset in subsets]
    fits = _fit_subsets(used, design.X, columns)
    fitted = [i for i, fit in enumerate(fits) if fit is not None]
    if len(fitted) < 2:
        raise EstimationError(
            f"{used.k} effects have all of these moderators: too few to compare models", "K-MOD"
        )
    aicc = np.array([fits[i].aicc for i in fitted if fits[i] is not None])  # type: ignore[union-attr]
    delta = aicc - aicc.min()
    omega = np.exp(-0.5 * delta) / np.exp(-0.5 * delta).sum()
    names = [term.name for term in design.terms]
    models = []
    for i, d, weight in zip(fitted, delta.tolist(), omega.tolist(), strict=True):
        fit = fits[i]
        assert fit is not None
        terms = tuple(names[j] for j in subsets[i])
        models.append(
            CandidateModel(terms, used.k, len(columns[i]), fit.log_likelihood, fit.aicc, d, weight, fit.tau2)
        )
    importance = tuple((name, sum(m.weight for m in models if name in m.terms)) for name in names)
    coefficients = _average(design, [columns[i] for i in fitted], [fits[i] for i in fitted], omega, level)
    order = sorted(range(len(models)), key=lambda i: (models[i].delta, models[i].p))
    refused = tuple(
        tuple(names[j] for j in subset) for subset, fit in zip(subsets, fits, strict=True) if fit is None
    )
    return Multimodel(design, tuple(models[i] for i in order), importance, coefficients, refused)


@dataclass(frozen=True, slots=True)
class _Fitted:
    beta: Float
    se: Float
    log_likelihood: float
    aicc: float
    tau2: float


def _fit_subsets(effects: Effects, X: Float, columns: Sequence[tuple[int, ...]]) -> list[_Fitted | None]:
    """Every model, those with the same number of coefficients as rows of one batch."""
    found: list[_Fitted | None] = [None] * len(columns)
    for p in sorted({len(chosen) for chosen in columns}):
        if p >= effects.k:
            continue
        rows = [i for i, chosen in enumerate(columns) if len(chosen) == p]
        batch = fit_batch(
            effects.yi, effects.vi, np.stack([X[:, list(columns[i])] for i in rows]), method="ML"
        )
        for row, i in enumerate(rows):
            if batch.ok[row]:
                ll = float(batch.log_likelihood[row])
                aicc = corrected_aic(ll, p, effects.k)
                se = np.sqrt(np.diag(batch.vcov[row]))
                found[i] = _Fitted(batch.beta[row], se, ll, aicc, float(batch.tau2[row]))
    return found


def _average(
    design: Design,
    columns: Sequence[tuple[int, ...]],
    fits: Sequence[_Fitted | None],
    omega: Float,
    level: float,
) -> tuple[Estimate, ...]:
    beta, variance = (np.zeros((len(fits), len(design.names))) for _ in range(2))
    for row, (chosen, fit) in enumerate(zip(columns, fits, strict=True)):
        assert fit is not None
        beta[row, list(chosen)] = fit.beta
        variance[row, list(chosen)] = fit.se**2
    mean = omega @ beta
    se = np.sqrt(omega @ (variance + (beta - mean) ** 2))
    return tuple(
        Estimate(name, float(b), float(s), None, level)
        for name, b, s in zip(design.names, mean, se, strict=True)
    )
