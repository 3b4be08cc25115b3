"""From a comparison to its figure: the way from the old answer to the new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.errors import EstimationError
from rupmeta.render.diff.shares import STEPS, change_shown, printed_shares, printed_total, signed
from rupmeta.render.drawing.draw import Figure, draw_data
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.waterfall import (
    WaterfallAnswer,
    WaterfallData,
    WaterfallStep,
)
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA, NumberStyle, estimate_texts
from rupmeta.render.screens import SYNTHETIC

__all__ = ["draw_diff", "waterfall_data"]

Answer = Mapping[str, Any]
MOST = 30  # bars; of more changes only the steps are drawn


def draw_diff(answer: Answer, look: Look | None = None) -> Figure:
    """The figure of the first analysis whose change can be split; ``EstimationError`` when there is none."""
    for item in answer["analyses"]:
        if change_shown(item) is not None:
            look = look or Look()
            return draw_data("diff", waterfall_data(item, look.journal.numbers), look)
    reasons = "; ".join(f"{item['analysis']}: {item['reason']}" for item in answer["analyses"])
    raise EstimationError(f"there is no change to draw ({reasons})", "DIFF-SPLIT")


def waterfall_data(item: Answer, style: NumberStyle = APA) -> WaterfallData:
    """One analysis of a comparison as a waterfall, on the scale that its table uses."""
    shown = change_shown(item)
    assert shown is not None
    change, display = shown
    lines = printed_shares(change)
    if len(lines) > MOST:
        lines = tuple(line for line in lines if line.study is None)
    steps = tuple(
        WaterfallStep(
            STEPS[line.step] if line.study is None else line.study,
            line.before,
            line.after,
            signed(line.share, display, style),
            line.study is not None,
        )
        for line in lines
    )
    total = signed(printed_total(change), display, style)
    scale = next((name for name in item["reported"] if DISPLAY[name] == display), None)
    old, new = (_answer(item[word], word, scale, style) for word in ("old", "new"))
    return WaterfallData(
        name=f"{item['analysis']}-diff",
        title=item["question"] or f"Analysis '{item['analysis']}'",
        display=display,
        old=old,
        new=new,
        steps=steps,
        total=total,
        sentence=(
            f"From {old.text} to {new.text}: a change of {total} in {display.symbol}. Every bar begins where "
            "the one before it ends; changes are applied from top to bottom, and another order would give "
            "other bars."
        ),
        banners=(SYNTHETIC,) if item["synthetic"] else (),
        footnotes=(f"With k = {item['new']['k']} this is no basis for a verdict.",)
        if item["new"]["k"] < 10
        else (),
    )


def _answer(side: Answer, word: str, scale: str | None, style: NumberStyle) -> WaterfallAnswer:
    shown = side["estimate"] if scale is None else side["reported"][scale]
    kind = "unbounded" if scale is None else DISPLAY[scale].kind
    value, interval = estimate_texts(shown["estimate"], shown["ci_lb"], shown["ci_ub"], kind, style)
    label = f"{word.capitalize()} version (k = {side['k']})"
    return WaterfallAnswer(label, shown["estimate"], shown["ci_lb"], shown["ci_ub"], f"{value} {interval}")
