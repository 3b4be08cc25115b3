"""How fast is the batched fit, and how does it compare with metafor on this machine?

Run ``python benchmarks/engine.py``; it takes about half a minute and prints a table. Times are the best of
three runs. metafor is measured in the same run where Rscript has it, on a share of the work: 20 of its
leave-one-out fits at k = 160 and 30 of its bootstrap fits, scaled up.

Two cores, other work going on (2026-11): 5 µs a REML row at k = 16, 25 at k = 160. benchmarks/resampling.py
compares whole tasks.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable

import numpy as np

from rupmeta.numerics.fit import fit_batch

SCRIPT = """
suppressMessages(library(metafor))
d <- read.csv(file("stdin"))
clock <- function(n, f) { t <- system.time(for (i in seq_len(n)) f(i))[["elapsed"]]; cat(t / n, "\\n") }
one <- subset(d, k == 16)
clock(30, function(i) rma(yi, vi, data=one))
clock(30, function(i) rma(yi, vi, data=one[sample(16, replace=TRUE), ]))
many <- subset(d, k == 160)
clock(20, function(i) rma(yi, vi, data=many[-i, ]))
"""


def simulate(k: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(k)
    v = rng.uniform(0.01, 0.1, k)
    return 0.3 + rng.normal(size=k) * np.sqrt(v + 0.04), v


def best(task: Callable[[], object]) -> float:
    """Seconds of the fastest of three runs."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return min(times)


def resamples(k: int, rows: int) -> np.ndarray:
    return np.random.default_rng(1).multinomial(k, np.full(k, 1.0 / k), size=rows).astype(float)


def subsets(k: int, rows: int) -> np.ndarray:
    return np.random.default_rng(2).integers(0, 2, size=(rows, k)).astype(float)


def microseconds_per_row() -> None:
    print("µs per row        k = 16   k = 24  k = 160")
    tasks = {
        "REML, bootstrap": ("REML", resamples),
        "REML, subsets": ("REML", subsets),
        "PM, bootstrap": ("PM", resamples),
        "DL, bootstrap": ("DL", resamples),
    }
    for label, (method, draw) in tasks.items():
        cells = []
        for k, rows in ((16, 10_000), (24, 10_000), (160, 2_000)):
            (y, v), counts = simulate(k), draw(k, rows)
            cells.append(
                1e6 * best(lambda y=y, v=v, c=counts, m=method: fit_batch(y, v, counts=c, method=m)) / rows
            )
        print(f"{label:16s} " + " ".join(f"{cell:8.2f}" for cell in cells))


def against_metafor() -> None:
    if shutil.which("Rscript") is None:
        print("Rscript is not installed: no comparison with metafor")
        return
    lines = ["k,yi,vi"]
    for k in (16, 160):
        lines += [f"{k},{y:.17g},{v:.17g}" for y, v in zip(*simulate(k), strict=True)]
    run = subprocess.run(
        ["Rscript", "-e", SCRIPT], input="\n".join(lines), capture_output=True, text=True, check=True
    )
    one, draw, left_out = (float(line) for line in run.stdout.split())
    (y, v), (y2, v2) = simulate(16), simulate(160)
    rows = [
        ("one fit, k = 16", one, best(lambda: fit_batch(y, v))),
        (
            "10,000 bootstrap fits, k = 16",
            1e4 * draw,
            best(lambda: fit_batch(y, v, counts=resamples(16, 10_000))),
        ),
        ("leave-one-out, k = 160", 160 * left_out, best(lambda: fit_batch(y2, v2, counts=1.0 - np.eye(160)))),
    ]
    print(f"\n{'task (REML)':30s} {'metafor':>10s} {'rupmeta':>10s} {'ratio':>8s}")
    for label, theirs, ours in rows:
        print(f"{label:30s} {1e3 * theirs:8.1f}ms {1e3 * ours:8.1f}ms {theirs / ours:8.0f}")


if __name__ == "__main__":
    microseconds_per_row()
    against_metafor()
