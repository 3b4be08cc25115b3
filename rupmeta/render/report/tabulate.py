"""Every table of a report by its file stem; the registry of those of a part is ``PART_TABLES``."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from rupmeta.render.bias.tables import (
    asymmetry_table,
    comparison_table,
    copas_table,
    failsafe_table,
    severity_table,
)
from rupmeta.render.checklists.fill import checklist_table
from rupmeta.render.confounding.words import evidence_table
from rupmeta.render.fragility.words import outliers_table, values_table
from rupmeta.render.grade.tables import certainty_table, findings_table
from rupmeta.render.labels import moderator_label
from rupmeta.render.moderators.tables import coefficients_table, overlap_table, planned_table, subgroups_table
from rupmeta.render.multiverse.words import choices_table, specifications_table
from rupmeta.render.numbers import APA
from rupmeta.render.pooled.bayes_words import bayes_table, shrinkage_table
from rupmeta.render.pooled.dependence_words import approaches_table, omitted_table, rho_table
from rupmeta.render.pooled.small_k import small_k_table
from rupmeta.render.published.words import beside_table, comparable_table
from rupmeta.render.report.drawings import moderator_stem
from rupmeta.render.report.sections.detection import detection_tables
from rupmeta.render.report.sections.extraction import extraction_tables
from rupmeta.render.report.sections.page import analyses_of, in_reading_order, part_of
from rupmeta.render.report.sections.ratings import bias_risk_table
from rupmeta.render.report.sections.todo import checklists_of
from rupmeta.render.report.sections.update import update_tables
from rupmeta.render.results_tables import (
    effects_table,
    excluded_table,
    pooled_table,
    references_table,
    routes_table,
    studies_table,
)
from rupmeta.render.screening import flow_table, screen_table
from rupmeta.render.sensitivity.reconversion import conversions_table
from rupmeta.render.stability.words import TABLES as STABILITY
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


#: Titles by file stem, without the analysis's name.
TITLES: Mapping[str, str] = {
    "screening": "Every study file and its fate",
    "flow": "Counts of the flow diagram",
    "risk-of-bias": "Risk of bias by study and domain",
    "summary-of-findings": "Summary of findings",
    "certainty": "Certainty of the evidence, domain by domain",
    "published": "Published figures beside the estimate",
    "beside": "This review beside published figures",
    "comparable": "What can be compared with published figures",
    "studies": "Pooled effects and their weights",
    "pooled": "Pooled answer",
    "effects": "Effects before they are combined",
    "routes": "Every route to every effect",
    "excluded": "Studies that are not in this pool",
    "moderators": "Declared moderators, one model each",
    "overlap": "Pairs of moderators",
    "adjustments": "The answer under every adjustment",
    "asymmetry": "Tests of asymmetry and selection",
    "severity": "The mean under selection of growing severity",
    "copas": "Copas selection model",
    "fail-safe": "Fail-safe numbers",
    "leave-one-out": "The answer without each sample",
    "cumulative": "The answer as studies join",
    "influence": "Diagnostics of every effect",
    "gosh": "All subsets",
    "estimators": "Estimators of τ² and tests side by side",
    "conversions": "The answer under other conversions and routes",
    "outliers": "Models in which an outlying study counts less",
    "fragility": "How far each effect would have to be wrong",
    "choices": "Choices and what they move",
    "specifications": "Every specification",
    "dependence": "Approaches to effects that share a sample",
    "rho": "The answer over the correlation within samples",
    "without-sample": "The answer without each sample, two approaches",
    "small-k": "Methods for few studies",
    "bayes": "Bayesian answer by prior",
    "shrinkage": "True effects of the studies",
    "confounding": "What the studies hold that bears on confounding",
}


def report_tables(results: Results) -> dict[str, Table]:
    """Every table that the results allow, with its title."""
    names = sorted(results["order"], key=len, reverse=True)
    tables = {}
    for stem, table in _tables(results).items():
        own = next((stem.removeprefix(f"{name}-") for name in names if stem.startswith(f"{name}-")), stem)
        title = TITLES.get(stem) or TITLES.get(own) or table.title
        tables[stem] = dataclasses.replace(table, title=title)
    return tables


def _tables(results: Results) -> dict[str, Table]:
    results = in_reading_order(results)
    tables = {"screening": screen_table(results["screen"]), "flow": flow_table(results["screen"])}
    risk = bias_risk_table(results)
    if risk is not None:
        tables["risk-of-bias"] = risk
    tables |= detection_tables(results)
    tables |= extraction_tables(results)
    tables |= update_tables(results)
    for name in checklists_of(results):
        tables[f"checklist-{name}"] = checklist_table(name, results)
    summary = findings_table(results)
    if summary is not None:
        tables["summary-of-findings"] = summary
    for name, item in analyses_of(results):
        if item["pool"] is not None:
            tables[f"{name}-certainty"] = certainty_table(results, item)
        references = references_table({"references": item["references"]})
        if references is not None:
            tables[f"{name}-published"] = references
        for stem, beside in (("beside", beside_table(item)), ("comparable", comparable_table(item))):
            if beside is not None:
                tables[f"{name}-{stem}"] = beside
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
            table = subgroups_table(model) if model["subgroups"] else coefficients_table(model)
            what = "Subgroups" if model["subgroups"] else "Model"
            tables[stem] = dataclasses.replace(table, title=f"{what}: {moderator_label(entry['name'])}")
        for stem, (part, make) in PART_TABLES.items():
            found = part_of(item, part)
            made = None if found is None else make(found)
            if made is not None:
                tables[f"{name}-{stem}"] = made
    return tables
