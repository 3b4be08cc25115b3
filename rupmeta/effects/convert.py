"""One effect at the prompt: ``rupmeta convert r=.29 n=79 --to d``."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from pydantic import ValidationError

from rupmeta.effects.choose import compute_route
from rupmeta.effects.compute import setting_of
from rupmeta.effects.conversions import normal_half_width
from rupmeta.effects.measures import MEASURES
from rupmeta.effects.options import ConversionOptions
from rupmeta.effects.stations import Setting
from rupmeta.effects.table import Flag, RouteResult
from rupmeta.errors import EstimationError, UsageError, unknown_choice
from rupmeta.read.number_text import number_fault
from rupmeta.read.routes import half_a_route, match_route, what_is_missing, without_use
from rupmeta.read.study import Reported
from rupmeta.results import Note

__all__ = ["TARGETS", "Conversion", "check_design", "convert_values", "parse_pairs"]

Design = Literal["naturalistic", "randomized", "quasi-experimental", "case-series"]

#: Display target → (measure of the value, measure of the interval's ends, their transform).
_SCALES = {
    "r": ("COR", "ZCOR", math.tanh),
    "z": ("ZCOR", "ZCOR", float),
    "d": ("d", "d", float),
    "g": ("SMD", "SMD", float),
    "or": ("OR", "OR", math.exp),
    "rr": ("RR", "RR", math.exp),
}

#: Everything that ``--to`` takes.
TARGETS: tuple[str, ...] = (*_SCALES, *MEASURES)

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_LISTS = tuple(name for name, field in Reported.model_fields.items() if "list" in str(field.annotation))
_WORDS = ("measure", "favours", "sign", "note", "sessions", "outcome_column")


@dataclass(frozen=True, slots=True)
class Conversion:
    """A converted effect, in the printed direction.

    ``estimate``, ``ci_lb`` and ``ci_ub`` are on the scale asked for; ``vi`` and ``se`` belong to ``yi`` on
    ``measure`` (for an odds ratio the log). ``rounding``: the range of ``yi`` that the printed digits allow.
    """

    target: str
    measure: str
    estimate: float
    ci_lb: float
    ci_ub: float
    level: float
    yi: float
    vi: float
    se: float
    n: float | None
    route: str
    flag: Flag
    adjusted: bool
    formula: tuple[str, ...]
    approximate: str | None
    rounding: tuple[float, float] | None
    notes: tuple[Note, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The JSON form."""
        return {
            "to": self.target,
            "measure": self.measure,
            "estimate": self.estimate,
            "ci_lb": self.ci_lb,
            "ci_ub": self.ci_ub,
            "level": self.level,
            "yi": self.yi,
            "vi": self.vi,
            "se": self.se,
            "n": self.n,
            "route": self.route,
            "flag": self.flag,
            "adjusted": self.adjusted,
            "approximate": self.approximate,
            "formula": list(self.formula),
            "rounding": None
            if self.rounding is None
            else [end if math.isfinite(end) else None for end in self.rounding],
        }


def _value(key: str, text: str) -> Any:
    if key in _LISTS:
        items = [item.strip() for item in text.strip("[]() ").split(",")]
        if len(items) != 2:
            raise UsageError(f"{key}={text}: write both limits, as {key}=.10,.47")
        return [_value("", item) for item in items]
    if key == "adjusted":
        if text not in ("true", "false"):
            raise UsageError(f"adjusted={text}: write adjusted=true")
        return text == "true"
    if key in _WORDS or (key == "p" and text[:1] in "<>n"):
        return text
    if not _NUMBER.fullmatch(text):
        fault = number_fault(text)
        raise UsageError(f"{key}={text}: " + (fault[1] if fault else "a number is needed"))
    return int(text) if re.fullmatch(r"[-+]?\d+", text) else float(text)


def parse_pairs(pairs: Sequence[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """``["r=.29", "n=79"]`` → values by key, and the numbers as typed.

    Raises ``UsageError`` for what is no pair, an unknown or repeated key, or a value of the wrong kind.
    """
    values: dict[str, Any] = {}
    texts: dict[str, str] = {}
    for pair in pairs:
        key, equals, text = (part.strip() for part in pair.partition("="))
        if not equals or not text:
            raise UsageError(f"{pair}: write key=value, as r=.29 n=79")
        if key not in Reported.model_fields:
            near = difflib.get_close_matches(key, Reported.model_fields, 1, 0.6)
            raise UsageError(
                f"{key} is not a key of a route" + (f"; did you mean {near[0]}?" if near else "")
            )
        if key in values:
            raise UsageError(f"{key} is given twice")
        value = values[key] = _value(key, text)
        if isinstance(value, list):
            items = text.strip("[]() ").split(",")
            texts.update({f"{key}.{i}": item.strip() for i, item in enumerate(items)})
        elif not isinstance(value, str):
            texts[key] = text
    try:
        Reported(**values)
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None
    return values, texts


def check_design(design: str | None) -> Design | None:
    """The design, when there is such a one; ``UsageError`` names those that there are."""
    for name in get_args(Design):
        if design == name:
            return cast("Design", name)
    if design is None:
        return None
    raise unknown_choice("--design", design, get_args(Design))


def _find_target(to: str) -> str:
    for name in (to, to.lower(), to.upper()):  # OR is the log odds ratio that is pooled, or the ratio itself
        if name in TARGETS:
            return name
    raise unknown_choice("--to", to, TARGETS)


def convert_values(
    pairs: Sequence[str],
    to: str = "z",
    *,
    design: Design | None = None,
    level: float = 0.95,
    options: ConversionOptions | None = None,
) -> Conversion:
    """Convert one printed statistic to a measure (``SMD``) or a display scale (``r d g z or rr``).

    ``design`` decides between the variances for fixed and for random group sizes. A statistic without a sign
    and without ``favours`` is taken as positive, with a note.

    Raises ``UsageError`` for input that is no route, ``EstimationError`` when it does not give the target.

    >>> found = convert_values(["r=.29", "n=79"], "d")
    >>> round(found.estimate, 7), found.flag
    (0.6060437, 'approximate')
    """
    if not 0.5 < level < 1:
        raise UsageError(f"level {level}: it lies between .5 and 1, as 0.95")
    target = _find_target(to)
    values, texts = parse_pairs(pairs)
    spec = match_route(values)
    if spec is None:
        raise UsageError(what_is_missing(list(values)))
    if extra := without_use(spec, values):
        raise UsageError(
            half_a_route(spec, extra, values)
            or f"{', '.join(extra)}: no use beside {', '.join(spec.required)}; convert them one by one"
        )
    setting = setting_of(design, options or ConversionOptions())
    measure, ends, transform = _SCALES.get(target, (target, target, float))
    found = _computed(values, measure, setting, texts)
    assert found.yi is not None
    assert found.vi is not None
    limits = found if ends == measure else _computed(values, ends, setting, texts)
    assert limits.yi is not None
    assert limits.vi is not None
    half = normal_half_width(level) * math.sqrt(limits.vi)
    notes = found.notes
    if not spec.signed and "favours" not in values:
        notes = (
            *notes,
            Note("DIR", f"{spec.lead} has no sign; shown as positive, add favours=comparison to turn it"),
        )
    shown = transform(found.yi) if target in ("or", "rr") else found.yi
    return Conversion(
        target=target,
        measure=measure,
        estimate=shown,
        ci_lb=transform(limits.yi - half),
        ci_ub=transform(limits.yi + half),
        level=level,
        yi=found.yi,
        vi=found.vi,
        se=math.sqrt(found.vi),
        n=found.n,
        route=found.route,
        flag=found.flag,
        adjusted=found.adjusted,
        formula=tuple(found.formula.split("; ")),
        approximate=found.approximate,
        rounding=found.rounding,
        notes=notes,
    )


def _computed(values: dict[str, Any], measure: str, setting: Setting, texts: dict[str, str]) -> RouteResult:
    result, _ = compute_route(0, values, measure, setting, better=None, texts=texts)
    if result.problem is not None:
        raise EstimationError(result.problem.reason, result.problem.code)
    return result
