"""Every exception that rupmeta raises on purpose.

RupmetaError
├── InputError         files with faults; carries all of them               exit 1
├── UsageError         a wrong option or argument                           exit 2
│   ├── FormulaError      a formula that is not understood                   exit 2
│   └── MissingExtraError   an optional package is not installed                 exit 2
└── EstimationError    nothing can be estimated, and why                    exit 3
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:  # a type only: this floor imports nothing
    from rupmeta.read.problems import Problem

__all__ = [
    "EstimationError",
    "FormulaError",
    "InputError",
    "MissingExtraError",
    "RupmetaError",
    "UsageError",
    "unknown_choice",
]


class RupmetaError(Exception):
    """Anything that rupmeta says no to; the message is written for the user."""

    exit_code: ClassVar[int] = 2


def unknown_choice(what: str, value: str, allowed: Iterable[str]) -> UsageError:
    """The error for a word that there is not: it names the nearest word, and all that there are.

    >>> print(unknown_choice("--method", "rmel", ["DL", "REML"]))
    --method rmel is not known; did you mean REML? choose one of DL REML
    """
    from difflib import get_close_matches

    names = list(allowed)
    folded = {name.lower(): name for name in reversed(names)}
    near = get_close_matches(value.lower(), list(folded), n=1, cutoff=0.6)
    meant = f"did you mean {folded[near[0]]}? " if near else ""
    return UsageError(f"{what} {value} is not known; {meant}choose one of {' '.join(names)}")


class InputError(RupmetaError):
    """Files that cannot be used as written. ``problems`` holds every fault, sorted by address."""

    exit_code = 1

    def __init__(self, problems: Sequence[Problem]):
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(RupmetaError):
    """An option or argument that makes no sense; says what is allowed."""

    exit_code = 2


class FormulaError(UsageError):
    """A formula with something in it that has no meaning here; the text is never run as code."""

    code: ClassVar[str] = "FORMULA"


class MissingExtraError(UsageError):
    """A package of an optional extra is needed and absent."""

    def __init__(self, extra: str, what: str):
        super().__init__(f"{what} needs the extra '{extra}': pip install 'rupmeta[{extra}]'")


class EstimationError(RupmetaError):
    """There is nothing to estimate; ``code`` is the note's code (K-FEW, CONV, …)."""

    exit_code = 3

    def __init__(self, message: str, code: str = "K-FEW"):
        self.code = code
        super().__init__(message)
