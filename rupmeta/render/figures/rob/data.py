"""What the figures of risk of bias show: judgements of studies, and their shares of the weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["MARKS", "RobData", "RobJudgement", "RobRow", "RobTool", "Severity"]

Severity = Literal["low", "some", "high", "critical", "unknown"]

#: What every judgement is marked with, so that no colour is needed to tell them apart.
MARKS: Mapping[Severity, str] = {"low": "+", "some": "−", "high": "×", "critical": "!", "unknown": "?"}


@dataclass(frozen=True, slots=True)
class RobJudgement:
    """A word of a tool: ``serious risk`` is of severity high."""

    severity: Severity
    label: str

    @property
    def mark(self) -> str:
        """The sign that it carries."""
        return MARKS[self.severity]


@dataclass(frozen=True, slots=True)
class RobRow:
    """A study; ``cells`` in the order of the tool's domains (None: not judged), ``weight`` in percent."""

    key: str
    label: str
    weight: float
    cells: tuple[RobJudgement | None, ...]


@dataclass(frozen=True, slots=True)
class RobTool:
    """A tool with the studies that were judged with it.

    ``domains`` in the tool's order; ``overall`` says that the last is the judgement of the whole study.
    ``words`` are its judgements, mildest first. ``shares``: by domain, the share of the weight of the whole
    synthesis under every word (percent).
    """

    name: str
    domains: tuple[str, ...]
    words: tuple[RobJudgement, ...]
    rows: tuple[RobRow, ...]
    shares: tuple[tuple[float, ...], ...]
    overall: bool = False


@dataclass(frozen=True, slots=True)
class RobData:
    """Risk of bias of one synthesis; ``unrated`` are (label, weight) of studies without judgements."""

    name: str
    title: str
    tools: tuple[RobTool, ...]
    unrated: tuple[tuple[str, float], ...] = ()
    banners: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
