"""Variance inflation: how much less sure a moderator is because of the others in the model."""

from __future__ import annotations

import numpy as np

from rupmeta.explore.design import Design
from rupmeta.pool.fit import Fit

__all__ = ["inflation_factors"]


def inflation_factors(design: Design, fit: Fit) -> dict[str, float]:
    """GVIF^(1/2s) of every term with s columns: the factor on its standard errors, 1 when unrelated.

    GVIF = |R₁₁||R₂₂| / |R|, R the correlations of the coefficients without the intercept; for one column
    GVIF is the usual VIF, (R⁻¹)ⱼⱼ (Fox & Monette 1992, 10.2307/2290467). Terms whose columns were redundant
    are left out; a model with one term has no entry.
    """
    labels = [estimate.label for estimate in fit.coefficients]
    slopes = [i for i, label in enumerate(labels) if label != "intercept"]
    V = fit.vcov[np.ix_(slopes, slopes)]
    se = np.sqrt(np.diag(V))
    R = V / np.outer(se, se)
    found = {}
    for term in design.terms:
        own = [slopes.index(labels.index(design.names[c])) for c in term.columns if design.names[c] in labels]
        rest = [i for i in range(len(slopes)) if i not in own]
        if len(own) < len(term.columns) or not rest:
            continue
        own_part = np.linalg.slogdet(R[np.ix_(own, own)])[1]
        rest_part = np.linalg.slogdet(R[np.ix_(rest, rest)])[1]
        log_gvif = own_part + rest_part - np.linalg.slogdet(R)[1]
        found[term.name] = float(np.exp(log_gvif / (2.0 * len(own))))
    return found
