"""Freezing the plan of a review, and announcing amendments to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from rupmeta.errors import UsageError
from rupmeta.read.folder import Folder
from rupmeta.read.layout import LOCK
from rupmeta.read.protocol import Frozen, Version, lock_text, plan_hash, plan_of
from rupmeta.start.new_study import write_new

__all__ = ["Freezing", "amend_plan", "freeze_plan"]


@dataclass(frozen=True, slots=True)
class Freezing:
    """The lock that was written, and where."""

    path: str
    frozen: Frozen


def _checked(date: str | None) -> str | None:
    """A date as ISO 8601; it is the user's, because no output depends on a clock."""
    if date is not None and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", date):
        raise UsageError(f"--date {date}: write 2026-01-10")
    return date


def _now(folder: Folder, date: str | None, reason: str | None) -> Version:
    if not folder.declared:
        raise UsageError(
            f"{folder.shown} has no review.yaml; there is no plan to freeze (rupmeta init writes one)"
        )
    plan = plan_of(folder.review)
    return Version(plan, plan_hash(plan), _checked(date), reason)


def freeze_plan(folder: Folder, date: str | None = None) -> Freezing:
    """Write the lock beside review.yaml; ``UsageError`` when the plan was frozen before."""
    if folder.frozen is not None:
        raise UsageError(
            f"{folder.file(LOCK)} exists: the plan was frozen before. rupmeta protocol amend --reason TEXT "
            "announces a change of it"
        )
    frozen = Frozen((_now(folder, date, None),))
    write_new(folder.path / LOCK, lock_text(frozen))
    return Freezing(folder.file(LOCK), frozen)


def amend_plan(folder: Folder, reason: str | None, date: str | None = None) -> Freezing:
    """Add the plan of now as an amendment; what was frozen first stays what departures are measured from."""
    if folder.frozen is None:
        raise UsageError("the plan has not been frozen; rupmeta protocol freeze does it")
    if not (reason or "").strip():
        raise UsageError("an amendment needs its reason: --reason 'A moderator that reviewers asked for'")
    version = _now(folder, date, " ".join(str(reason).split()))
    if version.sha256 == folder.frozen.versions[-1].sha256:
        raise UsageError("the plan has not changed since; there is nothing to announce")
    frozen = Frozen((*folder.frozen.versions, version))
    target = Path(folder.path) / LOCK
    temporary = target.with_name(f".{LOCK}.tmp")
    temporary.write_text(lock_text(frozen), encoding="utf-8", newline="\n")
    temporary.replace(target)
    return Freezing(folder.file(LOCK), frozen)
