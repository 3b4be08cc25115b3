"""YAML 1.2 core, read from libyaml's event stream, every value with its address and its printed characters.

Events are counted while they stream, so a bomb of aliases or brackets is refused before anything is built.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rupmeta.results import Severity

__all__ = [
    "MAX_DEPTH",
    "MAX_NODES",
    "Fault",
    "KeyPath",
    "Node",
    "Place",
    "Tree",
    "is_doubtful",
    "load_yaml",
    "parse_scalar",
    "resolve_plain",
]

MAX_DEPTH = 32
MAX_NODES = 100_000

#: ("effects", 0, "reported", 0, "r")
KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands (1-based): its own line and column, those of its key, and a scalar's characters.

    Items of a list have no key: their key position is their own. ``text`` is None for mappings and lists.
    """

    line: int
    column: int
    key_line: int
    key_column: int
    text: str | None = None
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of one file, not yet bound to a path: position, code, key path and sentence."""

    line: int
    column: int
    code: str
    key: KeyPath
    message: str
    severity: Severity = "error"


class Node:
    """A value of the file with its position; ``children`` for mappings and lists."""

    __slots__ = ("children", "keys", "mark", "quoted", "text", "value")

    def __init__(self, value: Any, mark: Any, text: str | None = None, quoted: bool = False):
        self.value = value
        self.mark = mark
        self.text = text
        self.quoted = quoted
        self.children: dict[str | int, Node] = {}
        self.keys: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Tree:
    """A file as values and places. ``bad`` are the key paths that were taken out, being at fault."""

    root: Node | None
    faults: tuple[Fault, ...]
    bad: frozenset[KeyPath]

    def locate(self, key: KeyPath) -> Place:
        """The place of the value at ``key``, of its nearest parent when it is absent."""
        node, key_mark = self.root, None
        if node is None:
            return Place(1, 1, 1, 1)
        for part in key:
            child = node.children.get(part)
            if child is None:
                break
            key_mark = node.keys.get(part, child.mark) if isinstance(part, str) else child.mark
            node = child
        mark = node.mark
        key_mark = key_mark or mark
        return Place(
            mark.line + 1, mark.column + 1, key_mark.line + 1, key_mark.column + 1, node.text, node.quoted
        )

    def keys(self, key: KeyPath) -> tuple[str, ...]:
        """The keys of the mapping at ``key``, in the order of the file."""
        node = self.root
        for part in key:
            node = None if node is None else node.children.get(part)
        return () if node is None else tuple(node.keys)

    def holds(self, key: KeyPath) -> bool:
        """Whether there is a value at ``key``."""
        node = self.root
        for part in key:
            node = None if node is None else node.children.get(part)
        return node is not None


class _Refused:
    """What NaN, infinity and overflow become: a value that nothing accepts."""


REFUSED = _Refused()

_CONSTANTS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INT = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+\Z")
_NUMERIC_START = frozenset("+-.0123456789")


@lru_cache(maxsize=65536)
def resolve_plain(text: str) -> Any:
    """The value of a plain scalar in the core schema of YAML 1.2; hexadecimal and octal stay text.

    >>> resolve_plain("012"), resolve_plain("-.31"), resolve_plain("yes"), resolve_plain("1e3")
    (12, -0.31, 'yes', 1000.0)
    """
    if text[:1] not in _NUMERIC_START:
        return _CONSTANTS.get(text, text)
    if _INT.match(text):
        return int(text) if len(text) < 300 else REFUSED
    if _FLOAT.match(text):
        number = float(text)
        return number if math.isfinite(number) else REFUSED
    return REFUSED if _NOT_FINITE.match(text) else text


def is_doubtful(text: str, value: Any) -> bool:
    """Whether a plain scalar is refused, or read otherwise by YAML 1.1 tools."""
    return value is REFUSED or (text[:1] in "0+-" and _LEADING_ZERO.match(text) is not None)


def parse_scalar(text: str) -> Any:
    """The value of ``text`` as a plain YAML 1.2 scalar; NaN and infinity, which no field takes, stay text."""
    value = resolve_plain(text)
    return text if value is REFUSED else value


class _Frame:
    """A mapping or list that is still open."""

    __slots__ = ("anchor", "count", "is_map", "item", "key", "key_event", "node", "skip", "taken")

    def __init__(self, node: Node, is_map: bool, anchor: str | None, count: int):
        self.node = node
        self.is_map = is_map
        self.anchor = anchor
        self.count = count
        self.item = 0
        self.key: str | None = None
        self.key_event: Any = None
        self.skip = False
        self.taken: set[str] | None = None


def load_yaml(text: str) -> Tree:
    """Read one document whose top level is a mapping; faults are gathered, not raised.

    A fault of syntax, of size or of form leaves ``root`` None; duplicate keys, tags and numbers that are not
    finite only take the value out.
    """
    # Imported here, as everyday files (``plain_yaml``) do without
    import yaml
    from yaml.cyaml import CParser  # type: ignore[attr-defined]

    builder = _Builder()
    try:
        builder.run(CParser(text))
    except yaml.MarkedYAMLError as error:
        from rupmeta.read.syntax import syntax_fault

        return Tree(None, (*builder.faults, syntax_fault(error, text)), frozenset())
    except yaml.YAMLError as error:  # a character that libyaml does not read, such as U+FFFE
        return Tree(None, (Fault(1, 1, "FILE-ENC", (), str(error).split("\n")[0]),), frozenset())
    return Tree(builder.root, tuple(builder.faults), frozenset(builder.bad))


class _StopError(Exception):
    """The rest of the file is not looked at."""


class _Builder:
    """One run over the events of a file."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.faults: list[Fault] = []
        self.bad: set[KeyPath] = set()
        self.stack: list[_Frame] = []
        self.anchors: dict[str, Node | None] = {}
        self.sizes: dict[str, int] = {}
        self.count = 0

    def run(self, parser: Any) -> None:
        """Read the whole stream."""
        try:
            self._read(parser.get_event)
        except _StopError:
            self.root = None

    def _path(self, *, parent: bool = False) -> KeyPath:
        frames = self.stack[:-1] if parent else self.stack
        return tuple((frame.key or "") if frame.is_map else frame.item for frame in frames)

    def _fault(
        self, mark: Any, code: str, message: str, key: KeyPath = (), severity: Severity = "error"
    ) -> None:
        self.faults.append(Fault(mark.line + 1, mark.column + 1, code, key, message, severity))

    def _stop(self, mark: Any, code: str, message: str) -> None:
        self._fault(mark, code, message)
        raise _StopError

    def _read(self, get_event: Any) -> None:
        from yaml import events as ev

        documents, first = 0, None
        stack = self.stack
        while True:
            event = get_event()
            kind = type(event)
            if kind is ev.ScalarEvent:
                self.count += 1
                if stack and stack[-1].is_map and stack[-1].key_event is None:
                    self._key(event)
                else:
                    self._add(self._scalar(event), event.anchor)
            elif kind is ev.MappingStartEvent or kind is ev.SequenceStartEvent:
                self._open(event, kind is ev.MappingStartEvent)
            elif kind is ev.MappingEndEvent or kind is ev.SequenceEndEvent:
                frame = stack.pop()
                if frame.anchor is not None:
                    self.anchors[frame.anchor] = frame.node
                    self.sizes[frame.anchor] = self.count - frame.count
                self._add(frame.node, None)
            elif kind is ev.AliasEvent:
                self._alias(event)
            elif kind is ev.DocumentStartEvent:
                documents += 1
                first = event if documents == 2 else first
            elif kind is ev.StreamEndEvent:
                break
            if self.count > MAX_NODES and not self.sizes:
                self._stop(event.start_mark, "YAML-BOMB", f"more than {MAX_NODES:,} values; split the file")
        if documents > 1 and first is not None:
            self._stop(first.start_mark, "FILE-DOC", f"{documents} documents in one file; one per file")
        if self.count > MAX_NODES:
            self._stop(
                event.start_mark, "YAML-BOMB", f"aliases expand to {self.count:,} nodes; write the values out"
            )
        self._finish()

    def _finish(self) -> None:
        root = self.root
        if root is None or (root.text is not None and root.value is None):
            self.root = None
            self.faults.append(
                Fault(
                    1,
                    1,
                    "FILE-DOC",
                    (),
                    "the file is empty; rupmeta schema study says what a study file holds",
                )
            )
        elif not isinstance(root.value, dict):
            found = "a list" if isinstance(root.value, list) else "a single value"
            self._stop(root.mark, "FILE-DOC", f"the top level is {found}; write `key: value` lines")

    def _open(self, event: Any, is_map: bool) -> None:
        stack = self.stack
        if len(stack) >= MAX_DEPTH:
            self._stop(event.start_mark, "YAML-BOMB", f"nested more than {MAX_DEPTH} levels deep; flatten it")
        if stack and stack[-1].is_map and stack[-1].key_event is None:
            self._stop(
                event.start_mark, "YAML-SYNTAX", "a list or mapping stands where a key belongs; quote it"
            )
        self.count += 1
        node = Node({} if is_map else [], event.start_mark)
        if event.tag is not None:
            self._tag(event, node)
        if event.anchor is not None:
            self.anchors[event.anchor] = None  # open: an alias to it from inside is a loop
        stack.append(_Frame(node, is_map, event.anchor, self.count - 1))

    def _key(self, event: Any) -> None:
        frame = self.stack[-1]
        key = event.value
        frame.key, frame.key_event, frame.skip = key, event, False
        if event.tag is not None or (key == "<<" and not event.style):
            what = (
                "the merge key << is not allowed; write the keys out" if key == "<<" else "a key has no tag"
            )
            self._fault(event.start_mark, "YAML-TAG", what, self._path(parent=True))
            frame.skip = True
        elif key in frame.node.keys:
            first = frame.node.keys[key]
            message = (
                f"key {key!r} again (first at {first.line + 1}:{first.column + 1}); "
                "one of the two values would be lost"
            )
            self._fault(event.start_mark, "DUP-KEY", message, self._path())
            self.bad.add(self._path())
            frame.node.value.pop(key, None)
            frame.node.children.pop(key, None)
            frame.skip = True

    def _scalar(self, event: Any) -> Node:
        text = event.value
        if event.tag is not None:
            node = Node(REFUSED, event.start_mark, text, bool(event.style))
            self._tag(event, node)
            return node
        if event.style:
            return Node(text, event.start_mark, text, True)
        node = Node(resolve_plain(text), event.start_mark, text)
        if node.value is REFUSED:
            self._fault(event.start_mark, "NUM-NAN", f"{text}: leave the key out or write null", self._path())
            self.bad.add(self._path())
        elif text[:1] == "0" and _LEADING_ZERO.match(text):
            elsewhere = int(text, 8) if set(text) <= set("01234567") else "text"
            message = f"{text} is {node.value} here, {elsewhere} for YAML 1.1 tools"
            self._fault(event.start_mark, "YAML11", message, self._path(), "warning")
        return node

    def _tag(self, event: Any, node: Node) -> None:
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        write = f"write {event.value}" if getattr(event, "value", "") else "leave it out"
        self._fault(event.start_mark, "YAML-TAG", f"tag {tag} is not allowed; {write}", self._path())
        self.bad.add(self._path())
        node.value = REFUSED if node.text is not None else node.value

    def _alias(self, event: Any) -> None:
        name = event.anchor
        if name not in self.anchors:
            self._stop(
                event.start_mark,
                "YAML-SYNTAX",
                f"*{name} refers to nothing; text that starts with * is quoted",
            )
        node = self.anchors[name]
        if node is None:
            self._stop(event.start_mark, "YAML-BOMB", f"*{name} stands inside itself; write the values out")
            return
        if self.stack and self.stack[-1].is_map and self.stack[-1].key_event is None:
            self._stop(event.start_mark, "YAML-SYNTAX", f"*{name} stands where a key belongs; write it out")
        self.count += self.sizes[name]
        self._add(node, None)

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self.anchors[anchor] = node
            self.sizes[anchor] = 1
        if not self.stack:
            self.root = node if self.root is None else self.root
            return
        frame = self.stack[-1]
        parent = frame.node
        if frame.is_map:
            key: str = frame.key  # type: ignore[assignment]
            parent.keys.setdefault(key, frame.key_event.start_mark)
            if not frame.skip:
                parent.children[key] = node
                if node.value is not REFUSED:
                    parent.value[key] = node.value
            frame.key_event = None
        else:
            parent.children[frame.item] = node
            parent.value.append(None if node.value is REFUSED else node.value)
            frame.item += 1
