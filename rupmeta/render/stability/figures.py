"""From answers about leaving out, joining, influence and subsets to their figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.errors import UsageError
from rupmeta.render.drawing.scale import display_scale
from rupmeta.render.favours import favours_words
from rupmeta.render.figures.forest.data import ForestData, ForestGroup, ForestRow, PooledRow
from rupmeta.render.figures.stability.data import (
    BaujatData,
    BaujatPoint,
    GoshData,
    InfluenceData,
    InfluencePanel,
)
from rupmeta.render.labels import null_word
from rupmeta.render.results_tables import first_scale
from rupmeta.render.screens import SYNTHETIC

__all__ = ["STABILITY_FIGURES"]

Answer = Mapping[str, Any]
FEW = 10
_SIDES = {"above": "interval above", "below": "interval below", "open": "interval holds"}


def leave_one_out_data(answer: Answer, *, subject: str | None = None, by: Answer | None = None) -> ForestData:
    """One row without each unit over the interval of all."""
    return _steps(answer, "leave_one_out", "Without each in turn", subject, by)


def cumulative_data(answer: Answer, *, subject: str | None = None, by: Answer | None = None) -> ForestData:
    """One row for every unit that joins; the last is the pooled answer."""
    return _steps(answer, "cumulative", "As studies join", subject, by)


def _steps(answer: Answer, key: str, heading: str, subject: str | None, by: Answer | None) -> ForestData:
    _refuse(by)
    scale = first_scale(answer)
    name = "omitted" if key == "leave_one_out" else "added"
    sign = "without\u00a0" if name == "omitted" else "+\u00a0"  # a sign never stands on a line of its own
    rows = tuple(
        ForestRow(
            key=row[name],
            label=sign + row["label"],
            estimate=row["reported"][scale]["estimate"],
            ci_lb=row["reported"][scale]["ci_lb"],
            ci_ub=row["reported"][scale]["ci_ub"],
            remark=f"{_SIDES[row['side']]} {null_word(scale)}" if row["moved"] else None,
        )
        for row in answer[key]
        if scale in row["reported"]
    )
    pooled = answer["pooled"]
    shown = pooled["reported"][scale]
    missing = [row["label"] for row in answer[key] if scale not in row["reported"]]
    footnotes = [f"No answer at: {', '.join(missing)}."] if missing else []
    if name == "added":
        footnotes.append("Intervals are not corrected for looking after every study.")
    return ForestData(
        name=f"{answer['analysis']}-{key.replace('_', '-')}",
        title=f"{heading}: {_title(answer)}",
        measure=scale,
        groups=(ForestGroup(rows),),
        pooled=PooledRow("All", shown["estimate"], shown["ci_lb"], shown["ci_ub"], pooled["k"]),
        level=answer["level"],
        favours=favours_words(answer, subject),
        banners=_banners(answer),
        footnotes=tuple(footnotes),
        model="equal effects" if answer["method"] == "EE" else f"random effects, {answer['method']}",
        equal_effects=answer["method"] == "EE",
        band=(shown["ci_lb"], shown["ci_ub"]) if name == "omitted" else None,
    )


def influence_data(
    answer: Answer,
    *,
    subject: str | None = None,  # noqa: ARG001  # one signature for every kind
    by: Answer | None = None,
) -> InfluenceData:
    """The eight diagnostics with their limits."""
    _refuse(by)
    rows, limits = answer["influence"], answer["influence_thresholds"]
    z = 1.959964
    k = len(rows)
    panels = (
        ("rstudent", "Deleted residual", (-z, z), 0.0),
        ("dffits", "DFFITS", (-limits["dffits"], limits["dffits"]), 0.0),
        ("cook_d", "Cook's distance", (limits["cook_d"],), None),
        ("cov_r", "Covariance ratio", (), 1.0),
        ("tau2_del", "τ² without the effect", (), None),
        ("QE_del", "Q without the effect", (), None),
        ("hat", "Hat value", (limits["hat"],), 1.0 / k),
        ("weight", "Weight in percent", (), 100.0 / k),
    )
    few = [f"With k = {k} single values are no ground for a verdict."] if k < FEW else []
    return InfluenceData(
        name=f"{answer['analysis']}-influence",
        title=_title(answer),
        labels=tuple(row["label"] for row in rows),
        flagged=tuple(row["influential"] for row in rows),
        panels=tuple(
            InfluencePanel(
                title, tuple(row[key] for row in rows), bounds + ((centre,) if centre else ()), centre
            )
            for key, title, bounds, centre in panels
        ),
        banners=_banners(answer),
        footnotes=tuple(few),
    )


def baujat_data(
    answer: Answer,
    *,
    subject: str | None = None,  # noqa: ARG001  # one signature for every kind
    by: Answer | None = None,
) -> BaujatData:
    """Squared residual against the squared change of the answer."""
    _refuse(by)
    rows = [row for row in answer["influence"] if None not in (row["baujat"]["x"], row["baujat"]["y"])]
    return BaujatData(
        name=f"{answer['analysis']}-baujat",
        title=_title(answer),
        points=tuple(
            BaujatPoint(
                f"{row['study']}/{row['effect']}",
                row["label"],
                row["baujat"]["x"],
                row["baujat"]["y"],
                row["influential"],
            )
            for row in rows
        ),
        banners=_banners(answer),
        footnotes=(
            "Larger, in the second colour: flagged as influential (DFFITS, Cook's distance, hat or DFBETAS).",
        ),
    )


def gosh_data(
    answer: Answer,
    *,
    subject: str | None = None,  # noqa: ARG001  # one signature for every kind
    by: Answer | None = None,
) -> GoshData:
    """The binned cloud."""
    _refuse(by)
    found = answer["gosh"]
    cells = found["cells"]
    shown, transform = display_scale(answer)
    top = next(unit for unit in found["units"] if unit["most_influential"])
    pulls = [
        (unit["label"], unit["median_with"], unit["median_without"])
        for unit in found["units"]
        if None not in (unit["median_with"], unit["median_without"])
    ]
    return GoshData(
        name=f"{answer['analysis']}-gosh",
        title=_title(answer),
        measure=shown,
        scale=transform,
        bins=cells["bins"],
        cells=tuple((a, b, c, d) for a, b, c, d in cells["counts"]),
        x_limits=(cells["limits"]["estimate"][0], cells["limits"]["estimate"][1]),
        estimate=answer["pooled"]["estimate"]["estimate"],
        I2=answer["pooled"]["heterogeneity"]["I2"],
        unit=top["label"],
        subsets=found["subsets"],
        exhaustive=found["exhaustive"],
        pulls=tuple(sorted(pulls, key=lambda pull: -abs(pull[1] - pull[2]))),
        banners=_banners(answer),
    )


def _refuse(by: Answer | None) -> None:
    if by is not None:
        raise UsageError("this figure has no subgroups; --by goes with forest and bubble")


def _title(answer: Answer) -> str:
    title: str = answer["question"] or answer["title"] or answer["analysis"]
    return title


def _banners(answer: Answer) -> tuple[str, ...]:
    return (SYNTHETIC,) if answer["synthetic"] else ()


#: Kind of figure → what it shows of its answer.
STABILITY_FIGURES = {
    "leave-one-out": leave_one_out_data,
    "cumulative": cumulative_data,
    "influence": influence_data,
    "baujat": baujat_data,
    "gosh": gosh_data,
}
