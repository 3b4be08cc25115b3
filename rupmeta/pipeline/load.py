"""A studies folder without errors, with every doubt about it: the door through which all commands read."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from pathlib import Path

from rupmeta.errors import InputError
from rupmeta.lint import check_folder
from rupmeta.read.folder import Folder, StudyFile
from rupmeta.read.problems import Problem, sort_problems
from rupmeta.results import Note

__all__ = ["examine_review", "finding_notes", "load_review"]


def examine_review(path: str | Path, shown: str | None = None) -> tuple[Folder, tuple[Problem, ...]]:
    """Read and check a folder: faults of the files, implausible numbers, routes that contradict each other.

    Routes are compared only in effects that have several or rest on a p value: converting them needs arrays,
    and a folder without such effects is checked without loading any. Raises ``UsageError`` for what is no
    folder.
    """
    folder, problems = check_folder(path, shown)
    wrong = {p.path for p in problems if p.severity == "error" and p.key.startswith("effects")}
    doubtful = [file for file in folder.studies if file.path not in wrong and _needs_conversion(file)]
    if doubtful:
        from rupmeta.effects.agreement import agreement_problems

        explained = {
            (p.path, _effect_of(p)) for p in problems if p.code == "SDSE" and p.severity == "warning"
        }
        routes = (
            problem
            for file in doubtful
            for problem in agreement_problems(file)
            if problem.code not in _FOLLOWS or (problem.path, _effect_of(problem)) not in explained
        )
        problems = sort_problems({*problems, *routes})
    return folder, problems


#: Disagreements that follow when an SD is a standard error: one fault, one finding.
_FOLLOWS = frozenset({"ROUTE", "P-STAT"})


def _effect_of(problem: Problem) -> str:
    """``effects[0]`` of ``effects[0].reported[1]``."""
    return problem.key.split(".")[0]


def load_review(path: str | Path, shown: str | None = None) -> Folder:
    """The folder with its warnings and infos in ``problems``; ``InputError`` with all errors, if any.

    ``shown``: its name in messages and results, as typed without it.
    """
    folder, problems = examine_review(path, shown)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise InputError(errors)
    return dataclasses.replace(folder, problems=problems)


def finding_notes(folder: Folder, studies: Collection[str]) -> list[Note]:
    """Warnings about the files of ``studies``, and those that a reviewer accepted, as notes."""
    paths = {file.path for file in folder.studies if file.id in studies}
    return [
        Note(problem.code, problem.message, f"{problem.path}:{problem.line}", problem.severity)
        for problem in folder.problems
        if problem.path in paths and (problem.severity == "warning" or problem.accepted)
    ]


def _needs_conversion(file: StudyFile) -> bool:
    effects = file.study.effects
    return any(
        len(effect.reported) > 1 or any(r.p is not None for r in effect.reported) for effect in effects
    )
