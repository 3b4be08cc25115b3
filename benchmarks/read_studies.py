"""How long does it take to read and check 10,000 study files, and how much memory?

    python benchmarks/read_studies.py [FILES]

Writes realistic study files (citation, sample, therapy, one or two effects with source and quote, about 40
lines each) into a temporary folder and runs `rupmeta.lint.check_folder` on it in a fresh process.

Measured on one core of a shared two-core virtual machine that other work was running on (Python 3.11.7,
PyYAML 6.0.3, pydantic 2.14.3): 4.4 s of wall time for 10,000 files in a calm moment, 4.7 s of processor time
with imports, 219 MB. In busy moments the processor time of the same run was 6.0 to 7.4 s.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STUDY = """\
# yaml-language-server: $schema=../rupmeta/read/schemas/study.schema.json
citation:
  authors: ["{first}, M.", "{second}, F."]
  year: {year}
  title: "{title}"
  container: Psychotherapy Research
  volume: {volume}
  pages: {page}-{last_page}
  doi: 10.1080/{number}
publication: peer-reviewed
relation: repair-outcome
design: naturalistic
sample: {{id: sample-{number}, n: {n}, diagnosis: mixed, personality_disorder: {pd}}}
therapy: {{psychotherapy: true, name: brief therapy, orientation: {orientation}, sessions: {sessions}}}
therapists: {{n: {therapists}, experience: experienced, caseload: 8}}
alliance:
  measure: WAI-SR
  rater: patient
  measurements: {sessions}
rupture:
  measure: alliance-fluctuation
  instrument: WAI-SR
effects:
  - id: core-om
    outcome: {{name: CORE-OM, kind: symptoms, better: lower}}
    comparison: unrepaired-rupture
    phase: {phase}
    reported:
      - {{r: -{r:.2f}, n: {n}}}
    source:
      where: "Table {table}, p. {page}"
      quote: "Clients whose ruptures were repaired improved more (r = -{r:.2f})."
{second_effect}extraction:
  coder: AB
  date: 2026-01-10
  status: verified
  synthetic: true
"""

SECOND = """\
  - id: gas
    outcome: {{name: GAS, kind: global, better: higher}}
    comparison: no-rupture
    phase: whole
    reported:
      - {{mean1: {m1:.2f}, sd1: {sd1:.2f}, n1: {n1}, mean2: {m2:.2f}, sd2: {sd2:.2f}, n2: {n2}}}
    source:
      where: "Table {table}, p. {page}"
      quote: "Goals were reached more often where ruptures were repaired."
"""

RUN = """
import json, resource, sys, time
start, cpu = time.perf_counter(), time.process_time()
from rupmeta.lint import check_folder
imported = time.perf_counter()
folder, problems = check_folder(sys.argv[1])
done = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({
    "studies": len(folder.studies), "findings": len(problems),
    "imports_s": imported - start,
    "check_s": done - imported, "cpu_s": time.process_time() - cpu, "peak_mb": peak,
    "numpy": "numpy" in sys.modules,
}))
"""


def write_study(folder: Path, number: int, rng: random.Random) -> int:
    n = rng.randrange(24, 900)
    page = rng.randrange(1, 900)
    values = {
        "number": number, "first": f"Family{rng.randrange(4000)}", "second": f"Second{rng.randrange(4000)}",
        "year": rng.randrange(1985, 2026), "volume": rng.randrange(1, 60), "page": page,
        "last_page": page + 14,
        "title": f"Alliance ruptures and their repair in treatment programme {number} of {rng.randrange(99)}",
        "n": n, "pd": round(rng.random(), 2),
        "sessions": rng.randrange(6, 40), "therapists": rng.randrange(4, 60),
        "orientation": rng.choice(["cbt", "psychodynamic", "integrative"]),
        "table": rng.randrange(1, 6),
        "phase": rng.choice(["early", "middle", "late"]), "r": rng.uniform(0.01, 0.6),
        "m1": rng.uniform(50, 60), "m2": rng.uniform(48, 56),
        "sd1": rng.uniform(8, 12), "sd2": rng.uniform(8, 12),
        "n1": n // 2, "n2": n - n // 2,
    }  # fmt: skip
    second = SECOND.format(**values) if rng.random() < 0.5 else ""
    text = STUDY.format(second_effect=second, **values)
    (folder / f"study{number:05d}.yaml").write_text(text, encoding="utf-8")
    return text.count("\n")


def time_loop() -> float:
    """Seconds for three million additions: what this computer is worth at this moment."""
    start, total = time.process_time(), 0
    for i in range(3_000_000):
        total += i * 2
    return time.process_time() - start


def main() -> None:
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "studies"
        folder.mkdir()
        lines = sum(write_study(folder, number, rng) for number in range(files))
        loop = time_loop()
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", RUN, str(folder)], check=True, capture_output=True, text=True
        )
        wall = time.perf_counter() - start
        figures = json.loads(done.stdout) | {"wall_s": wall, "loop_s": loop, "lines_per_file": lines / files}
    for key, value in figures.items():
        print(f"{key:15} {value:.2f}" if isinstance(value, float) else f"{key:15} {value}")


if __name__ == "__main__":
    main()
