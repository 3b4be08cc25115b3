"""Confidence limits of many pooled fits at once, and which side of zero they leave open."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rupmeta.numerics.distributions import two_sided_quantile
from rupmeta.numerics.fit import BatchFit
from rupmeta.pool.inference import TESTS

__all__ = ["batch_limits", "batch_se", "verdicts"]

Float = NDArray[np.float64]


def batch_se(fit: BatchFit, test: str) -> Float:
    """Standard errors of the first coefficient, scaled by ``test`` as in ``fit_effects``; shape (B,)."""
    bare = np.sqrt(fit.vcov[:, 0, 0])
    if fit.method == "EE" and test in ("knha", "adhoc"):
        return bare
    with np.errstate(invalid="ignore"):
        return np.where(fit.df > 0, bare * np.sqrt(TESTS[test].factor(fit.s2)), bare)


def batch_limits(fit: BatchFit, test: str, level: float) -> tuple[Float, Float]:
    """Lower and upper confidence limits of the first coefficient, each (B,); NaN where there is no fit.

    Student's t with k - p degrees of freedom or normal, as ``test`` says. A row without degrees of freedom
    and EE with ``knha`` or ``adhoc`` are judged by the normal distribution, as in ``fit_effects``.
    """
    se = batch_se(fit, test)
    student = TESTS[test].student and not (fit.method == "EE" and test in ("knha", "adhoc"))
    quantile = np.full(se.shape, two_sided_quantile(level))
    if student:
        some = fit.df > 0
        quantile[some] = two_sided_quantile(level, fit.df[some])
    return fit.beta[:, 0] - quantile * se, fit.beta[:, 0] + quantile * se


def verdicts(lb: Float, ub: Float) -> NDArray[np.int8]:
    """1: the interval lies above zero, -1: below it, 0: it holds zero; shape (B,). NaN counts as 0."""
    return (lb > 0).astype(np.int8) - (ub < 0).astype(np.int8)
