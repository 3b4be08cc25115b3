"""The pooled figures printed by the reviews of 2011 and 2018, as they stand in ``studies/review.yaml``.

Sources: the abstracts of Eubanks, Muran & Safran 2018, Psychotherapy 55(4), 508-519, and of Safran, Muran &
Eubanks-Carter 2011, Psychotherapy 48(1), 80-87. On Fisher's z the interval is symmetric: its middle is the
unrounded estimate.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from rupmeta.effects.conversions import d_from_z
from rupmeta.numerics.distributions import two_sided_quantile
from rupmeta.read.folder import read_folder
from rupmeta.read.review import Reference
from rupmeta.results import Estimate

REVIEW = read_folder(Path(__file__).parents[2] / "studies").review
REPAIR_2018, REPAIR_2018_NO_RUPTURE, REPAIR_2011 = REVIEW.analyses["repair"].references
TRAINING_2018, TRAINING_2018_CBT, TRAINING_2011 = REVIEW.analyses["training"].references

#: Printed in the abstract of 2011 beside the interval: "r = .24, z = 3.06" and "prepost r = .65, z = 5.56".
STAT_2011 = 3.06
STAT_2011_TRAINING = 5.56

Span = tuple[float, float]


def standardised(z: float) -> float:
    """d of two equal groups: h = 4."""
    return d_from_z(z, 4)


def halve(lb: float, ub: float) -> Estimate:
    """The estimate and standard error, on Fisher z, behind a 95 % interval of a correlation."""
    z_lb, z_ub = math.atanh(lb), math.atanh(ub)
    return Estimate("z", (z_lb + z_ub) / 2, (z_ub - z_lb) / (2 * two_sided_quantile(0.95)))


def rounding(printed: float, decimals: int = 2) -> Span:
    """The numbers that print as ``printed``."""
    half = 0.5 * 10**-decimals
    return printed - half, printed + half


def spread(statistic: Callable[[Estimate], float], reference: Reference) -> Span:
    """What ``statistic`` can be, given that both ends of the interval were rounded to two decimals."""
    assert reference.ci is not None
    corners = [statistic(halve(lb, ub)) for lb, ub in product(*map(rounding, reference.ci))]
    return min(corners), max(corners)


def meet(a: Span, b: Span) -> bool:
    return max(a[0], b[0]) <= min(a[1], b[1])


@pytest.mark.parametrize(
    ("reference", "se", "r", "d", "stat", "pval"),
    [
        (REPAIR_2018, 0.1045, 0.2961, 0.620, 2.92, 0.0035),
        (TRAINING_2018, 0.1020, 0.1092, 0.220, 1.08, 0.28),
        (REPAIR_2011, 0.0820, 0.2459, 0.507, 3.06, 0.0022),
        (TRAINING_2011, 0.1398, 0.6477, 1.700, 5.52, 0.0),
    ],
    ids=["repair-2018", "training-2018", "repair-2011", "training-2011"],
)
def test_halved_interval_gives_the_figures_of_the_evidence_page(
    reference: Reference, se: float, r: float, d: float, stat: float, pval: float
) -> None:
    """Tolerance: half a unit of the last digit that docs/evidence.md prints."""
    assert reference.ci is not None
    z = halve(*reference.ci)
    assert z.se == pytest.approx(se, abs=5e-5)
    assert math.tanh(z.estimate) == pytest.approx(r, abs=5e-5)
    assert standardised(z.estimate) == pytest.approx(d, abs=5e-4)
    assert z.stat == pytest.approx(stat, abs=5e-3)
    assert z.pval == pytest.approx(pval, abs=5e-5 if pval < 0.01 else 5e-3)


@pytest.mark.parametrize(
    ("reference", "p_decimals"),
    [(REPAIR_2018, 3), (TRAINING_2018, 2), (REPAIR_2011, 3)],
    ids=["repair-2018", "training-2018", "repair-2011"],
)
def test_printed_r_d_and_p_agree_with_the_interval_within_rounding(
    reference: Reference, p_decimals: int
) -> None:
    assert reference.r is not None
    assert isinstance(reference.p, float)
    assert meet(rounding(reference.r), spread(lambda z: math.tanh(z.estimate), reference))
    assert meet(rounding(reference.p, p_decimals), spread(lambda z: z.pval, reference))
    if reference.d is not None:
        assert meet(rounding(reference.d), spread(lambda z: standardised(z.estimate), reference))


def test_training_2011_agrees_with_its_interval_within_rounding() -> None:
    """p is printed as a bound and the z statistic stands in the quote."""
    assert TRAINING_2011.r is not None
    assert TRAINING_2011.p == "<.001"
    assert meet(rounding(TRAINING_2011.r), spread(lambda z: math.tanh(z.estimate), TRAINING_2011))
    assert meet(rounding(STAT_2011_TRAINING), spread(lambda z: z.stat, TRAINING_2011))
    assert spread(lambda z: z.pval, TRAINING_2011)[1] < 0.001


@pytest.mark.parametrize(
    "reference",
    [REPAIR_2018, REPAIR_2018_NO_RUPTURE, TRAINING_2018],
    ids=["repair", "no-rupture", "training"],
)
def test_printed_r_and_d_are_one_number(reference: Reference) -> None:
    """d = 2r/√(1 − r²): the spans that rounding leaves to r and to d meet."""
    assert reference.r is not None
    assert reference.d is not None
    lower, upper = (standardised(math.atanh(r)) for r in rounding(reference.r))
    assert meet((lower, upper), rounding(reference.d))


def test_r_and_d_of_2018_pin_the_unrounded_r() -> None:
    """r = .29 taken at its word gives d = .606, not .62; both hold for .294 to .295 only."""
    assert REPAIR_2018.r is not None
    assert REPAIR_2018.d is not None
    at_its_word = standardised(math.atanh(REPAIR_2018.r))
    assert at_its_word == pytest.approx(0.606, abs=5e-4)
    assert not meet((at_its_word, at_its_word), rounding(REPAIR_2018.d))
    smallest = math.tanh(math.asinh(rounding(REPAIR_2018.d)[0] / 2))  # d = 2 sinh z turned round
    largest = rounding(REPAIR_2018.r)[1]
    assert (smallest, largest) == pytest.approx((0.294, 0.295), abs=5e-4)
    assert meet((smallest, largest), spread(lambda z: math.tanh(z.estimate), REPAIR_2018))


def test_standard_error_of_2011_is_that_of_n_people_and_not_of_n_less_three_a_study() -> None:
    """1/√148 lies well inside what rounding allows, .0792 to .0848; 1/√139 only at its very edge."""
    assert REPAIR_2011.ci is not None
    assert REPAIR_2011.n is not None
    assert REPAIR_2011.k is not None
    se = halve(*REPAIR_2011.ci).se
    by_n = 1 / math.sqrt(REPAIR_2011.n)
    by_degrees_of_freedom = 1 / math.sqrt(REPAIR_2011.n - 3 * REPAIR_2011.k)
    assert se == pytest.approx(
        by_n, abs=3e-4
    )  # a tenth of the half-width that the rounding of the ends allows
    assert abs(se - by_degrees_of_freedom) > 2.5e-3
    assert halve(*REPAIR_2011.ci).stat == pytest.approx(STAT_2011, abs=5e-3)  # printed with two decimals


def test_every_reference_says_where_it_was_found_and_its_numbers_stand_in_the_quote() -> None:
    for analysis in REVIEW.analyses.values():
        for reference in analysis.references:
            assert reference.source
            assert reference.quote
            printed = set(re.findall(r"\d*\.?\d+", reference.quote.replace(",", "")))
            magnitudes = {float(number) for number in printed}
            for number in (reference.r, reference.d, *(reference.ci or []), reference.k, reference.n):
                assert number is None or abs(number) in magnitudes, (reference.label, number)
