"""From counts and a pooled answer to the L'Abbé plot."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from rupmeta.effects.backtransform import report_on
from rupmeta.errors import EstimationError, UsageError
from rupmeta.render.figures.labbe.data import LabbeData, LabbePoint
from rupmeta.render.labels import measure_label
from rupmeta.render.numbers import APA, NumberStyle, number
from rupmeta.render.screens import SYNTHETIC, is_synthetic

__all__ = ["labbe_data"]

Answer = Mapping[str, Any]
STEPS = 100
LISTED = 8  # studies without counts that are named
_GROUPS = {
    "repair-outcome": ("with repair", "without repair"),
    "training-outcome": ("with training", "without training"),
}


def labbe_data(
    answer: Answer, *, subject: str | None = None, by: Answer | None = None, style: NumberStyle = APA
) -> LabbeData:
    """Counts as shares of the better outcome, with the curve of the pooled effect where it has one."""
    if by is not None:
        raise UsageError("a L'Abbé plot has no subgroups; --by goes with forest, bubble and orchard")
    if not answer["counts"]:
        raise EstimationError(
            "a L'Abbé plot needs counts of a yes-or-no outcome in two groups (events1, n1, events2, n2); "
            f"none of the {len(answer['effects'])} effects of '{answer['analysis']}' reports them"
        )
    curve, label, footnote = _curve(answer, style)
    footnotes = [footnote] if footnote else []
    if answer["without_counts"]:
        footnotes.append(f"Not shown, no counts: {_listed(answer['without_counts'])}.")
    return LabbeData(
        name=f"{answer['analysis']}-labbe",
        title=answer["question"] or answer["title"] or answer["analysis"],
        points=tuple(
            LabbePoint(
                f"{item['study']}/{item['effect']}",
                item["label"],
                item["better1"],
                item["n1"],
                item["better2"],
                item["n2"],
                item["provisional"],
            )
            for item in answer["counts"]
        ),
        groups=_GROUPS.get(subject or "", ("group 1", "group 2")),
        curve=curve,
        curve_label=label,
        banners=(SYNTHETIC,) if is_synthetic(answer) else (),
        footnotes=tuple(footnotes),
    )


def _listed(labels: list[str]) -> str:
    """The first of many; all effects stand in the forest plot."""
    shown, rest = labels[:LISTED], max(len(labels) - LISTED, 0)
    return ", ".join(shown) + (f" and {rest} others" if rest > 1 else f", {labels[-1]}" if rest else "")


def _curve(answer: Answer, style: NumberStyle) -> tuple[tuple[tuple[float, float], ...], str, str | None]:
    """Shares of group 1 for every share of group 2 under the pooled effect; its name; a remark."""
    measure, effect = answer["measure"], answer["estimate"]["estimate"]
    grid = [i / STEPS for i in range(STEPS + 1)]
    if measure == "RD":
        pairs = [(x, x + effect) for x in grid if 0 <= x + effect <= 1]
        return tuple(pairs), f"pooled risk difference {number(effect, 'bounded', style)}", None
    if measure == "RR":
        turned = {item["turned"] for item in answer["counts"]}
        if len(turned) > 1:
            return (), "", "No pooled line: some studies count the better outcome, others the worse one."
        if turned == {True}:  # the ratio is that of the worse outcome
            pairs = [(x, 1 - (1 - x) * math.exp(-effect)) for x in grid]
            label = f"pooled risk ratio of the worse outcome {number(math.exp(-effect), 'unbounded', style)}"
        else:
            pairs = [(x, x * math.exp(effect)) for x in grid]
            label = f"pooled risk ratio {number(math.exp(effect), 'unbounded', style)}"
        return tuple((x, y) for x, y in pairs if 0 <= y <= 1), label, None
    ratio = report_on("or", measure, effect)
    if ratio is None:
        return (), "", f"No pooled line: the {measure_label(measure)} has no reading as an odds ratio."
    pairs = [(x, ratio * x / (1 - x + ratio * x)) for x in grid]
    remark = (
        None
        if measure == "OR"
        else f"The line is the pooled {measure_label(measure)}, read as an odds ratio."
    )
    return tuple(pairs), f"pooled odds ratio {number(ratio, 'unbounded', style)}", remark
