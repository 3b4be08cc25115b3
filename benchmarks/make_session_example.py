"""Write the synthetic session ratings of studies/examples/sessions: invented clients, never evidence.

    python benchmarks/make_session_example.py

Three samples of the same kind of therapy, drawn by rupmeta.detect.simulate with known truth; the same seeds
give the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rupmeta.detect.simulate import Design, simulate_ratings

FOLDER = Path(__file__).parents[1] / "studies" / "examples" / "sessions" / "sessions"
SAMPLES = {
    "harbour": (Design(clients=160, sessions=(10, 22), noise=0.22, rupture=0.6, repair=0.6), 11),
    "meadow": (Design(clients=120, sessions=(8, 16), noise=0.25, rupture=0.6, effect=0.8), 23),
    "quarry": (Design(clients=140, sessions=(12, 30), noise=0.30, rupture=0.55, effect=0.4), 37),
}


def write(name: str) -> Path:
    design, seed = SAMPLES[name]
    rows = simulate_ratings(design, seed).rows
    lines = ["client,session,score,bdi_pre,bdi_post,completed"]
    for i in range(len(rows["client"])):
        score = "" if np.isnan(rows["score"][i]) else f"{rows['score'][i]:.2f}"
        lines.append(
            f"{rows['client'][i]},{rows['session'][i]},{score},{rows['pre'][i]:.0f},{rows['post'][i]:.0f},"
            f"{rows['completed'][i]}"
        )
    path = FOLDER / f"{name}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return path


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for sample in SAMPLES:
        print(write(sample))
