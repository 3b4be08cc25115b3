"""The colours of figures on the page, light and dark, as style rules made from the palette."""

from __future__ import annotations

import colorsys
from functools import cache

from rupmeta.render.figures.painters.svg import FONT
from rupmeta.render.figures.palettes import PALETTES, paints

__all__ = ["dark_twin", "figure_style"]

#: Colours of text and ground have fixed twins; they are those of the page.
_TWINS = {
    "#1b1b1f": "#e6e6ea",
    "#ffffff": "#16181d",
    "#6b7280": "#a3acba",
    "#c9cdd4": "#4a5160",
    "#0072b2": "#56b4e9",
    "#d55e00": "#e69f00",
    "#e69f00": "#f0d27a",
}
ACCENT, BRIGHT = 0.35, 0.62  # saturation from which a colour is no grey; its lightness on a dark ground
DARKEST, RANGE = 0.09, 0.82  # lightness of white's twin, and how far that of black's lies above it


def dark_twin(colour: str) -> str:
    """The colour that says on a dark ground what ``colour`` says on white.

    Greys and pale grounds change places; strong colours keep their hue and become brighter.

    >>> dark_twin("#ffffff"), dark_twin("#1b1b1f")
    ('#16181d', '#e6e6ea')
    """
    colour = colour.lower()
    if colour in _TWINS:
        return _TWINS[colour]
    hue, lightness, saturation = colorsys.rgb_to_hls(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
    strong = saturation > ACCENT and lightness < BRIGHT + 0.1
    lightness = max(lightness, BRIGHT) if strong else DARKEST + RANGE * (1 - lightness)
    saturation = saturation if strong else min(saturation, 0.5)
    return "#" + "".join(
        f"{round(255 * part):02x}" for part in colorsys.hls_to_rgb(hue, lightness, saturation)
    )


@cache
def figure_style(palette: str = "okabe-ito") -> str:
    """One rule a role of a palette: drawings on the page bring no colours of their own.

    A browser without ``light-dark()`` keeps the colours of paper. The colours of judgements carry marks that
    were chosen to stand out on them, and stay.
    """
    rules = [
        f"svg.figure{{font-family:{FONT}}}",
        "svg.figure text{fill:var(--text)}",
        "svg.figure .ground{fill:var(--ground)}",
    ]
    for role, ink in sorted(paints(PALETTES[palette]).items()):
        fixed = role.startswith("rob-") and role != "rob-none"
        parts = [f"fill:{'none' if ink.fill is None else ink.fill if fixed else _twins('fill', ink.fill)}"]
        if ink.stroke:
            parts.append(f"stroke:{ink.stroke if fixed else _twins('stroke', ink.stroke)}")
            parts.append(f"stroke-width:{ink.width:g}")
        if ink.dash:
            parts.append(f"stroke-dasharray:{' '.join(f'{x:g}' for x in ink.dash)}")
        rules.append(f"svg.figure .{role}{{{';'.join(parts)}}}")
    rules += [
        "svg.figure path.open{fill:none}",
        "svg.figure .m{text-anchor:middle}",
        "svg.figure .e{text-anchor:end}",
    ]
    return "\n".join(rules) + "\n"


def _twins(what: str, colour: str) -> str:
    """The value of a property, first for a browser that knows one colour only."""
    light = colour.lower()
    return f"{light};{what}:light-dark({light},{dark_twin(colour)})"
