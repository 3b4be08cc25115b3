"""Every rule and the walk through a series against the definitions, client by client in plain Python."""

from __future__ import annotations

import math
import statistics
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as tests
from hypothesis import strategies as st

from rupmeta.detect.classify import detect_ruptures
from rupmeta.detect.episodes import STATUS
from rupmeta.detect.rules import RULES
from rupmeta.detect.scale import Scale
from rupmeta.detect.series import ratings_from
from rupmeta.detect.settings import Settings

EPS = 1e-9
SCALE = Scale(min=1, max=5, reliability=0.92, sd=0.6)
RC = 1.96 * math.sqrt(2) * 0.6 * math.sqrt(0.08)
SEM = 0.6 * math.sqrt(0.08)
TIMES = {2: 4.302653, 3: 3.182446, 4: 2.776445}

Series = list[tuple[int, float]]


def candidates(rule: str, k: float, series: Series, gap: int) -> list[bool]:
    """The second column of the table of rules, one session after the other."""
    t, y = [s for s, _ in series], [v for _, v in series]
    n = len(y)
    near = [i > 0 and t[i] - t[i - 1] <= gap for i in range(n)]
    mean = statistics.fmean(y)
    change = [y[i] - y[i - 1] for i in range(n) if near[i]]
    if rule == "mean-sd":
        return [v < mean - k * statistics.stdev(y) - EPS for v in y]
    if rule == "xmr":
        moving = statistics.fmean(map(abs, change)) if change else 0.0
        return [v < mean - k * moving / 1.128 - EPS for v in y]
    if rule == "tukey":
        q1, _, q3 = statistics.quantiles(y, n=4, method="inclusive")
        return [v < q1 - k * (q3 - q1) - EPS for v in y]
    if rule == "diff-sd":
        if len(change) < 2:
            return [False] * n
        limit = statistics.fmean(change) - k * statistics.stdev(change)
        return [near[i] and y[i] - y[i - 1] < limit - EPS for i in range(n)]
    if rule == "rci":
        return [near[i] and y[i - 1] - y[i] >= RC - EPS for i in range(n)]
    if rule == "regression-residual":
        slope, start = statistics.linear_regression(t, y)
        residual = [v - start - slope * s for s, v in series]
        s = math.sqrt(sum(e * e for e in residual) / (n - 2))
        return [e < -k * s - EPS for e in residual]
    found = []
    for i in range(n):
        before, after = y[max(0, i - 3) : i], y[i : i + 3]
        a, b = len(before), len(after)
        if a < 2 or b < 2 or not near[i]:
            found.append(False)
            continue
        pooled = ((a - 1) * statistics.variance(before) + (b - 1) * statistics.variance(after)) / (a + b - 2)
        fall = y[i - 1] - y[i]
        lasting = (
            statistics.fmean(before) - statistics.fmean(after) > TIMES[a + b - 2] * math.sqrt(pooled) + EPS
        )
        found.append(fall >= RC - EPS and fall >= 0.25 * (y[i - 1] - 1) - EPS and lasting)
    return found


def episodes(series: Series, low: list[bool], settings: Settings, guard: float) -> list[dict[str, Any]]:
    """Runs, chaining, pre-level, guard, nadir, repair and status, in the words of the documentation."""
    t, y = [s for s, _ in series], [v for _, v in series]
    runs: list[tuple[int, int]] = []
    for i, flag in enumerate(low):
        if flag and (i == 0 or not low[i - 1]):
            runs.append((i, i))
        elif flag:
            runs[-1] = (runs[-1][0], i)
    found: list[dict[str, Any]] = []
    for a, b in runs:
        if a == 0:
            continue
        if found:
            last = found[-1]
            if last["repaired_at"] is None or last["repaired_at"] >= t[a]:
                within = settings.window == 0 or t[a] <= t[last["b"]] + settings.window
                if within and not repaired_before(last, a, t, y, settings):
                    last["b"] = b
                    continue
        pre = y[a - 1] if settings.pre == "last" else max(y[max(0, a - 3) : a])
        if pre - min(y[a : b + 1]) < guard - EPS:
            continue
        found.append({"a": a, "b": b, "pre": pre, "repaired_at": None})
    for one in found:
        finish(one, t, y, settings)
    return found


def repair_at(
    one: dict[str, Any], end: int, t: list[int], y: list[float], settings: Settings, until: int
) -> int | None:
    """The first rating after place ``end`` and before ``until`` that repairs, within the window."""
    for i in range(end + 1, until):
        if settings.window and t[i] > t[end] + settings.window:
            return None
        nadir = min(y[one["a"] : i])
        level = {
            "fraction": nadir + settings.fraction * (one["pre"] - nadir),
            "reliable": nadir + RC,
            "tolerance": one["pre"] - SEM,
        }[settings.repair]
        if y[i] >= level - EPS:
            return i
    return None


def repaired_before(one: dict[str, Any], a: int, t: list[int], y: list[float], settings: Settings) -> bool:
    return repair_at(one, one["b"], t, y, settings, a) is not None


def finish(one: dict[str, Any], t: list[int], y: list[float], settings: Settings) -> None:
    end = one["b"]
    back = repair_at(one, end, t, y, settings, len(y))
    rated = any(
        t[i] > t[end] and (not settings.window or t[i] <= t[end] + settings.window) for i in range(len(t))
    )
    through = settings.window == 0 or t[-1] >= t[end] + settings.window
    one["status"] = "repaired" if back is not None else "unrepaired" if through and rated else "censored"
    one["repaired_at"] = None if back is None else t[back]


@st.composite
def sessions(draw: st.DrawFn) -> Series:
    steps = draw(st.lists(st.sampled_from((1, 1, 1, 1, 2, 5)), min_size=7, max_size=24))
    t = [sum(steps[: i + 1]) for i in range(len(steps))]
    y = draw(st.lists(st.integers(10, 50), min_size=len(t), max_size=len(t)))
    calm = draw(st.lists(st.sampled_from((0, 0, 0, 1)), min_size=len(t), max_size=len(t)))
    return [(s, v / 10 if wild else 4.0 + (v % 5) / 10) for s, v, wild in zip(t, y, calm, strict=True)]


@pytest.mark.parametrize("rule", RULES)
@tests(max_examples=60, deadline=None)
@given(
    many=st.lists(sessions(), min_size=1, max_size=4),
    window=st.sampled_from((0, 1, 3, 5)),
    fraction=st.sampled_from((0.5, 0.75, 1.0)),
    pre=st.sampled_from(("last", "max3")),
    repair=st.sampled_from(("fraction", "reliable", "tolerance")),
    gap=st.sampled_from((1, 2)),
    guard=st.sampled_from((0.0, None)),
    factor=st.sampled_from((0.5, 1.0)),
)
def test_as_the_definitions_say(
    rule: str, many: list[Series], window: int, fraction: float, pre: Any, repair: Any, gap: int,
    guard: float | None, factor: float,
) -> None:  # fmt: skip
    default = RULES[rule].k
    k = None if default is None else default * factor
    settings = Settings(
        rule=rule, k=k, scale=SCALE, window=window, fraction=fraction, pre=pre, repair=repair, gap=gap,
        min_change=guard,
    )  # type: ignore[arg-type]  # fmt: skip
    rows = [(i, s, v) for i, series in enumerate(many) for s, v in series]
    found = detect_ruptures(ratings_from(*zip(*rows, strict=True), SCALE), settings)  # type: ignore[arg-type]
    for i, series in enumerate(many):
        if not found.classified[i] and found.reason[i] in (2, 3, 4):
            continue
        low = candidates(rule, k or 0.0, series, gap)
        flat = max(v for _, v in series) - min(v for _, v in series) <= EPS
        expected = [] if flat else episodes(series, low, settings, RC if guard is None else guard)
        mine = found.episodes.take(found.episodes.client == i)
        shown = [
            (int(mine.onset[j]), int(mine.end[j]), STATUS[mine.status[j]],
             int(mine.repaired_at[j]) if mine.repaired_at[j] >= 0 else None)
            for j in range(len(mine))
        ]  # fmt: skip
        t = [s for s, _ in series]
        assert shown == [(t[one["a"]], t[one["b"]], one["status"], one["repaired_at"]) for one in expected], (
            series,
            low,
        )
