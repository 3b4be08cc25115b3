"""Tools for judging risk of bias: which domains they have and which words, as data files.

Four ship (``risk_of_bias/*.yaml``); a review describes others in files of the same form in a folder
``risk_of_bias`` beside its study files. A domain is known by its name, never by its position.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["OVERALL", "SHIPPED", "TOOLS_FOLDER", "Judgement", "Severity", "Tool", "shipped_tool"]

#: How bad a judgement is, whatever a tool calls it; ``unknown``: the study does not say enough.
Severity = Literal["low", "some", "high", "critical", "unknown"]

#: The judgement of a study as a whole, which every tool may carry beside its domains.
OVERALL = "overall"

TOOLS_FOLDER = "risk_of_bias"
_SHIPPED = Path(__file__).with_name(TOOLS_FOLDER)

#: The tools that ship.
SHIPPED = ("quips", "rob-2", "robins-e", "robins-i")


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Judgement(_Part):
    """A word of a tool: how it is printed and how bad it is."""

    label: str = Field(description="how it is printed, such as some concerns")
    severity: Severity = Field(description="low, some, high, critical, or unknown")


class Tool(_Part):
    """A tool: its name, its domains in order and its words, mildest first."""

    name: str = Field(description="how the tool is printed, such as ROBINS-I")
    source: str | None = Field(default=None, description="Where it is described")
    domains: Annotated[dict[str, str], Field(min_length=1)] = Field(description="domain: its words")
    judgements: Annotated[dict[str, Judgement], Field(min_length=1)] = Field(
        description="word: label and severity"
    )


@cache
def shipped_tool(ident: str) -> Tool:
    """A tool that ships; KeyError for any other.

    >>> shipped_tool("rob-2").judgements["some-concerns"].severity
    'some'
    """
    if ident not in SHIPPED:
        raise KeyError(ident)
    from rupmeta.read.documents import parse_document

    text = (_SHIPPED / f"{ident}.yaml").read_text(encoding="utf-8")
    record = parse_document(text, Tool).record
    assert record is not None  # a test reads them all
    return record
