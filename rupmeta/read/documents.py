"""One file's bytes → text → values → a typed record, with the faults of every step."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from rupmeta.read.plain_yaml import load_plain
from rupmeta.read.salvage import salvage
from rupmeta.read.schema_faults import schema_faults
from rupmeta.read.yaml_files import Fault, Tree, load_yaml

__all__ = ["MAX_BYTES", "Document", "decode", "digest", "parse_document", "tree_of"]

MAX_BYTES = 1024 * 1024

Record = TypeVar("Record", bound=BaseModel)

_CONTROL = bytes(b for b in range(32) if b not in b"\t\n\r") + b"\x7f"
_CONTROL_TEXT = _CONTROL.decode("ascii")
_C1 = re.compile("[\x80-\x84\x86-\x9f]")


@dataclass(frozen=True, slots=True)
class Document(Generic[Record]):
    """A file that was read: ``record`` without the faulty values, which stand in ``faults``.

    ``sound`` says that nothing had to be left out; ``record`` is None when the file is no mapping at all.
    """

    record: Record | None
    sound: bool
    faults: tuple[Fault, ...]


def digest(raw: bytes) -> str:
    """SHA-256 of the text with LF line ends and without byte order mark: equal on every platform."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    return sha256(raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in raw else raw).hexdigest()


def decode(raw: bytes) -> tuple[str, tuple[Fault, ...]]:
    """UTF-8 bytes as NFC text with LF line ends and without byte order mark; faults of encoding and size."""
    if len(raw) > MAX_BYTES:
        size = f"{len(raw) / MAX_BYTES:.1f} MiB"
        return "", (Fault(1, 1, "FILE-SIZE", (), f"{size}; a study file holds at most 1 MiB"),)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _position(raw, error.start)
        message = f"byte {error.start + 1} (0x{raw[error.start]:02X}) is not UTF-8; save the file as UTF-8"
        return "", (Fault(line, column, "FILE-ENC", (), message),)
    if len(raw.translate(None, _CONTROL)) != len(raw) or (not raw.isascii() and _C1.search(text)):
        return "", (_control_fault(raw, text),)
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if raw.isascii() else unicodedata.normalize("NFC", text), ()


def _position(raw: bytes, start: int) -> tuple[int, int]:
    before = raw[:start].replace(b"\r\n", b"\n").decode("utf-8", "replace").removeprefix("\ufeff")
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _control_fault(raw: bytes, text: str) -> Fault:
    at = next(i for i, char in enumerate(text) if char in _CONTROL_TEXT or _C1.match(char))
    line, column = _position(raw, len(text[:at].encode("utf-8")))
    return Fault(line, column, "FILE-ENC", (), f"control character U+{ord(text[at]):04X}; delete it")


@lru_cache(maxsize=256)
def tree_of(text: str) -> Tree:
    """The places of a file's values, composed again from its text when somebody asks."""
    return load_yaml(text)


def parse_document(text: str, model: type[Record]) -> Document[Record]:
    """``text`` as a ``model``; faults of YAML, keys and values, without the values at fault."""
    values = load_plain(text)
    if values is not None:
        try:
            return Document(model.model_validate(values), True, ())
        except ValidationError:
            pass
    return _parse_closely(text, model)


def _parse_closely(text: str, model: type[Record]) -> Document[Record]:
    tree = tree_of(text)
    if tree.root is None:
        return Document(None, False, tree.faults)
    values: dict[str, Any] = tree.root.value
    faults = list(tree.faults)
    found, bad = schema_faults(values, model, tree)
    faults.extend(found)
    errors = [fault for fault in faults if fault.severity == "error"]
    if not errors:
        from rupmeta.read.schema_faults import without_nulls

        return Document(model.model_validate(without_nulls(values, model)), True, tuple(faults))
    return Document(salvage(values, model, bad | tree.bad), False, tuple(faults))
