"""``review.yaml`` as a typed record (interface, section 2)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from rupmeta.read.study import Scalar, _Record

__all__ = [
    "Analysis",
    "Criteria",
    "Dependence",
    "Measure",
    "Method",
    "Model",
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

    min_measurements: Annotated[int, Field(ge=1)] = 3


class Criteria(_Record):
    """The inclusion criteria; the defaults are the field's."""

    psychotherapy: bool | None = True
    publication: list[str] | None = ["peer-reviewed", "in-press"]
    relation: list[str] | None = ["repair-outcome", "training-outcome"]
    alliance_tracking: AllianceTracking | None = AllianceTracking()


class Model(_Record):
    """How effects are pooled."""

    method: Method = "REML"
    test: TestName = "adhoc"
    level: float = 0.95


class Dependence(_Record):
    """What is done with several effects of one sample."""

    approach: Approach = "aggregate"
    rho: float = 0.5
    weights: Literal["gls", "equal"] = "gls"


class Reference(_Record):
    """A published pooled figure that stands beside an analysis and is never pooled."""

    label: str
    r: float | None = None
    d: float | None = None
    ci: list[float] | None = None
    k: int | None = None
    n: int | None = None
    p: float | str | None = None
    source: str
    quote: str | None = None
    note: str | None = None


class Analysis(_Record):
    """One synthesis."""

    question: str | None = None
    where: dict[str, Scalar | list[Scalar]] = {}
    measure: Measure = "ZCOR"
    report_as: list[Literal["r", "d", "z", "or", "rr"]] = ["r", "d"]
    model: Model = Model()
    dependence: Dependence = Dependence()
    moderators: list[str] = []
    allow: list[Literal["one-group"]] = []
    conversions: dict[str, Scalar] = {}
    assume: dict[str, Scalar] = {}
    status: Literal["prespecified", "posthoc"] = "prespecified"
    references: list[Reference] = []
    note: str | None = None


class Review(_Record):
    """The protocol of a review."""

    rupmeta: int
    title: str | None = None
    registration: str | None = None
    criteria: Criteria = Criteria()
    flow: dict[str, int | str | None] = {}
    analyses: dict[str, Analysis] = {}
    note: str | None = None
