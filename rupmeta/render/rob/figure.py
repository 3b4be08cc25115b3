"""From an answer about risk of bias to the traffic light and the summary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.errors import UsageError
from rupmeta.render.figures.rob.data import RobData, RobJudgement, RobRow, RobTool
from rupmeta.render.screens import SYNTHETIC

__all__ = ["rob_data", "rob_summary_data", "rob_tool"]

Answer = Mapping[str, Any]


def rob_data(
    answer: Answer,
    *,
    subject: str | None = None,  # noqa: ARG001  # one signature for every kind
    by: Answer | None = None,
) -> RobData:
    """Studies by domains."""
    return _data(answer, "rob", by)


def rob_summary_data(
    answer: Answer,
    *,
    subject: str | None = None,  # noqa: ARG001  # one signature for every kind
    by: Answer | None = None,
) -> RobData:
    """Domains by shares of the weight."""
    return _data(answer, "rob-summary", by)


def _data(answer: Answer, kind: str, by: Answer | None) -> RobData:
    if by is not None:
        raise UsageError("this figure has no subgroups; --by goes with forest, bubble and orchard")
    return RobData(
        name=f"{answer['analysis']}-{kind}",
        title=answer["question"] or answer["title"] or answer["analysis"],
        tools=tuple(rob_tool(tool, answer["judged"]) for tool in answer["tools"]),
        unrated=tuple((item["label"], item["weight"]) for item in answer["judged"] if item["tool"] is None),
        banners=(SYNTHETIC,) if answer["synthetic"] else (),
    )


def rob_tool(tool: Answer, judged: list[Answer]) -> RobTool:
    """One tool with the studies that were judged with it."""
    words = {item["id"]: RobJudgement(item["severity"], item["label"]) for item in tool["judgements"]}
    ids = [domain["id"] for domain in tool["domains"]]
    return RobTool(
        name=tool["name"],
        domains=tuple(domain["label"] for domain in tool["domains"]),
        words=tuple(words.values()),
        rows=tuple(
            RobRow(
                item["study"],
                item["label"],
                item["weight"],
                tuple(words.get(item["judgements"].get(domain, "")) for domain in ids),
            )
            for item in judged
            if item["tool"] == tool["id"]
        ),
        shares=tuple(tuple(tool["shares"][domain][word] for word in words) for domain in ids),
        overall=ids[-1:] == ["overall"],
    )
