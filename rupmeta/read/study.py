"""A study file as a typed record (interface, section 3)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

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
    "Source",
    "Study",
    "Therapists",
    "Therapy",
]

Scalar = float | int | bool | str | None
Proportion = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]


class _Record(BaseModel):
    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True
    )


class Citation(_Record):
    """Who wrote it, when and where; CSL-like."""

    authors: list[str] = []
    year: int | None = None
    title: str | None = None
    container: str | None = None
    volume: int | str | None = None
    issue: int | str | None = None
    pages: int | str | None = None
    publisher: str | None = None
    doi: str | None = None
    pmid: int | str | None = None
    url: str | None = None


class Sample(_Record):
    """The people. Studies with overlapping samples share ``id``."""

    id: str | None = None
    n: Annotated[int, Field(gt=0)] | None = None
    diagnosis: str | None = None
    personality_disorder: Proportion | None = None
    population: str | None = None


class Therapy(_Record):
    """The treatment in which the alliance was observed."""

    psychotherapy: bool | None = None
    name: str | None = None
    orientation: (
        Literal["cbt", "psychodynamic", "humanistic", "interpersonal", "integrative", "other"] | None
    ) = None
    sessions: Annotated[float, Field(gt=0)] | None = None


class Therapists(_Record):
    """The people who give it."""

    n: Annotated[int, Field(gt=0)] | None = None
    experience: Literal["trainee", "experienced", "mixed"] | None = None
    caseload: Annotated[float, Field(gt=0)] | None = None


class Alliance(_Record):
    """How, by whom and how often the alliance was rated."""

    measure: str | None = None
    rater: str | None = None
    measurements: Count | None = None


class Rupture(_Record):
    """How ruptures and repairs were measured."""

    measure: Literal["self-report", "observer", "alliance-fluctuation"] | None = None
    instrument: str | None = None
    criterion: str | None = None


class Scale(_Record):
    """The range and the smallest step of an outcome scale."""

    min: float | None = None
    max: float | None = None
    step: float | None = None


class Outcome(_Record):
    """What counts as progress; ``better`` says which way the scale runs."""

    name: str
    kind: Literal["symptoms", "functioning", "global", "completion", "alliance"]
    better: Literal["lower", "higher"]
    scale: Scale | None = None


class Source(_Record):
    """Where in the paper the numbers stand."""

    where: str
    quote: str | None = None


class Reported(_Record):
    """One printed statistic with its companions; which keys belong together: ``read.routes``."""

    r: float | None = None
    spearman: float | None = None
    fisher_z: float | None = None
    partial_r: float | None = None
    semipartial_r: float | None = None
    r2: float | None = None
    beta: float | None = None
    covariates: Count | None = None
    predictors: Count | None = None
    t: float | None = None
    df: float | None = None
    F: float | None = None
    df1: float | None = None
    df2: float | None = None
    chi2: float | None = None
    z: float | None = None
    p: float | str | None = None
    tails: Literal[1, 2] | None = None
    n: int | None = None
    n1: int | None = None
    n2: int | None = None
    mean1: float | None = None
    sd1: float | None = None
    se1: float | None = None
    ci1: list[float] | None = None
    mean2: float | None = None
    sd2: float | None = None
    se2: float | None = None
    ci2: list[float] | None = None
    d: float | None = None
    g: float | None = None
    se: float | None = None
    ci: list[float] | None = None
    pre_mean1: float | None = None
    post_mean1: float | None = None
    sd_pre1: float | None = None
    sd_post1: float | None = None
    sd_change1: float | None = None
    pre_mean2: float | None = None
    post_mean2: float | None = None
    sd_pre2: float | None = None
    sd_post2: float | None = None
    sd_change2: float | None = None
    pre_post_r: float | None = None
    paired_t: float | None = None
    events1: int | None = None
    events2: int | None = None
    a: int | None = None
    b: int | None = None
    c: int | None = None
    odds_ratio: float | None = None
    risk_ratio: float | None = None
    se_log: float | None = None
    phi: float | None = None
    yi: float | None = None
    vi: float | None = None
    sei: float | None = None
    measure: str | None = None
    sessions: str | None = None
    outcome_column: str | None = None
    detect: dict[str, Any] | None = None
    favours: Literal["repair", "comparison"] | None = None
    sign: Literal["benefit"] | None = None
    level: float | None = None
    note: str | None = None

    def keys_given(self) -> tuple[str, ...]:
        """The keys that hold a value, in the order of the file."""
        return tuple(key for key in self.model_fields_set if getattr(self, key) is not None)


class Effect(_Record):
    """One effect: what was compared on which outcome, and every route that the paper gives to it."""

    id: str
    outcome: Outcome
    comparison: Literal["unrepaired-rupture", "no-rupture", "continuous", "untrained"] | None = None
    phase: Literal["early", "middle", "late", "whole"] | None = None
    moderators: dict[str, Scalar] = {}
    reported: list[Reported] = []
    source: Source
    status: Literal["verified", "provisional"] | None = None
    note: str | None = None
    accept: dict[str, str] = {}


class Extraction(_Record):
    """Who extracted it, when, and how far it can be relied on."""

    coder: str | None = None
    date: str | None = None
    status: Literal["verified", "provisional"] = "verified"
    synthetic: bool = False
    note: str | None = None


class RiskOfBias(_Record):
    """Judgements by domain of a named tool."""

    tool: str
    domains: dict[str, str]


class Study(_Record):
    """One study file."""

    citation: str | Citation
    publication: (
        Literal["peer-reviewed", "in-press", "preprint", "dissertation", "chapter", "report", "unpublished"]
        | None
    ) = None
    relation: Literal["repair-outcome", "training-outcome", "other"]
    design: Literal["naturalistic", "randomized", "quasi-experimental", "case-series"] | None = None
    sample: Sample = Sample()
    therapy: Therapy = Therapy()
    therapists: Therapists = Therapists()
    alliance: Alliance = Alliance()
    rupture: Rupture = Rupture()
    moderators: dict[str, Scalar] = {}
    effects: list[Effect] = []
    extraction: Extraction = Extraction()
    risk_of_bias: RiskOfBias | None = None
    accept: dict[str, str] = {}
    note: str | None = None
