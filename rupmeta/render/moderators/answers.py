"""Moderators → the JSON objects from which every table, figure and sentence about them is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rupmeta.effects.table import Effects
from rupmeta.explore.contrasts import Contrast
from rupmeta.explore.curves import Curve, trace_curve
from rupmeta.explore.factors import is_numeric, level_name
from rupmeta.explore.location_scale import LocationScale
from rupmeta.explore.moderators import Moderated, Subgroup
from rupmeta.explore.overlap import Explained, Overlap
from rupmeta.explore.power.detectable import Detectable
from rupmeta.explore.residuals import CaseDiagnostics
from rupmeta.pipeline.analyse import Prepared, count_people
from rupmeta.pipeline.inspection import Inspection
from rupmeta.pipeline.regress import Overlaps, Planned, Subsets
from rupmeta.render.answers import describe_analysis, fit_answer, prediction_answer, reported, test_answer
from rupmeta.results import Estimate

__all__ = [
    "bubble_answer",
    "moderators_answer",
    "overlap_answer",
    "planned_answer",
    "subsets_answer",
]

Answer = dict[str, Any]


def moderators_answer(
    prepared: Prepared, moderated: Moderated, inspection: Inspection | None = None, *, separate: bool = False
) -> Answer:
    """A meta-regression; with a single category also its levels, under the tau2 that they share or
    (``separate``) each under its own.
    """
    fit, h = moderated.fit, moderated.fit.heterogeneity
    answer: Answer = {
        **describe_analysis(prepared),
        "formula": moderated.formula,
        "k": fit.k,
        "coefficients": [estimate.as_dict() for estimate in fit.coefficients],
        "omnibus": test_answer(fit.omnibus),
        "terms": [
            {
                "name": term.name,
                "levels": None if term.levels is None else list(term.levels),
                "interaction": term.interaction,
                **(test_answer(test) or dict.fromkeys(("stat", "df1", "df2", "pval"))),
            }
            for term, test in moderated.term_tests
        ],
        "residual": {"Q": h.Q, "df": h.df, "pval": h.pval},
        "tau2": h.tau2,
        "I2": h.I2,
        "R2": fit.R2,
        "subgroups": [_subgroup(group, prepared, separate=separate) for group in moderated.subgroups],
        "subgroup_tau2": "separate" if separate else "common",
        "between_separate_tau2": test_answer(moderated.between_separate),
        "left_out": _addresses(prepared.effects, moderated.left_out),
    }
    if fit.clusters is not None:
        answer["robust"] = [estimate.as_dict() for estimate in fit.robust] or None
        answer["robust_omnibus"] = test_answer(fit.robust_omnibus)
    return answer if inspection is None else answer | _inspected(prepared, moderated, inspection)


def _inspected(prepared: Prepared, moderated: Moderated, inspection: Inspection) -> Answer:
    found = inspection.R2_interval
    answer: Answer = {
        "R2_lb": None if found is None else found.interval.lb,
        "R2_ub": None if found is None else found.interval.ub,
        "R2_resamples": None if found is None else found.iterations - found.lost,
        "AICc": None if inspection.AICc is None else inspection.AICc[0],
        "AICc_without": None if inspection.AICc is None else inspection.AICc[1],
        "inflation": dict(inspection.inflation),
    }
    if inspection.pairs:
        answer["pairs"] = [_contrast(item) for item in inspection.pairs]
    if inspection.contrasts:
        answer["contrasts"] = [_contrast(item) for item in inspection.contrasts]
    if inspection.cases is not None:
        answer["cases"] = _cases(prepared.effects.take(moderated.design.kept), moderated, inspection.cases)
    if inspection.scale is not None:
        answer["scale"] = _scale(inspection.scale)
    return answer


def planned_answer(planned: Planned) -> Answer:
    """The protocol's moderators, one model each; ``reason`` where there is none."""
    entries = []
    rows = zip(planned.models, planned.preparations, planned.padj, planned.detectable, strict=True)
    for (name, model), prepared, padj, detectable in rows:
        more = {"padj": padj, "detectable": _detectable(detectable)}
        if isinstance(model, Moderated):
            answer = moderators_answer(prepared, model)
            keys = ("k", "formula", "coefficients", "omnibus", "residual", "tau2", "R2", "subgroups")
            rows_in = {"levels": answer["terms"][0]["levels"], "rows": _model_rows(prepared.effects, model)}
            entries.append(
                {"name": name, "reason": None, **{key: answer[key] for key in keys}, **rows_in, **more}
            )
        else:
            empty = dict.fromkeys(("k", "omnibus", "R2"))
            entries.append(
                {"name": name, "reason": str(model), **empty, "coefficients": [], "subgroups": [], **more}
            )
    return {**describe_analysis(planned.prepared), "adjust": planned.adjust, "moderators": entries}


def _model_rows(effects: Effects, model: Moderated) -> list[Answer]:
    """The effects of a model with one moderator, with its value, so that others can fit it again."""
    (values,) = model.design.values.values()
    levels = model.design.terms[0].levels
    return [
        {
            "study": row.study,
            "effect": row.effect,
            "cluster": row.cluster,
            "yi": row.yi,
            "vi": row.vi,
            "value": value if levels is None else level_name(value),
        }
        for row, value in zip(effects.take(model.design.kept).rows, values, strict=True)
    ]


def overlap_answer(overlaps: Overlaps) -> Answer:
    """Every pair of moderators: how far one predicts the other, and what each explains beside the other."""
    effects = overlaps.prepared.effects
    pairs: list[Answer] = []
    for (one, other), found in overlaps.pairs:
        if isinstance(found, Overlap):
            pairs.append(_overlap(effects, found))
        else:
            pairs.append({"first": {"name": one}, "second": {"name": other}, "reason": str(found)})
    return {**describe_analysis(overlaps.prepared), "pairs": pairs}


def _overlap(effects: Effects, found: Overlap) -> Answer:
    return {
        "first": _explained(found.first, found.first_from_second),
        "second": _explained(found.second, found.second_from_first),
        "k": found.k,
        "measure": found.measure,
        "association": found.association,
        "inflation": found.inflation,
        "cells": [
            {
                "row": cell.row,
                "column": cell.column,
                "k": len(cell.studies),
                "effects": [
                    f"{item['study']}/{item['effect']}" for item in _addresses(effects, cell.studies)
                ],
                "mean": cell.mean,
                "low": cell.low,
                "high": cell.high,
            }
            for cell in found.cells
        ],
        "carriers": [
            {
                **_addresses(effects, [carrier.index])[0],
                "label": effects.rows[carrier.index].label,
                "share": 100.0 * carrier.share,
            }
            for carrier in found.carriers
        ],
        "R2_both": found.R2_both,
        "shared": found.shared,
        "verdict": found.verdict,
        "signs": list(found.signs),
        "joint_reason": found.reason,
        "reason": None,
    }


def _explained(item: Explained, predicted: float) -> Answer:
    return {
        "name": item.name,
        "predicted": 100.0 * predicted,
        "alone": test_answer(item.alone),
        "given": test_answer(item.given),
        "R2": item.R2,
    }


def subsets_answer(subsets: Subsets) -> Answer:
    """All subsets of some moderators: models best first, importance, averages."""
    found = subsets.multimodel
    names = ("terms", "k", "p", "log_likelihood", "AICc", "delta", "weight", "tau2")
    return {
        **describe_analysis(subsets.prepared),
        "k": found.models[0].k,
        "models": [{name: getattr(model, name) for name in names} for model in found.models],
        "importance": [{"name": name, "weight": weight} for name, weight in found.importance],
        "coefficients": [estimate.as_dict() for estimate in found.coefficients],
        "refused": [list(terms) for terms in found.refused],
        "left_out": _addresses(
            subsets.prepared.effects,
            [i for i in range(subsets.prepared.effects.k) if i not in set(found.design.kept)],
        ),
    }


def bubble_answer(prepared: Prepared, moderated: Moderated) -> Answer:
    """What a bubble plot shows: the effects over one number, the fitted line and its bands.

    ``ValueError`` when the model has no number in it.
    """
    design, fit = moderated.design, moderated.fit
    numbers = [name for name, values in design.values.items() if is_numeric(values)]
    if not numbers:
        raise ValueError(f"{', '.join(design.values)}: no number to draw along")
    used, variable = prepared.effects.take(design.kept), numbers[0]
    rows = zip(used.rows, design.values[variable], fit.weights.tolist(), strict=True)
    return {
        **describe_analysis(prepared),
        "formula": moderated.formula,
        "k": fit.k,
        "moderator": variable,
        "others": [name for name in design.values if name != variable],
        "omnibus": test_answer(fit.omnibus),
        "coefficients": [estimate.as_dict() for estimate in fit.coefficients],
        "tau2": fit.heterogeneity.tau2,
        "R2": fit.R2,
        "effects": [
            {
                "study": row.study,
                "effect": row.effect,
                "label": row.label,
                "x": x,
                "yi": row.yi,
                "vi": row.vi,
                "weight": weight,
                "provisional": row.provisional,
                "synthetic": row.synthetic,
                "year": row.year,
            }
            for row, x, weight in rows
        ],
        "curve": _curve(trace_curve(design, fit, variable)),
        "left_out": _addresses(prepared.effects, moderated.left_out),
    }


def _curve(curve: Curve) -> Answer:
    names = ("x", "estimate", "ci_lb", "ci_ub", "pi_lb", "pi_ub")
    columns = {name: getattr(curve, name) for name in names}
    return {name: None if values is None else values.tolist() for name, values in columns.items()}


def _subgroup(group: Subgroup, prepared: Prepared, *, separate: bool) -> Answer:
    spec = prepared.specification
    rows = [prepared.effects.rows[i] for i in group.indices]
    alone = group.separate
    own = {} if alone is None else fit_answer(alone, spec)
    answer: Answer = {
        **own,
        "level": group.level,
        "k": group.k,
        "studies": len({row.study for row in rows}),
        "n": count_people(prepared.effects.take(group.indices)),
        "effects": [f"{row.study}/{row.effect}" for row in rows],
        "estimate": group.estimate.as_dict(),
        "prediction": prediction_answer(group.prediction),
        "reported": reported(group.estimate, group.prediction, None, spec),
        "separate": own or None,
    }
    if separate and alone is not None:
        answer["estimate"] = alone.estimate.relabelled(group.level).as_dict()
        answer["prediction"] = prediction_answer(alone.prediction)
        answer["reported"] = reported(alone.estimate, alone.prediction, None, spec)
    return answer


def _contrast(item: Contrast) -> Answer:
    if isinstance(item.estimate, Estimate):
        return {**item.estimate.as_dict(), "padj": item.padj, "reason": None}
    empty = dict.fromkeys(("estimate", "se", "stat", "df", "pval", "ci_lb", "ci_ub", "padj"))
    return {"label": item.label, **empty, "reason": item.estimate.reason}


def _cases(effects: Effects, moderated: Moderated, cases: CaseDiagnostics) -> list[Answer]:
    labels = [estimate.label for estimate in moderated.fit.coefficients]
    names = (
        "fitted",
        "residual",
        "rstandard",
        "rstudent",
        "hat",
        "cook_d",
        "dffits",
        "cov_r",
        "tau2_del",
        "QE_del",
    )
    return [
        {
            "study": row.study,
            "effect": row.effect,
            "label": row.label,
            **{name: float(getattr(cases, name)[i]) for name in names},
            "dfbetas": dict(zip(labels, cases.dfbetas[i].tolist(), strict=True)),
            "flags": list(cases.flagged[i]),
        }
        for i, row in enumerate(effects.rows)
    ]


def _scale(scale: LocationScale) -> Answer:
    return {
        "method": scale.method,
        "location": [estimate.as_dict() for estimate in scale.location],
        "coefficients": [estimate.as_dict() for estimate in scale.scale],
        "omnibus": test_answer(scale.omnibus),
        "likelihood_ratio": test_answer(scale.likelihood_ratio),
        "tau2_lowest": float(scale.tau2.min()),
        "tau2_highest": float(scale.tau2.max()),
        "k": int(scale.tau2.size),
    }


def _detectable(item: Detectable | None) -> Answer | None:
    if item is None:
        return None
    names = ("contrast", "slope", "power", "alpha", "tau2")
    levels = None if item.levels is None else list(item.levels)
    return {**{name: getattr(item, name) for name in names}, "levels": levels}


def _addresses(effects: Effects, indices: Sequence[int]) -> list[Answer]:
    return [{"study": effects.rows[i].study, "effect": effects.rows[i].effect} for i in indices]
