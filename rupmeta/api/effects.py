"""Studies → effect sizes, and single conversions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from rupmeta.api.data import Data, choose, open_data
from rupmeta.api.results import Result

if TYPE_CHECKING:
    import pandas as pd

    from rupmeta.effects.table import Effects
    from rupmeta.pipeline.specification import Condition, Overrides
    from rupmeta.read.folder import Folder
    from rupmeta.read.review import Approach, Measure, Method, TestName
    from rupmeta.render.numbers import NumberStyle
    from rupmeta.render.tables import Table

__all__ = ["Conversion", "EffectTable", "compute_effects", "convert_statistic"]


@dataclass(frozen=True, repr=False)
class EffectTable(Result):
    """The effects of one analysis, one row each.

    ``effects`` are the rows as numbers. Give the table to ``pool_effects`` and the others: they keep the
    choices that it was computed with.
    """

    command: ClassVar[str] = "effects"

    effects: Effects
    folder: Folder
    overrides: Overrides

    def __len__(self) -> int:
        """Number of effects."""
        return self.effects.k

    def routes(self) -> pd.DataFrame:
        """Every route to every effect, with its formula."""
        from rupmeta.render.results_tables import routes_table

        return routes_table(self.answer).to_frame()

    def _table(self, style: NumberStyle) -> Table:
        from rupmeta.render.results_tables import effects_table

        return effects_table(self.answer, style)

    def _screen(self, style: NumberStyle) -> str:
        from rupmeta.render.screens import effects_screen

        return effects_screen(self.answer, style, color=False)

    def _line(self) -> str:
        return f"{self.effects.k} effects on {self.effects.measure}, analysis {self.answer['analysis']}"


def compute_effects(
    data: Data = "studies",
    *,
    analysis: str | None = None,
    where: Mapping[str, Condition] | None = None,
    measure: Measure | None = None,
    method: Method | None = None,
    test: TestName | None = None,
    level: float | None = None,
    dependence: Approach | None = None,
    rho: float | None = None,
    preset: str | None = None,
    verified_only: bool = False,
) -> EffectTable:
    """One effect size for every effect of an analysis, by the best of its routes.

    ``data`` is a folder, what ``read_studies`` returns, or a data frame. What is left out follows
    ``review.yaml``. Raises ``EstimationError`` when no effect is left, and says why.

    >>> effects = compute_effects("studies/examples/molloy2014")
    >>> effects
    <EffectTable: 16 effects on ZCOR, analysis adherence>
    """
    from rupmeta.effects.notes import effect_notes
    from rupmeta.pipeline.analyse import prepare_effects, unique
    from rupmeta.render.answers import effects_answer

    folder, base = open_data(data)
    overrides = choose(
        base, folder, where, analysis=analysis, measure=measure, method=method, test=test, level=level,
        dependence=dependence, rho=rho, preset=preset, verified_only=verified_only,
    )  # fmt: skip
    prepared = prepare_effects(folder, overrides)
    spec = prepared.specification
    more = effect_notes(prepared.effects, analysis=spec.analysis, approach=spec.approach)
    return EffectTable(
        effects_answer(prepared),
        unique([*prepared.notes, *more]),
        prepared.single,
        folder,
        overrides,
        inputs=folder.inputs,
    )


@dataclass(frozen=True, repr=False)
class Conversion(Result):
    """One converted statistic; ``estimate`` is on the scale asked for, ``yi`` and ``vi`` on ``measure``."""

    command: ClassVar[str] = "convert"

    @property
    def estimate(self) -> float:
        """The value on the scale asked for."""
        return float(self.answer["estimate"])

    @property
    def yi(self) -> float:
        """The effect size on the scale ``measure``."""
        return float(self.answer["yi"])

    @property
    def vi(self) -> float:
        """Its sampling variance."""
        return float(self.answer["vi"])

    def _table(self, style: NumberStyle) -> Table:
        from rupmeta.render.results_tables import conversion_table

        del style
        return conversion_table(self.answer)

    def _screen(self, style: NumberStyle) -> str:
        from rupmeta.render.screens import convert_screen

        return convert_screen(self.answer, style)

    def _blocks(self, style: NumberStyle) -> list[Table | str]:
        return [self._table(style), *(str(step) for step in self.answer["formula"])]

    def _line(self) -> str:
        return f"{self.answer['to']} = {self.estimate:.4g}"


def convert_statistic(
    values: Mapping[str, Any], to: str = "z", *, design: str | None = None, level: float = 0.95
) -> Conversion:
    """Convert one printed statistic, given as in a study file, to ``to``: r, d, g, z, or, rr, or a measure.

    >>> round(convert_statistic({"t": 2.31, "df": 42}, "d").estimate, 4)
    0.7129
    """
    from rupmeta.effects.convert import check_design, convert_values

    pairs = [
        f"{key}={','.join(map(str, v)) if isinstance(v, list | tuple) else v}" for key, v in values.items()
    ]
    found = convert_values(pairs, to, design=check_design(design), level=level)
    return Conversion(found.as_dict(), found.notes)
