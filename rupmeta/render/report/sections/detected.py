"""What detection in session ratings takes from the effects that rest on it: false alarms, turning classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rupmeta.render.numbers import APA, Kind, number

__all__ = ["detected_sentence"]

Results = Mapping[str, Any]


def detected_sentence(results: Results, item: Results) -> str | None:
    """How much of what the rule finds noise would give as well; None where no pooled effect was detected."""
    pooled = {(effect["study"], effect["effect"]) for effect in item["effects"]}
    used = [
        entry["result"]
        for entry in results["detection"]
        if entry["result"] is not None and (entry["study"], entry["effect"]) in pooled
    ]
    if not used:
        return None
    came = "effect comes" if len(used) == 1 else "effects come"
    told = [f"{len(used)} of {len(pooled)} {came} from ruptures that a rule found in session ratings"]
    found = [answer["observed"]["any"] for answer in used if answer["observed"].get("any") is not None]
    noise = [row["any"] for answer in used for row in answer["expected"]]
    if found and noise:
        told.append(
            f"it finds one in {_span(found, 'weight')} of clients, and in {_span(noise, 'weight')} of series "
            "of pure noise"
        )
    changed = [answer["uncertainty"]["changed"] for answer in used if answer["uncertainty"] is not None]
    if changed:
        told.append(f"measured again, {_span(changed, 'percent')} of clients would change class")
    return "; ".join(told) + "."


def _span(shares: Sequence[float], kind: Kind) -> str:
    low, high = (number(100 * share, kind, APA) for share in (min(shares), max(shares)))
    return f"{low}%" if low == high else f"{low}% to {high}%"
