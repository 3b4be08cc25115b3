"""A fault of a file: where, which, how bad, and the sentence that says what to do."""

from __future__ import annotations

from dataclasses import dataclass

from rupmeta.results import Severity

__all__ = ["Problem"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding with its address; findings sort by path, line, column and code.

    ``line`` and ``column`` are 1-based and point at the value; at the key if the key is at fault; at the parent's
    key if something is missing. ``key`` is the dotted path inside the file: ``effects[0].reported[0].r``.
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
