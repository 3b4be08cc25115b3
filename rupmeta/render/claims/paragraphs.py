"""A methods paragraph, a results paragraph and captions of an analysis, for a manuscript."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rupmeta.render.claims import captions, methods
from rupmeta.render.claims.asymmetry import ASYMMETRY, asymmetry_facts
from rupmeta.render.claims.claim import say
from rupmeta.render.claims.moderators import MODERATOR, moderator_facts
from rupmeta.render.claims.pooled import HETEROGENEITY, POOLED, heterogeneity_facts, pooled_facts
from rupmeta.render.claims.robustness import LEAVE_ONE_OUT, leave_one_out_facts
from rupmeta.render.claims.selection import selection_sentences

__all__ = ["caption_texts", "methods_paragraph", "results_paragraph"]

Results = Mapping[str, Any]


def methods_paragraph(results: Results, item: Results) -> str:
    """How one analysis was done, from what was declared and computed."""
    facts = methods.methods_facts(results, item)
    topics = (
        methods.STATUS, methods.CONVERSION, methods.MODEL, methods.DEPENDENCE, methods.EXPLORATION,
        methods.SOFTWARE,
    )  # fmt: skip
    return _join(say(topic, facts) for topic in topics)


def results_paragraph(results: Results, item: Results) -> str:
    """What one analysis found; the last sentence says what its design can show."""
    pool, parts = item["pool"], item["parts"]
    sentences = [
        say(POOLED, pooled_facts(pool, item["subject"])),
        say(HETEROGENEITY, heterogeneity_facts(pool)),
    ]
    planned = (item["moderators"] or {"moderators": []})["moderators"]
    sentences += [say(MODERATOR, moderator_facts(entry)) for entry in planned]
    bias = parts["bias"]["result"]
    if bias is not None:
        sentences += [say(ASYMMETRY, asymmetry_facts(bias)), *selection_sentences(bias)]
    without = parts["leave_one_out"]["result"]
    if without is not None:
        sentences.append(say(LEAVE_ONE_OUT, leave_one_out_facts(without)))
    sentences.append(say(methods.CAUSALITY, methods.methods_facts(results, item)))
    return _join(sentences)


def caption_texts(item: Results) -> list[tuple[str, str]]:
    """(figure or table, caption) of an analysis."""
    facts = captions.caption_facts(item["pool"], item["subject"])
    topics = (("Forest plot", captions.FOREST), ("Funnel plot", captions.FUNNEL),
              ("Table of studies", captions.STUDIES))  # fmt: skip
    return [(name, text) for name, topic in topics if (text := say(topic, facts)) is not None]


def _join(sentences: Iterable[str | None]) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
