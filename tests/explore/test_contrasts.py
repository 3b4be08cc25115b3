"""Comparisons of levels and adjusted p values, against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from moderated_effects import fit_z, with_moderators

from rupmeta.explore.contrasts import ADJUSTMENTS, adjust_pvalues, compare_pairs, estimate_contrast
from rupmeta.explore.formula import parse_formula
from rupmeta.explore.moderators import moderate
from rupmeta.results import Estimate, NotEstimable

PHASE = ["early", "late", "late", "middle", "early", "middle", "middle", "late", "whole", "early"]
X = [3.0, 1.0, 2.0, 5.0, 4.0, 1.0, 2.0, 6.0, 2.0, 3.0]
Y = [0.10, 0.35, 0.20, 0.55, 0.15, 0.60, 0.42, 0.25, 0.3, 0.05]
EFFECTS = with_moderators(Y, [0.02] * 10, {"phase": PHASE, "x": X})


def estimate(contrast: object) -> Estimate:
    found = contrast.estimate  # type: ignore[attr-defined]
    assert isinstance(found, Estimate)
    return found


def test_pairs_are_the_coefficients_under_every_reference() -> None:
    """late - middle is the coefficient of late when middle is the reference."""
    pairs = {c.label: c for c in compare_pairs(moderate(EFFECTS, ["phase", "x"], fit_z))}
    for one in ("early", "middle", "late"):
        fit = moderate(EFFECTS, ["phase", "x"], fit_z, reference={"phase": one}).fit
        coefficients = {c.label: c for c in fit.coefficients}
        for other in {"early", "middle", "late"} - {one}:
            label = f"phase[{other}] - phase[{one}]"
            if label in pairs:
                expected = coefficients[f"phase[{other}]"]
                assert estimate(pairs[label]).estimate == pytest.approx(expected.estimate, rel=1e-8)
                assert estimate(pairs[label]).se == pytest.approx(expected.se, rel=1e-8)


def test_a_level_with_one_effect_is_shown_and_not_tested() -> None:
    pairs = compare_pairs(moderate(EFFECTS, ["phase"], fit_z))
    assert len(pairs) == 6
    lonely = [c for c in pairs if "whole" in c.label]
    assert all(isinstance(c.estimate, NotEstimable) and c.padj is None for c in lonely)
    tested = [c for c in pairs if c not in lonely]
    assert [c.padj for c in tested] == list(adjust_pvalues([estimate(c).pval for c in tested], "holm"))


def test_a_contrast_of_weights() -> None:
    moderated = moderate(EFFECTS, ["phase", "x"], fit_z)
    beta = {c.label: c.estimate for c in moderated.fit.coefficients}
    found = estimate(estimate_contrast(moderated, {"late": 1, "early": -0.5, "phase[middle]": -0.5, "x": 2}))
    assert found.estimate == pytest.approx(beta["phase[late]"] - 0.5 * beta["phase[middle]"] + 2 * beta["x"])
    for weights, reason in (
        ({"late": 1.0}, "add up to 1"),
        ({"later": 1.0}, "neither a level nor a coefficient"),
        ({"late": 0.0, "early": 0.0}, "all weights are 0"),
    ):
        with pytest.raises(ValueError, match=reason):
            estimate_contrast(moderated, weights)


def test_a_category_in_an_interaction_has_no_pairs() -> None:
    moderated = moderate(EFFECTS.take(range(8)), parse_formula("phase * x"), fit_z)
    with pytest.raises(ValueError, match="stands in no interaction"):
        compare_pairs(moderated)


def test_adjusted_p_values_never_shrink_and_keep_their_order() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        p = rng.uniform(size=7)
        for method in ADJUSTMENTS:
            adjusted = np.array(adjust_pvalues(p.tolist(), method), dtype=float)
            assert (adjusted >= p - 1e-15).all()
            assert (adjusted <= 1.0).all()
            assert (np.diff(adjusted[np.argsort(p)]) >= -1e-15).all()
        holm, bonferroni, hochberg = (
            np.array(adjust_pvalues(p.tolist(), m), dtype=float) for m in ("holm", "bonferroni", "hochberg")
        )
        assert (holm <= bonferroni).all()
        assert (hochberg <= holm).all()
    assert adjust_pvalues([]) == ()
    assert adjust_pvalues([None, None]) == (None, None)
