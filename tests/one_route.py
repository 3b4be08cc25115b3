"""One route of one effect, for tests that need no files."""

from __future__ import annotations

from typing import Any

from rupmeta.effects.choose import compute_route
from rupmeta.effects.onto import Setting
from rupmeta.effects.options import ConversionOptions
from rupmeta.effects.table import RouteResult


def computed(values: dict[str, Any], measure: str = "ZCOR", **options: Any) -> RouteResult:
    """The route on ``measure`` as printed, under these conversion options."""
    return compute_route(0, values, measure, Setting(ConversionOptions(**options)), better=None)[0]


def problem(values: dict[str, Any], measure: str = "ZCOR", **options: Any) -> tuple[str, str]:
    """Code and sentence of a route that gives nothing."""
    result = computed(values, measure, **options)
    assert result.problem is not None
    return result.problem.code, result.problem.reason
