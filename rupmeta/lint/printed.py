"""A printed number is an interval: what rounding leaves open, and how figures are shown in messages."""

from __future__ import annotations

import re

from rupmeta.lint.findings import RouteView

__all__ = ["decimals", "half_unit", "limits", "show", "span"]

_PARTS = re.compile(r"[-+]?\d*(?:\.(\d*))?(?:[eE]([-+]?\d+))?\Z")


def decimals(text: str) -> int:
    """Decimals of a printed number.

    >>> decimals("-.30"), decimals("12"), decimals("1.5e-3")
    (2, 0, 4)
    """
    match = _PARTS.match(text.strip())
    if match is None:
        return 0
    return len(match.group(1) or "") - int(match.group(2) or 0)


def half_unit(text: str) -> float:
    """Half a unit of the last digit: ``-.30`` stands for -.305 to -.295."""
    return 0.5 * 10.0 ** -decimals(text)


def span(route: RouteView, name: str) -> tuple[float, float]:
    """The interval that the printed number ``name`` of a route stands for."""
    value, half = float(route.values[name]), half_unit(route.printed(name))
    return value - half, value + half


def limits(route: RouteView, name: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """The intervals that both printed confidence limits of ``name`` stand for."""
    spans = []
    for i, value in enumerate(route.values[name]):
        half = half_unit(route.file.printed((*route.key, name, i)) or "")
        spans.append((value - half, value + half))
    return spans[0], spans[1]


def show(x: float, digits: int = 2) -> str:
    """A figure for a message, without leading zero.

    >>> show(0.793), show(-0.31), show(5.606), show(0.01064, 4)
    ('.79', '-.31', '5.61', '.0106')
    """
    text = f"{x:.{digits}f}"
    return re.sub(r"^(-?)0\.", r"\1.", text)
