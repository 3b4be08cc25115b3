"""Means and SDs that whole-number answers cannot give: GRIM and GRIMMER.

Brown & Heathers 2017, doi:10.1177/1948550616673876; Anaya 2016, doi:10.7287/peerj.preprints.2400v1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from rupmeta.lint.findings import Finding, RouteView, StudyRule, StudyView, needs
from rupmeta.lint.printed import decimals, half_unit

__all__ = ["RULES", "mean_can_be", "sd_can_be"]

#: Floating-point slack where a printed number lies exactly on the border of its rounding interval.
_SLACK = 1e-9


def mean_can_be(mean: float, half: float, n: int, step: float) -> bool:
    """GRIM: whether some sum of ``n`` scores in steps of ``step`` rounds to ``mean`` ± ``half``.

    >>> mean_can_be(17.23, .005, 21, 1), mean_can_be(17.24, .005, 21, 1)
    (False, True)
    """
    unit = step / n
    nearest = round(mean / unit) * unit
    return abs(nearest - mean) <= half + _SLACK


def sd_can_be(mean: float, mean_half: float, sd: float, sd_half: float, n: int) -> bool:
    """GRIMMER for whole-number scores: whether some sum T and sum of squares Q give both printed numbers.

    Q has the parity of T and lies in [(n−1)(sd−h)² + T²/n, (n−1)(sd+h)² + T²/n].

    >>> sd_can_be(3.44, .005, 2.10, .005, 18), sd_can_be(3.44, .005, 2.12, .005, 18)
    (False, True)
    """
    first = math.ceil((mean - mean_half) * n - _SLACK)
    last = math.floor((mean + mean_half) * n + _SLACK)
    for total in range(first, last + 1):
        low = (n - 1) * max(sd - sd_half, 0.0) ** 2 + total**2 / n
        high = (n - 1) * (sd + sd_half) ** 2 + total**2 / n
        smallest = math.ceil(low - _SLACK)
        smallest += (smallest - total) % 2
        if smallest <= high + _SLACK:
            return True
    return False


def _groups(study: StudyView) -> Iterator[tuple[RouteView, str, float, int]]:
    """Every mean on a scale with known step whose rounding is fine enough to tell: route, group, step, n."""
    for route in study.routes:
        scale = getattr(route.effect.outcome, "scale", None)
        if scale is None or scale.step is None or scale.step <= 0:
            continue
        for group in ("1", "2"):
            n = route.values.get(f"n{group}")
            if n is None or n < 2 or f"mean{group}" not in route.values:
                continue
            if scale.step / n > 2 * half_unit(route.printed(f"mean{group}")):
                yield route, group, scale.step, n


@needs("mean1", "mean2")
def check_means(study: StudyView) -> Iterator[Finding]:
    """GRIM: a mean that is no sum of whole steps divided by n."""
    for route, group, step, n in _groups(study):
        text = route.printed(f"mean{group}")
        mean, digits = float(text), decimals(text)
        if mean_can_be(mean, half_unit(text), n, step):
            continue
        below = math.floor(mean * n / step) * step / n
        message = (
            f"{text} cannot be a mean of {n} whole numbers "
            f"({below:.{digits}f} or {below + step / n:.{digits}f}); a smaller n?"
        )
        yield Finding((*route.key, f"mean{group}"), message)


@needs("sd1", "sd2")
def check_sds(study: StudyView) -> Iterator[Finding]:
    """GRIMMER: an SD that no whole numbers with that mean can have."""
    for route, group, step, n in _groups(study):
        if step != 1 or f"sd{group}" not in route.values:
            continue
        mean, sd = route.printed(f"mean{group}"), route.printed(f"sd{group}")
        if not mean_can_be(float(mean), half_unit(mean), n, 1):
            continue  # GRIM has said it
        if not sd_can_be(float(mean), half_unit(mean), float(sd), half_unit(sd), n):
            message = f"SD {sd} cannot occur with mean {mean}, n = {n}; check all three"
            yield Finding((*route.key, f"sd{group}"), message)


RULES: dict[str, StudyRule] = {"GRIM": check_means, "GRIMMER": check_sds}
