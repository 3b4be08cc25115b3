"""What an import did, as JSON and on the screen: placed, kept, not placed, wrong."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any

from rupmeta.render.writers.terminal import plain
from rupmeta.start.bring import Brought
from rupmeta.start.drafts import row_words

__all__ = ["import_result", "import_screen"]

_SHOWN = 20


def import_result(brought: Brought, folder: str, written: Sequence[str], *, dry_run: bool) -> dict[str, Any]:
    """Everything that happened, and everything that could not be placed (row, column, value)."""
    intake = brought.intake
    return {
        "file": intake.name,
        "read_as": intake.about,
        "rows": intake.rows,
        "folder": folder.rstrip("/"),
        "dry_run": dry_run,
        "studies": sorted(brought.texts),
        "effects": sum(len(draft.effects) for draft in intake.drafts if draft.id in brought.texts),
        "written": list(written),
        "present": dict(sorted(brought.present.items())),
        "placed": intake.placed,
        "moderators": intake.moderators,
        "empty_cells": intake.empty,
        "unplaced": [dataclasses.asdict(item) for item in intake.loose],
        "remarks": intake.remarks,
        "findings": [
            {**dataclasses.asdict(item), "text": item.text(intake.name)} for item in brought.findings
        ],
    }


def import_screen(result: Mapping[str, Any], *, quiet: bool) -> str:
    """The report of an import; ``quiet`` leaves out what went as it should."""
    lines: list[str] = []
    if not quiet:
        lines.append(
            f"{result['file']}: {_count(result['rows'], 'row')}, read as {result['read_as']}: "
            f"{_count(len(result['studies']), 'study')} with {_count(result['effects'], 'effect')}"
        )
        lines += _pairs("placed", result["placed"])
        lines += _pairs("kept as moderators", result["moderators"])
        if result["empty_cells"]:
            lines.append(f"cells that say nothing (NA): {result['empty_cells']}")
        lines += result["remarks"]
    unplaced = result["unplaced"]
    if unplaced:
        lines.append(f"no field for {len(unplaced)} value{'s' * (len(unplaced) != 1)}:")
        grouped = _by_column(unplaced)
        lines += grouped[:_SHOWN]
        if len(grouped) > _SHOWN:
            lines.append(f"  and {len(grouped) - _SHOWN} more columns (--json lists all)")
    for name, known in result["present"].items():
        lines.append(f"{name} is there already: {result['folder']}/{known}.yaml stays as it is")
    lines += [item["text"] for item in result["findings"]]
    lines.append(_outcome(result))
    return "\n".join(plain(line) for line in lines)


def _pairs(title: str, pairs: Mapping[str, str]) -> list[str]:
    if not pairs:
        return []
    said = ", ".join(column if column == name else f"{column} → {name}" for column, name in pairs.items())
    return [f"{title}: {said}"]


def _by_column(unplaced: Sequence[Mapping[str, Any]]) -> list[str]:
    """One line for the values of a column that share a reason; the first value stands for them."""
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for item in unplaced:
        groups.setdefault((item["column"], item["message"]), []).append(item)
    lines = []
    for (column, message), items in groups.items():
        rows = row_words(tuple(item["row"] for item in items))
        more = f" and {len(items) - 1} more" if len(items) > 1 else ""
        kept = re.sub(r"^effects\..*\.moderators", "effect.moderators", items[0]["kept"])
        lines.append(f"  {rows}, {column}: {_short(items[0]['value'])}{more} → {kept} ({message})")
    return lines


def _count(number: int, what: str) -> str:
    many = "studies" if what == "study" else f"{what}s"
    return f"{number} {what if number == 1 else many}"


def _short(value: str) -> str:
    text = " ".join(value.split())
    return text if len(text) <= 50 else f"{text[:49]}…"


def _outcome(result: Mapping[str, Any]) -> str:
    names, written = result["studies"], result["written"]
    folder = result["folder"]
    if written:
        shown = ", ".join(f"{name}.yaml" for name in written[:_SHOWN])
        more = f" and {len(written) - _SHOWN} more" if len(written) > _SHOWN else ""
        return f"wrote {len(written)} into {folder}: {shown}{more}; next: rupmeta check {folder}"
    if result["findings"]:
        rest = f"; --partial writes the other {len(names)}" if names else ""
        return f"nothing was written{rest}"
    if result["dry_run"] and names:
        return (
            f"would write {len(names)} into {folder}: {', '.join(f'{name}.yaml' for name in names[:_SHOWN])}"
        )
    return "nothing to write"
