"""What one side says in one analysis: its model, its pooled rows and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rupmeta.effects.table import EffectRow, Effects
from rupmeta.errors import EstimationError
from rupmeta.pipeline.analyse import Synthesis, synthesise
from rupmeta.pipeline.diff.sides import Side
from rupmeta.pipeline.specification import Overrides
from rupmeta.pool.fit import MethodName
from rupmeta.results import Estimate, Interval, Note

__all__ = ["Standing", "analysis_names", "find_standing"]


@dataclass(frozen=True)
class Standing:
    """One analysis at one side; without an answer ``estimate`` is None and ``reason`` says why.

    ``rows`` are the effects as they enter the model, after aggregation; ``weights`` their percentages by
    study. ``excluded``: study → criterion that it fails. ``synthesis`` is None for a results file.
    """

    analysis: str
    question: str | None
    measure: str
    report_as: tuple[str, ...]
    method: MethodName
    test: str
    level: float
    approach: str
    rho: float
    k: int
    studies: int
    n: float | None
    rows: Effects
    weights: Mapping[str, float]
    excluded: Mapping[str, str]
    estimate: Estimate | None = None
    prediction: Interval | None = None
    tau2: float | None = None
    I2: float | None = None
    subject: str | None = None
    reason: str | None = None
    notes: tuple[Note, ...] = ()
    synthesis: Synthesis | None = None

    @property
    def model(self) -> dict[str, object]:
        """What the method step may change, as far as it is known on both kinds of sides."""
        return {
            "measure": self.measure,
            "method": self.method,
            "test": self.test,
            "level": self.level,
            "dependence": self.approach,
            "rho": self.rho,
        }

    @property
    def synthetic(self) -> bool:
        """Whether any row is invented."""
        return any(row.synthetic for row in self.rows.rows)


def analysis_names(side: Side) -> tuple[str, ...]:
    """The analyses of a side in the order of its protocol."""
    if side.folder is None:
        return tuple(side.body["order"])
    return tuple(side.folder.review.analyses)


def find_standing(side: Side, name: str, overrides: Overrides) -> Standing:
    """The analysis ``name`` of a side; without effects a standing that says so."""
    if side.folder is None:
        return _from_results(side.body["analyses"][name], name)
    import dataclasses

    from rupmeta.pipeline.specification import specify

    overrides = dataclasses.replace(overrides, analysis=name)
    spec = specify(side.folder, overrides)
    try:
        found = synthesise(side.folder, overrides)
    except EstimationError as error:
        return Standing(
            analysis=name,
            question=spec.question,
            measure=spec.measure,
            report_as=spec.report_as,
            method=spec.method,
            test=spec.test,
            level=spec.level,
            approach=spec.approach,
            rho=spec.rho,
            k=0,
            studies=0,
            n=None,
            rows=Effects(spec.measure, ()),
            weights={},
            excluded={},
            reason=side.address(str(error)),
        )
    return _from_synthesis(found)


def _from_synthesis(found: Synthesis) -> Standing:
    prepared, fit = found.prepared, found.fit
    spec = prepared.specification
    weights: dict[str, float] = {}
    for row, weight in zip(prepared.effects.rows, fit.weights.tolist(), strict=True):
        weights[row.study] = weights.get(row.study, 0.0) + weight
    return Standing(
        analysis=spec.name,
        question=spec.question,
        measure=spec.measure,
        report_as=spec.report_as,
        method=spec.method,
        test=spec.test,
        level=spec.level,
        approach=spec.approach,
        rho=spec.rho,
        k=fit.k,
        studies=prepared.studies,
        n=prepared.n,
        rows=prepared.effects,
        weights=weights,
        excluded={item.study: item.criterion for item in prepared.excluded},
        estimate=fit.estimate,
        prediction=fit.prediction,
        tau2=fit.heterogeneity.tau2,
        I2=fit.heterogeneity.I2,
        subject=prepared.subject,
        notes=found.notes,
        synthesis=found,
    )


def _from_results(entry: Mapping[str, Any], name: str) -> Standing:
    pool = entry["pool"]
    if pool is None:
        nothing = Effects("GEN", ())
        return Standing(
            name, entry["question"], "GEN", (), "REML", "z", 0.95, "none", 0.0, 0, 0, None, nothing, {}, {},
            reason=entry["reason"],
        )  # fmt: skip
    rows = tuple(_row(item) for item in pool["effects"])
    weights: dict[str, float] = {}
    for item in pool["effects"]:
        weights[item["study"]] = weights.get(item["study"], 0.0) + item["weight"]
    estimate, limits = pool["estimate"], pool["prediction"]
    prediction = (
        None if limits["pi_lb"] is None else Interval(limits["pi_lb"], limits["pi_ub"], pool["level"])
    )
    return Standing(
        analysis=name,
        question=pool["question"],
        measure=pool["measure"],
        report_as=tuple(pool["report_as"]),
        method=pool["method"],
        test=pool["test"],
        level=pool["level"],
        approach=pool["dependence"]["approach"],
        rho=pool["dependence"]["rho"],
        k=pool["k"],
        studies=pool["studies"],
        n=pool["n"],
        rows=Effects(pool["measure"], rows),
        weights=weights,
        excluded={item["study"]: item["criterion"] for item in pool["excluded"]},
        estimate=Estimate(
            estimate["label"], estimate["estimate"], estimate["se"], estimate["df"], pool["level"]
        ),
        prediction=prediction,
        tau2=pool["heterogeneity"]["tau2"],
        I2=pool["heterogeneity"]["I2"],
        subject=entry["subject"],
    )


def _row(item: Mapping[str, Any]) -> EffectRow:
    """A row as the results file holds it: its number, its sample and its marks."""
    return EffectRow(
        study=item["study"],
        effect=item["effect"],
        cluster=item["cluster"],
        label=item["label"],
        year=item["year"],
        measure=item["measure"],
        yi=item["yi"],
        vi=item["vi"],
        n=item["n"],
        route=item["route"],
        formula=item["formula"],
        flag=item["flag"],
        provisional=item["provisional"],
        synthetic=item["synthetic"],
        members=tuple(item["members"]),
    )
