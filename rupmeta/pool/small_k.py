"""Few studies, honestly: ways to judge the mean side by side, and how far each can be trusted at this k.

Trust is read from a simulation (``benchmarks/small_k.py``): how often 95% intervals of k effects hold the
true mean, in the worst of six settings (tau2 0, .05, .1; samples of similar size, or one large among small).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

import numpy as np

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.bayes import DEFAULT_TAU_PRIOR, fit_bayes
from rupmeta.pool.fit import MethodName, TestName, fit_effects
from rupmeta.pool.henmi_copas import fit_henmi_copas
from rupmeta.pool.priors import TauPrior
from rupmeta.pool.profile_mean import profile_mean
from rupmeta.pool.sign_flips import flip_signs
from rupmeta.results import Interval, Note

__all__ = ["WORST_COVERAGE", "SmallK", "SmallKRow", "compare_small_k", "judge_coverage"]

Trust = Literal["yes", "care", "no"]
RowName = Literal["z", "t", "knha", "adhoc", "profile", "henmi-copas", "permutation", "bayes", "bayes-narrow"]

NEED_TWO: tuple[RowName, ...] = ("t", "knha", "adhoc", "profile", "henmi-copas", "permutation")
GOOD, FAIR = 0.93, 0.90
NARROW_TAU_PRIOR = TauPrior("half-normal", (0.25,))
_KS = (2, 3, 4, 5, 6, 8, 10, 15, 20)


def _by_k(*shares: float) -> Mapping[int, float]:
    return MappingProxyType(dict(zip(_KS, shares, strict=False)))


#: Method → k → least coverage of its 95% interval in the simulation.
WORST_COVERAGE: Mapping[str, Mapping[int, float]] = MappingProxyType(
    {
        "z": _by_k(0.663, 0.751, 0.800, 0.823, 0.852, 0.874, 0.899, 0.916, 0.928),
        "t": _by_k(0.988, 0.917, 0.904, 0.905, 0.910, 0.917, 0.927, 0.938, 0.944),
        "knha": _by_k(0.879, 0.860, 0.878, 0.885, 0.899, 0.915, 0.923, 0.937, 0.944),
        "adhoc": _by_k(0.988, 0.920, 0.909, 0.908, 0.916, 0.923, 0.932, 0.942, 0.945),
        "profile": _by_k(0.709, 0.810, 0.857, 0.868, 0.889, 0.903, 0.921, 0.930, 0.933),
        "henmi-copas": _by_k(0.701, 0.807, 0.843, 0.892, 0.914, 0.940, 0.951, 0.941, 0.945),
        "permutation": _by_k(1.0, 1.0, 1.0, 1.0, 0.962, 0.947, 0.936),
        "bayes": _by_k(0.988, 0.971, 0.960, 0.953, 0.952, 0.952, 0.945, 0.948, 0.947),
        "bayes-narrow": _by_k(0.898, 0.908, 0.911, 0.916, 0.921, 0.927, 0.926, 0.935, 0.935),
    }
)


@dataclass(frozen=True, slots=True)
class SmallKRow:
    """One method. Numbers are None where it has none; ``reason`` then says why.

    ``worst`` is the least simulated coverage at ``worst_k`` effects, ``trust`` what follows from it;
    ``narrow`` says that the interval came out narrower than that of z. ``side``: the interval lies above 0,
    below it, or holds it (``open``). ``shift``: by how much all effects would have to move to change that
    (the limit nearest 0), on the analysis scale; ``shift_se`` in standard errors.
    """

    method: RowName
    estimate: float | None = None
    se: float | None = None
    df: float | None = None
    lb: float | None = None
    ub: float | None = None
    pval: float | None = None
    trust: Trust = "no"
    worst: float | None = None
    worst_k: int | None = None
    narrow: bool = False
    side: Literal["above", "below", "open"] | None = None
    shift: float | None = None
    shift_se: float | None = None
    reason: str | None = None
    detail: str | None = None


@dataclass(frozen=True)
class SmallK:
    """The rows in a fixed order; ``k`` independent effects."""

    k: int
    level: float
    rows: tuple[SmallKRow, ...]
    notes: tuple[Note, ...]


def judge_coverage(method: str, k: int) -> tuple[Trust, float, int]:
    """Trust in a method's interval at ``k`` >= 2 effects, its worst simulated coverage, and the k of it.

    At least 93% is trusted, 90% with care. Between two k of the simulation the smaller one speaks.
    """
    known = WORST_COVERAGE[method]
    at = max(tried for tried in known if tried <= k)
    worst = known[at]
    return ("yes" if worst >= GOOD else "care" if worst >= FAIR else "no"), worst, at


def compare_small_k(
    effects: Effects,
    *,
    method: MethodName = "REML",
    level: float = 0.95,
    prior_tau: TauPrior = DEFAULT_TAU_PRIOR,
    seed: int = 20260101,
) -> SmallK:
    """All methods on independent effects; ``method`` estimates tau2 where a method leaves it open.

    Raises
    ------
    EstimationError
        No effects.
    """
    if effects.k == 0:
        raise EstimationError("no effects; there is nothing to pool", code="K-FEW")
    rows = tuple(_judged(row, effects.k) for row in _rows(effects, method, level, prior_tau, seed))
    return SmallK(effects.k, level, rows, tuple(_notes(effects.k, level)))


def _rows(
    effects: Effects, method: MethodName, level: float, prior: TauPrior, seed: int
) -> Iterator[SmallKRow]:
    tau2_by: MethodName = "REML" if method == "EE" else method
    tests: tuple[TestName, ...] = ("z", "t", "knha", "adhoc")
    if effects.k < 2:
        yield _wald(effects, "z", tau2_by, level)
        yield from (SmallKRow(name, reason="needs at least 2 effects") for name in NEED_TWO)
    else:
        for test in tests:
            yield _wald(effects, test, tau2_by, level)
        profile = profile_mean(effects, level=level)
        yield _row("profile", profile.estimate, profile.se, profile.interval, profile.pval)
        copas = fit_henmi_copas(effects, level=level)
        yield _row("henmi-copas", copas.estimate, copas.se, copas.interval, copas.pval)
        yield _permutation(effects, tau2_by, level, seed)
    yield _bayes(effects, "bayes", prior, level)
    yield _bayes(effects, "bayes-narrow", NARROW_TAU_PRIOR, level)


def _bayes(effects: Effects, name: RowName, prior: TauPrior, level: float) -> SmallKRow:
    mu = fit_bayes(effects, prior_tau=prior, level=level, whole=False).coefficients[0]
    return SmallKRow(name, mu.median, mu.sd, None, mu.lb, mu.ub, detail=prior.text)


def _row(
    name: RowName,
    estimate: float,
    se: float,
    interval: Interval | None,
    pval: float,
    *,
    df: float | None = None,
    narrow: bool = False,
    reason: str | None = None,
    detail: str | None = None,
) -> SmallKRow:
    lb, ub = (None, None) if interval is None else (interval.lb, interval.ub)
    return SmallKRow(name, estimate, se, df, lb, ub, pval, narrow=narrow, reason=reason, detail=detail)


def _wald(effects: Effects, test: TestName, method: MethodName, level: float) -> SmallKRow:
    fit = fit_effects(effects, method=method, test=test, level=level)
    e = fit.estimate
    narrow = any(note.code == "HK-NARROW" and note.severity == "warning" for note in fit.notes)
    return _row(test, e.estimate, e.se, e.interval(), e.pval, df=e.df, narrow=narrow)


def _permutation(effects: Effects, method: MethodName, level: float, seed: int) -> SmallKRow:
    flips = flip_signs(effects, method=method, level=level, seed=seed)
    fit = fit_batch(effects.yi, effects.vi, method=method)
    estimate, se = float(fit.beta[0, 0]), float(np.sqrt(fit.vcov[0, 0, 0]))
    reason = None
    if flips.interval is None:
        reason = f"with {effects.k} effects no p can be below {flips.smallest:.4g}, so there is no interval"
    how = (
        f"all {flips.arrangements} arrangements"
        if flips.exact
        else f"{flips.arrangements} arrangements drawn"
    )
    return _row("permutation", estimate, se, flips.interval, flips.pval, reason=reason, detail=how)


def _judged(row: SmallKRow, k: int) -> SmallKRow:
    """The row with what can be said about it."""
    if row.lb is None or row.ub is None:
        return row
    trust: Trust = "no"
    worst, at = None, None
    if k >= 2 and (row.method != "bayes" or row.detail == DEFAULT_TAU_PRIOR.text):
        trust, worst, at = judge_coverage(row.method, k)
    elif k >= 2:
        trust = "care"  # another prior than those simulated
    side: Literal["above", "below", "open"] = "above" if row.lb > 0 else "below" if row.ub < 0 else "open"
    shift = min(abs(row.lb), abs(row.ub))
    return replace(
        row,
        trust="no" if row.narrow else trust,
        worst=worst,
        worst_k=at,
        side=side,
        shift=shift,
        shift_se=shift / row.se if row.se else None,
    )


def _notes(k: int, level: float) -> Iterator[Note]:
    if k > 1:
        smallest = 2.0 / 2.0**k
        if smallest > 1.0 - level:
            text = f"with {k} effects no permutation p can be below {smallest:.4g}"
            yield Note("K-PERM", text, severity="warning")
    if k == 1:
        text = "1 effect: the result is that study itself; differences between studies cannot be estimated"
        yield Note("K-FEW", text, severity="warning")
    elif k < 10:
        text = f"{k} effects: methods differ in what they hold to be known; none of them makes k larger"
        yield Note("K-FEW", text, severity="warning")
