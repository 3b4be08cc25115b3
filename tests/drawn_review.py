"""An invented review of any size with what figures ask for: counts, ratings of bias, levels, a number."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from reviews import effect, study, write_review

__all__ = ["LABELS", "SIZES", "write_drawn_review"]

SIZES = (1, 2, 3, 24, 200)
#: Authors of the studies, in turn.
LABELS = {
    "short": (("Ely, A.",), ("Orr, B.", "Lund, C."), ("Ash, D.", "Birk, E.", "Cole, F.")),
    "long": (
        ("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft, D.",),
        ("Safran-Montgomery-Featherstonehaugh, J. D.", "Muran-Winterbottom, J. C."),
    ),
    "cjk": (("田中太郎、佐藤花子、鈴木一郎、高橋次郎",), ("محمد وآخرون",), ("김민준", "이서연")),
}
_DOMAINS = (
    "confounding", "selection", "classification", "deviations", "missing-data", "measurement", "reporting",
    "overall",
)  # fmt: skip
_JUDGEMENTS = ("low", "moderate", "serious", "critical", "no-information")


def write_drawn_review(folder: Path, k: int, labels: str = "short", *, synthetic: bool = True) -> Path:
    """Write ``k`` studies: odd ones report counts, even ones a correlation, every sixth two effects."""
    rng = random.Random(k)
    names = LABELS[labels]
    studies = {f"s{i:03d}": _study(rng, i, names[i % len(names)], synthetic) for i in range(k)}
    review = {
        "rupmeta": 1,
        "title": "Is the repair of ruptures associated with a better outcome of psychotherapy?",
        "flow": {"database_results": 1200, "duplicates": 200, "records_screened": 1000},
        "analyses": {"repair": {"where": {"relation": "repair-outcome"}, "report_as": ["r", "d"]}},
    }
    return write_review(folder, studies, review)


def _study(rng: random.Random, i: int, authors: tuple[str, ...], synthetic: bool) -> dict[str, Any]:
    n = rng.choice([18, 44, 79, 154, 605])
    r = max(-0.9, min(0.9, rng.gauss(0.28, 0.2)))
    reported: dict[str, Any] = {"r": round(r, 2), "n": n}
    if i % 2:
        half = n // 2
        usual = rng.uniform(0.25, 0.65)
        rates = (usual + r / 3, usual)
        events = [min(max(round(half * rate), 1), half - 1) for rate in rates]
        reported = {"events1": events[0], "n1": half, "events2": events[1], "n2": half}
    effects = [effect(reported=[reported], phase=("early", "middle", "late")[i % 3])]
    if i % 6 == 4:
        effects.append(effect("second", reported=[{"r": round(r * 0.8, 2), "n": n}]))
    return study(
        *effects,
        citation={"authors": list(authors), "year": 1990 + i % 35},
        sample={"n": n},
        therapy={"psychotherapy": True, "sessions": 8 + (7 * i) % 53},
        extraction={"status": "provisional" if i % 5 == 1 else "verified", "synthetic": synthetic},
        risk_of_bias={
            "tool": "robins-i",
            "domains": {name: _JUDGEMENTS[(i + 3 * j) % 5] for j, name in enumerate(_DOMAINS)},
        },
    )
