"""``LINTS``: every code with its words and its rule, in the order of the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rupmeta.lint import (
    contradictions,
    design,
    directions,
    duplicates,
    granularity,
    impossible,
    intervals,
    magnitudes,
    people,
    ranges,
    small,
    spreads,
    tables,
    texts,
    variances,
    widths,
)
from rupmeta.lint.findings import FolderRule, Lint, StudyRule
from rupmeta.read.plain_yaml import load_plain

__all__ = ["FAMILIES", "LINTS"]

_RULES: dict[str, StudyRule] = {
    **impossible.RULES,
    **small.RULES,
    **tables.RULES,
    **intervals.RULES,
    **ranges.RULES,
    **contradictions.RULES,
    **directions.RULES,
    **people.RULES,
    **variances.RULES,
    **magnitudes.RULES,
    **granularity.RULES,
    **spreads.RULES,
    **widths.RULES,
    **duplicates.RULES,
    **design.RULES,
    **texts.RULES,
}
_FOLDER_RULES: dict[str, FolderRule] = {
    **contradictions.FOLDER_RULES,
    **spreads.FOLDER_RULES,
    **duplicates.FOLDER_RULES,
    **design.FOLDER_RULES,
}


def _read_catalogue() -> dict[str, dict[str, Any]]:
    families: dict[str, dict[str, Any]] = {}
    for name in ("catalogue.yaml", "notes.yaml"):
        text = Path(__file__).with_name(name).read_text(encoding="utf-8")
        families |= load_plain(text) or {}  # tests see to it that it is everyday YAML: that is quicker
    return families


def _lint(code: str, family: str, words: dict[str, Any]) -> Lint:
    also = tuple(words.get("also", ()))
    rest = {name: words[name] for name in ("severity", "fault", "why", "trigger", "hint")}
    return Lint(
        code=code,
        family=family,
        also=also,
        rule=_RULES.get(code),
        folder_rule=_FOLDER_RULES.get(code),
        **rest,
    )


_CATALOGUE = _read_catalogue()

#: Family → its codes.
FAMILIES: dict[str, tuple[str, ...]] = {family: tuple(codes) for family, codes in _CATALOGUE.items()}

#: Code → what it means and who reports it.
LINTS: dict[str, Lint] = {
    code: _lint(code, family, words) for family, codes in _CATALOGUE.items() for code, words in codes.items()
}
