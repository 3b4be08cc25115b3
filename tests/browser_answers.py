"""What Python says to the questions that the tests ask a page."""

from __future__ import annotations

from typing import Any

import pytest
from effect_tables import effects_table

from rupmeta.effects.backtransform import report_on
from rupmeta.pool.fit import Fit, fit_effects
from rupmeta.render.numbers import estimate_texts

__all__ = ["fit_in_python", "near", "text_in_python"]


def fit_in_python(info: dict[str, Any], out: set[str], method: str, test: str, level: float) -> Fit:
    rest = [study for study in info["studies"] if study["id"] not in out]
    return fit_effects(
        effects_table([s["yi"] for s in rest], [s["vi"] for s in rest]),
        method=method,  # type: ignore[arg-type]
        test=test,  # type: ignore[arg-type]
        level=level,
        pi=info["pi"],
    )


def text_in_python(info: dict[str, Any], fit: Fit, scale: str) -> str:
    interval = fit.estimate.interval()
    values = [report_on(scale, info["measure"], x) for x in (fit.estimate.estimate, interval.lb, interval.ub)]
    kind = next(s["kind"] for s in info["scales"] if s["id"] == scale)
    return " ".join(estimate_texts(*values, kind))


def near(a: float | None, b: float | None) -> bool:
    return a == b if a is None or b is None else a == pytest.approx(b, rel=1e-9, abs=1e-12)
