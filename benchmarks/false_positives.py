"""How often does each rule flag series that hold no rupture? The table of docs/methods/detect.md.

    python benchmarks/false_positives.py [BLOCKS]

Stationary normal series without trend, AR(1) with φ; blocks of 50,000 clients (4 reproduce the table; Monte
Carlo error at most .0011 with 4, .0022 with 1). First number: any session; second: sessions 2 … n, where an
episode can open.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np

from rupmeta.detect.rules import RULES, Pool
from rupmeta.detect.series import Block, Float
from rupmeta.detect.settings import Settings

RULE_K = (
    ("mean-sd", 1.0), ("mean-sd", 2.0), ("diff-sd", 1.0), ("diff-sd", 2.0), ("xmr", 3.0), ("xmr", 2.0),
    ("tukey", 1.5), ("regression-residual", 2.0),
)  # fmt: skip
MANY = 50_000


def null_series(n: int, phi: float, blocks: int) -> Iterator[Float]:
    for block in range(blocks):
        e = np.random.default_rng([2018, n, round(10 * phi), block]).standard_normal((MANY, n))
        y = e.copy()
        for t in range(1, n):
            y[:, t] = phi * y[:, t - 1] + np.sqrt(1 - phi**2) * e[:, t]
        yield np.ascontiguousarray(y.T)


def main() -> None:
    blocks = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    heads = [f"`{rule}` {k:g}" for rule, k in RULE_K]
    print(f"| n | φ | {' | '.join(heads)} |\n|---:|---:|{'---|' * len(heads)}")
    for phi in (0.0, 0.4):
        for n in (5, 8, 10, 16, 30):
            hits = np.zeros((len(RULE_K), 2))
            for y in null_series(n, phi, blocks):
                session = np.repeat(np.arange(n)[:, None], MANY, axis=1)
                block = Block(np.arange(MANY), y, session)
                for i, (rule, k) in enumerate(RULE_K):
                    found = RULES[rule].flag(block, Settings(rule=rule, k=k), k, Pool()).candidates  # type: ignore[arg-type]
                    hits[i] += found.any(axis=0).sum(), found[1:].any(axis=0).sum()
            cells = [
                " ".join(f"{share:.3f}".lstrip("0") for share in pair) for pair in hits / (blocks * MANY)
            ]
            print(f"| {n} | {phi:g} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
