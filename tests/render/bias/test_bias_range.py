"""No fit that the data leave open is an end of the range of adjustments, in words or in the figure."""

from __future__ import annotations

import math
from typing import Any

import pytest
from report_pages import shipped

from rupmeta.pipeline.bias import assess_review
from rupmeta.pipeline.load import load_review
from rupmeta.pipeline.specification import Overrides
from rupmeta.render.bias.answer import bias_answer
from rupmeta.render.bias.figures import adjustments_data
from rupmeta.render.bias.prose import describe_range
from rupmeta.render.bias.tables import FLAT, comparison_table
from rupmeta.render.figures.adjustments.layout import lay_out_adjustments


def answer_of(name: str, analysis: str | None = None) -> dict[str, Any]:
    return bias_answer(assess_review(load_review(shipped(name)), Overrides(analysis=analysis)))


@pytest.fixture(scope="module")
def worked() -> dict[str, Any]:
    return answer_of("examples/worked", "repair")


def beta_of(answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in answer["comparison"] if row["name"] == "beta")
    return found


def test_a_flat_fit_is_named_and_is_no_end_of_the_range(worked: dict[str, Any]) -> None:
    assert math.isnan(worked["selection_models"]["beta"]["estimate"]["se"])  # flat, and found at -.07
    assert worked["selection_models"]["beta"]["estimate"]["estimate"] < 0
    row = beta_of(worked)
    assert (row["estimate"], row["reported"], row["reason"]) == (None, {}, FLAT)
    told = describe_range(worked)
    assert told is not None
    assert "between −" not in told
    assert "Not estimable, and so not among them: Selection: beta density (flat likelihood)." in told
    shown = [row["estimate"] for row in worked["comparison"][1:] if row["estimate"] is not None]
    assert f"under {len(shown)} adjustments" in told


def test_every_number_of_the_comparison_has_an_interval(worked: dict[str, Any]) -> None:
    for answer in (worked, answer_of("examples/update/2018"), answer_of("examples/molloy2014")):
        for row in answer["comparison"]:
            assert (row["estimate"] is None) == (row["ci_lb"] is None) == (row["reason"] is not None)


def test_a_degenerate_optimum_stays_out_and_three_effects_leave_no_selection_model() -> None:
    update = answer_of("examples/update/2018")
    assert update["selection_models"]["beta"]["estimate"]["estimate"] < -3  # z beyond r = -.99, no interval
    told = describe_range(update) or ""
    assert ".99" not in told
    assert "Not estimable, and so not among them: Selection: beta density" in told
    few = answer_of(".")
    assert few["k"] == 3
    assert "needs at least 5" in beta_of(few)["reason"]
    assert few["selection_models"] == {"step": None, "beta": None}


def test_the_figure_writes_the_row_and_draws_no_mark(worked: dict[str, Any]) -> None:
    data = adjustments_data(worked, subject="repair-outcome")
    assert next(row for row in data.rows if row.key == "beta").estimate is None
    layout = lay_out_adjustments(data)
    marks = [mark for page in layout.pages for mark in page.marks if getattr(mark, "key", None) == "beta"]
    assert [type(mark).__name__ for mark in marks] == ["Text", "Text"]
    assert {mark.role for mark in marks} == {"muted"}
    assert f"Selection: beta density: {FLAT}." in comparison_table(worked).footnotes
