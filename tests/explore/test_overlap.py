"""Two moderators at a time: what one says of the other."""

from __future__ import annotations

import numpy as np
import pytest
from moderated_effects import fit_z, with_moderators

from rupmeta.errors import EstimationError
from rupmeta.explore.inflation import inflation_factors
from rupmeta.explore.moderators import moderate
from rupmeta.explore.overlap import Overlap, compare_moderators, overlap_all
from rupmeta.render.moderators.prose import describe_overlap

rng = np.random.default_rng(11)
K = 12
A = ["cbt"] * 6 + ["pd"] * 6
LENGTH = [10.0, 12, 14, 16, 20, 30, 28, 34, 40, 44, 48, 52]
V = rng.uniform(0.01, 0.05, K).tolist()


def compare(first: list, second: list, y: object = None) -> Overlap:
    effects = with_moderators(rng.normal(size=K).tolist() if y is None else y, V, {"a": first, "b": second})
    return compare_moderators(effects, "a", "b", fit_z)


def test_the_share_predicted_is_eta_squared() -> None:
    """For two levels and a number both directions are the squared correlation."""
    found = compare(A, LENGTH)
    y = np.zeros(K)
    effects = with_moderators(y, V, {"a": A, "b": LENGTH})
    w = 1.0 / np.array(V)
    found = compare_moderators(effects, "a", "b", fit_z)
    dummy, x = np.array([a == "pd" for a in A], dtype=float), np.array(LENGTH)
    dummy, x = dummy - np.average(dummy, weights=w), x - np.average(x, weights=w)
    r = np.sum(w * dummy * x) / np.sqrt(np.sum(w * dummy**2) * np.sum(w * x**2))
    assert found.measure == "eta"
    assert found.association == pytest.approx(abs(r))
    assert found.first_from_second == pytest.approx(r**2)
    assert found.second_from_first == pytest.approx(r**2)


def test_carriers_are_the_studies_whose_loss_would_join_the_two() -> None:
    """Only one study breaks the rule that all psychodynamic therapies are long."""
    long = ["short"] * 5 + ["long"] + ["long"] * 6
    found = compare(A, long)
    assert found.carriers[0].index == 5
    cells = {(c.row, c.column): len(c.studies) for c in found.cells}
    assert cells == {("cbt", "long"): 1, ("cbt", "short"): 5, ("pd", "long"): 6, ("pd", "short"): 0}
    assert any("no study combines pd with short" in sign for sign in found.signs)
    keep = [i for i in range(K) if i != 5]
    effects = with_moderators(rng.normal(size=K).tolist(), V, {"a": A, "b": long}).take(keep)
    without = compare_moderators(effects, "a", "b", fit_z)
    assert without.verdict == "inseparable"
    assert without.association == pytest.approx(1.0)
    assert without.first_from_second == 1.0
    assert without.carriers == ()


def test_unrelated_moderators_are_apart() -> None:
    balanced = ["x", "y"] * 6
    found = compare(A, balanced)
    assert abs(found.association) < 0.3
    assert found.verdict == "apart"
    assert found.signs == ()


def test_what_matters_alone_and_not_together_cannot_be_separated() -> None:
    x = np.array(LENGTH)
    other = (x + np.array([1.0, -1] * 6)).tolist()
    y = (0.8 - 0.015 * x + 0.02 * np.sin(np.arange(K))).tolist()
    effects = with_moderators(y, [0.02] * K, {"a": LENGTH, "b": other})
    found = compare_moderators(effects, "a", "b", fit_z)
    assert found.measure == "r"
    assert found.association > 0.99
    for item in (found.first, found.second):
        assert item.alone is not None
        assert item.given is not None
        assert item.alone.pval < 0.05 < item.given.pval
    assert found.verdict == "inseparable"


def test_inflation_of_one_column_is_the_variance_inflation_factor() -> None:
    effects = with_moderators(rng.normal(size=K).tolist(), V, {"a": LENGTH, "b": rng.normal(size=K).tolist()})
    moderated = moderate(effects, ["a", "b"], fit_z)
    vcov = moderated.fit.vcov
    r2 = vcov[1, 2] ** 2 / (vcov[1, 1] * vcov[2, 2])
    assert inflation_factors(moderated.design, moderated.fit) == pytest.approx(
        dict.fromkeys(("a", "b"), float(np.sqrt(1 / (1 - r2))))
    )


def test_shares_add_up_and_reasons_stand_where_nothing_varies() -> None:
    found = compare(A, LENGTH)
    assert found.first.R2 is not None
    assert found.second.R2 is not None
    assert found.R2_both is not None
    assert found.shared == pytest.approx(
        min(found.first.R2 + found.second.R2 - found.R2_both, found.first.R2, found.second.R2)
    )
    effects = with_moderators([0.1] * K, V, {"a": A, "b": LENGTH, "c": ["same"] * K, "d": [None] * K})
    pairs = dict(overlap_all(effects, ["a", "b", "c", "d"], fit_z))
    assert len(pairs) == 6
    assert isinstance(pairs["a", "b"], Overlap)
    assert isinstance(pairs["a", "c"], EstimationError)
    assert "c is same in all 12" in str(pairs["a", "c"])
    assert "0 effects have both" in str(pairs["a", "d"])


def test_too_few_effects_for_both_is_no_verdict() -> None:
    columns = {"a": ["p", "q", "r", "p"], "b": ["u", "v", "u", "w"]}
    found = compare_moderators(with_moderators([0.1, 0.2, 0.3, 0.4], [0.02] * 4, columns), "a", "b", fit_z)
    assert found.verdict in ("unknown", "inseparable")
    assert found.first.given is None


def test_an_empty_combination_alone_is_no_overlap() -> None:
    """Three levels by three, as unrelated as eleven studies allow: one combination has to be thin."""
    a = ["x", "y", "z"] * 4
    b = ["p", "p", "p", "q", "q", "q", "r", "r", "q", "p", "q", "p"]
    found = compare(a, b)
    assert any(not cell.studies for cell in found.cells)
    assert any("no study combines" in sign for sign in found.signs)
    assert abs(found.association) < 0.5
    assert found.verdict == "apart"


def test_two_levels_whose_ranges_do_not_meet_overlap_whatever_the_association() -> None:
    number = [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 500]
    found = compare(A, number)
    assert abs(found.association) < 0.7  # the outlier hides it
    assert found.verdict == "overlapping"


@pytest.mark.parametrize("seed", range(8))
def test_what_explains_nothing_shares_nothing(seed: int) -> None:
    draws = np.random.default_rng(seed)
    first = [float(x) for x in draws.normal(size=K)]
    y = [0.3 * x + 0.2 * e for x, e in zip(first, draws.normal(size=K), strict=True)]
    found = compare(first, draws.permutation(["p", "q", "r"] * 4).tolist(), y)
    shares = (found.first.R2, found.second.R2)
    assert found.shared is not None
    assert None not in shares
    assert found.shared <= min(shares) + 1e-9  # type: ignore[type-var, operator]


def test_shares_that_do_not_add_up_are_called_so() -> None:
    item = {"predicted": 10.0, "alone": {"pval": 0.001}, "given": {"pval": 0.002}}
    pair = {
        "first": {**item, "name": "phase", "R2": 72.0},
        "second": {**item, "name": "comparison", "R2": 0.0},
        "k": 11,
        "signs": [],
        "carriers": [],
        "joint_reason": None,
        "R2_both": 59.0,
        "shared": 0.0,
        "verdict": "apart",
    }
    told = " ".join(describe_overlap(pair))
    assert "Together they explain 59%, less than one of them alone" in told
    assert "do not add up" in told
    assert "shared" not in told
