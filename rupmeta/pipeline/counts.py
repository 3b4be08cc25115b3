"""The counts behind the effects of an analysis: who has two groups and a yes-or-no outcome."""

from __future__ import annotations

from dataclasses import dataclass

from rupmeta.effects.compute import effect_routes
from rupmeta.effects.hubs import Table
from rupmeta.effects.table import EffectRow
from rupmeta.pipeline.analyse import Prepared

__all__ = ["Counts", "find_counts"]


@dataclass(frozen=True, slots=True)
class Counts:
    """Clients with the *better* outcome, and all clients, of group 1 (repair, training) and of group 2.

    ``turned``: the study counts the worse outcome (dropout, say), so that the better one is the rest.
    """

    row: EffectRow
    better1: float
    n1: float
    better2: float
    n2: float
    turned: bool


def find_counts(prepared: Prepared) -> tuple[tuple[Counts, ...], tuple[EffectRow, ...]]:
    """The counts of every effect before any aggregation, and the effects that have none.

    An effect with several routes gives the counts of the used one, else those of the first that has counts.
    """
    files = {file.id: file for file in prepared.folder.studies}
    spec = prepared.specification
    found: list[Counts] = []
    without: list[EffectRow] = []
    for row in prepared.single.rows:
        study = files[row.study].study
        index = next(i for i, effect in enumerate(study.effects) if effect.id == row.effect)
        _, hubs = effect_routes(files[row.study], index, spec.measure, spec.conversions, rounding=False)
        tables: dict[int, Table] = {i: hub for i, hub in hubs.items() if isinstance(hub, Table)}
        if not tables:
            without.append(row)
            continue
        route = min(tables, key=lambda i: (i != row.used, i))
        hub = tables[route]
        effect = study.effects[index]
        turned = effect.outcome.better == "lower" and effect.reported[route].sign != "benefit"
        good1, good2 = (hub.b, hub.d) if turned else (hub.a, hub.c)
        found.append(Counts(row, good1, hub.a + hub.b, good2, hub.c + hub.d, turned))
    return tuple(found), tuple(without)
