"""YAML 1.2 core: what scalars are, where they stand, and that no input whatever ends in a traceback."""

import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rupmeta.lint import check_folder
from rupmeta.read.yaml_files import load_yaml, parse_scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"), ("no", "no"), ("on", "on"), ("true", True), ("False", False),
        ("null", None), ("~", None),
        ("", None), ("012", 12), ("1e3", 1000.0), ("-.31", -0.31), ("+4", 4), ("1.", 1.0), ("0x1F", "0x1F"),
        ("0o14", "0o14"), ("1_000", "1_000"), ("1:30", "1:30"),
        ("2026-01-10", "2026-01-10"), ("<.001", "<.001"),
        ("-", "-"), (".", "."), ("e3", "e3"), (".inf", ".inf"),
    ],
)  # fmt: skip
def test_plain_scalars(text, value):
    found = parse_scalar(text)
    assert found == value
    assert type(found) is type(value)


def test_every_value_has_its_place_and_its_printed_characters():
    tree = load_yaml("a:\n  - {r: -.30, 'n': \"40\"}\nb: >-\n  two\n  lines\n")
    r = tree.locate(("a", 0, "r"))
    assert (r.line, r.column, r.key_line, r.key_column, r.text, r.quoted) == (2, 9, 2, 6, "-.30", False)
    assert tree.locate(("a", 0, "n")).quoted
    assert tree.locate(("a", 0)).text is None
    assert tree.locate(("a", 0, "missing")) == tree.locate(("a", 0))
    assert tree.locate(("b",)).text == "two lines"


def test_a_value_behind_an_alias_has_the_place_of_its_anchor():
    tree = load_yaml("a: &x {r: .3}\nb: *x\n")
    assert tree.root.value == {"a": {"r": 0.3}, "b": {"r": 0.3}}
    place = tree.locate(("b", "r"))
    assert (place.line, place.column) == (1, 11)


@pytest.mark.parametrize("text", ["[" * 50_000, "{a: " * 50_000, "- " * 50_000])
def test_deep_nesting_is_refused_without_recursion(text):
    assert [fault.code for fault in load_yaml(text).faults] == ["YAML-BOMB"]


def test_every_duplicate_key_tag_and_nan_of_a_file_is_told():
    tree = load_yaml("a: 1\na: 2\nb: !!str 3\nc: .nan\nd: {x: 1, x: 2}\n")
    assert [(fault.line, fault.code) for fault in tree.faults] == [
        (2, "DUP-KEY"),
        (3, "YAML-TAG"),
        (4, "NUM-NAN"),
        (5, "DUP-KEY"),
    ]
    assert tree.root.value == {"d": {}}


_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1000, 1000),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from(
        ["yes", "0,29", "−.30", "<.001", ".29*", "NA", "repair-outcome", "lower", "012", "a: b", "* x"]
    ),
    st.text(max_size=8),
)
_KEYS = st.sampled_from(
    """
    citation relation effects reported outcome source where r n t df p ci mean1 sd1 n1 mean2 sd2 n2 d sample
    id better kind name moderators accept extraction date year authors title scale min max step yi vi
    measure favours rupmeta analyses sessions a b c events1 events2 therapists alliance status citation.year
    """.split()  # noqa: SIM905  # a list of fifty strings is no easier to read
)
_TREES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_KEYS, inner, max_size=6)),
    max_leaves=12,
)
_STUDIES = st.fixed_dictionaries(
    {"citation": _TREES, "relation": _TREES},
    optional={
        "sample": _TREES,
        "extraction": _TREES,
        "moderators": _TREES,
        "accept": _TREES,
        "effects": st.one_of(
            _TREES,
            st.lists(
                st.fixed_dictionaries(
                    {
                        "id": _SCALARS,
                        "reported": st.lists(st.dictionaries(_KEYS, _SCALARS, max_size=6), max_size=3),
                        "outcome": _TREES,
                        "source": _TREES,
                    },
                    optional={"accept": _TREES, "moderators": _TREES},
                ),
                max_size=2,
            ),
        ),
    },
)


def _check(raw: bytes, name: str = "a.yaml") -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(raw)
        for problem in check_folder(folder)[1]:
            assert problem.line >= 1
            assert problem.column >= 1
            assert problem.message


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
@example(b"\xff\xfe")
@example(b"a: \xef\xbf\xbe")
@example(b"\xef\xbb\xbf")
@example(b"a: \x85b")
@example("a: \u0100\x00".encode())
def test_any_bytes_end_in_findings(raw):
    _check(raw)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab:{}[],-?!&*#|>'\"%@ \n\t.0123-−", max_size=60))
def test_any_text_ends_in_findings(text):
    _check(text.encode())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_STUDIES)
def test_any_tree_as_a_study_ends_in_findings(tree):
    _check(
        yaml.dump(tree, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False).encode(
            "utf-8", "surrogatepass"
        )
    )


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(_KEYS, _TREES, max_size=6))
def test_any_tree_as_a_review_ends_in_findings(tree):
    _check(
        yaml.dump(tree, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False).encode(
            "utf-8", "surrogatepass"
        ),
        "review.yaml",
    )


@pytest.mark.parametrize(
    "limits", ["[.]", "[-.78, n/a]", "[x, .2]", "[[1], 2]", "[null, .3]", "[]", "[.1, .2, .3]"]
)
def test_a_list_with_a_fault_in_it_is_judged_no_further(limits):
    text = f"""\
citation: Ek (2018).
effects:
  - id: a
    outcome: {{name: x, kind: symptoms, better: lower}}
    reported: [{{r: -.3, n: 60, ci: {limits}}}, {{mean1: 3, ci1: {limits}}}]
    source: {{where: Table 1}}
"""
    _check(text.encode())
