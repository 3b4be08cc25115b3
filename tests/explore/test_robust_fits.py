"""Models with heavy tails against their definition, their special cases and a planted outlier."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from effect_tables import effects_table
from scipy.integrate import quad
from scipy.special import gammaln

from rupmeta.errors import EstimationError
from rupmeta.explore.robust_fits import fit_robust, log_density
from rupmeta.numerics.distributions import chi2_quantile

DATA = Path(__file__).parents[1] / "reference" / "data" / "pool_molloy2014.json"
MOLLOY = json.loads(DATA.read_text(encoding="utf-8"))["all"]
QUADRATURE = 1e-7  # relative: quad's own tolerance
ML = 1e-6  # metafor iterates to steps of 1e-12; ours ends where the likelihood is level to its last digits


def contaminated():
    return effects_table([*MOLLOY["yi"], 1.5], [*MOLLOY["vi"], 0.01])


@pytest.mark.parametrize("df", [1.0, 2.5, 8.0, 200.0])
def test_the_density_of_the_t_model_is_its_integral(df):
    tau, mean, y, v = 0.3, 0.1, 0.9, 0.02
    constant = gammaln((df + 1) / 2) - gammaln(df / 2) - 0.5 * math.log(df * math.pi)

    def integrand(theta):
        t = (theta - mean) / tau
        spread = math.exp(constant - (df + 1) / 2 * math.log1p(t * t / df)) / tau
        return spread * math.exp(-((y - theta) ** 2) / (2 * v)) / math.sqrt(2 * math.pi * v)

    expected = quad(integrand, y - 2.5, y + 2.5, epsabs=0, epsrel=1e-10, limit=400, points=[mean, y])[0]
    spread = np.array([[math.log(tau), 1.0 / df]])
    found = log_density("t", np.array([y]), np.array([v]), np.array([mean]), spread)
    assert math.exp(found[0, 0]) == pytest.approx(expected, rel=1e-6 if df == 1.0 else QUADRATURE)


def test_normal_is_method_ml_of_metafor():
    found = fit_robust(effects_table(MOLLOY["yi"], MOLLOY["vi"]), model="normal")
    expected = MOLLOY["methods"]["ML"]
    assert found.estimate.estimate == pytest.approx(expected["estimate"], rel=ML)
    assert found.tau2 == pytest.approx(expected["tau2"], rel=ML)
    assert found.log_likelihood == pytest.approx(expected["fit"]["logLik"], rel=1e-9)
    assert pytest.approx(expected["fit"]["AIC"], rel=1e-9) == found.AIC


@pytest.mark.parametrize("model", ["t", "mixture"])
def test_without_outliers_the_models_come_down_to_the_normal(model):
    effects = effects_table(MOLLOY["yi"], MOLLOY["vi"])
    normal, found = fit_robust(effects, model="normal"), fit_robust(effects, model=model)
    # The t model ends at 1000 degrees of freedom, a thousandth of a log-likelihood below the normal.
    assert found.log_likelihood == pytest.approx(normal.log_likelihood, abs=2e-3)
    assert found.estimate.estimate == pytest.approx(normal.estimate.estimate, abs=1e-4)
    if model == "t":
        assert found.t_df == math.inf
    else:
        assert (found.outlying_share, found.outlying_tau2) == (0.0, None)
        assert set(found.outlying) == {0.0}


@pytest.mark.parametrize("model", ["t", "mixture"])
def test_a_planted_outlier_is_found_and_counts_little(model):
    clean = fit_robust(effects_table(MOLLOY["yi"], MOLLOY["vi"]), model="normal").estimate.estimate
    normal, found = fit_robust(contaminated(), model="normal"), fit_robust(contaminated(), model=model)
    assert abs(found.estimate.estimate - clean) < 0.1 * abs(normal.estimate.estimate - clean)
    assert found.AIC < normal.AIC
    assert int(np.argmax(found.outlying)) == 16
    assert found.outlying[16] > 0.99


@pytest.mark.parametrize("model", ["normal", "t", "mixture"])
def test_the_profile_lies_half_a_chi_square_below_the_top_at_its_limits(model):
    effects = contaminated()
    found = fit_robust(effects, model=model)
    yi, vi = effects.yi, effects.vi
    drop = 0.5 * chi2_quantile(0.05, 1.0)
    grids = {  # tau, 1/df; tau, share, extra tau
        "normal": np.log(np.linspace(0.05, 0.6, 4000))[:, None],
        "t": np.array(
            [[math.log(a), b] for a in np.linspace(0.01, 0.12, 60) for b in np.linspace(0.5, 1, 40)]
        ),
        "mixture": np.array(
            [
                [math.log(a), b, math.log(c)]
                for a in np.linspace(0.05, 0.13, 17)
                for b in np.linspace(0.02, 0.2, 19)
                for c in np.linspace(0.5, 3, 21)
            ]
        ),
    }  # fmt: skip
    for limit in (found.interval.lb, found.interval.ub):
        means = np.full(len(grids[model]), limit)
        profile = log_density(model, yi, vi, means, grids[model]).sum(axis=1).max()
        # A grid lies below the maximum it stands for, by little.
        assert found.log_likelihood - drop - 0.03 <= profile <= found.log_likelihood - drop + 1e-4


def test_shifting_and_scaling_act_as_they_must():
    base = fit_robust(contaminated(), model="mixture")
    effects = contaminated()
    moved = fit_robust(effects_table(3.0 * effects.yi + 1.0, 9.0 * effects.vi), model="mixture")
    assert moved.estimate.estimate == pytest.approx(3.0 * base.estimate.estimate + 1.0, abs=1e-5)
    assert moved.interval.ub == pytest.approx(3.0 * base.interval.ub + 1.0, abs=1e-4)
    assert moved.outlying_share == pytest.approx(base.outlying_share, abs=1e-4)


def test_few_effects_earn_a_note_and_fewer_a_reason():
    assert {note.code for note in fit_robust(effects_table([0.1, 0.2, 0.3, 0.1, 0.2], [0.01] * 5)).notes} == {
        "K-FEW"
    }
    with pytest.raises(EstimationError, match="4 effects"):
        fit_robust(effects_table([0.1, 0.2, 0.3, 0.1], [0.01] * 4))
