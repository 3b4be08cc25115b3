"""How fast, and in how much memory, are classes found in Parquet files of ratings, start-up included?

    python benchmarks/detect_scale.py [MILLIONS] [--shuffled] [--text] [--rule NAME] [--runs 5] [--keep DIR]

Writes synthetic ratings (16 per client on average, 8 to 24) once, then runs ``rupmeta detect FILE`` several
times in a process of its own: wall-clock and processor seconds and peak memory of each, and their smallest
and middle. On a machine that others use too the processor seconds are the fairer figure.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCALE = "WAI-SR,reliability=.92,sd=.60"


def write(path: Path, millions: float, *, shuffled: bool = False, text: bool = False) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(2018)
    label = pa.string() if text else pa.int64()
    schema = pa.schema([("client", label), ("session", pa.int32()), ("score", pa.float64())])
    with pq.ParquetWriter(path, schema) as writer:
        first, left = 0, int(millions * 1e6)
        while left > 0:
            lengths = rng.integers(8, 25, min(65_000, max(1, left // 16)))
            n = int(lengths.sum())
            client = np.repeat(np.arange(first, first + len(lengths)), lengths)
            start = np.repeat(np.cumsum(lengths) - lengths, lengths)
            session = np.arange(n) - start + 1
            noise = rng.standard_normal(n)
            y = 4 + 0.25 * noise - 1.0 * (rng.random(n) < 0.03)
            score = np.clip(np.round((y - 1) * 12) / 12 + 1, 1, 5)
            order = rng.permutation(n) if shuffled else slice(None)
            names = np.char.add("P", np.char.zfill(client.astype(str), 9)) if text else client
            batch = pa.table([names[order], session[order].astype("int32"), score[order]], schema=schema)
            writer.write_table(batch)
            first += len(lengths)
            left -= n


def run(path: Path, rule: str) -> tuple[float, float, float, str]:
    """Wall-clock seconds, processor seconds, MiB at the peak, and the sentence with the counts."""
    command = [sys.executable, "-m", "rupmeta", "detect", str(path), "--scale", SCALE, "--rule", rule]
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        assert child.stdout is not None
        shown = child.stdout.read()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begin
    processor = used.ru_utime + used.ru_stime
    return seconds, processor, used.ru_maxrss / 1024, shown[shown.index("ratings. ") - 12 :].split(":")[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("millions", type=float, nargs="?", default=10)
    parser.add_argument("--shuffled", action="store_true")
    parser.add_argument("--text", action="store_true", help="labels such as P000000123")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--rule", default="mean-sd")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        kind = f"{'-shuffled' if options.shuffled else ''}{'-text' if options.text else ''}"
        path = folder / f"ratings-{options.millions:g}{kind}.parquet"
        if not path.exists():
            begin = time.perf_counter()
            write(path, options.millions, shuffled=options.shuffled, text=options.text)
            print(f"wrote {path.name} in {time.perf_counter() - begin:.1f} s", flush=True)
        results = []
        for _ in range(options.runs):
            *figures, words = run(path, options.rule)
            results.append(figures)
            wall, processor, peak = figures
            load = os.getloadavg()[0]
            print(f"{wall:.2f} s, processor {processor:.2f} s, {peak:.0f} MiB, load {load:.1f}", flush=True)
        wall, processor, peak = zip(*results, strict=True)
        print(
            f"{' '.join(words.split())}\n{path.name}, {options.rule}: {min(wall):.2f} s at best, "
            f"{statistics.median(wall):.2f} in the middle; processor {min(processor):.2f}, "
            f"{statistics.median(processor):.2f}; {max(peak):.0f} MiB at most"
        )


if __name__ == "__main__":
    main()
