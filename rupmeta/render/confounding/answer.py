"""The question of confounding as part of the JSON object of ``rupmeta sensitivity``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rupmeta.effects.backtransform import report_on
from rupmeta.explore.confounding import Share
from rupmeta.pipeline.confounding import BENCHMARK, Confounding, OnCorrelation, OnRiskRatio
from rupmeta.pipeline.confounding_evidence import Strand
from rupmeta.pool.fit import Fit
from rupmeta.render.answers import describe_analysis, reported

__all__ = ["confounding_answer"]

Answer = dict[str, Any]


def confounding_answer(found: Confounding) -> Answer:
    """``correlation`` on Fisher's z with r beside it, ``risk_ratio`` on its logarithm, and the evidence."""
    spec = found.prepared.specification
    return {
        **describe_analysis(found.prepared),
        "confounding": {
            "threshold": found.threshold,
            "turned": found.turned,
            "benchmark": asdict(BENCHMARK),
            "correlation": None if found.correlation is None else _correlation(found.correlation),
            "risk_ratio": None if found.risk_ratio is None else _risk_ratio(found.risk_ratio),
            "evidence": [_strand(strand, found) for strand in found.strands],
        },
        "report_as": list(spec.report_as),
    }


def _correlation(found: OnCorrelation) -> Answer:
    interval = found.fit.estimate.interval()
    r, lb, ub = (
        report_on("r", "ZCOR", value) for value in (found.fit.estimate.estimate, interval.lb, interval.ub)
    )
    return {
        **_fit(found.fit),
        "r": {"estimate": r, "ci_lb": lb, "ci_ub": ub},
        "share": _share(found.share),
        "c_estimate": found.c_estimate,
        "c_limit": found.c_limit,
        "c_threshold": found.c_threshold,
        "c_shares": [{"share": share, "c": c} for share, c in found.c_shares],
        "left_by_benchmark": found.left_by_benchmark,
        "curve": asdict(found.curve),
    }


def _risk_ratio(found: OnRiskRatio) -> Answer:
    return {
        **_fit(found.fit),
        "threshold": found.threshold,
        "share": _share(found.share),
        "biases": [asdict(bias) for bias in found.biases],
        "e_value": found.e_estimate,
        "e_value_limit": found.e_limit,
    }


def _fit(fit: Fit) -> Answer:
    return {"k": fit.k, "estimate": fit.estimate.as_dict(), "tau2": fit.heterogeneity.tau2}


def _share(share: Share) -> Answer:
    interval = share.interval
    return {
        "share": share.share,
        "ci_lb": None if interval is None else interval.lb,
        "ci_ub": None if interval is None else interval.ub,
        "method": share.method,
    }


def _strand(strand: Strand, found: Confounding) -> Answer:
    estimate = strand.estimate
    means = strand.kind == "mean" and estimate is not None
    return {
        "topic": strand.topic,
        "group": strand.group,
        "kind": strand.kind,
        "k": strand.k,
        "estimate": None if estimate is None else estimate.as_dict(),
        "reported": reported(estimate, None, None, found.prepared.specification)
        if means and estimate is not None
        else {},
        "reason": strand.reason,
    }
