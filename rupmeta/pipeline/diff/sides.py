"""The two sides of a comparison: a folder, a git revision, or a results file."""

from __future__ import annotations

import dataclasses
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from rupmeta.errors import InputError
from rupmeta.pipeline.load import load_review
from rupmeta.read.folder import Folder, InputFile
from rupmeta.read.layout import REVIEW, show
from rupmeta.read.problems import Problem
from rupmeta.read.results_file import read_results
from rupmeta.read.revision import Revision, find_revision

__all__ = ["Side", "open_sides", "results_side"]

_REVISION = re.compile(r"[^\s:]{2,}:.*|[^\s:/\\]+")  # one letter before the colon is a drive


@dataclass(frozen=True)
class Side:
    """One state of a review.

    ``name`` is how messages call it. ``folder`` None: only the results of an earlier run are known, in
    ``body``. Files of a revision lie at ``real`` for the time of the comparison and are shown below
    ``shown``.
    """

    name: str
    kind: Literal["folder", "revision", "results"]
    inputs: tuple[InputFile, ...]
    folder: Folder | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    real: str = ""
    shown: str = ""

    def address(self, text: str) -> str:
        """``text`` with the paths of temporary files replaced by those of the revision."""
        return text.replace(self.real, self.shown) if self.real else text

    @property
    def digests(self) -> dict[str, str]:
        """Study id → SHA-256 of its file and of the session ratings beside it."""
        files = {item.path: item.sha256 for item in self.inputs}
        studies = {study: files[path] for study, path in self._paths.items() if path in files}
        for study, name in self._ratings:
            for path, sha256 in files.items():
                if study in studies and path.endswith(name):
                    studies[study] += sha256
        return studies

    @property
    def _paths(self) -> dict[str, str]:
        """Study id → path of its file; of results that list no studies, every YAML file is one."""
        if self.folder is not None:
            return {file.id: self.address(file.path) for file in self.folder.studies}
        if "studies" in self.body:
            return {record["study"]: record["path"] for record in self.body["studies"]}
        paths = [item.path for item in self.inputs if item.path.endswith(".yaml")]
        return {Path(path).stem: path for path in paths if Path(path).name != REVIEW}

    @property
    def _ratings(self) -> list[tuple[str, str]]:
        """(study, session file as it names it), once each, in the order of the files."""
        if self.folder is not None:
            routes = [
                (file.id, route.sessions)
                for file in self.folder.studies
                for effect in file.study.effects
                for route in effect.reported
            ]
        else:
            routes = [
                (record["study"], route.get("sessions"))
                for record in self.body.get("studies", ())
                for effect in record.get("effects", ())
                for route in effect.get("reported", ())
            ]
        return list(dict.fromkeys((study, name) for study, name in routes if isinstance(name, str)))

    @property
    def data_as_of(self) -> str | None:
        """The latest date of extraction."""
        if self.folder is None:
            found = self.body.get("data_as_of")
            return None if found is None else str(found)
        dates = [file.study.extraction.date for file in self.folder.studies if file.study.extraction.date]
        return max(dates, default=None)

    @property
    def title(self) -> str | None:
        """The title of the review."""
        return self.body.get("title") if self.folder is None else self.folder.review.title


@contextmanager
def open_sides(old: str, new: str) -> Iterator[tuple[Side, Side]]:
    """Read both sides; files of revisions exist until the context ends.

    A bare revision takes the folder of the other side. Raises ``UsageError`` for what is neither a folder, a
    results file nor a revision, ``InputError`` with all faults of both sides.
    """
    folders = [Path(name) for name in (old, new) if Path(name).is_dir()]
    with ExitStack() as stack:
        sides: list[Side] = []
        problems: list[Problem] = []
        for name in (old, new):
            try:
                sides.append(_open(name, folders, stack))
            except InputError as error:
                problems += error.problems
        if problems:
            raise InputError(problems)
        yield sides[0], sides[1]


def _open(name: str, folders: list[Path], stack: ExitStack) -> Side:
    path = Path(name)
    if path.is_file():
        return results_side(name, read_results(path))
    if path.exists() or not _REVISION.fullmatch(name):
        folder = load_review(path)
        return Side(show(name), "folder", folder.inputs, folder)
    default = folders[0] if folders else Path("studies")
    revision = find_revision(name, near=[Path.cwd(), *folders], path=default)
    into = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rupmeta-"))).resolve()
    found = revision.extract(into)
    if revision.kind == "blob":
        return results_side(revision.shown, read_results(found, revision.shown))
    return _revision_side(revision, found)


def results_side(name: str, body: Mapping[str, Any]) -> Side:
    """An earlier run, of which only the results are known."""
    inputs = tuple(InputFile(item["path"], 0, item["sha256"]) for item in body["inputs"])
    return Side(show(name), "results", inputs, None, body)


def _revision_side(revision: Revision, found: Path) -> Side:
    real, shown = show(found), revision.shown.rstrip("/")
    try:
        folder = load_review(found)
    except InputError as error:
        raise InputError(
            [
                dataclasses.replace(item, path=item.path.replace(real, shown), message=item.message)
                for item in error.problems
            ]
        ) from error
    except Exception as error:
        if real in str(error):
            raise type(error)(str(error).replace(real, shown)) from error
        raise
    inputs = tuple(InputFile(i.path.replace(real, shown), i.bytes, i.sha256) for i in folder.inputs)
    return Side(revision.shown, "revision", inputs, folder, {}, real, shown)
