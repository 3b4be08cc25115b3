"""What would most change one's mind and is no question of method: a moderator that holds, risk of bias."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.claims.moderators import SMALL_LEVEL
from rupmeta.render.claims.words import statistic_text
from rupmeta.render.document import Fact
from rupmeta.render.grade.flags import flag_risk_of_bias
from rupmeta.render.labels import DISPLAY, level_label, moderator_label
from rupmeta.render.numbers import APA, number, p_text
from rupmeta.render.prose import FEW

__all__ = ["moderator_fact", "risk_fact"]

Results = Mapping[str, Any]
ALPHA = 0.05


def risk_fact(results: Results, item: Results) -> Iterator[Fact]:
    """The share of the weight at high risk of bias; nothing where there is none or nobody rated."""
    share, flag = flag_risk_of_bias(results, item)
    if share:
        yield Fact("Risk of bias", f"{flag.numbers[:1].upper()}{flag.numbers[1:]}.", "#risk-of-bias")


def moderator_fact(name: str, item: Results) -> Iterator[Fact]:
    """Declared moderators whose test survives the adjustment for their number."""
    entries = (item["moderators"] or {"moderators": []})["moderators"]
    held = [
        entry
        for entry in entries
        if entry["omnibus"] is not None and entry["padj"] is not None and entry["padj"] < ALPHA
    ]
    if held:
        told = " ".join(_sentence(entry, item) for entry in held)
        told += " Between studies, so correlational: levels differ in more than this."
        yield Fact("What effects differ with", told, f"#{name}-moderators")


def _sentence(entry: Results, item: Results) -> str:
    explained = "" if entry["R2"] is None else f"R² = {number(entry['R2'], 'percent', APA)}%, "
    test = f"{statistic_text(entry['omnibus'], APA)} (adjusted {p_text(entry['padj'], APA)})"
    where = _levels(entry) if entry["subgroups"] else _slope(entry)
    return f"{moderator_label(entry['name'])}: {explained}{test}; {where}.{_caution(entry, item)}"


def _levels(entry: Results) -> str:
    shown: list[str] = []
    for group in entry["subgroups"]:
        scale = next(iter(group["reported"]), None)
        if scale is None:
            value, symbol = number(group["estimate"]["estimate"], "unbounded", APA), ""
        else:
            value = number(group["reported"][scale]["estimate"], DISPLAY[scale].kind, APA)
            symbol = f"{DISPLAY[scale].symbol} = "
        prefix = symbol if not shown else ""
        shown.append(f"{prefix}{value} {level_label(group['level'])} (k = {group['k']})")
    return ", ".join(shown)


def _slope(entry: Results) -> str:
    slopes = [c for c in entry["coefficients"] if c["label"] != "intercept"]
    return ", ".join(
        f"{number(c['estimate'], 'unbounded', APA)} per unit on the analysis scale" for c in slopes
    )


def _caution(entry: Results, item: Results) -> str:
    """Why it is no verdict: chosen after the data were seen, or resting on a handful of effects."""
    small = any(group["k"] < SMALL_LEVEL for group in entry["subgroups"])
    words = []
    if item["status"] != "prespecified" or small or entry["k"] < 10 * len(entry["coefficients"]):
        words.append("exploratory")
    if small or entry["k"] < FEW:
        words.append(f"fewer than {SMALL_LEVEL} effects in a level" if small else f"k = {entry['k']}")
    return f" {', '.join(words).capitalize()}: no basis for a verdict." if words else ""
