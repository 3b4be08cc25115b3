"""Is the committed report what the study files say? Every reason why not, in terms of studies and fields."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rupmeta import __version__
from rupmeta.read.folder import Folder
from rupmeta.read.problems import Problem
from rupmeta.render.report.files import FORMATS, compute_results, render_files
from rupmeta.render.report.manifest import SCHEMA, environment
from rupmeta.render.report.pages import figure_layouts

__all__ = ["Reason", "check_report"]

#: Two machines agree to ten digits; a millionth of a percent is nobody's finding.
RELATIVE, ABSOLUTE = 1e-7, 1e-12


@dataclass(frozen=True, slots=True)
class Reason:
    """One way in which the report is stale: ``code``, the file, the place in it, and the two values."""

    code: str
    path: str
    where: str | None = None
    old: Any = None
    new: Any = None

    def __str__(self) -> str:
        """``NUMBER results.json: analyses.repair.pool.k: 4 → 5``."""
        place = f"{self.path}: {self.where}" if self.where else self.path
        change = "" if self.old is None and self.new is None else f": {_short(self.old)} → {_short(self.new)}"
        return f"{self.code} {place}{change}"

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return asdict(self)


def check_report(folder: Folder, findings: Sequence[Problem], target: Path) -> tuple[Reason, ...]:
    """Compare the report in ``target`` with what would be made now; writes nothing."""
    try:
        manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
        committed = json.loads((target / "results.json").read_text(encoding="utf-8"))
        schema, formats = manifest["schema"], tuple(manifest["options"]["formats"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        return (Reason("NO-REPORT", str(target), f"no readable report ({type(error).__name__})"),)
    if schema != SCHEMA:
        return (Reason("NO-REPORT", f"{target}/manifest.json", "unknown schema", schema, SCHEMA),)
    reasons: list[Reason] = []
    if manifest.get("rupmeta") != __version__:
        reasons.append(Reason("VERSION", "manifest.json", "rupmeta", manifest.get("rupmeta"), __version__))
    reasons += _compare_inputs(manifest.get("inputs", []), folder)
    results = compute_results(folder, findings)
    changes = list(_compare(_without_inputs(committed), _without_inputs(results), ()))
    reasons += sorted(changes, key=_size, reverse=True)
    if all(name in FORMATS for name in formats):
        reasons += _compare_files(committed, formats, manifest, target)
    else:
        reasons.append(
            Reason("FORMAT", "manifest.json", "unknown format", ", ".join(formats), ", ".join(FORMATS))
        )
    return tuple(reasons)


def _without_inputs(results: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in results.items() if key not in ("inputs", "version")}


def _compare_inputs(recorded: Sequence[Mapping[str, Any]], folder: Folder) -> Iterator[Reason]:
    old = {item["path"]: item["sha256"] for item in recorded}
    new = {item.path: item.sha256 for item in folder.inputs}
    for path in sorted(old.keys() | new.keys()):
        if path not in new:
            yield Reason("INPUT", path, "removed")
        elif path not in old:
            yield Reason("INPUT", path, "added")
        elif old[path] != new[path]:
            yield Reason("INPUT", path, "changed")


def _compare(old: Any, new: Any, place: tuple[str, ...]) -> Iterator[Reason]:
    """Structure, texts, whole numbers and nulls exactly; other numbers to a relative 1e-7."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from _compare(old.get(key), new.get(key), (*place, key))
    elif isinstance(old, list) and isinstance(new, list):
        names = _row_names(old, new)
        if names is not None:
            before, after = ({_row_name(row): row for row in side} for side in (old, new))
            for name in names:
                yield from _compare(before.get(name), after.get(name), (*place, name))
        elif len(old) != len(new):
            yield Reason("NUMBER", "results.json", ".".join(place), f"{len(old)} items", f"{len(new)} items")
        else:
            for i, (a, b) in enumerate(zip(old, new, strict=True)):
                yield from _compare(a, b, (*place, str(i)))
    elif isinstance(old, float) or isinstance(new, float):
        numbers = isinstance(old, int | float) and isinstance(new, int | float)
        if not numbers or abs(old - new) > max(ABSOLUTE, RELATIVE * max(abs(old), abs(new))):
            yield Reason("NUMBER", "results.json", ".".join(place), old, new)
    elif old != new:
        yield Reason("NUMBER", "results.json", ".".join(place), _summary(old), _summary(new))


def _row_name(row: Any) -> str | None:
    if not isinstance(row, dict) or "study" not in row:
        return None
    effect = row.get("effect")
    return f"{row['study']}/{effect}" if effect else str(row["study"])


def _row_names(old: list[Any], new: list[Any]) -> list[str] | None:
    """Rows of studies are compared by name, so that a new study is one reason and not a shift of all that
    follow.
    """
    names = [_row_name(row) for row in (*old, *new)]
    if any(name is None for name in names) or len({_row_name(r) for r in old}) < len(old):
        return None
    return list(dict.fromkeys(name for name in names if name is not None))


def _summary(value: Any) -> Any:
    return "…" if isinstance(value, dict | list) else value


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _size(reason: Reason) -> float:
    old, new = reason.old, reason.new
    if isinstance(old, int | float) and isinstance(new, int | float):
        return abs(old - new) / max(abs(old), abs(new), 1e-12)
    return float("inf")


def _compare_files(
    committed: Mapping[str, Any], formats: Sequence[str], manifest: Mapping[str, Any], target: Path
) -> Iterator[Reason]:
    """Render from the committed results, so that last-digit noise cannot reach the text."""
    fresh = render_files(committed, formats)
    layouts = figure_layouts(committed)
    same_place = all(manifest.get(key) == value for key, value in environment().items() if key != "python")
    recorded = {entry["path"]: entry for entry in manifest["outputs"]}
    for path in sorted(fresh):
        file = target / path
        if not file.is_file():
            yield Reason("MISSING", path)
            continue
        entry = recorded.get(path, {})
        kind = entry.get("compare", "bytes")
        data = file.read_bytes()
        if kind == "bytes" or (kind == "svg" and same_place):
            if data != fresh[path]:
                yield Reason("RENDER", path, "differs from what results.json gives")
            continue
        stem = path.removeprefix("figures/").rpartition(".")[0]
        if hashlib.sha256(data).hexdigest() != entry.get("sha256"):
            yield Reason("RENDER", path, "was changed after it was made")
        elif stem in layouts and entry.get("layout") != layouts[stem].digest():
            yield Reason("RENDER", path, "was drawn from other numbers")
    known = {*fresh, "manifest.json", ".gitattributes"}
    for file in sorted(target.rglob("*")):
        path = file.relative_to(target).as_posix()
        if file.is_file() and path not in known:
            yield Reason("STRAY", path, "does not belong to the report")
