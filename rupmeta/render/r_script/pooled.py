"""The pooled answer of an analysis in R: aggregation, estimate, prediction, heterogeneity, r and d."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rupmeta.render.r_script.literals import r_frame, r_number, r_text, r_vector
from rupmeta.render.r_script.models import Model, check_estimate, frame_columns

__all__ = ["pool_lines"]

Answer = Mapping[str, Any]

#: Measures on Fisher's z, from which r = tanh z and d = 2 sinh z.
FISHER = ("ZCOR", "ZPCOR", "ZPHI", "ZPB")
TURNED = {"r": "tanh({})", "z": "{}", "d": "2 * sinh({})"}


def pool_lines(name: str, analysis: Answer, model: Model) -> Iterator[str]:
    """The table of effects, the fit and its comparison."""
    pool = analysis["pool"]
    rows = pool["effects"]
    yield from _aggregation(name, analysis)
    yield r_frame("dat", frame_columns(rows))
    if model.multilevel:
        yield _covariance_matrix(pool["covariances"])
        yield f"fit <- function(d, V) {model.call('d')}"
        yield "res <- fit(dat, V)"
    else:
        yield f"fit <- function(d) {model.call('d')}"
        yield "res <- fit(dat)"
    yield "print(res)"
    yield f"section({r_text(name + ': pooled')})"
    yield from check_estimate("pooled", "coef(res)", "res$se", pool["estimate"], pool["level"])
    yield from _prediction(pool)
    yield from _heterogeneity(pool, model)
    if not model.multilevel:
        labels = r_vector(f"weight of {row['study']}" for row in rows)
        yield f"check_all({labels}, weights(res), {r_vector(row['weight'] for row in rows)})"
    yield from _scales(pool)
    yield from _robust(pool)


def _aggregation(name: str, analysis: Answer) -> Iterator[str]:
    """Several effects of a sample → one, where ρ alone says how they covary."""
    pool, single = analysis["pool"], analysis["effects"]
    rows = pool["effects"]
    if pool["dependence"]["approach"] != "aggregate" or len(single) == len(rows):
        return
    rho = pool["dependence"]["rho"]
    if not _compound(single, rows, rho):
        yield f"section({r_text(name + ': effects of one sample')})"
        yield (
            'leave("aggregation", "covariances are known for some effects, or weights are equal; '
            'the aggregated effects are taken as they stand")'
        )
        return
    yield r_frame("single", frame_columns(single))
    yield "single$cluster <- factor(single$cluster, levels = unique(single$cluster))"
    yield 'single <- escalc(measure = "GEN", yi = yi, vi = vi, data = single)'
    yield f'together <- aggregate(single, cluster = cluster, struct = "CS", rho = {r_number(rho)})'
    yield f"section({r_text(name + ': effects of one sample aggregated')})"
    for key in ("yi", "vi"):
        labels = r_vector(f"{key} of {row['cluster']}" for row in rows)
        yield f"check_all({labels}, together${key}, {r_vector(row[key] for row in rows)})"


def _compound(single: Sequence[Answer], rows: Sequence[Answer], rho: float) -> bool:
    """Whether generalised least squares with one ρ gives the rows: their covariances are not in the file."""
    import numpy as np

    for row in rows:
        members = [effect for effect in single if effect["cluster"] == row["cluster"]]
        yi, vi = (np.array([member[key] for member in members]) for key in ("yi", "vi"))
        V = rho * np.sqrt(np.outer(vi, vi))
        np.fill_diagonal(V, vi)
        try:
            raw = np.linalg.solve(V, np.ones(len(vi)))
        except np.linalg.LinAlgError:
            return False
        found = (float(raw @ yi / raw.sum()), float(1 / raw.sum()))
        if not np.allclose(found, (row["yi"], row["vi"]), rtol=1e-7, atol=1e-9):
            return False
    return True


def _covariance_matrix(pairs: Sequence[Sequence[float]]) -> str:
    lines = ["V <- diag(dat$vi, nrow = nrow(dat))"]
    if pairs:
        lines.append(f"pairs <- cbind(i = {r_vector(p[0] + 1 for p in pairs)},")
        lines.append(f"  j = {r_vector(p[1] + 1 for p in pairs)})")
        lines.append(f"covariance <- {r_vector(p[2] for p in pairs)}")
        lines.append("V[pairs] <- covariance")
        lines.append("V[pairs[, 2:1, drop = FALSE]] <- covariance")
    return "\n".join(lines)


def _prediction(pool: Answer) -> Iterator[str]:
    limits = pool["prediction"]
    if limits["pi_lb"] is None:
        return
    df = pool["estimate"]["df"]
    quantile = f"qt({r_number((1 + pool['level']) / 2)}, {'Inf' if df is None else r_number(df)})"
    yield f"half <- {quantile} * sqrt(as.numeric(res$se)^2 + sum(res$tau2, res$sigma2))"
    yield (
        'check_all(c("lower prediction limit", "upper prediction limit"),\n'
        f"  as.numeric(coef(res)) + c(-half, half), {r_vector([limits['pi_lb'], limits['pi_ub']])})"
    )


def _heterogeneity(pool: Answer, model: Model) -> Iterator[str]:
    h = pool["heterogeneity"]
    if h["tau2"] is None or h["df"] < 1:
        return
    yield f'check("Q", res$QE, {r_number(h["Q"])})'
    yield f'check("p of Q", res$QEp, {r_number(h["pval"])}, rel = 1e-5, abs = 1e-12)'
    if model.multilevel:
        yield f'check("tau2 in all", sum(res$sigma2), {r_number(h["tau2"])}, rel = 1e-4, abs = 1e-7)'
        for level, label in (("cluster", "between"), ("row", "within")):
            if level in model.levels and pool[f"sigma2_{label}"] is not None:
                place = model.levels.index(level) + 1
                ours = r_number(pool[f"sigma2_{label}"])
                yield (
                    f'check("sigma2 {label} samples", res$sigma2[{place}], {ours}, rel = 1e-4, abs = 1e-7)'
                )
        return
    yield f'check("tau2", res$tau2, {r_number(h["tau2"])}, rel = 1e-5)'
    yield f'check("I2", res$I2, {r_number(h["I2"])}, rel = 1e-5, abs = 1e-6)'
    yield f'check("H2", res$H2, {r_number(h["H2"])}, rel = 1e-5)'
    if h["tau2_lb"] is not None and h["tau2_ub"] is not None:
        most = r_number(max(100.0, 10 * h["tau2_ub"]))
        yield f"wide <- list(tol = 1e-12, maxiter = 10000, tau2.max = {most})"
        yield "around <- confint(res, control = wide)$random"
        labels = 'c("tau2, lower limit", "tau2, upper limit", "I2, lower limit", "I2, upper limit")'
        values = r_vector(h[key] for key in ("tau2_lb", "tau2_ub", "I2_lb", "I2_ub"))
        yield f"check_all({labels},\n  c(around[1, 2:3], around[3, 2:3]), {values}, rel = 1e-5, abs = 1e-6)"


def _scales(pool: Answer) -> Iterator[str]:
    """What readers see: r and d."""
    if pool["measure"] not in FISHER:
        return
    limits = "as.numeric(c(coef(res), res$ci.lb, res$ci.ub))"
    if "sigma2_between" in pool:
        limits = f"c({r_vector(pool['estimate'][key] for key in ('estimate', 'ci_lb', 'ci_ub'))})"
    for scale in pool["report_as"]:
        shown = pool["reported"].get(scale)
        if shown is None or scale not in TURNED:
            continue
        labels = r_vector(f"{scale}, {word}" for word in ("estimate", "lower limit", "upper limit"))
        values = r_vector(shown[key] for key in ("estimate", "ci_lb", "ci_ub"))
        yield f"check_all({labels}, {TURNED[scale].format(limits)}, {values})"
        if shown["pi_lb"] is not None and shown["pi_ub"] is not None:
            labels = r_vector(f"{scale}, {word} prediction limit" for word in ("lower", "upper"))
            ends = TURNED[scale].format("(as.numeric(coef(res)) + c(-half, half))")
            yield f"check_all({labels}, {ends}, {r_vector([shown['pi_lb'], shown['pi_ub']])})"


def _robust(pool: Answer) -> Iterator[str]:
    robust = pool.get("robust")
    if robust is None:
        return
    yield 'if (requireNamespace("clubSandwich", quietly = TRUE)) {'
    yield '  cr2 <- clubSandwich::coef_test(res, vcov = "CR2", cluster = dat$cluster)'
    values = r_vector([robust["estimate"], robust["se"], robust["df"], robust["pval"]])
    yield '  check_all(paste("robust,", c("estimate", "se", "df", "p")),'
    yield f"    c(cr2$beta, cr2$SE, cr2$df, cr2$p_Satt), {values}, rel = 1e-4)"
    yield '} else leave("CR2 standard error", "clubSandwich is not installed")'
