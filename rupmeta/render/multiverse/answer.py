"""A multiverse as the JSON object that ``rupmeta multiverse --json`` prints."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from rupmeta.explore.limits import verdicts
from rupmeta.pipeline.multiverse import ChoiceResult, Multiverse
from rupmeta.pool.small_k import judge_coverage
from rupmeta.render.answers import describe_analysis
from rupmeta.render.labels import DISPLAY

__all__ = ["multiverse_answer"]

Answer = dict[str, Any]


def multiverse_answer(found: Multiverse) -> Answer:
    """Counts, the curve in a few numbers, every choice, the permutation test, and all specifications in
    columns.

    ``choices`` lead with the one that moves the mean most. In ``specifications`` every list has one entry a
    specification, in the order of the product; ``choices`` there are positions in the lists of options.
    ``tests``: where intervals lie by the test that made them, and whether that test holds its level at the
    largest k of the curve (see ``rupmeta pool --small-k``).
    """
    null = DISPLAY[found.scale].null if found.scale in DISPLAY else 0.0
    estimate, sides = found.estimate, verdicts(found.ci_lb - null, found.ci_ub - null)
    quartiles = np.quantile(estimate, [0.25, 0.5, 0.75])
    declared = found.declared
    order = np.argsort(estimate, kind="stable")
    by_range = sorted(range(len(found.choices)), key=lambda d: -found.choices[d].range)
    return {
        **describe_analysis(found.prepared),
        "scale": found.scale,
        "default_choices": found.default,
        "counts": {
            "combinations": found.combinations,
            "impossible": [{"reason": reason, "n": n} for reason, n in found.impossible],
            "repeats": found.repeats,
            "specifications": found.size,
            "fits": found.fits,
        },
        "curve": {
            "median": quartiles[1],
            "q25": quartiles[0],
            "q75": quartiles[2],
            "lowest": estimate.min(),
            "highest": estimate.max(),
            "share_positive": float(np.mean(estimate > null)),
            "share_above": float(np.mean(sides > 0)),
            "share_below": float(np.mean(sides < 0)),
            "share_open": float(np.mean(sides == 0)),
        },
        "declared": None
        if declared is None
        else {
            "estimate": estimate[declared],
            "ci_lb": found.ci_lb[declared],
            "ci_ub": found.ci_ub[declared],
            "pval": found.pval[declared],
            "rank": int(np.flatnonzero(order == declared)[0]) + 1,
        },
        "tests": _tests(found),
        "choices": [_choice(found.choices[d]) for d in by_range],
        "permutation": None if found.test is None else asdict(found.test),
        "specifications": {
            "choices": {choice.name: found.taken[:, d] for d, choice in enumerate(found.choices)},
            "k": found.k.astype(int),
            "estimate": estimate,
            "ci_lb": found.ci_lb,
            "ci_ub": found.ci_ub,
            "pval": found.pval,
        },
    }


def _tests(found: Multiverse) -> list[Answer]:
    k = int(found.k.max())
    options = next(choice.options for choice in found.choices if choice.name == "test")
    return [
        {
            "test": option.option,
            "n": option.n,
            "share_above": option.share_above,
            "share_below": option.share_below,
            "k": k,
            "trust": judge_coverage(str(option.option), k)[0],
        }
        for option in options
        if option.n
    ]


def _choice(choice: ChoiceResult) -> Answer:
    return {
        "name": choice.name,
        "range": choice.range,
        "variance_share": choice.variance_share,
        "options": [asdict(option) for option in choice.options],
    }
