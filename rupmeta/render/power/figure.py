"""Power against the number of studies as a figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.drawing.draw import Figure, draw_data
from rupmeta.render.figures.axis import linear_ticks
from rupmeta.render.figures.curves import Curve, CurvesData, Panel
from rupmeta.render.figures.looks import Look
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA, NumberStyle, number
from rupmeta.render.power.document import describe_plan
from rupmeta.render.screens import SYNTHETIC

__all__ = ["draw_power", "power_curves_data"]

Answer = Mapping[str, Any]
HEIGHTS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def draw_power(answer: Answer, look: Look | None = None) -> Figure:
    """The power curves, one panel for every heterogeneity."""
    look = look or Look()
    return draw_data("power", power_curves_data(answer, look.journal.numbers), look)


def power_curves_data(answer: Answer, style: NumberStyle = APA) -> CurvesData:
    """Panels side by side: the power to exclude the smallest effect of interest, or no association.

    Beside it, dotted, the power to exclude no association, or that without heterogeneity.
    """
    update = answer["kind"] == "update"
    goal = "power" if answer["smallest"] is None else "beyond"
    plain = next((curve for curve in answer["curves"] if curve["tau2"] == 0), None)
    at = answer["rows"][-1]["added"] if update else answer["rows"][0]["k"]
    panels = tuple(_panel(answer, curve, plain, goal, at, style) for curve in answer["curves"])
    target = number(answer["power"], "bounded", style)
    return CurvesData(
        name=f"{answer['analysis'] or 'plan'}-power",
        title="Power of an update" if update else "Power of a plan",
        panels=panels,
        header=("", f"power with {at}", f"studies for {target}"),
        sentence=f"{describe_plan(answer, style)} Dashed across: a power of {target}. By formula, τ² known.",
        height_label="Power",
        banners=(SYNTHETIC,) if answer["synthetic"] else (),
    )


def _panel(
    answer: Answer, curve: Answer, plain: Answer | None, goal: str, at: int, style: NumberStyle
) -> Panel:
    display = DISPLAY[answer["scale"]]
    xs, ys = tuple(map(float, curve["studies"])), curve[goal]
    name = "power"
    others = []
    if goal == "beyond":
        limit = number(answer["smallest_shown"], display.kind, style)
        name = f"beyond {limit}"
        others.append(Curve("beyond 0", "other", xs, tuple(curve["power"])))
    elif plain is not None and plain is not curve:
        others.append(Curve("power without heterogeneity", "other", xs, tuple(plain["power"])))
    reached = next((k for k, p in zip(curve["studies"], ys, strict=True) if p >= answer["power"]), None)
    share = number(curve["I2"], "percent", style)
    title = f"τ² = {number(curve['tau2'], 'tau2', style)}, I² = {share}%"
    place = curve["studies"].index(at) if at in curve["studies"] else len(xs) - 1
    return Panel(
        title=title,
        axis="Further studies" if answer["kind"] == "update" else "Studies",
        curves=(Curve(name, "main", xs, tuple(ys)), *others),
        ticks=tuple((x, f"{x:g}") for x in linear_ticks(xs[0], xs[-1]) if xs[0] <= x <= xs[-1]),
        floor=0.0,
        top=1.0,
        row=(
            title,
            number(ys[place], "bounded", style),
            f"over {curve['studies'][-1]}" if reached is None else str(reached),
        ),
        cut=answer["power"],
        heights=tuple(
            (h, f"{h:.0f}" if h in (0, 1) else number(h, "bounded", style, digits=1)) for h in HEIGHTS
        ),
    )
