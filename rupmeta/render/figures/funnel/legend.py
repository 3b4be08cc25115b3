"""The key of a funnel plot: one line for everything that is drawn, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from rupmeta.render.figures.funnel.data import FunnelData
from rupmeta.render.figures.legend import Entry
from rupmeta.render.numbers import level_text

__all__ = ["legend_entries"]


def legend_entries(data: FunnelData) -> Iterator[Entry]:
    """What is drawn, line by line."""
    if any(not point.provisional for point in data.points):
        yield Entry("dot", "point", "study")
    if any(point.provisional for point in data.points):
        yield Entry("dot", "point-hollow", "provisional")
    if data.filled:
        yield Entry("diamond", "filled", "imputed by trim and fill")
    yield Entry("line", "estimate", data.estimate_label)
    yield Entry("line", "funnel", f"pseudo {level_text(data.level)} interval")
    if data.adjusted is not None:
        yield Entry("line", "adjusted", "trim-and-fill estimate")
    if data.egger:
        yield Entry("line", "egger", data.egger_label)
    yield Entry("line", "null", "no association")
    if data.contours:
        yield Entry("box", "contour-none", "p > .10")
        yield Entry("box", "contour-10", ".05 < p < .10")
        yield Entry("box", "contour-05", ".01 < p < .05")
        yield Entry("box", "contour-01", "p < .01")
