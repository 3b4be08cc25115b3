"""One set of effects under every estimator of tau2 and every test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np

from rupmeta.effects.table import Effects
from rupmeta.pool.fit import Fit, MethodName, TestName
from rupmeta.pool.subsets import fit_subsets
from rupmeta.results import NotEstimable

__all__ = ["SideBySide", "fit_side_by_side"]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One estimator with one test."""

    method: MethodName
    test: TestName
    fit: Fit | NotEstimable


def fit_side_by_side(effects: Effects, *, level: float = 0.95) -> tuple[SideBySide, ...]:
    """Estimators in the order of ``MethodName``, tests in that of ``TestName``; EB, which is PM, is left out.

    Under EE the tests that take their scale from heterogeneity are z, so that EE has z and t alone.
    """
    methods: tuple[MethodName, ...] = get_args(MethodName)
    tests: tuple[TestName, ...] = get_args(TestName)
    whole = np.ones((1, effects.k), dtype=bool)
    return tuple(
        SideBySide(method, test, fit_subsets(effects, whole, method=method, test=test, level=level)[0])
        for method in methods
        for test in tests
        if method != "EB" and not (method == "EE" and test in ("knha", "adhoc"))
    )
