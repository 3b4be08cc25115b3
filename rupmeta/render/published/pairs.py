"""An analysis beside one published figure: what is comparable, what is not, what the figure does not tell.

Every statement follows from the results: from the effects that were pooled, and from what the protocol says
of the published figure. None says that one figure bears out the other: they share studies to an unknown
extent, and nothing here tests them against each other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rupmeta.render.labels import comparison_label, measure_label, method_label
from rupmeta.render.numbers import APA, number

__all__ = ["MATTERS", "STANDINGS", "Matter", "compare_published"]

Results = Mapping[str, Any]
Standing = Literal["comparable", "in part", "not comparable", "not told"]
STANDINGS: tuple[Standing, ...] = ("comparable", "in part", "not comparable", "not told")

_WITHIN = ("SMCR", "SMCC")
_CONTRASTS = {"between": "between clients", "within": "change within clients"}
_UNKNOWN = "not entered"


@dataclass(frozen=True, slots=True)
class Matter:
    """One respect in which two figures are or are not alike: ``here`` and ``there`` in words."""

    name: str
    here: str
    there: str
    standing: Standing


def compare_published(pool: Results, reference: Results) -> tuple[Matter, ...]:
    """Every matter of ``MATTERS`` for a pooled answer and one of its references."""
    return tuple(Matter(name, *judge(pool, reference)) for name, judge in MATTERS.items())


def _studies(pool: Results, reference: Results) -> tuple[str, str, Standing]:
    """Which studies: the same ones cannot bear each other out, others answer for another population."""
    own = sorted({effect["study"] for effect in pool["effects"]})
    years = sorted(effect["year"] for effect in pool["effects"] if effect["year"] is not None)
    span = "" if not years else f" of {years[0]}" + (f" to {years[-1]}" if years[-1] != years[0] else "")
    here = f"{_count(len(own), 'study', 'studies')}{span}"
    k = reference["k"]
    there = "number of studies not entered" if k is None else _count(k, "study", "studies")
    if reference["subset"]:
        there += f"; only {reference['subset']}"
    if reference["shared"] is None:
        standing: Standing = "not comparable" if reference["subset"] else "not told"
        return here, f"{there}; which of them are pooled here too is not entered", standing
    both = [study for study in own if study in reference["shared"]]
    there += f"; {len(both)} of the {_count(len(own), 'study', 'studies')} pooled here among them"
    if reference["subset"] or not both:
        return here, there, "not comparable"
    return here, there, "comparable" if len(both) == len(own) == k else "in part"


def _comparison(pool: Results, reference: Results) -> tuple[str, str, Standing]:
    """With whom: clients whose ruptures stayed unrepaired are others than clients without ruptures."""
    weights: dict[str | None, float] = {}
    for effect in pool["effects"]:
        weights[effect["comparison"]] = weights.get(effect["comparison"], 0.0) + effect["weight"]
    here = ", ".join(
        f"{_UNKNOWN if name is None else comparison_label(name).lower()} ({_percent(weight)} of the weight)"
        for name, weight in sorted(weights.items(), key=lambda item: (-item[1], str(item[0])))
    )
    given = reference["comparison"]
    if not given:
        return here, _UNKNOWN, "not told"
    there = ", ".join(comparison_label(name).lower() for name in given)
    known = {name for name in weights if name is not None}
    if not known:
        return here, there, "not told"
    if set(weights) == set(given):
        return here, there, "comparable"
    return here, there, "in part" if known & set(given) else "not comparable"


def _contrast(pool: Results, reference: Results) -> tuple[str, str, Standing]:
    """A change within clients also holds what time and therapy did; a contrast between clients does not."""
    within = pool["measure"] in _WITHIN
    single = [effect for effect in pool["effects"] if within or _one_group(effect["route"])]
    own = (
        {"within"}
        if len(single) == len(pool["effects"])
        else {"between", "within"}
        if single
        else {"between"}
    )
    here = " and ".join(_CONTRASTS[name] for name in sorted(own))
    given = reference["contrast"]
    if given is None:
        return here, _UNKNOWN, "not told"
    there = _CONTRASTS[given]
    if own == {given}:
        return here, there, "comparable"
    return here, there, "in part" if given in own else "not comparable"


def _one_group(route: str) -> bool:
    return "pre_mean1" in route and "mean2" not in route


def _unit(pool: Results, reference: Results) -> tuple[str, str, Standing]:
    """Whom N counts: therapists in training are fewer than the clients that they treat."""
    here = "clients" if pool["n"] is None else f"{number(pool['n'], 'count', APA)} clients"
    n, unit = reference["n"], reference["counts"]
    there = " ".join(part for part in ("" if n is None else number(n, "count", APA), unit or "") if part)
    if unit is None:
        return here, f"{there} of a unit that is not entered" if there else _UNKNOWN, "not told"
    return here, there, "comparable" if unit == "clients" else "not comparable"


def _scale(pool: Results, reference: Results) -> tuple[str, str, Standing]:
    """The scale that is read; on which one the published figure was pooled is not part of a reference."""
    printed = [scale for scale in ("r", "d") if reference[scale] is not None]
    shared = [scale for scale in printed if scale in pool["reported"]]
    here = f"{', '.join(pool['reported'])}; pooled as {measure_label(pool['measure'])}"
    there = f"{', '.join(printed)} as printed" if printed else _UNKNOWN
    if not printed:
        return here, there, "not told"
    return here, there, "comparable" if shared else "not comparable"


def _adjusted(pool: Results, reference: Results) -> tuple[str, str, Standing]:
    """A coefficient that is adjusted for covariates answers another question than a plain correlation."""
    share = _share(pool, "adjusted")
    here = "none" if share == 0.0 else f"{_percent(share)} of the weight"
    given = reference["adjusted"]
    if given is None:
        return here, _UNKNOWN, "not told"
    there = "some" if given else "none"
    if not given and share == 0.0:
        return here, there, "comparable"
    return here, there, "in part" if given and share > 0.0 else "not comparable"


def _data(pool: Results, _: Results) -> tuple[str, str, Standing]:
    """What the numbers rest on: full papers, abstracts, or invention."""
    there = "as published; the effects behind it are not part of this review"
    if pool["synthetic"]:
        return "invented numbers, not evidence", there, "not comparable"
    share = _share(pool, "provisional")
    if share == 0.0:
        return "every effect verified in the full paper", there, "not told"
    return f"provisional: {_percent(share)} of the weight", there, "not comparable"


def _method(pool: Results, reference: Results) -> tuple[str, str, Standing]:
    """The estimator of τ²: another one gives other weights and another interval."""
    here, given = method_label(pool["method"]), reference["method"]
    if given is None:
        return here, _UNKNOWN, "not told"
    return here, method_label(given), "comparable" if given == pool["method"] else "not comparable"


#: What may differ between two pooled figures → who judges it.
MATTERS: Mapping[str, Callable[[Results, Results], tuple[str, str, Standing]]] = {
    "studies": _studies,
    "comparison group": _comparison,
    "contrast": _contrast,
    "who is counted": _unit,
    "scale": _scale,
    "adjusted effects": _adjusted,
    "data": _data,
    "method": _method,
}


def _share(pool: Results, flag: str) -> float:
    """Percent of the weight of effects that carry ``flag``."""
    flagged = [bool(effect[flag]) for effect in pool["effects"]]
    if all(flagged):
        return 100.0  # weights that were rounded add up to a little less
    return math.fsum(effect["weight"] for effect in pool["effects"] if effect[flag])


def _percent(share: float) -> str:
    return f"{number(share, 'percent', APA)}%"


def _count(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"
