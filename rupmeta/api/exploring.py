"""What makes a difference, what may be missing, and how far the answer can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from rupmeta.api.data import Data, choose, open_data
from rupmeta.api.results import Result
from rupmeta.errors import UsageError, unknown_choice

if TYPE_CHECKING:
    from rupmeta.explore.bias.assess import Bias
    from rupmeta.pipeline.specification import Condition
    from rupmeta.pool.fit import Fit
    from rupmeta.read.review import Approach, Measure, Method, TestName
    from rupmeta.render.numbers import NumberStyle
    from rupmeta.render.tables import Table

__all__ = [
    "BiasAssessment",
    "Moderators",
    "Multiverse",
    "Sensitivity",
    "assess_bias",
    "check_sensitivity",
    "explore_moderators",
    "run_multiverse",
]


@dataclass(frozen=True, repr=False)
class Moderators(Result):
    """One model (``fit`` holds it), or every declared moderator in a model of its own (``fit`` None)."""

    command: ClassVar[str] = "moderators"

    fit: Fit | None
    adjust: str

    def _table(self, style: NumberStyle) -> Table:
        from rupmeta.render.moderators.tables import coefficients_table, planned_table

        if self.fit is None:
            return planned_table(self.answer, style)
        return coefficients_table(self.answer, style)

    def _screen(self, style: NumberStyle) -> str:
        from rupmeta.render.moderators.screens import moderators_screen, planned_screen

        if self.fit is None:
            return planned_screen(self.answer, style, color=False)
        return moderators_screen(self.answer, style, color=False, adjust=self.adjust)

    def _blocks(self, style: NumberStyle) -> list[Table | str]:
        from rupmeta.render.moderators.prose import describe_moderators, describe_planned
        from rupmeta.render.moderators.tables import subgroups_table

        if self.fit is None:
            return [self._table(style), describe_planned(self.answer, style)]
        levels = [subgroups_table(self.answer, style)] if self.answer["subgroups"] else []
        return [*levels, self._table(style), describe_moderators(self.answer, style)]

    def _line(self) -> str:
        if self.fit is None:
            return f"{len(self.answer['moderators'])} moderators, one model each"
        return f"{self.answer['formula']}, k = {self.fit.k}"


def explore_moderators(
    data: Data = "studies",
    by: str | Sequence[str] | None = None,
    *,
    formula: str | None = None,
    reference: Mapping[str, str] | None = None,
    adjust: str = "holm",
    resamples: int = 1000,
    seed: int = 20260101,
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
) -> Moderators:
    """Ask whether the effect differs between kinds of studies.

    ``by``: one moderator, or several for a joint model; ``C(name)`` takes a number as categories. ``formula``
    such as ``"~ phase * sessions"`` in its place. Without either every declared moderator is tried in a model
    of its own, p values adjusted by ``adjust``. ``reference``: reference level of a category. ``resamples``
    for the interval of R2 (0: none). The rest as in ``pool_effects``.
    """
    from rupmeta.explore.contrasts import ADJUSTMENTS
    from rupmeta.explore.design import parse_moderator
    from rupmeta.explore.formula import parse_formula
    from rupmeta.pipeline.inspection import inspect_model
    from rupmeta.pipeline.regress import moderate_all, moderate_by
    from rupmeta.pipeline.specification import check_field
    from rupmeta.render.moderators.answers import moderators_answer, planned_answer

    if adjust not in ADJUSTMENTS:
        raise unknown_choice("adjust", adjust, ADJUSTMENTS)
    if by and formula:
        raise UsageError("by and formula both name a model; write one of them")
    folder, base = open_data(data)
    overrides = choose(
        base, folder, where, analysis=analysis, measure=measure, method=method, test=test, level=level,
        dependence=dependence, rho=rho, preset=preset, verified_only=verified_only,
    )  # fmt: skip
    wanted = [by] if isinstance(by, str) else list(by or ())
    if not wanted and formula is None:
        planned = moderate_all(folder, overrides, adjust=adjust)
        return Moderators(planned_answer(planned), planned.notes, None, adjust, inputs=folder.inputs)
    model = parse_formula(formula) if formula is not None else wanted
    names = [parse_moderator(name)[0] for name in wanted] if formula is None else model.variables  # type: ignore[union-attr]
    for name in names:
        check_field(folder, name, "by:" if formula is None else "formula:")
    try:
        prepared, moderated, notes = moderate_by(folder, model, overrides, reference=reference)
    except ValueError as error:
        raise UsageError(f"reference: {error}") from error
    inspection = inspect_model(
        prepared, moderated, model=model, adjust=adjust, reference=reference, iterations=resamples, seed=seed
    )
    answer = moderators_answer(prepared, moderated, inspection)
    return Moderators(answer, (*notes, *inspection.notes), moderated.fit, adjust, inputs=folder.inputs)


@dataclass(frozen=True, repr=False)
class BiasAssessment(Result):
    """Every method for what may be missing; ``bias`` holds their results as numbers."""

    command: ClassVar[str] = "bias"

    bias: Bias

    def _table(self, style: NumberStyle) -> Table:
        from rupmeta.render.bias.tables import comparison_table

        del style
        return comparison_table(self.answer)

    def _screen(self, style: NumberStyle) -> str:
        from rupmeta.render.bias.screen import bias_screen

        return bias_screen(self.answer, style, color=False)

    def _line(self) -> str:
        return f"k = {self.bias.k}, analysis {self.answer['analysis']}"


def assess_bias(
    data: Data = "studies",
    *,
    egger_model: Literal["lm", "rma"] = "lm",
    egger_predictor: Literal["sei", "vi", "sqrtninv"] | None = None,
    trim_estimator: Literal["L0", "R0", "Q0"] = "L0",
    selection: Literal["step", "beta"] = "step",
    steps: Sequence[float] = (0.025,),
    orwin_target: float | None = None,
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
) -> BiasAssessment:
    """Ask what may be missing: asymmetry, selection, and the answer under every adjustment.

    With fewer than 10 effects there are numbers and no verdicts, with fewer than 3 there are none. The model
    as in ``pool_effects``.
    """
    from rupmeta.pipeline.bias import assess_review, choose_options
    from rupmeta.render.bias.answer import bias_answer

    options = choose_options(
        egger_model=egger_model,
        egger_predictor=egger_predictor,
        trim_estimator=trim_estimator,
        selection=selection,
        steps=",".join(map(str, steps)),
        orwin_target=orwin_target,
    )
    folder, base = open_data(data)
    overrides = choose(
        base, folder, where, analysis=analysis, measure=measure, method=method, test=test, level=level,
        dependence=dependence, rho=rho, preset=preset, verified_only=verified_only,
    )  # fmt: skip
    found = assess_review(folder, overrides, options)
    return BiasAssessment(bias_answer(found), found.notes, found.bias, inputs=folder.inputs)


@dataclass(frozen=True, repr=False)
class Sensitivity(Result):
    """The same question asked otherwise; ``tables`` holds one table for every analysis."""

    command: ClassVar[str] = "sensitivity"

    tables: Mapping[str, Table]
    text: str

    def _table(self, style: NumberStyle) -> Table:
        del style
        return next(iter(self.tables.values()))

    def _screen(self, style: NumberStyle) -> str:
        del style
        return self.text

    def _blocks(self, style: NumberStyle) -> list[Table | str]:
        del style
        return [item for name, table in self.tables.items() for item in (name.replace("_", " "), table)]

    def _line(self) -> str:
        return ", ".join(self.tables)


def check_sensitivity(
    data: Data = "studies",
    *kinds: str,
    order: Literal["file", "year", "precision"] = "year",
    unit: Literal["sample", "study"] = "sample",
    smallest: float = 0.10,
    draws: int = 10_000,
    seed: int = 20260101,
    jobs: int = 1,
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
) -> Sensitivity:
    """Ask how far the answer depends on single studies and on choices that could be otherwise.

    ``kinds``: leave_one_out, cumulative, influence, estimators (the four of them without any), gosh,
    bootstrap, conversions, fragility, outliers, confounding. ``order`` of joining, ``unit`` of leaving,
    ``smallest`` correlation of interest for confounding, ``draws`` of the bootstrap. The model as in
    ``pool_effects``.
    """
    from rupmeta.render.numbers import APA, ASCII
    from rupmeta.render.sensitivity.part import Settings
    from rupmeta.render.sensitivity.parts import PARTS, STANDARD, join_screens, run_parts

    unknown = [kind for kind in kinds if kind not in PARTS]
    if unknown:
        raise unknown_choice("sensitivity analysis", unknown[0], PARTS)
    folder, base = open_data(data)
    overrides = choose(
        base, folder, where, analysis=analysis, measure=measure, method=method, test=test, level=level,
        dependence=dependence, rho=rho, preset=preset, verified_only=verified_only,
    )  # fmt: skip
    settings = Settings(smallest, seed, order, unit, draws, jobs)
    parts, notes = run_parts(kinds, folder, overrides, settings)
    answer = {key: value for part in parts for key, value in part.answer.items()}
    done = [kind for kind in (kinds or STANDARD) if kind in answer or len(kinds) == len(parts)]
    tables = {name: part.table(APA) for name, part in zip(done, parts, strict=True)}
    text = join_screens([part.screen(ASCII, False) for part in parts])
    return Sensitivity(answer, tuple(notes), tables, text, inputs=folder.inputs)


@dataclass(frozen=True, repr=False)
class Multiverse(Result):
    """Every defensible specification, one row each."""

    command: ClassVar[str] = "multiverse"

    def _table(self, style: NumberStyle) -> Table:
        from rupmeta.render.multiverse.words import specifications_table

        del style
        return specifications_table(self.answer)

    def _screen(self, style: NumberStyle) -> str:
        from rupmeta.render.multiverse.words import multiverse_screen

        return multiverse_screen(self.answer, style, color=False)

    def _blocks(self, style: NumberStyle) -> list[Table | str]:
        from rupmeta.render.multiverse.words import choices_table, describe_multiverse

        return [choices_table(self.answer, style), *describe_multiverse(self.answer, style)]

    def _line(self) -> str:
        return f"analysis {self.answer['analysis']}"


def run_multiverse(
    data: Data = "studies",
    *,
    permute: int = 500,
    seed: int = 20260101,
    jobs: int = 1,
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
) -> Multiverse:
    """Run an analysis under every combination of its defensible choices.

    ``permute``: sign flips that test the whole curve (0: none). The model as in ``pool_effects``.
    """
    from rupmeta.pipeline.multiverse import run_multiverse as run
    from rupmeta.render.multiverse.answer import multiverse_answer

    if permute < 0:
        raise UsageError(f"permute {permute}: a number of sign flips, or 0")
    folder, base = open_data(data)
    overrides = choose(
        base, folder, where, analysis=analysis, measure=measure, method=method, test=test, level=level,
        dependence=dependence, rho=rho, preset=preset, verified_only=verified_only,
    )  # fmt: skip
    found = run(folder, overrides, permute=permute, seed=seed, jobs=jobs)
    return Multiverse(multiverse_answer(found), found.notes, inputs=folder.inputs)
