"""Agreement of two coders on the same units, for many samples of the units at once.

A sample is a row of counts, how often each block of units is in (a block: the units of one study). Tables and
sums are linear in the counts, so 2,000 bootstrap samples are one matrix product, and the statistics of all of
them one expression. Statistics that a sample does not have are NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "count_pairs",
    "cross_tables",
    "nominal_statistics",
    "numeric_statistics",
    "pair_sums",
    "quadratic_weights",
]

Float = NDArray[np.float64]
Integer = NDArray[np.intp]


def count_pairs(a: Integer, b: Integer, blocks: Integer, categories: int, size: int) -> Float:
    """Cross tables of blocks, shape (size, c, c): [s, i, j] units of block s that a calls i, b calls j."""
    tables = np.zeros((size, categories, categories))
    np.add.at(tables, (blocks, a, b), 1.0)
    return tables


def cross_tables(tables: Float, counts: Float) -> Float:
    """The tables of samples: ``counts`` (B, size) times ``tables`` (size, c, c), shape (B, c, c)."""
    return np.tensordot(counts, tables, axes=1)


def quadratic_weights(categories: int) -> Float:
    """Disagreement of ordered categories, (i - j)²/(c - 1)², shape (c, c)."""
    steps = np.arange(categories, dtype=np.float64)
    return (steps[:, None] - steps) ** 2 / max(categories - 1, 1) ** 2


def nominal_statistics(tables: Float, weights: Float | None = None) -> dict[str, Float]:
    """Chance-corrected agreement of the tables of two coders, each of shape (B,).

    Parameters
    ----------
    tables
        Cross tables, shape (B, c, c).
    weights
        Disagreement of every pair of categories, shape (c, c), 0 on the diagonal; None: all alike (nominal).

    Returns
    -------
    dict
        ``agreement`` share of units on the diagonal.
        ``kappa`` 1 - Σwo/Σwe: Cohen 1960, 10.1177/001316446002000104; weighted: Cohen 1968, 10.1037/h0026256.
        ``alpha`` of Krippendorff for two coders, 1 - Do/De, De from all values of both without replacement,
        with the squared distance of ranks where ``weights`` are given as ordered categories.
        ``ac1`` of Gwet 2008, 10.1348/000711006X126600: chance agreement Σπ(1 - π)/(c - 1), π the mean share
        of a category; of the categories that occur.
        ``largest`` the share of the commonest category over both coders.

    Examples
    --------
    The table of Cohen 1968, of 100 units: kappa .492, and .348 with his weights.

    >>> table = np.array([[[44, 5, 1], [7, 20, 3], [9, 5, 6]]], dtype=float)
    >>> round(float(nominal_statistics(table)["kappa"][0]), 3)
    0.492
    >>> his = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]]) / 6
    >>> round(float(nominal_statistics(table, his)["kappa"][0]), 3)
    0.348
    """
    size = tables.shape[-1]
    distance = np.ones((size, size)) - np.eye(size) if weights is None else weights
    n = tables.sum(axis=(1, 2))
    rows, columns = tables.sum(axis=2), tables.sum(axis=1)
    values = rows + columns
    with np.errstate(invalid="ignore", divide="ignore"):
        agreement = np.trace(tables, axis1=1, axis2=2) / n
        observed = (tables * distance).sum(axis=(1, 2)) / n
        expected = np.einsum("bi,ij,bj->b", rows, distance, columns) / n**2
        both = np.einsum("bi,ij,bj->b", values, distance, values) / (2.0 * n * (2.0 * n - 1.0))
        share = values / (2.0 * n)[:, None]
        present = (values > 0).sum(axis=1)
        chance = (share * (1.0 - share)).sum(axis=1) / (present - 1.0)
        return {
            "agreement": agreement,
            "kappa": _corrected(observed, expected),
            "alpha": _corrected(observed, both),
            "ac1": np.where(present > 1, (agreement - chance) / (1.0 - chance), np.nan),
            "largest": share.max(axis=1),
        }


def _corrected(observed: Float, expected: Float) -> Float:
    """1 - observed/expected; NaN where no disagreement can be expected."""
    return np.where(expected > 1e-12, 1.0 - observed / np.where(expected > 1e-12, expected, 1.0), np.nan)


def pair_sums(a: Float, b: Float, blocks: Integer, size: int) -> Float:
    """Sums of 1, a, b, a², b², ab in every block, shape (size, 6); centre the values first."""
    columns = np.stack([np.ones_like(a), a, b, a * a, b * b, a * b], axis=1)
    sums = np.zeros((size, 6))
    np.add.at(sums, blocks, columns)
    return sums


def numeric_statistics(sums: Float) -> dict[str, Float]:
    """Agreement of two coders on numbers from sums of shape (B, 6), each of shape (B,).

    ``icc`` is ICC(2,1), two-way random effects, absolute agreement, one coder (Shrout & Fleiss 1979,
    10.1037/0033-2909.86.2.420): (MSR - MSE)/(MSR + (m - 1)MSE + m(MSC - MSE)/n) with m = 2; NaN with fewer
    than two units or when every number is the same. ``alpha`` of Krippendorff with squared differences.
    """
    n, sa, sb, saa, sbb, sab = np.moveaxis(sums, -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        correction = (sa + sb) ** 2 / (2.0 * n)
        between = 0.5 * (saa + sbb + 2.0 * sab) - correction
        coders = (sa**2 + sb**2) / n - correction
        whole = saa + sbb - correction
        # the error is what is left, a difference of large sums: what rounding leaves of zero is zero
        error = whole - between - coders
        error = np.where(np.abs(error) <= 1e-12 * np.abs(whole), 0.0, np.maximum(error, 0.0))
        ms_rows, ms_error = between / (n - 1.0), error / (n - 1.0)
        below = ms_rows + ms_error + 2.0 * (coders - ms_error) / n
        varies = (whole > 1e-12 * (saa + sbb)) & (n > 1) & (below > 0)
        icc = np.where(varies, (ms_rows - ms_error) / np.where(varies, below, 1.0), np.nan)
        observed = (saa + sbb - 2.0 * sab) / n
        expected = 2.0 * whole / (2.0 * n - 1.0)
        alpha = np.where(varies, 1.0 - observed / np.where(varies, expected, 1.0), np.nan)
    return {"icc": icc, "alpha": alpha}
