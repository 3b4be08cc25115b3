"""A review on disk → its protocol, its studies, and every fault of every file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rupmeta.read.problems import Problem
from rupmeta.read.review import Analysis, Review
from rupmeta.read.study import Study

if TYPE_CHECKING:
    from rupmeta.read.yaml_files import Place

__all__ = ["Folder", "InputFile", "KeyPath", "StudyFile", "read_folder"]

#: ("effects", 0, "reported", 0, "r")
KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that the answer depends on; ``sha256`` of its text with LF line ends and no BOM."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class StudyFile:
    """A study with the text it was read from, so that every number keeps its address and its printed digits."""

    id: str
    path: str
    text: str
    study: Study

    def locate(self, key: KeyPath) -> Place:
        """Line and column (1-based) of the value at ``key``; of the nearest parent when it is absent."""
        raise NotImplementedError

    def printed(self, key: KeyPath) -> str | None:
        """The characters of the scalar at ``key`` as they stand in the file (``-.30``); None when absent."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Folder:
    """Everything read from a studies folder, studies sorted by id.

    ``problems`` holds the warnings and infos of reading; errors raise ``InputError`` in ``read_folder``.
    ``declared`` is False when there was no ``review.yaml`` (field defaults apply).
    """

    path: Path
    shown: str
    review: Review
    declared: bool
    studies: tuple[StudyFile, ...]
    inputs: tuple[InputFile, ...]
    problems: tuple[Problem, ...] = ()

    def analysis(self, name: str | None = None) -> tuple[str, Analysis]:
        """The analysis called ``name``, the first one by default; ``UsageError`` names those that exist."""
        raise NotImplementedError


def read_folder(path: str | Path, *, strict: bool = True) -> Folder:
    """Read ``review.yaml`` and every ``*.yaml`` study file directly in ``path``.

    Raises ``InputError`` with all faults of all files, unless ``strict`` is False: then the sound files are returned
    and ``problems`` holds the errors too (``rupmeta check`` uses this).
    """
    raise NotImplementedError
