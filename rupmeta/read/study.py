"""A study file as a typed record (interface, section 3)."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

__all__ = [
    "Alliance",
    "Citation",
    "Effect",
    "Extraction",
    "Outcome",
    "Reported",
    "RiskOfBias",
    "Rupture",
    "Sample",
    "Scalar",
    "Scale",
    "Source",
    "Study",
    "Therapists",
    "Therapy",
]

Scalar = float | int | bool | str | None
Proportion = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
People = Annotated[int, Field(gt=0)]
Limits = Annotated[list[float], Field(min_length=2, max_length=2)]
Level = Annotated[float, Field(gt=0.5, lt=1)]
Correlation = Annotated[float, Field(gt=-1, lt=1)]
Publication = Literal[
    "peer-reviewed", "in-press", "preprint", "dissertation", "chapter", "report", "unpublished"
]
Relation = Literal["repair-outcome", "training-outcome", "other"]

_INITIALS = re.compile(r"(?:[^\W\d_]\.[ -]?)+\Z|[A-Z]{1,3}\Z")


def _rejoin_authors(authors: Any) -> Any:
    """``[Larsson, M., Ek, J. T.]``, four items for YAML, is two people: initials join the name before."""
    if not isinstance(authors, list):
        return authors
    joined: list[Any] = []
    for item in authors:
        initials = isinstance(item, str) and _INITIALS.match(item)
        if initials and joined and isinstance(joined[-1], str) and "," not in joined[-1]:
            joined[-1] = f"{joined[-1]}, {item}"
        else:
            joined.append(item)
    return joined


def _about(description: str, default: Any = None) -> Any:
    """A field that may be left out, with the sentence that editors show."""
    if isinstance(default, dict | list):
        return Field(
            default_factory=default.copy, description=description
        )  # quicker than pydantic's deep copy
    return Field(default=default, description=description)


class _Record(BaseModel):
    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True, defer_build=True
    )


class Citation(_Record):
    """Who wrote it, when and where; CSL-like."""

    authors: Annotated[list[str], BeforeValidator(_rejoin_authors)] = _about(
        "Family name, initials; one item each", []
    )
    year: int | None = _about("Year of publication")
    title: str | None = _about("Title of the paper")
    container: str | None = _about("Journal or book")
    volume: int | str | None = _about("Volume")
    issue: int | str | None = _about("Issue")
    pages: int | str | None = _about("Pages, such as 123-136")
    publisher: str | None = _about("Publisher, or university of a dissertation")
    doi: str | None = _about("DOI without resolver: 10.1080/…")
    pmid: int | str | None = _about("PubMed id")
    url: str | None = _about("Address, if there is no DOI")


class Sample(_Record):
    """The people. Studies with overlapping samples share ``id``."""

    id: str | None = _about("Name of the sample; studies of the same people share it")
    n: People | None = _about("Number of clients")
    diagnosis: str | None = _about("Main diagnosis, or mixed")
    personality_disorder: Proportion | None = _about(
        "Proportion of clients with a personality disorder, 0 to 1"
    )
    population: str | None = _about("Who they are, in a few words")


class Therapy(_Record):
    """The treatment in which the alliance was observed."""

    psychotherapy: bool | None = _about("Whether it was psychotherapy: true or false")
    name: str | None = _about("Name of the treatment")
    orientation: (
        Literal["cbt", "psychodynamic", "humanistic", "interpersonal", "integrative", "other"] | None
    ) = _about("Main orientation")
    sessions: Annotated[float, Field(gt=0)] | None = _about("Number of sessions, the mean if it varied")


class Therapists(_Record):
    """The people who give it."""

    n: People | None = _about("Number of therapists")
    experience: Literal["trainee", "experienced", "mixed"] | None = _about(
        "Trainees or experienced therapists"
    )
    caseload: Annotated[float, Field(gt=0)] | None = _about("Clients per therapist in the study")


class Alliance(_Record):
    """How, by whom and how often the alliance was rated."""

    measure: str | None = _about("Instrument, such as WAI-SR")
    rater: str | None = _about("Who rated: patient, therapist or observer")
    measurements: Count | None = _about("How often the alliance was rated")
    measurements_at_least: Count | None = _about(
        "A floor where the exact number was not reported: every session of a therapy of at least four"
    )


class Rupture(_Record):
    """How ruptures and repairs were measured."""

    measure: Literal["self-report", "observer", "alliance-fluctuation"] | None = _about("Kind of measure")
    instrument: str | None = _about("Instrument, such as PSQ or 3RS")
    criterion: str | None = _about("What counted as a rupture and as its repair")


class Scale(_Record):
    """The range and the smallest step of an outcome scale."""

    min: float | None = _about("Lowest possible score")
    max: float | None = _about("Highest possible score")
    step: float | None = _about("Smallest difference between two scores of one person")


class Outcome(_Record):
    """What counts as progress; ``better`` says which way the scale runs."""

    name: str = Field(description="the measure of progress, such as CORE-OM")
    kind: Literal["symptoms", "functioning", "global", "completion", "alliance"] = Field(
        description="symptoms, functioning, global, completion or alliance"
    )
    better: Literal["lower", "higher"] = Field(description="lower or higher: which scores mean progress")
    scale: Scale | None = _about("Range of the scale, so that impossible means are found")


class Source(_Record):
    """Where in the paper the numbers stand."""

    where: str = Field(description='where the numbers stand, such as "Table 2, p. 130"')
    quote: str | None = _about("The sentence or cells, word for word")


class Reported(_Record):
    """One printed statistic with its companions; which keys belong together: ``read.routes``."""

    r: float | None = _about("Pearson correlation (n)")
    spearman: float | None = _about("Spearman's rank correlation (n)")
    fisher_z: float | None = _about("Fisher's z of a correlation (n)")
    partial_r: float | None = _about("Partial correlation (n, covariates)")
    semipartial_r: float | None = _about("Semi-partial correlation (n, covariates, r2)")
    r2: float | None = _about("R² of the full model, 0 to 1")
    beta: float | None = _about("Standardised regression coefficient (n, covariates)")
    covariates: Count | None = _about("Number of other predictors held constant")
    slope: float | None = _about(
        "Unstandardised regression coefficient b (se, ci, p, or sd_x and sd_y; n, covariates)"
    )
    sd_x: float | None = _about("Standard deviation of the predictor")
    sd_y: float | None = _about("Standard deviation of the outcome")
    predictors: Count | None = _about("Number of predictors in the model of a coefficient's t")
    t: float | None = _about("t (df; or n1 and n2; or n and predictors)")
    df: float | None = _about("Degrees of freedom")
    F: float | None = _about("F with df1: 1 (df1, df2, favours)")
    df1: float | None = _about("Numerator degrees of freedom")
    df2: float | None = _about("Denominator degrees of freedom")
    eta2: float | None = _about("Eta squared of two groups, 0 to 1 (n, favours)")
    partial_eta2: float | None = _about("Partial eta squared of an effect with one df (df2, favours)")
    chi2: float | None = _about("Chi-square of a 2 × 2 table (n, favours)")
    z: float | None = _about("z (n)")
    p: float | str | None = _about('p value, or a bound such as "<.001" (n, tails, favours)')
    tails: Literal[1, 2] | None = _about("1 or 2; two if left out")
    n: int | None = _about("Number of clients behind the statistic")
    n1: int | None = _about("Clients in group 1: repair, or trained therapists")
    n2: int | None = _about("Clients in group 2: the comparison")
    mean1: float | None = _about("Mean of group 1")
    sd1: float | None = _about("Standard deviation of group 1")
    se1: float | None = _about("Standard error of the mean of group 1")
    ci1: Limits | None = _about("Confidence limits of the mean of group 1")
    mean2: float | None = _about("Mean of group 2")
    sd2: float | None = _about("Standard deviation of group 2")
    se2: float | None = _about("Standard error of the mean of group 2")
    ci2: Limits | None = _about("Confidence limits of the mean of group 2")
    median1: float | None = _about("Median of group 1 (quartiles1, range1 or iqr1; the same of group 2)")
    quartiles1: Limits | None = _about("First and third quartile of group 1")
    range1: Limits | None = _about("Smallest and largest value of group 1")
    iqr1: float | None = _about("Interquartile range of group 1, a width")
    median2: float | None = _about("Median of group 2")
    quartiles2: Limits | None = _about("First and third quartile of group 2")
    range2: Limits | None = _about("Smallest and largest value of group 2")
    iqr2: float | None = _about("Interquartile range of group 2, a width")
    mean_difference: float | None = _about(
        "Mean of group 1 minus mean of group 2 (sd_pooled, se or ci; n1, n2)"
    )
    sd_pooled: float | None = _about("Standard deviation pooled over both groups")
    adj_mean1: float | None = _about("Mean of group 1 adjusted for covariates")
    se_adj1: float | None = _about("Standard error of the adjusted mean of group 1")
    adj_mean2: float | None = _about("Mean of group 2 adjusted for covariates")
    se_adj2: float | None = _about("Standard error of the adjusted mean of group 2")
    sd_adj: float | None = _about(
        "Residual standard deviation of an analysis of covariance, the root of its MSE"
    )
    covariate_r: float | None = _about("(Multiple) correlation of covariates and outcome inside the groups")
    d: float | None = _about("Cohen's d (n1 and n2; or se; or ci; or n), or the fourth cell of a, b, c, d")
    g: float | None = _about("Hedges' g (n1 and n2; or se; or ci; or n)")
    se: float | None = _about("Standard error of the statistic")
    ci: Limits | None = _about("Confidence limits of the statistic: [lower, upper]")
    pre_mean1: float | None = _about("Mean of group 1 before")
    post_mean1: float | None = _about("Mean of group 1 after")
    sd_pre1: float | None = _about("Standard deviation of group 1 before")
    sd_post1: float | None = _about("Standard deviation of group 1 after")
    sd_change1: float | None = _about("Standard deviation of the change of group 1")
    pre_mean2: float | None = _about("Mean of group 2 before")
    post_mean2: float | None = _about("Mean of group 2 after")
    sd_pre2: float | None = _about("Standard deviation of group 2 before")
    sd_post2: float | None = _about("Standard deviation of group 2 after")
    sd_change2: float | None = _about("Standard deviation of the change of group 2")
    pre_post_r: float | None = _about("Correlation of scores before and after; never assumed")
    paired_t: float | None = _about("t of the change within group 1")
    paired_t2: float | None = _about("t of the change within group 2")
    mean_change1: float | None = _about("Mean change of group 1, after minus before")
    mean_change2: float | None = _about("Mean change of group 2, after minus before")
    ci_change1: Limits | None = _about("Confidence limits of the mean change of group 1")
    ci_change2: Limits | None = _about("Confidence limits of the mean change of group 2")
    events1: int | None = _about("Clients with the outcome in group 1")
    events2: int | None = _about("Clients with the outcome in group 2")
    a: int | None = _about("Group 1 with the outcome")
    b: int | None = _about("Group 1 without the outcome")
    c: int | None = _about("Group 2 with the outcome")
    odds_ratio: float | None = _about("Odds ratio (ci or se_log)")
    risk_ratio: float | None = _about("Risk ratio (ci or se_log)")
    risk2: float | None = _about("Risk in group 2, 0 to 1, with which a risk ratio becomes an odds ratio")
    hazard_ratio: float | None = _about("Hazard ratio (ci or se_log)")
    proportion1: float | None = _about("Proportion of group 1 with the outcome, 0 to 1")
    proportion2: float | None = _about("Proportion of group 2 with the outcome, 0 to 1")
    se_log: float | None = _about("Standard error of the log ratio")
    phi: float | None = _about("Phi coefficient (n)")
    yi: float | None = _about("An effect computed elsewhere (vi or sei, measure)")
    vi: float | None = _about("Its sampling variance")
    sei: float | None = _about("Its standard error")
    measure: str | None = _about("The scale of yi: ZCOR, COR, SMD, OR (log) …; GEN is any other")
    sessions: str | None = _about("File of session ratings, relative to the studies folder (outcome_column)")
    outcome_column: str | None = _about("Column of the outcome in the session file")
    detect: dict[str, Any] | None = _about("How ruptures and repairs are found in the session file")
    favours: Literal["repair", "comparison"] | None = _about("Whom a statistic without a sign favours")
    sign: Literal["benefit"] | None = _about("benefit: the paper's sign already means better with repair")
    level: Level | None = _about("Level of the confidence interval, 0.95 if left out")
    adjusted: bool | None = _about("true: adjusted for covariates that were not reported")
    icc: float | None = _about("Intraclass correlation of clients of one therapist or group (cluster_size)")
    cluster_size: float | None = _about("Clients per therapist or group, the mean if it varied (icc)")
    note: str | None = _about("A remark")

    def keys_given(self) -> tuple[str, ...]:
        """The keys that hold a value, in the order of the record's fields."""
        given = self.__pydantic_fields_set__
        values = self.__dict__
        return tuple(sorted(key for key in given if values[key] is not None))


class Effect(_Record):
    """One effect: what was compared on which outcome, and every route that the paper gives to it."""

    id: str = Field(description="a short name, unique in the study")
    outcome: Outcome = Field(description="name, kind and better")
    comparison: Literal["unrepaired-rupture", "no-rupture", "continuous", "untrained"] | None = _about(
        "What repair is compared with"
    )
    phase: Literal["early", "middle", "late", "whole"] | None = _about(
        "When in treatment repair was assessed"
    )
    moderators: dict[str, Scalar] = _about("Whatever else was coded for this effect", {})
    comparison_group: str | None = _about(
        "Name of group 2, where several effects of the sample are compared with the same people"
    )
    outcome_r: dict[str, Correlation] = _about(
        "Correlation of this outcome with those of other effects of the sample, by effect id", {}
    )
    reported: list[Reported] = _about("Every route that the paper gives, one item each", [])
    source: Source = Field(description='source.where says where the numbers stand, such as "Table 2, p. 130"')
    status: Literal["verified", "provisional"] | None = _about("The study's status if left out")
    note: str | None = _about("A remark, or why it is provisional")
    accept: dict[str, str] = _about("Warnings that were looked into: code and reason", {})


class Extraction(_Record):
    """Who extracted it, when, and how far it can be relied on."""

    coder: str | None = _about("Initials of the extractor")
    date: str | None = _about("Date of extraction: 2026-01-10")
    status: Literal["verified", "provisional"] = _about(
        "provisional: not checked against the paper", "verified"
    )
    synthetic: bool = _about("true: invented data, never evidence", False)
    note: str | None = _about("A remark, or why it is provisional")


class RiskOfBias(_Record):
    """Judgements by domain of a named tool, and overall."""

    tool: str = Field(
        description="rob-2, robins-i, robins-e, quips, or the name of a file in the folder risk_of_bias"
    )
    domains: dict[str, str] = Field(description="one judgement per domain; overall: that of the study")
    reasons: dict[str, str] = _about("Why it was judged so, by domain", {})


class Study(_Record):
    """One study file."""

    citation: str | Citation = Field(description="the reference, as text or as authors, year, title …")
    publication: Publication | None = _about("How it was published")
    relation: Relation = Field(description="repair-outcome, training-outcome or other")
    design: Literal["naturalistic", "randomized", "quasi-experimental", "case-series"] | None = _about(
        "Design"
    )
    assigned: Literal["clients", "therapists", "sites"] | None = _about(
        "Whom chance assigned, in a randomised study"
    )
    sample: Sample = _about("The people", Sample())
    therapy: Therapy = _about("The treatment", Therapy())
    therapists: Therapists = _about("The therapists", Therapists())
    alliance: Alliance = _about("How the alliance was rated", Alliance())
    rupture: Rupture = _about("How ruptures and repairs were measured", Rupture())
    moderators: dict[str, Scalar] = _about("Whatever else was coded: any name, any value", {})
    effects: list[Effect] = _about("The effects of this study", [])
    extraction: Extraction = _about("Who extracted it, when, how reliably", Extraction())
    risk_of_bias: RiskOfBias | None = _about("Risk of bias by domain")
    accept: dict[str, str] = _about("Warnings that were looked into: code and reason", {})
    note: str | None = _about("A remark")
