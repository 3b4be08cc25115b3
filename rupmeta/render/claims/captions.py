"""Captions in APA style: a title, and a note that says how to read the figure or table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.claims.claim import Claim, Facts, Topic
from rupmeta.render.claims.pooled import FEW
from rupmeta.render.claims.words import SUBJECTS
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import level_text
from rupmeta.render.results_tables import first_scale

__all__ = ["FOREST", "FUNNEL", "STUDIES", "caption_facts"]

Answer = Mapping[str, Any]

_SQUARES = (
    "Forest Plot of {k} Effects. Note. Squares are effects ({symbol}) with areas proportional to their "
    "weights, lines their {level} confidence intervals, the diamond is the pooled {symbol}"
)

FOREST: Topic = (
    Claim(
        "CAPTION-FOREST-PI",
        ("k",),
        lambda v: v["pi"],
        _SQUARES + "; the bar below it is the {level} prediction interval. {predictor} and {outcome}: "
        "{kind}.",
    ),
    Claim(
        "CAPTION-FOREST",
        ("k",),
        lambda v: not v["pi"],
        _SQUARES + ". {predictor} and {outcome}: {kind}.",
    ),
)

FUNNEL: Topic = (
    Claim(
        "CAPTION-FUNNEL-FEW",
        ("k",),
        lambda v: v["k"] < FEW,
        "Funnel Plot of {k} Effects. Note. Effects against their standard errors. With k = {k} asymmetry "
        "cannot be judged.",
    ),
    Claim(
        "CAPTION-FUNNEL",
        ("k",),
        lambda v: v["k"] >= FEW,
        "Funnel Plot of {k} Effects. Note. Effects against their standard errors; a symmetric funnel does "
        "not show that nothing is missing.",
    ),
)

STUDIES: Topic = (
    Claim(
        "CAPTION-STUDIES",
        ("k",),
        lambda v: v["k"] >= 1,
        "Effects and Weights of {k} Effects. Note. {symbol} with {level} confidence intervals; weights in "
        "percent of the fitted model.",
    ),
)


def caption_facts(pool: Answer, subject: str | None) -> Facts:
    """What captions need from a pooled answer."""
    predictor, outcome = SUBJECTS.get(subject or "", ("the predictor", "the outcome"))
    return Facts(
        {"k": pool["k"], "pi": pool["prediction"]["pi_lb"] is not None},
        {
            "k": str(pool["k"]),
            "symbol": DISPLAY[first_scale(pool)].symbol,
            "level": level_text(pool["level"]),
            "predictor": predictor[:1].upper() + predictor[1:],
            "outcome": outcome,
            "kind": "the training was assigned at random"
            if subject == "training-outcome" and pool.get("randomized", False)
            else "correlational",
        },
    )
