"""What a rule sees and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from rupmeta.read.folder import Folder, StudyFile
from rupmeta.read.routes import RouteSpec, match_keys
from rupmeta.read.study import Effect, Study
from rupmeta.read.yaml_files import KeyPath
from rupmeta.results import Severity

__all__ = [
    "Finding",
    "FolderRule",
    "Lint",
    "RouteView",
    "StudyRule",
    "StudyView",
    "concerns",
    "needs",
    "view_study",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at ``key``; ``severity`` only where it differs from that of its lint."""

    key: KeyPath
    message: str
    severity: Severity | None = None


@dataclass(frozen=True)
class RouteView:
    """One reported route: its effect, its address and the values that it gives."""

    file: StudyFile
    effect: Effect
    key: KeyPath
    values: Mapping[str, Any]

    def printed(self, name: str) -> str:
        """The value of ``name`` as it stands in the file."""
        value = self.values[name]
        if isinstance(value, list):
            texts = [self.file.printed((*self.key, name, i)) or f"{item:g}" for i, item in enumerate(value)]
            return f"[{', '.join(texts)}]"
        return self.file.printed((*self.key, name)) or str(value)

    @cached_property
    def spec(self) -> RouteSpec | None:
        """The route that the keys make; None when they make none."""
        return match_keys(frozenset(self.values))

    @cached_property
    def total(self) -> int | None:
        """People behind the route: n, or n1 + n2."""
        given = self.values
        if "n" in given:
            return int(given["n"])
        return given["n1"] + given["n2"] if "n1" in given and "n2" in given else None


@dataclass(frozen=True, slots=True)
class StudyView:
    """A study and its routes, gathered once for all rules."""

    file: StudyFile
    routes: tuple[RouteView, ...]
    keys: frozenset[str]

    @property
    def study(self) -> Study:
        """The record."""
        return self.file.study

    def without(self, keys: Iterable[KeyPath]) -> StudyView:
        """The same study without the routes at or above ``keys``."""
        bad = {key[:4] for key in keys}
        return replace(self, routes=tuple(route for route in self.routes if route.key not in bad))


StudyRule = Callable[[StudyView], Iterator[Finding]]
FolderRule = Callable[[Folder, tuple[StudyView, ...]], Iterator[tuple[StudyFile, Finding]]]


@dataclass(frozen=True, slots=True)
class Lint:
    """A code: how bad, what is wrong, why it matters, what triggers it and what to do (``catalogue.yaml``).

    ``also`` are the severities that it has in milder or graver cases. ``rule`` looks at one study,
    ``folder_rule`` at all together; a code that another stage reports has neither.
    """

    code: str
    severity: Severity
    family: str
    fault: str
    why: str
    trigger: str
    hint: str
    also: tuple[Severity, ...] = ()
    rule: StudyRule | None = None
    folder_rule: FolderRule | None = None


def needs(*keys: str) -> Callable[[StudyRule], StudyRule]:
    """Run a rule only on studies with a route that gives one of ``keys``: most rules concern few studies."""

    def mark(rule: StudyRule) -> StudyRule:
        _NEEDED[rule] = frozenset(keys)
        return rule

    return mark


_NEEDED: dict[StudyRule, frozenset[str]] = {}


def concerns(rule: StudyRule, keys: frozenset[str]) -> bool:
    """Whether a rule can have something to say about a study whose routes give ``keys``."""
    wanted = _NEEDED.get(rule)
    return wanted is None or not wanted.isdisjoint(keys)


def view_study(file: StudyFile) -> StudyView:
    """Gather the routes of a study and the values that each of them gives."""
    routes: list[RouteView] = []
    for i, effect in enumerate(file.study.effects or ()):
        for j, route in enumerate(effect.reported or ()):
            held = route.__dict__
            values = {name: held[name] for name in route.keys_given()}
            routes.append(RouteView(file, effect, ("effects", i, "reported", j), values))
    keys = frozenset().union(*(route.values for route in routes))
    return StudyView(file, tuple(routes), keys)
