"""Every file of a report as bytes, rendered from ``results.json``, and the way to disk."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rupmeta.errors import UsageError
from rupmeta.pipeline.attached import Attached, open_attached
from rupmeta.pipeline.review import analyse_review
from rupmeta.read.folder import Folder
from rupmeta.read.problems import Problem
from rupmeta.render.drawing.draw import choose_look
from rupmeta.render.envelope import canonical_json
from rupmeta.render.figures.layout import Layout
from rupmeta.render.r_script.script import write_r_script
from rupmeta.render.report.collect import collect_results
from rupmeta.render.report.drawings import USUAL, Looks
from rupmeta.render.report.manifest import build_manifest
from rupmeta.render.report.pages import build_document, figure_layouts, report_tables
from rupmeta.render.report.painting import KINDS, paint_figures
from rupmeta.render.report.parts import PARTS
from rupmeta.render.sensitivity.part import Settings
from rupmeta.render.writers.delimited import to_csv
from rupmeta.render.writers.document_markdown import document_to_markdown
from rupmeta.render.writers.html import document_to_html
from rupmeta.render.writers.markdown import to_markdown

__all__ = [
    "DEFAULT_FORMATS",
    "FORMATS",
    "Template",
    "compute_results",
    "ensure_formats",
    "make_report",
    "missing_library",
    "read_template",
    "render_files",
    "write_report",
]

#: Formats that a report can have besides results.json, the tables and the texts of its figures.
FORMATS = ("html", "md", "docx", "r", "svg", "png", "pdf")
STANDARD = Settings()
DEFAULT_FORMATS = ("html", "md", "r", "svg", "png")


@dataclass(frozen=True, slots=True)
class Template:
    """A Word file whose styles a report takes; ``path`` leads to it from the folder that holds the report."""

    path: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Its digest."""
        return hashlib.sha256(self.data).hexdigest()


def read_template(file: str, target: Path) -> Template:
    """The template ``file`` for a report in ``target``; ``UsageError`` when it cannot be read."""
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"--template {file}: {error.strerror}") from None
    try:
        path = os.path.relpath(file, target.parent)
    except ValueError:  # another drive of Windows
        path = Path(file).name
    return Template(Path(path).as_posix(), data)


def missing_library(name: str) -> str | None:
    """What to install before a report can have the format ``name``; None when nothing is missing."""
    if name == "docx" and find_spec("docx") is None:
        from rupmeta.render.writers.word.document import INSTALL

        return INSTALL
    return None


def ensure_formats(formats: Sequence[str]) -> None:
    """Raise ``UsageError`` for a format that is unknown or whose library is not installed."""
    for name in formats:
        if name not in FORMATS:
            raise UsageError(f"--formats {name} is not known; choose from {', '.join(FORMATS)}")
        why = missing_library(name)
        if why is not None:
            raise UsageError(f"--formats {name}: {why}")


def compute_results(
    folder: Folder,
    findings: Sequence[Problem],
    parts: Collection[str] = tuple(PARTS),
    attached: Attached | None = None,
    settings: Settings = STANDARD,
) -> dict[str, Any]:
    """Run every analysis of the review; the result is what reading the written results.json gives.

    ``attached``: what the protocol names beside the review, where it was read already. ``settings``: seed of
    random numbers, processes for heavy work.
    """
    text = canonical_json(collect_results(analyse_review(folder), findings, parts, attached, settings))
    results: dict[str, Any] = json.loads(text)
    return results


def render_files(
    results: Mapping[str, Any],
    formats: Sequence[str],
    template: bytes | None = None,
    jobs: int = 1,
    looks: Looks = USUAL,
    layouts: Mapping[str, Layout] | None = None,
) -> dict[str, bytes]:
    """Path → bytes of everything in the report folder but the manifest, the same for any ``jobs``.

    ``template`` is the Word file whose styles ``report.docx`` takes; ``layouts`` are the figures, where they
    were laid out already. Raises ``UsageError`` when the library of a format is not installed.
    """
    files: dict[str, bytes] = {"results.json": canonical_json(results).encode()}
    for stem, table in report_tables(results).items():
        files[f"tables/{stem}.csv"] = to_csv(table).encode()
        files[f"tables/{stem}.md"] = to_markdown(table).encode()
    if layouts is None:
        layouts = figure_layouts(results, looks=looks)
    for name, layout in layouts.items():
        files[f"figures/{name}.txt"] = (layout.desc + "\n").encode()
    kinds = {kind for kind in KINDS if kind in formats} | ({"png"} if "docx" in formats else set())
    drawings = paint_figures(layouts, kinds, jobs=jobs)
    files |= {
        f"figures/{name}": data for name, data in drawings.items() if name.rpartition(".")[2] in formats
    }
    document = build_document(results, looks)
    if "html" in formats:
        files["report.html"] = document_to_html(document).encode()
    if "md" in formats:
        files["report.md"] = document_to_markdown(document).encode()
    if "docx" in formats:
        from rupmeta.render.writers.word.document import document_to_word

        files["report.docx"] = document_to_word(document, layouts, template, drawings)
    if "r" in formats:
        files["reproduce.R"] = write_r_script(results).encode()
    return files


def make_report(
    folder: Folder,
    findings: Sequence[Problem],
    formats: Sequence[str],
    template: Template | None = None,
    settings: Settings = STANDARD,
    looks: Looks = USUAL,
) -> dict[str, bytes]:
    """Every file of the report, the manifest last; ``settings`` as in ``compute_results``."""
    choose_look(journal=looks.layout, palette=looks.palette)  # a name that is not known is told at once
    attached = open_attached(folder)
    results = compute_results(folder, findings, attached=attached, settings=settings)
    data = None if template is None else template.data
    layouts = figure_layouts(results, looks=looks)
    files = render_files(results, formats, data, settings.jobs, looks, layouts)
    options: dict[str, Any] = {
        "formats": sorted(formats),
        "layout": looks.layout,
        "palette": looks.palette,
        "seed": settings.seed,
    }
    if template is not None:
        options["template"] = {"path": template.path, "sha256": template.sha256}
    manifest = build_manifest(attached.inputs(folder), files, layouts, options)
    return {**files, "manifest.json": canonical_json(manifest).encode()}


def write_report(files: Mapping[str, bytes], target: Path) -> tuple[str, ...]:
    """Write beside the target, then replace file by file, the manifest last: an interrupted run reads as
    stale.

    Files of an earlier report that the new one does not have are removed, and given: a report is what its
    manifest lists, and a page of other numbers must not stand beside it. A folder that holds something else
    than a report is refused.
    """
    outside = [path for path in files if ".." in path.split("/") or path.startswith("/")]
    if outside:
        raise UsageError(f"{outside[0]} would lie outside {target}")
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file; -o names a folder")
    old = _listed(target)
    strange = sorted(set(_present(target)) - set(old) - set(files) - {".gitattributes"})
    if target.exists() and not (target / "manifest.json").exists() and strange:
        raise UsageError(
            f"{target} is not empty and holds no report ({strange[0]} …); name another folder with -o"
        )
    target.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".rupmeta-", dir=target.parent))
    try:
        order = sorted(files, key=lambda path: (path == "manifest.json", path))
        for path in order:
            (staging / path).parent.mkdir(parents=True, exist_ok=True)
            (staging / path).write_bytes(files[path])
        for path in order:
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (staging / path).replace(target / path)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    gone = tuple(path for path in sorted(set(old) - set(files)) if (target / path).is_file())
    for path in gone:
        (target / path).unlink(missing_ok=True)
    return gone


def _present(target: Path) -> list[str]:
    if not target.is_dir():
        return []
    return sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file())


def _listed(target: Path) -> list[str]:
    """The files of the report that is there now, by its manifest."""
    try:
        manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
        return [str(entry["path"]) for entry in manifest["outputs"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []
