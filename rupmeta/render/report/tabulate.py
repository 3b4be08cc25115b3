"""Every table of a report by its file stem; the registry of those of a part is ``PART_TABLES``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rupmeta.render.bayes_words import bayes_table, shrinkage_table
from rupmeta.render.bias_tables import (
    asymmetry_table,
    comparison_table,
    copas_table,
    failsafe_table,
    severity_table,
)
from rupmeta.render.confounding_words import evidence_table
from rupmeta.render.dependence_words import approaches_table, omitted_table, rho_table
from rupmeta.render.fragility_words import outliers_table, values_table
from rupmeta.render.moderator_tables import coefficients_table, overlap_table, planned_table, subgroups_table
from rupmeta.render.multiverse_words import choices_table, specifications_table
from rupmeta.render.numbers import APA
from rupmeta.render.reconversion_answer import conversions_table
from rupmeta.render.report.drawings import moderator_stem
from rupmeta.render.report.sections.page import analyses_of, in_reading_order, part_of
from rupmeta.render.report.sections.ratings import bias_risk_table
from rupmeta.render.results_tables import (
    effects_table,
    excluded_table,
    pooled_table,
    references_table,
    routes_table,
    studies_table,
)
from rupmeta.render.screening import flow_table, screen_table
from rupmeta.render.small_k_answer import small_k_table
from rupmeta.render.stability_words import TABLES as STABILITY
from rupmeta.render.tables import Table

__all__ = ["PART_TABLES", "report_tables"]

Results = Mapping[str, Any]


def _stability(key: str) -> Callable[[Results], Table]:
    return lambda answer: STABILITY[key](answer, APA)


#: File stem after the analysis's name → the part it belongs to, and how it is made.
PART_TABLES: Mapping[str, tuple[str, Callable[[Results], Table | None]]] = {
    "overlap": ("overlap", lambda answer: overlap_table(answer, APA)),
    "adjustments": ("bias", comparison_table),
    "asymmetry": ("bias", asymmetry_table),
    "severity": ("bias", severity_table),
    "copas": ("bias", copas_table),
    "fail-safe": ("bias", failsafe_table),
    "leave-one-out": ("leave_one_out", _stability("leave_one_out")),
    "cumulative": ("cumulative", _stability("cumulative")),
    "influence": ("influence", _stability("influence")),
    "gosh": ("gosh", _stability("gosh")),
    "estimators": ("estimators", _stability("estimators")),
    "conversions": ("conversions", lambda answer: conversions_table(dict(answer))),
    "outliers": ("outliers", outliers_table),
    "fragility": ("fragility", values_table),
    "choices": ("multiverse", choices_table),
    "specifications": ("multiverse", specifications_table),
    "dependence": ("dependence", approaches_table),
    "rho": ("dependence", rho_table),
    "without-sample": ("dependence", omitted_table),
    "small-k": ("small_k", small_k_table),
    "bayes": ("bayes", bayes_table),
    "shrinkage": ("bayes", shrinkage_table),
    "confounding": ("confounding", evidence_table),
}


def report_tables(results: Results) -> dict[str, Table]:
    """Every table that the results allow."""
    results = in_reading_order(results)
    tables = {"screening": screen_table(results["screen"]), "flow": flow_table(results["screen"])}
    risk = bias_risk_table(results)
    if risk is not None:
        tables["risk-of-bias"] = risk
    for name, item in analyses_of(results):
        references = references_table({"references": item["references"]})
        if references is not None:
            tables[f"{name}-published"] = references
        pool = item["pool"]
        if pool is None:
            continue
        answer = {**pool, "effects": item["effects"]}
        tables |= {
            f"{name}-studies": studies_table(pool),
            f"{name}-pooled": pooled_table(pool),
            f"{name}-effects": effects_table(answer),
            f"{name}-routes": routes_table(answer),
        }
        if pool["excluded"]:
            tables[f"{name}-excluded"] = excluded_table(pool["excluded"])
        if item["moderators"] is not None:
            tables[f"{name}-moderators"] = planned_table(item["moderators"], APA)
        for entry in item["moderator_models"]:
            stem, model = moderator_stem(name, entry["name"]), entry["model"]
            tables[stem] = subgroups_table(model) if model["subgroups"] else coefficients_table(model)
        for stem, (part, make) in PART_TABLES.items():
            found = part_of(item, part)
            table = None if found is None else make(found)
            if table is not None:
                tables[f"{name}-{stem}"] = table
    return tables
