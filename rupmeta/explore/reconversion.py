"""The pooled answer under other conversions of the same papers: one batch of fits, one row a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rupmeta.effects.table import Effects
from rupmeta.numerics.fit import Status, fit_batch
from rupmeta.pool.fit import MethodName, TestName
from rupmeta.pool.inference import TESTS
from rupmeta.results import Estimate

__all__ = ["Repooled", "Scenario", "Side", "repool_scenarios", "side_of"]

Side = Literal["above", "below", "holds"]
Group = Literal["declared", "effects", "formula", "route"]


@dataclass(frozen=True)
class Scenario:
    """The effects under one set of choices, as they enter the model.

    ``group``: what kind of choice; ``key`` names it in JSON, ``label`` in words. ``affected``: effects,
    before any aggregation, that differ from the declared analysis. ``effects`` None: ``reason`` says why.
    """

    group: Group
    key: str
    label: str
    effects: Effects | None
    affected: int = 0
    reason: str | None = None


@dataclass(frozen=True)
class Repooled:
    """One scenario pooled: ``estimate`` on the analysis scale, or None and the ``reason``.

    ``side``: where the confidence interval lies, ``above`` or ``below`` 0, or it ``holds`` 0.
    """

    scenario: Scenario
    k: int
    estimate: Estimate | None
    tau2: float | None
    side: Side | None
    reason: str | None = None


def side_of(estimate: Estimate) -> Side:
    """Which side of 0 the confidence interval lies on, or that it holds 0."""
    interval = estimate.interval()
    return "above" if interval.lb > 0 else "below" if interval.ub < 0 else "holds"


def repool_scenarios(
    scenarios: Sequence[Scenario],
    *,
    method: MethodName = "REML",
    test: TestName = "adhoc",
    level: float = 0.95,
) -> tuple[Repooled, ...]:
    """Pool every scenario with its own tau2, as rows of one batched fit; independent effects only.

    Scenarios with fewer effects leave the rest of their row empty (count 0). A scenario that cannot be
    pooled says why.

    Raises ``ValueError`` for effects that covary: the call is wrong, not the data.
    """
    tables = [scenario.effects for scenario in scenarios if scenario.effects is not None]
    if any(table.V is not None for table in tables):
        raise ValueError("repool_scenarios takes independent effects; aggregate them first")
    width = max((table.k for table in tables), default=0)
    shape = (len(scenarios), width)
    Y, V, counts = np.zeros(shape), np.ones(shape), np.zeros(shape)
    for i, scenario in enumerate(scenarios):
        if scenario.effects is not None:
            k = scenario.effects.k
            Y[i, :k], V[i, :k], counts[i, :k] = scenario.effects.yi, scenario.effects.vi, 1.0
    if width == 0:
        return tuple(_unpooled(scenario, "no effect is left") for scenario in scenarios)
    batch = fit_batch(Y, V, counts=counts, method=method)
    found = []
    for i, scenario in enumerate(scenarios):
        k, status = int(counts[i].sum()), Status(int(batch.status[i]))
        if k == 0 or status not in (Status.OK, Status.NO_DF):
            found.append(_unpooled(scenario, "no effect is left" if k == 0 else status.reason))
            continue
        used = "z" if k == 1 or (method == "EE" and test in ("knha", "adhoc")) else test
        factor = float(TESTS[used].factor(batch.s2[i : i + 1])[0]) if k > 1 else 1.0
        df = float(k - 1) if TESTS[used].student else None
        se = float(np.sqrt(factor * batch.vcov[i, 0, 0]))
        estimate = Estimate(scenario.label, float(batch.beta[i, 0]), se, df, level)
        tau2 = float(batch.tau2[i]) if k > 1 else None
        found.append(Repooled(scenario, k, estimate, tau2, side_of(estimate)))
    return tuple(found)


def _unpooled(scenario: Scenario, reason: str) -> Repooled:
    return Repooled(scenario, 0, None, None, None, scenario.reason or reason)
