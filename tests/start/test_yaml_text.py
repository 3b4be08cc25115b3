"""What is written reads back as the same, here and in a plain YAML 1.1 reader."""

from __future__ import annotations

import doctest

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import rupmeta.start.cells
import rupmeta.start.new_study
import rupmeta.start.study_ids
import rupmeta.start.yaml_text
from rupmeta.read.yaml_files import load_yaml
from rupmeta.start.yaml_text import Printed, flow_text, mapping_text, scalar_text

#: Signs that mean something in YAML, and some that mean nothing.
TEXT = st.text("abnyz é本'\"\\:#-[]{}|>&*!%@`,?=0123.9eE\u2028\u00a0~+_/", max_size=12)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False), TEXT,
)  # fmt: skip
KEYS = st.from_regex(r"[a-z][a-z_]{0,10}", fullmatch=True)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "module",
    [rupmeta.start.yaml_text, rupmeta.start.cells, rupmeta.start.study_ids, rupmeta.start.new_study],
)
def test_examples(module):
    assert doctest.testmod(module).failed == 0


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
def test_a_mapping_reads_back(values):
    tree = load_yaml(mapping_text(values))
    assert [fault for fault in tree.faults if fault.severity == "error"] == []
    assert tree.root.value == values


@given(SCALARS)
def test_a_value_on_one_line_reads_back(value):
    assert load_yaml(f"a: {flow_text([value])}\n").root.value == {"a": [value]}


@given(TEXT)
def test_text_is_text_in_yaml_1_1_too(value):
    assert yaml.safe_load(f"- {scalar_text(value)}") == [value]


@pytest.mark.parametrize("text", [".30", "-0.30", "12", "1e-5", "-.5"])
def test_a_number_keeps_its_digits(text):
    assert mapping_text({"r": Printed(text)}) == f"r: {text}\n"
    assert load_yaml(f"r: {text}").root.value["r"] == float(text)


@pytest.mark.parametrize("text", ["", ".", "-", "a", "1 2", "012", "0x1F", "e5"])
def test_what_is_no_number_is_not_written_as_one(text):
    with pytest.raises(ValueError, match="not printed as a number"):
        scalar_text(Printed(text))
