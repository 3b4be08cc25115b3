"""A permutation test as part of the moderators object, and its sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rupmeta.render.numbers import NumberStyle, number, p_text

if TYPE_CHECKING:  # a type only: the pipeline behind it loads scipy
    from rupmeta.pipeline.permute import Permuted

__all__ = ["describe_permutation", "permutation_answer"]

Answer = dict[str, Any]


def permutation_answer(found: Permuted) -> Answer:
    """p of all moderators together, of every coefficient but the intercept, and their Monte Carlo errors."""
    test = found.permutation
    return {
        "pval": test.omnibus,
        "error": test.omnibus_error,
        "iterations": test.iterations,
        "exact": test.exact,
        "smallest": test.smallest,
        "failed": test.failed,
        "coefficients": [
            {"label": name, "pval": pval, "error": error}
            for name, pval, error in zip(test.names, test.pval.tolist(), test.error.tolist(), strict=True)
            if name != "intercept"
        ],
    }


def describe_permutation(answer: Mapping[str, Any], style: NumberStyle) -> str:
    """``Permutation test: p = .016 ± .001 (10,000 random arrangements; slopes: …).``"""
    found = answer["permutation"]
    count = number(found["iterations"], "count", style)
    arrangements = f"all {count} arrangements" if found["exact"] else f"{count} random arrangements"
    text = (
        f"Permutation test of the moderators: {_p(found, style)} ({arrangements} of the moderators' values)."
    )
    if len(found["coefficients"]) > 1:
        slopes = ", ".join(f"{item['label']} {_p(item, style)}" for item in found["coefficients"])
        text += f" One by one: {slopes}."
    return text


def _p(item: Mapping[str, Any], style: NumberStyle) -> str:
    error = f" ± {number(item['error'], 'p', style)}" if item["error"] >= 0.0005 else ""
    return f"{p_text(item['pval'], style)}{error}"
