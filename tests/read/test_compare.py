"""Two versions of a file, field by field."""

from __future__ import annotations

from rupmeta.read.compare import FieldPair, compare_files

BEFORE = """\
relation: repair-outcome
sample: {n: 40, diagnosis: mixed}
effects:
  - id: a
    phase: early
    reported:
      - {r: .30, n: 40}
      - {t: 2.0, df: 38}
  - id: b
    reported: [{r: .1, n: 40}]
"""
AFTER = """\
# moved, renumbered, and one thing new
relation: repair-outcome
sample: {diagnosis: mixed, n: 41}
effects:
  - id: b
    reported: [{n: 40, r: .1}]
  - id: a
    phase: null
    reported:
      - {r: 0.3, n: 40}
      - {r: .31, n: 40}
note: seen again
"""


def differences(a: str, b: str, **options: bool) -> dict[str, FieldPair]:
    return {pair.field: pair for pair in compare_files(a, b, **options) if not pair.same}


def test_what_differs_has_both_values_and_both_places() -> None:
    found = differences(BEFORE, AFTER)
    assert set(found) == {
        "sample.n", "effects[a].phase", "effects[a].reported[t, df]", "effects[a].reported[r, n #2]", "note",
    }  # fmt: skip
    n = found["sample.n"]
    assert (n.text_a, n.text_b, n.at_a, n.at_b) == ("40", "41", (2, 13), (3, 31))
    gone = found["effects[a].reported[t, df]"]
    assert (gone.text_a, gone.b) == ("{t: 2.0, df: 38}", None)
    assert found["effects[a].phase"].b is None


def test_order_layout_and_other_spellings_of_a_number_are_no_change() -> None:
    other = BEFORE.replace("{r: .30, n: 40}", "{n: 40,  r: 0.300}  # checked")
    assert differences(BEFORE, other) == {}
    assert all(pair.same for pair in compare_files(BEFORE, BEFORE))


def test_true_is_not_one_and_text_is_not_a_number() -> None:
    assert set(differences("a: true\nb: 1\n", "a: 1\nb: '1'\n")) == {"a", "b"}


def test_expanding_takes_apart_what_one_side_lacks() -> None:
    found = differences(BEFORE, AFTER, expand=True)
    assert {"effects[a].reported[t, df].t", "effects[a].reported[t, df].df"} <= set(found)
    assert found["effects[a].reported[t, df].t"].a == 2.0


def test_an_empty_file_has_none_of_the_fields() -> None:
    found = differences("", "a: {b: 1}\nc: 2\n")
    assert set(found) == {"a", "c"}
    assert found["a"].text_b == "{b: 1}"
