"""From a model with a number in it to the bubble plot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.errors import UsageError
from rupmeta.render.drawing.scale import display_scale
from rupmeta.render.figures.bubble.data import BubbleData, BubblePoint
from rupmeta.render.labels import moderator_label
from rupmeta.render.numbers import number
from rupmeta.render.prose import statistic_text
from rupmeta.render.screens import SYNTHETIC, is_synthetic

__all__ = ["bubble_data"]

Answer = Mapping[str, Any]


def bubble_data(
    answer: Answer,
    *,
    subject: str | None = None,  # noqa: ARG001  # one signature for every kind
    by: Answer | None = None,
) -> BubbleData:
    """A bubble answer as a figure, on the analysis scale with ticks on the first reported one."""
    if by is not None or "curve" not in answer:
        raise UsageError("a bubble plot is drawn along one number; name it with --by")
    measure, scale = display_scale(answer)
    curve, level = answer["curve"], answer["level"]
    test = "" if answer["omnibus"] is None else f"Test of {answer['formula'][2:]}: "
    test += "" if answer["omnibus"] is None else statistic_text(answer["omnibus"])
    if answer["R2"] is not None:
        test += f"; R² = {number(answer['R2'], 'percent')}% of τ²"
    others = ", ".join(moderator_label(name) for name in answer["others"])
    footnotes: tuple[str, ...] = (
        (f"The line follows the model with {others} as in the studies.",) if others else ()
    )
    # Without tau2 a new study is predicted as surely as the mean: one band, and a sentence.
    alike = curve["pi_lb"] is not None and answer["tau2"] == 0
    if alike:
        footnotes += ("τ² is estimated at 0: the prediction band is that of the mean.",)
    if answer["left_out"]:
        names = ", ".join(item["study"] for item in answer["left_out"])
        footnotes += (f"Not shown, value not reported: {names}.",)
    return BubbleData(
        name=f"{answer['analysis']}-bubble",
        title=answer["question"] or answer["title"] or answer["analysis"],
        measure=measure,
        moderator=moderator_label(answer["moderator"]),
        points=tuple(
            BubblePoint(
                f"{item['study']}/{item['effect']}",
                item["label"],
                item["x"],
                item["yi"],
                item["weight"],
                item["provisional"],
            )
            for item in answer["effects"]
        ),
        grid=tuple(curve["x"]),
        line=tuple(curve["estimate"]),
        ci=tuple(zip(curve["ci_lb"], curve["ci_ub"], strict=True)),
        pi=() if alike or curve["pi_lb"] is None else tuple(zip(curve["pi_lb"], curve["pi_ub"], strict=True)),
        scale=scale,
        level=level,
        test=test,
        banners=(SYNTHETIC,) if is_synthetic(answer) else (),
        footnotes=footnotes,
    )
