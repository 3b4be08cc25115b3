"""The items of the reporting guidelines, in words of our own, and what each is answered from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rupmeta.render.checklists import found

__all__ = ["CHECKLISTS", "Item"]

Results = Mapping[str, Any]
#: What the tool has seen: a sentence, or None for nothing.
Find = Callable[[Results], str | None]


@dataclass(frozen=True, slots=True)
class Item:
    """One item: ``find`` looks for it in the results; ``source`` says who could have supplied it.

    ``auto``: the tool; ``entered``: people, in ``review.yaml``; ``author``: only the text of the paper, for
    which ``find`` gives the numbers. ``where``: the part of the report, or the key of ``review.yaml``.
    ``seen`` is what the tool has seen of an item that others answer, ``unseen`` what to say where it has not.
    """

    number: str
    section: str
    asks: str
    source: str
    where: str
    find: Find
    seen: Find = found.nothing
    unseen: str = ""


def _auto(number: str, section: str, asks: str, where: str, find: Find) -> Item:
    return Item(number, section, asks, "auto", where, find)


def _entered(
    number: str, section: str, asks: str, *keys: str, seen: Find = found.nothing, unseen: str = ""
) -> Item:
    return Item(number, section, asks, "entered", " or ".join(keys), found.entered(*keys), seen, unseen)


def _author(
    number: str,
    section: str,
    asks: str,
    find: Find = found.nothing,
    *,
    where: str = "the paper",
    seen: Find = found.nothing,
) -> Item:
    return Item(number, section, asks, "author", where, find, seen)


PRISMA = (
    _author("1", "Title", "Says that the report is a systematic review"),
    _author("2", "Abstract", "A structured abstract with the main numbers", found.main_numbers),
    _author("3", "Introduction", "Why the review was done, given what is known"),
    _author("4", "Introduction", "The questions that are answered", found.questions),
    _auto(
        "5",
        "Methods",
        "Who and what was eligible, and how studies were grouped",
        "Question and methods",
        found.criteria,
    ),
    _entered("6", "Methods", "Every source searched, with the date of the last search", "search.databases"),
    _entered(
        "7",
        "Methods",
        "The full search strategy of each source",
        "search.strategy",
        "search.databases.strategy",
    ),
    _entered("8", "Methods", "How studies were selected, by how many people", "process.selection"),
    _entered(
        "9",
        "Methods",
        "How data were collected, by how many people",
        "process.extraction",
        seen=found.extracted_twice,
        unseen=found.ONE_EXTRACTION,
    ),
    _auto(
        "10a",
        "Methods",
        "Outcomes sought, and which results of a study were taken",
        "Studies",
        found.outcomes,
    ),
    _auto(
        "10b",
        "Methods",
        "Other variables, and what was done where they are missing",
        "Studies",
        found.variables,
    ),
    _auto("11", "Methods", "How risk of bias was judged, with which tool", "Risk of bias", found.risk_tool),
    _auto("12", "Methods", "The effect measure of each outcome", "Question and methods", found.measures),
    _auto(
        "13a", "Methods", "Which studies entered which synthesis", "Question and methods", found.selections
    ),
    _auto(
        "13b",
        "Methods",
        "How data were prepared and converted",
        "Effects and their routes",
        found.conversions,
    ),
    _auto("13c", "Methods", "How results are tabulated and drawn", "Results", found.displays),
    _auto(
        "13d",
        "Methods",
        "How results were pooled, with model and software",
        "Question and methods",
        found.models,
    ),
    _auto("13e", "Methods", "How causes of heterogeneity were explored", "Moderators", found.explored),
    _auto("13f", "Methods", "How robustness was examined", "Robustness", found.robustness),
    _auto(
        "14", "Methods", "How missing results were looked for", "Small-study effects", found.missing_results
    ),
    _auto("15", "Methods", "How certainty was judged", "Certainty of the evidence", found.certainty),
    _auto("16a", "Results", "The flow of studies, from search to inclusion", "Flow of studies", found.flow),
    _auto(
        "16b",
        "Results",
        "Studies that seemed eligible and were excluded, with reasons",
        "Flow of studies",
        found.excluded,
    ),
    _auto("17", "Results", "Each study with its characteristics", "Studies", found.studies),
    _auto("18", "Results", "Risk of bias of each study", "Risk of bias", found.risk_tool),
    _auto("19", "Results", "Each study's result with its interval", "Results", found.single_results),
    _auto(
        "20a",
        "Results",
        "Who contributes to each synthesis, and their risk of bias",
        "Results",
        found.contributors,
    ),
    _auto(
        "20b",
        "Results",
        "Each pooled result with its precision and heterogeneity",
        "Results",
        found.main_numbers,
    ),
    _auto("20c", "Results", "What explored heterogeneity gave", "Moderators", found.explored),
    _auto("20d", "Results", "What sensitivity analyses gave", "Robustness", found.robustness),
    _auto("21", "Results", "Risk of bias by missing results", "Small-study effects", found.missing_results),
    _auto("22", "Results", "Certainty for each outcome", "Certainty of the evidence", found.certainty),
    _author("23a", "Discussion", "What the results mean beside other evidence"),
    _author("23b", "Discussion", "Limits of the evidence", found.limits),
    _author("23c", "Discussion", "Limits of how the review was made"),
    _author("23d", "Discussion", "What follows for practice, policy and research"),
    _entered("24a", "Other", "Registration, or that there is none", "registration"),
    _entered("24b", "Other", "Where the protocol is, or that there is none", "declarations.protocol"),
    _entered("24c", "Other", "Amendments to registration or protocol", "declarations.amendments"),
    _entered("25", "Other", "Support and the role of funders", "declarations.support"),
    _entered("26", "Other", "Competing interests", "declarations.interests"),
    _auto(
        "27",
        "Other",
        "Which data, code and materials are available, and where",
        "Provenance",
        found.availability,
    ),
)

MARS = (
    _author("1", "Introduction", "Why a synthesis was made, and its theory", found.questions),
    _auto(
        "2", "Method", "Metric and formula of every conversion", "Effects and their routes", found.conversions
    ),
    _auto(
        "3",
        "Method",
        "What was done with several measures or reports of a sample",
        "Question and methods",
        found.dependence,
    ),
    _entered(
        "4",
        "Method",
        "How coders agreed and settled disagreements",
        "process.disagreements",
        seen=found.extracted_twice,
        unseen=found.ONE_EXTRACTION,
    ),
    _auto(
        "5",
        "Method",
        "Weights, and imprecision within and between studies",
        "Question and methods",
        found.models,
    ),
    _auto("6", "Method", "Corrections, and what was done where data are missing", "Studies", found.variables),
    _auto(
        "7",
        "Method",
        "Which analyses were prespecified and which are post hoc",
        "Question and methods",
        found.statuses,
    ),
    _entered("8", "Method", "Whether unpublished work is in or out, and why", "process.unpublished"),
    _auto("9", "Method", "Programs, versions and where the code is", "Provenance", found.availability),
    _auto("10", "Results", "Each study's effect with its moderators", "Results", found.single_results),
    _author("11", "Discussion", "What the results mean, and for whom they hold", found.limits),
)

LSR = (
    _entered("1", "Version", "Whether the review is living, updated or made once", "version.mode"),
    _entered("2", "Version", "What makes a new version due", "version.triggers"),
    _entered("3", "Version", "Number of this version", "version.number"),
    _entered("4", "Version", "Date of this version", "version.date"),
    _entered("5", "Version", "Citation of the version before", "version.previous"),
    _entered("6", "Version", "What each author did in this version", "version.roles"),
    _author(
        "7",
        "Changes",
        "Changes of methods since that version (version.previous_files lists them here)",
        where="What’s new",
        seen=found.changed_methods,
    ),
    _author(
        "8",
        "Changes",
        "Changes of results since that version (version.previous_files lists them here)",
        where="What’s new",
        seen=found.changed_results,
    ),
)

#: Name → (title, items).
CHECKLISTS: Mapping[str, tuple[str, tuple[Item, ...]]] = {
    "prisma": ("PRISMA 2020", PRISMA),
    "mars": ("MARS (APA's reporting standards for meta-analysis)", MARS),
    "lsr": ("PRISMA-LSR (living systematic reviews)", LSR),
}
