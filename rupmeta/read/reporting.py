"""What only people know of a review: how they searched, who did what, and how sure they are."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from rupmeta.read.study import _about, _Record

__all__ = [
    "DOMAINS",
    "LEVELS",
    "Certainty",
    "Database",
    "Declarations",
    "Process",
    "Search",
    "Version",
    "expected_level",
]

CertaintyLevel = Literal["very-low", "low", "moderate", "high"]
CertaintyDomain = Literal[
    "risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias",
    "large_effect", "dose_response", "opposing_confounding",
]  # fmt: skip

#: Levels of certainty from the lowest.
LEVELS: tuple[CertaintyLevel, ...] = ("very-low", "low", "moderate", "high")
#: Domains that lower certainty, in GRADE's order; the others raise it.
DOMAINS: tuple[CertaintyDomain, ...] = (
    "risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias",
)  # fmt: skip


class Database(_Record):
    """One place that was searched."""

    name: str = Field(description="Name, such as PsycINFO")
    platform: str | None = _about("Platform, such as Ovid")
    date: str | None = _about("Date of the last search: 2026-01-10")
    strategy: str | None = _about("The full search string, or the file that holds it")


class Search(_Record):
    """Where and how studies were searched (PRISMA 2020, items 6 and 7)."""

    databases: list[Database] = _about("Databases and registers", [])
    other_sources: str | None = _about("Other sources: reference lists, experts, websites")
    strategy: str | None = _about("The search string, or the file that holds it, if one for all")
    limits: str | None = _about("Limits of language, year, kind of publication")
    date: str | None = _about("Date of the last search: 2026-01-10")


class Process(_Record):
    """Who decided and extracted, and how (items 8, 9 and 11)."""

    selection: str | None = _about("How many screened, independently or not, with which tools")
    extraction: str | None = _about("How many extracted data, independently or not")
    risk_of_bias: str | None = _about("How many rated risk of bias, independently or not")
    disagreements: str | None = _about("How disagreements were settled, and how far raters agreed")
    contact: str | None = _about("Whether authors of studies were asked for data")
    unpublished: str | None = _about("Why unpublished work is in or out")
    second_extraction: str | None = _about(
        "Folder of the second extractor's study files, inside this one: extraction/second"
    )
    first_extraction: str | None = _about(
        "Folder of the first extractor's, where the files of this one are what both settled on"
    )


class Declarations(_Record):
    """What authors declare (items 24 to 27)."""

    protocol: str | None = _about("Where the protocol can be read, or that there is none")
    amendments: str | None = _about("Changes to the registration or protocol, or none")
    support: str | None = _about("Funding and its role, or none")
    interests: str | None = _about("Competing interests, or none")
    availability: str | None = _about("Where data, code and other materials are")


class Version(_Record):
    """Which version this is of a review that is kept up to date (PRISMA-LSR)."""

    number: str | None = _about("Number of this version, such as 1.2")
    date: str | None = _about("Date of this version: 2026-01-10")
    mode: Literal["living", "updated", "single"] | None = _about(
        "living: updated continually; updated: now and then; single: once"
    )
    triggers: str | None = _about("When a new version is made")
    previous: str | None = _about("Citation of the version before")
    previous_files: str | None = _about(
        "Its studies folder or results.json, inside this folder, for What's new: previous/results.json"
    )
    roles: str | None = _about("What each author did in this version")


class Rating(_Record):
    """One judgement about certainty, with its reason."""

    down: Annotated[int, Field(ge=0, le=2)] = _about("Levels down: 0, 1 or 2", 0)
    up: Annotated[int, Field(ge=0, le=2)] = _about("Levels up: 0, 1 or 2", 0)
    reason: str = Field(description="Why")


class Certainty(_Record):
    """How certain the evidence of an analysis is, rated by people (GRADE)."""

    start: CertaintyLevel = Field(
        description="high for randomised studies, or where ROBINS-I carries the judgement; else low"
    )
    ratings: dict[CertaintyDomain, Rating] = _about("Judgements by domain", {})
    level: CertaintyLevel = Field(description="start − downs + ups")
    smallest_r: Annotated[float, Field(gt=0, lt=1)] = _about(
        "Smallest correlation of interest, for the number of clients that is needed", 0.1
    )
    note: str | None = _about("A remark")


def expected_level(certainty: Certainty) -> CertaintyLevel:
    """Start − downs + ups, not below very low and not above high."""
    steps = sum(rating.up - rating.down for rating in certainty.ratings.values())
    place = LEVELS.index(certainty.start) + steps
    return LEVELS[min(max(place, 0), len(LEVELS) - 1)]
