"""Meta-regressions and subgroups in R."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.r_script.literals import r_frame, r_number, r_text, r_vector
from rupmeta.render.r_script.models import Model, check_estimate, check_one, frame_columns, leave_out

__all__ = ["moderator_lines"]

Answer = Mapping[str, Any]


def moderator_lines(name: str, analysis: Answer, model: Model) -> Iterator[str]:
    """One model for every declared moderator."""
    for entry in (analysis["moderators"] or {}).get("moderators", ()):
        yield f"section({r_text(name + ': moderator ' + entry['name'])})"
        if entry["reason"] is not None:
            yield leave_out(entry["name"], f"no model: {entry['reason']}")
            continue
        if len(entry["coefficients"]) != (len(entry["levels"]) if entry["levels"] else 2):
            yield f'leave({r_text(entry["name"])}, "a redundant column was dropped")'
            continue
        yield from _fit(analysis["pool"], entry, model)
        yield from _compare(analysis["pool"], entry, model)


def _fit(pool: Answer, entry: Answer, model: Model) -> Iterator[str]:
    rows = entry["rows"]
    yield r_frame("sub", {**frame_columns(rows), "x": [row["value"] for row in rows]})
    if entry["levels"]:
        yield f"sub$x <- factor(sub$x, levels = {r_vector(entry['levels'])})"
    if model.multilevel:
        places = {(row["study"], row["effect"]): i for i, row in enumerate(pool["effects"], 1)}
        kept = r_vector(places[row["study"], row["effect"]] for row in rows)
        yield f"keep <- {kept}"
        yield "W <- V[keep, keep, drop = FALSE]"
        yield f"reg <- {model.call('sub', V='W', mods='x')}"
    else:
        yield f"reg <- {model.call('sub', mods='x')}"


def _compare(pool: Answer, entry: Answer, model: Model) -> Iterator[str]:
    loose = 1e-4 if model.multilevel else 1e-6
    for i, coefficient in enumerate(entry["coefficients"], 1):
        yield from check_estimate(
            coefficient["label"], f"coef(reg)[{i}]", f"reg$se[{i}]", coefficient, pool["level"], rel=loose
        )
    residual, omnibus = entry["residual"], entry["omnibus"]
    yield check_one("residual Q", "reg$QE", residual["Q"], rel=loose)
    yield check_one("residual tau2", "sum(reg$tau2, reg$sigma2)", entry["tau2"], rel=1e-4, abs_=1e-7)
    if omnibus is not None:
        yield from _omnibus(omnibus, loose)
    if entry["R2"] is not None and not model.multilevel and model.method != "EE":
        shared = "if (length(reg$R2) == 0 || is.na(reg$R2)) 0 else reg$R2"
        yield check_one("R2", shared, entry["R2"], rel=1e-5, abs_=1e-4)
    if model.multilevel:
        return
    for group in entry["subgroups"]:
        alone = group["separate"]
        if alone is None or alone["k"] < 2:
            continue
        label = f"{group['level']} alone"
        yield f"alone <- fit(sub[sub$x == {r_text(group['level'])}, ])"
        yield from check_estimate(label, "coef(alone)", "alone$se", alone["estimate"], pool["level"])
        yield check_one(f"{label}, tau2", "alone$tau2", alone["heterogeneity"]["tau2"], rel=1e-5)


def _omnibus(omnibus: Answer, loose: float) -> Iterator[str]:
    """Wald test of all slopes, from metafor's coefficients and their covariance."""
    df1 = r_number(omnibus["df1"])
    yield "slopes <- seq_along(coef(reg))[-1]"
    yield "QM <- as.numeric(t(coef(reg)[slopes]) %*% solve(vcov(reg)[slopes, slopes]) %*% coef(reg)[slopes])"
    if omnibus["df2"] is None:
        yield f"test <- c(QM, pchisq(QM, {df1}, lower.tail = FALSE))"
    else:
        df2 = r_number(omnibus["df2"])
        yield f"test <- c(QM / {df1}, pf(QM / {df1}, {df1}, {df2}, lower.tail = FALSE))"
    values = r_vector([omnibus["stat"], omnibus["pval"]])
    yield f'check_all(c("test of the moderator", "p of the moderator"), test, {values}, rel = {loose * 10:g})'
