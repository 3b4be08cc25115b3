"""How long do 100,000 specifications take, and what does each stage cost?

Run ``python benchmarks/multiverse.py`` (``--permute`` adds the test of the whole curve). It writes a review
of 16 invented studies, four of them with two effects, declares choices that make more than 100,000 distinct
specifications, and runs what ``rupmeta multiverse --json`` runs in this process, from reading the files to
the finished text. One core: ``OMP_NUM_THREADS=1 taskset -c 0 python benchmarks/multiverse.py`` holds it to
that. Times are the best of three runs; the start of Python is not counted.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from rupmeta.pipeline.load import load_review
from rupmeta.pipeline.multiverse import run_multiverse
from rupmeta.render.envelope import canonical_json
from rupmeta.render.multiverse.answer import multiverse_answer

STUDIES = 16
MULTIVERSE: dict[str, Any] = {
    "include": [
        {"name": "self-report only", "where": {"rupture.measure": "self-report"}},
        {"name": "without dissertations", "unless": {"publication": "dissertation"}},
        {"name": "early or late", "where": {"phase": ["early", "late"]}},
        {"name": "without late", "unless": {"phase": "late"}},
        {"name": "without early", "unless": {"phase": "early"}},
        {
            "name": "journals, early or late",
            "where": {"phase": ["early", "late"], "publication": "peer-reviewed"},
        },
        {
            "name": "journals, self-report",
            "where": {"rupture.measure": "self-report"},
            "unless": {"publication": "dissertation"},
        },
        {
            "name": "self-report, without late",
            "where": {"rupture.measure": "self-report"},
            "unless": {"phase": "late"},
        },
    ],
    "effects": ["aggregate", "first", "precise"],
    "measure": ["ZCOR", "COR"],
    "conversions": {"split": ["observed", "equal"], "d_to_r": ["exact", "borenstein"]},
    "rho": [0.1, 0.3, 0.5, 0.7, 0.9],
    "method": ["REML", "PM", "DL", "ML", "HE", "SJ", "HS"],
    "test": ["adhoc", "knha", "t", "z"],
    "influential": ["keep", "cook", "each"],
}


def effect(rng: np.random.Generator, ident: str, two_groups: bool) -> dict[str, Any]:
    n = int(rng.integers(40, 160))
    r = float(np.clip(rng.normal(0.25, 0.15), -0.5, 0.8))
    n1 = max(8, int(n * rng.uniform(0.25, 0.5)))
    d = 2.0 * r / (1.0 - r * r) ** 0.5
    route = {"d": round(d, 2), "n1": n1, "n2": n - n1} if two_groups else {"r": round(r, 2), "n": n}
    return {
        "id": ident,
        "outcome": {"name": "CORE-OM", "kind": "symptoms", "better": "higher"},
        "comparison": "unrepaired-rupture",
        "phase": str(rng.choice(["early", "middle", "late"])),
        "reported": [route],
        "source": {"where": "simulated"},
    }


def write_review(folder: Path) -> None:
    rng = np.random.default_rng(16)
    analysis = {"where": {"relation": "repair-outcome"}, "multiverse": MULTIVERSE}
    criteria = {"publication": ["peer-reviewed", "dissertation"]}
    review = {"rupmeta": 1, "criteria": criteria, "analyses": {"repair": analysis}}
    (folder / "review.yaml").write_text(json.dumps(review), encoding="utf-8")
    for i in range(STUDIES):
        study = {
            "citation": f"Study {i} (2000)",
            "publication": "dissertation" if i % 5 == 0 else "peer-reviewed",
            "relation": "repair-outcome",
            "therapy": {"psychotherapy": True},
            "rupture": {"measure": "self-report" if i % 3 else "observer"},
            "effects": [effect(rng, f"e{j}", i % 2 == 0) for j in range(2 if i % 4 == 0 else 1)],
        }
        (folder / f"s{i:02}.yaml").write_text(json.dumps(study), encoding="utf-8")


def main() -> None:
    permute = 500 if "--permute" in sys.argv else 0
    with tempfile.TemporaryDirectory() as name:
        write_review(Path(name))
        rows = []
        for _ in range(3):
            start = time.perf_counter()
            folder = load_review(name)
            read = time.perf_counter()
            found = run_multiverse(folder, permute=permute)
            ran = time.perf_counter()
            text = canonical_json(multiverse_answer(found))
            rows.append((time.perf_counter() - start, read - start, ran - read, time.perf_counter() - ran))
    total, reading, running, writing = min(rows)
    print(f"combinations {found.combinations}, distinct {found.size}, fits {found.fits}, flips {permute}")
    print(
        f"reading {reading:.2f} s, running {running:.2f} s, JSON of {len(text) / 1e6:.0f} MB {writing:.2f} s"
    )
    print(f"total {total:.2f} s; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
