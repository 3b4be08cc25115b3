"""Two ``results.json``: what differs, with the address of every number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rupmeta.render.report.reasons import RESULTS, Reason

__all__ = ["compare_results"]

#: Two machines agree to ten digits; a millionth of a percent is nobody's finding.
RELATIVE, ABSOLUTE = 1e-7, 1e-12
#: Keys by which rows of a list are told apart, so that a new study is one reason and not a shift of all.
NAMES = ("study", "effect", "name", "omitted", "added", "level", "code")


def compare_results(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Reason]:
    """Structure, texts, whole numbers and nulls exactly, other numbers to a relative 1e-7.

    ``inputs`` and ``version`` have reasons of their own. What reviewers ask first comes first (fields of
    studies, effects, pooled answers), the largest change before the smaller.
    """
    found = list(_compare(_without(old), _without(new), ()))
    return sorted(found, key=lambda reason: (reason.rank, -reason.size))


def _without(results: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in results.items() if key not in ("inputs", "version")}


def _compare(old: Any, new: Any, place: tuple[str, ...]) -> Iterator[Reason]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            if (key in old) != (key in new) and old.get(key) is None and new.get(key) is None:
                words = [None if key in side else "absent" for side in (old, new)]
                yield Reason("NUMBER", RESULTS, ".".join((*place, key)), *words)
                continue
            yield from _compare(old.get(key), new.get(key), (*place, key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _compare_lists(old, new, place)
    elif isinstance(old, float) or isinstance(new, float):
        numbers = all(isinstance(x, int | float) and not isinstance(x, bool) for x in (old, new))
        if not numbers or abs(old - new) > max(ABSOLUTE, RELATIVE * max(abs(old), abs(new))):
            yield _reason(old, new, place)
    elif old != new or isinstance(old, bool) != isinstance(new, bool):
        yield _reason(old, new, place)


def _compare_lists(old: list[Any], new: list[Any], place: tuple[str, ...]) -> Iterator[Reason]:
    before, after = _named(old), _named(new)
    if before is not None and after is not None:
        for name in dict.fromkeys((*before, *after)):
            yield from _compare(before.get(name), after.get(name), (*place, name))
    elif len(old) != len(new):
        yield Reason("NUMBER", RESULTS, ".".join(place), f"{len(old)} items", f"{len(new)} items")
    else:
        for i, (a, b) in enumerate(zip(old, new, strict=True)):
            yield from _compare(a, b, (*place, str(i)))


def _named(rows: list[Any]) -> dict[str, Any] | None:
    """Rows by their names, or None when they are not told apart by them."""
    named: dict[str, Any] = {}
    for row in rows:
        parts = [str(row[key]) for key in NAMES if row.get(key)] if isinstance(row, dict) else []
        if not parts or "/".join(parts[:2]) in named:
            return None
        named["/".join(parts[:2])] = row
    return named


def _reason(old: Any, new: Any, place: tuple[str, ...]) -> Reason:
    return Reason("NUMBER", RESULTS, ".".join(place), _summary(old), _summary(new))


def _summary(value: Any) -> Any:
    """A whole branch that came or went is not listed leaf by leaf."""
    return "…" if isinstance(value, dict | list) else value
