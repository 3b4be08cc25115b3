"""The plan of a review, frozen: its hash, and every later departure from it, field by field."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rupmeta.read.problems import key_text
from rupmeta.read.review import Review
from rupmeta.read.yaml_files import Fault, KeyPath, Place
from rupmeta.results import Severity

__all__ = [
    "Departure",
    "Frozen",
    "Version",
    "departures",
    "lock_text",
    "plan_faults",
    "plan_hash",
    "plan_of",
    "read_lock",
]

SCHEMA = "rupmeta/protocol/1"

#: Parts of an analysis that are no plan: remarks, accepted warnings, published figures that are never pooled.
_NO_PLAN = frozenset({"accept", "note", "references"})


def plan_of(review: Review) -> dict[str, Any]:
    """Criteria and analyses with their defaults, without remarks; ``default`` is the first analysis.

    What is not said is left out, so that a field that a later version adds changes no hash.
    """
    criteria = review.criteria.model_dump(mode="json", exclude_none=True)
    analyses = {
        name: _said(analysis.model_dump(mode="json", exclude=set(_NO_PLAN)))
        for name, analysis in review.analyses.items()
    }
    return {"criteria": criteria, "analyses": analyses, "default": next(iter(review.analyses), None)}


def _said(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {key: _said(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner not in (None, {}, [])}
    return value


def plan_hash(plan: Mapping[str, Any]) -> str:
    """SHA-256 of the plan as JSON with sorted keys and no spaces: the layout of review.yaml is no plan."""
    text = json.dumps(plan, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Version:
    """A state of the plan: what it was, since when and why, as the reviewers gave them."""

    plan: Mapping[str, Any]
    sha256: str
    date: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Frozen:
    """The plan as it was frozen, and its amendments, oldest first."""

    versions: tuple[Version, ...]

    @property
    def first(self) -> Version:
        """The plan as it was frozen."""
        return self.versions[0]


@dataclass(frozen=True, slots=True)
class Departure:
    """A field of the plan that is not what it was: address, then, now (None: it was, or is, not there).

    ``amended``: the amendment that announced it; None when nothing did.
    """

    key: KeyPath
    before: Any
    after: Any
    amended: Version | None = None

    @property
    def name(self) -> str:
        """``analyses.repair.model.method``."""
        return key_text(self.key)

    @property
    def sentence(self) -> str:
        """What changed, from what to what, and the amendment if there is one."""
        change = f"{_shown(self.before)} → {_shown(self.after)}"
        if self.before is None:
            change = f"added, {_shown(self.after)}"
        elif self.after is None:
            change = f"dropped, was {_shown(self.before)}"
        if self.amended is None:
            return f"{self.name}: {change}"
        said = "; ".join(text for text in (self.amended.date, self.amended.reason) if text)
        return f"{self.name}: {change} (amendment: {said or 'undated'})"


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def departures(frozen: Frozen, review: Review) -> tuple[Departure, ...]:
    """Every difference between the plan that was frozen and the one of now, in the order of the plan."""
    now = plan_of(review)
    found = []
    for key, before, after in _differences(frozen.first.plan, now, ()):
        amended = next((v for v in frozen.versions[1:] if _at(v.plan, key) == after), None)
        found.append(Departure(key, before, after, amended))
    return tuple(found)


def _differences(old: Any, new: Any, key: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Leaves that differ; a whole analysis that came or went is one difference."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in [*old, *(name for name in new if name not in old)]:
            yield from _differences(old.get(name), new.get(name), (*key, name))
    elif old != new:
        yield key, old, new


def _at(plan: Any, key: Sequence[str | int]) -> Any:
    for part in key:
        if not isinstance(plan, Mapping):
            return None
        plan = plan.get(part)
    return plan


def lock_text(frozen: Frozen) -> str:
    """The lock file: JSON with sorted keys, so that a change of it is a readable difference."""
    versions = [
        {"date": v.date, "reason": v.reason, "sha256": v.sha256, "plan": v.plan} for v in frozen.versions
    ]
    body = {"schema": SCHEMA, "versions": versions}
    return json.dumps(body, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def read_lock(text: str) -> Frozen | Fault:
    """The frozen plan, or what is wrong with the file: it is written by the program, never by hand."""
    try:
        body = json.loads(text)
        if body["schema"] != SCHEMA:
            return _fault(f"is of another version ({body['schema']}); this rupmeta reads {SCHEMA}")
        versions = tuple(Version(v["plan"], v["sha256"], v["date"], v["reason"]) for v in body["versions"])
    except (ValueError, KeyError, TypeError) as error:
        return _fault(f"is no lock of a protocol ({type(error).__name__}); take it from the review's history")
    if not versions:
        return _fault("holds no plan; take it from the history of the review")
    for i, version in enumerate(versions):
        if plan_hash(version.plan) != version.sha256:
            return _fault(f"versions[{i}]: the plan is not the one that was hashed; take it from the history")
    return Frozen(versions)


def _fault(message: str) -> Fault:
    return Fault(1, 1, "PLAN-LOCK", (), message)


def plan_faults(frozen: Frozen, review: Review, locate: Any) -> tuple[Fault, ...]:
    """Departures as findings about review.yaml: a warning, or with an amendment an info."""
    faults = []
    for departure in departures(frozen, review):
        place: Place = locate(departure.key)
        severity: Severity = "warning" if departure.amended is None else "info"
        message = f"{departure.sentence.partition(': ')[2]}, since the protocol was frozen"
        faults.append(Fault(place.line, place.column, "PLAN", departure.key, message, severity))
    return tuple(faults)
