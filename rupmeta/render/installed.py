"""What ``rupmeta doctor`` found, as JSON and on the screen."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from rupmeta.pipeline.installation import Check
from rupmeta.render.writers.terminal import plain

__all__ = ["doctor_screen", "installation_answer"]

_SIGNS = {"ok": "ok", "warn": "!", "fail": "FAIL", "absent": "-"}


def installation_answer(checks: Sequence[Check]) -> dict[str, Any]:
    """Every check, and whether nothing fails."""
    return {
        "ok": all(check.status != "fail" for check in checks),
        "checks": [dataclasses.asdict(check) for check in checks],
    }


def doctor_screen(answer: Mapping[str, Any]) -> str:
    """One line a check, by group; what to do stands behind what was found."""
    lines: list[str] = []
    group = None
    width = max(len(check["name"]) for check in answer["checks"])
    for check in answer["checks"]:
        if check["group"] != group:
            group = check["group"]
            lines += [*([""] if lines else []), group]
        advice = f": {check['advice']}" if check["advice"] else ""
        lines.append(f"  {_SIGNS[check['status']]:<4} {check['name']:<{width}}  {check['found']}{advice}")
    counts = {status: sum(c["status"] == status for c in answer["checks"]) for status in _SIGNS}
    lines += ["", _verdict(counts)]
    return "\n".join(plain(line) for line in lines)


def _verdict(counts: Mapping[str, int]) -> str:
    if counts["fail"]:
        return f"missing, and needed: {counts['fail']}"
    absent = (
        f"; {counts['absent']} extras are not installed, and most reviews do without"
        if counts["absent"]
        else ""
    )
    doubts = f"; {counts['warn']} to look at" if counts["warn"] else ""
    return f"everything needed is here{absent}{doubts}"
