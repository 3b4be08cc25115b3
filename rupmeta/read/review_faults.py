"""What a protocol must satisfy: a format that is known, and fields that some study has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rupmeta.read.documents import tree_of
from rupmeta.read.fields import field_names, known_fields
from rupmeta.read.flow_fields import FLOW_FIELDS, FLOW_TEXTS
from rupmeta.read.reporting import DOMAINS, expected_level
from rupmeta.read.review import Analysis, Review
from rupmeta.read.schema_faults import nearest
from rupmeta.read.yaml_files import Fault, KeyPath, Place

if TYPE_CHECKING:
    from rupmeta.read.folder import StudyFile

__all__ = ["FORMAT", "review_faults"]

#: An analysis gives its name to files of the report.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

#: The format version that this program writes and reads.
FORMAT = 1


def review_faults(review: Review, text: str, studies: Sequence[StudyFile]) -> tuple[Fault, ...]:
    """Faults of version, dependence, ``where`` and ``moderators``."""

    def locate(key: KeyPath) -> Place:
        return tree_of(text).locate(key)  # the file is composed for this only when something is wrong

    faults: list[Fault] = []
    if review.rupmeta != FORMAT:
        place = locate(("rupmeta",))
        age = "newer than this rupmeta" if review.rupmeta > FORMAT else "no format of this rupmeta"
        advice = "upgrade it" if review.rupmeta > FORMAT else f"write {FORMAT}"
        message = f"format {review.rupmeta} is {age} ({FORMAT}); {advice}"
        faults.append(Fault(place.line, place.column, "VERSION", ("rupmeta",), message))
    faults += _flow_faults(review, locate)
    names = (*known_fields(), *field_names(studies))
    for name, analysis in review.analyses.items():
        here: KeyPath = ("analyses", name)
        if not _NAME.fullmatch(name):
            place = locate(here)
            message = f"{name} becomes a file name: use letters, digits, dots, hyphens and underscores"
            faults.append(Fault(place.key_line, place.key_column, "OUT-PATH", here, message))
        if analysis.dependence.rho == 1 and analysis.dependence.weights != "equal":
            key = (*here, "dependence", "rho")
            place = locate(key)
            message = "rho 1 takes a plain mean of the effects: add weights: equal, or write 0.5"
            faults.append(Fault(place.line, place.column, "OPT", key, message))
        faults += _certainty_faults(analysis, here, locate)
        for field in analysis.where:
            if field not in names:
                place = locate((*here, "where", field))
                faults.append(
                    _unknown(field, names, place.key_line, place.key_column, (*here, "where", field))
                )
        for path, fields in _multiverse_fields(analysis):
            for field in fields:
                if field not in names:
                    key = (*here, *path, field)
                    place = locate(key)
                    faults.append(_unknown(field, names, place.key_line, place.key_column, key))
        for i, field in enumerate(analysis.moderators):
            if field not in names:
                place = locate((*here, "moderators", i))
                faults.append(_unknown(field, names, place.line, place.column, (*here, "moderators", i)))
    return tuple(faults)


def _certainty_faults(
    analysis: Analysis, here: KeyPath, locate: Callable[[KeyPath], Place]
) -> Iterator[Fault]:
    """A level that its own judgements do not give, and judgements in the wrong direction."""
    certainty = analysis.certainty
    if certainty is None:
        return
    for domain, rating in certainty.ratings.items():
        wrong = "up" if domain in DOMAINS else "down"
        if getattr(rating, wrong):
            key: KeyPath = (*here, "certainty", "ratings", domain, wrong)
            place = locate(key)
            verb = "lowers" if domain in DOMAINS else "raises"
            message = (
                f"{domain} {verb} certainty and never the reverse; write {'down' if wrong == 'up' else 'up'}"
            )
            yield Fault(place.key_line, place.key_column, "CERTAINTY", key, message)
    expected = expected_level(certainty)
    if certainty.level != expected:
        key = (*here, "certainty", "level")
        place = locate(key)
        downs = sum(rating.down for rating in certainty.ratings.values())
        ups = sum(rating.up for rating in certainty.ratings.values())
        message = (
            f"{certainty.start} − {downs} down + {ups} up is {expected}, not {certainty.level}; "
            "change the level or a rating"
        )
        yield Fault(place.line, place.column, "CERTAINTY", key, message)


def _flow_faults(review: Review, locate: Callable[[KeyPath], Place]) -> Iterator[Fault]:
    """Boxes that the flow diagram does not have, and counts that are no counts."""
    for box, value in review.flow.items():
        key: KeyPath = ("flow", box)
        place = locate(key)
        if box not in FLOW_FIELDS:
            meant = nearest(box, FLOW_FIELDS)
            advice = f"did you mean {meant}?" if meant else "counts have no thousands separators"
            message = f"{box} is no box of the flow diagram; {advice}"
            yield Fault(place.key_line, place.key_column, "UNKNOWN-KEY", key, message)
        elif box not in FLOW_TEXTS and value is not None and not (isinstance(value, int) and value >= 0):
            message = f"{value} is not a count; write a whole number without separators, such as 1200"
            yield Fault(place.line, place.column, "N-INT", key, message)


def _multiverse_fields(analysis: Analysis) -> Iterator[tuple[KeyPath, Iterable[str]]]:
    """The fields by which the alternatives of an analysis select effects, with their place."""
    inclusions = (analysis.multiverse.include if analysis.multiverse else None) or ()
    for i, inclusion in enumerate(inclusions):
        yield ("multiverse", "include", i, "where"), inclusion.where
        yield ("multiverse", "include", i, "unless"), inclusion.unless


def _unknown(field: str, names: Sequence[str], line: int, column: int, key: KeyPath) -> Fault:
    meant = nearest(field, names)
    advice = f"did you mean {meant}?" if meant else "code it under moderators in the study files"
    return Fault(line, column, "UNKNOWN-KEY", key, f"no study has a field {field}; {advice}")
