"""The JSON Schema of ``results.json``, for programs that read a report; it also ships in ``schemas/``.

Closed at every depth: a key that is not named here is a fault, and so is a number that came as text. Only
maps by names that a review chooses (analyses, moderators, choices, studies) take any key; their values are
closed again.
"""

from __future__ import annotations

import json
from typing import Any

from rupmeta.read.flow_fields import FLOW_FIELDS
from rupmeta.render.report.collect import SCHEMA
from rupmeta.render.schemas.atoms import (
    BOOLEAN,
    DEFS,
    OPTIONAL_TEXT,
    SCALAR,
    TEXT,
    TEXTS,
    WHOLE,
    Schema,
    about,
    either,
    listed,
    mapped,
    maybe,
    record,
    ref,
    words,
)
from rupmeta.render.schemas.beside import BESIDE, extraction_schema, update_schema
from rupmeta.render.schemas.bias import BIAS, bias_part
from rupmeta.render.schemas.detection import DETECTION, detection_schema
from rupmeta.render.schemas.extraction import extraction_defs, studies_schema
from rupmeta.render.schemas.fits import FITS, STATUS
from rupmeta.render.schemas.models import MODELS, model_parts
from rupmeta.render.schemas.moderators import MODERATORS, models_schema, overlap_part, planned_schema
from rupmeta.render.schemas.naming import name_records
from rupmeta.render.schemas.stability import STABILITY, stability_parts

__all__ = ["results_schema", "results_schema_text"]

#: Of the lines of the file.
WIDTH = 140
_HASH: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def results_schema() -> Schema:
    """JSON Schema 2020-12 of the ``results.json`` that a report holds."""
    named = {**DEFS, **FITS, **BIAS, **STABILITY, **MODELS, **MODERATORS, **DETECTION, **BESIDE}
    parts = {f"{name}_part": body for name, body in _part_answers().items()}
    schema: Schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Written by `rupmeta schema results`.",
        "title": "rupmeta results.json",
        **record(_top(), optional=("protocol",)),
        "$defs": {
            **named,
            "flow_box": words(*FLOW_FIELDS),
            "analysis": _analysis(),
            **parts,
            **extraction_defs(),
        },
    }
    return name_records(schema)


def _top() -> dict[str, Any]:
    return {
        "schema": {"const": SCHEMA},
        "version": about(TEXT, "Of rupmeta"),
        "title": TEXT,
        "note": OPTIONAL_TEXT,
        "registration": OPTIONAL_TEXT,
        "data_as_of": about(OPTIONAL_TEXT, "Latest date of an extraction"),
        "inputs": listed(record({"path": TEXT, "sha256": _HASH})),
        "screen": _screen(),
        "screen_notes": ref("notes"),
        "reporting": record(
            {name.lower(): maybe(ref(name)) for name in ("Search", "Process", "Declarations", "Version")}
        ),
        "criteria": ref("Criteria"),
        "studies": studies_schema(),
        "detection": about(detection_schema(), "What the rules found in session ratings"),
        "double_extraction": about(
            maybe(extraction_schema()),
            "Two extractions of the review as rupmeta agreement prints them; null: none is named",
        ),
        "whats_new": about(
            maybe(update_schema()), "From the version before, as rupmeta diff prints it; null: none is named"
        ),
        "findings": about(
            listed(
                record(
                    {
                        "code": TEXT,
                        "severity": words("error", "warning", "info"),
                        "path": TEXT,
                        "line": {"type": ["integer", "null"]},
                        "key": OPTIONAL_TEXT,
                        "message": TEXT,
                    }
                )
            ),
            "What rupmeta check says of the files",
        ),
        "order": about(TEXTS, "The analyses in the order of the protocol"),
        "analyses": about(mapped(ref("analysis")), "By name"),
        "protocol": about(_protocol(), "The frozen plan and the departures from it, where one was frozen"),
    }


def _screen() -> Schema:
    counts = ("studies", "included", "with_effect", "no_effect", "excluded")
    study = {
        "study": TEXT,
        "label": TEXT,
        "status": words("included", "excluded", "no extractable effect"),
        **dict.fromkeys(("criterion", "code", "reason"), OPTIONAL_TEXT),
        "fails": about(TEXTS, "All criteria that it fails"),
    }
    return record(
        {
            "title": OPTIONAL_TEXT,
            "synthetic": about(BOOLEAN, "Whether any study is invented"),
            "counts": record(dict.fromkeys(counts, WHOLE)),
            "included": TEXTS,
            "no_effect": TEXTS,
            "excluded": listed(ref("exclusion")),
            "stated": about(listed(ref("flow_box")), "Boxes that the protocol states"),
            "flow": about(
                mapped({"type": ["integer", "string"]}, ref("flow_box")),
                "Counts of the PRISMA 2020 flow diagram",
            ),
            "studies": listed(record(study)),
        }
    )


def _protocol() -> Schema:
    dated = {"date": OPTIONAL_TEXT, "reason": OPTIONAL_TEXT}
    departure = {
        "field": TEXT,
        "before": about({}, "Any value of the protocol; null: it was not there"),
        "after": {},
        "amended": about(maybe(record(dated)), "The amendment that announced it"),
        "text": TEXT,
    }
    return record(
        {
            "declared": BOOLEAN,
            "sha256": _HASH,
            "frozen": BOOLEAN,
            "versions": listed(record({**dated, "sha256": _HASH})),
            "departures": listed(record(departure)),
        }
    )


def _part_answers() -> dict[str, Schema]:
    return {"overlap": overlap_part(), "bias": bias_part(), **stability_parts(), **model_parts()}


def _analysis() -> Schema:
    parts = {name: _part(name) for name in _part_answers()}
    return record(
        {
            "subject": about(OPTIONAL_TEXT, "The relation that all effects are about, when it is one"),
            "question": OPTIONAL_TEXT,
            "status": STATUS,
            "note": OPTIONAL_TEXT,
            "where": about(mapped(either(SCALAR, listed(SCALAR))), "Which effects: field and value"),
            "pi": about(words("test", "hts"), "How the prediction interval is made"),
            "pi_df": {"type": ["integer", "null"]},
            "test_asked": ref("test"),
            "reason": about(OPTIONAL_TEXT, "Why there is no pooled answer"),
            "pool": maybe(ref("pool")),
            "effects": about(listed(ref("effect")), "Before effects of one sample are combined"),
            "moderators": maybe(planned_schema()),
            "moderator_models": models_schema(),
            "moderator_notes": ref("notes"),
            "notes": ref("notes"),
            "parts": record(parts, optional=tuple(parts)),
            "certainty": maybe(ref("Certainty")),
            "references": listed(ref("Reference")),
        },
        optional=("pi_df", "moderator_notes"),
    )


def _part(name: str) -> Schema:
    """A part has an answer, or the reason why there is none."""
    found = record({"result": ref(f"{name}_part"), "notes": ref("notes"), "reason": {"type": "null"}})
    return {"oneOf": [found, ref("no_answer")]}


def results_schema_text() -> str:
    """The schema as the file that ships: short entries share a line, each level is a space further in."""
    return _written(results_schema(), 0) + "\n"


def _written(value: Any, depth: int) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or depth + len(line) < WIDTH:
        return line
    left, right = "[]" if isinstance(value, list) else "{}"
    names = [""] * len(value) if isinstance(value, list) else [f"{json.dumps(key)}: " for key in value]
    bodies = value if isinstance(value, list) else value.values()
    margin = "\n" + " " * (depth + 1)
    rows: list[str] = []
    for name, body in zip(names, bodies, strict=True):
        text = name + _written(body, depth + 1)
        if rows and "\n" not in rows[-1] + text and len(margin) + len(rows[-1]) + len(text) < WIDTH:
            rows[-1] += f", {text}"
        else:
            rows.append(text)
    return left + margin + f",{margin}".join(rows) + "\n" + " " * depth + right
