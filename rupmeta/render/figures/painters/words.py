"""A text on a matplotlib figure whose place is computed and not laid out again: one line, one font."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from rupmeta.render.figures.layout import Text

__all__ = ["words"]

_BEFORE = {"start": 0.0, "middle": 0.5, "end": 1.0}


def words(mark: Text, font: Any, color: str | None) -> Any:
    """The artist of a text mark without runs, from the baseline point and anchor of the mark."""
    return _artist()(
        mark.x, mark.y, mark.text,
        fontproperties=font, color=color, parse_math=False, rotation=mark.rotate,
        ha={"start": "left", "middle": "center", "end": "right"}[mark.anchor], va="baseline",
        rotation_mode="anchor", before=_BEFORE[mark.anchor],
    )  # fmt: skip


@cache
def _artist() -> Any:
    """The class, made when matplotlib is there."""
    from matplotlib.colors import to_rgba
    from matplotlib.text import Text as Artist

    class Words(Artist):
        """A text of one line: its width is asked for once, and only where it moves the text.

        ``matplotlib.text.Text`` lays out lines, boxes and wrapping each time that it is drawn.
        """

        def __init__(self, *args: Any, before: float, **named: Any):
            super().__init__(*args, **named)
            self.before = before

        def draw(self, renderer: Any) -> None:
            """Draw the text on its baseline."""
            text, font, angle = self.get_text(), self.get_fontproperties(), self.get_rotation()
            if not text:
                return
            x, y = self.get_transform().transform(self.get_position())
            if self.before:
                width = renderer.get_text_width_height_descent(text, font, ismath=False)[0] * self.before
                x -= width * math.cos(math.radians(angle))
                y -= width * math.sin(math.radians(angle))
            if renderer.flipy():
                y = renderer.get_canvas_width_height()[1] - y
            renderer.open_group("text", self.get_gid())
            context = renderer.new_gc()
            context.set_foreground(to_rgba(self.get_color()), isRGBA=True)
            renderer.draw_text(context, x, y, text, font, angle, ismath=False, mtext=self)
            context.restore()
            renderer.close_group("text")

    return Words
