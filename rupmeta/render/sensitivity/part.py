"""One analysis of ``rupmeta sensitivity``, done, and what only some of them need to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rupmeta.render.numbers import NumberStyle
from rupmeta.render.tables import Table
from rupmeta.results import Note

__all__ = ["Part", "Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What only some analyses need.

    ``smallest`` correlation of interest; ``order`` of joining and ``unit`` of leaving; draws of the
    ``bootstrap``; ``seed`` of random numbers, processes and address of heavy work.
    """

    smallest: float = 0.10
    seed: int = 20260101
    order: str = "year"
    unit: str = "sample"
    bootstrap: int = 0
    jobs: int = 1
    dask: str | None = None


@dataclass(frozen=True)
class Part:
    """One analysis, done: its JSON, its caveats, table, screen, and what its effects are about."""

    answer: Mapping[str, Any]
    notes: Sequence[Note]
    table: Callable[[NumberStyle], Table]
    screen: Callable[[NumberStyle, bool], str]
    subject: str | None = None
