"""What kind of number every key of a route holds: the bounds that rules check by kind, not key by key."""

from __future__ import annotations

__all__ = [
    "CORRELATIONS",
    "COUNTS",
    "DEGREES",
    "ERRORS",
    "FREE",
    "GROUP_SPREADS",
    "INTERVALS",
    "PEOPLE",
    "PROPORTIONS",
    "RATIOS",
    "SHARES",
    "SPREADS",
    "UNSIGNED",
    "WORDS",
    "spread_name",
]

#: Between -1 and 1; at 1 nothing is left to vary.
CORRELATIONS = ("r", "spearman", "partial_r", "semipartial_r", "phi", "pre_post_r", "covariate_r")
#: Shares of variance, from 0 to below 1.
SHARES = ("eta2", "partial_eta2", "r2", "icc")
#: Shares of people, from 0 to 1.
PROPORTIONS = ("proportion1", "proportion2", "risk2")
#: Numbers of people, whole and positive.
PEOPLE = ("n", "n1", "n2")
#: Numbers of people with an outcome, whole, from 0; ``d`` is one of them beside a, b and c.
COUNTS = ("events1", "events2", "a", "b", "c")
#: Standard deviations, by group; those of changes and of times before and after too.
GROUP_SPREADS = (
    "sd1", "sd2", "se1", "se2", "iqr1", "iqr2", "se_adj1", "se_adj2",
    "sd_pre1", "sd_post1", "sd_change1", "sd_pre2", "sd_post2", "sd_change2",
)  # fmt: skip
#: All spreads of scores, positive.
SPREADS = (*GROUP_SPREADS, "sd_x", "sd_y", "sd_pooled", "sd_adj")
#: Sampling variances and standard errors of effects, positive.
ERRORS = ("vi", "sei", "se", "se_log")
#: Ratios, positive, whose intervals are symmetric in their logarithm.
RATIOS = ("odds_ratio", "risk_ratio", "hazard_ratio")
#: Degrees of freedom, positive.
DEGREES = ("df", "df1", "df2")
#: Statistics that are never negative.
UNSIGNED = ("F", "chi2")
#: Interval → the numbers that must lie inside it.
INTERVALS: dict[str, tuple[str, ...]] = {
    "ci": ("r", "d", "g", "slope", "mean_difference", *RATIOS),
    "ci1": ("mean1",),
    "ci2": ("mean2",),
    "ci_change1": ("mean_change1",),
    "ci_change2": ("mean_change2",),
    "quartiles1": ("median1",),
    "quartiles2": ("median2",),
    "range1": ("median1",),
    "range2": ("median2",),
}
#: Any number may stand here, or the key has a rule of its own.
FREE = (
    "fisher_z", "beta", "slope", "t", "z", "p", "d", "g", "yi", "paired_t", "paired_t2",
    "mean1", "mean2", "median1", "median2", "adj_mean1", "adj_mean2", "mean_difference",
    "pre_mean1", "post_mean1", "pre_mean2", "post_mean2", "mean_change1", "mean_change2",
    "covariates", "predictors", "cluster_size", "level", "tails",
)  # fmt: skip
#: Keys that hold no number.
WORDS = ("measure", "sessions", "outcome_column", "detect", "favours", "sign", "note", "adjusted")


def spread_name(key: str) -> str:
    """What a spread is called in a sentence.

    >>> spread_name("se_adj1"), spread_name("iqr2"), spread_name("sd_x")
    ('standard error', 'interquartile range', 'standard deviation')
    """
    if key.startswith("se"):
        return "standard error"
    return "interquartile range" if key.startswith("iqr") else "standard deviation"
