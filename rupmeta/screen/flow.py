"""PRISMA 2020 counts: computed from the study files, joined with the counts that the protocol states, and
checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from rupmeta.read.flow_fields import FLOW_FIELDS
from rupmeta.read.folder import Folder
from rupmeta.results import Note
from rupmeta.screen.screening import Screening, count_samples

__all__ = ["FLOW_FIELDS", "Flow", "count_flow", "parse_reasons"]


@dataclass(frozen=True, slots=True)
class Flow:
    """Every box that is known: stated upstream, computed downstream.

    ``notes`` name the sums that do not add up.
    """

    counts: Mapping[str, int | str]
    stated: frozenset[str]
    notes: tuple[Note, ...]


def count_flow(folder: Folder, screening: Screening) -> Flow:
    """Fill the lower boxes from the files and check every sum that has all its parts.

    A study file is a report; reports that share ``sample.id`` are one study.
    """
    stated = {key: value for key, value in folder.review.flow.items() if value is not None}
    reasons = Counter(exclusion.criterion for exclusion in screening.excluded)
    reasons.subtract(dict(parse_reasons(str(stated.get("other_excluded", "")))))
    included = screening.included
    previous_studies = _number(stated, "previous_studies")
    previous_reports = _number(stated, "previous_reports")
    computed: dict[str, int | str] = {
        "dbr_assessed": len(folder.studies) - _number(stated, "other_assessed"),
        "dbr_excluded": "; ".join(
            f"{criterion}, {count}" for criterion, count in reasons.items() if count > 0
        ),
        "new_studies": count_samples(included),
        "new_reports": len(included),
        "total_studies": previous_studies + count_samples(included),
        "total_reports": previous_reports + len(included),
        "total_studies_ma": count_samples(screening.pooled),
        "total_reports_ma": len(screening.pooled),
    }
    counts: dict[str, int | str] = {}
    notes: list[Note] = []
    for name in FLOW_FIELDS:
        if name in stated and name in computed and stated[name] != computed[name]:
            notes.append(
                Note(
                    "FLOW",
                    f"{name}: review.yaml says {stated[name]}, the study files give {computed[name]}",
                    "review.yaml flow",
                    "warning",
                )
            )
        value = stated.get(name, computed.get(name))
        if value is not None:
            counts[name] = value
    notes += _check_sums(counts)
    return Flow(counts, frozenset(stated), tuple(notes))


def parse_reasons(text: str) -> list[tuple[str, int]]:
    """``"publication, 3; relation, 2"`` → [("publication", 3), ("relation", 2)]."""
    parts = (part.rpartition(",") for part in text.split(";") if part.strip())
    return [(reason.strip(), int(count)) for reason, _, count in parts]


def _number(counts: Mapping[str, int | str], name: str) -> int:
    value = counts.get(name, 0)
    return value if isinstance(value, int) else 0


def _check_sums(counts: Mapping[str, int | str]) -> list[Note]:
    """Each sum is checked when its left side and at least one part of its right side are known."""
    sums = (
        (
            "records_screened",
            ("database_results", "register_results"),
            ("duplicates", "excluded_automatic", "excluded_other"),
        ),
        ("dbr_sought_reports", ("records_screened",), ("records_excluded",)),
        ("dbr_assessed", ("dbr_sought_reports",), ("dbr_notretrieved_reports",)),
        ("other_assessed", ("other_sought_reports",), ("other_notretrieved_reports",)),
    )
    notes = []
    for left, plus, minus in sums:
        if left not in counts or not any(name in counts for name in plus):
            continue
        expected = sum(_number(counts, name) for name in plus) - sum(_number(counts, name) for name in minus)
        if counts[left] != expected:
            terms = " + ".join(plus) + "".join(f" - {name}" for name in minus if name in counts)
            notes.append(
                Note(
                    "FLOW",
                    f"{left} is {counts[left]}, but {terms} = {expected}",
                    "review.yaml flow",
                    "warning",
                )
            )
    reports = _number(counts, "dbr_assessed") + _number(counts, "other_assessed")
    out = sum(count for _, count in parse_reasons(str(counts.get("dbr_excluded", ""))))
    out += sum(count for _, count in parse_reasons(str(counts.get("other_excluded", ""))))
    if counts["new_reports"] != reports - out:
        notes.append(
            Note(
                "FLOW",
                f"new_reports is {counts['new_reports']}, but {reports} assessed less {out} excluded "
                f"= {reports - out}",
                "review.yaml flow",
                "warning",
            )
        )
    return notes
