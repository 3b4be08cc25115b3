"""The kinds of export, by name: what each writes and which function makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

from rupmeta.errors import UsageError
from rupmeta.results import Note

if TYPE_CHECKING:
    from rupmeta.pipeline.specification import Overrides
    from rupmeta.read.folder import Folder

__all__ = ["EXPORTS", "Exported", "Kind", "Request", "export_review"]


@dataclass(frozen=True, slots=True)
class Request:
    """What is exported and how. ``suffix``: ending of the file asked for, of stdout the kind's first.

    ``name``: name of that file without its folder; empty for stdout. ``sep`` and ``decimal`` are those of
    delimited text.
    """

    folder: Folder
    overrides: Overrides
    suffix: str
    name: str = ""
    sep: str = ","
    decimal: str = "."


@dataclass(frozen=True, slots=True)
class Exported:
    """The file asked for, and ``beside``: further files (name → bytes) that belong into its folder.

    ``complete`` False: something that the export should hold is missing (``--strict`` fails).
    """

    data: bytes
    beside: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of export: module and function that make it, endings that it can have, and what it is."""

    module: str
    function: str
    suffixes: tuple[str, ...]
    about: str


EXPORTS: Mapping[str, Kind] = {
    "effects": Kind(
        "effects", "export_effects", (".csv", ".tsv", ".xlsx"), "one row per effect, every digit"
    ),
    "studies": Kind("studies", "export_studies", (".csv", ".tsv", ".xlsx"), "all that the study files hold"),
    "metafor": Kind("metafor", "export_metafor", (".csv",), "the data and the R script that pools them"),
    "ris": Kind("references", "export_ris", (".ris",), "citations for reference managers"),
    "bibtex": Kind("references", "export_bibtex", (".bib",), "citations for LaTeX"),
    "csl": Kind("references", "export_csl", (".json",), "citations as CSL-JSON"),
    "prisma": Kind("prisma", "export_prisma", (".csv",), "counts in the form of the PRISMA2020 package"),
    "prisma-checklist": Kind(
        "checklists", "export_prisma_checklist", (".md", ".csv", ".docx"), "PRISMA 2020, item by item"
    ),
    "mars-checklist": Kind(
        "checklists", "export_mars_checklist", (".md", ".csv", ".docx"), "MARS, item by item"
    ),
    "lsr-checklist": Kind(
        "checklists", "export_lsr_checklist", (".md", ".csv", ".docx"), "PRISMA-LSR, item by item"
    ),
}


def kind_named(name: str) -> Kind:
    """The kind called ``name``; ``UsageError`` with the nearest name when there is none."""
    if name not in EXPORTS:
        from rupmeta.read.schema_faults import nearest

        meant = nearest(name, tuple(EXPORTS))
        advice = f"did you mean {meant}?" if meant else f"choose from {', '.join(EXPORTS)}"
        raise UsageError(f"{name} cannot be exported; {advice}")
    return EXPORTS[name]


def export_review(name: str, request: Request) -> Exported:
    """Make the export; ``UsageError`` for an ending that the kind cannot have."""
    kind = kind_named(name)
    if request.suffix not in kind.suffixes:
        raise UsageError(
            f"{name} is written to {' or '.join(kind.suffixes)}, not {request.suffix or 'no ending'}"
        )
    made = getattr(import_module(f"rupmeta.render.exports.{kind.module}"), kind.function)(request)
    assert isinstance(made, Exported)
    return made
