"""A review from nothing: the files that a new one begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from rupmeta import __version__
from rupmeta.errors import UsageError
from rupmeta.read.json_schema import KINDS, schema_text
from rupmeta.start.yaml_text import scalar_text

__all__ = ["Started", "skeleton", "start_review"]

#: File of the review → the resource it is made from.
_FILES: Mapping[str, str] = {
    "studies/review.yaml": "review.yaml",
    "studies/example.yaml": "example.yaml",
    ".gitattributes": "gitattributes",
    ".github/workflows/review.yml": "review.yml",
    "README.md": "README.md",
}
_EXAMPLE = "studies/example.yaml"
_OF_EXAMPLE = "`studies/example.yaml` is invented and says so; delete it when your first own study is in. "
_ATTRIBUTE = "reports/** -text"


@dataclass(frozen=True, slots=True)
class Started:
    """What ``start_review`` did: files written, files that were there and stay, and what to do."""

    written: tuple[str, ...]
    kept: tuple[str, ...]
    advice: tuple[str, ...]


def skeleton(title: str) -> dict[str, str]:
    """Path → text of every file of a new review.

    The schemas come with it, so that editors complete the files without a network.
    """
    source = files("rupmeta.start") / "review"
    made = {}
    for path, resource in _FILES.items():
        text = (source / resource).read_text(encoding="utf-8")
        shown = scalar_text(title) if path.endswith(".yaml") else " ".join(title.split())
        made[path] = text.replace("@TITLE@", shown).replace("@VERSION@", __version__)
    made.update({f"schemas/{kind}.schema.json": schema_text(kind) for kind in KINDS})
    return dict(sorted(made.items()))


def start_review(folder: Path, title: str, *, example: bool = True) -> Started:
    """Write what is missing; nothing that exists is touched.

    The invented example comes only where there is no study yet. Raises ``UsageError`` when ``folder`` is a
    file, or when something stands where a folder is needed.
    """
    wanted = skeleton(title)
    if not example or _has_studies(folder / "studies"):
        kept_example = (folder / _EXAMPLE).exists()
        wanted = {path: text for path, text in wanted.items() if path != _EXAMPLE or kept_example}
    if _EXAMPLE not in wanted:
        wanted["README.md"] = wanted["README.md"].replace(_OF_EXAMPLE, "")
    for path in ("", *wanted, "reports/x"):
        _check_way(folder, path)
    kept = tuple(path for path in wanted if (folder / path).exists())
    written = tuple(path for path in wanted if path not in kept)
    advice = _advice(folder, wanted, kept)
    for path in written:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(wanted[path])
    (folder / "reports").mkdir(parents=True, exist_ok=True)
    return Started(written, kept, advice)


def _has_studies(studies: Path) -> bool:
    return studies.is_dir() and any(path.name != "review.yaml" for path in studies.glob("*.yaml"))


def _check_way(folder: Path, path: str) -> None:
    """Every part of the way to a file is a folder or does not exist yet."""
    for parent in (folder, *(folder / part for part in reversed(Path(path).parents) if part != Path())):
        if parent.exists() and not parent.is_dir():
            raise UsageError(f"{parent.as_posix()} is a file, where a folder is needed; name another folder")


def _advice(folder: Path, wanted: Mapping[str, str], kept: tuple[str, ...]) -> tuple[str, ...]:
    """What a file that stays should have and has not."""
    said = []
    for path in kept:
        text = (folder / path).read_text(encoding="utf-8", errors="replace")
        if path == ".gitattributes" and _ATTRIBUTE not in text.splitlines():
            said.append(f"add the line '{_ATTRIBUTE}' to .gitattributes: reports are compared byte by byte")
        if path.startswith("schemas/") and text != wanted[path]:
            kind = path.split("/")[1].split(".")[0]
            said.append(f"{path} is of another version; write it anew with: rupmeta schema {kind} > {path}")
    return tuple(said)
