"""Every claim that a report can make, by topic: tests run each at its edges."""

from __future__ import annotations

from collections.abc import Mapping

from rupmeta.render.claims import (
    asymmetry,
    captions,
    designs,
    methods,
    model,
    moderators,
    pooled,
    robustness,
    selection,
)
from rupmeta.render.claims.claim import Topic

__all__ = ["TOPICS"]

TOPICS: Mapping[str, Topic] = {
    "status": methods.STATUS,
    "conversion": methods.CONVERSION,
    "model": methods.MODEL,
    "line": model.LINE,
    "several": model.SEVERAL,
    "robust": model.ROBUST,
    "dependence": methods.DEPENDENCE,
    "exploration": methods.EXPLORATION,
    "software": methods.SOFTWARE,
    "causality": methods.CAUSALITY,
    "caution": designs.CAUTION,
    "caution_full": designs.CAUTION_FULL,
    "pooled": pooled.POOLED,
    "heterogeneity": pooled.HETEROGENEITY,
    "moderator": moderators.MODERATOR,
    "asymmetry": asymmetry.ASYMMETRY,
    "trim_and_fill": selection.TRIM_AND_FILL,
    "step": selection.STEP,
    "beta": selection.BETA,
    "leave_one_out": robustness.LEAVE_ONE_OUT,
    "forest": captions.FOREST,
    "funnel": captions.FUNNEL,
    "studies": captions.STUDIES,
}
