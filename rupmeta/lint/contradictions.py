"""Numbers that contradict each other, or that look like something else than they are called."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from rupmeta.lint.findings import Finding, FolderRule, RouteView, StudyRule, StudyView, needs
from rupmeta.lint.impossible import bound_of
from rupmeta.lint.printed import limits, show, span
from rupmeta.lint.spreads import as_standard_errors, smd
from rupmeta.read.folder import Folder, StudyFile

__all__ = ["FOLDER_RULES", "RULES"]

_SIGNED = ("r", "spearman", "fisher_z", "partial_r", "semipartial_r", "beta", "t", "z", "d", "g", "phi", "yi")


def check_direction(study: StudyView) -> Iterator[Finding]:
    """A statistic without a sign needs ``favours``; ``favours`` must not contradict a sign."""
    for route in study.routes:
        values = route.values
        spec = route.spec
        if spec is None:
            continue
        p = values.get("p")
        without_effect = isinstance(p, str) and (bound_of(p) is None or p.strip()[:1] in ">≥")
        if not spec.signed and "favours" not in values and not (spec.lead == "p" and without_effect):
            lead = "a p value" if spec.lead == "p" else spec.lead
            yield Finding((*route.key, spec.lead), f"{lead} has no sign; add favours: repair or comparison")
        elif spec.signed and "favours" in values and (sign := _oriented_sign(route, spec.lead)) is not None:
            said = "repair" if sign > 0 else "comparison"
            if values["favours"] != said:
                message = (
                    f"favours: {values['favours']}, but {_what(route, spec.lead)} with better: "
                    f"{route.effect.outcome.better} favours {said}; which is right?"
                )
                yield Finding((*route.key, "favours"), message)


def _oriented_sign(route: RouteView, lead: str) -> int | None:
    """1 if the route favours repair, -1 if the comparison, None if it has no sign or no direction."""
    values, better = route.values, getattr(route.effect.outcome, "better", None)
    if lead == "mean1":
        x = values["mean1"] - values["mean2"]
    elif lead in ("odds_ratio", "risk_ratio") and values[lead] > 0:
        x = math.log(values[lead])
    elif lead in _SIGNED and not (lead == "yi" and values.get("measure") == "GEN"):
        x = values[lead]
    else:
        return None
    if x == 0 or better not in ("lower", "higher"):
        return None
    turn = -1 if better == "lower" and values.get("sign") != "benefit" else 1
    return turn if x > 0 else -turn


def _what(route: RouteView, lead: str) -> str:
    if lead == "mean1":
        return f"{route.printed('mean1')} against {route.printed('mean2')}"
    return f"{lead} = {route.printed(lead)}"


def check_people(study: StudyView) -> Iterator[Finding]:
    """One effect with several numbers of people, or with more than its sample."""
    sample = study.study.sample.n if study.study.sample is not None else None
    first: dict[object, tuple[int, str]] = {}
    told: set[object] = set()
    for route in study.routes:
        for total, text, name in _totals(route):
            known = first.setdefault(route.key[1], (total, text))
            if route.key[1] in told:
                continue
            if known[0] != total:
                told.add(route.key[1])
                yield Finding((*route.key, name), f"{text} with {known[1]}: which n?")
            elif sample is not None and total > sample:
                told.add(route.key[1])
                message = f"{text} is more than the sample's n = {sample}: which n?"
                yield Finding((*route.key, name), message)


def _totals(route: RouteView) -> Iterator[tuple[int, str, str]]:
    """Every number of people that the route implies, its text, and the key it stands at."""
    values = route.values
    groups = values["n1"] + values["n2"] if "n1" in values and "n2" in values else None
    if groups is not None:
        yield groups, f"n1 + n2 = {groups}", "n1"
    if "n" in values:
        yield values["n"], f"n = {values['n']}", "n"
    if "covariates" in values or "predictors" in values or values.get("df1", 1) != 1 or "chi2" in values:
        return
    name = "df" if "df" in values else "df2"
    df = values.get(name)
    if df is None or route.spec is None:
        return
    whole = df == int(df)
    too_many = groups is not None and df > groups - 2
    if whole or too_many:  # a broken df below n - 2 is Welch's
        yield math.floor(df) + 2, f"{name} = {route.printed(name)}", name


@needs("yi")
def check_se_for_variance(study: StudyView) -> Iterator[Finding]:
    """A given variance that is a standard error, or the reverse, against the variance that n implies."""
    for route in study.routes:
        values = route.values
        if "yi" not in values or ("vi" not in values and "sei" not in values):
            continue
        name = "vi" if "vi" in values else "sei"
        v = values["vi"] if name == "vi" else values["sei"] ** 2
        expected = _expected_variance(study, route)
        if expected is None or expected[0] > 1 / 9 or 1 / 3 <= v / expected[0] <= 3:
            continue
        v0, people = expected
        other = v**2 if name == "vi" else values["sei"]
        if 1 / 3 <= other / v0 <= 3:
            fits, asked = ("vi²", "is it a standard error?") if name == "vi" else ("sei", "is it a variance?")
            want = v0 if name == "vi" else math.sqrt(v0)
            message = (
                f"{name} = {route.printed(name).removeprefix('0')} for {people}, expected {show(want, 4)}; "
                f"{fits} fits{'' if name == 'vi' else ' as a variance'}: {asked}"
            )
            yield Finding((*route.key, name), message)


def _expected_variance(study: StudyView, route: RouteView) -> tuple[float, str] | None:
    """The sampling variance that the numbers of people imply, and these numbers as text."""
    values, measure = route.values, route.values.get("measure")
    y = values["yi"]
    n = route.total or (study.study.sample.n if study.study.sample is not None else None)
    if measure == "ZCOR" and n is not None and n - values.get("covariates", 0) > 3:
        return 1 / (n - 3 - values.get("covariates", 0)), f"n = {n}"
    if measure == "SMD" and "n1" in values and "n2" in values:
        n1, n2 = values["n1"], values["n2"]
        return 1 / n1 + 1 / n2 + y**2 / (2 * (n1 + n2)), f"n = {n1} + {n2}"
    if measure == "SMD" and n is not None:
        return 4 / n * (1 + y**2 / 8), f"n = {n}"
    return None


@needs("odds_ratio", "risk_ratio")
def check_ratios(study: StudyView) -> Iterator[Finding]:
    """A ratio that is not positive is a log ratio, or a mistake."""
    for route in study.routes:
        for name in ("odds_ratio", "risk_ratio"):
            if name in route.values and route.values[name] <= 0:
                message = (
                    f"{name} = {route.printed(name)}; a ratio is positive: is it a log ratio? then give yi"
                )
                yield Finding((*route.key, name), message)


def check_log_ratios(folder: Folder, studies: tuple[StudyView, ...]) -> Iterator[tuple[StudyFile, Finding]]:
    """Three or more given log ratios, all positive and large: ratios that were not logged?"""
    del folder
    given = [
        route
        for study in studies
        for route in study.routes
        if "yi" in route.values and route.values.get("measure") in ("OR", "RR")
    ]
    effects = [route.values["yi"] for route in given]
    if len(given) >= 3 and min(effects) > 0 and median(effects) > 0.8:
        message = f"all {len(given)} yi are positive: ratios instead of log ratios?"
        yield given[0].file, Finding((*given[0].key, "yi"), message, "warning")


@needs("ci")
def check_ci_symmetry(study: StudyView) -> Iterator[Finding]:
    """An interval that is not symmetric about its estimate on the scale where it should be."""
    for route in study.routes:
        for name, scale in (("odds_ratio", "log"), ("risk_ratio", "log"), ("r", "z"), ("d", ""), ("g", "")):
            if name not in route.values or "ci" not in route.values:
                continue
            estimate, (lower, upper) = span(route, name), limits(route, "ci")
            if not (lower[0] < lower[1] <= estimate[1] and estimate[0] <= upper[1]):
                continue
            if _asymmetry(estimate, lower, upper, scale) is False:
                continue
            raw = bool(scale) and _asymmetry(estimate, lower, upper, "") is False
            where = {"log": "log", "z": "Fisher z"}.get(scale, "raw")
            what = {"odds_ratio": "an odds ratio", "risk_ratio": "a risk ratio", "r": "a correlation"}.get(
                name
            )
            shown = f"{route.printed(name)} {route.printed('ci')}"
            message = (
                f"{shown} is symmetric on the raw scale; {what}'s interval should be on the {where} scale"
                if raw
                else f"{shown} is not symmetric on the {where} scale; check all three numbers"
            )
            yield Finding((*route.key, "ci"), message)


def _asymmetry(
    estimate: Sequence[float], lower: Sequence[float], upper: Sequence[float], scale: str
) -> bool | None:
    """Whether U + L − 2e is off zero by more than rounding and a tenth of the width."""
    turn = {"log": _log, "z": _atanh}.get(scale, float)
    try:
        e, low, up = ([turn(x) for x in pair] for pair in (estimate, lower, upper))
    except ValueError:
        return False
    least, most = low[0] + up[0] - 2 * e[1], low[1] + up[1] - 2 * e[0]
    off = least if least > 0 else -most if most < 0 else 0.0
    middle = abs(sum(low) / 2 + sum(up) / 2 - sum(e))
    return off > 0 and middle > 0.1 * (sum(up) / 2 - sum(low) / 2)


def _log(x: float) -> float:
    return math.log(x)


def _atanh(x: float) -> float:
    return math.atanh(x)


@needs("sd1")
def check_sd_ratio(study: StudyView) -> Iterator[Finding]:
    """Two groups whose SDs differ more than threefold."""
    for route in study.routes:
        values = route.values
        if any(name not in values for name in ("sd1", "sd2", "n1", "n2")):
            continue
        small, large = sorted((values["sd1"], values["sd2"]))
        if small > 0 and large > 3 * small and min(values["n1"], values["n2"]) >= 10:
            message = (
                f"SDs {route.printed('sd1')} and {route.printed('sd2')} differ {large / small:.1f}-fold; "
                "is one a standard error?"
            )
            yield Finding((*route.key, "sd2"), message)


def check_plausible(study: StudyView) -> Iterator[Finding]:
    """Effects larger than the field has seen."""
    for route in study.routes:
        values = route.values
        for name, limit in (("r", 0.95), ("spearman", 0.95), ("partial_r", 0.95), ("d", 3.0), ("g", 3.0)):
            x = values.get(name)
            if x is not None and abs(x) > limit and not (name == "d" and "a" in values):
                message = f"{name} = {route.printed(name)} is very large; typed from another row?"
                yield Finding((*route.key, name), message)
        for name in ("odds_ratio", "risk_ratio"):
            x = values.get(name)
            if x is not None and x > 0 and abs(math.log(x)) > 5:
                message = f"{name} = {route.printed(name)} is very large; typed from another row?"
                yield Finding((*route.key, name), message)
        g = smd(values)
        if g is not None and abs(g) > 3 and as_standard_errors(values, g) is None:
            yield Finding((*route.key, "mean1"), f"g = {show(g)} is very large; typed from another row?")


@needs("pre_mean1")
def check_pre_post(study: StudyView) -> Iterator[Finding]:
    """A change without the correlation of before and after: nothing is assumed."""
    for route in study.routes:
        values = route.values
        if "pre_mean1" not in values or "pre_post_r" in values or "paired_t" in values:
            continue
        if "sd_change1" in values and ("pre_mean2" not in values or "sd_change2" in values):
            continue
        effects = _assumed(values)
        detail = "the variance depends on it"
        if effects is not None:
            detail = "at .3, .5, .8 the effect would be " + ", ".join(show(abs(x)) for x in effects)
        yield Finding((*route.key, "pre_mean1"), f"pre_post_r is missing; {detail}")


def _assumed(values: Mapping[str, Any]) -> list[float] | None:
    """The standardised mean change of one group (SMCC) at three assumed correlations."""
    if "pre_mean2" in values or "sd_pre1" not in values or "n1" not in values or "post_mean1" not in values:
        return None
    pre, post = values["sd_pre1"], values.get("sd_post1", values["sd_pre1"])
    if pre <= 0 or post <= 0 or values["n1"] < 3:
        return None
    correction = 1 - 3 / (4 * (values["n1"] - 1) - 1)
    change = values["post_mean1"] - values["pre_mean1"]
    return [change / math.sqrt(pre**2 + post**2 - 2 * r * pre * post) * correction for r in (0.3, 0.5, 0.8)]


@needs("p")
def check_bounds(study: StudyView) -> Iterator[Finding]:
    """An effect that is known only by a bound of its p value."""
    by_effect: dict[object, list[RouteView]] = {}
    for route in study.routes:
        by_effect.setdefault(route.key[1], []).append(route)
    for routes in by_effect.values():
        if not all("p" in route.values and isinstance(route.values["p"], str) for route in routes):
            continue
        route = routes[0]
        p = route.values["p"].strip()
        bound = bound_of(p)
        if bound is None or p[:1] in ">≥":
            message = f"p {p} gives no effect; is there another statistic in the paper?"
        else:
            message = f"p {p} is a bound; the effect is at least as large as p = {p.lstrip('<=≤ ')} makes it"
        yield Finding((*route.key, "p"), message)


RULES: dict[str, StudyRule] = {
    "DIR": check_direction,
    "N-MIS": check_people,
    "VARSE": check_se_for_variance,
    "LOGR": check_ratios,
    "CI-ASYM": check_ci_symmetry,
    "SD-RATIO": check_sd_ratio,
    "PLAUS": check_plausible,
    "RPP": check_pre_post,
    "P-INEQ": check_bounds,
}

FOLDER_RULES: dict[str, FolderRule] = {"LOGR": check_log_ratios}
