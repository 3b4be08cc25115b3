"""The studies of an analysis for a reader to leave out: the numbers that the script of the page pools again.

The script shows intervals and no p values, so that it needs no incomplete beta function: quantiles for every
number of studies and level come from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from rupmeta.effects.backtransform import DISPLAY_SCALES, report_on
from rupmeta.numerics.distributions import two_sided_quantile
from rupmeta.render.document import Block, Explorer, Paragraph
from rupmeta.render.drawing.scale import own_scale
from rupmeta.render.labels import DISPLAY, level_label, method_label, moderator_label, test_label
from rupmeta.render.multiverse.figure import curve_columns
from rupmeta.render.numbers import APA, Kind, level_text, number
from rupmeta.render.report.sections.page import analyses_of, part_of
from rupmeta.render.results_tables import estimate_text, label_of, scales_of

__all__ = ["LEVELS", "METHODS", "explorer_blocks", "explorer_data", "shared_data"]

Results = Mapping[str, Any]

LEVELS = (0.90, 0.95, 0.99)
#: Estimators that the script knows.
METHODS = ("REML", "DL", "EE", "ML", "PM")
TESTS = ("adhoc", "knha", "t", "z")
#: More digits than the 10 of results, so that the quantile is never what limits the agreement.
_DIGITS = 12
_OTHER = ("phase", "comparison", "flag")
#: What the page prints to test itself: halves that binary fractions miss, signs that vanish, bounds.
NUMBERS: tuple[tuple[float | None, Kind, int | None], ...] = (
    *((x, "bounded", None) for x in (0.125, -0.004, 0.999, -0.999, 0.2850000001, 0.285, 1.0, None)),
    *((x, "unbounded", None) for x in (0.125, 1.005, 2.675, -0.005, 12345678.125, 1e-12, 9.995)),
    *((x, "tau2", None) for x in (0.0004, 0.0005, 0.0, 0.1234567)),
    *((x, "percent", None) for x in (99.7, 100.0, 0.5, 49.5)),
    *((x, "weight", None) for x in (99.97, 8.25, 0.04)),
    *((x, "count", None) for x in (1314, 1314.5, 999.4)),
    *((0.0044499999995, "bounded", digits) for digits in (2, 3, 4)),
)


def explorer_blocks(name: str, item: Results) -> tuple[Block, ...]:
    """The explorer of an analysis with more than one effect."""
    pool = item["pool"]
    if pool["k"] < 2 or not scales_of(pool):
        return ()
    data = explorer_data(name, item)
    how = (
        "Leave studies out, narrow them down, change the model: the pooled answer is computed again "
        "in this page. "
        "Nothing is sent anywhere, and the declared analysis stays what it is."
        if data["repool"]
        else f"This analysis is {pool['dependence']['approach']}: it is not pooled again in the page. "
        "Leaving out "
        "one study shows the answer that was computed without its sample."
    )
    return (
        Explorer(name, data, tuple(_rows(pool)), "Explore: what if a study were left out?"),
        Paragraph(how),
    )


def explorer_data(name: str, item: Results) -> dict[str, Any]:
    """What the script needs of one analysis, with the texts that reset restores."""
    pool = item["pool"]
    scales = [*scales_of(pool), *(s for s in DISPLAY_SCALES if _reads(pool, s))]
    repool = pool["dependence"]["approach"] in ("none", "aggregate")
    left = part_of(item, "leave_one_out")
    return {
        "name": name,
        "measure": pool["measure"],
        "family": _family(pool["measure"]),
        "scales": [_scale(scale) for scale in dict.fromkeys(scales)],
        "method": pool["method"],
        "test": pool["test"],
        "asked": item.get("test_asked", pool["test"]),
        "level": pool["level"],
        "pi": item["pi"],
        "pooled": {
            "k": pool["k"],
            **{key: pool["estimate"][key] for key in ("estimate", "ci_lb", "ci_ub")},
        },
        "repool": repool,
        "methods": [[method, method_label(method)] for method in METHODS],
        "tests": [[test, test_label(test)] for test in TESTS],
        "levels": sorted({*LEVELS, pool["level"]}),
        "studies": [
            {
                "id": f"{effect['study']}/{effect['effect']}",
                "study": effect["study"],
                "label": effect["label"],
                "cluster": effect["cluster"],
                "year": effect["year"],
                "n": effect["n"],
                "yi": effect["yi"],
                "vi": effect["vi"],
                "is": _levels_of(effect),
            }
            for effect in pool["effects"]
        ],
        "filters": _filters(pool["effects"]),
        "checks": [] if left is None else [_check(row) for row in left["leave_one_out"]],
        "without": {}
        if left is None
        else {row["omitted"]: _texts(row, pool) for row in left["leave_one_out"]},
    }


def shared_data(results: Results) -> dict[str, Any]:
    """Quantiles for every number of studies and level of the page, the specifications of every multiverse,
    and numbers for the page to test itself with.
    """
    pools = [item["pool"] for _, item in analyses_of(results) if item["pool"] is not None]
    levels = sorted({*LEVELS, *(pool["level"] for pool in pools)})
    most = max((pool["k"] for pool in pools), default=1)
    return {
        "z": {f"{level:g}": _short(two_sided_quantile(level)) for level in levels},
        "t": {
            f"{level:g}": [_short(two_sided_quantile(level, df)) for df in range(1, most + 1)]
            for level in levels
        },
        "curves": {
            name: curve_columns(curve)
            for name, item in analyses_of(results)
            if item["pool"] is not None and (curve := part_of(item, "multiverse")) is not None
        },
        "numbers": [[x, kind, digits, number(x, kind, APA, digits=digits)] for x, kind, digits in NUMBERS],
    }


def _short(x: float) -> float:
    return float(f"{x:.{_DIGITS}g}")


def _reads(pool: Results, scale: str) -> bool:
    return scale in ("r", "d", "z") and report_on(scale, pool["measure"], 0.1) is not None


def _scale(scale: str) -> dict[str, Any]:
    display = DISPLAY[scale]
    return {
        "id": scale, "symbol": display.symbol, "name": display.name, "kind": display.kind,
        "null": display.null, "log": display.log,
    }  # fmt: skip


def _family(measure: str) -> str:
    """Which transforms lead from the analysis scale to those that people read."""
    return {"OR": "or", "RR": "rr"}.get(measure) or {"z": "z", "r": "r", "g": "d", "phi": "r"}.get(
        own_scale(measure), "gen"
    )


def _levels_of(effect: Results) -> dict[str, Any]:
    coded = {key: effect[key] for key in _OTHER if effect[key] is not None}
    coded["status"] = "provisional" if effect["provisional"] else "verified"
    return {**coded, **{key: value for key, value in effect["moderators"].items() if value is not None}}


def _filters(effects: Sequence[Results]) -> list[dict[str, Any]]:
    """Moderators that vary: the levels of a category, or a number cut at its median."""
    coded = [_levels_of(effect) for effect in effects]
    found = []
    for name in dict.fromkeys(key for row in coded for key in row):
        values = list(dict.fromkeys(row[name] for row in coded if name in row))
        if len(values) < 2:
            continue
        entry: dict[str, Any] = {"name": name, "label": _filter_label(name)}
        if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
            entry["cut"] = float(f"{median(row[name] for row in coded if name in row):.10g}")
        else:
            entry["levels"] = [[str(value), level_label(value)] for value in values]
        found.append(entry)
    return found


def _filter_label(name: str) -> str:
    return {"flag": "How the effect was obtained", "status": "Extraction"}.get(name, moderator_label(name))


def _check(row: Results) -> dict[str, Any]:
    """A leave-one-out fit as Python has it, for the page to compare its own with."""
    estimate = row["estimate"] or {}
    return {
        "omitted": row["omitted"],
        **{key: estimate.get(key) for key in ("estimate", "ci_lb", "ci_ub")},
        "tau2": (row.get("heterogeneity") or {}).get("tau2"),
    }


def _texts(row: Results, pool: Results) -> dict[str, str]:
    return {
        scale: f"{DISPLAY[scale].symbol} = {estimate_text(row['reported'][scale], scale, APA)}"
        for scale in scales_of(pool)
        if scale in row["reported"]
    }


def _rows(pool: Results) -> list[dict[str, Any]]:
    """The texts on the page before the script runs."""
    scale = scales_of(pool)[0]
    symbol, level = DISPLAY[scale].symbol, level_text(pool["level"])
    rows = [
        {
            "id": f"{effect['study']}/{effect['effect']}",
            "study": effect["study"],
            "label": label_of(effect),
            "n": number(effect["n"], "count", APA),
            "text": estimate_text(effect["reported"][scale], scale, APA)
            if scale in effect["reported"]
            else "—",
            "weight": f"{number(effect['weight'], 'weight', APA)}%",
            "pooled": False,
        }
        for effect in pool["effects"]
    ]
    rows.append(
        {
            "id": "pooled",
            "study": None,
            "label": f"Pooled (k = {pool['k']})",
            "n": number(pool["n"], "count", APA),
            "text": estimate_text(pool["reported"][scale], scale, APA),
            "weight": "100%",
            "pooled": True,
        }
    )
    return [{**row, "heading": f"{symbol} [{level} CI]"} for row in rows]
