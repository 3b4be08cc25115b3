"""Which studies a folder has already, by id and by DOI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rupmeta.read.plain_yaml import load_plain
from rupmeta.read.yaml_files import load_yaml
from rupmeta.start.drafts import Draft
from rupmeta.start.new_study import study_names

__all__ = ["Present", "look_around"]


@dataclass(frozen=True, slots=True)
class Present:
    """Lower-case id and lower-case DOI → id of the study that has it."""

    ids: Mapping[str, str]
    dois: Mapping[str, str]

    def find(self, draft: Draft) -> str | None:
        """The study that the draft is, if it is here already."""
        citation = draft.values.get("citation")
        doi = str(citation.get("doi") or "").lower() if isinstance(citation, dict) else ""
        return self.dois.get(doi) if doi in self.dois else self.ids.get(draft.id.lower())


def look_around(folder: Path) -> Present:
    """The studies of a folder; a file that cannot be read counts by its name alone."""
    names = study_names(folder)
    dois = {}
    for name in names:
        citation = _citation(folder / f"{name}.yaml")
        if citation.get("doi"):
            dois[str(citation["doi"]).lower()] = name
    return Present({name.lower(): name for name in names}, dois)


def _citation(path: Path) -> Mapping[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return {}
    values = load_plain(text)
    if values is None:
        root = load_yaml(text).root
        values = root.value if root is not None and isinstance(root.value, dict) else {}
    citation = values.get("citation")
    return citation if isinstance(citation, dict) else {}
