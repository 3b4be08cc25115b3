"""How much faster than metafor are the fits that come in thousands, and what would the machine allow?

Run ``python benchmarks/resampling.py``; it takes about a minute with R (Debian: ``apt install
r-cran-metafor``) and seconds without. Every comparison uses the same data on both sides, one process each,
processor time, in one run. R fits a stated share of the work and the time is scaled up; rupmeta does all of
it, drawing included.

The last table tells what a row costs beside two bounds: reading its counts or effects once at the speed of
memory, and one multiplication per effect, coefficient pair and round at the measured speed of ``numpy`` on an
array that fits the cache. It also tells how the cost grows with effects (k) and coefficients (p).

Two cores, load 8 (2026-11, metafor 3.8): leave-one-out 142 times as fast, influence 402, permutation 356,
GOSH 1,507, bootstrap 951. docs/methods/stability.md has the costs of a row.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable

import numpy as np

from rupmeta.effects.table import EffectRow, Effects
from rupmeta.explore.bootstrap import bootstrap_effects
from rupmeta.explore.gosh import explore_subsets
from rupmeta.explore.influence import measure_influence
from rupmeta.explore.leave_one_out import leave_one_out
from rupmeta.explore.permutation import permute_rows
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.subsets import fit_subsets

Float = np.ndarray

SCRIPT = """
suppressMessages(library(metafor))
d <- read.csv(file("stdin"))
clock <- function(label, share, f) {
  t <- system.time(f()); cat(label, (t[["user.self"]] + t[["sys.self"]]) / share, "\\n")
}
many <- subset(d, k == 160); some <- subset(d, k == 40); few <- subset(d, k == 16)
fit <- rma(yi, vi, data=many)
clock("leave1out", 1, function() leave1out(fit))
clock("influence", 1, function() influence(fit))
slope <- rma(yi, vi, mods=~x, data=some)
clock("permutest", 200/10000, function() permutest(slope, iter=200, progbar=FALSE))
pool <- rma(yi, vi, data=few)
clock("gosh", 500/65519, function() gosh(pool, subsets=500, progbar=FALSE))
clock("bootstrap", 200/10000, function() for (i in 1:200) {
  try(rma(yi, vi, data=few[sample(16, replace=TRUE), ]), silent=TRUE) })
"""


def simulate(k: int) -> tuple[Float, Float, Float]:
    rng = np.random.default_rng(k)
    v, x = rng.uniform(0.01, 0.1, k), rng.normal(size=k)
    return 0.3 + 0.1 * x + rng.normal(size=k) * np.sqrt(v + 0.04), v, x


def table(k: int) -> Effects:
    y, v, _ = simulate(k)
    names = [f"s{i}" for i in range(k)]
    return Effects(
        "GEN",
        tuple(
            EffectRow(n, n, n, n, None, "GEN", float(a), float(b), None, "yi, vi", "", "direct")
            for n, a, b in zip(names, y, v, strict=True)
        ),
    )


def seconds(task: Callable[[], object], repeats: int = 3) -> float:
    """Processor seconds of the fastest run."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        task()
        times.append(time.process_time() - start)
    return min(times)


def ours() -> dict[str, float]:
    many, some, few = table(160), table(40), table(16)
    X = np.column_stack([np.ones(40), simulate(40)[2]])

    def fits(effects: Effects, masks: Float) -> tuple[object, ...]:
        return fit_subsets(effects, masks)

    return {
        "leave1out": seconds(lambda: leave_one_out(many, fits)),  # type: ignore[arg-type]
        "influence": seconds(lambda: measure_influence(many)),
        "permutest": seconds(lambda: permute_rows(some, X, ("intercept", "x"), iterations=10_000)),
        "gosh": seconds(lambda: explore_subsets(few, exhaustive_up_to=16)),
        "bootstrap": seconds(lambda: bootstrap_effects(few, iterations=10_000)),
    }


def theirs() -> dict[str, float]:
    lines = ["k,yi,vi,x"]
    for k in (16, 40, 160):
        lines += [f"{k},{y:.17g},{v:.17g},{x:.17g}" for y, v, x in zip(*simulate(k), strict=True)]
    run = subprocess.run(
        ["Rscript", "-e", SCRIPT], input="\n".join(lines), capture_output=True, text=True, check=True
    )
    return {line.split()[0]: float(line.split()[1]) for line in run.stdout.splitlines() if line.strip()}


TASKS = {
    "leave1out": ("leave-one-out, k = 160", "all", 100),
    "influence": ("influence, k = 160", "all", 100),
    "permutest": ("permutation, k = 40, p = 2, 10,000", "200", 100),
    "gosh": ("GOSH, 65,519 subsets of 16", "500", 300),
    "bootstrap": ("bootstrap, k = 16, 10,000", "200", 100),
}


def compare() -> None:
    print(f"{'task (REML)':38s} {'R does':>7s} {'metafor':>10s} {'rupmeta':>10s} {'ratio':>7s} {'bar':>5s}")
    mine = ours()
    known = theirs() if shutil.which("Rscript") else {}
    for key, (label, share, bar) in TASKS.items():
        metafor = known.get(key)
        cells = (
            f"{metafor:9.2f}s {1e3 * mine[key]:8.1f}ms {metafor / mine[key]:7.0f} {bar:5d}"
            if metafor
            else f"{'-':>10s} {1e3 * mine[key]:8.1f}ms"
        )
        print(f"{label:38s} {share:>7s} {cells}")
    both = ("leave1out", "influence")
    if known:
        ratio = sum(known[key] for key in both) / sum(mine[key] for key in both)
        print(f"{'the first two together':38s} {'':29s} {ratio:7.0f} {100:5d}")


def machine() -> tuple[float, float]:
    """Bytes a second read from memory, multiply-adds a second in the cache."""
    large, small = np.ones(2**24), np.ones(2**12)
    read = large.nbytes / seconds(lambda: large.sum())
    work = 200 * small.size / seconds(lambda: [np.vecdot(small, small) for _ in range(200)])
    return read, work


def costs() -> None:
    read, work = machine()
    print(f"\nmemory {read / 1e9:.1f} GB/s, arithmetic {work / 1e9:.1f} multiply-adds/ns, one core")
    print(f"{'k':>4s} {'p':>2s} {'rows':>6s} {'µs a row':>9s} {'memory':>8s} {'arithmetic':>11s}")
    rng = np.random.default_rng(1)
    for k, p, rows in (
        (8, 1, 20_000),
        (16, 1, 20_000),
        (40, 1, 10_000),
        (160, 1, 2_000),
        (16, 2, 10_000),
        (40, 2, 5_000),
        (40, 4, 3_000),
        (160, 2, 1_000),
    ):
        y, v, _ = simulate(k)
        if p == 1:
            counts = rng.multinomial(k, np.full(k, 1.0 / k), size=rows).astype(float)
            spent = seconds(lambda y=y, v=v, c=counts: fit_batch(y, v, counts=c))
            arrays = 1
        else:
            order = np.argsort(rng.random((rows, k)), axis=1)
            X = np.column_stack([np.ones(k), rng.normal(size=(k, p - 1))])
            spent = seconds(lambda y=y[order], v=v[order], X=X: fit_batch(y, v, X))
            arrays = 2
        rounds, pairs = 5, p * (p + 1) / 2
        bound = 1e6 * k * rounds * (3.0 + 3.0 * pairs) / work
        floor = 1e6 * 8 * k * arrays / read
        print(f"{k:4d} {p:2d} {rows:6d} {1e6 * spent / rows:9.2f} {floor:8.3f} {bound:11.3f}")


if __name__ == "__main__":
    compare()
    costs()
