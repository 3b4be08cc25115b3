"""The Bayesian model: definitions by brute force, limits, priors, what has no moments."""

from __future__ import annotations

import math

import numpy as np
import pytest
from effect_tables import effects_table
from hypothesis import given, settings
from hypothesis import strategies as st

from rupmeta.errors import EstimationError
from rupmeta.pool.bayes import bayes_factors, fit_bayes
from rupmeta.pool.fit import fit_effects
from rupmeta.pool.priors import TAU_PRIORS, NormalPrior, TauPrior, make_tau_prior

Y = [0.21, 0.35, -0.04, 0.48, 0.12, 0.61, 0.30, 0.18]
V = [0.02, 0.04, 0.03, 0.05, 0.01, 0.06, 0.02, 0.03]
HALF_NORMAL = TauPrior("half-normal", (0.5,))
HALF_CAUCHY = TauPrior("half-cauchy", (0.5,))

PRIORS = {
    "half-normal": (0.5,),
    "half-cauchy": (0.3,),
    "half-t": (0.4, 4.0),
    "uniform": (1.5,),
    "exponential": (0.4,),
    "log-normal": (-1.5, 0.7),
    "inverse-gamma": (1.5, 0.15),
}


def brute(prior: TauPrior, mu_prior: NormalPrior | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Posterior on a grid of mu (rows) and tau (columns): the definition, without any algebra."""
    mu, tau = np.linspace(-1.2, 1.7, 1201), (np.arange(1500) + 0.5) * 0.002
    log_density = np.zeros((mu.size, tau.size)) + prior.log_density(tau)
    for y, v in zip(Y, V, strict=True):
        total = v + tau**2
        log_density += -0.5 * np.log(total) - 0.5 * (y - mu[:, None]) ** 2 / total
    if mu_prior is not None:
        log_density += -0.5 * ((mu[:, None] - mu_prior.mean) / mu_prior.sd) ** 2
    density = np.exp(log_density - log_density.max())
    return mu, tau, density / density.sum()


@pytest.mark.parametrize("mu_prior", [None, NormalPrior(0.1, 0.2)])
@pytest.mark.parametrize("family", ["half-normal", "uniform", "log-normal"])
def test_posterior_is_prior_times_likelihood(family: str, mu_prior: NormalPrior | None) -> None:
    prior = make_tau_prior(family, PRIORS[family])
    fit = fit_bayes(effects_table(Y, V), prior_tau=prior, prior_mu=mu_prior, meaningful=0.1, whole=False)
    mu, tau, density = brute(prior, mu_prior)
    of_mu, of_tau = density.sum(axis=1), density.sum(axis=0)
    found = fit.coefficients[0]
    assert found.mean == pytest.approx(of_mu @ mu, abs=2e-5)
    assert found.sd == pytest.approx(math.sqrt(of_mu @ (mu - of_mu @ mu) ** 2), rel=1e-3)
    assert found.prob_positive == pytest.approx(of_mu[mu > 0].sum(), abs=2e-3)
    assert found.prob_meaningful == pytest.approx(of_mu[mu > 0.1].sum(), abs=3e-3)
    assert fit.tau.mean == pytest.approx(of_tau @ tau, rel=1e-3)
    # an interval of the level's probability, with equal density at its ends
    ends = np.array([found.lb, found.ub])
    lb, ub = fit.mu.cdf(ends)
    assert ub - lb == pytest.approx(0.95, abs=1e-9)
    left, right = fit.mu.pdf(ends)
    assert left == pytest.approx(right, rel=1e-3)


@pytest.mark.parametrize("family", TAU_PRIORS)
def test_priors_are_densities(family: str) -> None:
    prior = make_tau_prior(family, PRIORS[family])
    u = (np.arange(400_000) + 0.5) / 400_000
    tau = u / (1.0 - u)
    assert (np.exp(prior.log_density(tau)) / (1.0 - u) ** 2).mean() == pytest.approx(1.0, abs=2e-4)
    assert math.isfinite(fit_bayes(effects_table(Y, V), prior_tau=prior, whole=False).coefficients[0].median)


def test_one_effect_leaves_the_prior_of_tau_as_it_is() -> None:
    fit = fit_bayes(effects_table([0.3], [0.04]), whole=False)
    assert fit.tau.median == pytest.approx(0.5 * 0.6744897502, rel=1e-6)
    assert fit.tau.lb == 0.0
    assert fit.tau.ub == pytest.approx(0.5 * 1.959963985, rel=1e-5)
    assert [note.code for note in fit.notes] == ["BAYES-PRIOR"]


@pytest.mark.parametrize(("k", "mean", "sd"), [(1, False, False), (2, True, False), (3, True, True)])
def test_moments_that_do_not_exist_are_not_printed(k: int, mean: bool, sd: bool) -> None:
    """Under a half-Cauchy prior and a flat mean the density of tau falls like tau^-(k + 1)."""
    fit = fit_bayes(effects_table(Y[:k], V[:k]), prior_tau=HALF_CAUCHY, whole=False)
    for item in (fit.tau, fit.coefficients[0], fit.predictive):
        assert item is not None
        assert ((item.mean is not None), (item.sd is not None)) == (mean, sd)
        assert item.lb < item.median < item.ub
    assert ("BAYES-TAIL" in {note.code for note in fit.notes}) is not (mean and sd)


def test_a_tight_prior_on_tau_gives_the_common_effect() -> None:
    effects = effects_table(Y, V)
    fit = fit_bayes(effects, prior_tau=TauPrior("half-normal", (1e-4,)), whole=False)
    equal = fit_effects(effects, method="EE", test="z").estimate
    assert fit.coefficients[0].mean == pytest.approx(equal.estimate, abs=1e-6)
    assert fit.coefficients[0].lb == pytest.approx(equal.ci_lb, abs=1e-5)


def test_a_tight_prior_on_mu_wins() -> None:
    fit = fit_bayes(effects_table(Y, V), prior_mu=NormalPrior(-0.3, 1e-4), whole=False)
    assert fit.coefficients[0].mean == pytest.approx(-0.3, abs=1e-5)


def test_bayes_factor_is_the_integral_of_its_definition() -> None:
    """BF10 = ∫ BF10(tau) dπ0(tau), worked out here on a plain grid."""
    y, v = np.array(Y), np.array(V)
    tau = (np.arange(20_000) + 0.5) * 2e-4
    w = 1.0 / (v + tau[:, None] ** 2)
    total, cross = w.sum(axis=1), w @ y
    log_null = 0.5 * (np.log(w).sum(axis=1) - (w * y**2).sum(axis=1)) + HALF_NORMAL.log_density(tau)
    null = np.exp(log_null - log_null.max())
    for factor in bayes_factors(effects_table(Y, V)):
        s = factor.scale
        ratio = np.exp(-0.5 * np.log1p(s * s * total) + 0.5 * cross**2 / (total + 1.0 / s**2))
        assert factor.bf10 == pytest.approx(float(null @ ratio / null.sum()), rel=1e-6)


def test_bayes_factor_goes_to_one_as_the_prior_shrinks() -> None:
    (factor,) = bayes_factors(effects_table(Y, V), scales=(1e-5,))
    assert factor.bf10 == pytest.approx(1.0, abs=1e-6)


def test_bayes_factor_of_huge_evidence_is_finite() -> None:
    (factor,) = bayes_factors(effects_table([5.0] * 30, [1e-4] * 30), scales=(0.5,))
    assert math.isfinite(factor.bf10)
    assert factor.bf10 > 1e10


def test_regression_on_nothing_but_the_intercept_is_pooling() -> None:
    effects = effects_table(Y, V)
    plain, same = fit_bayes(effects, whole=False), fit_bayes(effects, X=np.ones((8, 1)), whole=False)
    assert same.coefficients[0].lb == plain.coefficients[0].lb


def test_meta_regression_with_flat_priors_centres_on_the_weighted_fit() -> None:
    x = np.array([0.0, 1, 0, 1, 0, 1, 0, 1])
    X, effects = np.column_stack([np.ones(8), x]), effects_table(Y, V)
    fit = fit_bayes(effects, X=X, names=["intercept", "x"], prior_tau=TauPrior("half-normal", (1e-4,)))
    common = fit_effects(effects, X=X, names=["intercept", "x"], method="EE", test="z")
    for found, expected in zip(fit.coefficients, common.coefficients, strict=True):
        assert found.mean == pytest.approx(expected.estimate, abs=1e-6)
        assert found.sd == pytest.approx(expected.se, rel=1e-5)
    assert fit.predictive is None
    assert fit.shrunken == ()
    # another coding of the same model: the evidence for a slope stays
    again = fit_bayes(effects, X=np.column_stack([np.ones(8), 1.0 - x]), names=["intercept", "not x"])
    wide = fit_bayes(effects, X=X, names=["intercept", "x"])
    assert again.factors[1].bf10 == pytest.approx(wide.factors[1].bf10, rel=1e-9)
    assert again.coefficients[1].mean == pytest.approx(-(wide.coefficients[1].mean or 0), rel=1e-9)


def test_units_of_a_moderator_do_not_change_the_evidence() -> None:
    year = np.array([2001.0, 2004, 2005, 2009, 2011, 2012, 2015, 2018])
    factors = [
        bayes_factors(effects_table(Y, V), X=np.column_stack([np.ones(8), x]), scales=(0.5,))[0].bf10
        for x in (year, (year - 2000.0) / 10.0)
    ]
    assert factors[0] == pytest.approx(factors[1], rel=1e-6)


def test_no_more_coefficients_than_effects() -> None:
    with pytest.raises(EstimationError, match="2 coefficients for 2 effects"):
        fit_bayes(effects_table(Y[:2], V[:2]), X=np.array([[1.0, 0.0], [1.0, 1.0]]), names=["a", "b"])


@pytest.mark.parametrize(
    ("family", "parameters", "message"),
    [
        ("half-norml", (0.5,), "not a prior"),
        ("half-normal", (), "takes scale"),
        ("half-t", (0.5,), "scale and df"),
        ("half-normal", (-1.0,), "must be positive"),
        ("log-normal", (math.nan, 1.0), "must be finite"),
    ],
)
def test_wrong_priors_are_refused(family: str, parameters: tuple[float, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make_tau_prior(family, parameters)


@settings(max_examples=6, deadline=None)
@given(
    y=st.lists(st.floats(-1, 1), min_size=2, max_size=8),
    shift=st.floats(-3, 3),
    data=st.data(),
)
def test_shifting_the_effects_shifts_the_mean_alone(
    y: list[float], shift: float, data: st.DataObject
) -> None:
    v = data.draw(st.lists(st.floats(0.005, 0.2), min_size=len(y), max_size=len(y)))
    here = fit_bayes(effects_table(y, v), whole=False)
    there = fit_bayes(effects_table([x + shift for x in y], v), whole=False)
    assert there.coefficients[0].median == pytest.approx(here.coefficients[0].median + shift, abs=1e-6)
    assert there.tau.median == pytest.approx(here.tau.median, rel=1e-6)


@settings(max_examples=4, deadline=None)
@given(order=st.permutations(range(8)))
def test_the_order_of_studies_does_not_matter(order: list[int]) -> None:
    here = fit_bayes(effects_table(Y, V), whole=False).coefficients[0]
    there = fit_bayes(effects_table([Y[i] for i in order], [V[i] for i in order]), whole=False)
    assert there.coefficients[0].ub == pytest.approx(here.ub, rel=1e-9)


def test_shrunken_effects_lie_between_the_study_and_the_mean() -> None:
    fit = fit_bayes(effects_table(Y, V))
    mean = fit.coefficients[0].mean
    assert mean is not None
    for y, item in zip(Y, fit.shrunken, strict=True):
        assert item.mean is not None
        assert min(y, mean) - 1e-9 <= item.mean <= max(y, mean) + 1e-9
