"""A quick reader of everyday YAML: block and flow mappings and lists of scalars, text folded by ``>-``.

It reads a sound study file about three times as fast as libyaml's event stream does, and declines whatever
it does not know for certain (anchors, tags, escapes, odd indentation, every fault): ``yaml_files.load_yaml``
then reads the file. Where it does not decline, both give the same values (``tests/read/test_plain_yaml.py``).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from rupmeta.read.yaml_files import MAX_DEPTH, MAX_NODES, is_doubtful, resolve_plain

__all__ = ["load_plain"]

_KEY = r"[A-Za-z_][A-Za-z0-9_.-]*"
# Indentation, dash, key and the rest of a line.
_LINE = re.compile(rf"( *)(- )?(?:({_KEY}):(?: +|$))?(.*)")
# The first character of plain text, then characters that mean nothing in YAML, inside { } and [ ].
_START = r"(?:[^\s,\[\]{}#&*!|>'\"%@`?:-]|-(?=[0-9.]))"
_FLOW_PLAIN = re.compile(rf"{_START}[^,\[\]{{}}#'\":\n]*")
_BLOCK_START = re.compile(_START)
_FLOW_KEY = re.compile(rf" *({_KEY}): +")
_DOUBLE = re.compile(r"\"([^\"\\\n]*)\"")
_SINGLE = re.compile(r"'([^'\n]*)'")
_FLAT = re.compile(r"\{[^,\[\]{}#'\"][^\[\]{}#'\"]*\}")
_NEXT = re.compile(r" *([,\]}]) *")
_ODD = re.compile("[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


# What a line holds, apart from its indentation, dash and key.
_FOLDED, _BLANK, _OPEN, _PLAIN, _CLOSED, _FLAT_MAP, _NESTED, _MORE = range(-1, 7)

#: What, indentation, dash, key, value. The value is still text where brackets nest or quotes are.
_Line = tuple[int, int, bool, str, Any]
_SHORT = 32


class _Declined:
    """What a scalar becomes that has to be looked at closely."""


class _DeclineError(Exception):
    """Not everyday YAML."""


def load_plain(text: str) -> dict[str, Any] | None:
    """The values of a file, or None when it holds anything that ``load_yaml`` has to look at."""
    if len(text) > MAX_NODES or "\t" in text or not (text.isascii() or _ODD.search(text) is None):
        return None  # with fewer characters than nodes allowed there is no need to count
    try:
        return _read_lines(text)
    except _DeclineError:
        return None


def _read_lines(text: str) -> dict[str, Any]:
    root: dict[str, Any] = {}
    #: Open mappings and lists: indentation and container. A list may stand at its key's own indentation.
    stack: list[tuple[int, Any]] = [(0, root)]
    waiting: tuple[int, dict[str, Any], str] | None = None  # a key whose value starts on the next line
    before: _Line | None = None  # the line just read, if its plain text may run on
    folded: _Folded | None = None
    container: Any = root
    top = 0
    for line in text.split("\n"):
        if folded is not None:
            if folded.takes(line):
                continue
            folded = None
        what, indent, dash, key, value = entry = _SEEN.get(line) or _look_at(line)
        if what == _BLANK:
            before = None
            continue
        if waiting is not None:
            outer, holder, name = waiting
            waiting = None
            if dash and indent >= outer:
                container = holder[name] = []
                stack.append((indent, container))
                top = indent
            elif key and indent > outer:
                container = holder[name] = {}
                stack.append((indent, container))
                top = indent
            elif indent > outer:
                raise _DeclineError
        if what == _MORE:
            before = _run_on(before, entry, container)
            continue
        while top > indent or (top == indent and not dash and type(container) is list):
            stack.pop()
            top, container = stack[-1]
        if top != indent or len(stack) >= MAX_DEPTH // 2:
            raise _DeclineError
        if what >= _FLAT_MAP:
            value = value.copy() if what == _FLAT_MAP else _nested(value)
        if dash:
            if type(container) is not list:
                raise _DeclineError
            if not key:
                container.append(value)
                before = entry
                continue
            top = indent + 2
            container.append({})
            container = container[-1]
            stack.append((top, container))
        if not key or type(container) is not dict or key in container:
            raise _DeclineError
        container[key] = value
        before = entry
        if what == _OPEN:
            waiting = (top, container, key)
        elif what == _FOLDED:
            before, folded = None, _Folded(container, key, top)
    if not root or (folded is not None and folded.indent is None):
        raise _DeclineError
    return root


class _Folded:
    """The text of a key whose value is ``>-``: lines join by blanks, empty lines are line breaks."""

    def __init__(self, holder: dict[str, Any], key: str, indent: int):
        self.holder, self.key, self.outer = holder, key, indent
        self.indent: int | None = None
        self.breaks = 0

    def takes(self, line: str) -> bool:
        """Whether ``line`` belongs to the text; adds it."""
        words = line.strip(" ")
        if not words:
            if len(line) > (self.indent or 0):
                raise _DeclineError
            self.breaks += 1
            return True
        indent = len(line) - len(line.lstrip(" "))
        if indent <= self.outer:
            if self.indent is None:
                raise _DeclineError
            return False
        if line[-1] == " " or (self.breaks and self.indent is None) or indent != (self.indent or indent):
            raise _DeclineError
        if self.indent is None:
            self.indent, self.holder[self.key] = indent, words
        else:
            self.holder[self.key] += ("\n" * self.breaks or " ") + words
        self.breaks = 0
        return True


#: Lines seen before: most lines of a study file stand in the next one too.
_SEEN: dict[str, _Line] = {}
_MOST_LINES = 32_768


def _look_at(line: str) -> _Line:
    """What a line holds; raises ``_DeclineError`` for what is not everyday YAML."""
    match = _LINE.fullmatch(line)
    assert match is not None  # every part of the pattern may be empty
    spaces, dash, key, rest = match.groups()
    indent = len(spaces)
    rest = rest.rstrip(" ")
    if not rest or rest[0] == "#":
        if dash and not key:
            raise _DeclineError
        found: _Line = (_OPEN, indent, bool(dash), key, None) if key else (_BLANK, 0, False, "", None)
    elif key and rest == ">-":
        found = (_FOLDED, indent, bool(dash), key, None)
    elif not key and not dash:
        found = (_MORE, indent, False, "", rest)
    elif rest[0] == "{" and _FLAT.fullmatch(rest):
        found = (_FLAT_MAP, indent, bool(dash), key or "", _flat(rest))
    elif rest[0] in "{[\"'":
        found = (_NESTED, indent, bool(dash), key or "", rest)
    elif " #" in rest:
        found = (_CLOSED, indent, bool(dash), key or "", _scalar(rest[: rest.index(" #")].rstrip(" ")))
    else:
        found = (_PLAIN, indent, bool(dash), key or "", _scalar(rest))
    if len(_SEEN) >= _MOST_LINES:
        _SEEN.clear()
    _SEEN[line] = found
    return found


def _run_on(before: _Line | None, line: _Line, container: Any) -> _Line:
    """Plain text that runs on in the next line: joined with a blank, where the first line was put."""
    if before is None or before[0] != _PLAIN:
        raise _DeclineError
    what, indent, dash, key, text = before
    more = line[4]
    start = indent + 2 if dash and key else indent
    if type(text) is not str or line[1] <= start or not more[:1].isalnum() or not _is_text(more):
        raise _DeclineError
    text = _scalar(f"{text} {more}")
    container[key if key else -1] = text
    return what, indent, dash, key, text


def _nested(rest: str) -> Any:
    """The value of a quoted text, or of brackets with brackets or quotes in them."""
    if rest[0] in "{[":
        value, end = _flow(rest, 0, 0)
        return _alone(value, rest[end:])
    match = (_DOUBLE if rest[0] == '"' else _SINGLE).match(rest)
    if match is None:
        raise _DeclineError
    return _alone(match.group(1), rest[match.end() :])


def _alone(value: Any, behind: str) -> Any:
    """``value``, if nothing but a comment stands behind it."""
    if (behind and not behind.startswith(" ")) or behind.lstrip(" ")[:1] not in ("", "#"):
        raise _DeclineError
    return value


def _is_text(text: str) -> bool:
    """Whether nothing in plain block text is a key or a comment."""
    return ": " not in text and " #" not in text and text[-1] != ":"


def _scalar(text: str) -> Any:
    """The value of plain text."""
    value = _known(text) if len(text) < _SHORT else _resolve(text)
    if value is _Declined:
        raise _DeclineError
    return value


def _resolve(text: str) -> Any:
    if not _BLOCK_START.match(text) or not _is_text(text):
        return _Declined
    value = resolve_plain(text)
    return _Declined if is_doubtful(text, value) else value


_known = lru_cache(maxsize=8192)(_resolve)


def _flat(text: str) -> dict[str, Any]:
    """A flow mapping of plain values, ``{r: -.31, n: 154}``, without a look at every character."""
    holder: dict[str, Any] = {}
    for pair in text[1:-1].split(","):
        key, colon, value = pair.partition(": ")
        key = key.strip(" ")
        if not colon or key in holder or not _is_key(key) or ":" in value:
            raise _DeclineError
        holder[key] = _scalar(value.strip(" "))
    return holder


@lru_cache(maxsize=1024)
def _is_key(text: str) -> bool:
    return re.fullmatch(_KEY, text) is not None


def _flow(text: str, at: int, depth: int) -> tuple[Any, int]:
    """The mapping or list that opens at ``at``, and the position behind its closing bracket."""
    if depth >= MAX_DEPTH // 2:
        raise _DeclineError
    is_map = text[at] == "{"
    close = "}" if is_map else "]"
    holder: Any = {} if is_map else []
    at += 1
    if text[at : at + 1] == close:
        return holder, at + 1
    while True:
        key = None
        if is_map:
            match = _FLOW_KEY.match(text, at)
            if match is None or match.group(1) in holder:
                raise _DeclineError
            key, at = match.group(1), match.end()
        elif text[at : at + 1] == " ":
            at += 1
        value, at = _flow_value(text, at, depth)
        if is_map:
            holder[key] = value
        else:
            holder.append(value)
        match = _NEXT.match(text, at)
        if match is None:
            raise _DeclineError
        at = match.end()
        if match.group(1) == close:
            return holder, match.end(1)
        if match.group(1) != ",":
            raise _DeclineError


def _flow_value(text: str, at: int, depth: int) -> tuple[Any, int]:
    first = text[at : at + 1]
    if first in ("{", "["):
        return _flow(text, at, depth + 1)
    if first in ('"', "'"):
        match = (_DOUBLE if first == '"' else _SINGLE).match(text, at)
        if match is None:
            raise _DeclineError
        return match.group(1), match.end()
    match = _FLOW_PLAIN.match(text, at)
    if match is None:
        raise _DeclineError
    return _scalar(match.group().rstrip(" ")), match.end()
