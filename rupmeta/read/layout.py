"""Which files of a folder are read, which are not, and paths that point out of it."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from rupmeta.errors import UsageError
from rupmeta.read.rob_tools import TOOLS_FOLDER
from rupmeta.read.schema_faults import nearest
from rupmeta.read.yaml_files import Fault

__all__ = [
    "LOCK",
    "REVIEW",
    "list_files",
    "name_faults",
    "referenced_file",
    "referenced_review",
    "show",
    "unread_files",
]

REVIEW = "review.yaml"
#: The plan as it was frozen; JSON, so that it is no study file.
LOCK = "protocol.lock.json"
_STEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
_DEPTH = 3


def show(path: str | Path) -> str:
    """The folder as messages show it: as typed, with forward slashes and no slash at the end."""
    shown = str(path).replace(os.sep, "/").rstrip("/")
    return shown or "/"


def show_from(path: str | Path, home: str | Path) -> str:
    """The folder as a report below ``home`` shows it, the same on every machine.

    Relative to ``home`` where it lies inside, else as typed; an absolute path is never shown.
    """
    try:
        relative = os.path.relpath(path, home).replace(os.sep, "/")
    except ValueError:  # another drive of Windows
        return Path(path).name
    inside = relative.split("/")[0] != ".." and relative != "."
    return relative if inside or Path(path).is_absolute() else show(path)


def list_files(path: Path, shown: str) -> list[str]:
    """Names of the ``*.yaml`` files of a review, sorted; ``UsageError`` when it is no folder of studies."""
    if not path.exists():
        near = _nearest_folder(path)
        advice = (
            f"did you mean {near}?"
            if near is not None
            else "name the folder of the studies: rupmeta check path/to/studies"
        )
        raise UsageError(f"there is no folder {shown}; {advice}")
    if not path.is_dir():
        folder = show(path.parent)
        raise UsageError(f"{shown} is a file; name the folder that holds it: {folder}")
    try:
        with os.scandir(path) as entries:
            names = sorted(entry.name for entry in entries if entry.is_file())
    except OSError as error:
        raise UsageError(f"{shown} cannot be opened: {error.strerror}") from error
    files = [name for name in names if name.endswith(".yaml") and not name.startswith(".")]
    if not files:
        others = [name for name in names if name.lower().endswith((".yml", ".yaml"))]
        advice = (
            f"; rename {others[0]} to {Path(others[0]).stem}.yaml"
            if others
            else _folder_below(path) or "; rupmeta schema study says what a study file holds"
        )
        raise UsageError(f"{shown} holds no study files (*.yaml){advice}")
    return files


def _folder_below(path: Path) -> str:
    """The folder ``init`` makes, where the one above it was named: advice, or nothing."""
    below = path / "studies"
    return f"; did you mean {show(below)}?" if any(below.glob("*.yaml")) else ""


def _nearest_folder(path: Path) -> str | None:
    """The folder beside ``path`` whose name is most like its own; None when none is."""
    try:
        beside = [entry.name for entry in os.scandir(path.parent) if entry.is_dir()]
    except OSError:
        return None
    near = nearest(path.name, [name for name in beside if not name.startswith(".")])
    return None if near is None else show(path.with_name(near))


def _names(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir())


def name_faults(names: list[str]) -> Iterator[tuple[str, Fault]]:
    """Names that cannot be a study id, or that differ only in case from another."""
    seen: dict[str, str] = {}
    for name in names:
        stem = name.removesuffix(".yaml")
        if not _STEM.match(stem):
            message = f"{stem!r} cannot be a study id; name the file with letters, digits, '.', '_' and '-'"
            yield name, Fault(1, 1, "FILE-NAME", (), message)
        elif stem.lower() in seen:
            message = f"differs only in case from {seen[stem.lower()]}; rename one of them"
            yield name, Fault(1, 1, "FILE-NAME", (), message)
        seen.setdefault(stem.lower(), name)


def unread_files(path: Path, named: Collection[str] = ()) -> Iterator[tuple[str, Fault]]:
    """YAML that looks like a study but is not read: another extension, or a sub-folder that is no review and
    is not ``named`` by one.
    """
    with os.scandir(path) as entries:
        found = sorted((entry.name, entry.is_dir()) for entry in entries if not entry.name.startswith("."))
    for name, is_folder in found:
        if is_folder and name == TOOLS_FOLDER:
            continue
        if is_folder:
            yield from ((inner, _elsewhere(inner)) for inner in _inside(path, name, 1, named))
        elif not name.endswith(".yaml") and name.lower().endswith((".yml", ".yaml")):
            renamed = f"{name[: name.rfind('.')]}.yaml"
            message = f"{name} is not read; rename it to {renamed}"
            yield name, Fault(1, 1, "FILE-NAME", (), message, "warning")


def _elsewhere(name: str) -> Fault:
    message = f"{name} is not read; move it beside {REVIEW}, or give its folder a {REVIEW} of its own"
    return Fault(1, 1, "FILE-NAME", (), message, "warning")


def _inside(path: Path, folder: str, depth: int, named: Collection[str]) -> Iterator[str]:
    if folder in named:
        return
    try:
        names = _names(path / folder)
    except OSError:
        return
    if REVIEW in names or (path / folder).is_symlink():
        return
    for name in names:
        inner = f"{folder}/{name}"
        if name.startswith("."):
            continue
        if name.lower().endswith((".yaml", ".yml")):
            yield inner
        elif depth < _DEPTH and (path / inner).is_dir():
            yield from _inside(path, inner, depth + 1, named)


def referenced_file(folder: Path, name: str) -> Path | tuple[str, str]:
    """The file that a study names, or code and sentence when it lies outside the folder or is absent."""
    target = _inner(folder, name)
    if target is None:
        return "PATH-OUT", f"{name} lies outside the studies folder; copy the file into it"
    if target.is_file():
        return target
    return _missing(target, f"file {name}")


def referenced_review(folder: Path, name: str, *, results: bool) -> Path | tuple[str, str]:
    """A folder of studies that a review names (``results``: or a results.json), else code and sentence."""
    target = _inner(folder, name)
    if target is None:
        return "PATH-OUT", f"{name} lies outside the studies folder; move it into it"
    if target.is_dir():
        if target.resolve() == folder.resolve():
            return "PATH-OUT", f"{name} is the review itself; name a folder inside it"
        return target
    if target.is_file():
        if results and target.suffix.lower() == ".json":
            return target
        wanted = "a folder of study files" + (" or a results.json" if results else "")
        return "PATH-MISS", f"{name} is a file; name {wanted}"
    return _missing(target, f"{'file or ' if results else ''}folder {name}")


def _inner(folder: Path, name: str) -> Path | None:
    """The path below ``folder``; None when it leads out of it."""
    windows = PureWindowsPath(name)
    outside = PurePosixPath(name).is_absolute() or windows.drive or windows.root or "://" in name
    target = folder / name.replace("\\", "/")
    try:
        inside = not outside and target.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        inside = False
    return target if inside else None


def _missing(target: Path, what: str) -> tuple[str, str]:
    siblings = _names(target.parent) if target.parent.is_dir() else []
    meant = nearest(target.name, siblings)
    advice = f"did you mean {meant}?" if meant else "put it there, or correct the path"
    return "PATH-MISS", f"there is no {what} in the studies folder; {advice}"
