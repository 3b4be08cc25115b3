"""Write the synthetic session ratings of studies/examples/sessions: invented clients, never evidence.

    python benchmarks/make_session_example.py

Three samples of the same kind of therapy, drawn by rupmeta.detect.simulate with known truth; the same seeds
give the same bytes.
"""

from __future__ import annotations

from pathlib import Path

from rupmeta.detect.simulate import Design, ratings_text, simulate_ratings

FOLDER = Path(__file__).parents[1] / "studies" / "examples" / "sessions" / "sessions"
SAMPLES = {
    "harbour": (Design(clients=160, sessions=(10, 22), noise=0.22, rupture=0.6, repair=0.6), 11),
    "meadow": (Design(clients=120, sessions=(8, 16), noise=0.25, rupture=0.6, effect=0.8), 23),
    "quarry": (Design(clients=140, sessions=(12, 30), noise=0.30, rupture=0.55, effect=0.4), 37),
}


def write(name: str) -> Path:
    design, seed = SAMPLES[name]
    text = ratings_text(simulate_ratings(design, seed)).replace(",pre,post,", ",bdi_pre,bdi_post,", 1)
    path = FOLDER / f"{name}.csv"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for sample in SAMPLES:
        print(write(sample))
