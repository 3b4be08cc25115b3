"""Small-study effects and selection in one analysis of a review."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, get_args

from rupmeta.effects.aggregate import aggregate_effects
from rupmeta.errors import UsageError, unknown_choice
from rupmeta.explore.bias.assess import Bias, BiasOptions, assess_bias
from rupmeta.explore.bias.asymmetry import EggerModel, Predictor
from rupmeta.explore.bias.selection import SelectionModel
from rupmeta.explore.bias.trim_and_fill import TrimEstimator
from rupmeta.pipeline.analyse import Prepared, correlational, prepare_effects, unique
from rupmeta.pipeline.specification import Overrides
from rupmeta.read.folder import Folder
from rupmeta.results import Note

__all__ = ["Assessed", "assess_review", "choose_options"]


@dataclass(frozen=True)
class Assessed:
    """An analysis with one effect per independent sample, and what may be missing from it."""

    prepared: Prepared
    bias: Bias
    notes: tuple[Note, ...]


def assess_review(
    folder: Folder, overrides: Overrides | None = None, options: BiasOptions | None = None
) -> Assessed:
    """Aggregate what shares a sample, then run every method with the method, test and level of the analysis.

    ``options`` gives the rest; Egger's mixed model takes z unless ``overrides`` name a test. Raises
    ``EstimationError`` when the analysis has no effects.
    """
    prepared = prepare_effects(folder, overrides)
    spec = prepared.specification
    notes = [correlational(prepared.subject, randomized=prepared.randomized), *prepared.notes]
    if spec.approach != "aggregate":
        effects = aggregate_effects(prepared.single, spec.rho, spec.weights)
        if effects.k < prepared.single.k:
            text = (
                f"asymmetry and selection are judged among independent effects: {prepared.single.k} effects "
                f"were aggregated to {effects.k} with rho = {spec.rho:g}"
            )
            notes.append(Note("DEP", text))
        prepared = dataclasses.replace(prepared, effects=effects)
    asked = None if overrides is None else overrides.test
    options = dataclasses.replace(
        options or BiasOptions(),
        method=spec.method,
        test=spec.test,
        level=spec.level,
        egger_test="z" if asked is None else spec.test,
    )
    bias = assess_bias(prepared.effects, options)
    return Assessed(prepared, bias, unique([*notes, *bias.notes]))


def choose_options(
    *,
    egger_model: str = "lm",
    egger_predictor: str | None = None,
    trim_estimator: str = "L0",
    selection: str = "step",
    steps: str = ".025",
    orwin_target: float | None = None,
) -> BiasOptions:
    """Options as words → checked options; ``UsageError`` says what is allowed."""
    if orwin_target is not None and not (math.isfinite(orwin_target) and orwin_target):
        raise UsageError(f"--orwin-target {orwin_target:g}: a number other than 0 on the analysis scale")
    return BiasOptions(
        egger_model=_choose("egger-model", egger_model, EggerModel),
        egger_predictor=None
        if egger_predictor is None
        else _choose("egger-predictor", egger_predictor, Predictor),
        trim_estimator=_choose("trim-estimator", trim_estimator, TrimEstimator),
        selection=_choose("selection", selection, SelectionModel),
        steps=_read_steps(steps),
        orwin_target=orwin_target,
    )


def _choose(option: str, value: str, names: Any) -> Any:
    allowed = get_args(names)
    for name in allowed:
        if name.lower() == value.lower():
            return name
    raise unknown_choice(f"--{option}", value, allowed)


def _read_steps(text: str) -> tuple[float, ...]:
    try:
        steps = tuple(sorted({float(part) for part in text.split(",")}))
    except ValueError:
        steps = ()
    if not steps or not all(0 < step < 1 for step in steps):
        raise UsageError(f"--steps {text}: write p values between 0 and 1, such as .025,.05")
    return steps
