"""What each rule finds of ruptures that were put in: sensitivity and specificity on synthetic series.

    python benchmarks/detect_accuracy.py [CLIENTS]

Prints Markdown tables. Truth: rupmeta.detect.simulate; scale WAI-SR, reliability .92,
SD .60 (SEM .17, reliable change .47); 8 to 24 sessions; default guard, repair and window.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np

from rupmeta.detect.classify import Detection, detect_ruptures
from rupmeta.detect.rules import RULES
from rupmeta.detect.scale import Scale
from rupmeta.detect.settings import Settings
from rupmeta.detect.simulate import Design, Simulated, simulate_ratings

WAI = Scale("WAI-SR", 1, 5, 1 / 12, "higher", 0.92, 0.60)
BASE = Design(rupture=0.5, repair=0.5, missing=0.0, dropout=0.0)
WORLDS = {
    "plain: noise .25, φ .3, depth 1": BASE,
    "quiet: noise .15": replace(BASE, noise=0.15),
    "noisy: noise .40": replace(BASE, noise=0.40),
    "persistent: φ .7": replace(BASE, phi=0.7),
    "shallow: depth .6": replace(BASE, depth=0.6),
    "trend: +1 over therapy": replace(BASE, trend=1.0),
    "ceiling: level 4.8": replace(BASE, level=4.8),
    "gaps: 20 % missing": replace(BASE, missing=0.2),
}


def shares(found: Detection, sample: Simulated) -> dict[str, float]:
    judged = found.classified
    rupture, dip, step = sample.truth > 0, sample.truth == 1, sample.truth == 2
    flagged = found.kind > 0

    def share(of: np.ndarray, among: np.ndarray) -> float:
        return float(of[among & judged].mean()) if (among & judged).any() else float("nan")

    return {
        "dips": share(flagged, dip),
        "steps": share(flagged, step),
        "specificity": share(~flagged, ~rupture),
        "repaired": share(found.kind == 1, dip),
        "unrepaired": share(np.isin(found.kind, (2, 3)), step),
        "judged": float(judged.mean()),
    }


def main() -> None:
    clients = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    columns = ("dips", "steps", "specificity", "repaired", "unrepaired", "judged")
    for world, design in WORLDS.items():
        sample = simulate_ratings(replace(design, clients=clients), 2018)
        print(f"\n**{world}**\n\n| rule | {' | '.join(columns)} |\n|---|{'---:|' * len(columns)}")
        for rule in RULES:
            found = detect_ruptures(sample.ratings, Settings(rule=rule, scale=WAI))  # type: ignore[arg-type]
            values = shares(found, sample)
            cells = [f"{values[name]:.2f}".removeprefix("0") for name in columns]
            print(f"| `{rule}` | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
