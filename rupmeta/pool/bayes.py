"""The Bayesian normal-normal model by quadrature, without a sampler.

y ~ N(theta, v), theta ~ N(Xb, tau2), b flat or normal, tau by a proper prior. Given tau all is normal; tau is
integrated numerically, so the posteriors are mixtures of normals without Monte Carlo error. Sources: Röver
2020, 10.18637/jss.v093.i06; priors: Röver et al. 2021, 10.1002/jrsm.1475.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.pool.design import make_design
from rupmeta.pool.integrate import Integrated, integrate_tau
from rupmeta.pool.mixture import NormalMixture, TauDistribution, shortest_interval
from rupmeta.pool.priors import NormalPrior, TauPrior
from rupmeta.results import Note

__all__ = ["DEFAULT_TAU_PRIOR", "BayesFactor", "BayesFit", "Posterior", "bayes_factors", "fit_bayes"]

Float = NDArray[np.float64]

#: Weakly informative for standardised mean differences and log odds ratios, wide on Fisher's z.
DEFAULT_TAU_PRIOR = TauPrior("half-normal", (0.5,))
BF_SCALES = (0.25, 0.5, 1.0)
LARGEST_LOG = 700.0  # of a Bayes factor that a float can hold


@dataclass(frozen=True, slots=True)
class Posterior:
    """One unknown after the data, on the analysis scale; intervals are the shortest at their level.

    ``mean`` and ``sd`` are None where the posterior has none. ``prob_positive`` and ``prob_meaningful``:
    probability above 0 and above the smallest effect of interest (None: not asked, or tau).
    """

    label: str
    median: float
    mean: float | None
    sd: float | None
    lb: float
    ub: float
    level: float
    prob_positive: float | None = None
    prob_meaningful: float | None = None


@dataclass(frozen=True, slots=True)
class BayesFactor:
    """Evidence that mu, or the slopes, are not 0 against that they are, under the prior N(0, ``scale``²)."""

    scale: float
    bf10: float


@dataclass(frozen=True)
class BayesFit:
    """Posteriors of the coefficients, of tau, of the next study's true effect and of each study's.

    ``predictive`` and ``shrunken`` (in the order of the effects) belong to the model without moderators;
    ``factors`` are evidence on mu, or on all slopes. ``mu`` and ``tau_distribution`` are whole posteriors,
    for curves.
    """

    prior_tau: TauPrior
    priors: tuple[NormalPrior | None, ...]
    level: float
    k: int
    coefficients: tuple[Posterior, ...]
    tau: Posterior
    predictive: Posterior | None
    shrunken: tuple[Posterior, ...]
    factors: tuple[BayesFactor, ...]
    meaningful: float | None
    mu: NormalMixture
    tau_distribution: TauDistribution
    notes: tuple[Note, ...]


def fit_bayes(
    effects: Effects,
    *,
    X: Float | None = None,
    names: Sequence[str] = ("intercept",),
    prior_tau: TauPrior = DEFAULT_TAU_PRIOR,
    prior_mu: NormalPrior | None = None,
    prior_slopes: NormalPrior | None = None,
    meaningful: float | None = None,
    level: float = 0.95,
    whole: bool = True,
) -> BayesFit:
    """Fit independent effects; ``X`` (k, p) with its ``names`` makes it a meta-regression.

    ``prior_mu`` is that of the first coefficient, ``prior_slopes`` that of every other; None is flat.
    ``meaningful`` is the smallest effect of interest on the analysis scale. ``whole``
    False leaves out the studies' own posteriors and the Bayes factors.

    Raises
    ------
    EstimationError
        No effects, or no more effects than coefficients.
    """
    design = make_design(effects.k, X, names)
    priors = tuple(prior_mu if j == 0 else prior_slopes for j in range(design.p))
    exponent = prior_tau.tail + effects.k - sum(prior is None for prior in priors)
    exist = (exponent > 2.0, exponent > 3.0)  # density of tau ~ tau^-exponent: which moments are finite
    found = integrate_tau(effects.yi, effects.vi, design.X, prior_tau, priors, moments=exist)
    coefficients, mixtures = [], []
    for j, name in enumerate(design.names):
        mixture = NormalMixture(found.weights, found.means[:, j], np.sqrt(found.covariances[:, j, j]))
        improper = priors[j] is None
        mixtures.append(mixture)
        coefficients.append(
            _summarise(
                name, mixture, level, exist if improper else (True, True), meaningful if j == 0 else None
            )
        )
    plain = not design.tested and design.intercept is not None
    mu, tau = mixtures[0], found.distribution
    lb, ub = shortest_interval(tau, level)
    median = float(tau.quantile(np.array([0.5]))[0])
    spread = Posterior(
        "tau", median, tau.mean if exist[0] else None, tau.sd if exist[1] else None, lb, ub, level
    )
    next_study = NormalMixture(mu.weights, mu.means, np.sqrt(mu.sds**2 + found.tau**2))
    return BayesFit(
        prior_tau=prior_tau,
        priors=priors,
        level=level,
        k=effects.k,
        coefficients=tuple(coefficients),
        tau=spread,
        predictive=_summarise("next study", next_study, level, exist, meaningful) if plain else None,
        shrunken=tuple(_shrink(effects, found, level)) if plain and whole else (),
        factors=bayes_factors(effects, X=None if plain else design.X, prior_tau=prior_tau)
        if whole and (plain or design.intercept == 0)
        else (),
        meaningful=meaningful,
        mu=mu,
        tau_distribution=tau,
        notes=tuple(_notes(effects.k, exist, prior_tau)),
    )


def bayes_factors(
    effects: Effects,
    *,
    X: Float | None = None,
    prior_tau: TauPrior = DEFAULT_TAU_PRIOR,
    scales: Sequence[float] = BF_SCALES,
) -> tuple[BayesFactor, ...]:
    """Evidence for mu ~ N(0, s²) against mu = 0, under the same prior on tau, one for each s of ``scales``.

    With a design ``X`` (k, p) whose first column is the intercept: evidence for slopes ~ N(0, s²) against
    slopes of 0, the intercept being flat; the slope of a number is that of one standard deviation of it. A
    factor depends on s, and always will: no flat prior can stand here.
    """
    yi, vi = effects.yi, effects.vi
    design = np.ones((effects.k, 1)) if X is None else X
    rest = design[:, :0] if X is None else design[:, :1]
    flat = (None,) * rest.shape[1]
    units = [_unit(column) for column in design.T[len(flat) :]]
    null = integrate_tau(yi, vi, rest, prior_tau, flat).log_evidence

    def factor(s: float) -> BayesFactor:
        normal = (*flat, *(NormalPrior(0.0, s / unit) for unit in units))
        found = integrate_tau(yi, vi, design, prior_tau, normal).log_evidence
        return BayesFactor(s, float(np.exp(min(found - null, LARGEST_LOG))))

    return tuple(factor(s) for s in scales)


def _unit(column: Float) -> float:
    """1 for an indicator, else the standard deviation."""
    return 1.0 if np.isin(column, (0.0, 1.0)).all() else float(column.std())


def _summarise(
    label: str, mixture: NormalMixture, level: float, exist: tuple[bool, bool], meaningful: float | None
) -> Posterior:
    lb, ub = shortest_interval(mixture, level)
    return Posterior(
        label,
        float(mixture.quantile(np.array([0.5]))[0]),
        mixture.mean if exist[0] else None,
        mixture.sd if exist[1] else None,
        lb,
        ub,
        level,
        mixture.above(0.0),
        None if meaningful is None else mixture.above(meaningful),
    )


def _shrink(effects: Effects, found: Integrated, level: float) -> Iterator[Posterior]:
    """theta_i given tau: mean By + (1 - B)m, variance Bv + (1 - B)²/Σw, B = tau2/(tau2 + v)."""
    tau2, m, variance = found.tau**2, found.means[:, 0], found.covariances[:, 0, 0]
    for row in effects.rows:
        B = tau2 / (tau2 + row.vi)
        sd = np.sqrt(B * row.vi + (1.0 - B) ** 2 * variance)
        mixture = NormalMixture(found.weights, B * row.yi + (1.0 - B) * m, sd).collapsed(2)
        yield _summarise(row.label, mixture, level, (True, True), None)


def _notes(k: int, exist: tuple[bool, bool], prior: TauPrior) -> Iterator[Note]:
    if k < 3:
        few = "1 effect" if k == 1 else f"{k} effects"
        text = f"{few}: the posterior of tau, and the Bayes factor with it, follow the prior {prior.text}"
        yield Note("BAYES-PRIOR", text, severity="warning")
    if not all(exist):
        which = "standard deviation" if exist[0] else "mean and standard deviation"
        text = (
            f"under the heavy tail of {prior.text} with {k} effects the posterior has no {which}: "
            "read medians and intervals"
        )
        yield Note("BAYES-TAIL", text, severity="warning")
