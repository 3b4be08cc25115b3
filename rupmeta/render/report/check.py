"""Is the committed report what the study files say? Every reason why not, in terms of studies and fields."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rupmeta import __version__
from rupmeta.errors import UsageError
from rupmeta.pipeline.attached import open_attached
from rupmeta.read.folder import Folder, InputFile
from rupmeta.read.problems import Problem
from rupmeta.render.figures.layout import Layout
from rupmeta.render.report.compare_results import compare_results
from rupmeta.render.report.drawings import USUAL, Looks
from rupmeta.render.report.files import (
    DEFAULT_FORMATS,
    FORMATS,
    STANDARD,
    compute_results,
    missing_library,
    render_files,
)
from rupmeta.render.report.manifest import SCHEMA, compare_class, environment
from rupmeta.render.report.pages import figure_layouts
from rupmeta.render.report.reasons import RESULTS, Reason
from rupmeta.render.sensitivity.part import Settings
from rupmeta.render.writers.word.package import document_xml

__all__ = ["Reason", "check_report", "repair_command"]

#: What rendering raises when results.json lacks what this version asks of it.
_UNREADABLE = (KeyError, TypeError, ValueError, IndexError, AttributeError, UsageError)


def check_report(
    folder: Folder, findings: Sequence[Problem], target: Path, *, jobs: int = 1
) -> tuple[Reason, ...]:
    """Compare the report in ``target`` with what would be made now, by the seed of its manifest; writes
    nothing.

    Inputs and version by the manifest, numbers by a fresh computation, every other file against what the
    committed ``results.json`` gives, so that last-digit noise cannot reach the text.
    """
    try:
        manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
        raw = (target / RESULTS).read_bytes()
        committed = json.loads(raw)
        schema, formats = manifest["schema"], tuple(manifest["options"]["formats"])
        recorded = {entry["path"]: entry for entry in manifest["outputs"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        return (Reason("NO-REPORT", target.as_posix(), f"no readable report ({type(error).__name__})"),)
    if schema != SCHEMA:
        return (Reason("NO-REPORT", f"{target.as_posix()}/manifest.json", "unknown schema", schema, SCHEMA),)
    reasons: list[Reason] = []
    if manifest.get("rupmeta") != __version__:
        reasons.append(Reason("VERSION", "manifest.json", "rupmeta", manifest.get("rupmeta"), __version__))
    attached = open_attached(folder)
    reasons += _compare_inputs(manifest.get("inputs", []), attached.inputs(folder))
    settings = Settings(seed=int(manifest["options"].get("seed", STANDARD.seed)), jobs=jobs)
    fresh_results = compute_results(folder, findings, attached=attached, settings=settings)
    reasons += compare_results(committed, fresh_results)
    if hashlib.sha256(raw).hexdigest() != manifest.get("results_sha256"):
        reasons.append(Reason("RENDER", RESULTS, "was changed after it was made"))
    template, wrong = _read_template(manifest["options"].get("template"), target)
    reasons += wrong
    able = []
    for name in formats:
        why = (
            f"unknown format; choose from {', '.join(FORMATS)}"
            if name not in FORMATS
            else missing_library(name)
        )
        if why is None:
            able.append(name)
        else:
            reasons.append(Reason("FORMAT", "manifest.json", f"{name}: {why}"))
    try:
        looks = looks_of(manifest["options"])
        layouts = figure_layouts(committed, looks=looks)
        fresh = render_files(committed, able, template, jobs, looks, layouts)
    except _UNREADABLE as error:
        why = f"cannot be rendered by rupmeta {__version__} ({type(error).__name__}: {error})"
        return (*reasons, Reason("RENDER", RESULTS, why))
    same_place = all(manifest.get(key) == value for key, value in environment().items() if key != "python")
    reasons += _compare_files(fresh, layouts, recorded, target, same_place=same_place)
    # A file of a format that cannot be made here has its own reason and is no stray.
    known = {*fresh, *(recorded if len(able) < len(formats) else ()), "manifest.json", ".gitattributes"}
    reasons += _list_strays(known, target)
    return tuple(reasons)


def _compare_inputs(recorded: Sequence[Mapping[str, Any]], inputs: Sequence[InputFile]) -> Iterator[Reason]:
    old = {item["path"]: item["sha256"] for item in recorded}
    new = {item.path: item.sha256 for item in inputs}
    for path in sorted(old.keys() | new.keys()):
        if path not in new:
            yield Reason("INPUT", path, "removed")
        elif path not in old:
            yield Reason("INPUT", path, "added")
        elif old[path] != new[path]:
            yield Reason("INPUT", path, "changed")


def _read_template(recorded: Any, target: Path) -> tuple[bytes | None, list[Reason]]:
    """The Word template that the report was made with, and what became of it."""
    if recorded is None:
        return None, []
    path = str(recorded["path"])
    try:
        data = (target.parent / path).read_bytes()
    except OSError:
        return None, [Reason("INPUT", path, "removed")]
    changed = hashlib.sha256(data).hexdigest() != recorded["sha256"]
    return data, [Reason("INPUT", path, "changed")] if changed else []


def _compare_files(
    fresh: Mapping[str, bytes],
    layouts: Mapping[str, Layout],
    recorded: Mapping[str, Mapping[str, Any]],
    target: Path,
    *,
    same_place: bool,
) -> Iterator[Reason]:
    for path in sorted(fresh):
        file = target / path
        if not file.is_file():
            yield Reason("MISSING", path)
            continue
        entry = recorded.get(path, {})
        why = _difference(path, file.read_bytes(), fresh[path], entry, layouts, same_place=same_place)
        if why is not None:
            yield Reason("RENDER", path, why)


def _difference(
    path: str,
    data: bytes,
    fresh: bytes,
    entry: Mapping[str, Any],
    layouts: Mapping[str, Layout],
    *,
    same_place: bool,
) -> str | None:
    """How a file differs from what ``results.json`` gives; None when it does not."""
    kind = compare_class(path)
    if kind == "bytes" or (kind == "svg" and same_place):
        return None if data == fresh else f"differs from what {RESULTS} gives"
    # Compressed bytes depend on the machine: what counts is that nobody touched the file, and what it shows.
    if hashlib.sha256(data).hexdigest() != entry.get("sha256"):
        return "was changed after it was made"
    if kind == "document":
        try:
            return None if document_xml(data) == document_xml(fresh) else f"differs from what {RESULTS} gives"
        except ValueError as error:
            return str(error)
    stem = path.removeprefix("figures/").rpartition(".")[0]
    layout = layouts.get(stem) or layouts.get(stem.rpartition("-")[0])
    if layout is not None and entry.get("layout") != layout.digest():
        return "was drawn from other numbers"
    return None


def looks_of(options: Mapping[str, Any]) -> Looks:
    """The looks that a manifest tells; a report from before there were any has the usual ones."""
    palette = options.get("palette")
    return Looks(str(options.get("layout", USUAL.layout)), None if palette is None else str(palette))


def _list_strays(known: set[str], target: Path) -> Iterator[Reason]:
    for file in sorted(target.rglob("*")):
        path = file.relative_to(target).as_posix()
        if file.is_file() and path not in known:
            yield Reason("STRAY", path, "does not belong to the report")


def repair_command(target: Path, studies: str) -> str:
    """The command that brings the report in ``target`` up to date, with the options that made it."""
    command = f"rupmeta report {studies}"
    if target.as_posix() != "reports":
        command += f" -o {target.as_posix()}"
    try:
        options = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["options"]
        formats = [name for name in options["formats"] if name in FORMATS]
        template = options.get("template")
        if sorted(formats) != sorted(DEFAULT_FORMATS):
            command += f" --formats {','.join(formats)}"
        if template is not None:
            command += f" --template {(target.parent / template['path']).as_posix()}"
        if options.get("seed", STANDARD.seed) != STANDARD.seed:
            command += f" --seed {int(options['seed'])}"
        looks = looks_of(options)
        if looks.layout != USUAL.layout:
            command += f" --layout {looks.layout}"
        if looks.palette is not None:
            command += f" --palette {looks.palette}"
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return command
