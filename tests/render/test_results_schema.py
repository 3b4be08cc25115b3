"""The schema of ``results.json`` against real reports: what is in them is named, anything else is refused."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from drawn_review import write_drawn_review
from report_pages import results_of, shipped_results, synthetic_review
from reviews import REVIEW, effect, run_cli, study, write_review

import rupmeta.render
from rupmeta.cli.schema import schema
from rupmeta.read.review import Reference
from rupmeta.render.report.parts import PARTS
from rupmeta.render.schemas.results import results_schema, results_schema_text

VALIDATOR = jsonschema.Draft202012Validator(results_schema())
SHIPPED = Path(rupmeta.render.__file__).parent / "schemas" / "results.schema.json"
REVIEWS = (
    ".",
    "examples/worked",
    "examples/molloy2014",
    "examples/sessions",
    "examples/living",
    "examples/double/consensus",
    "examples/update/2018",
)
#: Shapes that others are joined from: open by themselves.
SHAPES = {"described", "analysis_of", "mean", "levels", "fit", "fitted", "not_fitted"}


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


def _records(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("type") == "object" and "maxProperties" not in schema:
            yield schema
        for key, value in schema.items():
            if key == "properties":
                for body in value.values():
                    yield from _records(body)
            else:
                yield from _records(value)
    elif isinstance(schema, list):
        for body in schema:
            yield from _records(body)


def test_only_what_a_review_names_is_open() -> None:
    schema = results_schema()
    shapes = [schema["$defs"][name] for name in SHAPES]
    open_records = [
        body
        for body in _records(schema)
        if body.get("additionalProperties", body.get("unevaluatedProperties", True)) in (True, {})
        and body not in shapes
    ]
    # The parameters of a rule in a study file, which its own reader checks.
    assert [body["description"] for body in open_records] == [
        schema["$defs"]["Reported"]["properties"]["detect"]["description"]
    ]


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
        (0, {}),
        (2, {"dependence": {"approach": "multilevel"}}),
        (4, {"measure": "OR", "report_as": ["or", "d"]}),
        (4, {"measure": "SMD", "report_as": ["d"]}),
    ],
)
def test_other_models_and_scales_fit(tmp_path: Path, k: int, model: dict[str, Any]) -> None:
    assert faults(results_of(synthetic_review(tmp_path / "review", k, model=model))) == []


@pytest.mark.parametrize("k", [0, 1, 2, 3, 24])
def test_reviews_with_counts_and_judgements_fit(tmp_path: Path, k: int) -> None:
    assert faults(results_of(write_drawn_review(tmp_path / "review", k))) == []


def two_groups(folder: Path, k: int, **model: Any) -> Path:
    """``k`` invented trials of training with means of two groups, every other with two outcomes."""
    rng = random.Random(k)
    studies = {}
    for i in range(k):
        means = {
            "mean1": round(rng.gauss(12, 2), 1),
            "sd1": 5.0,
            "n1": 20 + i,
            "mean2": 10.0,
            "sd2": 5.5,
            "n2": 22,
        }
        one, other = (effect(name, comparison="untrained", reported=[means]) for name in ("main", "second"))
        studies[f"s{i}"] = study(
            *((one, other) if i % 2 else (one,)), relation="training-outcome", design="randomized",
            extraction={"synthetic": True},
        )  # fmt: skip
    analysis = {"where": {"relation": "training-outcome"}, "report_as": ["d"], **model}
    return write_review(folder, studies, {**REVIEW, "analyses": {"training": analysis}})


@pytest.mark.parametrize("dependence", ["multilevel", "che"])
def test_randomised_training_in_mean_differences_fits(tmp_path: Path, dependence: str) -> None:
    folder = two_groups(tmp_path / "review", 4, measure="MD", dependence={"approach": dependence})
    found = results_of(folder)
    assert found["analyses"]["training"]["pool"]["randomized"]
    assert found["analyses"]["training"]["pool"]["sigma2_between"] is not None
    assert faults(found) == []


def test_a_frozen_plan_with_departures_fits(tmp_path: Path) -> None:
    folder = two_groups(tmp_path / "review", 1)
    assert run_cli("protocol", "freeze", str(folder), "--date", "2026-01-10").returncode == 0
    body = json.loads((folder / "review.yaml").read_text(encoding="utf-8"))
    body["analyses"]["training"]["model"] = {"method": "DL"}
    (folder / "review.yaml").write_text(json.dumps(body), encoding="utf-8")
    found = results_of(folder)
    assert found["protocol"]["departures"]
    assert faults(found) == []


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
    named = results_schema()["$defs"]["analysis.parts"]["properties"]
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


#: What the schema says, and where it is in the results of a review.
PLACES = {
    **{f"$defs/{part}_part": ("examples/worked", f"analyses/repair/parts/{part}/result") for part in PARTS},
    "$defs/pool": ("examples/worked", "analyses/repair/pool"),
    "$defs/analysis/properties/moderators": ("examples/worked", "analyses/repair/moderators"),
    "$defs/analysis/properties/moderator_models": ("examples/worked", "analyses/repair/moderator_models"),
    "properties/screen": ("examples/worked", "screen"),
    "properties/reporting": ("examples/worked", "reporting"),
    "properties/studies": ("examples/worked", "studies"),
    "properties/detection": ("examples/sessions", "detection"),
    "properties/double_extraction": ("examples/living", "double_extraction"),
    "properties/whats_new": ("examples/living", "whats_new"),
}
#: Maps by names that a review chooses: any name will do.
BY_NAME = {"weights", "labels", "judgements", "reasons", "shares", "moderators", "parted_by", "choices",
           "policies", "detect", "accept", "domains", "flow"}  # fmt: skip
#: What reviewers may write as a number or as a word.
EITHER = {"option", "test", "old", "new", "value", "volume", "issue", "pages", "pmid", "p"}


def _trimmed(value: Any) -> Any:
    """Lists of records with two of them, of which the second may be another kind."""
    if isinstance(value, dict):
        return {key: _trimmed(item) for key, item in value.items()}
    if isinstance(value, list):
        kept = value[:1] + value[-1:] if len(value) > 2 and isinstance(value[0], dict) else value[:4]
        return [_trimmed(item) for item in kept]
    return value


def _spots(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every record with the keys that lead to it."""
    if isinstance(value, dict):
        yield path, value
        for key, item in value.items():
            yield from _spots(item, (*path, key))
    elif isinstance(value, list):
        for item in value:
            yield from _spots(item, path)


@pytest.mark.parametrize("where", PLACES)
def test_at_every_depth_another_key_or_a_number_as_text_is_refused(where: str) -> None:
    name, address = PLACES[where]
    body: Any = shipped_results(name)
    for step in address.split("/"):
        body = body[step]
    body = _trimmed(body)
    whole = results_schema()
    part: Any = whole
    for step in where.split("/"):
        part = part[step]
    validator = VALIDATOR.evolve(schema={**part, "$defs": whole["$defs"]})
    assert body, "the review has nothing here"
    passed = []
    seen = set()
    for path, record in list(_spots(body)):
        if (kind := (path, frozenset(record))) in seen:
            continue
        seen.add(kind)
        free = BY_NAME & set(path[-2:])
        before = dict(record)
        changes: list[tuple[str, dict[str, Any]]] = []
        if "detect" not in path:
            changes.append(("one more", {**before, "another": {"key": []}}))
        for key, value in before.items():
            if not free:
                changes.append((f"{key} renamed", {f"{k}_" if k == key else k: v for k, v in before.items()}))
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if number and not free | ({key} & EITHER):
                changes.append((f"{key} as text", {**before, key: str(value)}))
        for what, after in changes:
            record.clear()
            record.update(after)
            if validator.is_valid(body):
                passed.append(f"{'/'.join(path)}: {what}")
        record.clear()
        record.update(before)
    assert validator.is_valid(body)
    assert passed == []
