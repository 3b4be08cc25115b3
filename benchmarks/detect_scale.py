"""How fast, and in how much memory, are classes found in Parquet files of ratings?

    python benchmarks/detect_scale.py [MILLIONS] [--stream] [--shuffled] [--keep FOLDER]

Writes synthetic ratings (16 per client on average, 8 to 24; 5 % missing) once, then detects in a process of
its own and prints seconds and peak memory of that process, imports included.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHILD = """
import sys, time, resource
begin = time.perf_counter()
from rupmeta.detect.parquet import open_parquet
from rupmeta.detect.scale import parse_scale
from rupmeta.detect.settings import Settings
from rupmeta.detect.summary import summarise_parquet, summarise_pieces
from rupmeta.read.ratings import RatingsFormat
scale = parse_scale('WAI-SR,reliability=.92,sd=.60')
settings = Settings(rule=sys.argv[3], scale=scale)
opened = open_parquet(sys.argv[1], RatingsFormat(), scale)
whole = sys.argv[2] == 'whole'
found = summarise_pieces([opened.whole()], settings) if whole else summarise_parquet(opened, settings)
seconds = time.perf_counter() - begin
used = resource.getrusage(resource.RUSAGE_SELF)
peak = used.ru_maxrss / 1024
print(f"{opened.rows:,} ratings, {found.counts['clients']:,} clients, {found.counts['episodes']:,} episodes: "
      f"{seconds:.2f} s (processor {used.ru_utime:.2f} + {used.ru_stime:.2f} s), peak {peak:.0f} MiB")
"""


def write(path: Path, millions: float, *, shuffled: bool) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(2018)
    schema = pa.schema([("client", pa.int64()), ("session", pa.int32()), ("score", pa.float64())])
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
            batch = pa.table([client[order], session[order].astype("int32"), score[order]], schema=schema)
            writer.write_table(batch)
            first += len(lengths)
            left -= n


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("millions", type=float, nargs="?", default=10)
    parser.add_argument("--stream", action="store_true")
    parser.add_argument("--shuffled", action="store_true")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--rule", default="mean-sd")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        path = folder / f"ratings-{options.millions:g}{'-shuffled' if options.shuffled else ''}.parquet"
        if not path.exists():
            begin = time.perf_counter()
            write(path, options.millions, shuffled=options.shuffled)
            print(f"wrote {path.name} in {time.perf_counter() - begin:.1f} s", flush=True)
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors", flush=True)
        mode = "stream" if options.stream else "whole"
        subprocess.run([sys.executable, "-c", CHILD, str(path), mode, options.rule], check=True)


if __name__ == "__main__":
    main()
