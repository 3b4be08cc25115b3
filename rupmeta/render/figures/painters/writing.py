"""How SVG is written: numbers as short as they can be, names that may be ids."""

from __future__ import annotations

import re

__all__ = ["coord", "identifier"]


def coord(x: float) -> str:
    """A number of points, to 0.01, without zeros that say nothing.

    >>> coord(12.50), coord(3.0)
    ('12.5', '3')
    """
    return f"{x:.2f}".rstrip("0").rstrip(".")


def identifier(name: str) -> str:
    """``name`` as an XML id: ASCII letters, digits and hyphens, beginning with a letter."""
    text = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")
    return text if text[:1].isalpha() else f"figure-{text}"
