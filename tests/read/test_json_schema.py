"""The schemas that ship are those of the records, and what they accept is what the reader accepts."""

from pathlib import Path

import jsonschema
import pytest

import rupmeta.read
from rupmeta.read.json_schema import KINDS, json_schema, schema_text
from rupmeta.read.yaml_files import load_yaml

SHIPPED = Path(rupmeta.read.__file__).parent / "schemas"
CASES = Path(__file__).parents[1] / "lint" / "cases"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_shipped_schema_is_that_of_the_records(kind):
    assert (SHIPPED / f"{kind}.schema.json").read_text(encoding="utf-8") == schema_text(kind)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_field_says_what_it_is(kind):
    schema = json_schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    for record in (schema, *schema["$defs"].values()):
        for name, field in record["properties"].items():
            assert field.get("description"), name


@pytest.mark.parametrize(
    ("case", "valid"),
    [("sound", True), ("ENUM", False), ("UNKNOWN-KEY", False), ("TYPE", False), ("MISSING-KEY", False),
     ("NUM-TEXT", False), ("NUM-PCT", False), ("NUM-COMMA.list", False), ("R-BOUND", True)],
)  # fmt: skip
def test_editors_see_what_the_reader_sees(case, valid):
    values = load_yaml((CASES / f"{case}.yaml").read_text(encoding="utf-8")).root.value
    assert jsonschema.Draft202012Validator(json_schema("study")).is_valid(values) is valid


def test_null_is_allowed_wherever_a_key_may_be_left_out():
    values = {
        "citation": "x",
        "relation": "other",
        "effects": None,
        "sample": None,
        "extraction": {"status": None},
    }
    assert jsonschema.Draft202012Validator(json_schema("study")).is_valid(values)
