"""From the answer about confounding to its figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.errors import EstimationError, UsageError
from rupmeta.render.figures.confounding.data import ConfoundingData
from rupmeta.render.screens import SYNTHETIC

__all__ = ["confounding_data"]

_SIDES = {
    "repair-outcome": "repair and with outcome",
    "training-outcome": "training and with outcome",
}


def confounding_data(
    answer: Mapping[str, Any],
    *,
    subject: str | None = None,
    by: Mapping[str, Any] | None = None,
) -> ConfoundingData:
    """The curves on the correlation's own scale; ``EstimationError`` for a measure without one."""
    if by is not None:
        raise UsageError("a confounding figure has no subgroups; --by goes with forest")
    found = answer["confounding"]
    on = found["correlation"]
    if on is None:
        text = f"{answer['measure']} cannot be read as a correlation: there is no curve to draw"
        raise EstimationError(text, "MEASURE")
    curve = on["curve"]
    few = on["k"] < 10
    footnotes = ["The association is negative; its size is shown."] if found["turned"] else []
    if on["share"]["method"] == "calibrated":
        footnotes.append("The curve of the share takes true correlations as normally distributed.")
    footnotes += [f"With k = {on['k']} this is no basis for a verdict."] if few else []
    return ConfoundingData(
        name=f"{answer['analysis']}-confounding",
        title=answer["question"] or answer["title"] or answer["analysis"],
        **{name: tuple(curve[name]) for name in ("c", "mean", "lb", "ub", "share")},
        threshold=found["threshold"],
        benchmark=(found["benchmark"]["r"], found["benchmark"]["label"]),
        c_estimate=on["c_estimate"],
        c_limit=on["c_limit"],
        sides=_SIDES.get(subject or "", "both variables"),
        level=answer["level"],
        banners=(SYNTHETIC,) if answer["synthetic"] else (),
        footnotes=tuple(footnotes),
    )
