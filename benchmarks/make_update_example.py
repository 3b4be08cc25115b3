"""Write studies/examples/update: an invented review of three studies, and its update to eleven.

Every number is made up; nothing is drawn, so the same bytes come out each time. Between the states something
happens of every kind that ``rupmeta diff`` tells apart: the estimator changes (method), dissertations are
admitted (criteria), a study is retracted (removed), another is corrected (edited), and eight join (added).

    python benchmarks/make_update_example.py [FOLDER]
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

TITLES = {
    "Alder": "tension and what follows it",
    "Aspen": "mending the bond after conflict",
    "Cedar": "late sessions of short treatments",
    "Linden": "withdrawal of clients, a doctoral thesis",
    "Birch": "goals and tasks renegotiated",
    "Elder": "first weeks of outpatient care",
    "Hazel": "a large sample of community clinics",
    "Hornbeam": "anger towards the therapist",
    "Juniper": "midway through psychodynamic therapy",
    "Larch": "group work with inpatients",
    "Maple": "endings and how they are prepared",
    "Willow": "whole courses of cognitive therapy",
}
FOLDER = Path(__file__).parents[1] / "studies" / "examples" / "update"
SCHEMAS = "../../../../rupmeta/read/schemas"


@dataclass(frozen=True)
class Invented:
    """One invented study with one correlation of repair with outcome."""

    name: str
    year: int
    r: str
    n: int
    phase: str
    publication: str = "peer-reviewed"
    date: str = "2018-03-01"

    @property
    def stem(self) -> str:
        """The study id."""
        return f"{self.name.lower()}{self.year}"


ALDER = Invented("Alder", 2001, "0.14", 46, "early", date="2011-01-10")
ASPEN = Invented("Aspen", 2002, "0.44", 74, "middle", date="2011-01-10")
CEDAR = Invented("Cedar", 2004, "0.31", 28, "late", date="2011-01-10")
LINDEN = Invented("Linden", 2008, "0.10", 52, "early", "dissertation", date="2011-01-10")
FIRST = (ALDER, ASPEN, CEDAR, LINDEN)
SECOND = (
    replace(ALDER, r="0.04", date="2018-03-01"),
    CEDAR,
    LINDEN,
    Invented("Birch", 2009, "0.61", 61, "late"),
    Invented("Elder", 2010, "0.03", 98, "early"),
    Invented("Hazel", 2012, "0.17", 385, "middle"),
    Invented("Hornbeam", 2013, "0.20", 79, "early"),
    Invented("Juniper", 2014, "0.16", 128, "middle"),
    Invented("Larch", 2015, "0.42", 84, "late"),
    Invented("Maple", 2016, "0.58", 151, "late"),
    Invented("Willow", 2017, "0.22", 210, "whole"),
)


def study_file(study: Invented) -> str:
    """The file of one invented study."""
    return f"""\
# yaml-language-server: $schema={SCHEMAS}/study.schema.json
# SYNTHETIC: an invented study, written by benchmarks/make_update_example.py. Not evidence.
citation:
  authors: ["Synthetic {study.name}, S."]
  year: {study.year}
  title: "Synthetic study: {TITLES[study.name]}"
  container: Invented Journal of Updates
publication: {study.publication}
relation: repair-outcome
design: naturalistic
sample: {{n: {study.n}, diagnosis: mixed}}
therapy: {{psychotherapy: true}}
rupture: {{measure: self-report}}
effects:
  - id: symptoms
    outcome: {{name: invented symptom scale, kind: symptoms, better: lower}}
    comparison: continuous
    phase: {study.phase}
    reported:
      - {{r: -{study.r}, n: {study.n}}}
    source: {{where: Table 2 of an invented paper}}
extraction: {{coder: invented, date: {study.date}, status: verified, synthetic: true}}
"""


def review_file(publication: str, model: str) -> str:
    """The protocol of one state."""
    return f"""\
# yaml-language-server: $schema={SCHEMAS}/review.schema.json
# SYNTHETIC: every study in this folder is invented. See docs/living-review.md.
rupmeta: 1
title: Rupture repair and outcome, an invented living review (synthetic)
criteria:
  psychotherapy: true
  publication: [{publication}]
  relation: [repair-outcome]
  alliance_tracking: {{min_measurements: 3}}
analyses:
  repair:
    question: Is rupture repair associated with better outcome?
    where: {{relation: repair-outcome}}
    measure: ZCOR
    report_as: [r, d]
    model: {{{model}}}
    status: prespecified
note: Synthetic data, not evidence.
"""


STATES = {
    "2011": (FIRST, review_file("peer-reviewed, in-press", "method: DL, test: z, level: 0.95")),
    "2018": (
        SECOND,
        review_file("peer-reviewed, in-press, dissertation", "method: REML, test: adhoc, level: 0.95"),
    ),
}


def main(folder: Path) -> None:
    """Write both states into ``folder``."""
    for state, (studies, review) in STATES.items():
        target = folder / state
        target.mkdir(parents=True, exist_ok=True)
        files = {"review.yaml": review} | {f"{study.stem}.yaml": study_file(study) for study in studies}
        for name, text in files.items():
            (target / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
