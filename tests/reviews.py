"""Small reviews on disk for tests: write what a case is about, the rest is filled in plainly."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

REVIEW: dict[str, Any] = {
    "rupmeta": 1,
    "title": "A review of a test",
    "analyses": {"repair": {"where": {"relation": "repair-outcome"}}},
}


def effect(ident: str = "main", *, reported: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    """An effect on an outcome of which more is better."""
    return {
        "id": ident,
        "outcome": {"name": "CORE-OM", "kind": "symptoms", "better": "higher"},
        "comparison": "unrepaired-rupture",
        "phase": "late",
        "reported": list(reported),
        "source": {"where": "Table 1"},
        **more,
    }


def study(*effects: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A study that meets every criterion."""
    return {
        "citation": {"authors": ["Alder, A."], "year": 2001},
        "publication": "peer-reviewed",
        "relation": "repair-outcome",
        "therapy": {"psychotherapy": True},
        "rupture": {"measure": "self-report"},
        "effects": list(effects),
        **more,
    }


def correlation(r: float, n: int, **more: Any) -> dict[str, Any]:
    """A study with one correlation."""
    return study(effect(reported=[{"r": r, "n": n}]), **more)


def write_review(
    folder: Path, studies: Mapping[str, Mapping[str, Any]], review: Mapping[str, Any] | None = None
) -> Path:
    """Write the review; JSON is YAML, so nothing is lost on the way."""
    folder.mkdir(parents=True, exist_ok=True)
    body = REVIEW if review is None else review
    (folder / "review.yaml").write_text(json.dumps(body, indent=1), encoding="utf-8")
    for name, content in studies.items():
        (folder / f"{name}.yaml").write_text(json.dumps(content, indent=1), encoding="utf-8")
    return folder
