"""What other programs call the columns of their tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["DIALECTS", "Dialect", "plain_name", "recognise"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """A program's table: what it is called, how it is recognised, and its columns (plain name → field).

    ``own`` is this program's long table: it holds whole study files and is given no defaults.
    """

    name: str
    about: str
    fits: Callable[[frozenset[str]], bool]
    columns: Mapping[str, str]
    own: bool = False


def plain_name(column: str) -> str:
    """A column's name without case, signs and doubled spaces.

    >>> plain_name("Hedges's g"), plain_name("Group-A  Std-Dev"), plain_name("n_total")
    ('hedges g', 'group a std dev', 'n total')
    """
    words = re.sub(r"['’]s?\b", "", column.lower())
    words = re.sub(r"[’']", "", words)
    return " ".join(re.sub(r"[^\w.²]|_", " ", words).split())


#: Names that most sheets share.
_PLAIN: Mapping[str, str] = {
    "study": "study", "study id": "study", "studyid": "study", "trial": "study",
    "label": "citation", "citation": "citation", "reference": "citation", "author": "citation.authors",
    "authors": "citation.authors", "year": "citation.year", "publication year": "citation.year",
    "pub year": "citation.year", "title": "citation.title", "journal": "citation.container",
    "container": "citation.container", "volume": "citation.volume", "issue": "citation.issue",
    "pages": "citation.pages", "doi": "citation.doi", "pmid": "citation.pmid", "url": "citation.url",
    "publication type": "publication", "effect": "effect", "effect id": "effect", "outcome": "outcome.name",
    "outcome name": "outcome.name", "outcome kind": "outcome.kind", "better": "outcome.better",
    "comparison": "comparison", "phase": "phase", "r": "reported.r", "cor": "reported.r",
    "correlation": "reported.r", "spearman": "reported.spearman",
    "fisher z": "reported.fisher_z", "fisherz": "reported.fisher_z", "zr": "reported.fisher_z",
    "beta": "reported.beta", "partial r": "reported.partial_r", "covariates": "reported.covariates",
    "t": "reported.t", "df": "reported.df", "f": "reported.F", "df1": "reported.df1", "df2": "reported.df2",
    "chi2": "reported.chi2", "chi square": "reported.chi2", "p": "reported.p", "p value": "reported.p",
    "tails": "reported.tails", "favours": "reported.favours", "n": "reported.n", "n total": "reported.n",
    "total n": "reported.n", "sample size": "reported.n", "n1": "reported.n1", "n2": "reported.n2",
    "mean1": "reported.mean1", "sd1": "reported.sd1", "mean2": "reported.mean2", "sd2": "reported.sd2",
    "m1": "reported.mean1", "m2": "reported.mean2", "d": "reported.d", "cohen d": "reported.d",
    "g": "reported.g", "hedges g": "reported.g", "se": "reported.se",
    "ci lower": "reported.ci.0", "ci upper": "reported.ci.1", "ci lb": "reported.ci.0",
    "ci ub": "reported.ci.1", "lower": "reported.ci.0", "upper": "reported.ci.1",
    "or": "reported.odds_ratio", "odds ratio": "reported.odds_ratio", "rr": "reported.risk_ratio",
    "risk ratio": "reported.risk_ratio", "hr": "reported.hazard_ratio",
    "hazard ratio": "reported.hazard_ratio", "events1": "reported.events1", "events2": "reported.events2",
    "yi": "reported.yi", "vi": "reported.vi", "sei": "reported.sei", "measure": "reported.measure",
    "sign": "reported.sign", "adjusted": "reported.adjusted", "ni": "reported.n", "status": "effect.status",
    "synthetic": "extraction.synthetic", "coder": "extraction.coder",
    "quote": "source.quote",
}  # fmt: skip

_METAFOR: Mapping[str, str] = {
    "slab": "citation", "yi": "reported.yi", "vi": "reported.vi", "sei": "reported.sei", "ni": "reported.n",
    "m1i": "reported.mean1", "sd1i": "reported.sd1", "n1i": "reported.n1", "m2i": "reported.mean2",
    "sd2i": "reported.sd2", "n2i": "reported.n2", "ri": "reported.r", "ti": "reported.t",
    "fi": "reported.F", "pi": "reported.p", "mi": "reported.predictors", "measure": "reported.measure",
}  # fmt: skip
_METAFOR_CELLS = {"ai": "reported.a", "bi": "reported.b", "ci": "reported.c", "di": "reported.d"}
_METAFOR_EVENTS = {"ai": "reported.events1", "ci": "reported.events2", "di": "reported.d"}

_PYMARE = {
    "y": "reported.yi", "v": "reported.vi", "n": "reported.n", "study": "study",
    "measure": "reported.measure",
}  # fmt: skip

_CMA: dict[str, str] = {
    "study name": "study", "subgroup within study": "effect.moderators.subgroup", "outcome": "outcome.name",
    "comparison": "effect.moderators.comparison", "time point": "effect.moderators.time_point",
    "correlation": "reported.r", "fisher z": "reported.fisher_z", "sample size": "reported.n",
    "total": "reported.n", "total n": "reported.n", "std diff in means": "reported.d",
    "cohen d": "reported.d", "hedges g": "reported.g", "std err": "reported.se", "std error": "reported.se",
    "standard error": "reported.se", "odds ratio": "reported.odds_ratio",
    "risk ratio": "reported.risk_ratio", "hazard ratio": "reported.hazard_ratio",
    "lower limit": "reported.ci.0", "upper limit": "reported.ci.1", "t value": "reported.t",
    "raw difference": "reported.mean_difference", "difference in means": "reported.mean_difference",
    "common std dev": "reported.sd_pooled",
}  # fmt: skip
for _group, _number in (("a", "1"), ("b", "2")):
    for _words, _key in (("mean", "mean"), ("std dev", "sd"), ("sample size", "n"), ("events", "events"),
                         ("total n", "n"), ("n", "n")):  # fmt: skip
        _CMA[f"group {_group} {_words}"] = f"reported.{_key}{_number}"
for _names, _number in ((("treated", "treatment", "experimental", "intervention"), "1"), (("control",), "2")):
    for _name in _names:
        for _words, _key in (("mean", "mean"), ("std dev", "sd"), ("sample size", "n"), ("events", "events"),
                             ("total n", "n")):  # fmt: skip
            _CMA[f"{_name} {_words}"] = f"reported.{_key}{_number}"

_REVMAN = {
    "study": "study", "study year": "citation.year", "analysis name": "outcome.name",
    "outcome": "outcome.name", "subgroup": "effect.moderators.subgroup",
    "experimental cases": "reported.events1", "experimental events": "reported.events1",
    "experimental n": "reported.n1", "experimental total": "reported.n1",
    "experimental mean": "reported.mean1", "experimental sd": "reported.sd1",
    "control cases": "reported.events2", "control events": "reported.events2", "control n": "reported.n2",
    "control total": "reported.n2", "control mean": "reported.mean2", "control sd": "reported.sd2",
    "giv mean": "reported.yi", "giv se": "reported.sei",
}  # fmt: skip

_ESCALC = frozenset({"yi", "m1i", "ai", "ri", "ti", "di", "n1i"})


def _is_long_table(names: frozenset[str]) -> bool:
    paths = any(name.startswith(("citation", "extraction.")) for name in names)
    return {"study", "relation"} <= names and paths and "yi" not in names


def _is_revman(names: frozenset[str]) -> bool:
    return "study" in names and bool({"experimental n", "experimental total", "giv mean"} & names)


#: In the order in which they are tried.
DIALECTS: tuple[Dialect, ...] = (
    Dialect("studies", "a long table of rupmeta", _is_long_table, {}, own=True),
    Dialect("effects", "effects of rupmeta", {"study", "effect", "yi", "flag"}.issubset, _PLAIN),
    Dialect(
        "metafor",
        "2 × 2 tables for metafor",
        {"ai", "bi", "ci", "di"}.issubset,
        {**_PLAIN, **_METAFOR, **_METAFOR_CELLS},
    ),
    Dialect(
        "metafor",
        "data for metafor",
        lambda names: bool(_ESCALC & names),
        {**_PLAIN, **_METAFOR, **_METAFOR_EVENTS},
    ),
    Dialect("pymare", "data for PyMARE", {"y", "v"}.issubset, {**_PLAIN, **_PYMARE}),
    Dialect("cma", "a table of CMA", {"study name"}.issubset, {**_PLAIN, **_CMA}),
    Dialect("revman", "data rows of RevMan", _is_revman, _REVMAN),
    Dialect("plain", "a sheet", lambda _names: True, _PLAIN),
)


def recognise(columns: Sequence[str], forced: str | None = None) -> Dialect:
    """The first dialect whose signs the columns show; ``forced`` looks only among those of that name."""
    names = frozenset(plain_name(column) for column in columns)
    for dialect in DIALECTS:
        if dialect.fits(names) and (forced is None or dialect.name == forced):
            return dialect
    return next(dialect for dialect in reversed(DIALECTS) if dialect.name == (forced or "plain"))
