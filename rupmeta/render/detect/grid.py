"""The effect under many settings: its part of the answer, its table, its specification curve."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from rupmeta.detect.rules import RULES
from rupmeta.numerics.distributions import two_sided_quantile
from rupmeta.pipeline.detect_grid import GridEffect, GridEffects
from rupmeta.render.figures.specification.data import (
    SpecificationChoice,
    SpecificationData,
    SpecificationPoint,
)
from rupmeta.render.numbers import NumberStyle, number
from rupmeta.render.tables import Column, Table

__all__ = ["grid_data", "grid_entry", "grid_lines", "grid_table"]

Answer = Mapping[str, Any]
DRAWN = 400  # points of a curve; of more, every so-many-th is drawn


def _sessions(window: int) -> str:
    return "to the end" if not window else "1 session" if window == 1 else f"{window} sessions"


#: Choice → the option that a point takes.
CHOICES: Mapping[str, Callable[[Answer], str]] = {
    "Rule": lambda item: item["rule"] if item["k"] is None else f"{item['rule']} {item['k']:g}",
    "Window": lambda item: _sessions(item["window"]),
    "Regained": lambda item: f"{100 * item['fraction']:g}%",
    "Mixed clients": lambda item: item["mixed"],
}


def grid_entry(grid: GridEffects | None) -> dict[str, Any] | None:
    """What r is over the grid, and every point of it."""
    if grid is None:
        return None
    effects = [_point(effect) for effect in grid.effects]
    return {
        "combinations": len(effects),
        "estimable": grid.estimable,
        "groupings": grid.groupings,
        "median": grid.median,
        "min": grid.lowest,
        "max": grid.highest,
        "above": grid.above,
        "left_out": [{"rule": rule, "reason": reason} for rule, reason in grid.left_out],
        "effects": effects,
    }


def _point(effect: GridEffect) -> dict[str, Any]:
    point = effect.point
    return {
        "rule": point.rule,
        "k": point.k if point.k is not None else RULES[point.rule].k,
        "window": point.window, "fraction": point.fraction, "mixed": point.mixed,
        "r": effect.r, "vi": effect.vi, "z": effect.z, "vi_z": effect.vi_z,
        "n1": effect.n1, "n2": effect.n2, "reason": effect.reason, "own": effect.own,
    }  # fmt: skip


def grid_lines(entry: Answer, style: NumberStyle) -> list[str]:
    """The grid in two sentences."""
    if not entry["estimable"]:
        return [f"Grid of {entry['combinations']} combinations: none has an effect."]
    r = {key: number(entry[key], "bounded", style) for key in ("median", "min", "max")}
    return [
        f"Grid of {entry['combinations']} combinations of rule and k, window, share to be regained and "
        f"policy for mixed clients: {entry['estimable']} have an effect ({entry['groupings']} different "
        f"groupings of the clients). Median r = {r['median']}, from {r['min']} to {r['max']}; "
        f"{number(100 * entry['above'], 'percent', style)}% are above zero. The combinations are not "
        "independent studies, and which of them is right is not known.",
        *(f"Left out: {item['reason']}." for item in entry["left_out"]),
    ]


def grid_table(entry: Answer) -> Table:
    """One row per option of every choice: points with an effect, median, range, share above zero."""
    columns = (
        Column("choice", "Choice"),
        Column("option", "Option"),
        Column("n", "With effect", "count"),
        Column("of", "Of", "count"),
        Column("median", "Median r", "bounded"),
        Column("min", "Lowest", "bounded"),
        Column("max", "Highest", "bounded"),
        Column("above", "Above 0, %", "weight"),
    )
    rows = []
    for choice, option_of in CHOICES.items():
        options = dict.fromkeys(option_of(item) for item in entry["effects"])
        if len(options) < 2:
            continue
        for i, option in enumerate(options):
            mine = [item for item in entry["effects"] if option_of(item) == option]
            r = [item["r"] for item in mine if item["r"] is not None]
            rows.append(
                {
                    "choice": "" if i else choice, "option": option, "n": len(r), "of": len(mine),
                    "median": float(np.median(r)) if r else None,
                    "min": min(r, default=None), "max": max(r, default=None),
                    "above": 100 * sum(x > 0 for x in r) / len(r) if r else None,
                }
            )  # fmt: skip
    return Table("grid", "", columns, tuple(rows))


def grid_data(entry: Answer, *, title: str, level: float, banners: tuple[str, ...] = ()) -> SpecificationData:
    """The curve of r over all combinations that have an effect, with the choices behind each."""
    effects = sorted((item for item in entry["effects"] if item["r"] is not None), key=lambda item: item["r"])
    width = two_sided_quantile(level)
    used = {}
    for choice, option_of in CHOICES.items():
        options = list(dict.fromkeys(option_of(item) for item in entry["effects"]))
        taken = [option for option in options if any(option_of(item) == option for item in effects)]
        if len(taken) > 1:
            used[choice] = (option_of, taken)
    half = [width * math.sqrt(item["vi_z"]) for item in effects]
    lower = [math.tanh(item["z"] - h) for item, h in zip(effects, half, strict=True)]
    upper = [math.tanh(item["z"] + h) for item, h in zip(effects, half, strict=True)]
    step = max(1, math.ceil(len(effects) / DRAWN))
    own = next((i for i, item in enumerate(effects) if item["own"]), None)
    shown = [i for i in range(len(effects)) if i % step == 0 or i == own]
    points = []
    for i in shown:
        item = effects[i]
        points.append(
            SpecificationPoint(
                item["r"],
                lower[i],
                upper[i],
                tuple(options.index(option_of(item)) for option_of, options in used.values()),
                declared=i == own,
            )
        )
    choices = []
    for choice, (option_of, options) in used.items():
        by_option = [[item["r"] for item in effects if option_of(item) == option] for option in options]
        choices.append(
            SpecificationChoice(
                choice,
                tuple(
                    (option, len(r), float(np.median(r)))
                    for option, r in zip(options, by_option, strict=True)
                ),
            )
        )
    r = [item["r"] for item in effects]
    missing = entry["combinations"] - len(effects)
    return SpecificationData(
        name="rule-grid",
        title=title,
        measure="r",
        points=tuple(points),
        choices=tuple(choices),
        total=len(effects),
        median=float(np.median(r)) if r else 0.0,
        above=100 * sum(x > 0 for x in lower) / len(r) if r else 0.0,
        below=100 * sum(x < 0 for x in upper) / len(r) if r else 0.0,
        level=level,
        left_out=(("too few clients in a group", missing),) if missing else (),
        banners=banners,
        footnotes=(
            f"{100 * (entry['above'] or 0):.0f}% of the correlations are above zero. Diamond: the settings "
            "in force. Association, not cause; the combinations share their clients and are not independent.",
        ),
    )
