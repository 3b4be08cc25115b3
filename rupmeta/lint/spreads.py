"""Standard errors written as standard deviations, and the reverse: the commonest slip of extraction.

Three signs of it: a huge g that is ordinary with sd·√n; other studies of the same outcome with SDs of another
size; another route of the effect that agrees only when the numbers are read the other way.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from rupmeta.lint.findings import Finding, FolderRule, RouteView, StudyRule, StudyView, needs
from rupmeta.lint.magnitudes import Contrast, as_standard_errors, contrast_of, g_of, times_root
from rupmeta.lint.printed import show
from rupmeta.read.folder import Folder, StudyFile

__all__ = ["FOLDER_RULES", "RULES", "difference"]

#: Least number of other studies whose SDs say what is usual.
_OTHERS = 3
#: Share of these that must lie within half and twice their median, else nothing is usual.
_AGREED = 2 / 3
#: A reading agrees with another route within this share of it, or this much; it disagrees beyond the second.
_NEAR, _FAR = 0.15, 0.5
#: Below this a g is too small for its reading to be told.
_LEAST = 0.1
#: SDs of the scores themselves, and SEs of their means, that studies of one outcome share.
_SDS = ("sd1", "sd2", "sd_pre1", "sd_pre2", "sd_post1", "sd_post2", "sd_pooled")
_SES = ("se1", "se2")
_CONTRASTS = ("mean1", "adj_mean1", "mean_change1", "pre_mean1", "mean_difference")


def difference(values: Mapping[str, Any]) -> float | None:
    """|g| by a route that needs no SD: d, g, t of two groups, r; None of any other."""
    if "covariates" in values or "predictors" in values or "covariate_r" in values or "a" in values:
        return None
    for name in ("g", "d"):
        if name in values:
            return float(abs(values[name]))
    if "t" in values and "n1" in values and "n2" in values and values["n1"] > 0 < values["n2"]:
        return float(abs(values["t"]) * math.sqrt(1 / values["n1"] + 1 / values["n2"]))
    r = values.get("r")
    if r is None and "t" in values and values.get("df", 0) > 0:
        r = values["t"] / math.sqrt(values["t"] ** 2 + values["df"])
    if r is None and values.get("F", -1) >= 0 and values.get("df2", 0) > 0:
        r = math.sqrt(values["F"] / (values["F"] + values["df2"]))
    return None if r is None or abs(r) >= 1 else float(2 * abs(r) / math.sqrt(1 - r * r))


@needs(*_CONTRASTS)
def check_se_for_sd(study: StudyView) -> Iterator[Finding]:
    """Within a study: a huge g, or another route of the effect, that asks for the other reading."""
    for route in study.routes:
        read = as_standard_errors(route.values)
        if read is None:
            yield from _beside(study, route)
        elif not _too_wide(route, read[0]) and not _confirmed(study, route, read[1]):
            yield _huge(route, *read)


def _too_wide(route: RouteView, read: Contrast) -> bool:
    """Whether the SDs that the numbers would be as standard errors are larger than the scale allows."""
    scale = getattr(route.effect.outcome, "scale", None)
    if scale is None or scale.min is None or scale.max is None:
        return False
    largest = (scale.max - scale.min) / 2
    return any(sd > largest * math.sqrt(n / (n - 1)) for sd, n in zip(read.sds, read.sizes, strict=True))


def _confirmed(study: StudyView, route: RouteView, g: float) -> bool:
    """Whether another route of the effect, one without means, gives the same large g."""
    for other in study.routes:
        if other.key[:2] == route.key[:2] and other is not route and other.spec is not None:
            said = None if other.spec.lead in _CONTRASTS else difference(other.values)
            if said is not None and abs(abs(g) - said) <= _NEAR * said:
                return True
    return False


def _huge(route: RouteView, read: Contrast, g: float, ordinary: float) -> Finding:
    first, second = (show(sd) for sd in read.sds)
    if read.keys[0] == read.keys[1]:
        message = f"g = {show(g)}; read as an SE the SD would be {first} and g {show(ordinary)}"
    else:
        sds = first if first == second else f"{first} and {second}"
        message = f"g = {show(g)}; read as SEs the SDs would be {sds} and g {show(ordinary)}"
    return Finding((*route.key, read.keys[0]), message)


def _beside(study: StudyView, route: RouteView) -> Iterator[Finding]:
    """The reading of a route's spreads that another route of the effect confirms, if it is the other one."""
    contrast = contrast_of(route.values)
    other_name, other_way = "SDs", "SEs"
    if contrast is not None:
        g, turned = g_of(contrast), g_of(times_root(contrast))
    else:
        contrast = _of_errors(route.values)
        if contrast is None:
            return
        g, turned = g_of(times_root(contrast)), g_of(contrast)
        other_name, other_way = "SEs", "SDs"
    for other in study.routes:
        if other.key[:2] != route.key[:2] or other is route or other.spec is None:
            continue
        if other.spec.lead in _CONTRASTS:
            continue
        said = difference(other.values)
        if said is None or said < _LEAST:
            continue
        if abs(abs(g) - said) > _FAR * said and abs(abs(turned) - said) <= _NEAR * said + 0.02:
            lead = other.spec.lead
            message = (
                f"as {other_name} they give g {show(abs(g))}, as {other_way} {show(abs(turned))}, "
                f"and {lead} = {other.printed(lead)} gives {show(said)}: are they {other_way}?"
            )
            yield Finding((*route.key, contrast.keys[0]), message)
            return


def _of_errors(values: Mapping[str, Any]) -> Contrast | None:
    """The contrast of two means with standard errors, these in the place of SDs."""
    if any(name not in values for name in ("mean1", "se1", "n1", "mean2", "se2", "n2")):
        return None
    if min(values["n1"], values["n2"]) < 2 or min(values["se1"], values["se2"]) <= 0:
        return None
    return Contrast(
        "mean1",
        values["mean1"] - values["mean2"],
        (values["se1"], values["se2"]),
        ("se1", "se2"),
        (values["n1"], values["n2"]),
    )


def check_usual_sds(folder: Folder, studies: tuple[StudyView, ...]) -> Iterator[tuple[StudyFile, Finding]]:
    """Between studies: an SD under a third of the median SD of at least three other studies of the same
    outcome, that is of their size when it is read as a standard error; or a standard error of their size.
    """
    del folder
    by_outcome: dict[str, list[tuple[StudyView, RouteView]]] = defaultdict(list)
    for study in studies:
        if study.keys.isdisjoint((*_SDS, *_SES)):
            continue
        for route in study.routes:
            name = getattr(route.effect.outcome, "name", None)
            if name and not route.values.keys().isdisjoint((*_SDS, *_SES)):
                by_outcome[name].append((study, route))
    for name, found in by_outcome.items():
        by_study: dict[str, list[float]] = defaultdict(list)
        for study, route in found:
            given = [route.values[key] for key in _SDS if route.values.get(key, 0) > 0]
            if given:
                by_study[study.file.id] += given
        medians = {study_id: median(sds) for study_id, sds in by_study.items()}
        ordered = sorted(medians.values())
        for study, route in found:
            own = medians.get(study.file.id)
            if len(ordered) - (own is not None) < _OTHERS or as_standard_errors(route.values):
                continue
            usual = median(ordered) if own is None else _median_without(ordered, own)
            others = len(ordered) - (own is not None)
            near = sum(usual / 2 <= sd <= 2 * usual for sd in ordered) - _is_near(own, usual)
            if near < _AGREED * others:
                continue
            finding = next(_unusual(route, usual, f"{others} other studies of {name}"), None)
            if finding is not None:
                yield study.file, finding


def _is_near(own: float | None, usual: float) -> bool:
    return own is not None and usual / 2 <= own <= 2 * usual


def _unusual(route: RouteView, usual: float, where: str) -> Iterator[Finding]:
    for key in (*_SDS, *_SES):
        spread, n = route.values.get(key, 0), _people(route.values, key)
        if spread <= 0 or n is None or n < 2:
            continue
        as_sd = spread * math.sqrt(n)
        if key in _SDS and spread < usual / 3 and usual / 2 <= as_sd <= 2 * usual:
            message = (
                f"SD {route.printed(key)}, but {show(usual)} in {where}; "
                f"read as an SE it would be {show(as_sd)}"
            )
            yield Finding((*route.key, key), message)
        if key in _SES and as_sd > 3 * usual and usual / 2 <= spread <= 2 * usual:
            message = (
                f"SE {route.printed(key)}, so an SD of {show(as_sd)}, but {show(usual)} in {where}: "
                "is it an SD?"
            )
            yield Finding((*route.key, key), message)


def _people(values: Mapping[str, Any], key: str) -> float | None:
    if key == "sd_pooled":
        n1, n2 = values.get("n1", 0), values.get("n2", 0)
        return n1 * n2 / (n1 + n2) if n1 > 0 and n2 > 0 else None
    n: float | None = values.get(f"n{key[-1]}")
    return n


def _median_without(ordered: Sequence[float], value: float) -> float:
    """The median of sorted numbers when one of them, ``value``, is left out."""
    gone, rest = bisect_left(ordered, value), len(ordered) - 1

    def at(i: int) -> float:
        return ordered[i if i < gone else i + 1]

    return (at((rest - 1) // 2) + at(rest // 2)) / 2


#: SDs that are compared with each other: keys, and the sizes of their groups.
_PAIRS = (
    ("sd1", "sd2", "n1", "n2"),
    ("sd_pre1", "sd_pre2", "n1", "n2"),
    ("sd_change1", "sd_change2", "n1", "n2"),
    ("sd_pre1", "sd_post1", "n1", "n1"),
    ("sd_pre2", "sd_post2", "n2", "n2"),
    ("iqr1", "iqr2", "n1", "n2"),
    ("se1", "se2", "n1", "n2"),
    ("se_adj1", "se_adj2", "n1", "n2"),
    ("sd1", "se2", "n1", "n2"),
    ("se1", "sd2", "n1", "n2"),
)


@needs(*{key for pair in _PAIRS for key in pair[:2]})
def check_sd_ratio(study: StudyView) -> Iterator[Finding]:
    """Two spreads of one scale that differ more than threefold."""
    for route in study.routes:
        values = route.values
        for first, second, n1, n2 in _PAIRS:
            if any(name not in values for name in (first, second, n1, n2)):
                continue
            if min(values[n1], values[n2]) < 10:
                continue
            pair = [
                values[key] * (math.sqrt(values[n]) if key.startswith("se") else 1)
                for key, n in ((first, n1), (second, n2))
            ]
            small, large = sorted(pair)
            if small > 0 and large > 3 * small:
                what = "SDs" if first.startswith("sd") and second.startswith("sd") else "spreads"
                message = (
                    f"{what} {route.printed(first)} and {route.printed(second)} differ "
                    f"{large / small:.1f}-fold; is one a standard error?"
                )
                yield Finding((*route.key, second), message)
                break


RULES: dict[str, StudyRule] = {"SDSE": check_se_for_sd, "SD-RATIO": check_sd_ratio}

FOLDER_RULES: dict[str, FolderRule] = {"SDSE": check_usual_sds}
