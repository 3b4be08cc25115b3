"""Sentences about what changed between two states of a review: none says that repair causes anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rupmeta.render.diff.shares import change_shown, printed_shares, printed_total, signed
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA, NumberStyle, estimate_texts, level_text
from rupmeta.render.prose import FEW

__all__ = ["STEP_PHRASES", "describe_turned", "whats_new", "whats_new_in"]

Answer = Mapping[str, Any]
LISTED = 12  # studies that a sentence names

_ABOUT = {
    "repair-outcome": "the mean association of rupture repair with better outcome",
    "training-outcome": "the mean association of training in rupture repair with better outcome",
}
_CAUTION = {
    "repair-outcome": (
        "The evidence remains correlational: no study assigned repairs at random, so it does not show that "
        "repair causes better outcome."
    ),
    "training-outcome": (
        "Unless chance assigned the training, clients of trained and untrained therapists differ in more "
        "than it, so a difference does not show that training causes better outcome."
    ),
}

STEP_PHRASES = {
    "method": "changed methods",
    "criteria": "changed criteria",
    "removed": "studies removed",
    "edited": "studies edited",
    "added": "studies added",
}


def whats_new(answer: Answer) -> str:
    """The first paragraph of an update: which studies and rules (PRISMA-LSR, changes to the methods)."""
    if not answer["differs"]:
        return f"Nothing changed between {answer['old']['name']} and {answer['new']['name']}."
    kinds: dict[str, list[str]] = {"added": [], "removed": [], "edited": [], "layout": []}
    for item in answer["studies"]:
        kinds[item["kind"]].append(item["label"])
    parts = [
        f"{_count(len(labels))} {word} ({_list(labels)})"
        for word, labels in (
            ("added", kinds["added"]),
            ("removed", kinds["removed"]),
            ("edited", kinds["edited"]),
        )
        if labels
    ]
    first = ", ".join(parts) if parts else "no study was added, removed or edited"
    sentences = [
        f"Since the preceding version ({_version(answer['old'])}): {first}; {_kept(answer['unchanged'])}."
    ]
    if kinds["layout"]:
        sentences.append(
            f"{_count(len(kinds['layout']))} changed in comments, layout or session ratings alone "
            f"({_list(kinds['layout'])})."
        )
    for step, word in (("method", "The methods"), ("criteria", "The criteria")):
        fields = [item["field"] for item in answer["protocol"] if item["step"] == step]
        if fields:
            sentences.append(f"{word} changed: {', '.join(fields)}.")
    if not any(item["step"] for item in answer["protocol"]) and _protocols_known(answer):
        sentences.append("Methods and criteria are those of the preceding version.")
    return " ".join(sentences)


def whats_new_in(analysis: Answer, style: NumberStyle = APA) -> str:
    """What became of one answer (PRISMA-LSR, changes to the results)."""
    old, new = analysis["old"], analysis["new"]
    name = f"Analysis '{analysis['analysis']}'"
    if old is None:
        return f"{name} is new. {_answer(new, style, analysis)}".strip()
    if new is None:
        return f"{name} is no longer part of the review."
    about = _ABOUT.get(analysis["subject"] or "", "the pooled effect")
    if old["estimate"] is None and new["estimate"] is None:
        return f"{name} still has nothing to pool: {new['reason']}."
    if new["estimate"] is None:
        return f"{name} has nothing to pool any more: {new['reason']}."
    if old["estimate"] is None:
        first = f"{name} has an answer for the first time: {about} was {_numbers(new, style)}."
        return f"{first} {_verdict(new)} {_caution(analysis)}".replace("  ", " ")
    sentences = [
        f"{name}: {about} was {_numbers(old, style)} in the preceding version and is "
        f"{_numbers(new, style)} in this one."
    ]
    sentences += [
        _split(analysis, style),
        *describe_turned(analysis, style),
        _verdict(new),
        _caution(analysis),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def describe_turned(analysis: Answer, style: NumberStyle = APA) -> list[str]:
    """One sentence for every conclusion that turned."""
    del style
    sentences = []
    new = analysis["new"]
    level = "" if new is None or new["estimate"] is None else level_text(new["level"])
    for turned in analysis["turned"]:
        code, now = turned["code"], turned["now"]
        if code == "sign":
            words = ("negative", "positive") if now else ("positive", "negative")
            sentences.append(f"The estimate changed its sign: it was {words[0]} and is {words[1]}.")
        elif code in ("ci_null", "pi_null"):
            interval = "confidence" if code == "ci_null" else "prediction"
            verb = "now includes" if now else "no longer includes"
            sentences.append(f"The {level} {interval} interval {verb} no association.")
        elif code == "few":
            verb = f"fell below {FEW}" if now else f"reached {FEW}"
            sentences.append(f"The number of effects {verb}.")
        elif code == "heavy":
            verb = "now bears" if now else "no longer bears"
            sentences.append(f"{turned['study']} {verb} more than half of the weight.")
    return sentences


def _split(analysis: Answer, style: NumberStyle) -> str:
    shown = change_shown(analysis)
    if shown is None:
        return f"The change cannot be split: {analysis['reason']}."
    change, display = shown
    steps = [line for line in printed_shares(change) if line.study is None]
    total = printed_total(change)
    moved = [line for line in steps if line.share != 0]
    if not moved:
        return f"To three decimals {display.symbol} did not change."
    parts = ", ".join(
        f"{signed(line.share, display, style)} with {STEP_PHRASES[line.step]}" for line in moved
    )
    whole = f"The change in {display.symbol}, {signed(total, display, style)},"
    if len(moved) == 1:
        return f"{whole} goes with {STEP_PHRASES[moved[0].step]}."
    return f"{whole} is made up of {parts}, when changes are applied in this order."


def _numbers(side: Answer, style: NumberStyle) -> str:
    level = level_text(side["level"])
    texts = []
    for scale, shown in side["reported"].items():
        display = DISPLAY[scale]
        value, interval = estimate_texts(
            shown["estimate"], shown["ci_lb"], shown["ci_ub"], display.kind, style, null=display.null
        )
        texts.append(f"{display.symbol} = {value}, {level} CI {interval}")
    if not texts:
        estimate = side["estimate"]
        value, interval = estimate_texts(
            estimate["estimate"], estimate["ci_lb"], estimate["ci_ub"], "unbounded", style
        )
        texts.append(f"{value}, {level} CI {interval}")
    return f"{texts[0]} (k = {side['k']})"


def _answer(side: Answer, style: NumberStyle, analysis: Answer) -> str:
    if side["estimate"] is None:
        return f"It has nothing to pool: {side['reason']}."
    about = _ABOUT.get(analysis["subject"] or "", "the pooled effect")
    return f"In it {about} was {_numbers(side, style)}. {_verdict(side)} {_caution(analysis)}"


def _verdict(side: Answer) -> str:
    return f"With k = {side['k']} this is no basis for a verdict." if side["k"] < FEW else ""


def _caution(analysis: Answer) -> str:
    return _CAUTION.get(analysis["subject"] or "", "An association does not show what causes what.")


def _version(side: Answer) -> str:
    return side["name"] if side["data_as_of"] is None else f"{side['name']}, data as of {side['data_as_of']}"


def _protocols_known(answer: Answer) -> bool:
    return "results" not in (answer["old"]["kind"], answer["new"]["kind"])


def _count(number_of: int) -> str:
    return f"{number_of} {'study' if number_of == 1 else 'studies'}"


def _kept(number_of: int) -> str:
    return f"{_count(number_of)} {'is' if number_of == 1 else 'are'} unchanged"


def _list(labels: Sequence[str]) -> str:
    more = f" and {len(labels) - LISTED} more" if len(labels) > LISTED else ""
    return "; ".join(labels[:LISTED]) + more
