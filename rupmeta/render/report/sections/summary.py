"""The first screen: the answer, how sure it is, what would change it, what it does not show."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.lint.causal import find_causal
from rupmeta.render.bias.prose import describe_range, describe_selection
from rupmeta.render.claims.designs import all_randomised, caution_of, cautions_of
from rupmeta.render.claims.pooled import basis_text, samples_of
from rupmeta.render.confounding.words import describe_confounding
from rupmeta.render.document import Answer, Block, Fact, Facts, Paragraph, Section
from rupmeta.render.figures.answer_strip.data import AnswerStripData
from rupmeta.render.figures.answer_strip.layout import lay_out_answer_strip
from rupmeta.render.figures.layout import Layout
from rupmeta.render.fragility.words import describe_fragility
from rupmeta.render.grade.tables import level_words
from rupmeta.render.labels import DISPLAY, null_word
from rupmeta.render.multiverse.words import describe_multiverse
from rupmeta.render.numbers import APA, estimate_texts, interval_text, level_text, number
from rupmeta.render.prose import FEW, describe_pooled
from rupmeta.render.report.sections.detected import detected_sentence
from rupmeta.render.report.sections.page import STATUS, Page, analyses_of, part_of
from rupmeta.render.report.sections.todo import todo_fact
from rupmeta.render.report.sections.turns import moderator_fact, risk_fact
from rupmeta.render.results_tables import scales_of
from rupmeta.render.screens import SYNTHETIC
from rupmeta.render.stability.words import describe_leave_one_out

__all__ = ["summary_section"]

Results = Mapping[str, Any]

#: τ² that is no spread: the estimate lies at its bound.
NO_SPREAD = 1e-9
#: Notes on what the effects rest on, in the order in which a reader should hear them.
_DATA = ("SYNTH", "PROV", "APPROX", "ADJ")


def summary_section(page: Page) -> Section:
    """The main question in full, the others in a line each."""
    results = page.results
    answered = [(name, item) for name, item in analyses_of(results) if item["pool"] is not None]
    blocks: list[Block] = [*_causal_title(results, [item for _, item in answered])]
    if not answered:
        blocks.append(Paragraph("No analysis of this review has an answer yet.", strong=True))
    for name, item in answered[:1]:
        blocks += [_answer(name, item), Facts(tuple(_facts(results, name, item)))]
    rest = [fact for name, item in analyses_of(results) if (name, item) not in answered[:1]
            for fact in [_in_a_line(name, item)]]  # fmt: skip
    if rest:
        blocks.append(Facts(tuple(rest)))
    if not answered:
        blocks += [Paragraph(text) for text, _ in cautions_of(results)]
    blocks.append(Facts((todo_fact(results),)))
    if results["note"]:
        blocks.append(Paragraph(results["note"]))
    return Section("summary", "The answer in short", tuple(blocks))


def _causal_title(results: Results, answered: list[Results]) -> Iterator[Block]:
    """A title that names a cause is answered before any number, unless trials alone stand behind it."""
    words = find_causal(results["title"])
    trials = bool(answered) and all(all_randomised(results, item) for item in answered)
    said = bool(answered) and answered[0]["question"] == results["title"]  # beside the question, then
    if words and not trials and not said:
        yield Paragraph(
            f"The title speaks of causes ({', '.join(words)}); these studies can show an association."
        )


def _answer(name: str, item: Results) -> Answer:
    pool = item["pool"]
    numbers: list[tuple[str, str]] = []
    for scale in scales_of(pool):
        shown, display = pool["reported"][scale], DISPLAY[scale]
        value, interval = estimate_texts(
            shown["estimate"], shown["ci_lb"], shown["ci_ub"], display.kind, APA, null=display.null
        )
        numbers.append((f"{display.symbol} = {value}", f"{level_text(pool['level'])} CI {interval}"))
    first = next(iter(scales_of(pool)), None)
    if first is not None and pool["reported"][first]["pi_lb"] is not None:
        shown, display = pool["reported"][first], DISPLAY[first]
        limits = interval_text(shown["pi_lb"], shown["pi_ub"], display.kind, APA, null=display.null)
        level = level_text(pool["level"])
        what = f"expected for the true {display.symbol} of a new study ({level} PI){_no_spread(pool, shown)}"
        numbers.append((limits, what))
    people = "" if pool["n"] is None else f"N = {number(pool['n'], 'count', APA)}"
    studies = f"{pool['studies']} {'study' if pool['studies'] == 1 else 'studies'}"
    numbers.append((f"k = {pool['k']}", ", ".join(part for part in (studies, people) if part)))
    return Answer(
        item["question"] or name, STATUS[item["status"]], tuple(numbers),
        describe_pooled(pool, item["subject"], APA), _strip(name, item), _causal_words(item),
    )  # fmt: skip


def _no_spread(pool: Results, shown: Results) -> str:
    """At τ² = 0 a prediction interval repeats what the CI says, or little more: it tells of no new study."""
    if pool["heterogeneity"]["tau2"] is None or pool["heterogeneity"]["tau2"] > NO_SPREAD:
        return ""
    same = all(math.isclose(shown[f"pi_{end}"], shown[f"ci_{end}"], abs_tol=1e-6) for end in ("lb", "ub"))
    few = f", which {basis_text(pool)} cannot tell from more" if samples_of(pool) < FEW else ""
    return f"{'; equals the CI' if same else ''}: τ² is estimated at 0{few}"


def _causal_words(item: Results) -> str | None:
    """What is wrong with the question, beside the question: a caveat further down comes too late."""
    found = next((note["message"] for note in item["notes"] if note["code"] == "CAUSAL"), None)
    return None if found is None else f"{found[:1].upper()}{found[1:]}."


def _strip(name: str, item: Results) -> Layout | None:
    """The answer at a glance, on the first scale that people read."""
    pool = item["pool"]
    scale = next(iter(scales_of(pool)), None)
    if scale is None:
        return None
    shown = pool["reported"][scale]
    return lay_out_answer_strip(
        AnswerStripData(
            name=f"{name}-answer",
            title=item["question"] or name,
            measure=scale,
            effects=tuple(
                (effect["label"], effect["reported"][scale]["estimate"], effect["weight"])
                for effect in pool["effects"]
                if scale in effect["reported"]
            ),
            estimate=shown["estimate"],
            ci_lb=shown["ci_lb"],
            ci_ub=shown["ci_ub"],
            level=pool["level"],
            pi_lb=shown["pi_lb"],
            pi_ub=shown["pi_ub"],
            banners=(SYNTHETIC,) if pool["synthetic"] else (),
        )
    )


def _facts(results: Results, name: str, item: Results) -> Iterator[Fact]:
    # What a reader asks first stands where no scrolling is needed; what it rests on in detail comes after.
    yield Fact("How sure are we?", _certainty(item), f"#analysis-{name}")
    fragility = part_of(item, "fragility")
    if fragility is not None:
        yield Fact("What would turn it", _turning(fragility), f"#{name}-robustness")
    yield Fact("What it does not show", caution_of(results, item), f"#{name}-causality")
    yield Fact("What it rests on", _data(results, item), "#studies")
    yield from risk_fact(results, item)
    yield from moderator_fact(name, item)
    loo = part_of(item, "leave_one_out")
    if loo is not None:
        yield Fact(
            "Without single studies", " ".join(describe_leave_one_out(loo, APA)), f"#{name}-robustness"
        )
    yield Fact("Missing studies", _missing(item), f"#{name}-bias")
    confounding = part_of(item, "confounding")
    if confounding is not None and not all_randomised(results, item):
        told = [
            s for s in describe_confounding(confounding, APA) if s.startswith(("A confounder", "As risk"))
        ]
        if told:
            yield Fact("Unmeasured confounding", told[0], f"#{name}-causality")
    curve = part_of(item, "multiverse")
    if curve is not None and curve["counts"]["specifications"] > 1:
        yield Fact("Other defensible choices", describe_multiverse(curve, APA)[0], f"#{name}-multiverse")


def _certainty(item: Results) -> str:
    """Numbers first; a level only where people have rated it, which this section never does itself."""
    pool = item["pool"]
    texts = []
    first = next(iter(scales_of(pool)), None)
    if samples_of(pool) < FEW:
        texts.append(
            f"Little. With {basis_text(pool)} nobody can say how much true effects differ, and the "
            "intervals, that "
            "for a new study above all, may be too narrow or too wide."
        )
    elif first is not None and pool["reported"][first]["pi_lb"] is not None:
        shown, null = pool["reported"][first], DISPLAY[first].null
        holds = shown["pi_lb"] <= null <= shown["pi_ub"]
        texts.append(
            "The prediction interval includes no association: a comparable new study may well find none, or "
            "the reverse."
            if holds
            else "The prediction interval excludes no association."
        )
    if pool["k"] >= FEW:
        h = pool["heterogeneity"]
        texts.append(
            f"Effects differ by τ = {number(h['tau2'] ** 0.5, 'unbounded', APA)} on the analysis scale "
            f"(I² = {number(h['I2'], 'percent', APA)}%)."
        )
    small = part_of(item, "small_k") if samples_of(pool) > 1 else None
    if small is not None and len({row["side"] for row in small["small_k"]["rows"] if row["side"]}) > 1:
        texts.append(
            f"Methods for few studies do not all put the interval on the same side of {null_word(first)}."
        )
    texts += _distrusted(item, small)
    rated = item["certainty"]
    texts.append(
        "Nobody has rated the certainty of the evidence."
        if rated is None
        else f"Certainty rated by the authors: {level_words(rated['level'])}."
    )
    return " ".join(texts)


def _distrusted(item: Results, small: Results | None) -> Iterator[str]:
    """Whether the interval of the headline is of a kind that misses the mean too often at this k."""
    rows = () if small is None else small["small_k"]["rows"]
    row = next((row for row in rows if row["method"] == item["pool"]["test"]), None)
    if row is not None and row["ci_lb"] is not None and row["trust"] == "no":
        yield (
            f"The interval above is of a kind ({row['label']}) that is not to be trusted with so few "
            "effects: see the methods for few studies."
        )


def _turning(answer: Results) -> str:
    told = describe_fragility(answer, APA)
    return " ".join(told[1:3])


def _missing(item: Results) -> str:
    pool, bias = item["pool"], part_of(item, "bias")
    if samples_of(pool) < FEW:
        return (
            f"With {basis_text(pool)} asymmetry and selection cannot be judged; unpublished studies "
            "may be missing."
        )
    if bias is None:
        part = item["parts"].get("bias")
        return f"Not assessed: {'no answer' if part is None else part['reason']}."
    told = (describe_range(bias, APA) or "No adjustment could be computed.", describe_selection(bias, APA))
    return " ".join(text for text in told if text)


def _data(results: Results, item: Results) -> str:
    notes = {note["code"]: note["message"] for note in item["notes"] if note["code"] in _DATA}
    told = [notes[code] for code in _DATA if code in notes]
    words = "; ".join(told) if told else "Every effect is coded as verified, none is approximate or synthetic"
    return " ".join(filter(None, (f"{words}.", detected_sentence(results, item))))


def _in_a_line(name: str, item: Results) -> Fact:
    label = item["question"] or name
    if item["pool"] is None:
        return Fact(label, f"No answer: {item['reason']}.", f"#analysis-{name}")
    return Fact(label, describe_pooled(item["pool"], item["subject"], APA), f"#analysis-{name}")
