"""Henmi and Copas: centre, and what the interval is without heterogeneity."""

from __future__ import annotations

import numpy as np
import pytest
from effect_tables import effects_table

from rupmeta.errors import EstimationError
from rupmeta.pool.henmi_copas import fit_henmi_copas


def test_centre_is_the_common_effect_mean() -> None:
    y, v = np.array([0.1, 0.5, 0.9]), np.array([0.01, 0.04, 0.09])
    found = fit_henmi_copas(effects_table(y, v))
    assert found.estimate == pytest.approx(float((y / v).sum() / (1 / v).sum()), rel=1e-14)
    assert found.interval.lb < found.estimate < found.interval.ub


def test_higher_level_is_wider() -> None:
    effects = effects_table([0.1, 0.5, 0.9, 0.2], [0.01, 0.04, 0.09, 0.02])
    assert fit_henmi_copas(effects, level=0.99).interval.lb < fit_henmi_copas(effects, level=0.8).interval.lb


def test_one_effect_is_too_few() -> None:
    with pytest.raises(EstimationError, match="at least 2"):
        fit_henmi_copas(effects_table([0.1], [0.01]))
