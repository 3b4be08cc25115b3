"""Power: printed values, other software, definitions, and simulation."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rupmeta.explore.power import planned
from rupmeta.explore.power.planned import (
    power_of_contrast,
    power_of_mean,
    power_of_q,
    power_of_slope,
    power_of_wald,
    sampling_variance,
    tau2_of,
)
from rupmeta.explore.power.simulate import simulate_power
from rupmeta.explore.power.update import (
    Known,
    assurance,
    conditional_power,
    half_width,
    studies_needed,
)

SIZES = np.array([30, 60, 90, 40, 200, 80, 50, 100, 70, 60], dtype=float)
VI = 1.0 / (SIZES - 3.0)


class TestPrinted:
    """Numbers that somebody else printed."""

    def test_the_example_of_the_docstring(self) -> None:
        assert doctest.testmod(planned).failed == 0

    @pytest.mark.parametrize(("d", "expected"), [(0.3, 0.5594533), (0.2, 0.2917841)])
    def test_metapower(self, d: float, expected: float) -> None:
        """Fixed-effects power in the README and the vignette of the R package metapower: k = 10, n = 20."""
        vi = np.full(10, sampling_variance("SMD", 20, d))
        assert power_of_mean(d, vi, 0.0) == pytest.approx(expected, abs=5e-8)

    def test_r(self) -> None:
        """R 4.2.2: power.t.test(strict = TRUE), one sample, and the noncentral F and chi-square.

        With k equal variances and the Knapp-Hartung test the mean of k effects is a one-sample t test.
        """
        assert power_of_mean(0.5, np.full(10, 1.0), 0.0, test="t") == pytest.approx(0.293175606514, abs=1e-9)
        assert power_of_mean(1.2, np.full(5, 0.4), 0.6, test="t", level=0.90) == pytest.approx(
            0.711944222531, abs=1e-9
        )
        assert power_of_wald(7.3, 2, 17) == pytest.approx(0.591846453914, abs=1e-9)
        assert power_of_wald(9.1, 3, None) == pytest.approx(0.716560887888, abs=1e-9)


class TestSimulation:
    """Formulas against replicates under the same assumptions: four Monte Carlo errors apart at most."""

    def close(self, formula: float, share: float, iterations: int = 20_000) -> None:
        assert abs(formula - share) < 4 * np.sqrt(max(share * (1 - share), 1e-4) / iterations)

    def test_the_mean_and_q_without_heterogeneity(self) -> None:
        found = simulate_power(np.full(10, 0.1), VI, 0.0, method="EE", test="z", iterations=20_000)
        self.close(power_of_mean(0.1, VI, 0.0), found.null)
        self.close(0.05, found.q)

    def test_q_under_heterogeneity(self) -> None:
        for tau2 in (0.005, 0.02):
            equal = np.full(10, 1 / 60)
            found = simulate_power(np.zeros(10), equal, tau2, iterations=20_000)
            self.close(power_of_q(equal, tau2), found.q)  # exact for equal variances
            unequal = simulate_power(np.zeros(10), VI, tau2, iterations=20_000)
            assert power_of_q(VI, tau2) == pytest.approx(unequal.q, abs=0.03)

    def test_knapp_hartung_with_equal_variances_is_exact(self) -> None:
        equal = np.full(6, 1 / 60)
        found = simulate_power(np.full(6, 0.2), equal, 0.02, test="knha", iterations=20_000)
        self.close(power_of_mean(0.2, equal, 0.02, test="t"), found.null)

    def test_moderators(self) -> None:
        member = np.arange(10) >= 4
        X = np.column_stack([np.ones(10), member.astype(float)])
        found = simulate_power(
            np.where(member, 0.35, 0.1), VI, 0.0, X=X, method="EE", test="z", iterations=20_000
        )
        self.close(power_of_contrast(0.25, [VI[~member], VI[member]], 0.0), found.null)
        x = np.linspace(-1.5, 1.5, 10)
        X = np.column_stack([np.ones(10), x])
        found = simulate_power(0.2 + 0.08 * x, VI, 0.0, X=X, method="EE", test="z", iterations=20_000)
        self.close(power_of_slope(0.08, x, VI, 0.0), found.null)

    def test_an_update(self) -> None:
        known, known_vi = np.array([0.05, 0.3, 0.12]), np.array([0.02, 0.03, 0.01])
        w = 1.0 / known_vi
        so_far = Known(float((w * known).sum() / w.sum()), float(w.sum()), 3)
        new = np.full(4, 1 / 77)
        found = simulate_power(
            np.full(4, 0.2), new, 0.0, known=known, known_vi=known_vi, method="EE", test="z", beyond=0.1,
            iterations=20_000,
        )  # fmt: skip
        self.close(conditional_power(so_far, 4, 77.0, 0.2), found.null)
        assert found.beyond is not None
        self.close(conditional_power(so_far, 4, 77.0, 0.2, beyond=0.1), found.beyond)
        assert half_width(so_far, 4, 77.0) == pytest.approx(found.half_width)

    def test_the_type_i_error_of_the_default(self) -> None:
        found = simulate_power(np.zeros(6), VI[:6], 0.02, iterations=20_000)
        assert found.null < 0.055


def test_assurance_is_the_mean_of_conditional_power() -> None:
    known = Known(0.18, 90.0, 4)
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    deltas = known.estimate + nodes / np.sqrt(known.weight)
    for test, beyond in (("z", 0.0), ("t", 0.0), ("z", 0.1)):
        powers = [conditional_power(known, 3, 40.0, delta, test=test, beyond=beyond) for delta in deltas]
        expected = float((weights * powers).sum() / weights.sum())
        assert assurance(known, 3, 40.0, test=test, beyond=beyond) == pytest.approx(expected, abs=1e-4)


KNOWN = st.builds(
    Known, estimate=st.floats(-0.4, 0.6), weight=st.floats(20, 400), k=st.integers(2, 12)
) | st.just(Known())


@given(KNOWN, st.floats(5, 150), st.floats(0.05, 0.5), st.sampled_from(["z", "t"]), st.floats(0.5, 0.95))
@settings(deadline=None, max_examples=40)
def test_the_number_needed_is_where_power_arrives_and_stays(
    known: Known, weight: float, delta: float, test: str, power: float
) -> None:
    needed = studies_needed(known, weight, delta=delta, power=power, test=test)
    assert needed is not None  # the true mean is not 0
    later = [conditional_power(known, needed + i, weight, delta, test=test) for i in range(12)]
    assert min(later) >= power
    if needed > 0:
        assert conditional_power(known, needed - 1, weight, delta, test=test) < power
    width = half_width(known, needed + 3, weight, test=test)
    assert studies_needed(known, weight, delta=delta, width=width * (1 + 1e-9), test=test) <= needed + 3  # type: ignore[operator]


def test_what_is_not_so_cannot_be_shown() -> None:
    assert studies_needed(Known(0.3, 100.0, 5), 50.0, delta=0.05, beyond=0.1) is None
    assert conditional_power(Known(), 0, 50.0, 0.2) == 0.0
    assert power_of_q(np.array([0.02]), 0.1) == 0.0
    with pytest.raises(ValueError, match="more than 3"):
        sampling_variance("ZCOR", 3, 0.1)
    with pytest.raises(ValueError, match="no planned variance"):
        sampling_variance("OR", 30, 0.1)


@given(st.floats(-0.5, 0.5).filter(lambda x: abs(x) > 0.01), st.floats(0, 0.1), st.sampled_from(["z", "t"]))
@settings(deadline=None, max_examples=50)
def test_laws(delta: float, tau2: float, test: str) -> None:
    power = power_of_mean(delta, VI, tau2, test=test)
    assert power == pytest.approx(power_of_mean(-delta, VI, tau2, test=test), abs=1e-9)
    assert 0.05 - 1e-9 <= power <= 1
    assert power_of_mean(delta, VI, tau2 + 0.01, test=test) <= power + 1e-12
    assert power_of_mean(1.2 * delta, VI, tau2, test=test) >= power - 1e-12
    beyond = power_of_mean(delta, VI, tau2, test=test, beyond=0.5 * delta)
    assert beyond <= power
    assert beyond == pytest.approx(power_of_mean(-delta, VI, tau2, test=test, beyond=-0.5 * delta), abs=1e-9)
    # nothing known: an update of nothing is a plan
    weight = 50.0
    plan = power_of_mean(delta, np.full(7, 1 / weight), 0.0, test=test)
    assert conditional_power(Known(), 7, weight, delta, test=test) == pytest.approx(plan, abs=1e-9)


def test_heterogeneity_as_a_share_is_that_share() -> None:
    for share in (0.0, 0.25, 0.6):
        tau2 = tau2_of(share, VI)
        w = 1 / VI
        typical = 9 * w.sum() / (w.sum() ** 2 - (w**2).sum())
        assert tau2 / (tau2 + typical) == pytest.approx(share)
