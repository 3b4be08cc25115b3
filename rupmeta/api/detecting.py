"""Ruptures and repairs in session-level ratings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from rupmeta.api.results import Result
from rupmeta.errors import unknown_choice

if TYPE_CHECKING:
    from rupmeta.pipeline.detect import Detected
    from rupmeta.render.numbers import NumberStyle
    from rupmeta.render.tables import Table

__all__ = ["Episodes", "detect_episodes"]


@dataclass(frozen=True, repr=False)
class Episodes(Result):
    """Clients with their ruptures and repairs, and the effect size that they yield."""

    command: ClassVar[str] = "detect"

    detected: Detected
    invented: bool

    @property
    def synthetic(self) -> bool:
        """Whether the ratings were said to be invented."""
        return self.invented

    def _table(self, style: NumberStyle) -> Table:
        from rupmeta.render.detect.screen import clients_table

        del style
        return clients_table(self.answer)

    def _screen(self, style: NumberStyle) -> str:
        from rupmeta.render.detect.screen import detect_screen

        return detect_screen(self.answer, style, color=False, synthetic=self.invented)

    def _blocks(self, style: NumberStyle) -> list[Table | str]:
        from rupmeta.render.detect.screen import clients_table, count_sentence, effect_lines, shares_table

        effect = self.answer.get("effect")
        return [
            count_sentence(self.answer),
            shares_table(self.answer),
            clients_table(self.answer, limit=20),
            *(effect_lines(effect, style) if effect else []),
        ]

    def _line(self) -> str:
        return f"{len(self.answer['clients'])} clients by {self.answer['rule']['name']}"


def detect_episodes(
    ratings: str | os.PathLike[str],
    *,
    rule: str = "mean-sd",
    settings: Mapping[str, Any] | None = None,
    columns: Mapping[str, str] | None = None,
    outcome: str | None = None,
    baseline: str | None = None,
    better: Literal["lower", "higher"] | None = None,
    comparison: str = "unrepaired-rupture",
    level: float = 0.95,
    resamples: int = 2000,
    replications: int = 1000,
    seed: int = 20260101,
    synthetic: bool = False,
) -> Episodes:
    """Find ruptures and repairs in a CSV or Parquet file of session-level alliance ratings.

    ``settings``: what else counts as a rupture and its repair, keys as in the ``detect`` mapping of a study
    file (``{"k": 1.0, "repair": "fraction", "window": 3, "scale": "WAI-SR"}``). ``columns``: which columns of
    the file are client, session and score. With ``outcome`` (and ``better``, which way it runs) the effect of
    repair is computed too. Raises ``InputError`` with every fault of the file.
    """

    from rupmeta.detect.rules import RULES
    from rupmeta.detect.settings import settings_from
    from rupmeta.pipeline.detect import Asked, detect_source
    from rupmeta.pipeline.detect_notes import detect_notes
    from rupmeta.pipeline.detect_sources import open_source
    from rupmeta.read.ratings.format import RatingsFormat
    from rupmeta.render.detect.answer import detect_answer

    if rule not in RULES:
        raise unknown_choice("rule", rule, RULES)
    asked = Asked(
        outcome=outcome, baseline=baseline, better=better, comparison=comparison, level=level, seed=seed,
        resamples=resamples, per_client=replications,
    )  # fmt: skip
    form = RatingsFormat(columns=dict(columns or {}), outcomes=asked.columns, direct=asked.items)
    source = open_source(os.fspath(ratings), settings_from({"rule": rule, **(settings or {})}), form)
    found = detect_source(source, asked)
    return Episodes(
        {**detect_answer(found), "synthetic": synthetic},
        tuple(detect_notes(found)),
        found,
        synthetic,
        inputs=(source.input,),
    )
