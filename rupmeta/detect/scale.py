"""The instrument behind the scores: range, step, direction, reliability, and the reliable change."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args

from rupmeta.errors import UsageError

__all__ = ["INSTRUMENTS", "Direction", "Scale", "parse_scale", "scale_from"]

Direction = Literal["higher", "lower"]
Z_975 = 1.96  # as in Jacobson & Truax (1991); the exact quantile would move no published value


@dataclass(frozen=True, slots=True)
class Scale:
    """What is known of an instrument; None is not known and never guessed.

    ``min``, ``max``: range of scores. ``step``: smallest possible difference. ``direction``: which scores
    mean a better alliance. ``reliability``: of one rating; ``sd``: in a reference sample. ``sd_source``:
    where ``sd`` comes from when it was not stated.
    """

    name: str | None = None
    min: float | None = None
    max: float | None = None
    step: float | None = None
    direction: Direction = "higher"
    reliability: float | None = None
    sd: float | None = None
    sd_source: str = "stated"

    @property
    def bounded(self) -> bool:
        """Whether both ends of the range are known."""
        return self.min is not None and self.max is not None

    @property
    def sem(self) -> float | None:
        """Standard error of measurement, sd·√(1 − r_xx)."""
        if self.sd is None or self.reliability is None:
            return None
        return self.sd * math.sqrt(1 - self.reliability)

    @property
    def reliable_change(self) -> float | None:
        """RC = 1.96·√2·SEM (Jacobson & Truax 1991, doi 10.1037/0022-006X.59.1.12).

        >>> round(Scale(sd=10.5, reliability=0.961).reliable_change, 6)
        5.747681
        """
        return None if self.sem is None else Z_975 * math.sqrt(2) * self.sem

    @property
    def low(self) -> float | None:
        """The lowest score after turning: rules always see higher as better."""
        if self.direction == "higher":
            return self.min
        return self.min if self.bounded else None if self.max is None else -self.max

    @property
    def high(self) -> float | None:
        """The highest score after turning."""
        if self.direction == "higher":
            return self.max
        return self.max if self.bounded else None if self.min is None else -self.min

    def turn(self, score: float) -> float:
        """A score with higher as better, and back: min + max − score, or −score without a range."""
        if self.direction == "higher":
            return score
        return self.min + self.max - score if self.min is not None and self.max is not None else -score


#: Ranges that were read in a source (docs/methods/detect.md); reliability is never a default.
INSTRUMENTS: Mapping[str, Scale] = {
    scale.name: scale
    for scale in (
        Scale("WAI-SR", 1, 5, 1 / 12),
        Scale("WAI-SR/sum", 12, 60, 1),
        Scale("SRS", 0, 40),
        Scale("ARM-5", 1, 7, 1 / 5),
        Scale("HAq-II", 1, 6, 1 / 19),
    )
    if scale.name is not None
}


def parse_scale(text: str) -> Scale:
    """``WAI-SR``, ``min=1,max=5,…`` or a name and what overrides it: ``WAI-SR,reliability=.92,sd=.60``."""
    scale: Scale | None = None
    given: dict[str, object] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, sign, value = (piece.strip() for piece in part.partition("="))
        if not sign and scale is None and not given:
            scale = _instrument(key)
        elif not sign:
            raise UsageError(f"--scale {text}: '{part}' has no value; write min=1,max=5")
        else:
            given[key] = value if key in ("direction", "name") else _number(key, value)
    return scale_from({**({"name": scale.name} if scale else {}), **given})


def scale_from(given: Mapping[str, Any]) -> Scale:
    """A scale from named facts; a known ``name`` fills in its range. ``UsageError`` for what cannot be."""
    known = [item.name for item in fields(Scale) if item.name != "sd_source"]
    for key, value in given.items():
        if key not in known:
            raise UsageError(f"scale: no {key}; known are {', '.join(known)}")
        if key not in ("name", "direction") and (
            isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value)
        ):
            raise UsageError(f"scale: {key} is {value}; it must be a number")
    name = given.get("name")
    scale = replace(INSTRUMENTS.get(str(name), Scale(None if name is None else str(name))), **given)
    if scale.direction not in get_args(Direction):
        raise UsageError(f"scale: direction is {scale.direction}; it is higher or lower")
    if scale.min is not None and scale.max is not None and not scale.min < scale.max:
        raise UsageError(f"scale: min {scale.min:g} is not below max {scale.max:g}")
    if scale.reliability is not None and not 0 <= scale.reliability <= 1:
        raise UsageError(f"scale: reliability {scale.reliability:g} is not between 0 and 1")
    for key, size in (("sd", scale.sd), ("step", scale.step)):
        if size is not None and size <= 0:
            raise UsageError(f"scale: {key} {size:g} is not positive")
    return scale


def _instrument(name: str) -> Scale:
    for known, scale in INSTRUMENTS.items():
        if known.lower() == name.lower():
            return scale
    raise UsageError(
        f"--scale {name} is not known; known are {', '.join(INSTRUMENTS)}, or describe it: min=1,max=5"
    )


def _number(key: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise UsageError(f"--scale: {key}={value} is not a number") from None
