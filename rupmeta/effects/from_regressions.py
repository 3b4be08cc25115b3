"""Regression coefficients and shares of variance → the correlation hub."""

from __future__ import annotations

import math
from dataclasses import replace

from rupmeta.effects.conversions import t_half_width
from rupmeta.effects.from_correlations import check_n, check_r, correlation_of, from_p, from_t, z_step
from rupmeta.effects.from_groups import from_group_t
from rupmeta.effects.hubs import Correlation, Groups, NoEffect, Values, show
from rupmeta.effects.options import ConversionOptions

__all__ = [
    "from_beta",
    "from_coefficient_p",
    "from_coefficient_se",
    "from_coefficient_t",
    "from_eta2",
    "from_partial_eta2",
    "from_regression_t",
    "from_slope_and_sds",
]


def from_beta(v: Values, options: ConversionOptions) -> Correlation:
    """A standardised coefficient taken as r: exact with one predictor, or if the covariates are unrelated to
    the predictor.
    """
    beta, covariates = v["beta"], v["covariates"]
    if not abs(beta) < 1:
        raise NoEffect(
            f"beta = {show(beta)} is no correlation; its t with n and predictors, or its p or se, would do",
            "ADJ",
        )
    r, step = beta, f"r := β = {show(beta)}"
    if covariates and options.beta == "peterson-brown":
        r = 0.98 * beta + (0.05 if beta >= 0 else 0)
        check_r("beta", r)
        step = f"r = .98β{' + .05' if beta >= 0 else ''} = {show(r)} (Peterson & Brown 2005)"
    z = math.atanh(r)
    return correlation_of(
        z,
        v["n"],
        (step, z_step(z)),
        covariates=covariates,
        adjusted=covariates > 0,
        approximate="the partial correlation was not printed; β stands for it" if covariates else None,
        has_t=not covariates,
    )


def from_slope_and_sds(v: Values, options: ConversionOptions) -> Correlation:
    """β = b·sd_x/sd_y, then as a standardised coefficient."""
    for name in ("sd_x", "sd_y"):
        if v[name] <= 0:
            raise NoEffect(f"{name} = {show(v[name])}; a standard deviation is positive", "SD-NEG")
    beta = v["slope"] * v["sd_x"] / v["sd_y"]
    hub = from_beta({"beta": beta, "n": v["n"], "covariates": v["covariates"]}, options)
    step = f"β = b·s_x/s_y = {show(v['slope'])}·{show(v['sd_x'])}/{show(v['sd_y'])} = {show(beta)}"
    return replace(hub, steps=(step, *hub.steps))


def _coefficient(v: Values) -> tuple[str, float]:
    return ("β", v["beta"]) if "beta" in v else ("b", v["slope"])


def _df(v: Values) -> tuple[float, int]:
    """Degrees of freedom of a coefficient's t, and the number of covariates."""
    covariates = v.get("covariates", 0)
    if "df" in v:
        return v["df"], covariates
    return check_n(v["n"], covariates) - 2 - covariates, covariates


def from_coefficient_se(v: Values) -> Correlation:
    """t = b/SE, SE as printed or from the t interval; then the partial r, exactly."""
    name, value = _coefficient(v)
    df, covariates = _df(v)
    if df <= 0:
        raise NoEffect(f"df = {show(df)} must be positive", "DF")
    steps: tuple[str, ...] = ()
    if (se := v.get("se")) is None:
        lo, hi = v["ci"]
        if not lo <= value <= hi:
            raise NoEffect(
                f"{name} = {show(value)} lies outside its interval [{show(lo)}, {show(hi)}]", "CI-OUT"
            )
        width = t_half_width(v.get("level", 0.95), df)
        se = (hi - lo) / (2 * width)
        steps = (f"SE = (hi − lo)/(2t) = ({show(hi)} − {show(lo)})/{show(2 * width)} = {show(se)}",)
    if se <= 0:
        raise NoEffect(f"se = {show(se)}; a standard error is positive", "V-NEG")
    t = value / se
    hub = from_t({"t": t, "df": df, "covariates": covariates})
    step = f"t = {name}/SE = {show(value)}/{show(se)} = {show(t)}"
    return replace(hub, n=v.get("n", hub.n), steps=(*steps, step, *hub.steps))


def from_coefficient_p(v: Values) -> Correlation:
    """|t| from p with n − 2 − c df, signed by the coefficient; then the partial r."""
    name, value = _coefficient(v)
    hub = from_p(v)
    if value >= 0:
        return hub
    return replace(
        hub, z=-hub.z, steps=(*hub.steps, f"negative, as {name} = {show(value)}: z = {show(-hub.z)}")
    )


def from_coefficient_t(v: Values) -> Correlation:
    """The coefficient's own t with n − 2 − c df: the partial r, exactly."""
    _, value = _coefficient(v)
    if value * v["t"] < 0:
        raise NoEffect(f"the coefficient {show(value)} and t = {show(v['t'])} have opposite signs", "DIR")
    df, covariates = _df(v)
    return from_t({"t": v["t"], "df": df, "covariates": covariates})


def from_regression_t(v: Values) -> Correlation:
    """t of a coefficient of a model with ``predictors`` predictors: partial r, df = n − predictors − 1."""
    n, predictors = v["n"], v["predictors"]
    if predictors < 1:
        raise NoEffect("predictors counts the focal predictor too: at least 1", "N-INT")
    df = n - predictors - 1
    if df <= 0:
        raise NoEffect(f"n = {n} with {predictors} predictors leaves no degrees of freedom", "NSMALL")
    return from_t({"t": v["t"], "df": df, "covariates": predictors - 1})


def _check_share(name: str, share: float) -> float:
    if not 0 <= share < 1:
        raise NoEffect(f"{name} = {show(share)} is a share of variance, from 0 to below 1", "R-BOUND")
    return share


def from_eta2(v: Values) -> Correlation | Groups:
    """η² of a comparison of two groups: t = √(η²·df/(1 − η²)) with df = n − 2, signed by ``favours``."""
    eta2, n1, n2 = _check_share("eta2", v["eta2"]), v.get("n1"), v.get("n2")
    df = check_n(v["n"] if "n" in v else v["n1"] + v["n2"]) - 2
    return _of_share("η²", eta2, df, n1, n2, 0)


def from_partial_eta2(v: Values) -> Correlation | Groups:
    """Partial η² of an effect with one df: t = √(η²·df₂/(1 − η²)); beside other terms it is a partial r."""
    if v.get("df1", 1) != 1:
        raise NoEffect(
            f"partial_eta2 with df1 = {show(v['df1'])} compares more than two groups; no single r follows: "
            "the means, SDs and sizes of the two groups would do",
            "DF",
        )
    share, df = _check_share("partial_eta2", v["partial_eta2"]), v["df2"]
    if df <= 0:
        raise NoEffect(f"df2 = {show(df)} must be positive", "DF")
    n1, n2 = v.get("n1"), v.get("n2")
    people = n1 + n2 if n1 is not None and n2 is not None else v.get("n")
    covariates = v.get("covariates", max(0, round(people - 2 - df)) if people is not None else 0)
    alone = covariates == 0 and people is not None and people - 2 == df
    return _of_share("η²_p", share, df, n1 if alone else None, n2 if alone else None, covariates)


def _of_share(
    name: str, share: float, df: float, n1: float | None, n2: float | None, covariates: int
) -> Correlation | Groups:
    t = math.sqrt(share * df / (1 - share))
    step = f"t = √({name}·df/(1 − {name})) = √({show(share)}·{show(df)}/{show(1 - share)}) = {show(t)}"
    hub: Correlation | Groups
    if n1 is not None and n2 is not None:
        hub = from_group_t({"t": t, "n1": n1, "n2": n2})
    else:
        hub = from_t({"t": t, "df": df, "covariates": covariates})
    return replace(hub, steps=(step, *hub.steps))
