"""Claims about one moderator: the test between levels or along a number, never one level's p value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.claims.claim import Claim, Facts, Topic
from rupmeta.render.claims.pooled import FEW
from rupmeta.render.claims.words import statistic_text
from rupmeta.render.labels import level_label, moderator_label
from rupmeta.render.numbers import APA, NumberStyle, p_text

__all__ = ["MODERATOR", "SMALL_LEVEL", "moderator_facts"]

Answer = Mapping[str, Any]
Values = Mapping[str, Any]

#: With fewer effects in a level there are numbers and no verdicts.
SMALL_LEVEL = 5
ALPHA = 0.05


def _few(v: Values) -> bool:
    return bool(v["k"] < FEW or (v["smallest"] is not None and v["smallest"] < SMALL_LEVEL))


MODERATOR: Topic = (
    Claim("MODERATOR-NONE", (), lambda v: v["p"] is None, "{name}: no model ({reason})."),
    Claim(
        "MODERATOR-FEW",
        ("k", "p"),
        _few,
        "{name}: {test}{adjusted}; {few}, which is no basis for a verdict.",
    ),
    Claim(
        "MODERATOR-DIFFERS",
        ("k", "p", "padj"),
        lambda v: not _few(v) and v["padj"] < ALPHA,
        "{name}: effects {differed}, {test}{adjusted}.",
    ),
    Claim(
        "MODERATOR-UNCLEAR",
        ("k", "p", "padj"),
        lambda v: not _few(v) and v["padj"] >= ALPHA,
        "{name}: the test gave no sign that effects {differed}, {test}{adjusted}; with k = {k} it can miss "
        "differences of some size.",
    ),
)


def moderator_facts(entry: Answer, style: NumberStyle = APA) -> Facts:
    """What ``MODERATOR`` needs from one entry of the declared moderators."""
    name = moderator_label(entry["name"])
    if entry["omnibus"] is None:
        reason = entry["reason"] or "it explains nothing that can be tested"
        return Facts({"p": None}, {"name": name, "reason": reason})
    groups = entry["subgroups"]
    smallest = min(groups, key=lambda group: group["k"]) if groups else None
    padj = entry["omnibus"]["pval"] if entry["padj"] is None else entry["padj"]
    few = f"k = {entry['k']}"
    if smallest is not None and smallest["k"] < SMALL_LEVEL:
        few = f"the level {level_label(smallest['level'])} has {smallest['k']} of {entry['k']} effects"
    return Facts(
        {
            "k": entry["k"],
            "p": entry["omnibus"]["pval"],
            "padj": padj,
            "smallest": None if smallest is None else smallest["k"],
        },
        {
            "name": name,
            "k": str(entry["k"]),
            "few": few,
            "test": statistic_text(entry["omnibus"], style),
            "adjusted": f" (adjusted {p_text(padj, style)})",
            "differed": "differed between its levels" if groups else "varied along it",
        },
    )
