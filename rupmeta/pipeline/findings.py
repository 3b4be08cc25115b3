"""Everything that is doubtful about the files: the linter's findings, and routes that contradict each
other.
"""

from __future__ import annotations

from rupmeta.lint import lint_folder
from rupmeta.read.folder import Folder, StudyFile
from rupmeta.read.problems import Problem

__all__ = ["find_problems"]


def find_problems(folder: Folder) -> tuple[Problem, ...]:
    """Findings of all files, sorted by address.

    Routes are compared only in effects that have several or rest on a p value: converting them needs arrays,
    and a folder without such effects is checked without loading any.
    """
    problems = list(lint_folder(folder))
    doubtful = [file for file in folder.studies if _needs_conversion(file)]
    if doubtful:
        from rupmeta.effects.agreement import agreement_problems

        for file in doubtful:
            problems += agreement_problems(file)
    return tuple(sorted(set(problems)))


def _needs_conversion(file: StudyFile) -> bool:
    effects = file.study.effects
    return any(
        len(effect.reported) > 1 or any(r.p is not None for r in effect.reported) for effect in effects
    )
