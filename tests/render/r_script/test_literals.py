"""Values as R code: nothing that a user writes can become code."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rupmeta.render.r_script.literals import r_comment, r_frame, r_number, r_text, r_vector


@given(st.text())
def test_a_text_is_one_ascii_string(text):
    literal = r_text(text)
    assert literal.isascii()
    assert literal.isprintable()
    assert literal[0] == literal[-1] == '"'
    body = literal[1:-1].replace("\\\\", "").replace('\\"', "")
    assert '"' not in body


@given(st.text())
def test_a_comment_stays_one_line(text):
    comment = r_comment(text)
    assert comment.startswith("#")
    assert comment.isascii()
    assert not set(comment) & set("\n\r\t\x0b\x0c\x00\x1b")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_keeps_its_value(x):
    assert float(r_number(x)) == x


def test_missing_values_are_typed():
    assert r_vector([1.0, None]) == "c(1, NA_real_)"
    assert r_vector(["a", None]) == 'c("a", NA_character_)'


def test_control_characters_are_shown_and_not_written():
    assert r_text("a\x00\nb") == '"a\\ufffd\\ufffdb"'
    assert r_text("𝛼") == '"\\U0001d6fc"'


def test_a_frame_has_one_column_a_line():
    frame = r_frame("dat", {"study": ["a", "b"], "yi": [0.5, -1e-10]})
    assert frame.splitlines() == [
        "dat <- data.frame(",
        '  study = c("a", "b"),',
        "  yi = c(0.5, -1e-10),",
        "  stringsAsFactors = FALSE",
        ")",
    ]
