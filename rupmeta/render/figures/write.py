"""Write a figure to a file: the suffix chooses the painter, and a half-written file is never seen."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from rupmeta.errors import UsageError
from rupmeta.render.figures.layout import Layout
from rupmeta.render.figures.palettes import PALETTES

__all__ = ["SUFFIXES", "write_figure"]

SUFFIXES = (".svg", ".png", ".pdf", ".txt")


def write_figure(
    layout: Layout,
    path: str | Path,
    *,
    palette: str | None = None,
    svg_text: bool = False,
    dpi: int = 300,
) -> tuple[Path, ...]:
    """Write ``layout`` to ``path`` as svg, png, pdf or txt and return the files written.

    A figure of several pages becomes ``name-1.svg``, ``name-2.svg`` and so on (svg and png); a pdf holds all
    pages; a txt holds the figure in characters and its description. ``svg_text`` keeps text editable in svg,
    ``dpi`` are the dots of a png per inch.
    Raises UsageError for an unknown suffix or palette.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        given = f"'{path.suffix}'" if path.suffix else "a file without a suffix"
        raise UsageError(f"{path}: cannot write {given}; a figure is one of {', '.join(SUFFIXES)}")
    if palette is not None and palette not in PALETTES:
        raise UsageError(f"no palette '{palette}'; there is {', '.join(PALETTES)}")
    if suffix in (".svg", ".png") and len(layout.pages) > 1:
        targets = [path.with_name(f"{path.stem}-{i}{path.suffix}") for i in range(1, len(layout.pages) + 1)]
    else:
        targets = [path]
    for page, target in enumerate(targets):
        _replace(target, _painted(layout, suffix, page, palette, svg_text, dpi))
    return tuple(targets)


def _painted(layout: Layout, suffix: str, page: int, palette: str | None, svg_text: bool, dpi: int) -> bytes:
    if suffix == ".txt":
        return f"{layout.text}\n{layout.desc}\n".encode()
    from rupmeta.render.figures.painters import matplotlib as painter

    paint: Mapping[str, Callable[[], bytes]] = {
        ".svg": lambda: painter.svg_bytes(layout, page, palette=palette, editable=svg_text),
        ".png": lambda: painter.png_bytes(layout, page, palette=palette, dpi=dpi),
        ".pdf": lambda: painter.pdf_bytes(layout, palette=palette),
    }
    return paint[suffix]()


def _replace(target: Path, content: bytes) -> None:
    """Write beside ``target``, then move into place."""
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise UsageError(f"{target}: cannot be written ({error.strerror})") from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written ({error.strerror})") from error
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
