"""The defensible choices of an analysis: what ``review.yaml`` declares, else the tool's own set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from rupmeta.effects.options import ConversionOptions, conversion_options
from rupmeta.errors import UsageError
from rupmeta.pipeline.specification import Specification
from rupmeta.read.review import Analysis, Criteria, Inclusion, Multiverse
from rupmeta.read.study import Scalar

__all__ = ["DEFAULTS", "Choice", "Choices", "Variant", "list_choices"]

#: Alternatives of an analysis that declares none, beside what it declares.
DEFAULTS: Mapping[str, tuple[Scalar, ...]] = {
    "effects": ("aggregate", "first", "precise"),
    "rho": (0.3, 0.5, 0.7),
    "method": ("REML", "PM", "DL"),
    "test": ("adhoc", "z"),
    "influential": ("keep", "cook"),
    "split": ("observed", "equal"),
    "routes": ("all", "no-approximate", "direct"),
    "adjusted": (True, False),
}
#: Pooled beside the analysis' own scale: correlations as they are beside Fisher's z, and the other way round.
BESIDE: Mapping[str, str] = {"ZCOR": "COR", "COR": "ZCOR"}
AS_DECLARED = "as declared"
VERIFIED = "verified only"


@dataclass(frozen=True, slots=True)
class Variant:
    """One way of deciding which effects are in, on top of the analysis."""

    name: str
    where: Mapping[str, Scalar | list[Scalar]]
    unless: Mapping[str, Scalar | list[Scalar]]
    criteria: Criteria | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice and its options, the declared one first; ``options`` are what the pipeline works with."""

    name: str
    options: tuple[Scalar, ...]


@dataclass(frozen=True)
class Choices:
    """All choices in order; ``variants`` belong to the options of ``include`` by position.

    ``default``: nothing was declared. ``options``: conversions of the analysis itself.
    """

    choices: tuple[Choice, ...]
    variants: tuple[Variant, ...]
    options: ConversionOptions
    default: bool

    def options_of(self, name: str) -> tuple[Scalar, ...]:
        """The options of a choice."""
        return next(choice.options for choice in self.choices if choice.name == name)

    @property
    def conversions(self) -> tuple[str, ...]:
        """The conversions that are varied."""
        own = {field.name for field in fields(ConversionOptions)}
        return tuple(choice.name for choice in self.choices if choice.name in own)


def list_choices(specification: Specification, *, provisional: bool) -> Choices:
    """The choices of an analysis with the specification's own option first in each.

    A choice that ``multiverse`` leaves out is not varied; without ``multiverse`` the tool's own set applies,
    with ``verified only`` among the ways of inclusion where some effects are ``provisional``.

    Raises ``UsageError`` for an unknown conversion or a value that it cannot take.
    """
    analysis = specification.analysis
    declared, default = analysis.multiverse, analysis.multiverse is None
    if declared is None:
        declared = _default_set(specification.measure, provisional)
    varied = {
        "effects": declared.effects,
        "measure": declared.measure,
        **(declared.conversions or {}),
        "rho": declared.rho,
        "method": declared.method,
        "test": declared.test,
        "influential": declared.influential,
    }
    for name, values in (declared.conversions or {}).items():
        _check_conversion(analysis, name, values)
    own = _own_options(specification)
    variants = (
        Variant(AS_DECLARED, {}, {}, None),
        *(Variant(item.name, item.where, item.unless, item.criteria) for item in declared.include or ()),
    )
    names = [variant.name for variant in variants]
    if len(set(names)) < len(names):
        raise UsageError(
            f"multiverse: include has the name {_twice(names)} twice; '{AS_DECLARED}' is the analysis itself"
        )
    choices = [Choice("include", tuple(names))]
    for name, options in varied.items():
        known: list[Scalar] = [own[name]]
        known += [option for option in options or () if option not in known]
        choices.append(Choice(name, tuple(known)))
    return Choices(tuple(choices), variants, conversion_options(analysis), default)


def _default_set(measure: str, provisional: bool) -> Multiverse:
    verified = [Inclusion(name=VERIFIED, where={"status": "verified"})] if provisional else []
    conversions = {name: list(DEFAULTS[name]) for name in ("split", "routes", "adjusted")}
    rest = {name: list(DEFAULTS[name]) for name in ("effects", "rho", "method", "test", "influential")}
    beside = [BESIDE[measure]] if measure in BESIDE else None
    return Multiverse.model_validate(
        {"include": verified, "measure": beside, "conversions": conversions, **rest}
    )


def _own_options(specification: Specification) -> dict[str, Scalar]:
    """What the analysis itself does in every choice."""
    options = conversion_options(specification.analysis)
    return {
        "effects": "aggregate",
        "measure": specification.measure,
        "rho": specification.rho,
        "method": specification.method,
        "test": specification.test,
        "influential": "keep",
        **{field.name: getattr(options, field.name) for field in fields(ConversionOptions)},
    }


def _check_conversion(analysis: Analysis, name: str, options: Sequence[Scalar]) -> None:
    """Every value must be one that ``conversions`` or ``assume`` could hold; ``UsageError`` as there."""
    key = "assume" if name == "pre_post_r" else "conversions"
    for option in options:
        conversion_options(analysis.model_copy(update={key: {name: option}}))


def _twice(names: Sequence[str]) -> str:
    return next(name for i, name in enumerate(names) if name in names[:i])
