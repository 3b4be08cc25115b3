"""Numbers as readers see them."""

import math
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rupmeta.render.numbers import (
    APA,
    ASCII,
    BMJ,
    COCHRANE,
    JAMA,
    MISSING,
    NumberStyle,
    estimate_texts,
    interval_text,
    level_text,
    number,
    p_text,
)


@pytest.mark.parametrize(
    ("x", "kind", "text"),
    [
        (0.285, "bounded", ".29"),
        (-0.04, "bounded", "-.04"),
        (0.125, "unbounded", "0.13"),  # binary .125 is exact: half goes up, not to even
        (-0.125, "unbounded", "-0.13"),
        (2.675, "unbounded", "2.68"),  # binary 2.675 is 2.67499…: the decimal counts
        (1.005, "unbounded", "1.01"),
        (-0.004, "bounded", ".00"),
        (-0.0, "unbounded", "0.00"),
        (0.999, "bounded", "> .99"),
        (-0.999, "bounded", "< -.99"),
        (1.0, "bounded", "1.00"),
        (99.7, "percent", "> 99"),
        (100.0, "percent", "100"),
        (58.5, "percent", "59"),
        (9.05, "weight", "9.1"),
        (0.0004, "tau2", "< 0.001"),
        (0.0, "tau2", "0.000"),
        (0.0125, "tau2", "0.013"),
        (24.1, "stat", "24.10"),
        (10.0, "df", "10"),
        (7.36, "df", "7.4"),
        (1314.0, "count", "1314"),
        (3.2e9, "unbounded", "3.2e9"),
        (None, "bounded", MISSING),
        (math.nan, "p", MISSING),
        (math.inf, "unbounded", MISSING),
    ],
)
def test_each_kind_has_its_form(x, kind, text):
    assert number(x, kind, ASCII) == text


@pytest.mark.parametrize(
    ("p", "apa", "jama", "cochrane"),
    [
        (0.0342, ".034", ".03", "0.03"),
        (0.0042, ".004", ".004", "0.004"),
        (0.01, ".010", ".010", "0.01"),
        (0.00099, "< .001", "< .001", "< 0.001"),
        (0.0, "< .001", "< .001", "< 0.001"),
        (0.9996, "> .999", "> .99", "> 0.99"),
        (1.0, "> .999", "> .99", "> 0.99"),
    ],
)
def test_p_values_by_house(p, apa, jama, cochrane):
    plain = {"minus": "-", "space": " "}
    assert number(p, "p", NumberStyle(**plain)) == apa
    assert number(p, "p", NumberStyle(p_rule="jama", **plain)) == jama
    assert number(p, "p", NumberStyle(leading_zero=True, p_rule="two", **plain)) == cochrane


def test_readers_get_a_minus_sign_and_spaces_that_do_not_break():
    assert number(-0.31, "bounded", APA) == "\u2212.31"
    assert interval_text(-0.1, 0.46, "bounded", APA, level=0.95) == "95%\u00a0CI\u00a0[\u2212.10,\u00a0.46]"
    assert number(1314, "count", APA) == "1,314"


@pytest.mark.parametrize(
    ("style", "lb", "ub", "text"),
    [
        (APA, 0.1, 0.46, "[.10, .46]"),
        (BMJ, 0.1, 0.46, "(0.10 to 0.46)"),
        (JAMA, 0.1, 0.46, "(.10-.46)"),
        (JAMA, -0.1, 0.46, "(\u2212.10 to .46)"),
        (COCHRANE, 0.1, 0.46, "[0.10, 0.46]"),
    ],
)
def test_intervals_by_house(style, lb, ub, text):
    assert interval_text(lb, ub, "bounded", style).replace("\u00a0", " ") == text


def test_digits_are_added_until_the_side_of_the_null_shows():
    assert estimate_texts(0.21, 0.004, 0.40, "bounded", ASCII) == (".210", "[.004, .400]")
    assert estimate_texts(0.21, 0.0004, 0.40, "bounded", ASCII) == (".2100", "[.0004, .4000]")
    assert estimate_texts(1.4, 0.998, 1.9, "unbounded", ASCII, null=1.0) == ("1.400", "[0.998, 1.900]")
    assert estimate_texts(0.21, 0.0, 0.40, "bounded", ASCII) == (
        ".21",
        "[.00, .40]",
    )  # on the null: nothing to hide
    assert estimate_texts(0.21, None, None, "bounded", ASCII) == (".21", MISSING)


def test_p_text_carries_the_relation():
    assert p_text(0.034, ASCII) == "p = .034"
    assert p_text(1e-12, ASCII, symbol="P") == "P < .001"
    assert p_text(None, ASCII) == f"p = {MISSING}"


@pytest.mark.parametrize(("level", "text"), [(0.95, "95%"), (0.9, "90%"), (0.999, "99.9%"), (0.5, "50%")])
def test_levels_are_percentages(level, text):
    assert level_text(level) == text


@given(st.floats(-1e6, 1e6, allow_nan=False), st.integers(0, 5))
def test_rounding_is_half_up_on_the_ten_digit_decimal(x, digits):
    text = number(x, "unbounded", ASCII, digits=digits)
    want = Decimal(f"{x:.10g}").quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    assert Decimal(text) == want
    assert not (want == 0 and text.startswith("-"))


@given(st.floats(-0.9999999, 0.9999999))
def test_a_correlation_inside_its_bounds_never_prints_as_one(r):
    assert "1.00" not in number(r, "bounded", ASCII)
