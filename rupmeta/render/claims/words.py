"""Numbers and names inside sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA, NumberStyle, estimate_texts, level_text, number, p_text

__all__ = ["SUBJECTS", "count", "scale_text", "stat_text", "statistic_text"]

Answer = Mapping[str, Any]

#: Relation that all effects are about → what goes with what.
SUBJECTS = {
    "repair-outcome": ("rupture repair", "better outcome"),
    "training-outcome": ("training in rupture repair", "better outcome"),
}


def stat_text(estimate: Answer, style: NumberStyle = APA) -> str:
    """``t(3) = 2.85, p = .065`` or ``z = 2.92, p = .003``."""
    df = estimate["df"]
    name = "z" if df is None else f"t({number(df, 'df', style)})"
    return f"{name} = {number(estimate['stat'], 'stat', style)}, {p_text(estimate['pval'], style)}"


def statistic_text(test: Answer, style: NumberStyle = APA) -> str:
    """``F(2, 8) = 5.10, p = .037`` or ``χ²(2) = 7.31, p = .026``."""
    df1 = number(test["df1"], "df", style)
    name = f"χ²({df1})" if test["df2"] is None else f"F({df1}, {number(test['df2'], 'df', style)})"
    return f"{name} = {number(test['stat'], 'stat', style)}, {p_text(test['pval'], style)}"


def scale_text(answer: Answer, scale: str, style: NumberStyle = APA) -> str:
    """``r = .29, 95% CI [.10, .47]``."""
    shown, display = answer["reported"][scale], DISPLAY[scale]
    value, interval = estimate_texts(
        shown["estimate"], shown["ci_lb"], shown["ci_ub"], display.kind, style, null=display.null
    )
    return f"{display.symbol} = {value}, {level_text(answer['level'])}{style.space}CI{style.space}{interval}"


def count(number_of: int, one: str, many: str) -> str:
    """``1 study`` or ``3 studies``."""
    return f"{number_of} {one if number_of == 1 else many}"
