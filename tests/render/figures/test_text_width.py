"""The shipped table of advance widths, and how text is cut to size."""

import json
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupmeta.render.figures.text_width import (
    clean_text,
    ellipsize,
    has_glyph,
    missing_glyphs,
    text_width,
    wrap_text,
    wrap_to_width,
)

PRIVATE_USE = range(0xE000, 0xF900)


@pytest.mark.parametrize(("weight", "file"), [("regular", "DejaVuSans.ttf"), ("bold", "DejaVuSans-Bold.ttf")])
def test_the_table_is_the_fonts_own(weight, file):
    import matplotlib
    from matplotlib.ft2font import FT2Font, LoadFlags

    shipped = json.loads(
        resources.files("rupmeta.render.figures").joinpath("dejavu_sans.json").read_text("ascii")
    )
    font = FT2Font(str(Path(matplotlib.get_data_path(), "fonts", "ttf", file)))
    font.set_size(font.units_per_EM, 72)  # one pixel per font unit
    rebuilt = {
        code: font.load_char(code, LoadFlags.NO_HINTING | LoadFlags.NO_SCALE).horiAdvance
        for code in font.get_charmap()
        if code >= 32 and code not in PRIVATE_USE
    }
    table = {start + i: width for start, widths in shipped[weight] for i, width in enumerate(widths)}
    assert table == rebuilt


def test_width_is_the_sum_of_advances():
    assert text_width("0", 2048) == 1303  # the advance of a digit in DejaVu Sans
    assert text_width("00", 2048) == 2606
    assert text_width("田", 10) == 10  # unknown: one em
    assert text_width("e\u0301", 10) == text_width("e", 10)  # a combining mark has no width
    assert text_width("study", 9, bold=True) > text_width("study", 9)


def test_missing_glyphs_are_named_once():
    assert all(has_glyph(char) for char in "αש→")
    assert missing_glyphs("田中 and 田") == "田中"


def test_clean_text_is_one_printable_line():
    assert clean_text("  a\tb\r\n c\x07\x1b[31m ") == "a b c[31m"
    assert clean_text("a\ud800b\uffff") == "ab"
    assert clean_text("τ\u00a0=\u00a00.1") == "τ\u00a0=\u00a00.1"


def test_wrapping_keeps_words_and_says_what_it_left_out():
    assert wrap_text("Ely (1999)") == ("Ely (1999)",)
    assert wrap_text("a" * 40) == ("a" * 32, "a" * 8)
    lines = wrap_text("word " * 40)
    assert len(lines) == 2
    assert lines[1].endswith("…")


@given(st.text(max_size=200), st.integers(4, 40))
def test_no_line_is_longer_than_allowed(text, characters):
    lines = wrap_text(clean_text(text), characters=characters)
    assert 1 <= len(lines) <= 2
    assert all(len(line) <= characters for line in lines)


@given(st.text(max_size=200))
def test_unlimited_wrapping_loses_nothing(text):
    text = clean_text(text)
    lines = wrap_to_width(text, 100, 9)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(text_width(line, 9) <= 100 for line in lines)


def test_ellipsize_fits():
    assert ellipsize("short", 100, 9) == "short"
    cut = ellipsize("a rather long sentence", 60, 9)
    assert cut.endswith("…")
    assert text_width(cut, 9) <= 60
