"""How a study is called in tables and figures: ``Eubanks et al. (2018)``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rupmeta.read.fields import field_value

if TYPE_CHECKING:
    from rupmeta.read.folder import StudyFile

__all__ = ["study_labels", "study_year"]

_INITIALS = re.compile(r"[A-Z]\.?(?:[ -]?[A-Z]\.?)*")


def study_year(file: StudyFile) -> int | None:
    """The year of publication; None when it was not reported."""
    year = field_value(file, None, "citation.year")
    return year if isinstance(year, int) else None


def _families(file: StudyFile) -> list[str]:
    citation = file.study.citation
    if not isinstance(citation, str):
        return [author.split(",")[0].strip() for author in citation.authors]
    authors = re.split(r"\(?\b(?:19|20)\d\d", citation, maxsplit=1)[0]
    if authors == citation:  # no year that would end the authors
        return []
    parts = [part.strip() for part in re.split(r",|&|\band\b|;", authors)]
    return [part for part in parts if part and not _INITIALS.fullmatch(part)]


def _label(file: StudyFile) -> str:
    if file.label is not None:
        return file.label
    names, year = _families(file), study_year(file)
    if not names:
        return file.id
    first = names[0] if len(names) == 1 else f"{names[0]} {f'& {names[1]}' if len(names) == 2 else 'et al.'}"
    return f"{first} ({year})" if year is not None else first


def study_labels(files: Sequence[StudyFile]) -> dict[str, str]:
    """Study id → label; equal labels get a letter after the year, in the order of the ids."""
    labels = {file.id: _label(file) for file in files}
    seen = Counter(labels.values())
    taken: Counter[str] = Counter()
    for study in sorted(labels):
        label = labels[study]
        if seen[label] > 1:
            letter = chr(ord("a") + taken[label] % 26)
            taken[label] += 1
            labels[study] = f"{label[:-1]}{letter})" if label.endswith(")") else f"{label} ({letter})"
    return labels
