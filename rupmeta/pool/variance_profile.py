"""The likelihood profile of each variance component of a multilevel model, with its interval.

For every value of one variance the other, and the coefficients, are fitted anew; the interval holds the
values at which twice the fall of the restricted likelihood stays below the quantile of chi-square on 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.numerics.blocks import BlockFit, Blocks, fit_blocks, make_blocks
from rupmeta.numerics.distributions import chi2_quantile
from rupmeta.pool.design import make_design
from rupmeta.pool.fit import Fit

__all__ = ["VarianceProfile", "profile_variances"]

Component = Literal["between", "within"]
Float = NDArray[np.float64]
COMPONENTS: tuple[Component, ...] = ("between", "within")
CURVE = 41  # points of the curve
FINE = 1e-8  # of a limit, relative to the variance and its standard error
LOOSE = 1e-5  # on the other variance: at its best the likelihood is flat, and right to 1e-10
NEAR = 1e-7  # units of log-likelihood that nobody can tell apart
WIDEST = 40  # doublings in search of an upper limit


@dataclass(frozen=True)
class VarianceProfile:
    """One variance on the squared analysis scale: ``estimate``, limits at ``level``, and the curve.

    ``ub`` is None where the likelihood never falls far enough. ``values`` (41,) and ``heights`` (41,), the
    restricted log-likelihood less its maximum; ``cut`` is where the limits lie.
    """

    component: Component
    estimate: float
    lb: float
    ub: float | None
    level: float
    values: Float
    heights: Float
    cut: float


def profile_variances(
    effects: Effects, fit: Fit, *, X: Float | None = None, names: Sequence[str] = ("intercept",)
) -> tuple[VarianceProfile, ...]:
    """Profiles of the variances that ``fit``, from ``fit_multilevel`` of the same arguments, estimated.

    Raises
    ------
    EstimationError
        A fit of the profile does not converge.
    """
    design = make_design(effects.k, X, names)
    V = np.diag(effects.vi) if effects.V is None else effects.V
    basis = design.X if design.p == 1 else np.linalg.qr(design.X)[0]
    blocks = make_blocks(effects.yi, basis, V, effects.clusters)
    peak = np.array([fit.sigma2_between or 0.0, fit.sigma2_within or 0.0])
    free = [i for i, value in enumerate((fit.sigma2_between, fit.sigma2_within)) if value is not None]
    return tuple(_Profile(blocks, peak, free, component).trace(fit.level) for component in free)


class _Profile:
    """The restricted likelihood as a function of one variance; fits start where the last one ended."""

    def __init__(self, blocks: Blocks, peak: Float, free: Sequence[int], component: int):
        self.blocks, self.component = blocks, component
        self.others = [i for i in free if i != component]
        self.peak = peak
        self.last = peak
        top = self._fit(float(peak[component]))
        self.top = top.log_likelihood
        # how far one looks at first: a standard error, or the sampling variances where there is none
        information = float(top.information[component, component])
        self.unit = (
            1.0 / np.sqrt(information) if information > 0 else float(_sampling_variances(blocks).mean())
        )

    def _fit(self, value: float) -> BlockFit:
        start = self.last.copy()
        start[self.component] = value
        found = fit_blocks(self.blocks, [start.tolist()], self.others, tolerance=LOOSE)
        if found is None:
            raise EstimationError("the profile of a variance component did not converge", code="CONV")
        self.last = found.variances
        return found

    def height(self, value: float) -> float:
        return self._fit(value).log_likelihood - self.top

    def trace(self, level: float) -> VarianceProfile:
        cut = -0.5 * chi2_quantile(1.0 - level, 1.0)
        at = float(self.peak[self.component])
        lb = 0.0 if at == 0.0 or self.height(0.0) >= cut else self._root(0.0, at, cut)
        self.last = self.peak
        ub, step = None, self.unit
        for _ in range(WIDEST):
            if self.height(at + step) < cut:
                ub = self._root(at + step, at, cut)
                break
            step *= 2.0
        reach = at + 2.0 * step if ub is None else ub + 0.25 * (ub - lb)
        begin = max(0.0, lb - 0.25 * (reach - lb))
        values = begin + (reach - begin) * np.linspace(0.0, 1.0, CURVE) ** 2  # steep where it is small
        self.last = self.peak
        heights = np.array([self.height(float(value)) for value in values])
        return VarianceProfile(COMPONENTS[self.component], at, lb, ub, level, values, heights, cut)

    def _root(self, outside: float, inside: float, cut: float) -> float:
        """Where the profile crosses ``cut``, by regula falsi with halved weights (Illinois)."""
        low, high, kept = self.height(outside) - cut, self.height(inside) - cut, 0
        middle = inside
        while abs(inside - outside) > FINE * (self.unit + abs(inside)):
            middle = (outside * high - inside * low) / (high - low)
            value = self.height(middle) - cut
            if abs(value) < NEAR:
                break
            if value > 0:
                inside, high = middle, value
                low *= 0.5 if kept == 1 else 1.0
                kept = 1
            else:
                outside, low = middle, value
                high *= 0.5 if kept == -1 else 1.0
                kept = -1
        return middle


def _sampling_variances(blocks: Blocks) -> Float:
    """All sampling variances."""
    return np.concatenate([np.diagonal(V, axis1=1, axis2=2).ravel() for _, V in blocks.groups])
