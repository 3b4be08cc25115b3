"""Why a report is stale, in the words of a reviewer: which study, which field, which answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rupmeta.render.labels import DISPLAY
from rupmeta.render.numbers import MISSING, number

__all__ = ["RESULTS", "Reason", "list_reasons", "removed_sentence"]

RESULTS = "results.json"
#: Lines of changed numbers that people see; the rest is counted.
SHOWN = 12
#: Parts of the results that stand beside the review, as the page calls them.
_BESIDE = {"double_extraction": "double extraction", "whats_new": "what’s new"}
#: Keys whose numbers have no scale of their own.
_KINDS = {"pval": "p", "I2": "percent", "weight": "weight", "k": "count", "tau2": "tau2"}


@dataclass(frozen=True, slots=True)
class Reason:
    """One way in which the report is stale: ``code``, the file, the place in it, and the two values.

    ``code``: NO-REPORT, VERSION, INPUT, NUMBER, FORMAT, RENDER, MISSING or STRAY.
    """

    code: str
    path: str
    where: str | None = None
    old: Any = None
    new: Any = None

    def __str__(self) -> str:
        """``NUMBER larsson2018/core-om r −.31 → −.13`` or ``INPUT studies/larsson2018.yaml: changed``."""
        if self.code == "NUMBER":
            place, kind = _place(self.where or self.path)
            return f"NUMBER {place} {_shown(self.old, kind)} → {_shown(self.new, kind)}"
        place = f"{self.path}: {self.where}" if self.where else self.path
        change = "" if self.old is None and self.new is None else f": {_shown(self.old)} → {_shown(self.new)}"
        return f"{self.code} {place}{change}"

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return asdict(self)

    @property
    def rank(self) -> int:
        """What people ask first: 0 a field of a study, 1 an effect, 2 a pooled answer, 3 the rest."""
        parts = (self.where or "").split(".")
        if parts[0] == "studies":
            return 0
        if parts[0] == "analyses" and parts[2:3] in (["effects"], ["pool"]) and parts[-1] == "estimate":
            if parts[2] == "effects" and "reported" in parts:
                return 1
            if parts[3:4] == ["reported"]:
                return 2
        if parts[0] == "double_extraction" and parts[3:4] == ["pooled"] and parts[-1] == "estimate":
            return 2 if "reported" in parts else 3
        return 3

    @property
    def size(self) -> float:
        """How large the change is, as a share of the larger value; other changes are infinite."""
        old, new = self.old, self.new
        if isinstance(old, int | float) and isinstance(new, int | float):
            return abs(old - new) / max(abs(old), abs(new), 1e-12)
        return float("inf")


def list_reasons(reasons: Sequence[Reason]) -> list[str]:
    """Lines for people: every reason, but of many changed numbers the first, and how many more there are.

    Fields of studies, effects and pooled answers come before everything that follows from them.
    """
    numbers = [reason for reason in reasons if reason.code == "NUMBER"]
    telling = [reason for reason in numbers if reason.rank < 3] or numbers
    shown = set(map(id, telling[:SHOWN]))
    lines: list[str] = []
    for reason in reasons:
        if reason.code != "NUMBER" or id(reason) in shown:
            lines.append(str(reason))
            shown.discard(id(reason))
            if reason.code == "NUMBER" and not shown and (rest := len(numbers) - len(telling[:SHOWN])):
                lines.append(f"NUMBER and {rest:,} more numbers of {RESULTS} (--json lists all)")
    return lines


def _place(where: str) -> tuple[str, str | None]:
    """``analyses.repair.pool.reported.r.estimate`` → ("repair: pooled r", "bounded")."""
    parts = where.split(".")
    kind = _KINDS.get(parts[-1])
    if parts[0] == "studies" and len(parts) > 1:
        rest = parts[2:]
        if rest[:1] == ["effects"] and len(rest) > 1:
            return f"{parts[1]}/{rest[1].rpartition('/')[2]} {'.'.join(rest[2:])}".rstrip(), None
        return f"{parts[1]} {'.'.join(rest)}".rstrip(), None
    if parts[0] == "double_extraction" and parts[3:4] == ["pooled"] and len(parts) > 5:
        return _scaled(f"{parts[2]} under {parts[4]}: pooled", parts[5:], kind)
    if parts[0] in _BESIDE and len(parts) > 1:
        return f"{_BESIDE[parts[0]]}: {'.'.join(parts[1:])}", kind
    if parts[0] == "detection" and len(parts) > 1:
        return f"sessions of {parts[1]}: {'.'.join(parts[2:])}".rstrip(": "), kind
    if parts[0] != "analyses" or len(parts) < 3:
        return where, kind
    name, stage, rest = parts[1], parts[2], parts[3:]
    subject = "pooled" if stage == "pool" else stage
    if stage in ("effects", "pool") and rest and "/" in rest[0]:
        subject, rest = rest[0], rest[1:]
    elif stage == "pool" and rest[:1] == ["effects"] and len(rest) > 1:
        subject, rest = f"{rest[1]}, as pooled,", rest[2:]
    return _scaled(f"{name}: {subject}", rest, kind)


def removed_sentence(removed: Sequence[str]) -> str:
    """What went with the report before, pages by name and the rest by kind: ``removed report.html …``."""
    whole = [path for path in removed if "/" not in path]
    kinds = Counter(
        f"{path.partition('/')[0]}/*.{path.rpartition('.')[2]}" for path in removed if "/" in path
    )
    told = whole + [f"{kind} ({count})" for kind, count in sorted(kinds.items())]
    return (
        f"removed {', '.join(told)} of the report before, which this one does not have "
        "(--formats names all that a report has)"
    )


def _scaled(subject: str, rest: list[str], kind: str | None) -> tuple[str, str | None]:
    """``["reported", "r", "ci_lb"]`` → ``subject r ci_lb``, with the kind of numbers on that scale."""
    if rest[:1] == ["reported"] and len(rest) == 3 and rest[1] in DISPLAY:
        tail = "" if rest[2] == "estimate" else f" {rest[2]}"
        return f"{subject} {rest[1]}{tail}", DISPLAY[rest[1]].kind
    return f"{subject} {'.'.join(rest)}".rstrip(), kind


def _shown(value: Any, kind: Any = None) -> str:
    if value is None:
        return "nothing"
    if kind is not None and isinstance(value, int | float) and not isinstance(value, bool):
        text = number(value, kind)
        return text if text != MISSING else "nothing"
    text = f"{value:.6g}".replace("-", "−") if isinstance(value, float) else str(value)
    return text if len(text) <= 80 else text[:79] + "…"
