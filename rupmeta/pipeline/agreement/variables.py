"""How far two extractors agree on every variable, with bootstrap intervals over studies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rupmeta.numerics.concordance import (
    count_pairs,
    cross_tables,
    nominal_statistics,
    numeric_statistics,
    pair_sums,
    quadratic_weights,
)
from rupmeta.pipeline.agreement.items import Item
from rupmeta.results import Interval

__all__ = ["ORDERS", "Variable", "measure_variables"]

Float = NDArray[np.float64]
Kind = Literal["nominal", "ordinal", "numeric", "text", "any"]
ITERATIONS = 2_000
LEVEL = 0.95
SKEWED = 0.9  # share of the commonest category above which kappa stands beside AC1
MOST_FAILED = 0.5  # share of draws without a value above which there is no interval
BLANK = "(blank)"

#: Variables whose values have an order, lowest first. Risk-of-bias domains: those of ROBINS-I and RoB 2.
ORDERS: Mapping[str, tuple[str, ...]] = {
    "therapists.experience": ("trainee", "mixed", "experienced"),
    "risk_of_bias.domains": ("low", "some concerns", "moderate", "high", "serious", "critical"),
}
#: Names and addresses in words: compared as text, without a coefficient.
TEXTS = (
    "citation",
    "sample.id",
    "sample.population",
    "sample.diagnosis",
    "therapy.name",
    "alliance.measure",
    "rupture.instrument",
    "rupture.criterion",
    "risk_of_bias.tool",
    "effects.outcome.name",
    "effects.comparison_group",
    "effects.source",
    "effects.reported.sessions",
    "effects.reported.outcome_column",
)


@dataclass(frozen=True)
class Variable:
    """One variable over all studies and effects.

    ``n`` items that at least one extractor filled in, ``complete`` those that both did, ``agreed`` those with
    equal values. ``coefficients`` by name (agreement, kappa, kappa_w, icc, alpha, ac1) with their intervals;
    None: it cannot be had. ``median`` and ``largest``: differences of numbers. ``constant``: one value.
    """

    name: str
    kind: Kind
    n: int
    complete: int
    agreed: int
    studies: int
    coefficients: Mapping[str, float | None]
    intervals: Mapping[str, Interval | None] = field(default_factory=dict)
    median: float | None = None
    largest: float | None = None
    constant: bool = False


def measure_variables(
    items: Sequence[Item], *, orders: Mapping[str, tuple[str, ...]] | None = None, seed: int = 20260101
) -> tuple[Variable, ...]:
    """Every variable in the order in which it first occurs; the first row is ``all``, all fields together.

    Blank against value is a disagreement: a category of its own among nominal ones, and outside of weighted
    kappa and ICC, which need two values. Intervals are percentiles of 2,000 samples of studies, the same for
    all variables; the seed makes them reproducible.
    """
    orders = {**ORDERS, **(orders or {})}
    studies = {study: place for place, study in enumerate(sorted({item.study for item in items}))}
    if not studies:
        return ()
    size = len(studies)
    draws = np.random.default_rng(seed).multinomial(size, np.full(size, 1.0 / size), size=ITERATIONS)
    counts = np.vstack([np.ones((1, size)), draws.astype(np.float64)])
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.variable, []).append(item)
    rows = [_whole(items, studies, counts)]
    rows += [_variable(name, members, orders, studies, counts) for name, members in groups.items()]
    return tuple(rows)


def _whole(items: Sequence[Item], studies: Mapping[str, int], counts: Float) -> Variable:
    agreed = [item.same for item in items]
    complete = sum(item.a is not None and item.b is not None for item in items)
    found = {"agreement": _shares(agreed, items, studies, counts)}
    return _assemble("all", "any", items, complete, sum(agreed), found)


def _variable(
    name: str,
    items: Sequence[Item],
    orders: Mapping[str, tuple[str, ...]],
    studies: Mapping[str, int],
    counts: Float,
) -> Variable:
    kind, order = _kind(name, items, orders)
    agreed = [item.same or (kind == "text" and _plain(item.a) == _plain(item.b)) for item in items]
    both = [item for item in items if item.a is not None and item.b is not None]
    found = {"agreement": _shares(agreed, items, studies, counts)}
    median = largest = None
    constant = False
    if kind == "numeric" and both:
        a, b = (np.array([float(getattr(item, side)) for item in both]) for side in "ab")
        middle = 0.5 * (a.mean() + b.mean())
        places = np.array([studies[item.study] for item in both])
        found |= numeric_statistics(counts @ pair_sums(a - middle, b - middle, places, len(studies)))
        difference = np.abs(a - b)
        median, largest = float(np.median(difference)), float(difference.max())
        constant = bool(np.ptp(np.concatenate([a, b])) == 0)
    elif kind in ("nominal", "ordinal"):
        used = both if kind == "ordinal" else list(items)
        if used:
            more, constant = _categories(used, order, studies, counts)
            found |= more
    return _assemble(name, kind, items, len(both), sum(agreed), found, median, largest, constant)


def _categories(
    items: Sequence[Item], order: tuple[str, ...] | None, studies: Mapping[str, int], counts: Float
) -> tuple[dict[str, Float], bool]:
    a, b = ([_category(getattr(item, side)) for item in items] for side in "ab")
    names = order or tuple(sorted({*a, *b}))
    index = {name: place for place, name in enumerate(names)}
    one, two = (np.array([index[value] for value in side], dtype=np.intp) for side in (a, b))
    places = np.array([studies[item.study] for item in items], dtype=np.intp)
    tables = cross_tables(count_pairs(one, two, places, len(names), len(studies)), counts)
    plain = nominal_statistics(tables)
    found = {"ac1": plain["ac1"]} if plain["largest"][0] > SKEWED else {}
    if order is None:
        found |= {"kappa": plain["kappa"], "alpha": plain["alpha"]}
    else:
        weighted = nominal_statistics(tables, quadratic_weights(len(names)))
        found |= {"kappa_w": weighted["kappa"], "alpha": weighted["alpha"]}
    return found, len({*a, *b}) == 1


def _kind(
    name: str, items: Sequence[Item], orders: Mapping[str, tuple[str, ...]]
) -> tuple[Kind, tuple[str, ...] | None]:
    values = [value for item in items for value in (item.a, item.b) if value is not None]
    for known, order in orders.items():
        inside = name == known or name.startswith(f"{known}.")
        if inside and all(_category(value) in order for value in values):
            return "ordinal", order
    if any(name == known or name.startswith(f"{known}.") for known in TEXTS):
        return ("numeric", None) if all(_is_number(value) for value in values) else ("text", None)
    if all(_is_number(value) for value in values):
        return "numeric", None
    return ("text" if any(isinstance(value, list | dict) for value in values) else "nominal"), None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _category(value: object) -> str:
    """A value as a category: text in any case, with spaces for hyphens."""
    if value is None:
        return BLANK
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(str(value).casefold().replace("-", " ").split())


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, list | dict) else _category(value)


def _shares(
    agreed: Sequence[bool], items: Sequence[Item], studies: Mapping[str, int], counts: Float
) -> Float:
    """Share of items agreed on in every sample."""
    sums = np.zeros((len(studies), 2))
    places = np.array([studies[item.study] for item in items])
    np.add.at(sums, places, np.column_stack([np.asarray(agreed, dtype=np.float64), np.ones(len(items))]))
    drawn = counts @ sums
    with np.errstate(invalid="ignore", divide="ignore"):
        share: Float = drawn[:, 0] / drawn[:, 1]
    return share


def _assemble(
    name: str,
    kind: Kind,
    items: Sequence[Item],
    complete: int,
    agreed: int,
    found: Mapping[str, Float],
    median: float | None = None,
    largest: float | None = None,
    constant: bool = False,
) -> Variable:
    """The first entry of every array is the sample at hand, the others are draws."""
    studies = len({item.study for item in items})
    return Variable(
        name,
        kind,
        len(items),
        complete,
        agreed,
        studies,
        {key: None if np.isnan(values[0]) else float(values[0]) for key, values in found.items()},
        {key: _interval(values, studies) for key, values in found.items()},
        median,
        largest,
        constant,
    )


def _interval(values: Float, studies: int) -> Interval | None:
    drawn = values[1:][~np.isnan(values[1:])]
    if np.isnan(values[0]) or studies < 2 or len(drawn) < MOST_FAILED * ITERATIONS:
        return None
    tail = 0.5 * (1.0 - LEVEL)
    lb, ub = np.quantile(drawn, [tail, 1.0 - tail])
    return Interval(float(lb), float(ub), LEVEL)
