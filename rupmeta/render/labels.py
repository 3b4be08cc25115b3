"""Human words for the names that the rest of the package uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rupmeta.render.numbers import Kind

__all__ = [
    "COMPARISONS",
    "DISPLAY",
    "LEVELS",
    "MARKS",
    "MEASURES",
    "METHODS",
    "MODERATORS",
    "TESTS",
    "Display",
    "comparison_label",
    "level_label",
    "measure_label",
    "method_label",
    "moderator_label",
    "null_word",
    "test_label",
]


@dataclass(frozen=True, slots=True)
class Display:
    """A scale that people read.

    ``symbol`` is what stands in a heading, ``kind`` how its numbers are printed, ``null`` no association,
    ``log`` whether its axis is logarithmic, ``bounds`` the values it can take.
    """

    symbol: str
    name: str
    kind: Kind
    null: float = 0.0
    log: bool = False
    bounds: tuple[float | None, float | None] = (None, None)


DISPLAY: Mapping[str, Display] = {
    "r": Display("r", "correlation", "bounded", bounds=(-1.0, 1.0)),
    "d": Display("d", "standardised mean difference (d)", "unbounded"),
    "g": Display("g", "standardised mean difference (Hedges' g)", "unbounded"),
    "z": Display("z", "Fisher's z", "unbounded"),
    "or": Display("OR", "odds ratio", "unbounded", 1.0, True, (0.0, None)),
    "rr": Display("RR", "risk ratio", "unbounded", 1.0, True, (0.0, None)),
    "rd": Display("RD", "risk difference", "bounded", bounds=(-1.0, 1.0)),
    "phi": Display("φ", "phi coefficient", "bounded", bounds=(-1.0, 1.0)),
    "md": Display("MD", "mean difference", "unbounded"),
    "gen": Display("effect", "effect", "unbounded"),
}

MEASURES: Mapping[str, str] = {
    "ZCOR": "Fisher's z of the correlation",
    "COR": "correlation",
    "PCOR": "partial correlation",
    "ZPCOR": "Fisher's z of the partial correlation",
    "SMD": "standardised mean difference (Hedges' g)",
    "SMDH": "standardised mean difference, unequal variances",
    "MD": "mean difference",
    "OR": "log odds ratio",
    "RR": "log risk ratio",
    "RD": "risk difference",
    "PHI": "phi coefficient",
    "ZPHI": "Fisher's z of the phi coefficient",
    "RPB": "point-biserial correlation",
    "ZPB": "Fisher's z of the point-biserial correlation",
    "RBIS": "biserial correlation",
    "SMCR": "standardised mean change, raw-score standardised",
    "SMCC": "standardised mean change, change-score standardised",
    "GEN": "effect on its own scale",
}

#: What an effect is marked with wherever it appears: flag, mark, words.
MARKS: tuple[tuple[str, str, str], ...] = (
    ("provisional", "†", "provisional: read in an abstract or resting on a judgement"),
    ("converted", "‡", "converted from another statistic"),
    ("approximate", "§", "approximate: a number that the formula needs was not printed"),
    ("adjusted", "#", "adjusted for covariates"),
    ("synthetic", "¶", "synthetic data, not evidence"),
)

METHODS: Mapping[str, str] = {
    "DL": "DerSimonian–Laird",
    "HE": "Hedges",
    "HS": "Hunter–Schmidt",
    "HSk": "Hunter–Schmidt with small-sample correction",
    "SJ": "Sidik–Jonkman",
    "ML": "maximum likelihood",
    "REML": "restricted maximum likelihood",
    "EB": "empirical Bayes",
    "PM": "Paule–Mandel",
    "EE": "equal effects",
}

TESTS: Mapping[str, str] = {
    "adhoc": "Knapp–Hartung, never narrower than the normal interval",
    "knha": "Knapp–Hartung",
    "t": "t distribution",
    "z": "normal distribution",
}

COMPARISONS: Mapping[str, str] = {
    "unrepaired-rupture": "Repair against unrepaired rupture",
    "no-rupture": "Repair against no rupture",
    "continuous": "Degree of repair",
    "untrained": "Training against no training",
}

MODERATORS: Mapping[str, str] = {
    "phase": "Phase of treatment",
    "comparison": "Comparison",
    "personality_disorder": "Share with personality disorder",
    "sample.personality_disorder": "Share with personality disorder",
    "sample.n": "Sample size",
    "sample.diagnosis": "Diagnosis",
    "therapists.experience": "Therapists' experience",
    "therapists.caseload": "Clients per therapist",
    "therapists.n": "Number of therapists",
    "therapy.orientation": "Orientation of the therapy",
    "therapy.sessions": "Number of sessions",
    "sessions": "Number of sessions",
    "rupture.measure": "How ruptures were measured",
    "alliance.rater": "Rater of the alliance",
    "alliance.measurements": "Measurements of the alliance",
    "outcome.kind": "Kind of outcome",
    "publication": "Publication",
    "design": "Design",
    "year": "Year of publication",
}

LEVELS: Mapping[str, str] = {
    **COMPARISONS,
    "early": "Early",
    "middle": "Middle",
    "late": "Late",
    "whole": "Whole treatment",
    "cbt": "Cognitive-behavioural",
    "psychodynamic": "Psychodynamic",
    "humanistic": "Humanistic",
    "interpersonal": "Interpersonal",
    "integrative": "Integrative",
    "trainee": "Trainees",
    "experienced": "Experienced",
    "mixed": "Mixed",
    "self-report": "Self-report",
    "observer": "Observer",
    "alliance-fluctuation": "Alliance fluctuation",
    "symptoms": "Symptoms",
    "functioning": "Functioning",
    "global": "Global outcome",
    "completion": "Completion of therapy",
    "alliance": "Alliance",
    "randomized": "Randomised",
    "naturalistic": "Naturalistic",
    "quasi-experimental": "Quasi-experimental",
    "case-series": "Case series",
    "peer-reviewed": "Peer-reviewed",
    "in-press": "In press",
    "other": "Other",
}


def measure_label(measure: str) -> str:
    """Words for a measure, of the analysis (``ZCOR``) or as shown (``r``); an unknown one is kept."""
    return MEASURES.get(measure) or (DISPLAY[measure].name if measure in DISPLAY else measure)


def method_label(method: str) -> str:
    """Words for an estimator of tau2."""
    return METHODS.get(method, method)


def test_label(test: str) -> str:
    """Words for the reference distribution of tests and intervals."""
    return TESTS.get(test, test)


def comparison_label(comparison: str, relation: str | None = "repair-outcome") -> str:
    """Words for what repair or training was compared with; a continuous predictor is repair only in studies
    of repair.
    """
    if comparison == "continuous" and relation != "repair-outcome":
        return "Continuous: degree of the predictor"
    return COMPARISONS.get(comparison, _spoken(comparison))


def moderator_label(name: str) -> str:
    """Words for a moderator; a reviewer's own name loses its underscores and is otherwise kept."""
    return MODERATORS.get(name, _spoken(name))


def level_label(level: object) -> str:
    """Words for a level of a categorical moderator: ``late`` → ``Late``; True → ``Yes``."""
    if isinstance(level, bool):
        return "Yes" if level else "No"
    return LEVELS.get(str(level), str(level))


def _spoken(name: str) -> str:
    words = name.rsplit(".", 1)[-1].replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def null_word(scale: str | None) -> str:
    """No association on a scale that people read: ``1`` for ratios, ``zero`` for all others.

    >>> null_word("or"), null_word("r"), null_word(None)
    ('1', 'zero', 'zero')
    """
    return "1" if scale is not None and scale in DISPLAY and DISPLAY[scale].null == 1.0 else "zero"
