"""How far an answer depends on missing studies, single studies, choices, models and unmeasured causes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.bias.prose import (
    describe_asymmetry,
    describe_range,
    describe_selection,
    describe_severity,
)
from rupmeta.render.claims.captions import figure_caption
from rupmeta.render.claims.designs import all_randomised, caution_of
from rupmeta.render.claims.pooled import basis_text, samples_of
from rupmeta.render.confounding.words import describe_confounding
from rupmeta.render.document import Block, Fact, Facts, Paragraph, Section
from rupmeta.render.fragility.words import describe_fragility
from rupmeta.render.multiverse.words import describe_multiverse
from rupmeta.render.numbers import APA
from rupmeta.render.pooled.bayes_words import describe_bayes
from rupmeta.render.pooled.dependence_words import describe_dependence
from rupmeta.render.pooled.small_k import describe_small_k
from rupmeta.render.prose import FEW
from rupmeta.render.report.sections.page import Page, closed, own_notes, part_of, reason_of, sentences
from rupmeta.render.sensitivity.reconversion import describe_conversions
from rupmeta.render.stability.words import SCREENS

__all__ = [
    "bias_section",
    "causality_section",
    "models_section",
    "multiverse_section",
    "robustness_section",
]

Results = Mapping[str, Any]


def bias_section(page: Page, name: str, item: Results) -> Section:
    """Small-study effects and selection: every adjustment, with what it takes for granted."""
    pool, found = item["pool"], part_of(item, "bias")
    title, note = figure_caption("funnel", pool)
    blocks: list[Block] = []
    if samples_of(pool) < FEW:
        text = f"With {basis_text(pool)} asymmetry cannot be judged"
        note += f" {text}."
        blocks.append(
            Paragraph(f"{text}, nor can selection: what follows are numbers, not verdicts.", strong=True)
        )
    if found is not None:
        blocks += sentences(
            (
                describe_asymmetry(found, APA),
                describe_selection(found, APA),
                describe_severity(found, APA),
                describe_range(found, APA),
            )
        )
    blocks += page.figure(f"{name}-funnel", title, note)
    if found is not None:
        assumptions = Facts(tuple(Fact(row["label"], row["assumption"]) for row in found["comparison"]))
        blocks += page.figure(f"{name}-adjustments", *figure_caption("adjustments", pool))
        blocks += page.table(f"{name}-adjustments")
        blocks += closed(
            "What each adjustment takes for granted", (assumptions,) if assumptions.items else ()
        )
        blocks += closed(
            "Tests of asymmetry and selection, fail-safe numbers",
            page.table(f"{name}-asymmetry"),
            page.table(f"{name}-severity"),
            page.table(f"{name}-copas"),
            page.table(f"{name}-fail-safe"),
        )
        blocks += closed("p-curve", page.figure(f"{name}-p-curve", *figure_caption("p-curve", pool)))
        blocks += own_notes(item, "bias")
    blocks += reason_of(item, "bias")
    return Section(f"{name}-bias", "Small-study effects and selection", tuple(blocks))


def robustness_section(page: Page, name: str, item: Results) -> Section:
    """Without single studies, as studies join, influence, estimators, conversions, fragility, outliers."""

    def told(part: str) -> tuple[Block, ...]:
        found = part_of(item, part)
        return () if found is None else sentences(SCREENS[part][1](found, APA))

    fragility, conversions = part_of(item, "fragility"), part_of(item, "conversions")
    blocks: list[Block] = [
        *told("leave_one_out"),
        *page.figure(f"{name}-leave-one-out", *figure_caption("leave-one-out", item["pool"])),
        *closed("Leave-one-out as a table", page.table(f"{name}-leave-one-out")),
        *(() if fragility is None else sentences(describe_fragility(fragility, APA))),
        *closed("Every effect: how far it would have to be wrong", page.table(f"{name}-fragility")),
        *closed(
            "As studies join",
            told("cumulative"),
            page.figure(f"{name}-cumulative", *figure_caption("cumulative", item["pool"])),
            page.table(f"{name}-cumulative"),
        ),
        *closed(
            "Influence of single effects",
            told("influence"),
            page.figure(f"{name}-influence", *figure_caption("influence", item["pool"])),
            page.figure(f"{name}-baujat", *figure_caption("baujat", item["pool"])),
            page.table(f"{name}-influence"),
        ),
        *closed(
            "All subsets of studies",
            told("gosh"),
            page.figure(f"{name}-gosh", *figure_caption("gosh", item["pool"])),
            page.table(f"{name}-gosh"),
        ),
        *closed("Estimators and tests side by side", told("estimators"), page.table(f"{name}-estimators")),
        *closed(
            "Other conversions and routes",
            () if conversions is None else sentences(describe_conversions(dict(conversions))),
            page.table(f"{name}-conversions"),
        ),
        *closed(
            "Models in which an outlying study counts less",
            page.table(f"{name}-outliers"),
            reason_of(item, "outliers"),
        ),
        *own_notes(item, "leave_one_out", "fragility", "influence", "gosh", "conversions"),
    ]
    return Section(f"{name}-robustness", "Robustness", tuple(blocks))


def multiverse_section(page: Page, name: str, item: Results) -> Section | None:
    """Every defensible specification."""
    found = part_of(item, "multiverse")
    if found is None:
        return None
    blocks = [
        *sentences(describe_multiverse(found, APA)),
        *page.figure(f"{name}-specification", *figure_caption("specification", item["pool"])),
        *page.table(f"{name}-choices"),
        *own_notes(item, "multiverse"),
    ]
    return Section(f"{name}-multiverse", "Multiverse: other defensible choices", tuple(blocks))


def models_section(page: Page, name: str, item: Results) -> Section:
    """Other models of the same effects: for few studies, Bayesian, for effects that share samples."""
    small, bayes, shared = (part_of(item, part) for part in ("small_k", "bayes", "dependence"))
    blocks: list[Block] = []
    if small is not None:
        blocks += [Paragraph(describe_small_k(small)), *page.table(f"{name}-small-k")]
    if bayes is not None:
        blocks += closed(
            "Bayesian model",
            (Paragraph(describe_bayes(bayes, item["subject"], APA)),),
            page.figure(f"{name}-prior-posterior", *figure_caption("prior-posterior", item["pool"])),
            page.table(f"{name}-bayes"),
            page.table(f"{name}-shrinkage"),
        )
    if shared is not None:
        blocks += closed(
            "Approaches to effects that share a sample",
            (Paragraph(describe_dependence(shared, APA)),),
            page.table(f"{name}-dependence"),
            page.table(f"{name}-rho"),
            page.table(f"{name}-without-sample"),
            page.figure(f"{name}-profile", *figure_caption("profile", item["pool"])),
        )
    blocks += own_notes(item, "small_k", "bayes", "dependence")
    return Section(f"{name}-models", "Other models", tuple(blocks))


def causality_section(page: Page, name: str, item: Results) -> Section:
    """What the designs can show, and how strong an unmeasured common source of both would have to be."""
    found = part_of(item, "confounding")
    blocks: list[Block] = [Paragraph(caution_of(page.results, item, full=True), strong=True)]
    if found is not None and all_randomised(page.results, item):
        blocks.append(
            Paragraph(
                "How strong an unmeasured confounder would have to be is left out: such numbers are not "
                "needed for randomised comparisons, and say nothing of bias that arises after the assignment."
            )
        )
        blocks += page.table(f"{name}-confounding")
    elif found is not None:
        blocks += sentences(describe_confounding(found, APA))
        blocks += page.figure(f"{name}-confounding", *figure_caption("confounding", item["pool"]))
        blocks += page.table(f"{name}-confounding")
        blocks.append(
            Paragraph(
                "None of this says whether one thing brings about the other; it says how strong an "
                "unmeasured "
                "common source of both would have to be."
            )
        )
        blocks += own_notes(item, "confounding")
    blocks += reason_of(item, "confounding")
    return Section(f"{name}-causality", "Is it causal?", tuple(blocks))
