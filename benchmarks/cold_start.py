"""How long does one pooled answer take from a cold start, beside the same analysis in R with metafor?

Run ``python benchmarks/cold_start.py [FOLDER] [PAIRS]``. It pools FOLDER (default ``studies``) with
``rupmeta pool --json`` and gives the same effects to ``Rscript`` with metafor (Debian: ``apt install
r-cran-metafor``), which fits, profiles tau2 and predicts, in turns, PAIRS times (default 7). Wall time counts
what others do on the machine, processor time does not; the fastest run of each counts. Where sources cannot
be compiled once and kept (PYTHONDONTWRITEBYTECODE) the figure is meaningless, so the variable is dropped.

Two cores, other work going on (2026-11): rupmeta 0.55-0.6 s, R with metafor 1.5-1.7 s; the ratio is 0.34 for
81 files and 0.36 for 17.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCRIPT = """
suppressMessages(library(metafor))
d <- read.csv(commandArgs(TRUE)[1])
fit <- rma(yi, vi, data=d, test="adhoc"); print(fit); print(confint(fit)); print(predict(fit))
"""


def clock(command: list[str]) -> tuple[float, float]:
    """Wall and processor seconds of one run."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} failed")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime


def main() -> None:
    folder = sys.argv[1] if len(sys.argv) > 1 else "studies"
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    ours = [sys.executable, "-m", "rupmeta", "pool", folder, "--json"]
    answer = json.loads(subprocess.run(ours, cwd=ROOT, capture_output=True, check=True).stdout)
    effects = answer["result"]["effects"]
    with tempfile.TemporaryDirectory() as work:
        data, script = Path(work, "effects.csv"), Path(work, "pool.R")
        data.write_text("yi,vi\n" + "".join(f"{e['yi']:.17g},{e['vi']:.17g}\n" for e in effects))
        script.write_text(SCRIPT)
        theirs = ["Rscript", str(script), str(data)]
        times = [(clock(ours), clock(theirs)) for _ in range(pairs)]
    print(f"{folder}: {len(effects)} effects, {len(answer['inputs'])} files, {pairs} runs in turns, fastest")
    for label, kind in (("wall time", 0), ("processor time", 1)):
        mine, metafor = (min(run[side][kind] for run in times) for side in (0, 1))
        print(f"{label:15s} rupmeta {mine:.3f} s   R {metafor:.3f} s   ratio {mine / metafor:.2f}")


if __name__ == "__main__":
    main()
