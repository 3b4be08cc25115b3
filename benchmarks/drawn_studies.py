"""Sound studies drawn at random: people with scores, and what a paper would print of them, rounded.

Every number is computed from the people themselves, so that all routes of an effect agree but for rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from reference_studies import Shown, Study
from scipy.special import stdtr, stdtrit

__all__ = ["DRAWN", "draw"]

Rng = np.random.Generator
Route = dict[str, Any]
_LOWEST, _HIGHEST = 0, 80


def _p(t: float, df: float) -> Route:
    p = 2 * float(stdtr(df, -abs(t)))
    return {"p": Shown(p, 3)} if p >= 0.0005 else {"p": "<.001"}


def _n(rng: Rng) -> int:
    return int(rng.integers(25, 140))


def _scores(rng: Rng, mean: float, n: int) -> Any:
    return np.clip(np.rint(rng.normal(mean, rng.uniform(6.0, 9.0), n)), _LOWEST, _HIGHEST)


def _means(rng: Rng) -> list[Route]:
    """Two groups: means with SDs and SEs, t, F, p, d with its interval, the difference, r."""
    n1, n2, d = _n(rng), _n(rng), rng.uniform(0.25, 0.9)
    x, y = _scores(rng, 34 + 7.5 * d, n1), _scores(rng, 34, n2)
    s1, s2, m = x.std(ddof=1), y.std(ddof=1), n1 + n2 - 2
    pooled = math.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / m)
    gap = x.mean() - y.mean()
    if gap <= 0:
        return _means(rng)
    se = pooled * math.sqrt(1 / n1 + 1 / n2)
    t, d = gap / se, gap / pooled
    se_d = math.sqrt(1 / n1 + 1 / n2 + d * d / (2 * (n1 + n2)))
    half = float(stdtrit(m, 0.975)) * se
    sizes = {"n1": n1, "n2": n2}
    group = {"mean1": Shown(x.mean(), 2), "n1": n1, "mean2": Shown(y.mean(), 2), "n2": n2}
    return [
        {**group, "sd1": Shown(s1, 2), "sd2": Shown(s2, 2)},
        {**group, "se1": Shown(s1 / math.sqrt(n1), 2), "se2": Shown(s2 / math.sqrt(n2), 2)},
        {"t": Shown(t, 2), "df": m},
        {"F": Shown(t * t, 2), "df1": 1, "df2": m, "favours": "repair"},
        {**_p(t, m), **sizes, "tails": 2, "favours": "repair"},
        {"d": Shown(d, 2), **sizes, "ci": [Shown(d - 1.96 * se_d, 2), Shown(d + 1.96 * se_d, 2)]},
        {"mean_difference": Shown(gap, 2), **sizes, "ci": [Shown(gap - half, 2), Shown(gap + half, 2)]},
        {"eta2": Shown(t * t / (t * t + m), 3), "n": n1 + n2, "favours": "repair"},
        {"r": Shown(t / math.sqrt(t * t + m), 2), "n": n1 + n2},
    ]


def _counts(rng: Rng) -> list[Route]:
    """Two groups: the four cells, the odds ratio with interval and SE, χ², φ, proportions, the risk ratio."""
    n1, n2 = _n(rng), _n(rng)
    a, c = int(rng.binomial(n1, rng.uniform(0.5, 0.75))), int(rng.binomial(n2, rng.uniform(0.25, 0.5)))
    b, d = n1 - a, n2 - c
    log = math.log(a * d / (b * c))
    if log < 0.2:
        return _counts(rng)
    se = math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    phi = (a * d - b * c) / math.sqrt(n1 * n2 * (a + c) * (b + d))
    ratio, se_r = (a / n1) / (c / n2), math.sqrt(1 / a - 1 / n1 + 1 / c - 1 / n2)
    sizes = {"n1": n1, "n2": n2}

    def limits(middle: float, error: float) -> list[Shown]:
        return [Shown(math.exp(middle - 1.96 * error), 2), Shown(math.exp(middle + 1.96 * error), 2)]

    return [
        {"a": a, "b": b, "c": c, "d": d},
        {"events1": a, "n1": n1, "events2": c, "n2": n2},
        {"proportion1": Shown(a / n1, 3), "n1": n1, "proportion2": Shown(c / n2, 3), "n2": n2},
        {"odds_ratio": Shown(math.exp(log), 2), "ci": limits(log, se), **sizes},
        {"odds_ratio": Shown(math.exp(log), 2), "se_log": Shown(se, 3), **sizes},
        {
            "risk_ratio": Shown(ratio, 2),
            "ci": limits(math.log(ratio), se_r),
            **sizes,
            "risk2": Shown(c / n2, 3),
        },
        {"chi2": Shown(phi * phi * (n1 + n2), 2), "n": n1 + n2, "favours": "repair"},
        {"phi": Shown(phi, 2), "n": n1 + n2},
    ]


def _small(rng: Rng) -> list[Route]:
    """Two small groups of clients who answered with a whole number from 0 to 6: means, SDs, t."""
    n1, n2 = int(rng.integers(10, 20)), int(rng.integers(10, 20))
    x = np.clip(np.rint(rng.normal(4.0, 1.2, n1)), 0, 6)
    y = np.clip(np.rint(rng.normal(2.8, 1.2, n2)), 0, 6)
    s1, s2, m = x.std(ddof=1), y.std(ddof=1), n1 + n2 - 2
    s = math.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / m)
    t = (x.mean() - y.mean()) / (s * math.sqrt(1 / n1 + 1 / n2))
    if t <= 0 or max(s1, s2) > 2.5 * min(s1, s2):
        return _small(rng)
    means: Route = {"n1": n1, "n2": n2}
    for name, scores in (("1", x), ("2", y)):
        means |= {f"mean{name}": Shown(scores.mean(), 2), f"sd{name}": Shown(scores.std(ddof=1), 2)}
    return [means, {"t": Shown(t, 2), "n1": n1, "n2": n2}]


def _changes(rng: Rng) -> list[Route]:
    """Two groups before and after: means with SDs before, r, and the SDs of change."""
    n1, n2 = _n(rng), _n(rng)

    def group(n: int, gain: float) -> tuple[Any, Any]:
        level, noise = rng.normal(0, 6, n), 4.5
        pre = np.clip(np.rint(34 + level + rng.normal(0, noise, n)), _LOWEST, _HIGHEST)
        return pre, np.clip(np.rint(34 + gain + level + rng.normal(0, noise, n)), _LOWEST, _HIGHEST)

    one, two = group(n1, rng.uniform(6, 10)), group(n2, rng.uniform(1, 4))
    r = float(np.corrcoef(one[0] - one[0].mean(), one[1] - one[1].mean())[0, 1])
    route: Route = {"n1": n1, "n2": n2, "pre_post_r": Shown(r, 2)}
    for name, (pre, post) in (("1", one), ("2", two)):
        route |= {
            f"pre_mean{name}": Shown(pre.mean(), 2), f"post_mean{name}": Shown(post.mean(), 2),
            f"sd_pre{name}": Shown(pre.std(ddof=1), 2), f"sd_post{name}": Shown(post.std(ddof=1), 2),
        }  # fmt: skip
    change = {key: value for key, value in route.items() if "post" not in key and "pre_mean" not in key}
    for name, (pre, post) in (("1", one), ("2", two)):
        gain = post - pre
        n, mean, sd = len(gain), gain.mean(), gain.std(ddof=1)
        half = float(stdtrit(n - 1, 0.975)) * sd / math.sqrt(n)
        change |= {f"mean_change{name}": Shown(mean, 2), f"sd_change{name}": Shown(sd, 2)}
        change[f"ci_change{name}"] = [Shown(mean - half, 2), Shown(mean + half, 2)]
    return [route, {**change, "pre_post_r": Shown(r, 2)}]


def _medians(rng: Rng) -> list[Route]:
    """Two groups: medians with quartiles and ranges, and t."""
    n1, n2, d = _n(rng), _n(rng), rng.uniform(0.3, 0.9)
    x, y = _scores(rng, 34 + 7.5 * d, n1), _scores(rng, 34, n2)
    m = n1 + n2 - 2
    s = math.sqrt(((n1 - 1) * x.var(ddof=1) + (n2 - 1) * y.var(ddof=1)) / m)
    t = (x.mean() - y.mean()) / (s * math.sqrt(1 / n1 + 1 / n2))
    if t <= 0 or np.median(x) <= np.median(y):
        return _medians(rng)
    route: Route = {"n1": n1, "n2": n2}
    for name, scores in (("1", x), ("2", y)):
        q1, middle, q3 = np.quantile(scores, [0.25, 0.5, 0.75])
        route |= {
            f"median{name}": Shown(middle, 1), f"quartiles{name}": [Shown(q1, 1), Shown(q3, 1)],
            f"range{name}": [int(scores.min()), int(scores.max())],
        }  # fmt: skip
    return [route, {"t": Shown(t, 2), "n1": n1, "n2": n2}]


def _regression(rng: Rng) -> list[Route]:
    """One predictor of three: b with SE and interval, β with t, SE and p, the t, the partial r."""
    n, c = _n(rng) + 30, 2
    other = rng.normal(size=(n, c))
    x = other @ [0.3, 0.2] + rng.normal(size=n)
    y = 30 + 8 * (rng.uniform(0.2, 0.5) * x + other @ [0.3, -0.1] + rng.normal(size=n))
    X = np.column_stack([np.ones(n), x, other])
    b, *_ = np.linalg.lstsq(X, y, rcond=None)
    df = n - c - 2
    residual = y - X @ b
    V = np.linalg.inv(X.T @ X) * float(residual @ residual) / df
    slope, se = float(b[1]), math.sqrt(float(V[1, 1]))
    t, unit = slope / se, x.std(ddof=1) / y.std(ddof=1)
    if t < 1:
        return _regression(rng)
    half = float(stdtrit(df, 0.975)) * se
    model = {"n": n, "covariates": c}
    return [
        {"slope": Shown(slope, 2), "se": Shown(se, 2), **model},
        {"slope": Shown(slope, 2), "ci": [Shown(slope - half, 2), Shown(slope + half, 2)], **model},
        {"beta": Shown(slope * unit, 2), "t": Shown(t, 2), **model},
        {"beta": Shown(slope * unit, 2), "se": Shown(se * unit, 3), **model},
        {"t": Shown(t, 2), "n": n, "predictors": c + 1},
        {"t": Shown(t, 2), "df": df, "covariates": c},
        {"partial_r": Shown(t / math.sqrt(t * t + df), 2), **model},
        {**_p(t, df), "n": n, "predictors": c + 1, "tails": 2, "favours": "repair"},
    ]


def _given(rng: Rng) -> list[Route]:
    """An effect that was computed elsewhere: g with its variance and its SE."""
    n1, n2, g = _n(rng), _n(rng), rng.uniform(0.1, 0.9)
    v = 1 / n1 + 1 / n2 + g * g / (2 * (n1 + n2))
    sizes = {"n1": n1, "n2": n2}
    return [
        {"yi": Shown(g, 3), "vi": Shown(v, 4), "measure": "SMD", **sizes},
        {"yi": Shown(g, 3), "sei": Shown(math.sqrt(v), 4), "measure": "SMD", **sizes},
    ]


#: What a paper prints, by kind.
DRAWN: dict[str, Callable[[Rng], list[Route]]] = {
    "means": _means,
    "small": _small,
    "counts": _counts,
    "changes": _changes,
    "medians": _medians,
    "regression": _regression,
    "given": _given,
}


#: Kinds whose outcome has a scale of whole numbers.
_ON_SCALES = ("means", "small", "changes", "medians")


def draw(kind: str, seed: int, count: int) -> dict[str, Study]:
    """``count`` sound studies of one kind, each with one effect that is printed along all its routes."""
    rng = np.random.default_rng(seed)
    studies = {}
    for number in range(count):
        routes = DRAWN[kind](rng)
        first = routes[0]
        n = first.get("n", first.get("n1", 0) + first.get("n2", 0)) or sum(first[key] for key in "abcd")
        scale = {"min": _LOWEST, "max": 6 if kind == "small" else _HIGHEST, "step": 1}
        outcome = {"name": f"Scale of {kind}", "kind": "symptoms", "better": "higher"}
        studies[f"{kind}{number:03}"] = {
            "citation": {
                "authors": [f"{kind.title()}{number}, A."],
                "year": 2004 + number % 16,
                "title": f"A paper about {kind} and matter {number}",
            },
            "relation": "repair-outcome",
            "sample": {"n": int(n)},
            "extraction": {"date": "2026-01-10"},
            "effects": [
                {
                    "id": "main",
                    "outcome": {**outcome, "scale": scale} if kind in _ON_SCALES else outcome,
                    "comparison": "unrepaired-rupture",
                    "reported": routes,
                    "source": {"where": "drawn at random"},
                }
            ],
        }
    return studies
