"""From answers to what the figures show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

from rupmeta.errors import UsageError
from rupmeta.render.bias.figures import adjustments_data, funnel_extras, p_curve_data
from rupmeta.render.confounding.figure import confounding_data
from rupmeta.render.drawing.labbe import labbe_data
from rupmeta.render.drawing.models import prior_posterior_data, profile_data
from rupmeta.render.drawing.points import drapery_data, orchard_data, radial_data
from rupmeta.render.drawing.scale import display_scale, first_scale, own_scale
from rupmeta.render.favours import favours_words
from rupmeta.render.figures.forest.data import (
    BetweenTest,
    ForestData,
    ForestGroup,
    ForestRow,
    HeterogeneityLine,
    OverallTest,
    PooledRow,
    ReferenceRow,
)
from rupmeta.render.figures.funnel.data import FunnelData, FunnelPoint
from rupmeta.render.figures.rob.data import RobTool
from rupmeta.render.labels import DISPLAY, level_label, method_label
from rupmeta.render.moderators.bubble import bubble_data
from rupmeta.render.multiverse.figure import specification_data
from rupmeta.render.numbers import number
from rupmeta.render.rob.figure import rob_data, rob_summary_data, rob_tool
from rupmeta.render.screening import prisma_data
from rupmeta.render.screens import SYNTHETIC, is_synthetic
from rupmeta.render.stability.figures import STABILITY_FIGURES

__all__ = ["FIGURE_DATA", "STYLED", "forest_data", "funnel_data"]

Answer = Mapping[str, Any]


def forest_data(answer: Answer, *, subject: str | None, by: Answer | None = None) -> ForestData:
    """A pooled answer as a forest plot; ``by`` is a moderators answer whose levels become subgroups."""
    scale = first_scale(answer)
    several = _studies_with_several(answer["effects"])
    rho = answer["dependence"]["rho"]
    rows = {
        f"{effect['study']}/{effect['effect']}": _row(effect, scale, rho, inside=effect["study"] in several)
        for effect in answer["effects"]
    }
    tool = _one_tool(answer["rob"]) if "rob" in answer else None
    if tool is not None:
        judged = {row.key: row.cells for row in tool.rows}
        rows = {
            key: replace(row, judgements=judged.get(key.partition("/")[0], ())) for key, row in rows.items()
        }
    h, shown = answer["heterogeneity"], answer["reported"][scale]
    groups = (ForestGroup(tuple(rows.values())),) if by is None else _groups(by, rows, scale)
    return ForestData(
        name=f"{answer['analysis']}-forest",
        title=answer["question"] or answer["title"] or answer["analysis"],
        measure=scale,
        groups=groups,
        pooled=PooledRow(
            "Pooled", shown["estimate"], shown["ci_lb"], shown["ci_ub"], answer["k"], answer["n"]
        ),
        level=answer["level"],
        pi_lb=shown["pi_lb"],
        pi_ub=shown["pi_ub"],
        pi_reason=None if shown["pi_lb"] is not None else "no prediction interval with fewer than 3 effects",
        heterogeneity=None
        if h["tau2"] is None
        else HeterogeneityLine(h["Q"], h["df"], h["pval"], h["tau2"], h["I2"], _scale_name(answer)),
        overall=OverallTest(*(answer["estimate"][key] for key in ("stat", "df", "pval"))),
        between=_between(by),
        references=_references(answer, scale),
        favours=favours_words(answer, subject),
        banners=(SYNTHETIC,) if is_synthetic(answer) else (),
        model="equal effects" if answer["method"] == "EE" else f"random effects, {answer['method']}",
        equal_effects=answer["method"] == "EE",
        rob=tool,
    )


def _one_tool(rob: Answer) -> RobTool:
    """The tool whose domains become columns; UsageError when studies were judged with several."""
    if len(rob["tools"]) > 1:
        names = " and ".join(tool["name"] for tool in rob["tools"])
        raise UsageError(
            f"--rob: the studies were judged with {names}, and a column belongs to one tool; "
            "see `rupmeta plot rob`, or keep the studies of one tool with --where"
        )
    return rob_tool(rob["tools"][0], rob["judged"])


def funnel_data(
    answer: Answer,
    *,
    subject: str | None = None,  # noqa: ARG001  # one signature for every kind
    by: Answer | None = None,
) -> FunnelData:
    """A pooled answer as a funnel plot, on the analysis scale with ticks on the first reported one.

    A bias answer under ``bias`` adds the studies that trim and fill imputes, and Egger's line.
    """
    if by is not None:
        raise UsageError("a funnel plot has no subgroups; --by goes with forest")
    shown, transform = display_scale(answer)
    return FunnelData(
        name=f"{answer['analysis']}-funnel",
        title=answer["question"] or answer["title"] or answer["analysis"],
        measure=shown,
        points=tuple(
            FunnelPoint(
                f"{effect['study']}/{effect['effect']}",
                effect["label"],
                effect["yi"],
                effect["vi"] ** 0.5,
                effect["provisional"],
            )
            for effect in answer["effects"]
        ),
        estimate=answer["estimate"]["estimate"],
        scale=transform,
        level=answer["level"],
        estimate_label=f"pooled estimate ({method_label(answer['method'])})",
        banners=(SYNTHETIC,) if is_synthetic(answer) else (),
        **(funnel_extras(answer["bias"]) if answer.get("bias") else {}),
    )


def _scale_name(answer: Answer) -> str | None:
    """The analysis scale in words, where it is not the one shown."""
    own = own_scale(answer["measure"])
    return None if own == first_scale(answer) else DISPLAY[own].name


def _studies_with_several(effects: list[Answer]) -> set[str]:
    """Studies with more than one row, all of them next to each other."""
    runs = [study for study, _ in groupby(effect["study"] for effect in effects)]
    counts = Counter(effect["study"] for effect in effects)
    return {study for study in counts if counts[study] > 1 and runs.count(study) == 1}


def _row(effect: Answer, scale: str, rho: float | None, *, inside: bool) -> ForestRow:
    """``inside``: the study has a row of its own, and this one is named by its outcome."""
    shown = effect["reported"][scale]
    members = effect["members"]
    together = "" if rho is None else f", ρ = {number(rho, 'bounded')}"
    return ForestRow(
        key=f"{effect['study']}/{effect['effect']}",
        label=_effect_label(effect) if inside else effect["label"],
        parent=effect["label"] if inside else None,
        estimate=shown["estimate"],
        ci_lb=shown["ci_lb"],
        ci_ub=shown["ci_ub"],
        weight=effect["weight"],
        n=effect["n"],
        provisional=effect["provisional"],
        converted=effect["flag"] == "converted",
        approximate=effect["flag"] == "approximate",
        adjusted=effect["adjusted"],
        synthetic=effect["synthetic"],
        remark=f"{len(members)} effects{together}" if len(members) > 1 else None,
    )


def _effect_label(effect: Answer) -> str:
    """What sets one effect of a study apart from the others."""
    outcome, phase = effect["outcome"] or effect["effect"], effect["phase"]
    return f"{outcome}, {level_label(phase).lower()}" if phase else str(outcome)


def _groups(by: Answer, rows: Mapping[str, ForestRow], scale: str) -> tuple[ForestGroup, ...]:
    groups = []
    used: set[str] = set()
    for group in by["subgroups"]:
        shown, h = group["reported"][scale], group.get("heterogeneity") or {}
        inside = set(group["effects"])
        members = [key for key in rows if key in inside]
        used.update(members)
        pooled = PooledRow(
            level_label(group["level"]),
            shown["estimate"],
            shown["ci_lb"],
            shown["ci_ub"],
            group["k"],
            group["n"],
            h.get("tau2"),
            h.get("I2"),
            HeterogeneityLine(h["Q"], h["df"], h["pval"], h["tau2"], h["I2"]) if h else None,
            OverallTest(*(group["estimate"][key] for key in ("stat", "df", "pval"))),
        )
        groups.append(ForestGroup(tuple(rows[key] for key in members), level_label(group["level"]), pooled))
    rest = [row for key, row in rows.items() if key not in used]
    if rest:
        groups.append(ForestGroup(tuple(rest), "Not reported", None, "in the overall estimate only"))
    return tuple(groups)


def _between(by: Answer | None) -> BetweenTest | None:
    if by is None or by["omnibus"] is None:
        return None
    test = by["omnibus"]
    return BetweenTest(test["stat"], test["df1"], test["df2"], test["pval"])


def _references(answer: Answer, scale: str) -> tuple[ReferenceRow, ...]:
    if scale not in ("r", "d"):
        return ()
    rows = []
    for item in answer["references"]:
        if item[scale] is None:
            continue
        # A printed interval is that of r; d is printed without one.
        lb, ub = (item["ci"] or (None, None)) if scale == "r" else (None, None)
        rows.append(ReferenceRow(item["label"], item[scale], lb, ub, item["k"], item["n"]))
    return tuple(rows)


#: Kind of figure → what it shows of its answer.
FIGURE_DATA: Mapping[str, Callable[..., Any]] = {
    "forest": forest_data,
    "bubble": bubble_data,
    "funnel": funnel_data,
    **STABILITY_FIGURES,
    "specification": specification_data,
    "confounding": confounding_data,
    "adjustments": adjustments_data,
    "p-curve": p_curve_data,
    "prior-posterior": prior_posterior_data,
    "profile": profile_data,
    "prisma": lambda answer, *, subject, by: prisma_data(answer),  # noqa: ARG005  # one signature for all
    "radial": radial_data,
    "drapery": drapery_data,
    "orchard": orchard_data,
    "labbe": labbe_data,
    "rob": rob_data,
    "rob-summary": rob_summary_data,
}

#: Those that print numbers themselves and take the ``style`` of the journal.
STYLED = frozenset({"prior-posterior", "profile", "p-curve", "labbe", "radial", "drapery", "orchard"})
