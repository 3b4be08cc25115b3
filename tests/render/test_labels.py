"""Words for people: every name that a review file can hold has one."""

from typing import get_args

from rupmeta.read.review import Measure, Method, TestName
from rupmeta.read.study import Effect
from rupmeta.render.labels import (
    COMPARISONS,
    LEVELS,
    MEASURES,
    METHODS,
    TESTS,
    comparison_label,
    level_label,
    measure_label,
    method_label,
    moderator_label,
    test_label,
)

test_label.__test__ = False  # a label of a test, not a test


def _choices(field):
    return [value for part in get_args(Effect.model_fields[field].annotation) for value in get_args(part)]


def test_every_measure_method_and_test_has_words():
    assert set(get_args(Measure)) <= set(MEASURES)
    assert set(get_args(Method)) == set(METHODS)
    assert set(get_args(TestName)) == set(TESTS)


def test_every_comparison_and_phase_has_words():
    assert set(_choices("comparison")) == set(COMPARISONS)
    assert set(_choices("phase")) <= set(LEVELS)


def test_a_reviewers_own_name_is_spoken():
    assert moderator_label("personality_disorder") == "Share with personality disorder"
    assert moderator_label("mean_age") == "Mean age"
    assert moderator_label("moderators.mean_age") == "Mean age"
    assert level_label(True) == "Yes"
    assert level_label("late") == "Late"
    assert level_label("Stuttgart") == "Stuttgart"
    assert comparison_label("wait-list") == "Wait list"


def test_unknown_names_are_kept():
    assert measure_label("XYZ") == "XYZ"
    assert measure_label("r") == "correlation"
    assert method_label("PMM") == "PMM"
    assert test_label("w") == "w"
