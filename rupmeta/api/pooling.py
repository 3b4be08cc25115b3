"""Effects → one pooled answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from rupmeta.api.data import Data, choose, open_data
from rupmeta.api.results import Result

if TYPE_CHECKING:
    import pandas as pd

    from rupmeta.pipeline.bayes import BayesSettings
    from rupmeta.pipeline.specification import Condition
    from rupmeta.pool.fit import Fit
    from rupmeta.read.review import Approach, Measure, Method, TestName
    from rupmeta.render.numbers import NumberStyle
    from rupmeta.render.tables import Table
    from rupmeta.results import Estimate, Interval

__all__ = ["ModelComparison", "Pooled", "compare_models", "pool_effects"]


@dataclass(frozen=True, repr=False)
class Pooled(Result):
    """One pooled answer: ``estimate`` on the analysis scale, ``reported`` on the scales that readers use."""

    command: ClassVar[str] = "pool"

    fit: Fit
    subject: str | None

    @property
    def k(self) -> int:
        """Number of effects in the model."""
        return self.fit.k

    @property
    def estimate(self) -> Estimate:
        """The pooled effect with its standard error, on the analysis scale."""
        return self.fit.estimate

    @property
    def prediction(self) -> Interval | None:
        """Interval for the true effect of a new study; None with fewer than three effects."""
        return self.fit.prediction

    @property
    def tau2(self) -> float | None:
        """Variance of the true effects, on the squared analysis scale."""
        return self.fit.heterogeneity.tau2

    @property
    def I2(self) -> float | None:
        """Share of the variance that is not sampling error, percent."""
        return self.fit.heterogeneity.I2

    @property
    def reported(self) -> Mapping[str, Mapping[str, float | None]]:
        """Scale (r, d …) → estimate, ci_lb, ci_ub, pi_lb, pi_ub."""
        shown: Mapping[str, Mapping[str, float | None]] = self.answer["reported"]
        return shown

    def summary(self) -> pd.DataFrame:
        """The pooled estimate on every scale, one row each."""
        from rupmeta.render.results_tables import pooled_table

        return pooled_table(self.answer).to_frame()

    def _table(self, style: NumberStyle) -> Table:
        from rupmeta.render.results_tables import studies_table

        return studies_table(self.answer, style)

    def _screen(self, style: NumberStyle) -> str:
        from rupmeta.render.screens import pool_screen

        return pool_screen(self.answer, self.subject, style, color=False)

    def _blocks(self, style: NumberStyle) -> list[Table | str]:
        from rupmeta.render.prose import describe_heterogeneity, describe_model, describe_pooled
        from rupmeta.render.results_tables import pooled_table, references_table

        references = references_table(self.answer, style)
        return [
            self._table(style),
            pooled_table(self.answer, style),
            describe_pooled(self.answer, self.subject, style),
            describe_heterogeneity(self.answer, style),
            f"Model: {describe_model(self.answer)}.",
            *([] if references is None else [references]),
        ]

    def _line(self) -> str:
        from rupmeta.render.numbers import ASCII
        from rupmeta.render.results_tables import first_scale, pooled_line

        return f"k = {self.k}, {pooled_line(self.answer, first_scale(self.answer), ASCII)}"


def pool_effects(
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
) -> Pooled:
    """Pool the effects of one analysis.

    Parameters
    ----------
    data
        A folder, what ``read_studies`` or ``compute_effects`` returns, or a data frame with ``yi``, ``vi``.
    analysis
        Name of an analysis of ``review.yaml``; None: the first.
    where
        Keep effects whose field has this value, or one of these values: ``{"phase": "late"}``.
    measure
        The scale that is pooled: ``ZCOR``, ``SMD``, ``OR``, …
    method
        Estimator of tau2: ``REML``, ``DL``, ``PM``, …; ``EE`` is the equal-effects model.
    test
        ``adhoc`` (Knapp and Hartung's, never narrower than z), ``knha``, ``t`` or ``z``.
    level
        Of intervals, a proportion such as 0.95.
    dependence, rho
        What is done with several effects of a sample, and the correlation between them.
    preset
        The settings of other software: ``cma``, ``metafor``, ``revman``, ``jasp``.
    verified_only
        Leave provisional effects out.

    What is left out follows ``review.yaml``; what departs from it is noted. Raises ``EstimationError`` when
    there is nothing to pool.

    >>> pooled = pool_effects("studies/examples/molloy2014", method="REML", test="z")
    >>> pooled
    <Pooled: k = 16, r = .15 [.09, .21]>
    >>> round(pooled.estimate.estimate, 4), round(pooled.tau2, 4)
    (0.1499, 0.0081)
    """
    from rupmeta.pipeline.analyse import synthesise
    from rupmeta.render.answers import pool_answer

    folder, base = open_data(data)
    overrides = choose(
        base, folder, where, analysis=analysis, measure=measure, method=method, test=test, level=level,
        dependence=dependence, rho=rho, preset=preset, verified_only=verified_only,
    )  # fmt: skip
    found = synthesise(folder, overrides)
    return Pooled(pool_answer(found), found.notes, found.fit, found.prepared.subject, inputs=folder.inputs)


@dataclass(frozen=True, repr=False)
class ModelComparison(Result):
    """The same question by other models: one row each."""

    command: ClassVar[str] = "pool"

    table: Table
    text: str

    def _table(self, style: NumberStyle) -> Table:
        del style
        return self.table

    def _screen(self, style: NumberStyle) -> str:
        del style
        return self.text

    def _line(self) -> str:
        return ", ".join(self.answer)


def compare_models(
    data: Data = "studies",
    kind: Literal["small_k", "bayes", "dependence"] = "small_k",
    *,
    settings: BayesSettings | None = None,
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
) -> ModelComparison:
    """Pool by every method for few studies, by the Bayesian model, or under every approach to dependence.

    ``settings`` holds priors and moderators of the Bayesian model. Raises as ``pool_effects``.
    """
    from rupmeta.errors import unknown_choice
    from rupmeta.pipeline.bayes import BayesSettings
    from rupmeta.render.numbers import ASCII
    from rupmeta.render.pooled.parts import PARTS, Asked

    if kind not in PARTS:
        raise unknown_choice("kind", kind, PARTS)
    folder, base = open_data(data)
    overrides = choose(
        base, folder, where, analysis=analysis, measure=measure, method=method, test=test, level=level,
        dependence=dependence, rho=rho, preset=preset, verified_only=verified_only,
    )  # fmt: skip
    found = PARTS[kind](Asked(folder, overrides, settings or BayesSettings()))
    return ModelComparison(
        found.answer, tuple(found.notes), found.table(ASCII), found.screen(ASCII, False), inputs=folder.inputs
    )
