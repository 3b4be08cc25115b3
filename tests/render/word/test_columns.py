"""Widths of columns: never more than the page, never less than can be read where there is room."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rupmeta.render.writers.word.columns import fit_columns

CELL = st.text("abc de", max_size=60)


@given(st.integers(1, 9).flatmap(lambda n: st.lists(st.tuples(*[CELL] * n), min_size=1, max_size=5)))
def test_columns_fit_their_page(rows):
    columns = fit_columns(rows, 468.0, 648.0)
    page = 648.0 if columns.turned else 468.0
    assert sum(columns.widths) <= page + 1e-6
    assert all(width > 0 for width in columns.widths)


def test_a_small_table_is_as_wide_as_its_texts():
    columns = fit_columns([("Study", "N"), ("Alder", "44")], 468.0, 648.0)
    assert sum(columns.widths) < 120
    assert not columns.turned


def test_a_long_text_is_broken_before_the_page_is_turned():
    columns = fit_columns([("Study", "Reason"), ("Alder", "word " * 60)], 468.0, 648.0)
    assert not columns.turned
    assert columns.widths[1] > 350


def test_many_columns_turn_the_page():
    assert fit_columns([("unbreakable",) * 12], 468.0, 648.0).turned
