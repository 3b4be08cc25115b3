"""What a claim is, and how a topic finds the one that holds."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Claim", "Facts", "Topic", "placeholders", "say"]


@dataclass(frozen=True, slots=True)
class Facts:
    """``values`` decide which claim holds; ``texts`` are the same numbers as they are printed."""

    values: Mapping[str, Any]
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that may be written when ``needs`` are known and ``holds`` of the values.

    ``template`` names texts in braces. ``denies``: the sentence uses a causal word to say that the data do
    not show what it says.
    """

    code: str
    needs: tuple[str, ...]
    holds: Callable[[Mapping[str, Any]], bool]
    template: str
    denies: bool = False

    def fits(self, facts: Facts) -> bool:
        """Whether the sentence is true of ``facts``."""
        known = all(facts.values.get(name) is not None for name in self.needs)
        return known and self.holds(facts.values)


#: Claims about one thing, of which at most one holds of any facts.
Topic = tuple[Claim, ...]


def say(topic: Topic, facts: Facts) -> str | None:
    """The sentence of the claim that holds; None when the numbers allow none."""
    for claim in topic:
        if claim.fits(facts):
            return claim.template.format_map(facts.texts)
    return None


def placeholders(template: str) -> tuple[str, ...]:
    """The names in braces of a template."""
    return tuple(name for _, name, _, _ in string.Formatter().parse(template) if name)
