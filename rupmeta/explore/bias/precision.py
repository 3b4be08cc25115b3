"""The effect that an infinitely precise study would find: PET-PEESE and limit meta-analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.explore.bias.asymmetry import fit_egger
from rupmeta.explore.bias.oriented import require
from rupmeta.numerics.distributions import chi2_p
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.fit import MethodName
from rupmeta.results import Estimate, Test

__all__ = ["LimitMeta", "PetPeese", "extrapolate_limit", "fit_pet_peese"]

#: PET's one-sided p below which PEESE is taken.
GATE = 0.05


@dataclass(frozen=True, slots=True)
class PetPeese:
    """``pet``, ``peese``: intercepts; ``used`` says which is the answer, by ``pval`` of PET (one-sided)."""

    used: Literal["pet", "peese"]
    pet: Estimate
    peese: Estimate
    pval: float

    @property
    def estimate(self) -> Estimate:
        """The conditional estimate."""
        return self.peese if self.used == "peese" else self.pet


def fit_pet_peese(effects: Effects, mu: float, *, level: float = 0.95) -> PetPeese:
    """Precision-effect test and estimate (Stanley & Doucouliagos 2014, 10.1002/jrsm.1095).

    Intercepts of weighted regressions of y on √v (PET) and on v (PEESE), t on k − 2 df. PEESE is taken where
    PET's one-sided p in the direction of ``mu``, the pooled effect, is below .05. Assumes that small studies
    differ from large ones by selection alone, and strays when heterogeneity is large.
    """
    require(effects.k, "PET-PEESE")
    pet = fit_egger(effects, model="lm", predictor="sei", level=level).limit.relabelled("PET")
    peese = fit_egger(effects, model="lm", predictor="vi", level=level).limit.relabelled("PEESE")
    along = (pet.estimate < 0) == (mu < 0)
    pval = pet.pval / 2.0 if along else 1.0 - pet.pval / 2.0
    return PetPeese("peese" if pval < GATE else "pet", pet, peese, pval)


@dataclass(frozen=True, slots=True)
class LimitMeta:
    """``estimate`` = β + τα: the mean of infinitely precise studies, small-study effects taken out.

    ``alpha`` the small-study effect; ``small`` the test of it, ``residual`` of what heterogeneity remains;
    ``G2`` in percent: how much of the studies' scatter is left once small-study effects are taken out.
    """

    estimate: Estimate
    alpha: float
    tau2: float
    small: Test
    residual: Test
    G2: float


def extrapolate_limit(effects: Effects, *, method: MethodName = "REML", level: float = 0.95) -> LimitMeta:
    """Limit meta-analysis (Rücker et al. 2011, 10.1093/biostatistics/kxq046).

    y = β + √(v + τ²)(α + ε), ε ~ N(0, 1): as v → 0 the mean is β₀ = β + τα. β and α by least squares of
    y/√(v + τ²) on 1/√(v + τ²), τ² by ``method``; se² = var β + τ² var α + 2τ cov(α, β), reference normal.
    G² = 1 − R² of the radial plot (x/√v on 1/√v) of the limit effects x = β + √(τ²/(v + τ²))(y − β). The
    tests split Q of the common-effect model into the part of Egger's line and the rest.
    """
    require(effects.k, "limit meta-analysis")
    yi, vi, k = effects.yi, effects.vi, effects.k
    tau2 = float(fit_batch(yi, vi, method=method).tau2[0])
    tau = float(np.sqrt(tau2))
    u = 1.0 / np.sqrt(vi + tau2)
    spread = float(np.sum((u - u.mean()) ** 2))
    if spread <= 1e-12 * float(np.sum(u**2)):
        raise EstimationError("all effects have the same precision: nothing to extrapolate", "K-ASYM")
    beta = float(np.sum((u - u.mean()) * yi * u)) / spread
    alpha = float(np.mean(yi * u)) - beta * float(u.mean())
    variance = (1.0 + tau2 * float(np.mean(u**2)) - 2.0 * tau * float(u.mean())) / spread
    label = "limit meta-analysis"
    estimate = Estimate(label, beta + tau * alpha, float(np.sqrt(variance)), None, level)
    shrunken = beta + tau * u * (yi - beta)
    w = 1.0 / vi
    common = fit_batch(yi, vi, method="EE")
    Q = float(common.Q[0])
    with_slope = fit_batch(yi, vi, np.column_stack([np.ones(k), np.sqrt(vi)]), method="EE")
    Q_residual = float(with_slope.Q[0])
    x, t = np.sqrt(w), shrunken * np.sqrt(w)
    residual_share = 1.0 - float(np.corrcoef(x, t)[0, 1]) ** 2 if float(np.ptp(t)) > 0 else 0.0
    return LimitMeta(
        estimate,
        alpha,
        tau2,
        Test(Q - Q_residual, 1, None, chi2_p(Q - Q_residual, 1)),
        Test(Q_residual, k - 2, None, chi2_p(Q_residual, k - 2)),
        100.0 * residual_share,
    )
