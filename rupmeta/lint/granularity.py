"""Means and SDs that whole-number answers cannot give: GRIM and GRIMMER.

Brown & Heathers 2017, doi:10.1177/1948550616673876; Anaya 2016, doi:10.7287/peerj.preprints.2400v1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from rupmeta.lint.findings import Finding, RouteView, StudyRule, StudyView, needs
from rupmeta.lint.printed import decimals, half_unit, show

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


#: Mean of whole-step scores (or of their differences) → the SD that belongs to it.
_MEANS = {"mean": "sd", "pre_mean": "sd_pre", "post_mean": "sd_post", "mean_change": "sd_change"}


def _groups(study: StudyView) -> Iterator[tuple[RouteView, str, str, float, int]]:
    """Every mean on a scale with known step whose rounding is fine enough to tell.

    Route, keys of mean and SD, step and n.
    """
    for route in study.routes:
        scale = getattr(route.effect.outcome, "scale", None)
        if scale is None or scale.step is None or scale.step <= 0:
            continue
        for kind, spread in _MEANS.items():
            for group in ("1", "2"):
                n, name = route.values.get(f"n{group}"), f"{kind}{group}"
                if n is None or n < 2 or name not in route.values:
                    continue
                if scale.step / n > 2 * half_unit(route.printed(name)):
                    yield route, name, f"{spread}{group}", scale.step, n


@needs(*(f"{kind}{group}" for kind in (*_MEANS, "median", "proportion") for group in (1, 2)))
def check_means(study: StudyView) -> Iterator[Finding]:
    """GRIM: a mean that is no sum of whole steps divided by n; a median or a proportion that cannot be."""
    for route, name, _, step, n in _groups(study):
        text = route.printed(name)
        mean, digits = float(text), decimals(text)
        if mean_can_be(abs(mean), half_unit(text), n, step):
            continue
        below = math.floor(mean * n / step) * step / n
        message = (
            f"{text} cannot be a mean of {n} whole numbers "
            f"({below:.{digits}f} or {below + step / n:.{digits}f}); a smaller n?"
        )
        yield Finding((*route.key, name), message)
    for route in study.routes:
        for group in ("1", "2"):
            yield from _proportion(route, group)
            yield from _median(route, group)


def _proportion(route: RouteView, group: str) -> Iterator[Finding]:
    """A share of n people is a whole number of people divided by n."""
    name, n = f"proportion{group}", route.values.get(f"n{group}")
    share = route.values.get(name)
    if share is None or n is None or n < 1 or not 0 <= share <= 1:
        return
    text = route.printed(name)
    digits, half = decimals(text), half_unit(text)
    if 1 / n <= 2 * half or mean_can_be(share, half, n, 1):
        return
    below = math.floor(share * n)
    near = " or ".join(f"{show(count / n, digits)} ({count})" for count in (below, below + 1))
    yield Finding((*route.key, name), f"{text} is no share of {n} people: {near} is; another n?")


def _median(route: RouteView, group: str) -> Iterator[Finding]:
    """The median of an odd number of scores is one of them, of an even number halfway between two at most."""
    name, n = f"median{group}", route.values.get(f"n{group}")
    scale = getattr(route.effect.outcome, "scale", None)
    if name not in route.values or n is None or scale is None or scale.step is None or scale.step <= 0:
        return
    step = scale.step if n % 2 else scale.step / 2
    text = route.printed(name)
    x, half = float(text), half_unit(text)
    if step > 2 * half and not mean_can_be(abs(x), half, 1, step):
        message = (
            f"{text} cannot be the median of {n} scores in steps of {scale.step:g}; a mean, or another n?"
        )
        yield Finding((*route.key, name), message)


@needs(*(f"{spread}{group}" for spread in _MEANS.values() for group in (1, 2)))
def check_sds(study: StudyView) -> Iterator[Finding]:
    """GRIMMER: an SD that no whole numbers with that mean can have."""
    for route, name, spread, step, n in _groups(study):
        if step != 1 or spread not in route.values:
            continue
        mean, sd = route.printed(name), route.printed(spread)
        x = abs(float(mean))
        if not mean_can_be(x, half_unit(mean), n, 1):
            continue  # GRIM has said it
        if not sd_can_be(x, half_unit(mean), float(sd), half_unit(sd), n):
            message = f"SD {sd} cannot occur with mean {mean}, n = {n}; check all three"
            yield Finding((*route.key, spread), message)


RULES: dict[str, StudyRule] = {"GRIM": check_means, "GRIMMER": check_sds}
