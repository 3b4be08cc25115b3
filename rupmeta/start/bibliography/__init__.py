"""Citations between study files and what reference managers write: RIS, BibTeX, CSL-JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rupmeta.errors import UsageError
from rupmeta.start.bibliography.bibtex import read_bibtex
from rupmeta.start.bibliography.csl import read_csl
from rupmeta.start.bibliography.fields import Reference
from rupmeta.start.bibliography.ris import read_ris

__all__ = ["FORMATS", "Reference", "read_references"]

FORMATS = {"ris": "RIS", "bibtex": "BibTeX", "csl": "CSL-JSON"}
_READERS: dict[str, Callable[[str], Iterator[Reference]]] = {
    "ris": read_ris,
    "bibtex": read_bibtex,
    "csl": read_csl,
}


def read_references(text: str, form: str) -> list[Reference]:
    """All references of a ``ris``, ``bibtex`` or ``csl`` file; ``UsageError`` when it holds none."""
    found = list(_READERS[form](text))
    if not found:
        raise UsageError(f"there is no reference in it; is it {FORMATS[form]}?")
    return found
