"""Comparisons inside a model: pairs of levels, contrasts of one's own, and p values for several at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from rupmeta.explore.design import Design, Term, level_name
from rupmeta.explore.moderators import Moderated
from rupmeta.results import Estimate, NotEstimable

__all__ = ["ADJUSTMENTS", "Contrast", "adjust_pvalues", "compare_pairs", "estimate_contrast"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Contrast:
    """A combination Lb of coefficients; ``padj`` is its p value among those asked for together.

    ``estimate`` is a reason where the comparison is shown but not tested.
    """

    label: str
    estimate: Estimate | NotEstimable
    padj: float | None = None


def _step_down(p: Float, factor: Float) -> Float:
    order = np.argsort(p, kind="stable")
    result = np.empty_like(p)
    result[order] = np.minimum(1.0, np.maximum.accumulate(factor * p[order]))
    return result


def _step_up(p: Float, factor: Float) -> Float:
    order = np.argsort(-p, kind="stable")
    result = np.empty_like(p)
    result[order] = np.minimum(1.0, np.minimum.accumulate(factor * p[order]))
    return result


def _harmonic(m: int) -> float:
    return float(np.sum(1.0 / np.arange(1, m + 1)))


#: Name → adjusted p values of m tests, ascending rank i = 1 … m. Holm (1979) controls the chance of any
#: false positive under every dependence and is never weaker than Bonferroni; Hochberg (1988,
#: 10.1093/biomet/75.4.800) needs independence or positive dependence; Benjamini & Hochberg (1995,
#: 10.1111/j.2517-6161.1995.tb02031.x) and Benjamini & Yekutieli (2001, 10.1214/aos/1013699998) control the
#: expected share of false positives.
ADJUSTMENTS: Mapping[str, Callable[[Float], Float]] = {
    "holm": lambda p: _step_down(p, np.arange(len(p), 0, -1.0)),
    "bonferroni": lambda p: np.minimum(1.0, len(p) * p),
    "hochberg": lambda p: _step_up(p, np.arange(1.0, len(p) + 1.0)),
    "bh": lambda p: _step_up(p, len(p) / np.arange(len(p), 0, -1.0)),
    "by": lambda p: _step_up(p, _harmonic(len(p)) * len(p) / np.arange(len(p), 0, -1.0)),
    "none": lambda p: p,
}


def adjust_pvalues(pvals: Sequence[float | None], method: str = "holm") -> tuple[float | None, ...]:
    """Adjusted p values in the order given; None (not tested) stays None and does not count.

    >>> adjust_pvalues([0.01, 0.04, None, 0.03])
    (0.03, 0.06, None, 0.06)
    """
    known = np.array([p for p in pvals if p is not None], dtype=np.float64)
    adjusted = iter(ADJUSTMENTS[method](known).tolist() if known.size else [])
    return tuple(None if p is None else float(next(adjusted)) for p in pvals)


def compare_pairs(moderated: Moderated, *, adjust: str = "holm") -> tuple[Contrast, ...]:
    """All pairs of levels of every category that stands in no interaction, adjusted together.

    A difference is Lb with variance LVL'. A level with a single effect is shown and not tested. Raises
    ``ValueError`` when there is no such category.
    """
    involved = {v for term in moderated.design.terms if term.interaction for v in term.variables}
    terms = [t for t in moderated.design.terms if t.levels is not None and t.variables[0] not in involved]
    if not terms:
        raise ValueError("pairs are compared inside a category that stands in no interaction; there is none")
    found = []
    for term in terms:
        assert term.levels is not None
        counts = _counts(moderated.design, term)
        for one, other in combinations(term.levels, 2):
            label = f"{term.name}[{other}] - {term.name}[{one}]"
            lonely = [level for level in (one, other) if counts[level] == 1]
            if lonely:
                reason = f"{' and '.join(lonely)}: one effect, shown and not tested"
                found.append(Contrast(label, NotEstimable(reason, "K-MOD")))
                continue
            L = _level_row(moderated, term, other) - _level_row(moderated, term, one)
            found.append(Contrast(label, _combine(moderated, label, L)))
    return _adjusted(found, adjust)


def estimate_contrast(moderated: Moderated, weights: Mapping[str, float]) -> Contrast:
    """A contrast of one's own: weights by level (``late`` or ``phase[late]``) or by coefficient label.

    The weights of the levels of a category must add up to 0. Raises ``ValueError`` for a name that is
    neither, and for weights that compare nothing.
    """
    design, fit = moderated.design, moderated.fit
    labels = [estimate.label for estimate in fit.coefficients]
    L = np.zeros(fit.p)
    sums: dict[str, float] = {}
    for name, weight in weights.items():
        found = _find_level(design, name)
        if found is not None:
            term, level = found
            sums[term.name] = sums.get(term.name, 0.0) + weight
            L += weight * _level_row(moderated, term, level)
        elif name in labels:
            L[labels.index(name)] += weight
        else:
            raise ValueError(
                f"{name} is neither a level nor a coefficient; there are {_choices(design, labels)}"
            )
    for name, total in sums.items():
        if abs(total) > 1e-6:  # thirds are written with a few decimals
            raise ValueError(
                f"the weights of the levels of {name} add up to {total:g}; a contrast's add up to 0"
            )
    if not np.any(L):
        raise ValueError("all weights are 0")
    label = " ".join(f"{weight:+g}·{name}" for name, weight in weights.items())
    return Contrast(label, _combine(moderated, label, L))


def _adjusted(contrasts: Sequence[Contrast], method: str) -> tuple[Contrast, ...]:
    pvals = [c.estimate.pval if isinstance(c.estimate, Estimate) else None for c in contrasts]
    adjusted = adjust_pvalues(pvals, method)
    return tuple(Contrast(c.label, c.estimate, p) for c, p in zip(contrasts, adjusted, strict=True))


def _combine(moderated: Moderated, label: str, L: Float) -> Estimate:
    fit = moderated.fit
    beta = np.array([estimate.estimate for estimate in fit.coefficients])
    return Estimate(label, float(L @ beta), float(np.sqrt(L @ fit.vcov @ L)), fit.estimate.df, fit.level)


def _level_row(moderated: Moderated, term: Term, level: str) -> Float:
    """The coefficients that make the mean of ``level``, but for the intercept, which differences lose."""
    labels = [estimate.label for estimate in moderated.fit.coefficients]
    assert term.levels is not None
    L = np.zeros(len(labels))
    if level != term.levels[0]:
        name = moderated.design.names[term.columns[term.levels.index(level) - 1]]
        if name not in labels:
            raise ValueError(f"{name} was redundant and is not in the model; its level cannot be compared")
        L[labels.index(name)] = 1.0
    return L


def _counts(design: Design, term: Term) -> dict[str, int]:
    texts = [level_name(value) for value in design.values[term.variables[0]]]
    return {level: texts.count(level) for level in term.levels or ()}


def _find_level(design: Design, name: str) -> tuple[Term, str] | None:
    found = [
        (term, level)
        for term in design.terms
        for level in term.levels or ()
        if name in (level, f"{term.name}[{level}]")
    ]
    if len(found) > 1:
        raise ValueError(f"{name} is a level of several moderators; write {found[0][0].name}[{name}]")
    return found[0] if found else None


def _choices(design: Design, labels: Sequence[str]) -> str:
    levels = [f"{term.name}[{level}]" for term in design.terms for level in term.levels or ()]
    return ", ".join(dict.fromkeys([*levels, *labels]))
