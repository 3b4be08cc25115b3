"""A folder of 1,000 faulty files: are all faults reported, in order, and how long does it take?

Every file has one fault, of twenty kinds in turn. Run ``python benchmarks/faulty_folder.py [FILES]``.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

STUDY = """\
citation: {{authors: ["Author{i}, A."], year: {year}, title: On matter {i}}}
publication: peer-reviewed
relation: {relation}
sample: {{n: {n}}}
effects:
  - id: main
    outcome: {{name: Scale {i}, kind: symptoms, better: lower}}
    comparison: unrepaired-rupture
    reported:
      - {{{route}}}
    source: {{where: Table 1}}
extraction: {{date: 2026-01-10}}
"""
#: Code → route, relation, year.
FAULTS = {
    "R-BOUND": ("r: 1.4, n: 80", "repair-outcome", "2018"),
    "P-BOUND": ("p: 0, n: 80, favours: repair", "repair-outcome", "2018"),
    "N-INT": ("r: .31, n: -80", "repair-outcome", "2018"),
    "NSMALL": ("r: .31, n: 3", "repair-outcome", "2018"),
    "SD-NEG": ("mean1: 9, sd1: -2, n1: 40, mean2: 8, sd2: 2, n2: 40", "repair-outcome", "2018"),
    "V-NEG": ("yi: .3, vi: -.02, measure: ZCOR", "repair-outcome", "2018"),
    "CELL": ("events1: 25, n1: 20, events2: 9, n2: 20", "repair-outcome", "2018"),
    "CI-INV": ("d: .4, ci: [.80, .10]", "repair-outcome", "2018"),
    "CI-OUT": ("d: .85, ci: [.10, .80]", "repair-outcome", "2018"),
    "DF": ("F: 4.1, df1: 2, df2: 60, favours: repair", "repair-outcome", "2018"),
    "DIR": ("chi2: 5.2, n: 80", "repair-outcome", "2018"),
    "YEAR": ("r: .31, n: 80", "repair-outcome", "2081"),
    "MISSING-KEY": ("t: -4.02", "repair-outcome", "2018"),
    "UNKNOWN-KEY": ("r: .31, n: 80, nn: 80", "repair-outcome", "2018"),
    "NUM-TEXT": ("r: .29*, n: 80", "repair-outcome", "2018"),
    "NUM-COMMA": ("r: 0,29, n: 80", "repair-outcome", "2018"),
    "NUM-NAN": ("r: NA, n: 80", "repair-outcome", "2018"),
    "ENUM": ("r: .31, n: 80", "repair_outcome", "2018"),
    "DUP-KEY": ("r: .31, n: 80, n: 800", "repair-outcome", "2018"),
    "YAML-SYNTAX": ("r: .31, n: 80]", "repair-outcome", "2018"),
}


def write_folder(folder: Path, files: int) -> list[str]:
    """The files, and the code that each of them deserves."""
    codes = []
    for i in range(files):
        code, (route, relation, year) = list(FAULTS.items())[i % len(FAULTS)]
        text = STUDY.format(i=i, route=route, relation=relation, year=year, n=100 + i)
        (folder / f"study{i:04}.yaml").write_text(text, encoding="utf-8")
        codes.append(code)
    return codes


def main() -> None:
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as name:
        codes = write_folder(Path(name), files)
        command = [sys.executable, "-m", "rupmeta", "check", name]
        times = []
        for _ in range(3):
            begin = time.perf_counter()
            done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
            times.append(time.perf_counter() - begin)
        lines = [line for line in done.stdout.splitlines() if "error[" in line]
        told = {line.rsplit("/", 1)[1][:9]: line.split("error[")[1].split("]")[0] for line in lines}
        missed = [i for i, code in enumerate(codes) if told.get(f"study{i:04}") != code]
        print(f"{files} faulty files: {len(lines)} errors, exit {done.returncode}")
        print(f"named at their file: {files - len(missed)}; in order: {lines == sorted(lines)}")
        for i in missed[:5]:
            print(f"  study{i:04} deserves {codes[i]}, told {told.get(f'study{i:04}')}")
        print(
            "seconds of three runs, start of the interpreter included:", *(f"{t:.2f}" for t in sorted(times))
        )


if __name__ == "__main__":
    main()
