"""The words of an answer's strip: alternative text and the numbers behind it."""

from __future__ import annotations

from rupmeta.render.figures.answer_strip.data import AnswerStripData
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import NumberStyle, estimate_texts, interval_text, level_text, number

__all__ = ["answer_strip_table", "describe_answer_strip"]


def describe_answer_strip(data: AnswerStripData, style: NumberStyle) -> str:
    """The alternative text, from the numbers."""
    display, k, level = DISPLAY[data.measure], len(data.effects), level_text(data.level)
    shown = sorted(effect for _, effect, _ in data.effects)
    value, interval = estimate_texts(
        data.estimate, data.ci_lb, data.ci_ub, display.kind, style, null=display.null
    )
    sentences = [f"{banner}." for banner in data.banners]
    if shown:
        low, high = (number(x, display.kind, style) for x in (shown[0], shown[-1]))
        above = sum(effect > display.null for effect in shown)
        sentences.append(
            f"{k} effects from {display.symbol} = {low} to {high}, {above} of them above no association."
            if k > 1
            else f"1 effect, {display.symbol} = {low}."
        )
    sentences.append(f"Pooled {display.symbol} = {value}, {level} interval {interval}.")
    if data.pi_lb is not None and data.pi_ub is not None:
        limits = interval_text(data.pi_lb, data.pi_ub, display.kind, style, null=display.null)
        sentences.append(f"{level} prediction interval {limits}.")
    return " ".join(sentences)


def answer_strip_table(data: AnswerStripData, style: NumberStyle) -> tuple[tuple[str, ...], ...]:
    """Label, effect and weight of every dot, header first."""
    display = DISPLAY[data.measure]
    rows = (
        (label, number(effect, display.kind, style), number(weight, "weight", style))
        for label, effect, weight in data.effects
    )
    return (("Study", display.symbol, "Weight %"), *rows)
