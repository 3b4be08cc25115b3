"""An empty study file in which every field says what it is and what it may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from rupmeta.read.study import Citation, Effect, Outcome, Study
from rupmeta.start.yaml_text import Printed, flow_text

__all__ = ["EXAMPLE_ROUTES", "study_template"]

_COLUMN = 34
_HEAD = """\
# What the paper does not report stays null or is taken out; nothing is ever guessed.
# Type numbers as they are printed, with all their digits.
"""
_EFFECTS = """\
# For the first effect take the [] away, and the "# " before the lines below; keep the routes that the paper
# gives. An editor lists all others under the key "reported".
effects: []
"""

#: One line for every common way in which a paper prints an effect; a test reads each of them.
EXAMPLE_ROUTES: Sequence[tuple[Mapping[str, Any], str]] = (
    ({"r": Printed("-.31"), "n": 154}, "a correlation"),
    ({"t": Printed("-2.58"), "df": 78}, "a t test; or t, n1, n2"),
    ({"F": Printed("6.65"), "df1": 1, "df2": 78, "favours": "repair"}, "F has no sign: say whom it favours"),
    (
        {"mean1": Printed("8.1"), "sd1": Printed("5.2"), "n1": 40, "mean2": Printed("11.4"),
         "sd2": Printed("6.0"), "n2": 38},
        "group 1 is repair, or trained therapists",
    ),
    ({"d": Printed("-.58"), "n1": 40, "n2": 38}, "Cohen's d; g is Hedges'"),
    ({"beta": Printed("-.25"), "n": 120, "covariates": 2}, "a standardised regression coefficient"),
    ({"events1": 30, "n1": 40, "events2": 18, "n2": 38}, "counts"),
    ({"odds_ratio": Printed("3.3"), "ci": [Printed("1.3"), Printed("8.6")]}, "or risk_ratio, hazard_ratio"),
    ({"p": "<.01", "n": 80, "tails": 2, "favours": "repair"}, "only a p value"),
    ({"yi": Printed(".31"), "vi": Printed(".013"), "measure": "ZCOR"}, "computed elsewhere"),
)  # fmt: skip


def study_template(
    citation: Mapping[str, Any], *, relation: str = "repair-outcome", schema: str | None = None
) -> str:
    """The text of a new study file; ``schema`` is the path of the schema as seen from the file.

    Every key is there, with its description and its allowed values from the record itself, and is null until
    it is filled in, which the reader takes as not reported: the file is valid at once.
    """
    lines = [] if schema is None else [f"# yaml-language-server: $schema={schema}"]
    lines += _HEAD.splitlines()
    for name, field in Study.model_fields.items():
        if name == "effects":
            lines += ["", *_EFFECTS.splitlines(), *(f"# {line}".rstrip() for line in _effect_lines()), ""]
        elif name == "citation":
            lines += ["citation:", *_record_lines(Citation, citation, 2)]
        elif name == "relation":
            lines.append(_line(name, relation, field, 0))
        elif name == "extraction":
            lines += ["extraction:", *_record_lines(_record(field.annotation), {"status": "provisional"}, 2)]
        elif name == "moderators":
            lines.append(_comment("moderators: {}", "whatever else was coded, such as {mean_age: 34.5}", 0))
        elif name == "risk_of_bias":
            lines.append(
                _comment("risk_of_bias: null", "{tool: robins-i, domains: {confounding: serious}}", 0)
            )
        elif name == "accept":
            lines.append(_comment("accept: {}", "warnings that were looked into: {CODE: reason}", 0))
        elif (record := _record(field.annotation)) is not None:
            lines += [f"{name}:", *_record_lines(record, {}, 2)]
        else:
            lines.append(_line(name, None, field, 0))
    return "\n".join(lines).rstrip() + "\n"


def _record_lines(record: type[BaseModel] | None, values: Mapping[str, Any], indent: int) -> Iterator[str]:
    assert record is not None
    for name, field in record.model_fields.items():
        default = field.get_default(call_default_factory=True)
        yield _line(name, values.get(name, default if not isinstance(default, str) else None), field, indent)


def _line(name: str, value: Any, field: Any, indent: int) -> str:
    allowed = " | ".join(_choices(field.annotation))
    said = field.description or ""
    # A description that only lists the values adds nothing to the list.
    about = allowed if allowed and _only_lists(said, allowed) else f"{said}: {allowed}" if allowed else said
    return _comment(f"{name}: {flow_text(value)}", about, indent)


def _only_lists(said: str, allowed: str) -> bool:
    words = {word.strip(" ,.:") for word in said.replace(" or ", " ").split()}
    return words <= {*allowed.split(" | "), ""}


def _comment(text: str, about: str, indent: int) -> str:
    left = " " * indent + text
    return f"{left.ljust(_COLUMN)} # {about}" if about else left


def _record(annotation: Any) -> type[BaseModel] | None:
    """The record among the types of a field."""
    options = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    return next((t for t in options if isinstance(t, type) and issubclass(t, BaseModel)), None)


def _choices(annotation: Any) -> list[str]:
    if get_origin(annotation) is Literal:
        return [str(value) for value in get_args(annotation)]
    return [choice for part in get_args(annotation) for choice in _choices(part)]


def _effect_lines() -> Iterator[str]:
    """An effect with every field and every common route, as it stands under ``effects``."""
    shown = {"id": "main", "comparison": "unrepaired-rupture", "phase": "late"}
    outcome = {"name": "CORE-OM", "kind": "symptoms", "better": "lower"}
    first = True
    for name, field in Effect.model_fields.items():
        lead = "  - " if first else "    "
        first = False
        if name == "outcome":
            yield f"{lead}outcome:"
            yield from _record_lines(Outcome, outcome, 6)
        elif name == "reported":
            yield _comment(f"{lead}reported:", field.description or "", 0)
            for route, about in EXAMPLE_ROUTES:
                yield f"      - {flow_text(route)}  # {about}"
        elif name == "source":
            yield _comment(
                f'{lead}source: {{where: "Table 2, p. 130"}}', "always needed; quote: the words", 0
            )
        else:
            default = field.get_default(call_default_factory=True)
            empty: Any = None if default is None or name not in ("moderators", "outcome_r", "accept") else {}
            yield lead + _line(name, shown.get(name, empty), field, 4)[4:]
