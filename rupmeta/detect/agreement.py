"""How far two rules, or two sources of ruptures, agree on the same clients or sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from rupmeta.detect.classify import Detection
from rupmeta.detect.series import Truth

__all__ = ["Agreement", "agree", "agree_on_classes"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """A 2 × 2 table of rupture yes or no, over units that both sides could judge.

    ``kappa`` = (p_o − p_e)/(1 − p_e) (Cohen 1960, doi 10.1177/001316446002000104), null where one side always
    says the same; ``pabak`` = 2p_o − 1 does not depend on how common ruptures are.
    """

    first: str
    second: str
    unit: str
    both: int
    only_first: int
    only_second: int
    neither: int
    reason: str | None = None

    @property
    def n(self) -> int:
        """Units that both judged."""
        return self.both + self.only_first + self.only_second + self.neither

    @property
    def agreement(self) -> float | None:
        """Share of units on which they say the same."""
        return (self.both + self.neither) / self.n if self.n else None

    @property
    def kappa(self) -> float | None:
        """Chance-corrected agreement."""
        n = self.n
        if not n or self.agreement is None:
            return None
        yes1, yes2 = (self.both + self.only_first) / n, (self.both + self.only_second) / n
        chance = yes1 * yes2 + (1 - yes1) * (1 - yes2)
        return None if chance >= 1 - 1e-12 else (self.agreement - chance) / (1 - chance)

    @property
    def pabak(self) -> float | None:
        """Prevalence-adjusted agreement."""
        return None if self.agreement is None else 2 * self.agreement - 1


def agree(first: str, second: str, unit: str, one: Truth, two: Truth, judged: Truth) -> Agreement:
    """Count where ``one`` and ``two`` say rupture, among the ``judged`` units."""
    a, b = one[judged], two[judged]
    table = [int((x & y).sum()) for x in (a, ~a) for y in (b, ~b)]
    reason = None if judged.any() else f"no {unit} could be judged by both"
    return Agreement(first, second, unit, table[0], table[1], table[2], table[3], reason)


def agree_on_classes(sides: Mapping[str, Detection]) -> list[Agreement]:
    """Every pair of rules on the same clients: at least one rupture or none; unclassifiable ones left out."""
    return [
        agree(
            first, second, "client", np.asarray(one.kind > 0), np.asarray(two.kind > 0),
            one.classified & two.classified,
        )
        for (first, one), (second, two) in combinations(sides.items(), 2)
    ]  # fmt: skip
