"""What only people can add to the report: texts of the paper, what was not entered, ratings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.checklists.fill import fill_checklist
from rupmeta.render.document import Fact
from rupmeta.render.report.sections.page import analyses_of

__all__ = ["checklists_of", "todo_fact"]

Results = Mapping[str, Any]

#: Checklist → how a sentence calls it.
_NAMES = {"prisma": "PRISMA 2020", "mars": "MARS", "lsr": "PRISMA-LSR"}


def checklists_of(results: Results) -> tuple[str, ...]:
    """The checklists that a review answers; one that is made once has no versions to report."""
    return tuple(name for name in _NAMES if name != "lsr" or results["reporting"]["version"] is not None)


def todo_fact(results: Results) -> Fact:
    """How many items wait for whom, and which ratings are missing."""
    told = [*_items(results), *_ratings(results)]
    text = "; ".join(told) if told else "Nothing: every item is answered and every analysis is rated"
    return Fact("What the authors must still write", f"{text[:1].upper()}{text[1:]}.", "#checklists")


def _items(results: Results) -> Iterator[str]:
    for name in checklists_of(results):
        statuses = [answer.status for answer in fill_checklist(name, results)]
        author, missing = statuses.count("author"), statuses.count("missing")
        parts = [
            f"{author} {_plural('item', author)} for the text of the paper" if author else "",
            f"{missing} not entered in review.yaml or not rated" if missing else "",
        ]
        if any(parts):
            yield f"{_NAMES[name]}: {', '.join(filter(None, parts))}"


def _ratings(results: Results) -> Iterator[str]:
    answered = [(name, item) for name, item in analyses_of(results) if item["pool"] is not None]
    unrated = [name for name, item in answered if item["certainty"] is None]
    if unrated:
        yield f"certainty of the evidence (GRADE), not rated: {', '.join(unrated)}"
    pooled = {effect["study"] for _, item in answered for effect in item["effects"]}
    rated = {record["study"] for record in results["studies"] if "risk_of_bias" in record}
    left = len(pooled - rated)
    if left:
        yield f"risk of bias, not rated: {left} of {len(pooled)} pooled {_plural('study', len(pooled))}"


def _plural(word: str, count: int) -> str:
    if count == 1:
        return word
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
