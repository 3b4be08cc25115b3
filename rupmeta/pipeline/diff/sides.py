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

__all__ = ["Side", "open_sides"]

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
        studies = {
            Path(item.path).stem: item.sha256
            for item in self.inputs
            if item.path.endswith(".yaml") and Path(item.path).name != REVIEW
        }
        for file in () if self.folder is None else self.folder.studies:
            named = [route.sessions for effect in file.study.effects for route in effect.reported]
            for item in self.inputs:
                if any(name is not None and item.path.endswith(name) for name in named):
                    studies[file.id] += item.sha256
        return studies

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
        return _results_side(name, read_results(path))
    if path.exists() or not _REVISION.fullmatch(name):
        folder = load_review(path)
        return Side(show(name), "folder", folder.inputs, folder)
    default = folders[0] if folders else Path("studies")
    revision = find_revision(name, near=[Path.cwd(), *folders], path=default)
    into = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rupmeta-"))).resolve()
    found = revision.extract(into)
    if revision.kind == "blob":
        return _results_side(revision.shown, read_results(found, revision.shown))
    return _revision_side(revision, found)


def _results_side(name: str, body: Mapping[str, Any]) -> Side:
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
