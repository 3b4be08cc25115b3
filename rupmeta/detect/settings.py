"""What a detection depends on: every parameter of rule, repair, classes and phases, in one record."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, get_args, get_type_hints

from rupmeta.detect.scale import Scale, parse_scale, scale_from
from rupmeta.errors import UsageError, unknown_choice

__all__ = ["Comparison", "RuleName", "Settings", "settings_from"]

RuleName = Literal["mean-sd", "diff-sd", "xmr", "tukey", "rci", "sudden-loss", "regression-residual"]
Comparison = Literal["unrepaired-rupture", "no-rupture", "continuous"]
Phase = Literal["early", "middle", "late"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The parameters in force.

    ``k`` None: the rule's own multiplier. ``min_change`` None: the reliable change of the scale (off where
    the scale gives none). ``window`` in sessions, 0: to the end of the series. ``phases``: ``thirds``,
    ``planned=16`` or ``cuts=6,11``. ``phase``: keep episodes of that phase only.
    Variants of single rules: ``baseline_sessions``, ``leave_one_out`` and ``sd`` of mean-sd, ``centre`` and
    ``spread`` of diff-sd, ``reference`` of rci.
    """

    rule: RuleName = "mean-sd"
    k: float | None = None
    scale: Scale = field(default_factory=Scale)
    min_change: float | None = None
    pre: Literal["last", "max3"] = "last"
    repair: Literal["fraction", "reliable", "tolerance", "in-control"] = "fraction"
    fraction: float = 0.5
    window: int = 3
    mixed: Literal["any-unrepaired", "last-episode", "any-repaired", "separate"] = "any-unrepaired"
    censored: Literal["unrepaired", "drop"] = "unrepaired"
    gap: int = 1
    phases: str = "thirds"
    phase: Phase | None = None
    baseline_sessions: int | None = None
    leave_one_out: bool = False
    sd: Literal["own", "stricter"] = "own"
    centre: Literal["mean", "zero"] = "mean"
    spread: Literal["own", "pooled", "scores"] = "own"
    reference: Literal["previous", "pre"] = "previous"

    def __post_init__(self) -> None:
        hints = get_type_hints(type(self))
        for name in ("rule", "pre", "repair", "mixed", "censored", "sd", "centre", "spread", "reference"):
            allowed = get_args(hints[name])
            if getattr(self, name) not in allowed:
                raise unknown_choice(name, getattr(self, name), allowed)
        if self.phase is not None and self.phase not in get_args(Phase):
            raise unknown_choice("phase", self.phase, get_args(Phase))
        if self.k is not None and not (self.k > 0 and math.isfinite(self.k)):
            raise UsageError(f"k is {self.k:g}; a multiplier is positive")
        if not 0 < self.fraction <= 1:
            raise UsageError(f"fraction is {self.fraction:g}; it lies above 0 and at most at 1")
        if self.window < 0 or self.gap < 1:
            raise UsageError("window is at least 0 (0: to the end of the series), gap at least 1")
        if self.min_change is not None and not (self.min_change >= 0 and math.isfinite(self.min_change)):
            raise UsageError(f"min_change is {self.min_change:g}; it is auto, 0 or points of the scale")
        if self.baseline_sessions is not None and self.baseline_sessions < 5:
            raise UsageError("baseline_sessions is at least 5: fewer ratings give no spread to rely on")
        self.phase_cuts(1)
        if self.repair == "reliable" and self.scale.reliable_change is None:
            raise UsageError(
                "repair reliable needs the reliable change: state reliability and sd of the scale"
            )
        if self.repair == "tolerance" and self.scale.sem is None:
            raise UsageError("repair tolerance needs the SEM: state reliability and sd of the scale")
        if self.rule in ("rci", "sudden-loss") and self.scale.reliable_change is None:
            raise UsageError(
                f"rule {self.rule} needs the reliable change: state reliability and sd of the scale, "
                "such as --scale WAI-SR,reliability=.92,sd=.60"
            )

    @property
    def guard(self) -> float:
        """The smallest depth of an episode, in points; 0: no guard."""
        if self.min_change is not None:
            return self.min_change
        return self.scale.reliable_change or 0.0

    @property
    def pooled(self) -> bool:
        """Whether a client's limit depends on the spread of others."""
        return (self.rule == "mean-sd" and self.sd == "stricter") or (
            self.rule == "diff-sd" and self.spread == "pooled"
        )

    def phase_cuts(self, last: float) -> tuple[float, float]:
        """The last sessions of the early and of the middle phase in a therapy of ``last`` sessions."""
        kind, _, value = self.phases.partition("=")
        if self.phases == "thirds":
            return last / 3, 2 * last / 3
        try:
            numbers = [float(part) for part in value.split(",")]
        except ValueError:
            numbers = []
        if kind == "planned" and len(numbers) == 1 and numbers[0] > 0:
            return numbers[0] / 3, 2 * numbers[0] / 3
        if kind == "cuts" and len(numbers) == 2 and 0 < numbers[0] < numbers[1]:
            return numbers[0], numbers[1]
        raise UsageError(f"phases {self.phases} is not known; write thirds, planned=16 or cuts=6,11")

    def as_dict(self) -> dict[str, Any]:
        """Every parameter, the scale as its own mapping."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        scale = {item.name: getattr(self.scale, item.name) for item in fields(Scale)}
        return {**values, "scale": {**scale, "sem": self.scale.sem, "rc": self.scale.reliable_change}}


def settings_from(given: Mapping[str, Any]) -> Settings:
    """The settings of a study file's ``detect`` mapping: keys as in ``Settings``, ``min_change: auto``."""
    known = {item.name for item in fields(Settings)}
    chosen: dict[str, Any] = {}
    for key, value in given.items():
        if key not in known:
            raise UsageError(f"detect has no {key}; known are {', '.join(sorted(known))}")
        if key == "scale":
            value = parse_scale(value) if isinstance(value, str) else scale_from(value)
        elif key == "min_change" and value == "auto":
            value = None
        elif key in ("k", "fraction", "min_change", "window", "gap", "baseline_sessions") and (
            isinstance(value, bool) or not isinstance(value, int | float)
        ):
            raise UsageError(f"detect: {key} is {value}; it must be a number")
        chosen[key] = value
    return replace(Settings(scale=chosen.pop("scale", Scale())), **chosen)
