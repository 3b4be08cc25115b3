"""The answer without each sample, in R."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.r_script.literals import r_text, r_vector
from rupmeta.render.r_script.models import Model

__all__ = ["leave_one_out_lines"]

Answer = Mapping[str, Any]


def leave_one_out_lines(name: str, analysis: Answer, model: Model) -> Iterator[str]:
    """Estimate and tau2 without each sample, every one a full refit."""
    found = analysis["parts"]["leave_one_out"]["result"]
    rows = [row for row in (found or {}).get("leave_one_out", ()) if row["estimate"] is not None]
    if not rows:
        return
    yield f"section({r_text(name + ': without each sample')})"
    yield f"omitted <- {r_vector(row['omitted'] for row in rows)}"
    if model.multilevel:
        yield "without <- lapply(omitted, function(u) {"
        yield "  keep <- dat$cluster != u"
        yield "  fit(dat[keep, ], V[keep, keep, drop = FALSE])"
        yield "})"
    else:
        yield "without <- lapply(omitted, function(u) fit(dat[dat$cluster != u, ]))"
    loose = 1e-4 if model.multilevel else 1e-6
    yield 'check_all(paste("without", omitted), sapply(without, coef),'
    yield f"  {r_vector(row['estimate']['estimate'] for row in rows)}, rel = {loose:g})"
    yield 'check_all(paste("without", paste0(omitted, ", se")), sapply(without, function(f) f$se),'
    yield f"  {r_vector(row['estimate']['se'] for row in rows)}, rel = {loose:g})"
    if all(row["heterogeneity"]["tau2"] is not None for row in rows):
        yield 'check_all(paste("without", paste0(omitted, ", tau2")),'
        yield "  sapply(without, function(f) sum(f$tau2, f$sigma2)),"
        yield f"  {r_vector(row['heterogeneity']['tau2'] for row in rows)}, rel = 1e-4, abs = 1e-7)"
