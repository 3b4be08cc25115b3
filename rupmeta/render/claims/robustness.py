"""Claims about the answer without each sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rupmeta.render.claims.claim import Claim, Facts, Topic
from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import APA, NumberStyle, number
from rupmeta.render.results_tables import first_scale

__all__ = ["LEAVE_ONE_OUT", "leave_one_out_facts"]

Answer = Mapping[str, Any]

_RANGE = "With one sample left out at a time, {symbol} lay between {lowest} and {highest}"

LEAVE_ONE_OUT: Topic = (
    Claim(
        "LEAVE-ONE-OUT-HOLDS",
        ("moved", "rows"),
        lambda v: v["rows"] > 1 and v["moved"] == 0,
        _RANGE + ", and every interval lay where that of all samples lies.",
    ),
    Claim(
        "LEAVE-ONE-OUT-TURNS",
        ("moved", "rows"),
        lambda v: v["rows"] > 1 and v["moved"] > 0,
        _RANGE + "; the interval would lie elsewhere without {which}.",
    ),
)


def leave_one_out_facts(answer: Answer, style: NumberStyle = APA) -> Facts:
    """What ``LEAVE_ONE_OUT`` needs from the answer of leave-one-out."""
    scale = first_scale(answer)
    rows = [row for row in answer["leave_one_out"] if scale in row["reported"]]
    if not rows:
        return Facts({"rows": 0, "moved": 0})
    shown = [row["reported"][scale]["estimate"] for row in rows]
    moved = [row["label"] for row in rows if row["moved"]]
    display = DISPLAY[scale]
    which = moved[0] if len(moved) == 1 else f"any one of {len(moved)} samples ({'; '.join(moved)})"
    return Facts(
        {"rows": len(rows), "moved": len(moved)},
        {
            "symbol": display.symbol,
            "lowest": number(min(shown), display.kind, style),
            "highest": number(max(shown), display.kind, style),
            "which": which if moved else "",
        },
    )
