"""Do the defaults keep what they promise? Coverage of intervals, type I error of tests, by simulation.

    python benchmarks/coverage.py [repetitions]

Correlations are drawn as they come about: true values tanh(theta), theta with mean .30 and variance tau2,
normal, Student's t with 3 degrees of freedom or a shifted exponential; in each study a sample of n pairs, of
which only the correlation is drawn, by r = z/sqrt(z² + chi²) in the representation of Fisher (exact for
normal pairs). n is 20 plus a log-normal number, median 40. Every fit is a row of ``fit_batch``.

1. Coverage of the 95 % interval of the mean by tests adhoc (the default), knha, t and z, method REML, and of
   the 95 % prediction interval (true effect of one further study).
2. Type I error at 5 % of the omnibus F test of moderators that say nothing: one number; three levels.
3. Type I error at 5 % of the permutation test of a specification curve.

Monte Carlo error at 4,000 repetitions: .3 percentage points at 95 %; of the curve, 1 point (400 of them).
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupmeta.explore.curve_test import permute_curve
from rupmeta.explore.limits import batch_limits
from rupmeta.explore.multiverse import Cells, Influence, Tables
from rupmeta.numerics.distributions import f_p, two_sided_quantile
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.inference import TESTS

Float = NDArray[np.float64]
MEAN = 0.30
KS = (3, 5, 10, 20, 40)
TAU2 = (0.0, 0.02, 0.10)
SHAPES = ("normal", "t3", "skewed")


@dataclass(frozen=True)
class Draw:
    """Fisher z (B, k), their variances, and the true effect of one further study (B,)."""

    y: Float
    v: Float
    new: Float


def true_effects(shape: str, tau2: float, size: tuple[int, int], rng: np.random.Generator) -> Float:
    if shape == "t3":
        unit = rng.standard_t(3, size) / np.sqrt(3.0)
    elif shape == "skewed":
        unit = rng.exponential(size=size) - 1.0
    else:
        unit = rng.normal(size=size)
    return MEAN + np.sqrt(tau2) * unit


def draw(k: int, tau2: float, shape: str, B: int, rng: np.random.Generator) -> Draw:
    theta = true_effects(shape, tau2, (B, k + 1), rng)
    n = np.floor(20.0 + np.exp(rng.normal(np.log(40.0), 0.7, (B, k))))
    # r/sqrt(1 - r²) = (N + rho/sqrt(1 - rho²)·chi(n - 1)) / chi(n - 2) for normal pairs; rho = tanh theta.
    first, second = np.sqrt(rng.chisquare(n - 1)), np.sqrt(rng.chisquare(n - 2))
    ratio = (rng.normal(size=(B, k)) + np.sinh(theta[:, :k]) * first) / second
    return Draw(np.arcsinh(ratio), 1.0 / (n - 3.0), theta[:, k])


def cover(B: int) -> None:
    print("\n1. Coverage of 95 % intervals, percent (REML)\n")
    print("| true effects | k | tau² | adhoc | knha | t | z | prediction, adhoc |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    rng = np.random.default_rng(1)
    cases = [("normal", k, tau2) for tau2 in TAU2 for k in KS]
    cases += [(shape, k, 0.10) for shape in SHAPES[1:] for k in (5, 10, 20)]
    for shape, k, tau2 in cases:
        data = draw(k, tau2, shape, B, rng)
        fit = fit_batch(data.y, data.v, method="REML")
        cells = []
        for test in ("adhoc", "knha", "t", "z"):
            lb, ub = batch_limits(fit, test, 0.95)
            cells.append(100.0 * np.mean((lb <= MEAN) & (ub >= MEAN)))
        var = fit.vcov[:, 0, 0] * TESTS["adhoc"].factor(fit.s2) + fit.tau2
        half = two_sided_quantile(0.95, k - 1.0) * np.sqrt(var)
        cells.append(100.0 * np.mean(np.abs(data.new - fit.beta[:, 0]) <= half))
        print(f"| {shape} | {k} | {tau2:.2f} | " + " | ".join(f"{cell:.1f}" for cell in cells) + " |")


def omnibus(y: Float, v: Float, X: Float, test: str) -> Float:
    """p values (B,) of all coefficients but the first."""
    fit = fit_batch(y, v, X, method="REML")
    factor = TESTS[test].factor(fit.s2)
    b, V = fit.beta[:, 1:], fit.vcov[:, 1:, 1:] * factor[:, None, None]
    s = b.shape[1]
    stat = np.einsum("bi,bi->b", b, np.linalg.solve(V, b[:, :, None])[:, :, 0]) / s
    df = 1e9 if test == "z" else float(fit.df[0])
    return np.array([f_p(float(x), s, df) for x in stat])


def moderators(B: int) -> None:
    print("\n2. Type I error at 5 % of moderators that say nothing, percent (REML)\n")
    print("| moderator | k | tau² | adhoc | knha | z |")
    print("| --- | --- | --- | --- | --- | --- |")
    rng = np.random.default_rng(2)
    for name in ("a number", "three levels"):
        for tau2 in (0.02, 0.10):
            for k in (6, 10, 20, 40):
                data = draw(k, tau2, "normal", B, rng)
                if name == "a number":
                    columns = [np.ones(k), rng.normal(size=k)]
                else:
                    level = np.arange(k) % 3
                    columns = [np.ones(k), (level == 1) * 1.0, (level == 2) * 1.0]
                X = np.column_stack(columns)
                rates = [
                    100.0 * np.mean(omnibus(data.y, data.v, X, test) < 0.05)
                    for test in ("adhoc", "knha", "z")
                ]
                print(f"| {name} | {k} | {tau2:.2f} | " + " | ".join(f"{rate:.1f}" for rate in rates) + " |")


def curves(B: int) -> None:
    print("\n3. Type I error at 5 % of the permutation test of a curve of 24 specifications, percent\n")
    print("| k | tau² | median | share | mean z |")
    print("| --- | --- | --- | --- | --- |")
    rng = np.random.default_rng(3)
    zero = np.zeros(6, dtype=np.intp)
    for k, tau2 in ((8, 0.02), (16, 0.10)):
        reached = np.zeros(3)
        for seed in range(B):
            data = draw(k, tau2, "normal", 1, rng)
            y = np.tile(data.y - MEAN, (6, 1))
            masks = np.vstack([np.ones(k), rng.random((5, k)) < 0.8])
            tables = Tables(y, np.tile(data.v, (6, 1)), masks, zero, np.full(6, -1))
            table, method, test = (axis.ravel() for axis in np.indices((6, 2, 2)))
            cells = Cells(table, method, test, ("DL", "PM"), ("adhoc", "z"))
            found = permute_curve(
                tables, cells, Influence(), lambda values, _: values,
                level=0.95, iterations=199, most_fits=10**7, seed=seed,
            )  # fmt: skip
            reached += np.array([found.median_p, found.share_p, found.mean_z_p]) <= 0.05
        print(f"| {k} | {tau2:.2f} | " + " | ".join(f"{rate:.1f}" for rate in 100.0 * reached / B) + " |")


def main() -> None:
    B = int(sys.argv[1]) if len(sys.argv) > 1 else 4_000
    start = time.perf_counter()
    cover(B)
    moderators(B)
    curves(max(B // 10, 20))
    took = time.perf_counter() - start
    print(f"\n{B} repetitions, {took:.0f} s, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
