"""Caveats of a fit: what small numbers and awkward data do to it, as sentences."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from rupmeta.numerics.fit import BatchFit
from rupmeta.numerics.intervals import likelihood_on_grid
from rupmeta.pool.design import Design
from rupmeta.results import Note

__all__ = ["design_notes", "fit_notes"]

Float = NDArray[np.float64]
PEAK_POINTS = 100
FLAT = 0.01  # log-likelihood units that nobody can tell apart
TENFOLD = 10.0**0.5
MANY_PER_COEFFICIENT = 10


def fit_notes(
    fit: BatchFit, design: Design, yi: Float, vi: Float, *, asked: str, used: str, empty: bool
) -> tuple[Note, ...]:
    """All notes of one fit, in a fixed order; ``empty``: no tau2 agrees with the data (Q-profile)."""
    notes = [*_few(design, int(fit.k[0]), fit.method), *design_notes(design, int(fit.k[0]))]
    if fit.k[0] > fit.p:
        notes += [*_test(fit, asked, used), *_spread(fit, design, empty), *_likelihood(fit, design, yi, vi)]
    ratio = float(vi.max() / vi.min())
    if ratio > 1e7:
        text = f"the largest variance is {ratio:.1e} times the smallest: is a standard error among them?"
        notes.append(Note("WEIGHT-RATIO", text, severity="warning"))
    return tuple(notes)


def design_notes(design: Design, clusters: int) -> Iterator[Note]:
    """Redundant columns, and too few independent effects per coefficient."""
    for name in design.dropped:
        text = f"{name} says nothing that the other terms do not say; it was left out of the model"
        yield Note("K-MOD", text, where=name, severity="warning")
    if design.tested and clusters < MANY_PER_COEFFICIENT * design.p:
        text = (
            f"{design.p} coefficients for {clusters} effects: fewer than {MANY_PER_COEFFICIENT} effects per "
            "coefficient; the model is exploratory"
        )
        yield Note("K-MOD", text, severity="warning")


def _few(design: Design, k: int, method: str) -> Iterator[Note]:
    if k == 1:
        text = "1 effect: the result is that study itself, tested against the normal distribution; "
        yield Note("K-FEW", text + "differences between studies cannot be estimated", severity="warning")
    elif k < 5:
        text = f"{k} effects: how much true effects differ (tau2) is poorly known"
        yield Note("K-FEW", text, severity="warning")
    if method == "EE" or design.tested or k == 1:
        return
    if k == 2:
        yield Note("K-PI", "2 effects: a prediction interval needs at least 3", severity="warning")
    elif k < 5:
        text = (
            f"{k} effects: the prediction interval rests on {k - 1} degrees of freedom; it is very uncertain"
        )
        yield Note("K-PI", text, severity="warning")


def _test(fit: BatchFit, asked: str, used: str) -> Iterator[Note]:
    s2 = float(fit.s2[0])
    if asked != used:
        text = f"test {asked} takes its scale from heterogeneity; with method EE test z was used instead"
        yield Note("EE-TEST", text)
    elif used == "knha" and s2 < 1.0:
        text = (
            f"test knha makes the standard errors {np.sqrt(s2):.3g} times those of test z, because the "
            "effects scatter less than the model expects; test adhoc never narrows them"
        )
        yield Note("HK-NARROW", text, severity="warning")
    elif used == "adhoc" and s2 < 1.0:
        text = "the effects scatter less than the model expects; the standard errors are those of test z"
        yield Note("HK-NARROW", text)


def _spread(fit: BatchFit, design: Design, empty: bool) -> Iterator[Note]:
    Q, df, tau2 = float(fit.Q[0]), int(fit.df[0]), float(fit.tau2[0])
    if empty:
        text = (
            f"the effects agree so closely (Q = {Q:.3g} on {df} degrees of freedom) that no tau2 fits them: "
        )
        yield Note("TAU2-CI-EMPTY", text + "its interval is empty", severity="warning")
    if fit.method == "SJ" and df > Q:
        text = f"method SJ never gives 0; here Q = {Q:.3g} lies below its {df} degrees of freedom, "
        yield Note("SJ-POSITIVE", text + "so that other methods would give tau2 = 0 or little more")
    if tau2 == 0.0 and fit.method != "EE":
        what = "" if design.tested else "; the prediction interval is then the confidence interval"
        text = f"tau2 is estimated at 0{what}. That is no proof that the true effects are equal"
        yield Note("TAU2-ZERO", text)


def _likelihood(fit: BatchFit, design: Design, yi: Float, vi: Float) -> Iterator[Note]:
    """Several peaks, or none worth the name."""
    if fit.method not in ("ML", "REML"):
        return
    restricted, tau2 = fit.method == "REML", float(fit.tau2[0])
    grid = np.geomspace(1e-3 * fit.vt[0], 100.0 * vi.max(), PEAK_POINTS)
    _, score = likelihood_on_grid(yi, vi, design.X, np.append(0.0, grid), restricted)
    rising = score > 0
    if np.count_nonzero(rising[:-1] & ~rising[1:]) + (not rising[0]) > 1:
        text = (
            f"the {fit.method} likelihood has more than one peak; the highest was taken (tau2 = {tau2:.4g})"
        )
        yield Note(f"{fit.method}-BIMODAL", text + "; compare with method PM", severity="warning")
    if tau2 > 0:
        around = tau2 * np.array([1.0 / TENFOLD, 1.0, TENFOLD])
        heights, _ = likelihood_on_grid(yi, vi, design.X, around, restricted)
        if heights[1] - heights.min() < FLAT:
            text = f"the data hardly tell tau2 = {around[0]:.2g} from {around[2]:.2g}: the likelihood is flat"
            yield Note("CONV", text, severity="warning")
