"""Formulas: what they mean, and what is refused because a formula is data and not code."""

from __future__ import annotations

import numpy as np
import pytest
from moderated_effects import with_moderators

from rupmeta.errors import FormulaError
from rupmeta.explore.design import build_design
from rupmeta.explore.formula import parse_formula

rng = np.random.default_rng(5)
K = 24
COLUMNS = {
    "a": ["p", "q", "r"] * 8,
    "b": ["u", "u", "v", "v"] * 6,
    "x": rng.normal(size=K).tolist(),
    "n": rng.integers(10, 90, K).astype(float).tolist(),
}
EFFECTS = with_moderators(rng.normal(size=K), [0.1] * K, COLUMNS)


def names(text: str) -> tuple[str, ...]:
    return build_design(EFFECTS, parse_formula(text)).names


def test_terms_are_expanded_as_in_R() -> None:
    assert parse_formula("~ a * x").terms == ((0,), (1,), (0, 1))
    assert parse_formula("(a + b + x)**2 - a:b").terms == ((0,), (1,), (2,), (0, 2), (1, 2))
    assert parse_formula("a / b").terms == ((0,), (0, 1))
    assert parse_formula("  x\n + a ").text == "~ x + a"


def test_columns_have_the_names_of_the_interface() -> None:
    assert names("a * x") == ("intercept", "a[q]", "a[r]", "x", "a[q]:x", "a[r]:x")
    assert names("log(n + 1) + C(n)")[1] == "log(n + 1)"
    assert names("poly(x, 2)") == ("intercept", "poly(x, 2)[1]", "poly(x, 2)[2]")
    assert names("`x`") == ("intercept", "x")


@pytest.mark.parametrize(
    "text",
    [
        "a + x",
        "a * x",
        "a:b",
        "a:x",
        "a * b * x",
        "a / x",
        "(a + b + x)**2",
        "center(n):a + log(n)",
        "sqrt(n) * b",
    ],
)
def test_a_design_spans_what_formulaic_makes_of_the_same_text(text: str) -> None:
    """Another coding, the same model: the column spaces are equal."""
    import pandas as pd
    from formulaic import model_matrix

    ours = build_design(EFFECTS, parse_formula(text)).X
    theirs = np.asarray(
        model_matrix(text.replace("sqrt", "np.sqrt"), pd.DataFrame(COLUMNS), context={"np": np}), dtype=float
    )
    rank = np.linalg.matrix_rank(ours)
    assert rank == ours.shape[1] == theirs.shape[1]
    assert np.linalg.matrix_rank(np.hstack([ours, theirs]), tol=1e-8) == rank


def test_transformations_keep_what_they_took_from_the_data() -> None:
    design = build_design(EFFECTS, parse_formula("scale(n) + center(x) + poly(x, 3)"))
    n, x = (np.array(COLUMNS[name]) for name in ("n", "x"))
    assert design.X[:, 1] == pytest.approx((n - n.mean()) / n.std(ddof=1))
    assert design.X[:, 2] == pytest.approx(x - x.mean())
    basis = design.X[:, 3:]
    assert basis.T @ basis == pytest.approx(np.eye(3), abs=1e-10)
    assert basis.sum(axis=0) == pytest.approx(np.zeros(3), abs=1e-10)
    one = {name: values[:1] for name, values in design.values.items()}
    assert design.matrix(one)[0] == pytest.approx(design.X[0], abs=1e-12)


def test_arithmetic_inside_a_function() -> None:
    n, x = (np.array(COLUMNS[name]) for name in ("n", "x"))
    design = build_design(EFFECTS, parse_formula("center((n - 10) / 2 ** 2 * -x + +1)"))
    expected = (n - 10) / 4 * -x
    assert design.X[:, 1] == pytest.approx(expected - expected.mean(), abs=1e-12)


REFUSED = {
    "I(__import__('os').system('x'))": "no function I",
    "exec('x')": "no function exec",
    "x.__class__.__base__()": "no function",
    "log(x if x else 1)": "more than names",
    "log([x for x in x])": "more than names",
    "log('x')": "more than names",
    "log(lambda: x)": "more than names",
    "log(x)(2)": "the number 2",
    "log(x=2)": "should read log",
    "a | b": "not understood",
    "y ~ x": "not understood",
    "a[0]": "not understood",
    "x; import os": "not understood",
    "0 + x": "the intercept stays",
    "x - 1": "the intercept stays",
    "x + 3": "the number 3",
    "a ** 9": "power 9",
    "a ** x": "operators do not fit|taken out",
    "x - x": "taken out again",
    "C(a + b)": "C takes the name",
    "center(C(a))": "inside another function",
    "poly(x, 0)": "from 1 to 5",
    "poly(x, n)": "from 1 to 5",
    "log(2)": "no moderator in it",
    "log(x": "not closed",
    "a + * b": "do not fit",
    "": "names no moderator",
    "~": "names no moderator",
    "x + " * 400 + "x": "characters",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:20])
def test_what_is_no_model_is_refused_before_anything_runs(text: str) -> None:
    with pytest.raises(FormulaError, match=REFUSED[text]) as error:
        parse_formula(text)
    assert error.value.code == "FORMULA"
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("log(x)", "log\\(x\\) has no value at -"),
        ("sqrt(x)", "has no value at -"),
        ("log(a)", "a in log\\(a\\) is not a number"),
        ("center(1 / (n - n))", "has no value"),
        ("scale(n - n)", "same value in all 24"),
        ("poly(n - n, 2)", "more than 2 distinct"),
    ],
)
def test_what_has_no_value_says_so(text: str, reason: str) -> None:
    with pytest.raises(FormulaError, match=reason):
        build_design(EFFECTS, parse_formula(text))


def test_references_belong_to_categories() -> None:
    assert build_design(EFFECTS, parse_formula("a + x"), reference={"a": "r"}).names[1:3] == ("a[p]", "a[q]")
    with pytest.raises(ValueError, match="x is no category of this model; the categories are a"):
        build_design(EFFECTS, parse_formula("a + x"), reference={"x": "1"})
