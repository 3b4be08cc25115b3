"""A fault of a file: where, which, how bad, and the sentence that says what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rupmeta.results import Severity

__all__ = ["SEVERITIES", "Problem", "count_severities", "key_text", "sort_problems"]

#: From worst to mildest.
SEVERITIES: tuple[Severity, ...] = ("error", "exclusion", "warning", "info")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding with its address; findings sort by path, line, column and code.

    ``line`` and ``column`` are 1-based and point at the value; at the key if the key is at fault; at the
    parent's key if something is missing. ``key`` is the dotted path inside the file: ``effects[0].id``.
    """

    path: str
    line: int
    column: int
    code: str
    severity: Severity
    key: str
    message: str
    accepted: str | None = None

    def __str__(self) -> str:
        """``studies/x.yaml:14:9: error[R-BOUND] effects[0].reported[0].r: 1.4 is not …``."""
        key = f" {self.key}:" if self.key else ""
        return f"{self.path}:{self.line}:{self.column}: {self.severity}[{self.code}]{key} {self.message}"


def key_text(key: Sequence[str | int]) -> str:
    """A key path as messages show it.

    >>> key_text(("effects", 0, "reported", 1, "r"))
    'effects[0].reported[1].r'
    """
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def sort_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """By path, line, column, code, key and message: the same files give the same bytes."""
    return tuple(sorted(problems, key=lambda p: (p.path, p.line, p.column, p.code, p.key, p.message)))


def count_severities(problems: Iterable[Problem]) -> dict[Severity, int]:
    """How many findings there are of every severity."""
    counts: dict[Severity, int] = dict.fromkeys(SEVERITIES, 0)
    for problem in problems:
        counts[problem.severity] += 1
    return counts
