"""The plan of a review: what it is, when it was frozen, and every departure from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.read.folder import Folder
from rupmeta.read.protocol import departures, plan_hash, plan_of
from rupmeta.render.tables import Column, Table
from rupmeta.render.writers.terminal import plain, render_table

__all__ = ["departures_table", "diff_screen", "frozen_sentence", "protocol_answer", "protocol_screen"]

Answer = Mapping[str, Any]


def protocol_answer(folder: Folder, *, with_plan: bool = False) -> dict[str, Any]:
    """Hash of the plan, its frozen versions and the departures; with the plan where it is asked for."""
    plan = plan_of(folder.review)
    frozen = folder.frozen
    answer: dict[str, Any] = {
        "declared": folder.declared,
        "sha256": plan_hash(plan),
        "frozen": frozen is not None,
        "versions": [
            {"date": v.date, "reason": v.reason, "sha256": v.sha256}
            for v in (frozen.versions if frozen else ())
        ],
        "departures": [
            {
                "field": d.name,
                "before": d.before,
                "after": d.after,
                "amended": None
                if d.amended is None
                else {"date": d.amended.date, "reason": d.amended.reason},
                "text": d.sentence,
            }
            for d in (departures(frozen, folder.review) if frozen else ())
        ],
    }
    if with_plan:
        answer["plan"] = plan
    return answer


def departures_table(answer: Answer) -> Table:
    """One row per departure."""
    columns = (Column("field", "Field"), Column("change", "Then → now"), Column("amendment", "Amendment"))
    rows = []
    for item in answer["departures"]:
        amended = item["amended"]
        said = "not announced" if amended is None else "; ".join(filter(None, amended.values())) or "undated"
        change = item["text"].partition(": ")[2].partition(" (amendment:")[0]
        rows.append({"field": item["field"], "change": change, "amendment": said})
    return Table("departures", "Departures from the frozen protocol", columns, tuple(rows))


def frozen_sentence(answer: Answer) -> str:
    """When the plan was frozen, how often it was amended, and how many fields depart from it."""
    if not answer["frozen"]:
        return "The plan has not been frozen: rupmeta protocol freeze --date 2026-01-10"
    first, amendments = answer["versions"][0], len(answer["versions"]) - 1
    when = f"on {first['date']}" if first["date"] else "(no date given)"
    later = f", amended {amendments} time{'s' * (amendments != 1)}" if amendments else ""
    count = len(answer["departures"])
    if not count:
        return f"The plan was frozen {when}{later}; nothing departs from it."
    silent = sum(item["amended"] is None for item in answer["departures"])
    unsaid = f", {silent} of them not announced" if silent else ", all announced"
    what = "1 field departs" if count == 1 else f"{count} fields depart"
    return f"The plan was frozen {when}{later}; {what} from it{unsaid}."


def protocol_screen(answer: Answer, *, color: bool) -> str:
    """The plan and its state."""
    from rupmeta.start.yaml_text import mapping_text

    parts = [frozen_sentence(answer), f"sha256 {answer['sha256']}", mapping_text(answer["plan"]).rstrip()]
    if answer["departures"]:
        parts.append(render_table(departures_table(answer), bold=color))
    return "\n\n".join(plain(part) if i < 2 else part for i, part in enumerate(parts))


def diff_screen(answer: Answer, *, color: bool) -> str:
    """Only the departures."""
    parts = [plain(frozen_sentence(answer))]
    if answer["departures"]:
        parts.append(render_table(departures_table(answer), bold=color))
    return "\n\n".join(parts)
