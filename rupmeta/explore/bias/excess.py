"""Excess significance: are there more significant results than the effects' precision lets one expect?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.explore.bias.oriented import SIGNIFICANT, require
from rupmeta.numerics.distributions import normal_cdf, normal_quantile

__all__ = ["ExcessSignificance", "count_excess"]

Float = NDArray[np.float64]


@dataclass(frozen=True)
class ExcessSignificance:
    """``O`` observed and ``E`` expected significant results (two-sided .05) under one effect ``theta``.

    ``power`` shape (k,); ``pval`` = P(at least O), exact.
    """

    O: int  # noqa: E741  # the letters of Ioannidis and Trikalinos
    E: float
    pval: float
    theta: float
    power: Float


def count_excess(effects: Effects) -> ExcessSignificance:
    """Exact test of excess significance (Ioannidis & Trikalinos 2007, 10.1177/1740774507079441).

    theta is the common-effect mean, power πᵢ = Φ(θ/√vᵢ − z_{.975}) + Φ(−θ/√vᵢ − z_{.975}), and the number of
    significant results is Poisson binomial, summed by convolution at every k. It takes all studies to
    estimate one true effect: where they differ, some excess is expected without any selection.
    """
    require(effects.k, "the test of excess significance")
    se, w = np.sqrt(effects.vi), 1.0 / effects.vi
    theta = float(w @ effects.yi) / float(w.sum())
    critical = -normal_quantile(SIGNIFICANT)
    power = normal_cdf(theta / se - critical) + normal_cdf(-theta / se - critical)
    observed = int(np.count_nonzero(np.abs(effects.yi) / se >= critical))
    share = np.ones(1)
    for one in power:
        share = np.append(share * (1.0 - one), 0.0) + np.append(0.0, share * one)
    return ExcessSignificance(
        observed, float(power.sum()), min(1.0, float(share[observed:].sum())), theta, power
    )
