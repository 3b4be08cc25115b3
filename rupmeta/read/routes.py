"""Which keys together make a route from a printed statistic to an effect size."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

__all__ = [
    "COMPANIONS",
    "LEADS",
    "ROUTE_SPECS",
    "RouteSpec",
    "completions",
    "half_a_route",
    "match_keys",
    "match_route",
    "partners",
    "what_is_missing",
    "without_use",
]


@dataclass(frozen=True, slots=True)
class RouteSpec:
    """A route: its name (the keys), the keys it cannot do without and those that it can use.

    ``signed`` False: the statistic carries no sign, so ``favours`` is required.
    """

    name: str
    family: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    signed: bool = True

    @property
    def lead(self) -> str:
        """The key that says what kind of statistic this is."""
        return self.required[0]


def _spec(family: str, name: str, optional: str = "", *, signed: bool = True) -> RouteSpec:
    """A route whose name lists its required keys; those that are optional all the same are left out."""
    free = tuple(optional.split())
    return RouteSpec(name, family, tuple(key for key in name.split(", ") if key not in free), free, signed)


def _two_groups() -> list[RouteSpec]:
    spreads = ("sd", "se", "ci")
    return [_spec("two groups", f"mean1, {a}1, n1, mean2, {b}2, n2", "n") for a in spreads for b in spreads]


def _medians() -> list[RouteSpec]:
    spreads = ("quartiles", "range", "iqr")
    beside = {"quartiles": "range", "range": "quartiles", "iqr": ""}  # all five numbers may be known
    pairs = sorted(((a, b) for a in spreads for b in spreads), key=lambda pair: pair[0] != pair[1])
    found = []
    for a, b in pairs:  # the same spread in both groups is the likelier hint
        free = [f"{beside[a]}1"] * bool(beside[a]) + [f"{beside[b]}2"] * bool(beside[b])
        found.append(_spec("two groups", f"median1, {a}1, n1, median2, {b}2, n2", " ".join(["n", *free])))
    return found


#: Companions that any route may carry.
COMPANIONS = frozenset({"favours", "sign", "level", "note", "adjusted", "icc", "cluster_size"})

_R_SOURCES = "sd_post1 sd_post2 sd_change1 sd_change2 ci_change1 ci_change2 paired_t paired_t2 pre_post_r n"

ROUTE_SPECS: dict[str, RouteSpec] = {
    spec.name: spec
    for spec in [
        _spec("correlation", "r, n", "n1 n2 ci se df"),
        _spec("correlation", "spearman, n"),
        _spec("correlation", "fisher_z, n"),
        _spec("correlation", "partial_r, n, covariates"),
        _spec("correlation", "semipartial_r, n, covariates, r2"),
        _spec("regression", "beta, n, covariates"),
        _spec("regression", "beta, se, n, covariates"),
        _spec("regression", "beta, t, n, covariates", "df"),
        _spec("regression", "beta, p, n, covariates", "tails"),
        _spec("regression", "slope, se, n, covariates", "sd_x sd_y"),
        _spec("regression", "slope, ci, n, covariates", "sd_x sd_y"),
        _spec("regression", "slope, se, df", "covariates n"),
        _spec("regression", "slope, p, n, covariates", "tails sd_x sd_y"),
        _spec("regression", "slope, sd_x, sd_y, n, covariates"),
        _spec("test", "t, df", "n covariates"),
        _spec("test", "t, n1, n2", "n df"),
        _spec("test", "t, n, predictors", "df"),
        _spec("test", "F, df1, df2", "n n1 n2 covariates", signed=False),
        _spec("test", "eta2, n", "n1 n2", signed=False),
        _spec("test", "eta2, n1, n2", "n", signed=False),
        _spec("test", "partial_eta2, df2", "df1 n n1 n2 covariates", signed=False),
        _spec("test", "chi2, n", "df", signed=False),
        _spec("test", "z, n"),
        _spec("test", "p, n, tails", "tails n1 n2 df covariates", signed=False),
        _spec("test", "p, n, predictors", "tails df", signed=False),
        _spec("test", "p, n1, n2, tails", "tails n df", signed=False),
        *_two_groups(),
        *_medians(),
        _spec("two groups", "mean_difference, sd_pooled, n1, n2", "n se ci"),
        _spec("two groups", "mean_difference, se, n1, n2", "n ci"),
        _spec("two groups", "mean_difference, ci, n1, n2", "n"),
        _spec("two groups", "d, n1, n2", "n se ci"),
        _spec("two groups", "g, n1, n2", "n se ci"),
        _spec("two groups", "d, se", "n ci"),
        _spec("two groups", "g, se", "n ci"),
        _spec("two groups", "d, ci", "n"),
        _spec("two groups", "g, ci", "n"),
        _spec("two groups", "d, n"),
        _spec("two groups", "g, n"),
        _spec("adjusted", "adj_mean1, sd1, n1, adj_mean2, sd2, n2", "n covariate_r covariates"),
        _spec("adjusted", "adj_mean1, adj_mean2, sd_adj, n1, n2, covariate_r", "n covariates"),
        _spec("adjusted", "adj_mean1, se_adj1, n1, adj_mean2, se_adj2, n2, covariate_r", "n covariates"),
        _spec("adjusted", "t, n1, n2, covariate_r", "n df covariates"),
        _spec("adjusted", "F, df1, df2, n1, n2, covariate_r", "n covariates", signed=False),
        _spec("adjusted", "p, n1, n2, covariate_r", "tails n df covariates", signed=False),
        _spec("adjusted", "mean_difference, se, n1, n2, covariate_r", "n covariates"),
        _spec("adjusted", "mean_difference, ci, n1, n2, covariate_r", "n covariates"),
        _spec("change", "pre_mean1, post_mean1, sd_pre1, n1, pre_mean2, post_mean2, sd_pre2, n2", _R_SOURCES),
        _spec("change", "mean_change1, sd_pre1, n1, mean_change2, sd_pre2, n2", _R_SOURCES),
        _spec("change", "mean_change1, sd_change1, n1, mean_change2, sd_change2, n2", "pre_post_r n"),
        _spec(
            "change",
            "pre_mean1, post_mean1, sd_pre1, n1",
            "sd_post1 sd_change1 ci_change1 pre_post_r paired_t n",
        ),
        _spec("change", "mean_change1, sd_change1, n1", "sd_pre1 sd_post1 pre_post_r n"),
        _spec("change", "paired_t, n1", "pre_post_r n"),
        _spec("counts", "events1, n1, events2, n2", "n"),
        _spec("counts", "a, b, c, d", "n"),
        _spec("counts", "proportion1, n1, proportion2, n2", "n"),
        _spec("counts", "odds_ratio, ci", "n n1 n2 se_log"),
        _spec("counts", "odds_ratio, se_log", "n n1 n2"),
        _spec("counts", "risk_ratio, ci", "n n1 n2 se_log"),
        _spec("counts", "risk_ratio, se_log", "n n1 n2"),
        _spec("counts", "risk_ratio, ci, risk2", "n n1 n2 se_log"),
        _spec("counts", "risk_ratio, se_log, risk2", "n n1 n2"),
        _spec("counts", "hazard_ratio, ci", "n n1 n2 se_log"),
        _spec("counts", "hazard_ratio, se_log", "n n1 n2"),
        _spec("counts", "phi, n"),
        _spec("given", "yi, vi, measure", "n n1 n2 covariates"),
        _spec("given", "yi, sei, measure", "n n1 n2 covariates"),
        _spec("raw", "sessions, outcome_column", "detect"),
    ]
}

LEADS: tuple[str, ...] = tuple(dict.fromkeys(spec.lead for spec in ROUTE_SPECS.values()))


def match_route(keys: Collection[str]) -> RouteSpec | None:
    """The most demanding route whose required keys are all among ``keys``; None when there is none."""
    return match_keys(frozenset(keys))


@lru_cache(maxsize=1024)
def match_keys(keys: frozenset[str]) -> RouteSpec | None:
    """``match_route`` for a frozen set: thousands of routes have the same few sets of keys."""
    fitting = [spec for spec in ROUTE_SPECS.values() if keys.issuperset(spec.required)]
    return max(fitting, key=lambda spec: len(spec.required), default=None)


def without_use(spec: RouteSpec, keys: Collection[str]) -> list[str]:
    """The given keys that the route neither needs nor can use.

    >>> without_use(ROUTE_SPECS["p, n, tails"], ["beta", "p", "n"])
    ['beta']
    """
    return sorted(set(keys) - set(spec.required) - set(spec.optional) - COMPANIONS)


def completions(keys: Collection[str], lead: str | None = None) -> list[list[str]]:
    """The fewest further keys with which some route uses every given one, one list per way.

    ``lead``: only routes of this statistic.

    >>> completions(["beta", "p", "n"]), completions(["b", "c", "d"])
    ([['covariates']], [['a']])
    """
    given = set(keys) - COMPANIONS
    groups: list[list[str]] = []
    for spec in ROUTE_SPECS.values():
        missing = [key for key in spec.required if key not in given]
        held = given.issubset((*spec.required, *spec.optional))
        if held and missing and missing not in groups and (lead is None or lead in spec.required):
            groups.append(missing)
    return [group for group in groups if not any(set(other) < set(group) for other in groups)]


def partners(lead: str, keys: Collection[str]) -> list[str]:
    """What a statistic still needs, one text per way: the fewest keys where some are given.

    Routes that use all that is given come first; where there is none, those that leave some of it out.

    >>> partners("t", ["t"]), partners("mean1", ["mean1", "sd1", "n1", "mean2", "sd2"])
    (['df', 'n1 and n2', 'n and predictors'], ['n2'])
    """
    groups = completions(keys, lead) or completions([lead])
    groups = [[key for key in group if key not in keys] for group in groups]
    shortest = min((len(group) for group in groups), default=0)
    most = shortest if len(keys) > 1 else max(2, shortest)  # a bare statistic is told all its ways
    near = [group for group in groups if len(group) <= most]
    return [_listed(group) for group in sorted(near, key=len)[:4]]


def what_is_missing(keys: Collection[str]) -> str:
    """What to add to keys that make no route: a sentence.

    >>> what_is_missing(["sd1", "n1", "mean2", "sd2", "n2"])
    'sd1, n1, mean2, sd2, n2 give no effect; add mean1'
    """
    lead = next((name for name in LEADS if name in keys and completions(keys, name)), None)
    lead = lead or next((name for name in LEADS if name in keys), None)
    if lead is not None:
        return f"{lead} needs {', or '.join(partners(lead, keys))}"
    given = [key for key in keys if key not in COMPANIONS]
    verb = "gives" if len(given) < 2 else "give"
    ways = sorted(completions(given), key=len) if len(given) > 2 else []
    near = [_listed(way) for way in ways if len(way) == len(ways[0])][:4]
    missing = ", or ".join(near) or "a statistic: r, t, F, chi2, p, d, g, means and SDs, counts, yi …"
    return f"{', '.join(given) or 'nothing'} {verb} no effect; add {missing}"


def half_a_route(spec: RouteSpec, extra: list[str], keys: Collection[str]) -> str | None:
    """What to add so that ``extra`` keys, of no use to ``spec``, are used too; None: nothing would do.

    >>> half_a_route(ROUTE_SPECS["p, n, tails"], ["beta"], ["beta", "p", "n"])
    'beta has no use beside p, n; add covariates, or give beta an item of its own'
    """
    ways = sorted(completions(keys), key=len)
    if not ways:
        return None
    near = ", or ".join(_listed(way) for way in ways if len(way) == len(ways[0]))
    one = len(extra) == 1
    own = [name for name in extra if name in LEADS]
    instead = f"give {_listed(own)} an item of its own" if own else f"leave {'it' if one else 'them'} out"
    verb = "has" if one else "have"
    return f"{_listed(extra)} {verb} no use beside {', '.join(spec.required)}; add {near}, or {instead}"


def _listed(words: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
