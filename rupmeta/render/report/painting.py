"""Every drawing of a report as bytes, one after the other or in several processes: the bytes are the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from rupmeta.parallel import map_in_parallel
from rupmeta.render.figures.layout import Layout

if TYPE_CHECKING:
    import numpy as np

__all__ = ["KINDS", "paint_figures", "sheet_name"]

#: Formats of drawings.
KINDS = ("svg", "png", "pdf")
Task = tuple[str, Layout, int]


def paint_figures(
    layouts: Mapping[str, Layout], kinds: Collection[str], *, jobs: int = 1
) -> dict[str, bytes]:
    """``repair-forest.svg``, ``repair-forest-1.png`` … → bytes, for the ``kinds`` that are asked for.

    ``jobs``: processes; -1 takes one for each processor.
    """
    tasks: dict[str, Task] = {}
    for name, layout in layouts.items():
        for kind in (kind for kind in ("svg", "png") if kind in kinds):
            for page in range(len(layout.pages)):
                tasks[f"{sheet_name(name, layout, page)}.{kind}"] = (kind, layout, page)
        if "pdf" in kinds:
            tasks[f"{name}.pdf"] = ("pdf", layout, 0)
    drawn = map_in_parallel(_paint, list(tasks.values()), seed=0, jobs=jobs, label="figures")
    return dict(zip(tasks, drawn, strict=True))


def sheet_name(name: str, layout: Layout, page: int) -> str:
    """The stem of a sheet's file: numbered where there are several."""
    return f"{name}-{page + 1}" if len(layout.pages) > 1 else name


def _paint(task: Task, rng: np.random.Generator) -> bytes:
    from rupmeta.render.figures.painters.matplotlib import pdf_bytes, png_bytes, svg_bytes

    del rng  # nothing here is random
    kind, layout, page = task
    if kind == "pdf":
        return pdf_bytes(layout)
    return svg_bytes(layout, page) if kind == "svg" else png_bytes(layout, page)
