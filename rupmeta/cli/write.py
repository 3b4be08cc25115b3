"""Bytes to a file or to stdout."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from rupmeta.errors import UsageError

__all__ = ["write_bytes", "write_stdout"]


def write_bytes(path: Path, data: bytes) -> None:
    """Write beside the target and replace it."""
    if not path.parent.is_dir():
        raise UsageError(f"the folder {path.parent.as_posix()} does not exist")
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_bytes(data)
    temporary.replace(path)


def write_stdout(data: bytes, suffix: str) -> None:
    """Text to stdout; ``UsageError`` for bytes that are no text when a person would see them."""
    if suffix == ".xlsx":
        if sys.stdout.isatty():
            raise UsageError("an Excel sheet is no text; name a file with -o FILE.xlsx")
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        return
    sys.stdout.write(data.decode("utf-8"))
