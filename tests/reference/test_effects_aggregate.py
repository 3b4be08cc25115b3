"""Aggregation within clusters against metafor's ``aggregate``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rupmeta.effects.aggregate import aggregate_effects
from rupmeta.effects.table import EffectRow, Effects

REFERENCE = json.loads((Path(__file__).parent / "data" / "effects_aggregate.json").read_text("utf-8"))
GRID = [(case, key) for case, body in REFERENCE.items() for key in body["aggregate"]]

#: Closed form; the inverse of V loses digits in clusters of many effects at rho .8, seen below 1e-11.
SOLVED = 1e-10


def effects_of(body: dict[str, list[float]]) -> Effects:
    rows = tuple(
        EffectRow(
            study=str(cluster), effect=f"e{i}", cluster=str(cluster), label="", year=None, measure="GEN",
            yi=yi, vi=vi, n=None, route="yi, vi, measure", formula="", flag="direct",
        )
        for i, (cluster, yi, vi) in enumerate(zip(body["cluster"], body["yi"], body["vi"], strict=True))
    )  # fmt: skip
    return Effects("GEN", rows)


@pytest.mark.parametrize(("case", "key"), GRID)
def test_aggregates_equal_the_reference(case: str, key: str) -> None:
    body = REFERENCE[case]
    found = aggregate_effects(effects_of(body), float(key.removeprefix("rho_")))
    expected = body["aggregate"][key]
    assert sorted(found.clusters) == sorted(expected["cluster"])
    by_cluster = {row.cluster: row for row in found.rows}
    for cluster, yi, vi in zip(expected["cluster"], expected["yi"], expected["vi"], strict=True):
        assert by_cluster[cluster].yi == pytest.approx(yi, rel=SOLVED)
        assert by_cluster[cluster].vi == pytest.approx(vi, rel=SOLVED)


def test_the_grid_is_complete() -> None:
    assert [
        (case, f"rho_{rho}") for case in ("craft2003", "konstantopoulos2011") for rho in ("0.3", "0.6", "0.8")
    ] == GRID
