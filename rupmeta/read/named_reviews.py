"""Folders that a protocol names beside its own: those of other extractors, and the version before."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from rupmeta.read.documents import tree_of
from rupmeta.read.layout import referenced_review
from rupmeta.read.review import Review
from rupmeta.read.yaml_files import Fault, KeyPath

__all__ = ["FIRST", "PREVIOUS", "SECOND", "named_faults", "named_places", "named_reviews"]

FIRST = "process.first_extraction"
SECOND = "process.second_extraction"
PREVIOUS = "version.previous_files"


def named_reviews(review: Review) -> dict[str, str]:
    """Key of the protocol → what it names, where it names something."""
    process, version = review.process, review.version
    found = {
        FIRST: None if process is None else process.first_extraction,
        SECOND: None if process is None else process.second_extraction,
        PREVIOUS: None if version is None else version.previous_files,
    }
    return {key: name for key, name in found.items() if name is not None}


def named_places(review: Review | None) -> Collection[str]:
    """The same as paths below the folder, with forward slashes."""
    names = () if review is None else named_reviews(review).values()
    return {PurePosixPath(name.replace("\\", "/")).as_posix() for name in names}


def named_faults(review: Review, folder: Path, text: str) -> Iterator[Fault]:
    """Names that lead out of the folder or to nothing; the files there are read when they are needed."""
    found = named_reviews(review)
    for name, value in found.items():
        key: KeyPath = tuple(name.split("."))
        place = tree_of(text).locate(key)
        there = referenced_review(folder, value, results=name == PREVIOUS)
        if isinstance(there, tuple):
            yield Fault(place.line, place.column, there[0], key, there[1])
        elif name == FIRST and SECOND not in found:
            message = "a first extraction goes with a second: add second_extraction, or leave it out"
            yield Fault(place.key_line, place.key_column, "OPT", key, message)
