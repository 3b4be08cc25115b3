"""Values as YAML text that reads back as the same values, here and in YAML 1.1 tools."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from rupmeta.read.yaml_files import resolve_plain

__all__ = ["Printed", "flow_text", "mapping_text", "scalar_text"]

WIDTH = 110

#: Text that needs no quotes, in block and in flow context.
_PLAIN = re.compile(r"[^\W\d_](?:[\w./()'&+%-]| (?! ))*\Z")
#: Words that some YAML reads as something else than text.
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)?(?:\.\d+)?(?:[eE][-+]?\d+)?\Z")


class Printed(str):
    """A number in the characters that were printed: ``.30`` stays ``.30``."""

    __slots__ = ()


def scalar_text(value: Any) -> str:
    """One value.

    >>> [scalar_text(v) for v in (None, True, 3, 0.1, Printed(".30"), "late", "no", "012", "a: b")]
    ['null', 'true', '3', '0.1', '.30', 'late', '"no"', '"012"', '"a: b"']
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Printed):
        if not _NUMBER.match(value) or not isinstance(resolve_plain(str(value)), int | float):
            raise ValueError(f"{value!r} is not printed as a number")
        return str.__str__(value)
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    plain = (
        _PLAIN.match(text)
        and text.lower() not in _WORDS
        and text == text.strip()
        and resolve_plain(text) == text
        and " #" not in text
    )
    return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    """Double quotes as in JSON; signs that a YAML file may not hold are escaped."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if _printable(char) else f"\\u{ord(char):04x}" for char in quoted)


def _printable(char: str) -> bool:
    code = ord(char)
    return not (code == 0x7F or 0x80 <= code <= 0x9F or code in (0x2028, 0x2029, 0xFEFF))


def flow_text(value: Any) -> str:
    """A value on one line: ``{r: .29, n: 79}``, ``[a, b]``."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(k)}: {flow_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(flow_text(item) for item in value) + "]"
    return scalar_text(value)


def _key(key: str) -> str:
    return (
        key if re.fullmatch(r"[a-zA-Z]\w*", key, re.ASCII) and resolve_plain(key) == key else scalar_text(key)
    )


def mapping_text(values: Mapping[str, Any], indent: int = 0) -> str:
    """A mapping, one key a line; what is flat and short stands on one line, long text is folded."""
    return "".join(line + "\n" for line in _mapping_lines(values, indent))


def _mapping_lines(values: Mapping[str, Any], indent: int) -> list[str]:
    lines: list[str] = []
    for key, value in values.items():
        head = f"{' ' * indent}{_key(key)}:"
        lines += _entry(head, value, indent)
    return lines


def _entry(head: str, value: Any, indent: int) -> list[str]:
    if _is_flat(value) and len(line := f"{head} {flow_text(value)}") <= WIDTH:
        return [line]
    if isinstance(value, Mapping):
        return [head, *_mapping_lines(value, indent + 2)] if value else [f"{head} {{}}"]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [head, *(line for item in value for line in _item(item, indent + 2))]
    return [f"{head} {scalar_text(value)}"]


def _item(value: Any, indent: int) -> list[str]:
    lead = " " * indent + "- "
    if (
        isinstance(value, Mapping)
        and value
        and not (_is_flat(value) and len(flow_text(value)) < WIDTH - indent)
    ):
        lines = _mapping_lines(value, indent + 2)
        return [lead + lines[0][indent + 2 :], *lines[1:]]
    return [lead + flow_text(value)]


def _is_flat(value: Any) -> bool:
    """A scalar, or a collection that holds only scalars and lists of scalars."""
    if isinstance(value, Mapping):
        return all(not isinstance(item, Mapping) and _is_flat(item) for item in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return all(_is_scalar(item) for item in value)
    return True


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str) or not isinstance(value, Mapping | Sequence)
