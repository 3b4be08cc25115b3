"""Every specification of an analysis as one batch: a specification is a table of effects, a method and a
test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.numerics.distributions import chi2_quantile, two_sided_p, two_sided_quantile
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.inference import TESTS

__all__ = ["Cells", "Influence", "Outcomes", "Tables", "fit_cells", "flag_influential", "rank_choices"]

Float = NDArray[np.float64]
Int = NDArray[np.intp]
Bool = NDArray[np.bool_]


@dataclass(frozen=True)
class Tables:
    """T tables of effects over the same k samples: ``Y``, ``V`` (T, k) and ``C`` (T, k), 1 where a sample is
    in.

    ``measure`` (T,): number of the measure. ``source`` (T,): -1, or the table from which this one leaves out
    what is influential, which depends on the effects and so is found anew whenever they change.
    """

    Y: Float
    V: Float
    C: Float
    measure: Int
    source: Int

    @property
    def size(self) -> int:
        """Number of tables."""
        return len(self.Y)

    def take(self, rows: Int) -> Tables:
        """Some tables; ``source`` keeps the old numbering."""
        return Tables(self.Y[rows], self.V[rows], self.C[rows], self.measure[rows], self.source[rows])


@dataclass(frozen=True)
class Cells:
    """S specifications: the table, the method and the test of each, as numbers (S,)."""

    table: Int
    method: Int
    test: Int
    methods: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def size(self) -> int:
        """Number of specifications."""
        return len(self.table)

    def take(self, rows: Int) -> Cells:
        """Some specifications."""
        return Cells(self.table[rows], self.method[rows], self.test[rows], self.methods, self.tests)


@dataclass(frozen=True)
class Outcomes:
    """What S specifications give, each (S,): on the analysis scale of the table's measure.

    ``df`` is NaN where the reference is normal. NaN throughout where there is no fit. ``fits``: how many
    models were fitted; the tests of one table and method share one.
    """

    k: Float
    estimate: Float
    se: Float
    df: Float
    ci_lb: Float
    ci_ub: Float
    tau2: Float
    fits: int

    @property
    def pval(self) -> Float:
        """Two-sided p values, (S,)."""
        stat = self.estimate / self.se
        student = ~np.isnan(self.df)
        p = two_sided_p(stat)
        p[student] = two_sided_p(stat[student], self.df[student])
        return p


def fit_cells(tables: Tables, cells: Cells, *, level: float = 0.95) -> Outcomes:
    """Fit every specification: one batched call a method, one row a table; tests only scale and judge."""
    k, estimate, bare, s2, df, tau2 = (np.full(cells.size, np.nan) for _ in range(6))
    fits = 0
    for number, method in enumerate(cells.methods):
        rows = np.flatnonzero(cells.method == number)
        if not rows.size:
            continue
        used, back = np.unique(cells.table[rows], return_inverse=True)
        fit = fit_batch(tables.Y[used], tables.V[used], counts=tables.C[used], method=method)
        fits += len(used)
        k[rows], df[rows], tau2[rows] = fit.k[back], fit.df[back], fit.tau2[back]
        estimate[rows], s2[rows] = fit.beta[back, 0], fit.s2[back]
        bare[rows] = np.sqrt(fit.vcov[back, 0, 0])
    se, quantile = bare.copy(), np.full(cells.size, two_sided_quantile(level))
    reference = np.full(cells.size, np.nan)
    for number, test in enumerate(cells.tests):
        rows = np.flatnonzero((cells.test == number) & (df > 0))
        scaling = TESTS[test]
        se[rows] = bare[rows] * np.sqrt(scaling.factor(s2[rows]))
        if scaling.student and rows.size:
            reference[rows] = df[rows]
            few = np.unique(df[rows])  # quantiles of t are slow, degrees of freedom are few
            quantile[rows] = two_sided_quantile(level, few)[np.searchsorted(few, df[rows])]
    return Outcomes(
        k, estimate, se, reference, estimate - quantile * se, estimate + quantile * se, tau2, fits
    )


@dataclass(frozen=True, slots=True)
class Influence:
    """How influential samples are found: Cook's distance of the model ``method``, chi-square tail ``above``.

    A sample is flagged when the chi-square on 1 df is below cook_d with probability above .5, as in the
    influence analysis (Viechtbauer & Cheung 2010, 10.1002/jrsm.11).
    """

    method: str = "REML"
    above: float = 0.5


def flag_influential(Y: Float, V: Float, C: Float, influence: Influence) -> Bool:
    """Samples (T, k) whose removal moves the pooled mean of their table by more than Cook's limit.

    cook_d = (mu - mu without)² / se² in standard errors of the full fit. Tables of fewer than 3 flag nothing.
    """
    full = fit_batch(Y, V, counts=C, method=influence.method)
    table, sample = np.nonzero(C > 0)
    without = C[table]
    without[np.arange(len(table)), sample] = 0.0
    again = fit_batch(Y[table], V[table], counts=without, method=influence.method)
    shift = np.full(C.shape, np.nan)
    shift[table, sample] = full.beta[table, 0] - again.beta[:, 0]
    cook = shift**2 / full.vcov[:, 0, :1]
    limit = chi2_quantile(1.0 - influence.above, 1.0)
    with np.errstate(invalid="ignore"):
        flags: Bool = (cook > limit) & (C > 0) & (C.sum(axis=1, keepdims=True) >= 3)
    return flags


def rank_choices(
    estimate: Float, choices: Int, sizes: Sequence[int]
) -> tuple[tuple[Float, ...], Float, Float]:
    """How much each choice moves the estimate: option means, main-effect range and share of variance.

    Parameters
    ----------
    estimate
        Shape (S,), all on one scale; NaN where a combination is impossible.
    choices
        Option taken in every choice, (S, D): the full product, so that options are compared on equal terms.
    sizes
        Number of options of each choice, (D,).

    Returns
    -------
    means of every option; max - min of them, (D,); the sum of squares between options over the total, (D,),
    which leaves interactions out.
    """
    known = ~np.isnan(estimate)
    y, taken = estimate[known], choices[known]
    centred = y - y.mean()
    total = float(centred @ centred)
    means, ranges, shares = [], np.zeros(len(sizes)), np.zeros(len(sizes))
    for d, size in enumerate(sizes):
        counts = np.bincount(taken[:, d], minlength=size)
        with np.errstate(invalid="ignore"):
            mean = np.bincount(taken[:, d], weights=y, minlength=size) / np.where(counts, counts, np.nan)
        means.append(mean)
        ranges[d] = np.nanmax(mean) - np.nanmin(mean)
        between = float(np.nansum(counts * (mean - y.mean()) ** 2))
        shares[d] = between / total if total > 0 else 0.0
    return tuple(means), ranges, shares
