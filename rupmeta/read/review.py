"""``review.yaml`` as a typed record (interface, section 2)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from rupmeta.read.reporting import Certainty, Declarations, Process, Search, Version
from rupmeta.read.study import Level, Limits, Publication, Relation, Scalar, _about, _Record

__all__ = [
    "Analysis",
    "Criteria",
    "Dependence",
    "Inclusion",
    "Measure",
    "Method",
    "Model",
    "Multiverse",
    "Reference",
    "Review",
    "TestName",
]

Method = Literal["DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "EE"]
TestName = Literal["adhoc", "knha", "t", "z"]
Measure = Literal[
    "ZCOR", "COR", "PCOR", "ZPCOR", "SMD", "MD", "SMDH", "OR", "RR", "RD", "PHI", "ZPHI",
    "RPB", "ZPB", "RBIS", "SMCR", "SMCC", "GEN",
]  # fmt: skip
Approach = Literal["none", "aggregate", "multilevel", "che"]


class AllianceTracking(_Record):
    """How often the alliance must have been rated when ruptures were not measured explicitly."""

    min_measurements: Annotated[int, Field(ge=1)] = _about("Least number of alliance ratings", 3)


class Criteria(_Record):
    """The inclusion criteria; the defaults are the field's."""

    psychotherapy: bool | None = _about("Only psychotherapy", True)
    publication: list[Publication] | None = _about("Publication types", ["peer-reviewed", "in-press"])
    relation: list[Relation] | None = _about("Relations studied", ["repair-outcome", "training-outcome"])
    alliance_tracking: AllianceTracking | None = _about(
        "How often the alliance was rated, unless ruptures were measured explicitly", AllianceTracking()
    )


class Model(_Record):
    """How effects are pooled."""

    method: Method = _about("Estimator of tau²", "REML")
    test: TestName = _about("Test and interval: adhoc is Knapp-Hartung, never narrower than z", "adhoc")
    level: Level = _about("Level of intervals, a proportion", 0.95)


class Dependence(_Record):
    """What is done with several effects of one sample."""

    approach: Approach = _about("none, aggregate, multilevel or che", "aggregate")
    rho: Annotated[float, Field(gt=-1, le=1)] = _about(
        "Correlation between effects of one sample; 1 only with weights: equal", 0.5
    )
    weights: Literal["gls", "equal"] = _about("How the effects of a sample are averaged", "gls")


class Reference(_Record):
    """A published pooled figure that stands beside an analysis and is never pooled."""

    label: str = Field(description="what it is called beside the estimate")
    r: float | None = _about("Pooled correlation")
    d: float | None = _about("Pooled standardised mean difference")
    ci: Limits | None = _about("Its interval: [lower, upper]")
    k: int | None = _about("Number of studies")
    n: int | None = _about("Number of clients")
    p: float | str | None = _about("p value as printed")
    source: str = Field(description="where it was read")
    quote: str | None = _about("The sentence, word for word")
    subset: str | None = _about("The part of the studies that the figure is of, in words")
    comparison: list[Literal["unrepaired-rupture", "no-rupture", "continuous", "untrained"]] | None = _about(
        "With whom repair or training was compared"
    )
    contrast: Literal["between", "within"] | None = _about(
        "between clients (or groups of them), or a change within clients"
    )
    counts: Literal["clients", "therapists"] | None = _about("Whom n counts")
    adjusted: bool | None = _about("Whether effects that are adjusted for covariates were pooled")
    method: Method | None = _about("Estimator of tau²")
    shared: list[str] | None = _about("Studies of this folder that the figure rests on too; [] if none does")
    note: str | None = _about("A remark")


class Inclusion(_Record):
    """A defensible way of deciding which effects are in."""

    name: str = Field(description="what it is called in tables and figures")
    where: dict[str, Scalar | list[Scalar]] = _about(
        "Keep only effects with these values, on top of the analysis", {}
    )
    unless: dict[str, Scalar | list[Scalar]] = _about("Leave out effects with any of these values", {})
    criteria: Criteria | None = _about("Inclusion criteria in place of the review's")


class Multiverse(_Record):
    """Defensible alternatives to what an analysis declares; a choice that is left out is not varied."""

    include: list[Inclusion] | None = _about("Which effects are in, beside those of the analysis")
    effects: list[Literal["aggregate", "first", "precise"]] | None = _about(
        "One effect a sample: their average, the first in the file, or the most precise"
    )
    measure: list[Measure] | None = _about("Scales that are pooled")
    conversions: dict[str, list[Scalar]] | None = _about("Choices of conversion: split: [observed, equal]")
    rho: list[Annotated[float, Field(gt=-1, lt=1)]] | None = _about(
        "Correlations between effects of one sample"
    )
    method: list[Method] | None = _about("Estimators of tau²")
    test: list[TestName] | None = _about("Tests and intervals")
    influential: list[Literal["keep", "cook", "each"]] | None = _about(
        "Samples left out: none, those that Cook's distance flags, or each in turn"
    )


class Analysis(_Record):
    """One synthesis."""

    question: str | None = _about("The question, as a sentence")
    where: dict[str, Scalar | list[Scalar]] = _about("Which effects: field and value, or list of values", {})
    measure: Measure = _about("The scale that is pooled", "ZCOR")
    report_as: list[Literal["r", "d", "z", "or", "rr"]] = _about("Scales of the answer", ["r", "d"])
    model: Model = _about("How effects are pooled", Model())
    dependence: Dependence = _about("What is done with several effects of a sample", Dependence())
    moderators: list[str] = _about("Fields that may explain differences between studies", [])
    allow: list[Literal["one-group"]] = _about("Designs that would otherwise be refused", [])
    conversions: dict[str, Scalar] = _about("Choices of conversion, such as split: equal", {})
    assume: dict[str, Scalar] = _about("Numbers that papers do not give, such as pre_post_r: 0.5", {})
    multiverse: Multiverse | None = _about("Defensible alternatives, for rupmeta multiverse")
    status: Literal["prespecified", "posthoc"] = _about("Written before or after seeing data", "prespecified")
    certainty: Certainty | None = _about("How certain the evidence is, rated by people (GRADE)")
    references: list[Reference] = _about("Published figures that stand beside the answer", [])
    accept: dict[str, str] = _about("Warnings that were looked into: code and reason", {})
    note: str | None = _about("A remark")


class Review(_Record):
    """The protocol of a review."""

    rupmeta: int = Field(description="format version: 1")
    title: str | None = _about("Title of the review")
    registration: str | None = _about("Registry id or address")
    criteria: Criteria = _about("Inclusion criteria; the field's if left out", Criteria())
    flow: dict[str, int | str | None] = _about("Counts for the PRISMA 2020 flow diagram", {})
    search: Search | None = _about("Where and how studies were searched")
    process: Process | None = _about("Who screened, extracted and rated, and how")
    declarations: Declarations | None = _about("Protocol, support, interests, availability")
    version: Version | None = _about("Which version of a review that is kept up to date")
    analyses: dict[str, Analysis] = _about("Analyses by name; the first is the default", {})
    note: str | None = _about("A remark")
