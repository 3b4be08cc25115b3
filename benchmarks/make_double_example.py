"""Write studies/examples/double: eight invented studies as two extractors and their consensus have them.

The slips are chosen, not drawn: a misread n, a scale read the wrong way round, blanks, a phase judged
otherwise, an effect that only one of them saw. The same bytes come out each time.

    python benchmarks/make_double_example.py [FOLDER]
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "studies" / "examples" / "double"
SCHEMAS = "../../../../rupmeta/read/schemas"


@dataclass(frozen=True)
class Coding:
    """One study as somebody coded it; None is blank, ``r`` as printed."""

    name: str
    year: int
    r: str
    n: str
    outcome: str
    better: str
    phase: str | None
    experience: str | None
    sessions: str | None
    disorder: str | None
    bias: str | None
    effect: str = "symptoms"
    second: str | None = None

    @property
    def stem(self) -> str:
        """The study id."""
        return f"{self.name.lower()}{self.year}"


TITLES = {
    "Alder": "tension and what follows it",
    "Birch": "goals and tasks renegotiated",
    "Cedar": "late sessions of short treatments",
    "Elder": "first weeks of outpatient care",
    "Hazel": "a large sample of community clinics",
    "Larch": "group work with inpatients",
    "Maple": "endings and how they are prepared",
    "Rowan": "whole courses of cognitive therapy",
}
TRUTH = {
    study.name: study
    for study in (
        Coding("Alder", 2003, "-0.22", "64", "BDI-II", "lower", "early",
               "trainee", "16", "0.15", "serious"),
        Coding("Birch", 2006, "-0.41", "48", "OQ-45", "lower", "late",
               "experienced", "24", "0.35", "moderate"),
        Coding("Cedar", 2008, "0.18", "120", "GAF", "higher", "middle",
               "mixed", "12", "0.05", "serious"),
        Coding("Elder", 2010, "-0.09", "86", "BDI-II", "lower", "early",
               "experienced", "20", "0.40", "critical"),
        Coding("Hazel", 2012, "-0.35", "185", "CORE-OM", "lower", "late",
               "mixed", "9", "0.10", "moderate"),
        Coding("Larch", 2014, "-0.12", "77", "SCL-90-R", "lower", "middle",
               "trainee", "30", "0.60", "serious"),
        Coding("Maple", 2015, "0.47", "58", "GAF", "higher", "late",
               "experienced", "18", "0.25", "moderate"),
        Coding("Rowan", 2017, "-0.27", "94", "OQ-45", "lower", "whole",
               "experienced", "25", "0.20", "serious", second="-0.19"),
    )
}  # fmt: skip

A_SLIPS: Mapping[str, Mapping[str, str | None]] = {
    "Cedar": {"bias": "moderate"},
    "Hazel": {"n": "158"},
    "Larch": {"disorder": None},
    "Maple": {"experience": "mixed"},
    "Rowan": {"phase": "late"},
}
B_SLIPS: Mapping[str, Mapping[str, str | None]] = {
    "Alder": {"sessions": "6", "bias": "moderate"},
    "Birch": {"effect": "oq"},
    "Elder": {"phase": "middle", "experience": None},
    "Larch": {"better": "higher"},
    "Maple": {"r": "0.41"},
    "Rowan": {"second": None, "bias": "critical"},
}


def study_file(study: Coding, coder: str) -> str:
    """The file of one study as ``coder`` has it."""

    def given(key: str, value: str | None) -> str:
        return "" if value is None else f", {key}: {value}"

    effects = [(study.effect, study.outcome, study.better, study.r)]
    if study.second is not None:
        effects.append(("distress", "IIP-64", "lower", study.second))
    blocks = "".join(
        f"""\
  - id: {ident}
    outcome: {{name: {outcome}, kind: {"functioning" if outcome == "GAF" else "symptoms"}, better: {better}}}
    comparison: continuous
{"" if study.phase is None else f"    phase: {study.phase}" + chr(10)}\
    reported:
      - {{r: {r}, n: {study.n}}}
    source: {{where: Table 2 of an invented paper}}
"""
        for ident, outcome, better, r in effects
    )
    bias = (
        ""
        if study.bias is None
        else f"risk_of_bias: {{tool: robins-i, domains: {{confounding: {study.bias}}}}}\n"
    )
    experience = given("experience", study.experience)
    return f"""\
# yaml-language-server: $schema={SCHEMAS}/study.schema.json
# SYNTHETIC: an invented study, written by benchmarks/make_double_example.py. Not evidence.
citation:
  authors: ["Synthetic {study.name}, S."]
  year: {study.year}
  title: "Synthetic study: {TITLES[study.name]}"
publication: peer-reviewed
relation: repair-outcome
design: naturalistic
sample: {{n: {study.n}{given("personality_disorder", study.disorder)}}}
therapy: {{psychotherapy: true{given("sessions", study.sessions)}}}
therapists: {{n: 12{experience}}}
rupture: {{measure: self-report}}
effects:
{blocks}{bias}extraction: {{coder: {coder}, date: 2018-03-01, status: verified, synthetic: true}}
"""


def review_file() -> str:
    """The protocol, the same for all three."""
    return f"""\
# yaml-language-server: $schema={SCHEMAS}/review.schema.json
# SYNTHETIC: every study in this folder is invented. See docs/methods/agreement.md.
rupmeta: 1
title: Rupture repair and outcome, extracted twice (synthetic)
analyses:
  repair:
    question: Is rupture repair associated with better outcome?
    where: {{relation: repair-outcome}}
    measure: ZCOR
    report_as: [r, d]
    status: prespecified
note: Synthetic data, not evidence.
"""


def main(folder: Path) -> None:
    """Write the three folders into ``folder``."""
    nothing: Mapping[str, Mapping[str, str | None]] = {}
    for coder, slips in (("a", A_SLIPS), ("b", B_SLIPS), ("consensus", nothing)):
        target = folder / coder
        target.mkdir(parents=True, exist_ok=True)
        (target / "review.yaml").write_text(review_file(), encoding="utf-8", newline="\n")
        for name, study in TRUTH.items():
            if coder == "b" and name == "Cedar":
                continue  # B has not seen this study yet
            coded = replace(study, **slips.get(name, {}))  # type: ignore[arg-type]
            title = study_file(coded, coder)
            (target / f"{study.stem}.yaml").write_text(title, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
