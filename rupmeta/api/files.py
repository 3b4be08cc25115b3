"""The files themselves: findings, and who is in, who is out and why."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rupmeta.api.data import Data, open_data
from rupmeta.api.results import Result

if TYPE_CHECKING:
    import pandas as pd

    from rupmeta.read.problems import Problem
    from rupmeta.render.numbers import NumberStyle
    from rupmeta.render.tables import Table

__all__ = ["Findings", "ScreenedStudies", "check_studies", "screen_studies"]


@dataclass(frozen=True, repr=False)
class Findings(Result):
    """Every fault and doubt of every file, with its address, in ``problems``."""

    command: ClassVar[str] = "check"

    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Those that stop every computation."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    def _table(self, style: NumberStyle) -> Table:
        from rupmeta.render.findings import findings_table

        del style
        return findings_table(self.answer)

    def _screen(self, style: NumberStyle) -> str:
        from rupmeta.render.findings import write_text

        del style
        return write_text(self.answer["files"], self.problems).rstrip("\n")

    def _blocks(self, style: NumberStyle) -> list[Table | str]:
        return [*([self._table(style)] if self.problems else []), self._line()]

    def _line(self) -> str:
        from rupmeta.render.findings import summary_line

        return summary_line(self.answer["files"], self.problems)


def check_studies(path: str | os.PathLike[str] = "studies") -> Findings:
    """Read and check every file; findings are returned, not raised.

    >>> check_studies("studies/examples/molloy2014")
    <Findings: 17 files: 0 errors, 0 warnings, 0 infos>
    """
    from rupmeta.pipeline.load import examine_review
    from rupmeta.pipeline.protocol import protocol_problems
    from rupmeta.read.problems import sort_problems
    from rupmeta.render.findings import findings_result

    folder, problems = examine_review(os.fspath(path))
    problems = sort_problems({*problems, *protocol_problems(folder, problems)})
    files = len(folder.studies) + len(folder.damaged) + folder.unreadable + folder.declared
    return Findings(findings_result(files, problems), (), problems, inputs=folder.inputs)


@dataclass(frozen=True, repr=False)
class ScreenedStudies(Result):
    """Every study with its fate, and the PRISMA 2020 counts."""

    command: ClassVar[str] = "screen"

    def flow(self) -> pd.DataFrame:
        """The boxes of the PRISMA 2020 diagram that are known."""
        from rupmeta.render.screening import flow_table

        return flow_table(self.answer).to_frame()

    def _table(self, style: NumberStyle) -> Table:
        from rupmeta.render.screening import screen_table

        del style
        return screen_table(self.answer)

    def _screen(self, style: NumberStyle) -> str:
        from rupmeta.render.screening import screen_screen

        del style
        return screen_screen(self.answer, color=False)

    def _line(self) -> str:
        counts = self.answer["counts"]
        return (
            f"{counts['studies']} studies, {counts['with_effect']} with an effect, "
            f"{counts['no_effect']} without, {counts['excluded']} excluded"
        )


def screen_studies(data: Data = "studies") -> ScreenedStudies:
    """Apply the criteria of the review to every study.

    >>> screen_studies("studies/examples/molloy2014")
    <ScreenedStudies: 16 studies, 16 with an effect, 0 without, 0 excluded>
    """
    from rupmeta.render.screening import screen_answer
    from rupmeta.screen.flow import count_flow
    from rupmeta.screen.screening import screen_studies as screen

    folder, _ = open_data(data)
    screening = screen(folder)
    counts = count_flow(folder, screening)
    return ScreenedStudies(
        screen_answer(folder, screening, counts), tuple(counts.notes), inputs=folder.inputs
    )
