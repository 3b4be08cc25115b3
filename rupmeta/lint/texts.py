"""Text of a file that would act somewhere if nobody made it harmless: every writer does, and this says so.

The signs stay in the file and in JSON; what people and programs read is shown or escaped (information only).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from rupmeta.lint.findings import Finding, StudyRule, StudyView
from rupmeta.read.yaml_files import KeyPath

__all__ = ["RULES"]

#: Control characters (but tab and line ends) and signs that turn the direction of writing.
_ACTING = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_MARKUP = re.compile(r"</?[A-Za-z!][^<>]*>?|javascript:", re.IGNORECASE)
_FORMULA = re.compile(r"[=+@-]|[\t\r]")
_COMMAND = re.compile(r"::[a-z-]+(?: [^:]*)?::")
#: What a file must hold somewhere before its texts are looked at one by one.
_ESCAPED = re.compile(r"\\[xuUe0abv]|[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_STARTS = re.compile(r"""[:,\[{]\s*["']?[=@+]|[:,\[{]\s*["']?-[^\d.\s-]|["']\\[tr]""")
#: Fields that stand in no table.
_PROSE = ("quote", "note", "accept", "criterion")


def _acting(text: str) -> str | None:
    found = _ACTING.search(text)
    return None if found is None else f"U+{ord(found[0]):04X} in text is shown as \N{REPLACEMENT CHARACTER}"


def _markup(text: str) -> str | None:
    found = _MARKUP.search(text)
    return None if found is None else f"{found[0][:40]} is text here and is escaped in documents"


def _formula(text: str) -> str | None:
    if not _FORMULA.match(text):
        return None
    return (
        f"text that starts with {text[0]!r} gets an apostrophe in CSV files, so that no spreadsheet runs it"
    )


def _command(text: str) -> str | None:
    found = _COMMAND.search(text)
    return None if found is None else f"{found[0][:40]} is text here and is escaped in GitHub annotations"


def _check(
    study: StudyView, *, holds: re.Pattern[str], says: Callable[[str], str | None], prose: bool
) -> Iterator[Finding]:
    """One finding a text; files without any suspicious sign are not walked."""
    if holds.search(study.file.text) is None:
        return
    # A faulty file is salvaged in part, and its values need not be of their kind: pydantic would warn.
    for key, text in _texts(study.study.model_dump(exclude_unset=True, warnings=False), ()):
        if (prose or not any(part in _PROSE for part in key)) and (message := says(text)) is not None:
            yield Finding(key, message)


def _texts(value: Any, key: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Every text of a record with its address; names of moderators count as texts."""
    if isinstance(value, dict):
        for name, item in value.items():
            if key and key[-1] == "moderators":
                yield (*key, name), name
            yield from _texts(item, (*key, name))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _texts(item, (*key, i))
    elif isinstance(value, str):
        yield key, value


RULES: dict[str, StudyRule] = {
    "OUT-MARKUP": partial(_check, holds=_ESCAPED, says=_acting, prose=True),
    "OUT-HTML": partial(_check, holds=_MARKUP, says=_markup, prose=True),
    "OUT-CSV": partial(_check, holds=_STARTS, says=_formula, prose=False),
    "OUT-GH": partial(_check, holds=_COMMAND, says=_command, prose=True),
}
