"""The zip of a Word file without clocks and machines: equal documents are equal bytes."""

from __future__ import annotations

import io
import zipfile

__all__ = ["document_xml", "pack"]

#: The oldest date that a zip can hold; a real one would make every file new.
_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_MODE = 0o644 << 16


def pack(raw: bytes) -> bytes:
    """The same parts sorted by name, with one date, one mode and one system."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        # Readers expect the list of content types first.
        names = sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system = _UNIX
            info.external_attr = _MODE
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return out.getvalue()


def document_xml(data: bytes) -> bytes:
    """The text of a Word file: ``word/document.xml``; ``ValueError`` for what is no Word file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.read("word/document.xml")
    except (zipfile.BadZipFile, KeyError) as error:
        raise ValueError(f"not a Word file ({error})") from None
