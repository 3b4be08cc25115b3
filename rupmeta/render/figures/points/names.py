"""Names beside points: as many as find room, none over another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from rupmeta.render.figures.layout import Text, pt
from rupmeta.render.figures.text_width import shorten_label, text_width

__all__ = ["place_names"]

Box = tuple[float, float, float, float]
ROOM = 130.0  # for a name


def place_names(
    names: Sequence[tuple[str, str, float, float, float]],
    taken: Sequence[Box],
    inside: Box,
    size: float,
) -> Iterator[Text]:
    """A name beside, above or below its point, in the order given; one that finds no room is left out.

    ``names`` are (key, name, x, y, radius) of points, ``taken`` boxes that stay free, ``inside`` the plot.
    """
    full = list(taken)
    for key, name, x, y, radius in names:
        text = shorten_label(name, ROOM, size)
        width = text_width(text, size)
        spots: tuple[tuple[float, float, Literal["start", "middle", "end"]], ...] = (
            (x + radius + 3, y, "start"),
            (x - radius - 3, y, "end"),
            (x, y - radius - 3 - 0.6 * size, "middle"),
            (x, y + radius + 3 + 0.5 * size, "middle"),
        )
        for at, height, anchor in spots:
            lo = at - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
            box = (lo, height - 0.5 * size, lo + width, height + 0.6 * size)
            outside = box[0] < inside[0] or box[2] > inside[2] or box[1] < inside[1] or box[3] > inside[3]
            if outside or any(_meet(box, other) for other in full):
                continue
            full.append(box)
            yield Text(pt(at), pt(height + 0.36 * size), text, "study", size, anchor, key=key)
            break


def _meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
