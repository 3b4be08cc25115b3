"""What a review names beside its own files: two extractions of the same studies, and the version before."""

from __future__ import annotations

from dataclasses import dataclass

from rupmeta.errors import InputError
from rupmeta.pipeline.agreement.run import SEED, Concord, run_agreement
from rupmeta.pipeline.diff.run import Diff, run_diff
from rupmeta.pipeline.diff.sides import Side, results_side
from rupmeta.pipeline.load import examine_review, load_review
from rupmeta.read.documents import digest
from rupmeta.read.folder import Folder, InputFile
from rupmeta.read.named_reviews import FIRST, PREVIOUS, SECOND, named_reviews
from rupmeta.read.problems import Problem
from rupmeta.read.results_file import read_results

__all__ = ["Attached", "attached_errors", "compare_extractions", "compare_versions", "open_attached"]


@dataclass(frozen=True)
class Attached:
    """The folders that a protocol names, read; None where it names none.

    ``first`` and ``second`` are the extractions; without a ``first`` it is the review itself.
    """

    first: Folder | None = None
    second: Folder | None = None
    previous: Side | None = None
    files: tuple[InputFile, ...] = ()

    def inputs(self, folder: Folder) -> tuple[InputFile, ...]:
        """Every file that a report of ``folder`` depends on, by path."""
        found = {item.path: item for item in (*folder.inputs, *self.files)}
        return tuple(found[path] for path in sorted(found))


def open_attached(folder: Folder) -> Attached:
    """Read what the protocol of ``folder`` names; ``InputError`` with the faults of all of it at once."""
    names = named_reviews(folder.review)
    folders: dict[str, Folder] = {}
    problems: list[Problem] = []
    for key in (FIRST, SECOND, PREVIOUS):
        if key not in names or (folder.path / names[key]).is_file():
            continue
        try:
            folders[key] = load_review(folder.path / names[key], _shown(folder, names[key]))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    files = [item for found in folders.values() for item in found.inputs]
    previous = None
    if PREVIOUS in folders:
        before = folders[PREVIOUS]
        previous = Side(before.shown, "folder", before.inputs, before)
    elif PREVIOUS in names:
        path = _shown(folder, names[PREVIOUS])
        file = folder.path / names[PREVIOUS]
        raw = file.read_bytes()
        files.append(InputFile(path, len(raw), digest(raw)))
        previous = results_side(path, read_results(file, path))
    return Attached(folders.get(FIRST), folders.get(SECOND), previous, tuple(files))


def attached_errors(folder: Folder) -> tuple[Problem, ...]:
    """Errors in the folders that the protocol names, which would stop a report; no doubts about them."""
    found: list[Problem] = []
    for name in named_reviews(folder.review).values():
        if (folder.path / name).is_dir():
            problems = examine_review(folder.path / name, _shown(folder, name))[1]
            found += [problem for problem in problems if problem.severity == "error"]
    return tuple(found)


def _shown(folder: Folder, name: str) -> str:
    return folder.file(name.replace("\\", "/").rstrip("/"))


def compare_extractions(folder: Folder, attached: Attached, *, seed: int = SEED) -> Concord | None:
    """Both extractions, by the default analysis; None when the review names no second one.

    With a first extraction, the files of the review are what both settled on. ``seed``: of the bootstrap.
    """
    if attached.second is None:
        return None
    if attached.first is None:
        return run_agreement(folder, attached.second, seed=seed)
    return run_agreement(attached.first, attached.second, folder, seed=seed)


def compare_versions(folder: Folder, attached: Attached) -> Diff | None:
    """The version before and this one; None when the review names none."""
    if attached.previous is None:
        return None
    return run_diff(attached.previous, Side(folder.shown, "folder", folder.inputs, folder))
