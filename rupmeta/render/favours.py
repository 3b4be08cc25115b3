"""The words left and right of no association: what an effect on either side says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["favours_words"]

_ASSOCIATION = {
    "repair-outcome": ("repair goes with worse outcome", "repair goes with better outcome"),
    "training-outcome": ("training goes with worse outcome", "training goes with better outcome"),
}
_TRIALS = ("favours control", "favours training")
_NEUTRAL = ("negative association", "positive association")


def favours_words(answer: Mapping[str, Any], subject: str | None) -> tuple[str, str]:
    """What stands left and right of the null line.

    Words of association, unless training was assigned at random in every study that brings an effect: only
    then does a difference favour one of two arms. Repair is never assigned.
    """
    if subject == "training-outcome" and answer.get("randomized", False):
        return _TRIALS
    return _ASSOCIATION.get(subject or "", _NEUTRAL)
