"""How large is what a route says? A quick answer on a familiar scale, good enough to doubt a number by.

What is pooled is computed in ``effects``; here no array is loaded.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rupmeta.lint.findings import Finding, StudyRule, StudyView
from rupmeta.lint.keys import RATIOS
from rupmeta.lint.printed import show

__all__ = ["RULES", "Contrast", "as_standard_errors", "contrast_of", "g_of", "magnitude", "times_root"]

#: Beyond these an effect is doubted (a choice of this project).
_LIMITS = {"r": 0.95, "g": 3.0, "log OR": 5.0}
_PRINTED_R = ("r", "spearman", "partial_r", "semipartial_r", "phi")


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two groups: the difference of their means, both SDs with their keys, and both sizes."""

    at: str
    difference: float
    sds: tuple[float, float]
    keys: tuple[str, str]
    sizes: tuple[int, int]
    adjusted: bool = False


def contrast_of(values: Mapping[str, Any]) -> Contrast | None:
    """The contrast of two groups with means (or changes) and SDs; None when a number is missing."""
    n1, n2 = values.get("n1", 0), values.get("n2", 0)
    if n1 < 2 or n2 < 2:
        return None
    found = _difference(values)
    if found is None:
        return None
    at, difference, spreads = found
    for keys in spreads:
        sds = values.get(keys[0], 0), values.get(keys[1], 0)
        if min(sds) > 0:
            return Contrast(at, difference, sds, keys, (n1, n2), at == "adj_mean1")
    return None


def _difference(values: Mapping[str, Any]) -> tuple[str, float, tuple[tuple[str, str], ...]] | None:
    for kind, spreads in (
        ("mean", (("sd1", "sd2"),)),
        ("adj_mean", (("sd1", "sd2"), ("sd_adj", "sd_adj"))),
        ("mean_change", (("sd_pre1", "sd_pre2"), ("sd_change1", "sd_change2"))),
    ):
        if f"{kind}1" in values and f"{kind}2" in values:
            return f"{kind}1", values[f"{kind}1"] - values[f"{kind}2"], spreads
    if "mean_difference" in values:
        return "mean_difference", values["mean_difference"], (("sd_pooled", "sd_pooled"),)
    names = ("pre_mean1", "post_mean1", "pre_mean2", "post_mean2")
    if all(name in values for name in names):
        pre1, post1, pre2, post2 = (values[name] for name in names)
        return "post_mean1", post1 - pre1 - (post2 - pre2), (("sd_pre1", "sd_pre2"),)
    return None


def g_of(contrast: Contrast, sds: tuple[float, float] | None = None) -> float:
    """Hedges' g = J·difference/s_pooled with J = 1 − 3/(4m − 1), m = n1 + n2 − 2 (Hedges 1981,
    doi:10.3102/10769986006002107).
    """
    (n1, n2), (s1, s2) = contrast.sizes, contrast.sds if sds is None else sds
    m = n1 + n2 - 2
    pooled = math.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / m)
    return contrast.difference / pooled * (1 - 3 / (4 * m - 1))


def as_standard_errors(values: Mapping[str, Any]) -> tuple[Contrast, float, float] | None:
    """The contrast with its SDs read as standard errors, g as printed and g so read; None when g is ordinary,
    or stays extreme.
    """
    contrast = contrast_of(values)
    if contrast is None or abs(g := g_of(contrast)) <= 2:
        return None
    read = times_root(contrast)
    ordinary = g_of(read)
    return (read, g, ordinary) if 0.05 <= abs(ordinary) <= 1.5 else None


def times_root(contrast: Contrast) -> Contrast:
    """Both spreads times √n; a single one, of the difference, by √(n₁n₂/N)."""
    (n1, n2), (s1, s2) = contrast.sizes, contrast.sds
    if contrast.keys[0] == contrast.keys[1]:
        n1 = n2 = n1 * n2 / (n1 + n2)  # type: ignore[assignment]
    return replace(contrast, sds=(s1 * math.sqrt(n1), s2 * math.sqrt(n2)))


def magnitude(values: Mapping[str, Any]) -> tuple[str, str, float] | None:
    """Scale (``r``, ``g`` or ``log OR``), key and size of a route's effect, sign as printed if it has one."""
    for name in _PRINTED_R:
        if name in values:
            return "r", name, float(values[name])
    if "a" in values and "b" in values and "c" in values and "d" in values:
        return _log_odds(values["a"], values["b"], values["c"], values["d"], "a")
    for name in ("d", "g"):
        if name in values and "a" not in values and "c" not in values:  # d may be what is left of a table
            return "g", name, float(values[name])
    if (contrast := contrast_of(values)) is not None:
        return "g", contrast.at, g_of(contrast)
    return _of_ratio(values) or _of_test(values) or _of_given(values)


def _log_odds(a: float, b: float, c: float, d: float, at: str) -> tuple[str, str, float] | None:
    if min(a, b, c, d) < 0:
        return None
    if min(a, b, c, d) == 0:
        a, b, c, d = a + 0.5, b + 0.5, c + 0.5, d + 0.5
    return "log OR", at, math.log(a * d / (b * c))


def _of_ratio(values: Mapping[str, Any]) -> tuple[str, str, float] | None:
    for name in RATIOS:
        if values.get(name, 0) > 0:
            return "log OR", name, math.log(values[name])
    for name, whole in (("events", True), ("proportion", False)):
        if f"{name}1" in values and f"{name}2" in values:
            n1, n2 = values.get("n1", 0), values.get("n2", 0)
            a, c = (values[f"{name}{g}"] * (1 if whole else n) for g, n in (("1", n1), ("2", n2)))
            return _log_odds(a, n1 - a, c, n2 - c, f"{name}1")
    return None


def _of_test(values: Mapping[str, Any]) -> tuple[str, str, float] | None:
    """r of a test: t/√(t² + df), √(F/(F + df2)), √η², √(χ²/n), z/√n, tanh of Fisher's z."""
    if "fisher_z" in values:
        return "r", "fisher_z", math.tanh(values["fisher_z"])
    for name in ("eta2", "partial_eta2"):
        if 0 <= values.get(name, -1) < 1:
            return "r", name, math.sqrt(values[name])
    n = values.get("n", 0)
    if "chi2" in values and n > 0:
        return "r", "chi2", math.sqrt(max(0.0, values["chi2"]) / n)
    if "z" in values and n > 0:
        return "r", "z", values["z"] / math.sqrt(n)
    if "paired_t" in values:
        return None
    return _of_t(values)


def _of_t(values: Mapping[str, Any]) -> tuple[str, str, float] | None:
    at, t = next(((key, values[key]) for key in ("t", "F") if key in values), ("", 0.0))
    if at == "F":
        t = math.sqrt(max(0.0, t))
    for name in ("beta", "slope"):
        if not at and name in values and values.get("se", 0) > 0:
            at, t = name, values[name] / values["se"]
    n1, n2 = values.get("n1", 0), values.get("n2", 0)
    if at and min(n1, n2) > 0 and "covariates" not in values and "covariate_r" not in values:
        return "g", at, t * math.sqrt(1 / n1 + 1 / n2)
    n = values.get("n", n1 + n2)
    lost = values["predictors"] - 1 if "predictors" in values else values.get("covariates", 0)
    df = values.get("df", values.get("df2", n - 2 - lost))
    return ("r", at, t / math.sqrt(t * t + df)) if at and df > 0 else None


def _of_given(values: Mapping[str, Any]) -> tuple[str, str, float] | None:
    if "yi" not in values:
        return None
    measure, y = str(values.get("measure", "")).upper(), float(values["yi"])
    if measure in ("ZCOR", "ZPCOR", "ZPHI", "ZPB"):
        return "r", "yi", math.tanh(y)
    if measure in ("COR", "PCOR", "PHI", "RPB", "RBIS"):
        return "r", "yi", y
    if measure in ("SMD", "SMDH", "SMCR", "SMCC"):
        return "g", "yi", y
    return ("log OR", "yi", y) if measure in ("OR", "RR") else None


def check_plausible(study: StudyView) -> Iterator[Finding]:
    """Effects larger than the field has seen; betas that are no correlations."""
    for route in study.routes:
        found = magnitude(route.values)
        if (
            found is not None
            and abs(found[2]) > _LIMITS[found[0]]
            and as_standard_errors(route.values) is None
        ):
            scale, at, size = found
            shown = f"{at} = {route.printed(at)}"
            if at.rstrip("1") in ("mean", "adj_mean", "post_mean", "mean_change", "mean_difference"):
                shown = f"g = {show(size)}"
            elif at not in (*_PRINTED_R, *RATIOS, "d", "g"):
                shown += f" ({scale} = {show(size)})"
            yield Finding((*route.key, at), f"{shown} is very large; typed from another row?")
        spec = route.spec
        if spec is None:
            continue
        beta, name = _beta(spec.name, route.values)
        if beta is not None and abs(beta) > 1:
            text = f"beta = {route.printed('beta')}" if name == "beta" else f"slope·sd_x/sd_y = {show(beta)}"
            message = (
                f"{text} is no correlation (-1 to 1), so this route gives no effect; its t, se or p would do"
            )
            yield Finding((*route.key, name), message)


def _beta(route: str, values: Mapping[str, Any]) -> tuple[float | None, str]:
    if route == "beta, n, covariates":
        return values["beta"], "beta"
    if route == "slope, sd_x, sd_y, n, covariates" and values["sd_x"] > 0 and values["sd_y"] > 0:
        return values["slope"] * values["sd_x"] / values["sd_y"], "slope"
    return None, ""


RULES: dict[str, StudyRule] = {"PLAUS": check_plausible}
