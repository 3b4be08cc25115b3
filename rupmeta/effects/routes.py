"""The routes: from the keys of a ``reported`` entry to a hub. Which keys make a route: ``read.routes``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rupmeta.effects import (
    from_ancova,
    from_changes,
    from_correlations,
    from_counts,
    from_given,
    from_groups,
    from_medians,
    from_regressions,
)
from rupmeta.effects.hubs import Hub, Values
from rupmeta.effects.options import ConversionOptions

__all__ = ["ROUTES", "SOURCE_RANK", "Route"]

#: Between routes with equal flags the earlier kind of source is used.
SOURCE_RANK = {"raw": 0, "means or counts": 1, "test statistic": 2, "effect": 3, "p": 4}


@dataclass(frozen=True, slots=True)
class Route:
    """How one route is computed and what it is worth.

    ``source`` orders routes with equal flags. ``direct``: measures of which the paper prints the effect, or
    a one-to-one function of it. ``rounded``: keys whose rounding moves the effect. ``comparable``: must agree
    within rounding with other routes (False where the effect itself rests on an assumption).
    """

    compute: Callable[[Values, ConversionOptions], Hub]
    source: str
    direct: frozenset[str] = frozenset()
    rounded: tuple[str, ...] = ()
    comparable: bool = True


def _route(
    compute: Callable[[Values], Hub],
    source: str,
    direct: frozenset[str] = frozenset(),
    rounded: tuple[str, ...] = (),
    *,
    comparable: bool = True,
) -> Route:
    """A route whose computation leaves nothing to choose."""
    return Route(lambda v, _options: compute(v), source, direct, rounded, comparable)


_R = frozenset({"ZCOR", "COR"})
_PARTIAL = frozenset({"ZPCOR", "PCOR"})
_PHI = frozenset({"PHI", "ZPHI"})
_MEANS = frozenset({"SMD", "MD", "SMDH", "d"})
_TABLE = frozenset({"OR", "RR", "RD", "PHI", "ZPHI"})
_CHANGE = frozenset({"SMCR", "SMCC"})
_D = frozenset({"SMD", "d"})


def _means_route(*spreads: str) -> tuple[str, Route]:
    name = f"mean1, {spreads[0]}1, n1, mean2, {spreads[1]}2, n2"
    rounded = ("mean1", f"{spreads[0]}1", "mean2", f"{spreads[1]}2")
    return name, _route(from_groups.from_means, "means or counts", _MEANS, rounded)


def _medians_route(*spreads: str) -> tuple[str, Route]:
    name = f"median1, {spreads[0]}1, n1, median2, {spreads[1]}2, n2"
    rounded = ("median1", f"{spreads[0]}1", "median2", f"{spreads[1]}2")
    return name, _route(from_medians.from_medians, "means or counts", rounded=rounded, comparable=False)


def _from_sessions(v: Values, options: ConversionOptions) -> Hub:
    """Ratings → classes → a contrast; detection is loaded where a study points to ratings."""
    del options
    from rupmeta.effects.from_sessions import from_sessions

    return from_sessions(v)


_correlation, _groups, _counts = from_correlations, from_groups, from_counts
_regression, _ancova = from_regressions, from_ancova
_QUANTILES = ("quartiles", "range", "iqr")

ROUTES: dict[str, Route] = {
    "r, n": _route(_correlation.from_r, "effect", _R, ("r",)),
    "spearman, n": _route(_correlation.from_spearman, "effect", rounded=("spearman",), comparable=False),
    "fisher_z, n": _route(_correlation.from_fisher_z, "effect", _R, ("fisher_z",)),
    "partial_r, n, covariates": _route(_correlation.from_partial_r, "effect", _PARTIAL, ("partial_r",)),
    "semipartial_r, n, covariates, r2": _route(
        _correlation.from_semipartial_r, "effect", rounded=("semipartial_r",), comparable=False
    ),
    "beta, n, covariates": Route(_regression.from_beta, "effect", rounded=("beta",), comparable=False),
    "beta, se, n, covariates": _route(
        _regression.from_coefficient_se, "test statistic", rounded=("beta", "se")
    ),
    "beta, t, n, covariates": _route(_regression.from_coefficient_t, "test statistic", rounded=("t",)),
    "beta, p, n, covariates": _route(_regression.from_coefficient_p, "p", rounded=("p",)),
    "slope, se, n, covariates": _route(
        _regression.from_coefficient_se, "test statistic", rounded=("slope", "se")
    ),
    "slope, ci, n, covariates": _route(
        _regression.from_coefficient_se, "test statistic", rounded=("slope", "ci")
    ),
    "slope, se, df": _route(_regression.from_coefficient_se, "test statistic", rounded=("slope", "se")),
    "slope, p, n, covariates": _route(_regression.from_coefficient_p, "p", rounded=("p",)),
    "slope, sd_x, sd_y, n, covariates": Route(
        _regression.from_slope_and_sds, "effect", rounded=("slope", "sd_x", "sd_y"), comparable=False
    ),
    "t, df": _route(_correlation.from_t, "test statistic", rounded=("t",)),
    "t, n1, n2": _route(_groups.from_group_t, "test statistic", rounded=("t",)),
    "t, n, predictors": _route(_regression.from_regression_t, "test statistic", rounded=("t",)),
    "F, df1, df2": _route(_groups.from_F, "test statistic", rounded=("F",)),
    "eta2, n": _route(_regression.from_eta2, "test statistic", rounded=("eta2",)),
    "eta2, n1, n2": _route(_regression.from_eta2, "test statistic", rounded=("eta2",)),
    "partial_eta2, df2": _route(_regression.from_partial_eta2, "test statistic", rounded=("partial_eta2",)),
    "chi2, n": _route(_correlation.from_chi2, "test statistic", _PHI, ("chi2",)),
    "z, n": _route(_correlation.from_z, "test statistic", rounded=("z",), comparable=False),
    "p, n, tails": _route(_correlation.from_p, "p", rounded=("p",)),
    "p, n, predictors": _route(_correlation.from_p, "p", rounded=("p",)),
    "p, n1, n2, tails": _route(_groups.from_group_p, "p", rounded=("p",)),
    **dict(_means_route(a, b) for a in ("sd", "se", "ci") for b in ("sd", "se", "ci")),
    **dict(_medians_route(a, b) for a in _QUANTILES for b in _QUANTILES),
    "mean_difference, sd_pooled, n1, n2": _route(
        _groups.from_mean_difference, "means or counts", _D, ("mean_difference", "sd_pooled")
    ),
    "mean_difference, se, n1, n2": _route(
        _groups.from_mean_difference, "test statistic", rounded=("mean_difference", "se")
    ),
    "mean_difference, ci, n1, n2": _route(
        _groups.from_mean_difference, "test statistic", rounded=("mean_difference", "ci")
    ),
    "d, n1, n2": Route(_groups.from_printed_d, "effect", _D, ("d",)),
    "g, n1, n2": Route(_groups.from_printed_d, "effect", _D, ("g",)),
    "d, se": Route(_groups.from_printed_d_and_error, "effect", _D, ("d",), comparable=False),
    "g, se": Route(_groups.from_printed_d_and_error, "effect", _D, ("g",), comparable=False),
    "d, ci": Route(_groups.from_printed_d_and_error, "effect", _D, ("d",), comparable=False),
    "g, ci": Route(_groups.from_printed_d_and_error, "effect", _D, ("g",), comparable=False),
    "d, n": Route(_groups.from_printed_d_and_total, "effect", _D, ("d",), comparable=False),
    "g, n": Route(_groups.from_printed_d_and_total, "effect", _D, ("g",), comparable=False),
    "adj_mean1, sd1, n1, adj_mean2, sd2, n2": _route(
        _ancova.from_adjusted_means, "means or counts", rounded=("adj_mean1", "sd1", "adj_mean2", "sd2")
    ),
    "adj_mean1, adj_mean2, sd_adj, n1, n2, covariate_r": _route(
        _ancova.from_adjusted_means,
        "means or counts",
        rounded=("adj_mean1", "adj_mean2", "sd_adj", "covariate_r"),
    ),
    "adj_mean1, se_adj1, n1, adj_mean2, se_adj2, n2, covariate_r": _route(
        _ancova.from_adjusted_means,
        "means or counts",
        rounded=("adj_mean1", "se_adj1", "adj_mean2", "se_adj2", "covariate_r"),
        comparable=False,
    ),
    "t, n1, n2, covariate_r": _route(
        _ancova.from_ancova_test, "test statistic", rounded=("t", "covariate_r")
    ),
    "F, df1, df2, n1, n2, covariate_r": _route(
        _ancova.from_ancova_test, "test statistic", rounded=("F", "covariate_r")
    ),
    "p, n1, n2, covariate_r": _route(_ancova.from_ancova_test, "p", rounded=("p", "covariate_r")),
    "mean_difference, se, n1, n2, covariate_r": _route(
        _ancova.from_ancova_test, "test statistic", rounded=("mean_difference", "se", "covariate_r")
    ),
    "mean_difference, ci, n1, n2, covariate_r": _route(
        _ancova.from_ancova_test, "test statistic", rounded=("mean_difference", "ci", "covariate_r")
    ),
    "pre_mean1, post_mean1, sd_pre1, n1, pre_mean2, post_mean2, sd_pre2, n2": Route(
        from_changes.from_two_changes,
        "means or counts",
        rounded=("pre_mean1", "post_mean1", "sd_pre1", "pre_mean2", "post_mean2", "sd_pre2"),
    ),
    "pre_mean1, post_mean1, sd_pre1, n1": Route(
        from_changes.from_one_change,
        "means or counts",
        _CHANGE,
        ("pre_mean1", "post_mean1", "sd_pre1", "sd_post1", "sd_change1", "pre_post_r", "paired_t"),
    ),
    "mean_change1, sd_pre1, n1, mean_change2, sd_pre2, n2": Route(
        from_changes.from_two_changes,
        "means or counts",
        rounded=("mean_change1", "sd_pre1", "mean_change2", "sd_pre2"),
    ),
    "mean_change1, sd_change1, n1, mean_change2, sd_change2, n2": Route(
        from_changes.from_two_changes,
        "means or counts",
        rounded=("mean_change1", "sd_change1", "mean_change2", "sd_change2", "pre_post_r"),
        comparable=False,
    ),
    "mean_change1, sd_change1, n1": Route(
        from_changes.from_one_change,
        "means or counts",
        _CHANGE,
        ("mean_change1", "sd_change1", "pre_post_r"),
    ),
    "paired_t, n1": Route(
        from_changes.from_one_change, "test statistic", frozenset({"SMCC"}), ("paired_t", "pre_post_r")
    ),
    "events1, n1, events2, n2": _route(_counts.from_events, "means or counts", _TABLE),
    "a, b, c, d": _route(_counts.from_cells, "means or counts", _TABLE),
    "proportion1, n1, proportion2, n2": _route(
        _counts.from_proportions, "means or counts", _TABLE, ("proportion1", "proportion2")
    ),
    "odds_ratio, ci": _route(_counts.from_ratio, "effect", frozenset({"OR"}), ("odds_ratio",)),
    "odds_ratio, se_log": _route(_counts.from_ratio, "effect", frozenset({"OR"}), ("odds_ratio",)),
    "risk_ratio, ci": _route(_counts.from_ratio, "effect", frozenset({"RR"}), ("risk_ratio",)),
    "risk_ratio, se_log": _route(_counts.from_ratio, "effect", frozenset({"RR"}), ("risk_ratio",)),
    "risk_ratio, ci, risk2": _route(_counts.from_ratio, "effect", frozenset({"RR"}), ("risk_ratio", "risk2")),
    "risk_ratio, se_log, risk2": _route(
        _counts.from_ratio, "effect", frozenset({"RR"}), ("risk_ratio", "risk2")
    ),
    "hazard_ratio, ci": _route(_counts.from_ratio, "effect", rounded=("hazard_ratio",), comparable=False),
    "hazard_ratio, se_log": _route(_counts.from_ratio, "effect", rounded=("hazard_ratio",), comparable=False),
    "phi, n": _route(_correlation.from_phi, "effect", _PHI, ("phi",)),
    "yi, vi, measure": Route(from_given.from_given, "effect", rounded=("yi",)),
    "yi, sei, measure": Route(from_given.from_given, "effect", rounded=("yi",)),
    "sessions, outcome_column": Route(_from_sessions, "raw", comparable=False),
}
