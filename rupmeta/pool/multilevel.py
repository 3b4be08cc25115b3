"""Effects that share samples: the three-level model, with covariances (CHE) or without, and robust tests.

Without off-diagonals in V this is the three-level model, y = xb + u_cluster + w_effect + e (Konstantopoulos
2011, 10.1002/jrsm.35); with them the correlated and hierarchical effects model (Pustejovsky & Tipton 2022,
10.1007/s11121-021-01246-3), whose covariances are assumed, so that its robust row is the one to read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rupmeta.effects.table import Effects
from rupmeta.errors import EstimationError
from rupmeta.numerics.blocks import BlockFit, Blocks, evaluate, fit_blocks, make_blocks, recode
from rupmeta.numerics.distributions import chi2_p, two_sided_quantile
from rupmeta.numerics.fit import fit_batch
from rupmeta.pool.design import Design, make_design
from rupmeta.pool.fit import Fit, Heterogeneity, TestName
from rupmeta.pool.guards import design_notes
from rupmeta.pool.inference import wald_test
from rupmeta.pool.robust import Robust, cr2
from rupmeta.results import Estimate, Interval, Note

__all__ = ["fit_multilevel"]

Float = NDArray[np.float64]
FEW_DF = 4.0  # Tipton 2015, 10.1037/met0000011: below, the t reference of CR2 is unreliable


def fit_multilevel(
    effects: Effects,
    *,
    X: Float | None = None,
    names: Sequence[str] = ("intercept",),
    test: TestName = "adhoc",
    level: float = 0.95,
    start: tuple[float, float] | None = None,
) -> Fit:
    """REML fit with variance between and within clusters, and CR2 standard errors beside it.

    ``effects.V`` (k, k) supplies sampling covariances inside clusters, None means none. ``z`` tests against
    the normal; ``t``, ``knha`` and ``adhoc`` all against t on clusters - p, as Knapp and Hartung's scale is
    not defined here. tau2 is the sum of both variances; it has no interval. ``weights`` are each effect's
    share in the pooled effect and may be negative when effects of a cluster covary. ``start``: variances
    (between, within) of nearly the same data, from which alone the search then begins.

    Raises
    ------
    EstimationError
        No effects, too few for the coefficients, or no convergence.
    ValueError
        V connects different clusters.
    """
    design = make_design(effects.k, X, names)
    V = np.diag(effects.vi) if effects.V is None else effects.V
    labels = np.array(effects.clusters)
    if np.any(V[labels[:, None] != labels[None, :]]):
        raise ValueError("V has covariances between different clusters")
    basis, R = (design.X, np.eye(1)) if design.p == 1 else np.linalg.qr(design.X)
    blocks = make_blocks(effects.yi, basis, V, effects.clusters)
    clusters = len(blocks.members)
    if clusters <= design.p and design.tested:
        raise EstimationError(
            f"{design.p} coefficients for {clusters} samples: a model needs more samples than coefficients",
            code="K-MOD",
        )
    free = _estimable(blocks)
    fit = _solve(blocks, effects, free, start)
    fixed = evaluate(blocks, np.zeros(2))
    fit = recode(fit, design.X, R)

    df = None if test == "z" or clusters <= design.p else float(clusters - design.p)
    se = np.sqrt(np.diag(fit.M))
    coefficients = _estimates(design.names, fit.beta, se, [df] * design.p, level)
    tested = design.tested
    robust = cr2(fit) if clusters > design.p else None
    tau2, vt = (
        float(fit.variances.sum()),
        (effects.k - design.p) / fixed.trace_P if effects.k > design.p else np.nan,
    )
    known = effects.k > design.p and bool(free)
    between, within = fit.variances.tolist()
    shares = np.array([between, within, tau2]) / (tau2 + vt) * 100.0
    weights = np.concatenate([W.sum(axis=0) for W in fit.W])[np.argsort(np.concatenate(blocks.members))]
    used: TestName = "z" if df is None else "t"
    return Fit(
        method="REML",
        test=used,
        level=level,
        k=effects.k,
        p=design.p,
        coefficients=coefficients,
        vcov=fit.M,
        heterogeneity=Heterogeneity(
            Q=fixed.yPy if known else 0.0,
            df=effects.k - design.p,
            pval=chi2_p(fixed.yPy, effects.k - design.p) if known else 1.0,
            tau2=tau2 if known else None,
            se_tau2=None,
            tau2_lb=None,
            tau2_ub=None,
            I2=float(shares[2]) if known else None,
            I2_lb=None,
            I2_ub=None,
            H2=(tau2 + vt) / vt if known else None,
        ),
        weights=100.0 * weights / weights.sum(),
        prediction=_predict(coefficients[0], tau2, level) if not tested and clusters >= 3 else None,
        omnibus=wald_test(fit.beta[tested], fit.M[np.ix_(tested, tested)], df) if tested else None,
        R2=_explained(effects, V, design, free, tau2),
        log_likelihood=fit.log_likelihood,
        notes=tuple(_notes(design, clusters, free, robust, test, used)),
        pi_df=None if df is None else int(df),
        kept=design.kept,
        clusters=clusters,
        sigma2_between=between if 0 in free else None,
        sigma2_within=within if 1 in free else None,
        I2_between=float(shares[0]) if 0 in free else None,
        I2_within=float(shares[1]) if 1 in free else None,
        robust=() if robust is None else _robust_estimates(design, robust, level),
        robust_omnibus=robust.test(tested) if robust is not None and tested else None,
    )


def _estimable(blocks: Blocks) -> tuple[int, ...]:
    """Which of (between, within) the data can tell: one effect per cluster merges them, one cluster too."""
    clusters, largest = len(blocks.members), max(len(rows) for rows in blocks.members)
    if len(blocks.y) <= blocks.X.shape[1]:
        return ()
    if largest == 1:
        return (0,)
    return (1,) if clusters == 1 else (0, 1)


def _solve(
    blocks: Blocks, effects: Effects, free: tuple[int, ...], start: tuple[float, float] | None = None
) -> BlockFit:
    if not free:
        return evaluate(blocks, np.zeros(2))
    near = (
        None
        if start is None
        else fit_blocks(blocks, [[start[i] if i in free else 0.0 for i in (0, 1)]], free)
    )
    if near is not None:
        return near
    he = max(
        float(fit_batch(effects.yi, effects.vi, blocks.X, method="HE").tau2[0]),
        1e-3 * float(effects.vi.mean()),
    )
    starts = [(0.5 * he, 0.5 * he), (he, 0.0), (0.0, he)] if len(free) == 2 else [np.eye(2)[free[0]] * he]
    fit = fit_blocks(blocks, starts, free)
    if fit is None:
        raise EstimationError(
            "the multilevel model did not converge; try --dependence aggregate", code="CONV"
        )
    return fit


def _estimates(
    names: Sequence[str], beta: Float, se: Float, df: Sequence[float | None], level: float
) -> tuple[Estimate, ...]:
    return tuple(
        Estimate(name, float(b), float(s), d, level)
        for name, b, s, d in zip(names, beta, se, df, strict=True)
    )


def _robust_estimates(design: Design, robust: Robust, level: float) -> tuple[Estimate, ...]:
    return _estimates(design.names, robust.beta, np.sqrt(np.diag(robust.vcov)), robust.df.tolist(), level)


def _predict(estimate: Estimate, tau2: float, level: float) -> Interval:
    half = two_sided_quantile(level, estimate.df) * float(np.sqrt(estimate.se**2 + tau2))
    return Interval(estimate.estimate - half, estimate.estimate + half, level)


def _explained(
    effects: Effects, V: Float, design: Design, free: tuple[int, ...], tau2: float
) -> float | None:
    """Share of the total variance that the moderators explain, percent."""
    if not design.tested or design.intercept is None or not free:
        return None
    plain = make_blocks(effects.yi, np.ones((effects.k, 1)), V, effects.clusters)
    before = float(_solve(plain, effects, free).variances.sum())
    return max(0.0, 100.0 * (before - tau2) / before) if before > 0 else 0.0


def _notes(
    design: Design, clusters: int, free: tuple[int, ...], robust: Robust | None, asked: str, used: str
) -> Iterator[Note]:
    if clusters < 5:
        few = "1 sample" if clusters == 1 else f"{clusters} samples"
        yield Note("K-FEW", f"{few}: variance between samples is poorly known", severity="warning")
    yield from design_notes(design, clusters)
    if free == (0,):
        text = "every sample has one effect, so variance between and within samples cannot be told apart"
        yield Note("ONE-PER-CLUSTER", text)
    if asked not in (used, "t"):
        text = f"under the multilevel model test {asked} means t on samples minus coefficients"
        yield Note("ML-TEST", text if used == "t" else "too few samples for a t test; the normal was used")
    if robust is None:
        text = "too few samples for robust standard errors"
        yield Note("K-RVE", text, severity="warning")
    elif robust.df.min() < FEW_DF:
        text = (
            f"the robust test rests on {robust.df.min():.1f} degrees of freedom and is not trustworthy; "
            "read the result of aggregated effects first"
        )
        yield Note("K-RVE", text, severity="warning")
