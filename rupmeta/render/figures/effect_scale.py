"""Effects on the analysis scale, read on the scale that people know: ticks, names, texts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from rupmeta.render.figures.axis import Axis, fit_axis, linear_ticks
from rupmeta.render.labels import DISPLAY, Display
from rupmeta.render.numbers import NumberStyle, estimate_texts, interval_text, number

__all__ = ["EffectScale"]

PLAIN = Display("", "", "unbounded")


@dataclass(frozen=True, slots=True)
class EffectScale:
    """How a number of the analysis scale is shown: ``measure`` is a key of ``labels.DISPLAY``.

    ``tanh``: Fisher z shown as r; ``exp``: log ratios shown as ratios; ``identity``: as it is.
    """

    measure: str
    transform: Literal["identity", "tanh", "exp"] = "identity"

    @property
    def display(self) -> Display:
        """The scale that people read."""
        return DISPLAY[self.measure]

    @property
    def null(self) -> float:
        """No association, on the analysis scale."""
        return self.forward(self.display.null)

    @property
    def name(self) -> str:
        """What stands along the axis: ``Correlation, spaced as Fisher's z``."""
        spaced = {"tanh": ", spaced as Fisher's z", "exp": ", on a logarithmic scale"}.get(self.transform, "")
        name = self.display.name
        return f"{name[:1].upper()}{name[1:]}{spaced}"

    def back(self, value: float) -> float:
        """From the analysis scale to the one shown."""
        return {"identity": float, "tanh": math.tanh, "exp": math.exp}[self.transform](value)

    def forward(self, value: float) -> float:
        """From the scale shown to the analysis scale."""
        return {"identity": float, "tanh": math.atanh, "exp": math.log}[self.transform](value)

    def fit(self, core: list[float], limits: list[float], left: float, right: float) -> Axis:
        """An axis on the analysis scale that holds ``core`` and as much of ``limits`` as it may."""
        display = Display("", "", "unbounded", self.null)
        return fit_axis(core, limits, display, left=left, right=right)

    def ticks(self, lo: float, hi: float, style: NumberStyle) -> tuple[tuple[float, str], ...]:
        """Round numbers of the scale shown between ``lo`` and ``hi``: (analysis scale, text)."""
        a, b = self.back(lo), self.back(hi)
        if self.transform == "exp":
            axis = fit_axis([a, b], [], self.display, left=0, right=1)
            texts = axis.tick_texts(self.display, style)
            pairs = zip(axis.ticks, texts, strict=True)
            return tuple((self.forward(t), text) for t, text in pairs if a <= t <= b)
        open_end = self.transform == "tanh"
        shown = tuple(t for t in linear_ticks(a, b) if a <= t <= b and not (open_end and abs(t) >= 1))
        texts = Axis(a, b, 0, 1, shown).tick_texts(self.display, style)
        return tuple((self.forward(t), text) for t, text in zip(shown, texts, strict=True))

    def text(self, value: float, style: NumberStyle) -> str:
        """An effect as it is printed."""
        return number(self.back(value), self.display.kind, style)

    def with_interval(self, value: float, lb: float, ub: float, style: NumberStyle) -> tuple[str, str]:
        """An effect and its interval as they are printed, with the same digits."""
        texts = estimate_texts(
            self.back(value),
            self.back(lb),
            self.back(ub),
            self.display.kind,
            style,
            null=self.display.null,
        )
        return texts[0], texts[1]

    def interval(self, lb: float, ub: float, style: NumberStyle) -> str:
        """An interval as it is printed."""
        return interval_text(self.back(lb), self.back(ub), self.display.kind, style, null=self.display.null)
