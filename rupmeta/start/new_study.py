"""``rupmeta new``: a study file beside the others, never over one."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from rupmeta.errors import UsageError
from rupmeta.read.layout import REVIEW, show
from rupmeta.start.study_ids import LEGAL_ID, id_from_words
from rupmeta.start.study_template import study_template

__all__ = ["bare_doi", "find_schema", "new_study", "study_names", "write_new"]

_RESOLVER = re.compile(r"\A(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)


def bare_doi(text: str) -> str:
    """A DOI without its resolver; ``UsageError`` when it is none.

    >>> bare_doi("https://doi.org/10.1080/10503307.2016.1174345")
    '10.1080/10503307.2016.1174345'
    """
    doi = _RESOLVER.sub("", text.strip())
    if not re.match(r"10\.\d{4,9}/\S+\Z", doi):
        raise UsageError(f"{text} is no DOI; write 10.1080/10503307.2016.1174345")
    return doi


def study_names(folder: Path) -> list[str]:
    """Ids of the study files of a folder, sorted."""
    return sorted(path.stem for path in folder.glob("*.yaml") if path.name != REVIEW)


def find_schema(folder: Path, kind: str = "study") -> str | None:
    """The schema of this review as a file in ``folder`` refers to it; None when the review has none."""
    name = f"schemas/{kind}.schema.json"
    for steps in range(4):
        ancestor = folder.absolute().joinpath(*[".."] * steps)
        if (ancestor / name).is_file():
            return "../" * steps + name
    shipped = Path(__file__).parents[1] / "read" / name
    try:  # a checkout of the program that holds the review too
        inside = folder.absolute().is_relative_to(shipped.parents[3])
    except ValueError:  # pragma: no cover - another drive
        inside = False
    return os.path.relpath(shipped, folder.absolute()).replace(os.sep, "/") if inside else None


def new_study(folder: Path, name: str, citation: Mapping[str, Any], relation: str) -> Path:
    """Write ``name.yaml`` into ``folder`` and return its path.

    ``UsageError`` when the folder is not there, the name cannot be an id, or a study of that name exists.
    """
    if not folder.is_dir():
        raise UsageError(
            f"there is no folder {show(folder)}; rupmeta init makes a review, --to names another folder"
        )
    check_name(name, study_names(folder), folder)
    text = study_template(citation, relation=relation, schema=find_schema(folder))
    target = folder / f"{name}.yaml"
    write_new(target, text)
    return target


def check_name(name: str, taken: Collection[str], folder: Path) -> None:
    """``UsageError`` when a study cannot be called ``name`` here."""
    if not LEGAL_ID.match(name) or name.lower() in ("review", "review.yaml"):
        wanted = id_from_words(name.removesuffix(".yaml"))
        meant = wanted if LEGAL_ID.match(wanted) and wanted != "review" else "larsson2018"
        raise UsageError(f"{name!r} cannot be a study id: letters, digits, '.', '_' and '-', such as {meant}")
    if name.lower().endswith((".yaml", ".yml")):
        raise UsageError(f"{name}: name the study without its ending: {name[: name.rfind('.')]}")
    for other in taken:
        if other.lower() == name.lower():
            raise UsageError(f"{show(folder / other)}.yaml exists; nothing was written")


def write_new(target: Path, text: str) -> None:
    """Write a file that must not exist yet."""
    try:
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{show(target)} exists; nothing was written") from None
    except OSError as error:
        raise UsageError(f"{show(target)} cannot be written: {error.strerror}") from error
