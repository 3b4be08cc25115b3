"""A review on disk → its protocol, its studies, and every fault of every file."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rupmeta.errors import InputError, UsageError
from rupmeta.read.documents import decode, digest, parse_document, tree_of
from rupmeta.read.layout import (
    LOCK,
    REVIEW,
    list_files,
    name_faults,
    referenced_file,
    show,
    unread_files,
)
from rupmeta.read.named_reviews import named_faults, named_places
from rupmeta.read.problems import Problem, key_text, sort_problems
from rupmeta.read.review import Analysis, Review
from rupmeta.read.review_faults import review_faults
from rupmeta.read.rob_tools import SHIPPED, TOOLS_FOLDER, Tool, shipped_tool
from rupmeta.read.salvage import without_routes
from rupmeta.read.schema_faults import nearest
from rupmeta.read.study import Study
from rupmeta.read.study_faults import study_faults
from rupmeta.read.yaml_files import Fault, KeyPath, Place

if TYPE_CHECKING:
    from rupmeta.read.protocol import Frozen

__all__ = [
    "Folder",
    "InputFile",
    "KeyPath",
    "StudyFile",
    "read_folder",
    "without_collection",
]


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that the answer depends on; ``sha256`` of its text with LF line ends and no BOM."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class StudyFile:
    """A study with the text it was read from: every number keeps its address and its printed digits.

    ``label``: what it is called in tables and figures, where its citation does not say.
    """

    id: str
    path: str
    text: str
    study: Study
    label: str | None = None

    def locate(self, key: KeyPath) -> Place:
        """Line and column (1-based) of the value at ``key``; of the nearest parent when it is absent."""
        return tree_of(self.text).locate(key)

    def printed(self, key: KeyPath) -> str | None:
        """The characters of the scalar at ``key`` as they stand in the file (``-.30``); None when absent."""
        tree = tree_of(self.text)
        return tree.locate(key).text if tree.holds(key) else None


@dataclass(frozen=True, slots=True)
class Folder:
    """Everything read from a studies folder, studies sorted by id.

    ``problems`` holds the warnings and infos of reading; errors raise ``InputError`` in ``read_folder``.
    ``declared`` is False when there was no ``review.yaml`` (field defaults apply). ``damaged`` are the
    studies with errors, without the values at fault: only ``lint`` looks at them, to report all at once.
    ``unreadable`` counts the study files of which nothing could be read. ``framed``: the studies are the rows
    of a data frame, in its order, and there are no files. ``tools`` are those for risk of bias that studies
    name, by id. ``frozen`` is the plan that was frozen, if one was.
    """

    path: Path
    shown: str
    review: Review
    declared: bool
    studies: tuple[StudyFile, ...]
    inputs: tuple[InputFile, ...]
    problems: tuple[Problem, ...] = ()
    damaged: tuple[StudyFile, ...] = ()
    review_text: str | None = None
    unreadable: int = 0
    framed: bool = False
    tools: Mapping[str, Tool] = field(default_factory=dict)
    frozen: Frozen | None = None

    def analysis(self, name: str | None = None) -> tuple[str, Analysis]:
        """The analysis called ``name``, the first one by default; ``UsageError`` names those that exist."""
        analyses = self.review.analyses
        if name is None:
            return next(iter(analyses.items()))
        if name not in analyses:
            near = nearest(name, tuple(analyses))
            meant = f"did you mean {near}? " if near else ""
            raise UsageError(
                f"there is no analysis {name!r}; {meant}{self.file(REVIEW)} has {', '.join(analyses)}"
            )
        return name, analyses[name]

    def file(self, name: str) -> str:
        """The path of a file of this folder as messages show it."""
        return _join(self.shown, name)


def read_folder(path: str | Path, *, strict: bool = True, shown: str | None = None) -> Folder:
    """Read ``review.yaml`` and every ``*.yaml`` study file directly in ``path``.

    Raises ``InputError`` with all faults of all files, unless ``strict`` is False: then the sound files are
    returned and ``problems`` holds the errors too (``rupmeta check`` uses this). Raises ``UsageError`` when
    ``path`` is no folder of studies. Sub-folders are not read. ``shown``: its name in messages and results,
    as typed without it.
    """
    folder, shown = Path(path), show(path) if shown is None else shown
    names = list_files(folder, shown)
    with without_collection():
        read = _Reading(folder, shown)
        for name, fault in name_faults(names):
            read.add(name, (fault,))
        for name in names:
            if name == REVIEW:
                read.review(name)
            else:
                read.study(name)
        for name, fault in unread_files(folder, named_places(read.record)):
            read.add(name, (fault,))
        read.check_review()
        read.lock()
    result = read.folder_record()
    errors = [problem for problem in result.problems if problem.severity == "error"]
    if strict and errors:
        raise InputError(errors)
    return result


class _Reading:
    """What has been gathered so far from one folder."""

    def __init__(self, folder: Path, shown: str):
        self.folder = folder
        self.shown = shown
        self.record: Review | None = None
        self.review_text: str | None = None
        self.declared = False
        self.studies: list[StudyFile] = []
        self.damaged: list[StudyFile] = []
        self.inputs: dict[str, InputFile] = {}
        self.problems: list[Problem] = []
        self.unreadable = 0
        self.tools: dict[str, Tool] = {}
        self.frozen: Frozen | None = None

    def add(self, name: str, faults: Sequence[Fault]) -> None:
        """Bind faults to the file they were found in."""
        if not faults:
            return
        shown = _join(self.shown, name)
        self.problems.extend(
            Problem(shown, f.line, f.column, f.code, f.severity, key_text(f.key), f.message) for f in faults
        )

    def _text(self, name: str) -> str | None:
        try:
            with open(f"{self.folder}/{name}", "rb") as file:  # noqa: PTH123  # quicker than Path by a third
                raw = file.read()
        except OSError as error:
            self.add(name, (Fault(1, 1, "FILE-ENC", (), f"cannot be read: {error.strerror}"),))
            return None
        shown = _join(self.shown, name)
        self.inputs[shown] = InputFile(shown, len(raw), digest(raw))
        text, faults = decode(raw)
        self.add(name, faults)
        return None if faults else text

    def review(self, name: str) -> None:
        """Read the protocol."""
        self.declared = True
        text = self._text(name)
        if text is None:
            return
        document = parse_document(text, Review)
        self.add(name, document.faults)
        if document.sound:
            self.record, self.review_text = document.record, text

    def study(self, name: str) -> None:
        """Read one study."""
        text = self._text(name)
        if text is None:
            self.unreadable += 1
            return
        document = parse_document(text, Study)
        self.add(name, document.faults)
        if document.record is None:
            self.unreadable += 1
            return
        at_fault = frozenset(fault.key for fault in document.faults)
        more = (*study_faults(document.record, text, at_fault), *self._risk_of_bias(document.record, text))
        self.add(name, more)
        more = (*more, *self._sessions(name, document.record, text))
        wrong = [fault.key for fault in more if fault.severity == "error"]
        sound = document.sound and not wrong
        record = without_routes(document.record, wrong) if wrong else document.record
        file = StudyFile(name.removesuffix(".yaml"), _join(self.shown, name), text, record)
        (self.studies if sound else self.damaged).append(file)

    def _risk_of_bias(self, study: Study, text: str) -> tuple[Fault, ...]:
        """Judgements that their tool does not know; the tool is one that ships or a file of the review."""
        if study.risk_of_bias is None:
            return ()
        from rupmeta.read.rob_faults import rob_faults

        name = study.risk_of_bias.tool
        inside = f"{TOOLS_FOLDER}/{name}.yaml"
        if name not in self.tools and name in SHIPPED:
            self.tools[name] = shipped_tool(name)
        elif name not in self.tools and isinstance(referenced_file(self.folder, inside), Path):
            self._tool(name, inside)
        return rob_faults(study, text, self.tools)

    def _tool(self, name: str, inside: str) -> None:
        """Read a tool that the review describes itself."""
        text = self._text(inside)
        if text is not None:
            document = parse_document(text, Tool)
            self.add(inside, document.faults)
            if document.record is not None and document.sound:
                self.tools[name] = document.record

    def _sessions(self, name: str, study: Study, text: str) -> tuple[Fault, ...]:
        """Files of session ratings that the study points to."""
        faults: list[Fault] = []
        for i, effect in enumerate(study.effects):
            for j, route in enumerate(effect.reported):
                if not isinstance(route.sessions, str):
                    continue
                key: KeyPath = ("effects", i, "reported", j, "sessions")
                found = referenced_file(self.folder, route.sessions)
                if isinstance(found, tuple):
                    place = tree_of(text).locate(key)
                    faults.append(Fault(place.line, place.column, found[0], key, found[1]))
                else:
                    raw = found.read_bytes()
                    shown = _join(self.shown, route.sessions)
                    self.inputs[shown] = InputFile(shown, len(raw), digest(raw))
                    if found.suffix.lower() not in (".parquet", ".pq"):
                        from rupmeta.read.ratings.reader import check_ratings

                        wrong = check_ratings(raw, shown, route.outcome_column, route.detect)
                        self.problems.extend(problem for problem in wrong if problem not in self.problems)
        self.add(name, faults)
        return tuple(faults)

    def check_review(self) -> None:
        """Faults of the protocol that only the studies and the folder can show."""
        if self.record is not None and self.review_text is not None:
            self.add(REVIEW, tuple(named_faults(self.record, self.folder, self.review_text)))
            self.add(REVIEW, review_faults(self.record, self.review_text, [*self.studies, *self.damaged]))

    def lock(self) -> None:
        """The plan that was frozen, and every departure from it."""
        if not os.path.isfile(f"{self.folder}/{LOCK}"):  # noqa: PTH113  # quicker than Path
            return
        from rupmeta.read.protocol import plan_faults, read_lock

        text = self._text(LOCK)
        if text is None:
            return
        found = read_lock(text)
        if isinstance(found, Fault):
            self.add(LOCK, (found,))
            return
        self.frozen = found
        if self.record is not None or not self.declared:
            tree = tree_of(self.review_text or "rupmeta: 1\n")
            self.add(REVIEW, plan_faults(found, self._review(), tree.locate))

    def _review(self) -> Review:
        """The protocol; without analyses, one over all effects."""
        review = self.record if self.record is not None else Review(rupmeta=1)
        return review if review.analyses else review.model_copy(update={"analyses": {"all": Analysis()}})

    def folder_record(self) -> Folder:
        """Everything, sorted."""
        review = self._review()
        return Folder(
            path=self.folder,
            shown=self.shown,
            review=review,
            declared=self.declared,
            studies=tuple(sorted(self.studies, key=lambda file: file.id)),
            inputs=tuple(self.inputs[path] for path in sorted(self.inputs)),
            problems=sort_problems(self.problems),
            damaged=tuple(sorted(self.damaged, key=lambda file: file.id)),
            review_text=self.review_text,
            unreadable=self.unreadable,
            tools={name: self.tools[name] for name in sorted(self.tools)},
            frozen=self.frozen,
        )


def _join(shown: str, name: str) -> str:
    return name if shown == "." else f"{shown.rstrip('/')}/{name}"


#: New objects from which on a collection takes longer than a glance: those of some thousand studies.
_MANY_OBJECTS = 100_000


@contextmanager
def without_collection() -> Iterator[None]:
    """No garbage collection while reading: of thousands of records none is given up, and to look for cycles
    among them again and again takes time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            if gc.get_count()[0] > _MANY_OBJECTS:
                gc.freeze()  # the collection that is due now would look at every record, and free none
            gc.enable()
