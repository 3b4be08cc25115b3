"""Every kind of figure of an invented review and invented ratings, drawn by the command line."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from drawn_review import LABELS, write_drawn_review
from reviews import run_cli

from rupmeta.render.drawing import draw
from rupmeta.render.figures.kinds import FIGURES, FigureKind
from rupmeta.render.figures.layout import Layout
from rupmeta.render.figures.looks import Look

__all__ = ["Drawn", "draw_all"]

RATINGS = ("sessions", "rule-agreement", "false-positives")
#: Slow figures that do not depend on how many studies there are.
SLOW = ("gosh", "specification")
#: Figures that few studies do not allow: fewer than so many.
LEAST = {
    "bubble": 3, "orchard": 1, "specification": 2, "p-curve": 24, "profile": 2, "leave-one-out": 2,
    "influence": 3, "baujat": 3, "gosh": 3, "labbe": 2, "false-positives": 2, "rule-agreement": 2,
}  # fmt: skip
Drawn = dict[str, tuple[Any, Layout]]


def write_ratings(path: Path, clients: int, labels: str) -> Path:
    """Ratings of so many clients, some of them with a rupture."""
    rng = random.Random(clients)
    rows = ["client,session,score"]
    for i in range(clients):
        name = LABELS[labels][i % 3 if labels == "cjk" else 0][0].replace(",", "").replace("、", " ")
        for session in range(1, 9 + i % 7):
            fall = 1.6 if i % 3 == 0 and session == 4 else 0.0
            rows.append(f"{name} {i},{session},{min(max(rng.gauss(3.8, 0.3) - fall, 1), 5):.2f}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def draw_all(folder: Path, k: int, labels: str) -> Drawn:
    """What every figure shows, and its layout; a kind that the studies do not allow is left out."""
    review = str(write_drawn_review(folder / "new", k, labels))
    ratings = str(write_ratings(folder / "ratings.csv", k, labels))
    older = str(write_drawn_review(folder / "old", max(k - 1, 1), labels))
    more: dict[str, tuple[str, ...]] = {
        "bubble": (review, "--by", "therapy.sessions"),
        "orchard": (review, *(("--by", "phase") if k >= 24 else ())),
        "diff": (older, review),
        **dict.fromkeys(RATINGS, (ratings, "--scale", "WAI-SR", "--synthetic")),
    }
    seen: Drawn = {}
    named = draw.kind_named

    def recording(kind: str) -> FigureKind:
        found = named(kind)

        def lay_out(data: Any, look: Look) -> Layout:
            layout = found.lay_out(data, look)
            seen[kind] = (data, layout)
            return layout

        return FigureKind(kind, found.shows, found.data, lay_out, found.heeds, found.orders)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(draw, "kind_named", recording)
        for kind in FIGURES:
            if kind == "rule-grid" or (k > 24 and kind in SLOW):  # a specification curve of a raw route
                continue
            done = run_cli("plot", kind, *more.get(kind, (review,)), "--json", "--quiet")
            assert done.returncode == (3 if k < LEAST.get(kind, 1) else 0) or kind in RATINGS, (
                kind,
                done.stderr,
            )
            assert (kind in seen) == (done.returncode == 0), (kind, done.stderr)
    return seen
