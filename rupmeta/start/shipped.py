"""Files of the project that the program reads: beside the package in a checkout, inside it when installed."""

from __future__ import annotations

from pathlib import Path

__all__ = ["shipped_text"]

_PACKAGE = Path(__file__).parents[1]


def shipped_text(name: str) -> str | None:
    """The text of a file of the project, such as ``CITATION.cff``; None where it is not there."""
    for path in (_PACKAGE / "shipped" / Path(name).name, _PACKAGE.parent / name):
        if path.is_file():
            return path.read_text(encoding="utf-8")
    return None
