"""How often do 95% intervals hold the true mean when studies are few? ``pool --small-k`` rests on it.

    python benchmarks/small_k.py [repetitions]

Effects are drawn from N(mu, tau2 + v), k of them, with v = 1/(n - 3) as of correlations. Two patterns of n:
*similar* (40 to 80 people) and *uneven* (one study of 600, the others of 30). Coverage does not depend on
mu. Every fit is a row of ``fit_batch``. The posterior of mu is judged by its central interval: it holds mu
when its distribution function there lies between .025 and .975.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from rupmeta.numerics.distributions import two_sided_quantile
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.henmi_copas import tail_of_mean
from rupmeta.pool.inference import TESTS
from rupmeta.pool.profile_mean import likelihood_of_mean
from rupmeta.pool.sign_flips import all_signs

Float = NDArray[np.float64]
KS = (2, 3, 4, 5, 6, 8, 10, 15, 20)
TAU2 = (0.0, 0.05, 0.10)
REPETITIONS = 2_000
SLOW = 1_000  # repetitions of the methods that are not rows of one fit
TAU = 0.5 * np.tan(np.linspace(0.0, 0.5 * np.pi, 202)[1:-1])  # places for the posterior of tau


def draw(k: int, tau2: float, pattern: str, size: int, rng: np.random.Generator) -> tuple[Float, Float]:
    """``size`` data sets of k effects with mean 0, and their sampling variances."""
    if pattern == "similar":
        n = rng.uniform(40.0, 80.0, (size, k))
    else:
        n = np.full((size, k), 30.0)
        n[:, 0] = 600.0
    V = 1.0 / (n - 3.0)
    return rng.normal(0.0, np.sqrt(V + tau2)), V


def wald(test: str) -> Callable[[Float, Float], Float]:
    def covered(Y: Float, V: Float) -> Float:
        fit = fit_batch(Y, V)
        scaling = TESTS[test]
        se = np.sqrt(scaling.factor(fit.s2) * fit.vcov[:, 0, 0])
        q = two_sided_quantile(0.95, float(Y.shape[1] - 1) if scaling.student else None)
        return np.abs(fit.beta[:, 0]) <= q * se

    return covered


def profile(Y: Float, V: Float) -> Float:
    top = likelihood_of_mean(Y, V, fit_batch(Y, V, method="ML").beta[:, 0])
    return 2.0 * (top - likelihood_of_mean(Y, V, np.zeros(len(Y)))) <= 3.841458820694124


def henmi_copas(Y: Float, V: Float) -> Float:
    return np.array([tail_of_mean(y, v, 0.0) > 0.025 for y, v in zip(Y, V, strict=True)])


def permutation(Y: Float, V: Float) -> Float:
    signs = all_signs(Y.shape[1])
    rows = (Y[:, None, :] * signs).reshape(-1, Y.shape[1])
    fit = fit_batch(rows, np.repeat(V, len(signs), axis=0))
    stat = np.abs(fit.beta[:, 0]) / np.sqrt(np.maximum(1.0, fit.s2) * fit.vcov[:, 0, 0])
    stat = stat.reshape(len(Y), -1)
    return (stat >= stat[:, :1] - 1.5e-8).mean(axis=1) > 0.05


def bayes(scale: float) -> Callable[[Float, Float], Float]:
    def covered(Y: Float, V: Float) -> Float:
        w = 1.0 / (V[:, None, :] + TAU[:, None] ** 2)
        total = w.sum(axis=2)
        mean = (w * Y[:, None, :]).sum(axis=2) / total
        quadratic = (w * (Y[:, None, :] - mean[:, :, None]) ** 2).sum(axis=2)
        height = 0.5 * (np.log(w).sum(axis=2) - np.log(total) - quadratic) - 0.5 * (TAU / scale) ** 2
        height = height + np.log1p((TAU / 0.5) ** 2)  # the step of tau = tan(.)/2
        weight = np.exp(height - height.max(axis=1, keepdims=True))
        below = (weight * ndtr(-mean * np.sqrt(total))).sum(axis=1) / weight.sum(axis=1)
        return (below > 0.025) & (below < 0.975)

    return covered


METHODS: dict[str, tuple[Callable[[Float, Float], Float], tuple[int, ...], bool]] = {
    "z": (wald("z"), KS, False),
    "t": (wald("t"), KS, False),
    "knha": (wald("knha"), KS, False),
    "adhoc": (wald("adhoc"), KS, False),
    "profile": (profile, KS, False),
    "henmi-copas": (henmi_copas, KS, True),
    "permutation": (permutation, KS[:-2], True),
    "bayes 0.5": (bayes(0.5), KS, False),
    "bayes 0.25": (bayes(0.25), KS, False),
}


def coverage(name: str, k: int, tau2: float, pattern: str, repetitions: int, seed: int = 1) -> float:
    """Share of data sets whose interval by ``name`` holds the true mean."""
    covered, _, slow = METHODS[name]
    size = min(repetitions, SLOW) if slow else repetitions
    Y, V = draw(k, tau2, pattern, size, np.random.default_rng([seed, k, round(1000 * tau2), len(pattern)]))
    return float(np.mean(covered(Y, V)))


def main() -> None:
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else REPETITIONS
    start = time.perf_counter()
    print(f"Coverage of 95% intervals, percent: least–largest over tau2 = {TAU2} and both patterns;")
    print(f"{repetitions} data sets a cell ({SLOW} for Henmi-Copas and permutation).\n")
    print("| method | " + " | ".join(f"k = {k}" for k in KS) + " |")
    print("|---" * (len(KS) + 1) + "|")
    for name, (_, ks, _) in METHODS.items():
        cells = []
        for k in KS:
            if k not in ks:
                cells.append("—")
                continue
            found = [100 * coverage(name, k, t, p, repetitions) for t in TAU2 for p in ("similar", "uneven")]
            cells.append(f"{min(found):.1f}–{max(found):.1f}")
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
