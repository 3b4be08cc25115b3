"""The words of a funnel plot: cautions, tooltips, table, alternative text."""

from __future__ import annotations

import math

from rupmeta.render.figures.funnel.data import FunnelData, FunnelPoint
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA, NumberStyle, number

__all__ = ["back_transform", "caution", "describe_funnel", "funnel_table", "point_tooltip"]

ENOUGH = 10  # below so many effects asymmetry cannot be judged


def back_transform(data: FunnelData, value: float) -> float:
    """From the analysis scale to the display scale."""
    return {"identity": float, "tanh": math.tanh, "exp": math.exp}[data.scale](value)


def caution(data: FunnelData) -> tuple[str, ...]:
    """The sentence that stands under every funnel of few effects."""
    k = len(data.points)
    if k >= ENOUGH:
        return ()
    return (f"With k = {k}, fewer than {ENOUGH} effects, asymmetry cannot be judged.",)


def point_tooltip(point: FunnelPoint, data: FunnelData, style: NumberStyle = APA) -> str:
    """``Larsson (2018): r = .25, standard error 0.06``."""
    display = DISPLAY[data.measure]
    estimate = number(back_transform(data, point.yi), display.kind, style)
    se = number(point.sei, "unbounded", style)
    return f"{point.label}: {display.symbol} = {estimate}, standard error {se}"


def funnel_table(data: FunnelData, style: NumberStyle = APA) -> tuple[tuple[str, ...], ...]:
    """The rows behind the picture, header first; imputed studies last."""
    display = DISPLAY[data.measure]

    def row(label: str, yi: float, sei: float) -> tuple[str, ...]:
        return (
            label,
            number(back_transform(data, yi), display.kind, style),
            number(yi, "unbounded", style),
            number(sei, "unbounded", style),
        )

    header = ("Study", display.symbol, "Effect (analysis scale)", "Standard error")
    imputed = (row("imputed by trim and fill", yi, sei) for yi, sei in data.filled)
    return (header, *(row(point.label, point.yi, point.sei) for point in data.points), *imputed)


def describe_funnel(data: FunnelData, style: NumberStyle = APA) -> str:
    """The alternative text, from the numbers."""
    display, k = DISPLAY[data.measure], len(data.points)
    estimate = number(back_transform(data, data.estimate), display.kind, style)
    low, high = min(point.sei for point in data.points), max(point.sei for point in data.points)
    right = sum(point.yi > data.estimate for point in data.points)
    sentences = [
        *(f"{banner}." for banner in data.banners),
        f"Funnel plot: {data.title}, {k} effect{'' if k == 1 else 's'} against their standard errors "
        f"({number(low, 'unbounded', style)} to {number(high, 'unbounded', style)}).",
        f"Pooled {display.symbol} = {estimate}; {right} of {k} effects lie above it.",
    ]
    if data.filled:
        sentences.append(f"Trim and fill adds {len(data.filled)}.")
    if data.adjusted is not None:
        adjusted = number(back_transform(data, data.adjusted), display.kind, style)
        sentences.append(f"Adjusted {display.symbol} = {adjusted}.")
    sentences += [*caution(data), "The numbers stand in the table that belongs to this figure."]
    return " ".join(sentences)
