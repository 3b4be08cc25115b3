"""Values of a measure on the scales that readers know."""

from __future__ import annotations

import math

import pytest

from rupmeta.effects.backtransform import DISPLAY_SCALES, mean_correlation, report_on
from rupmeta.effects.measures import MEASURES
from rupmeta.errors import UsageError


@pytest.mark.parametrize(
    ("scale", "measure", "value", "expected"),
    [
        ("r", "ZCOR", 0.5, math.tanh(0.5)),
        ("d", "ZCOR", 0.5, 2 * math.sinh(0.5)),
        ("z", "ZCOR", 0.5, 0.5),
        ("or", "ZCOR", 0.5, math.exp(2 * math.sinh(0.5) * math.pi / math.sqrt(3))),
        ("d", "COR", 0.6, 1.5),
        ("r", "SMD", 1.5, 0.6),
        ("or", "OR", math.log(2), 2.0),
        ("d", "OR", math.pi / math.sqrt(3), 1.0),
        ("rr", "RR", math.log(3), 3.0),
        ("or", "RR", 0.5, None),
        ("d", "RBIS", 0.5, None),
        ("r", "GEN", 0.5, None),
        ("r", "MD", 0.5, None),
        ("d", "COR", 1.2, None),
        ("r", "ZCOR", None, None),
        ("r", "ZCOR", math.nan, None),
    ],
)
def test_values(scale: str, measure: str, value: float | None, expected: float | None) -> None:
    found = report_on(scale, measure, value)
    assert found == (None if expected is None else pytest.approx(expected, rel=1e-14))  # rounding


def test_the_published_interval_reads_as_the_published_d() -> None:
    middle = (math.atanh(0.10) + math.atanh(0.47)) / 2
    assert report_on("r", "ZCOR", middle) == pytest.approx(0.2960667, abs=5e-8)  # seven decimals
    assert report_on("d", "ZCOR", middle) == pytest.approx(0.6199263, abs=5e-8)


@pytest.mark.parametrize(("mu", "tau2", "mean"), [(0.5, 0.143, 0.4184034319), (0.305, 0.11, 0.2707424235)])
def test_mean_correlation(mu: float, tau2: float, mean: float) -> None:
    assert mean_correlation(mu, tau2) == pytest.approx(mean, abs=6e-11)  # ten decimals
    assert mean_correlation(mu, 0) == pytest.approx(math.tanh(mu), rel=1e-14)  # the nodes' weights sum to 1


def test_no_effect_reads_as_no_effect_and_order_is_kept() -> None:
    for info in MEASURES.values():
        for scale, transform in info.shown.items():
            assert transform(0) == (1 if scale in ("or", "rr") else 0)
            low, high = transform(-0.3), transform(0.4)
            assert low < transform(0) < high
            assert scale in DISPLAY_SCALES


def test_huge_values_do_not_overflow() -> None:
    assert report_on("or", "ZCOR", 900) == math.inf
    assert report_on("d", "ZCOR", -900) == -math.inf


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UsageError, match="not a display scale"):
        report_on("eta", "ZCOR", 0.3)
    with pytest.raises(UsageError, match="not a measure"):
        report_on("r", "ETA", 0.3)
    with pytest.raises(UsageError, match="negative"):
        mean_correlation(0.3, -0.1)
