"""Sentences about moderators; none says what causes what, none gives a verdict on few effects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.labels import moderator_label
from rupmeta.render.numbers import APA, NumberStyle, interval_text, number, p_text
from rupmeta.render.prose import statistic_text

__all__ = [
    "describe_moderators",
    "describe_overlap",
    "describe_planned",
    "describe_scale",
    "describe_subsets",
    "describe_terms",
    "pair_heading",
]

Answer = Mapping[str, Any]
LISTED = 5  # studies that carry a distinction


def describe_moderators(answer: Answer, style: NumberStyle = APA) -> str:
    """The test of the moderators and what is left unexplained."""
    names = " and ".join(term["name"] for term in answer["terms"])
    test, residual = answer["omnibus"], answer["residual"]
    text = f"Test of {names}: {statistic_text(test, style)} (k = {answer['k']})."
    other = answer["between_separate_tau2"]
    if other is not None and answer["subgroup_tau2"] == "separate":
        text = (
            f"Test between the levels, each with its own τ²: {statistic_text(other, style)} "
            f"(k = {answer['k']}). With one τ² for all levels: {statistic_text(test, style)}."
        )
    elif other is not None:
        text += f" With a τ² for every level of its own: {statistic_text(other, style)}."
    if answer.get("robust_omnibus"):
        text += f" Robust to the dependence of effects: {statistic_text(answer['robust_omnibus'], style)}."
    if answer["R2"] is not None:
        text += f" R² = {number(answer['R2'], 'percent', style)}% of τ²"
        if answer.get("R2_lb") is not None:
            limits = interval_text(
                answer["R2_lb"], answer["R2_ub"], "percent", style, level=answer["level"], null=None
            )
            text += f", {limits} over {answer['R2_resamples']} resamples of the effects"
        text += "."
    text += (
        f" Residual heterogeneity: Q({residual['df']}) = {number(residual['Q'], 'stat', style)}, "
        f"{p_text(residual['pval'], style)}; τ² = {number(answer['tau2'], 'tau2', style)}."
    )
    if answer.get("AICc") is not None:
        pair = (number(answer[key], "stat", style) for key in ("AICc", "AICc_without"))
        text += " AICc (ML): {}, without moderators {}.".format(*pair)
    return text


def describe_terms(answer: Answer, style: NumberStyle = APA) -> Iterator[str]:
    """Each term given the others, with what the overlap does to its standard error."""
    if len(answer["terms"]) < 2:
        return
    for term in answer["terms"]:
        if term["stat"] is None:
            yield f"{_term(term)}: says nothing that the other terms do not say."
            continue
        factor = answer.get("inflation", {}).get(term["name"])
        more = "" if factor is None else f"; standard error × {number(factor, 'unbounded', style)} by overlap"
        yield f"{_term(term)}, given the others: {statistic_text(term, style)}{more}."


def _term(term: Answer) -> str:
    return " × ".join(term_label(name) for name in term["name"].split(":"))


def term_label(name: str) -> str:
    """Words for a moderator; a transformation such as ``log(sessions)`` stays as it was written."""
    return name if "(" in name else moderator_label(name)


def describe_scale(answer: Answer, style: NumberStyle = APA) -> str:
    """Whether a moderator goes with how much effects differ."""
    scale = answer["scale"]
    ratio = statistic_text(scale["likelihood_ratio"], style)
    low, high = (number(scale[f"tau2_{end}"], "tau2", style) for end in ("lowest", "highest"))
    return (
        f"One unit multiplies τ² by exp(b). Fitted τ² runs from {low} to {high} over {scale['k']} effects "
        f"({scale['method']}). Likelihood ratio against one τ² for all: {ratio}."
    )


def describe_planned(answer: Answer, style: NumberStyle = APA) -> str:
    """How many tests there were, and what they could have shown."""
    tests = sum(item["omnibus"] is not None for item in answer["moderators"])
    words = {"holm": "Holm's", "bonferroni": "Bonferroni's", "hochberg": "Hochberg's"}
    words |= {"bh": "Benjamini and Hochberg's", "by": "Benjamini and Yekutieli's"}
    how = words.get(answer["adjust"])
    counted = f"{tests} test{'s' * (tests != 1)}"
    text = (
        f"{counted}, p values adjusted for their number by {how} method."
        if how and tests
        else f"{counted}: about one in twenty is below .05 by chance alone."
    )
    known = [item["detectable"] for item in answer["moderators"] if item["detectable"]]
    if known:
        text += (
            f" Detectable: the difference between two levels, or per standard deviation of a number, that a "
            f"single test at {number(known[0]['alpha'], 'p', style)} finds with a power of "
            f"{number(100 * known[0]['power'], 'percent', style)}% (scale {answer['measure']}, τ² as without "
            "the moderator); smaller ones would usually be missed."
        )
    return text + " rupmeta moderators --by NAME shows one in full, --overlap which of them overlap."


def describe_overlap(pair: Answer, style: NumberStyle = APA) -> Iterator[str]:
    """One pair in sentences: prediction, who carries the distinction, what is left, the conclusion."""
    one, other = (moderator_label(pair[key]["name"]) for key in ("first", "second"))
    shares = [number(pair[key]["predicted"], "percent", style) for key in ("first", "second")]
    yield (
        f"{other} predicts {shares[0]}% of the variation of {_lower(one)}, and {_lower(one)} {shares[1]}% of "
        f"that of {_lower(other)} (k = {pair['k']})."
    )
    if pair["signs"]:
        yield f"Signs of overlap: {'; '.join(pair['signs'])}."
    if pair["carriers"]:
        first = [
            f"{item['label']} ({number(item['share'], 'percent', style)}%)"
            for item in pair["carriers"][:LISTED]
        ]
        more = len(pair["carriers"]) - LISTED
        listed = ", ".join(first) + (f" and {more} more" if more > 0 else "")
        yield f"What tells them apart rests on {listed}."
    else:
        yield "No study tells them apart."
    if pair["joint_reason"] is not None:
        yield f"Both at once: {pair['joint_reason']}."
    elif pair["shared"] is not None:
        parts: list[str] = []
        for key, name in (("first", one), ("second", other)):
            item = pair[key]
            alone = "—" if item["alone"] is None else p_text(item["alone"]["pval"], style)
            given = "no test" if item["given"] is None else p_text(item["given"]["pval"], style)
            R2 = number(item["R2"], "percent", style)
            parts.append(
                f"{_lower(name) if parts else name} {R2}% of τ² alone ({alone}), beside the other {given}"
            )
        both = number(pair["R2_both"], "percent", style)
        shared = number(max(pair["shared"], 0.0), "percent", style)
        share = f"of which {shared}% is shared" if pair["shared"] > 0 else "and share none of it"
        if pair["R2_both"] < max(pair["first"]["R2"], pair["second"]["R2"]):
            share = "less than one of them alone: τ² is estimated anew in each model, so these do not add up"
        yield f"{'; '.join(parts)}. Together they explain {both}%, {share}."
    yield {
        "inseparable": f"{one} and {_lower(other)} cannot be separated with these studies.",
        "overlapping": f"{one} and {_lower(other)} overlap; read neither without the other.",
        "apart": f"{one} and {_lower(other)} vary enough on their own to be told apart.",
        "unknown": f"Whether {_lower(one)} or {_lower(other)} matters cannot be judged with so few effects.",
    }[pair["verdict"]]


def describe_subsets(answer: Answer, style: NumberStyle = APA) -> str:
    """How the weights are to be read."""
    best = answer["models"][0]
    name = " + ".join(moderator_label(term) for term in best["terms"]) or "no moderator"
    text = (
        f"{len(answer['models'])} models of the {answer['k']} effects that have every moderator, fitted by "
        f"maximum likelihood and weighed by AICc. Best: {name}, with "
        f"{number(100 * best['weight'], 'percent', style)}% of the weight. Exploratory: weights rank models "
        "and test nothing."
    )
    if answer["refused"]:
        text += f" {len(answer['refused'])} models had too few effects or redundant columns."
    return text


def _lower(label: str) -> str:
    """A label inside a sentence; abbreviations keep their capitals."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def pair_heading(pair: Answer) -> str:
    """``Orientation of the therapy and number of sessions``."""
    one, other = (moderator_label(pair[key]["name"]) for key in ("first", "second"))
    return f"{one} and {_lower(other)}"
