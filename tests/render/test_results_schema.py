"""The schema of ``results.json`` against real reports: what is in them is named, anything else is refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from report_pages import results_of, shipped_results, synthetic_review

import rupmeta.render
from rupmeta.cli.schema import schema
from rupmeta.read.review import Reference
from rupmeta.render.report.parts import PARTS
from rupmeta.render.schemas.results import results_schema, results_schema_text

VALIDATOR = jsonschema.Draft202012Validator(results_schema())
SHIPPED = Path(rupmeta.render.__file__).parent / "schemas" / "results.schema.json"
REVIEWS = (".", "examples/worked", "examples/molloy2014", "examples/sessions", "examples/living")


def faults(body: Any) -> list[str]:
    return [
        f"{'.'.join(map(str, deepest.absolute_path))}: {deepest.message[:200]}"
        for error in VALIDATOR.iter_errors(body)
        if (deepest := jsonschema.exceptions.best_match([error])) is not None
    ]


def test_it_is_a_schema_and_the_one_that_ships(capsys: pytest.CaptureFixture[str]) -> None:
    jsonschema.Draft202012Validator.check_schema(results_schema())
    assert SHIPPED.read_text(encoding="utf-8") == results_schema_text()
    assert schema("results") == 0
    assert capsys.readouterr().out == results_schema_text()


def test_every_name_that_it_refers_to_is_there_and_used() -> None:
    text = json.dumps(results_schema())
    defined = results_schema()["$defs"]
    for name in defined:
        assert f'"#/$defs/{name}"' in text, name
    for piece in text.split('"#/$defs/')[1:]:
        assert piece.split('"', 1)[0] in defined


@pytest.mark.parametrize("name", REVIEWS)
def test_reports_of_the_shipped_reviews_fit(name: str) -> None:
    assert faults(shipped_results(name)) == []


@pytest.mark.parametrize(
    ("k", "model"),
    [
        (1, {}),
        (3, {"model": {"method": "EE"}}),
        (5, {"dependence": {"approach": "multilevel"}}),
        (5, {"dependence": {"approach": "che", "rho": 0.6}}),
        (4, {"measure": "OR", "report_as": ["or", "d"]}),
    ],
)
def test_other_models_and_scales_fit(tmp_path: Path, k: int, model: dict[str, Any]) -> None:
    assert faults(results_of(synthetic_review(tmp_path / "review", k, model=model))) == []


def test_rated_certainty_and_protocol_fit(tmp_path: Path) -> None:
    certainty = {
        "start": "low",
        "ratings": {"imprecision": {"down": 1, "reason": "few clients"}},
        "level": "very-low",
    }
    found = results_of(synthetic_review(tmp_path / "review", 3, model={"certainty": certainty}))
    assert found["analyses"]["repair"]["certainty"]["level"] == "very-low"
    assert faults(found) == []


def test_every_part_is_named() -> None:
    named = results_schema()["$defs"]["analysis"]["properties"]["parts"]["properties"]
    assert set(named) == set(PARTS)


def test_every_key_of_a_reference_is_named() -> None:
    named = results_schema()["$defs"]["Reference"]["properties"]
    assert set(named) == set(Reference.model_fields)


def _set(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(body: dict[str, Any]) -> None:
        *way, last = (int(step) if step.isdigit() else step for step in path.split("/"))
        at: Any = body
        for step in way:
            at = at[step]
        at[last] = value

    return change


def _drop(path: str) -> Callable[[dict[str, Any]], None]:
    def change(body: dict[str, Any]) -> None:
        *way, last = path.split("/")
        at: Any = body
        for step in way:
            at = at[step]
        del at[last]

    return change


@pytest.mark.parametrize(
    "change",
    [
        _set("more", 1),
        _drop("order"),
        _set("schema", "rupmeta/results/2"),
        _set("inputs/0/sha256", "abc"),
        _set("analyses/repair/more", 1),
        _drop("analyses/repair/pool"),
        _set("analyses/repair/pool/more", 1),
        _drop("analyses/repair/pool/k"),
        _set("analyses/repair/pool/k", -1),
        _set("analyses/repair/pool/estimate/more", 1),
        _drop("analyses/repair/pool/estimate/ci_lb"),
        _set("analyses/repair/pool/estimate/se", ".29"),
        _set("analyses/repair/pool/heterogeneity/i2", 0),
        _set("analyses/repair/pool/reported/R", {}),
        _set("analyses/repair/pool/effects/0/more", 1),
        _set("analyses/repair/pool/effects/0/vi", -0.1),
        _set("analyses/repair/effects/0/routes/0/more", 1),
        _set("analyses/repair/references/0/more", 1),
        _set("analyses/repair/notes/0/severity", "loud"),
        _set("analyses/repair/parts/more", {}),
        _set("analyses/repair/parts/bias/more", 1),
        _set("analyses/repair/parts/bias/reason", "both an answer and a reason"),
        _set("analyses/repair/parts/bias/result/more", 1),
        _set("analyses/repair/parts/bias/result", None),
        _set("analyses/repair/parts/leave_one_out/result/leave_one_out/0/more", 1),
    ],
)
def test_what_is_not_named_or_of_another_kind_is_refused(change: Callable[[dict[str, Any]], None]) -> None:
    body = copy.deepcopy(shipped_results("."))
    change(body)
    assert faults(body)
