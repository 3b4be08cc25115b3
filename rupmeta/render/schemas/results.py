"""The JSON Schema of ``results.json``, for programs that read a report; it also ships in ``schemas/``.

Strict where a reader looks things up: a key of the file, of an analysis, of the pooled answer, of an effect,
of an estimate or of a part that is not named here is a fault. What lies deeper in a part is what the command
of that name prints with ``--json``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rupmeta.read.json_schema import json_schema
from rupmeta.render.report.collect import SCHEMA
from rupmeta.render.schemas.atoms import (
    ANY_LIST,
    ANY_OBJECT,
    BOOLEAN,
    DEFS,
    NOTES,
    NUMBER,
    OPTIONAL_NUMBER,
    OPTIONAL_TEXT,
    TEXT,
    TEXTS,
    WHOLE,
    about,
    listed,
    maybe,
    record,
    ref,
)

__all__ = ["results_schema", "results_schema_text"]

Schema = dict[str, Any]

#: What every answer says of its analysis.
_ANALYSIS: Schema = {
    "analysis": TEXT,
    "question": OPTIONAL_TEXT,
    "status": {"enum": ["prespecified", "posthoc", "undeclared"]},
    "title": OPTIONAL_TEXT,
    "measure": about(TEXT, "The scale that was pooled; numbers are on it unless a key says otherwise"),
    "report_as": about(TEXTS, "Scales of ``reported``, the first one first"),
    "studies": about(WHOLE, "Study files that bring an effect"),
    "dependence": record({"approach": TEXT, "rho": NUMBER}),
    "method": TEXT,
    "test": TEXT,
    "level": about(NUMBER, "Of intervals, a proportion"),
    "departures": about(TEXTS, "How the run departs from the protocol"),
    "randomized": about(BOOLEAN, "Whether the arms of every study were assigned at random"),
    "synthetic": about(BOOLEAN, "Whether any number is invented"),
}
#: What every fit with only an intercept reports.
_FIT: Schema = {
    "k": WHOLE,
    "estimate": ref("estimate"),
    "prediction": ref("prediction"),
    "heterogeneity": ref("heterogeneity"),
    "reported": ref("reported"),
}
#: What multilevel models add to it.
_LEVELS: Schema = {
    "sigma2_between": OPTIONAL_NUMBER,
    "sigma2_within": OPTIONAL_NUMBER,
    "robust": about(maybe(ref("estimate")), "CR2, with Satterthwaite's degrees of freedom"),
    "robust_reported": ref("reported"),
}
#: Keys of each part beside those of its analysis; a step is a fit that may have failed, with a reason.
_PARTS: dict[str, Schema] = {
    "overlap": {"pairs": ANY_LIST},
    "bias": {
        "k": WHOLE,
        "n": OPTIONAL_NUMBER,
        "tau2": OPTIONAL_NUMBER,
        "estimate": ref("estimate"),
        "reported": ref("reported"),
        "effects": listed(ANY_OBJECT),
        "comparison": listed(ANY_OBJECT),
        "reasons": about(ANY_OBJECT, "Why a method has no answer, by its key"),
        **dict.fromkeys(
            ("egger", "begg", "trim_and_fill", "failsafe", "selection", "pet_peese", "copas", "henmi_copas",
             "limit_meta", "p_curve", "p_uniform_star", "excess_significance", "worst_case"),
            maybe(ANY_OBJECT),
        ),
        "selection_models": ANY_OBJECT,
    },
    "leave_one_out": {"leave_one_out": listed(ref("step")), "pooled": ANY_OBJECT},
    "cumulative": {"cumulative": listed(ref("step")), "pooled": ANY_OBJECT},
    "influence": {"influence": listed(ANY_OBJECT), "influence_thresholds": ANY_OBJECT},
    "gosh": {"gosh": ANY_OBJECT, "pooled": ANY_OBJECT},
    "estimators": {"estimators": listed(ANY_OBJECT), "henmi_copas": maybe(ANY_OBJECT)},
    "conversions": {"conversions": {"type": ["array", "object"]}},
    "outliers": {"outliers": ANY_OBJECT},
    "fragility": {"fragility": ANY_OBJECT},
    "multiverse": {
        "choices": {"type": ["array", "object"]},
        "counts": ANY_OBJECT,
        "curve": {"type": ["array", "object"]},
        "declared": {"type": ["array", "object", "null"]},
        "default_choices": {},
        "permutation": maybe(ANY_OBJECT),
        "scale": {"type": ["string", "null"]},
        "specifications": ANY_OBJECT,
        "tests": listed(ANY_OBJECT),
    },
    "dependence": {},
    "small_k": {"small_k": ANY_OBJECT},
    "bayes": {"bayes": ANY_OBJECT},
    "confounding": {"confounding": ANY_OBJECT},
    "rob": {"tools": listed(ANY_OBJECT), "judged": {"type": ["array", "object"]}},
}  # fmt: skip


def results_schema() -> Schema:
    """JSON Schema 2020-12 of the ``results.json`` that a report holds."""
    review = json_schema("review")
    kept = {name: body for name, body in review["$defs"].items() if name not in ("Analysis", "Model")}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Written by `rupmeta schema results`.",
        "title": "rupmeta results.json",
        **record(_top(), optional=("protocol",)),
        "$defs": {**_needed(kept), **DEFS, "effect": _effect(), "step": _step(), "analysis": _analysis(),
                  "pool": _pool()},
    }  # fmt: skip


def _needed(kept: Schema) -> Schema:
    """The records of review.yaml that results repeat, as they are dumped: every key is there."""
    names = ["Criteria", "Reference", "Certainty", "Search", "Process", "Declarations", "Version"]
    found: Schema = {}
    while names:
        name = names.pop()
        if name in found or name not in kept:
            continue
        found[name] = kept[name]
        text = json.dumps(kept[name])
        names += [other for other in kept if f'"#/$defs/{other}"' in text]
    return found


def _top() -> Schema:
    return {
        "schema": {"const": SCHEMA},
        "version": about(TEXT, "Of rupmeta"),
        "title": TEXT,
        "note": OPTIONAL_TEXT,
        "registration": OPTIONAL_TEXT,
        "data_as_of": about(OPTIONAL_TEXT, "The latest date of extraction"),
        "inputs": listed(record({"path": TEXT, "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"}})),
        "screen": record(
            {
                "title": OPTIONAL_TEXT,
                "synthetic": about(BOOLEAN, "Whether any study is invented"),
                "counts": record(
                    dict.fromkeys(("studies", "included", "with_effect", "no_effect", "excluded"), WHOLE)
                ),
                "included": TEXTS,
                "no_effect": TEXTS,
                "excluded": listed(ref("exclusion")),
                "stated": ANY_LIST,
                "flow": about({"type": ["object", "null"]}, "Counts of the PRISMA 2020 flow diagram"),
                "studies": listed(ANY_OBJECT),
            }
        ),
        "screen_notes": NOTES,
        "reporting": record(
            {name.lower(): maybe(ref(name)) for name in ("Search", "Process", "Declarations", "Version")}
        ),
        "criteria": ref("Criteria"),
        "studies": listed(
            {
                "type": "object",
                "description": "The extraction of a study file: its keys, as far as they were reported",
                "required": ["study", "path", "citation", "effects"],
                "properties": {
                    "study": TEXT,
                    "path": TEXT,
                    "citation": ANY_OBJECT,
                    "effects": listed(ANY_OBJECT),
                },
            }
        ),
        "detection": about(listed(ANY_OBJECT), "What the rules found in session ratings"),
        "double_extraction": about(
            maybe(
                record(
                    {"result": maybe(ANY_OBJECT), "analyses": listed(ANY_OBJECT), "notes": NOTES,
                     "reason": OPTIONAL_TEXT}
                )
            ),
            "Two extractions of the review as rupmeta agreement prints them; null: none is named",
        ),
        "whats_new": about(
            maybe(ANY_OBJECT), "From the version before, as rupmeta diff prints it; null: none is named"
        ),
        "findings": listed(
            record(
                {"code": TEXT, "severity": {"enum": ["error", "warning", "info"]}, "path": TEXT,
                 "line": {"type": ["integer", "null"]}, "key": OPTIONAL_TEXT, "message": TEXT}
            )
        ),
        "order": about(TEXTS, "The analyses in the order of the protocol"),
        "analyses": {"type": "object", "additionalProperties": ref("analysis")},
        "protocol": about(ANY_OBJECT, "The frozen plan and the departures from it, where one was frozen"),
    }  # fmt: skip


def _analysis() -> Schema:
    part = {
        name: _part(name, record({**_ANALYSIS, **keys} if name != "dependence" else _open_dependence()))
        for name, keys in _PARTS.items()
    }
    part["counts"] = _part("counts", record({"counts": ANY_LIST, "without_counts": ANY_LIST}))
    parts = record(part, optional=tuple(part))
    return record(
        {
            "subject": about(OPTIONAL_TEXT, "The relation that all effects are about, when it is one"),
            "question": OPTIONAL_TEXT,
            "status": _ANALYSIS["status"],
            "note": OPTIONAL_TEXT,
            "where": ANY_OBJECT,
            "pi": TEXT,
            "pi_df": {"type": ["number", "string", "null"]},
            "test_asked": TEXT,
            "reason": about(OPTIONAL_TEXT, "Why there is no pooled answer"),
            "pool": maybe(ref("pool")),
            "effects": about(listed(ref("effect")), "Before effects of one sample are combined"),
            "moderators": maybe(ANY_OBJECT),
            "moderator_models": listed(
                record(
                    {
                        "name": TEXT,
                        "model": ANY_OBJECT,
                        "effects": listed(ref("effect")),
                        "along": ANY_OBJECT,
                    },
                    optional=("effects", "along"),
                )
            ),
            "moderator_notes": NOTES,
            "notes": NOTES,
            "parts": parts,
            "certainty": maybe(ref("Certainty")),
            "references": listed(ref("Reference")),
        },
        optional=("pi_df", "moderator_notes"),
    )


def _open_dependence() -> Schema:
    return {**_ANALYSIS, "dependence": about(ANY_OBJECT, "All approaches side by side")}


def _part(name: str, answer: Schema) -> Schema:
    """A part has an answer, or the reason why there is none."""
    empty = {"properties": {"result": {"type": "null"}, "reason": TEXT}}
    answered = {"properties": {"result": answer, "reason": {"type": "null"}}}
    return {
        "description": f"Part {name}: what it found, or why there is nothing",
        **record({"result": {}, "notes": NOTES, "reason": OPTIONAL_TEXT}),
        "oneOf": [answered, empty],
    }


def _pool() -> Schema:
    return record(
        {
            **_ANALYSIS,
            "n": about(OPTIONAL_NUMBER, "People behind the effects, every sample counted once"),
            **_FIT,
            **_LEVELS,
            "effects": listed(ref("effect")),
            "covariances": about(
                listed({"type": "array", "items": NUMBER, "minItems": 3, "maxItems": 3}),
                "[i, j, covariance], the places in ``effects``; those that are left out are 0",
            ),
            "excluded": listed(ref("exclusion")),
            "references": listed(ref("Reference")),
        },
        optional=tuple(_LEVELS),
    )


def _effect() -> Schema:
    texts: Sequence[str] = ("study", "effect", "measure", "label", "cluster")
    optional: Sequence[str] = ("route", "flag", "formula", "outcome", "comparison", "phase", "where")
    return record(
        {
            **dict.fromkeys(texts, TEXT),
            **dict.fromkeys(optional, OPTIONAL_TEXT),
            "yi": NUMBER,
            "vi": {"type": "number", "minimum": 0},
            "n": OPTIONAL_NUMBER,
            "year": {"type": ["integer", "null"]},
            "adjusted": BOOLEAN,
            "provisional": BOOLEAN,
            "synthetic": BOOLEAN,
            "moderators": ANY_OBJECT,
            "members": TEXTS,
            "routes": listed(ref("route")),
            "agreement": listed(record(dict.fromkeys(("code", "severity", "message"), TEXT))),
            "reported": ref("reported"),
            "weight": about(NUMBER, "Percent; only of effects that are pooled"),
        },
        optional=("weight",),
    )


def _step() -> Schema:
    """A fit as studies leave or join; its numbers are missing where they could not be estimated."""
    own = {
        "label": TEXT,
        "reason": OPTIONAL_TEXT,
        "omitted": TEXT,
        "added": TEXT,
        "studies": TEXTS,
        "year": {"type": ["integer", "null"]},
        "moved": BOOLEAN,
        "side": OPTIONAL_TEXT,
    }
    fit = {name: maybe(body) for name, body in {**_FIT, **_LEVELS}.items()}
    every = {**own, **fit, "method": OPTIONAL_TEXT, "test": OPTIONAL_TEXT, "level": OPTIONAL_NUMBER}
    return record(every, optional=tuple(name for name in every if name not in ("label", "reason")))


def results_schema_text() -> str:
    """The schema as the file that ships: two-space indent, final newline."""
    return json.dumps(results_schema(), indent=2, ensure_ascii=False) + "\n"
