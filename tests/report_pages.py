"""Pages for the browser: reviews of a given size, rendered without the files beside the page."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from reviews import REVIEW, ROOT, correlation, write_review

from rupmeta.pipeline.load import load_review
from rupmeta.render.report.files import compute_results
from rupmeta.render.report.pages import build_document
from rupmeta.render.writers.html import document_to_html

NAMES = (
    "Ahorn",
    "Birke von und zu Langenfeld-Hohenstein",
    "Ceder",
    "Dattel",
    "Eberesche",
    "Föhre",
    "桂",
    "O'Linde",
)


def synthetic_review(folder: Path, k: int, *, model: Mapping[str, Any] | None = None) -> Path:
    """``k`` invented studies with correlations that scatter about .3, and two moderators."""
    rng = random.Random(k)
    studies = {}
    for i in range(k):
        r = math.tanh(rng.gauss(0.3, 0.2))
        study = correlation(
            round(r, 2),
            rng.randint(20, 300),
            citation={
                "authors": [f"{NAMES[i % len(NAMES)]}, A."],
                "year": 1990 + i % 30,
                "title": "Invented",
            },
            therapy={"psychotherapy": True, "sessions": rng.randint(6, 40)},
            extraction={"synthetic": True},
        )
        study["effects"][0]["phase"] = ("early", "middle", "late")[i % 3]
        studies[f"s{i:03d}"] = study
    analysis = {"where": {"relation": "repair-outcome"}, "report_as": ["r", "d"], **(model or {})}
    if k >= 3:
        analysis["moderators"] = ["phase", "therapy.sessions"]
    return write_review(folder, studies, {**REVIEW, "analyses": {"repair": analysis}})


def results_of(folder: Path | str) -> dict[str, Any]:
    """The results as the report keeps them."""
    review = load_review(folder)
    return compute_results(review, review.problems)


@cache
def shipped_results(name: str) -> dict[str, Any]:
    """The results of a review that ships with the tool, computed once: copy them before changing anything."""
    return results_of(shipped(name))


def write_page(results: Mapping[str, Any], path: Path) -> Path:
    """The page alone."""
    path.write_text(document_to_html(build_document(results)), encoding="utf-8")
    return path


def shipped(name: str) -> Path:
    """A review that ships with the tool."""
    return ROOT / "studies" / name
