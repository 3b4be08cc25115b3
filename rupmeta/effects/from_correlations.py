"""Printed correlations and tests of one correlation → the correlation hub."""

from __future__ import annotations

import math
from dataclasses import replace

from rupmeta.effects.conversions import semipartial_variance, t_upper
from rupmeta.effects.hubs import Correlation, NoEffect, Values, show
from rupmeta.effects.printed import p_of
from rupmeta.results import Note

__all__ = [
    "check_n",
    "check_r",
    "correlation_of",
    "from_chi2",
    "from_fisher_z",
    "from_p",
    "from_partial_r",
    "from_phi",
    "from_r",
    "from_semipartial_r",
    "from_spearman",
    "from_t",
    "from_z",
    "t_of_F",
    "z_step",
]


def check_r(name: str, r: float) -> float:
    """``r``; ``NoEffect`` where it has no Fisher z."""
    if not abs(r) < 1:
        hint = "is it a d?" if abs(r) < 5 else "a percentage?"
        raise NoEffect(f"{name} = {show(r)} has no Fisher z (-1 < r < 1); {hint}", "R-BOUND")
    return r


def check_n(n: float, covariates: int = 0) -> float:
    """``n``; ``NoEffect`` where Fisher z has no variance, n ≤ 3 + c."""
    if n <= 3 + covariates:
        given = f" with {covariates} covariates" if covariates else ""
        raise NoEffect(
            f"n = {show(n)}{given}: Fisher z has no variance; n must be above {3 + covariates}", "NSMALL"
        )
    return n


def correlation_of(
    z: float,
    n: float,
    steps: tuple[str, ...],
    *,
    covariates: int = 0,
    adjusted: bool = False,
    approximate: str | None = None,
    notes: tuple[Note, ...] = (),
    has_t: bool = True,
) -> Correlation:
    """The hub with the variances of a (partial) Pearson correlation: 1/(n−3−c) and (1−r²)²/(n−1−c)."""
    check_n(n, covariates)
    return Correlation(
        z=z,
        v_z=1 / (n - 3 - covariates),
        v_r=(1 - math.tanh(z) ** 2) ** 2 / (n - 1 - covariates),
        n=n,
        df=n - 2 - covariates if has_t else None,
        adjusted=adjusted,
        approximate=approximate,
        notes=notes,
        steps=(*steps, _variance_step(n, covariates)),
    )


def _variance_step(n: float, covariates: int = 0) -> str:
    c, minus = (" − c", f" − {covariates}") if covariates else ("", "")
    return f"V_z = 1/(n − 3{c}) = 1/({show(n)} − 3{minus}) = {show(1 / (n - 3 - covariates))}"


def z_step(z: float, r: str = "r") -> str:
    """The step from r to Fisher z, with its number."""
    return f"z = atanh {r} = {show(z)}"


def from_r(v: Values) -> Correlation:
    """z = atanh r; V_z = 1/(n−3), V_r = (1−r²)²/(n−1). With n1 and n2 the r of a two-group contrast."""
    z = math.atanh(check_r("r", v["r"]))
    hub = correlation_of(z, v["n"], (f"r = {show(v['r'])}", z_step(z)))
    return replace(hub, n1=v.get("n1"), n2=v.get("n2"))


def from_fisher_z(v: Values) -> Correlation:
    """Fisher z as printed."""
    return correlation_of(v["fisher_z"], v["n"], (f"z = {show(v['fisher_z'])}",))


def from_spearman(v: Values) -> Correlation:
    """z = atanh r_s with variance (1 + r_s²/2)/(n−3) (Bonett & Wright 2000)."""
    r, n = check_r("spearman", v["spearman"]), check_n(v["n"])
    z, v_z = math.atanh(r), (1 + r * r / 2) / (n - 3)
    return Correlation(
        z=z,
        v_z=v_z,
        v_r=v_z * (1 - r * r) ** 2,
        n=n,
        approximate="a rank correlation stands for Pearson's r",
        steps=(
            f"r_s = {show(r)}",
            z_step(z, "r_s"),
            f"V_z = (1 + r_s²/2)/(n − 3) = {show(v_z)}",
        ),
    )


def from_partial_r(v: Values) -> Correlation:
    """Partial r with c covariates: V_z = 1/(n−3−c), V_r = (1−r²)²/(n−1−c)."""
    r = check_r("partial_r", v["partial_r"])
    z = math.atanh(r)
    return correlation_of(
        z, v["n"], (f"r_p = {show(r)}", z_step(z, "r_p")), covariates=v["covariates"], adjusted=True
    )


def from_semipartial_r(v: Values) -> Correlation:
    """Semi-partial r in a model with R² = ``r2`` (Aloe & Becker 2012)."""
    r, r2 = check_r("semipartial_r", v["semipartial_r"]), v["r2"]
    n = check_n(v["n"], v["covariates"])
    if not r * r <= r2 <= 1:
        raise NoEffect(
            f"r2 = {show(r2)} is the R² of the full model, between semipartial_r² = {show(r * r)} and 1",
            "R-BOUND",
        )
    z, v_r = math.atanh(r), semipartial_variance(r, r2, n)
    if v_r <= 0:
        raise NoEffect(f"the variance of semipartial_r with r2 = {show(r2)} is not positive", "V-NEG")
    v_z = v_r / (1 - r * r) ** 2
    return Correlation(
        z=z,
        v_z=v_z,
        v_r=v_r,
        n=n,
        adjusted=True,
        steps=(
            f"r_sp = {show(r)}",
            z_step(z, "r_sp"),
            f"V_r = (R⁴ − 2R² + R²ₐ + 1 − R⁴ₐ)/n = {show(v_r)}, R² = {show(r2)}, R²ₐ = {show(r2 - r * r)}",
            f"V_z = V_r/(1 − r²)² = {show(v_z)}",
        ),
    )


def from_t(v: Values) -> Correlation:
    """r = t/√(t² + df), n = df + 2 + c; with ``covariates`` a partial r."""
    t, df, covariates = v["t"], v["df"], v.get("covariates", 0)
    if df <= 0:
        raise NoEffect(f"df = {show(df)} must be positive", "DF")
    z = math.asinh(t / math.sqrt(df))  # = atanh r without the rounding of r near 1
    r = t / math.sqrt(t * t + df)
    step = f"r = t/√(t² + df) = {show(t)}/√({show(abs(t))}² + {show(df)}) = {show(r)}"
    return correlation_of(
        z, df + 2 + covariates, (step, z_step(z)), covariates=covariates, adjusted=covariates > 0
    )


def t_of_F(v: Values) -> float:
    """√F of a comparison of two groups; the sign comes from ``favours``."""
    if v["df1"] != 1:
        raise NoEffect(
            f"F with df1 = {show(v['df1'])} compares more than two groups; no single r follows: "
            "the means, SDs and sizes of the two groups would do",
            "DF",
        )
    if v["F"] < 0:
        raise NoEffect(f"F = {show(v['F'])} cannot be negative", "DF")
    return math.sqrt(v["F"])


def from_z(v: Values) -> Correlation:
    """r = z/√n (Rosenthal 1991)."""
    n = check_n(v["n"])
    r = check_r("z/√n", v["z"] / math.sqrt(n))
    z = math.atanh(r)
    return correlation_of(
        z,
        n,
        (f"r = z/√n = {show(v['z'])}/√{show(n)} = {show(r)}", z_step(z)),
        approximate="a large-sample test statistic stands for r",
        has_t=False,
    )


def from_p(v: Values) -> Correlation:
    """|t| that has this p with n − 2 − c df, then r; a bound is used at the bound."""
    covariates = v["predictors"] - 1 if "predictors" in v else v.get("covariates", 0)
    if covariates < 0:
        raise NoEffect("predictors counts the focal predictor too: at least 1", "N-INT")
    n, tails = check_n(v["n"], covariates), v.get("tails", 2)
    df = n - 2 - covariates
    p, bound = p_of(v["p"], df, tails)
    t = t_upper(p / tails, df)
    hub = from_t({"t": t, "df": df, "covariates": covariates})
    step = f"t = {show(t)} from p {'<' if bound else '='} {show(p)}, {tails}-tailed, df = {show(df)}"
    hub = replace(hub, n=n, steps=(step, *hub.steps))
    if not bound:
        return hub
    message = f"p < {show(p)} is a bound; the effect is at least r = {show(abs(hub.r))}"
    note = Note("P-INEQ", message, severity="warning")
    return replace(hub, approximate="the exact p was not printed", notes=(note,))


def _phi_hub(phi: float, n: float, step: str) -> Correlation:
    n = check_n(n)
    z = math.atanh(check_r("φ", phi))
    return Correlation(
        z=z,
        v_z=1 / (n - 3),
        v_r=(1 - phi * phi) ** 2 / (n - 1),
        n=n,
        kind="phi",
        approximate="the margins of the table were not printed",
        steps=(step, z_step(z, "φ"), _variance_step(n)),
    )


def from_chi2(v: Values) -> Correlation:
    """φ = √(χ²/n) of a 2×2 table, signed by ``favours``."""
    chi2, n = v["chi2"], v["n"]
    if v.get("df", 1) != 1:
        raise NoEffect(f"chi2 with df = {show(v['df'])} is not of a 2×2 table; the counts would do", "DF")
    if not 0 <= chi2 <= n:
        raise NoEffect(f"chi2 = {show(chi2)} cannot be with n = {show(n)}: it lies between 0 and n", "DF")
    phi = math.sqrt(chi2 / n)
    return _phi_hub(phi, n, f"φ = √(χ²/n) = √({show(chi2)}/{show(n)}) = {show(phi)}")


def from_phi(v: Values) -> Correlation:
    """φ of a 2×2 table as printed."""
    return _phi_hub(v["phi"], v["n"], f"φ = {show(v['phi'])}")
