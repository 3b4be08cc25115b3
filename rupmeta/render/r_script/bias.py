"""Small-study effects and selection in R: Egger, Begg, trim and fill, PET-PEESE, selection models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.r_script.literals import r_frame, r_text, r_vector
from rupmeta.render.r_script.models import Model, check_estimate, check_one, leave_out

__all__ = ["bias_lines"]

Answer = Mapping[str, Any]

PREDICTORS = {"sei": "sqrt(ind$vi)", "vi": "ind$vi", "sqrtninv": "1 / sqrt(ind$n)"}


def bias_lines(name: str, analysis: Answer) -> Iterator[str]:
    """Every method that both programs have, on one effect a sample."""
    bias = analysis["parts"]["bias"]["result"]
    if bias is None or bias["k"] < 3:
        return
    pool = analysis["pool"]
    level = pool["level"]
    yield r_frame("ind", {key: [row[key] for row in bias["effects"]] for key in ("study", "n", "yi", "vi")})
    # Multilevel models have no counterpart here: independent effects are pooled with method and test.
    model = Model(bias["method"], _test_used(bias), level)
    yield f"one <- {model.call('ind')}"
    yield f"section({r_text(name + ': small-study effects and selection')})"
    yield from _egger(bias, level)
    yield from _begg(bias)
    yield from _trim_and_fill(bias, model)
    yield from _pet_peese(bias, level)
    yield from _selection(bias, level)


def _test_used(bias: Answer) -> str:
    """``z`` where the method has no other test."""
    if bias["method"] == "EE" and bias["test"] in ("knha", "adhoc"):
        return "z"
    return str(bias["test"])


def _egger(bias: Answer, level: float) -> Iterator[str]:
    egger = bias["egger"]
    if egger is None:
        yield _missing(bias, "egger", "Egger's regression")
        return
    x = PREDICTORS[egger["predictor"]]
    yield f"ind$x <- {x}"
    if egger["model"] == "lm":
        yield "line <- summary(lm(yi ~ x, weights = 1 / vi, data = ind))$coefficients"
        yield from check_estimate("Egger, slope", "line[2, 1]", "line[2, 2]", egger["slope"], level)
        yield from check_estimate("Egger, limit", "line[1, 1]", "line[1, 2]", egger["limit"], level)
        return
    model = Model(bias["method"], "z" if egger["slope"]["df"] is None else bias["test"], level)
    yield f"line <- {model.call('ind', mods='x')}"
    yield from check_estimate("Egger, slope", "coef(line)[2]", "line$se[2]", egger["slope"], level)
    yield from check_estimate("Egger, limit", "coef(line)[1]", "line$se[1]", egger["limit"], level)


def _begg(bias: Answer) -> Iterator[str]:
    begg = bias["begg"]
    if begg is None:
        yield _missing(bias, "begg", "rank correlation")
        return
    yield "rank <- suppressWarnings(ranktest(one))"
    yield check_one("rank correlation", "rank$tau", begg["tau"])
    if begg["exact"]:
        yield check_one("rank correlation, p", "rank$pval", begg["pval"], rel=1e-5)


def _trim_and_fill(bias: Answer, model: Model) -> Iterator[str]:
    filled = bias["trim_and_fill"]
    if filled is None:
        yield _missing(bias, "trim_and_fill", "trim and fill")
        return
    side, estimator = r_text(filled["side"]), r_text(filled["estimator"])
    yield f"filled <- trimfill(one, side = {side}, estimator = {estimator}, maxiter = 1000, control = tight)"
    yield check_one("trim and fill, studies filled", "filled$k0", filled["k0"])
    # The filled data are fitted once more with tight control, as trimfill() does not pass it on.
    yield "padded <- data.frame(yi = as.numeric(filled$yi), vi = filled$vi)"
    yield f"padded <- {model.call('padded')}"
    yield from check_estimate(
        "trim and fill", "coef(padded)", "padded$se", filled["estimate"], model.level, rel=1e-4
    )


def _pet_peese(bias: Answer, level: float) -> Iterator[str]:
    found = bias["pet_peese"]
    if found is None:
        yield _missing(bias, "pet_peese", "PET-PEESE")
        return
    for key, x in (("pet", "sqrt(vi)"), ("peese", "vi")):
        yield f"{key} <- summary(lm(yi ~ {x}, weights = 1 / vi, data = ind))$coefficients"
        yield from check_estimate(key.upper(), f"{key}[1, 1]", f"{key}[1, 2]", found[key], level)


def _selection(bias: Answer, level: float) -> Iterator[str]:
    for key, kind in (("step", "stepfun"), ("beta", "beta")):
        found = bias["selection_models"][key]
        label = f"{key} selection model"
        if found is None:
            yield _missing(bias, key, label)
            continue
        if found["estimate"]["se"] is None:
            yield leave_out(label, "its likelihood is flat: many other values fit as well")
            continue
        steps = f", steps = {r_vector(found['steps'])}" if key == "step" else ""
        side = "less" if bias["estimate"]["estimate"] < 0 else "greater"
        yield "sel <- tryCatch(suppressWarnings(selmodel("
        yield '  rma(yi, vi, data = ind, method = "ML", control = tight),'
        yield f'  type = "{kind}", alternative = "{side}"{steps})), error = function(e) NULL)'
        # metafor stops near tau2 = 0 without standard errors; its likelihood is then not quite the highest.
        failed = leave_out(label, "the search of metafor failed")
        # The likelihood decides: of two searches the one that ends higher is right.
        lower = leave_out(label, "metafor stopped below the top of the likelihood")
        short = f"{found['lrt']!r} - sel$LRT"
        yield f"if (is.null(sel)) {failed} else if ({short} > 1e-5 && {short} < 1) {{"
        yield f"  {lower}"
        yield "} else if (anyNA(sel$se)) {"
        ours = found["estimate"]
        yield "  " + check_one(f"{label}, estimate", "coef(sel)$beta", ours["estimate"], rel=1e-2)
        yield "  " + leave_out(f"{label}, the rest", "metafor finds no standard errors")
        yield "} else {"
        # Two searches for the top of a flat hill: three digits are what they share.
        yield from check_estimate(label, "coef(sel)$beta", "sel$se", ours, level, rel=2e-3)
        yield check_one(f"{label}, tau2", "sel$tau2", found["tau2"], rel=5e-3, abs_=1e-4)
        yield check_one(f"{label}, likelihood ratio", "sel$LRT", found["lrt"], rel=1e-3, abs_=1e-4)
        yield "}"


def _missing(bias: Answer, key: str, label: str) -> str:
    return leave_out(label, bias["reasons"].get(key, "no estimate"))
