"""Sentences made from the numbers of an answer, in APA style; none says that repair causes anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.claims.claim import say
from rupmeta.render.claims.model import LEAST_DF, LINE, ROBUST, SEVERAL, line_facts, robust_facts
from rupmeta.render.claims.pooled import FEW, HETEROGENEITY, POOLED, heterogeneity_facts, pooled_facts
from rupmeta.render.claims.words import stat_text, statistic_text
from rupmeta.render.numbers import APA, NumberStyle

__all__ = [
    "FEW",
    "LEAST_DF",
    "describe_heterogeneity",
    "describe_model",
    "describe_pooled",
    "describe_robust",
    "stat_text",
    "statistic_text",
]

Answer = Mapping[str, Any]


def describe_pooled(answer: Answer, subject: str | None, style: NumberStyle = APA) -> str:
    """One sentence: what goes with what, how strongly, how surely."""
    sentence = say(POOLED, pooled_facts(answer, subject, style))
    assert sentence is not None  # one claim holds of every interval
    return sentence


def describe_heterogeneity(answer: Answer, style: NumberStyle = APA) -> str:
    """How much the effects differ, and where the next study's true effect may lie."""
    sentence = say(HETEROGENEITY, heterogeneity_facts(answer, style))
    assert sentence is not None
    return sentence


def describe_robust(answer: Answer, style: NumberStyle = APA) -> str | None:
    """The CR2 row of a multilevel model: the one to read, where its degrees of freedom suffice."""
    return say(ROBUST, robust_facts(answer, style))


def describe_model(answer: Answer) -> str:
    """Which model made the numbers."""
    facts = line_facts(answer)
    return f"{say(LINE, facts)}; {say(SEVERAL, facts)}"
