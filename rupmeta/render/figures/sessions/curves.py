"""Agreement of rules as a square of κ, and expected false alarms over the length of therapy."""

from __future__ import annotations

from itertools import pairwise

from rupmeta.errors import EstimationError
from rupmeta.render.figures.axis import Axis, linear_ticks
from rupmeta.render.figures.layout import Circle, Layout, Line, Page, Path, Rect, Text, points, pt
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.sessions.data import AgreementData, CurvesData
from rupmeta.render.figures.sessions.frame import LINE, MARGIN, SMALL, feet, heads, left_axis, session_ticks
from rupmeta.render.figures.text_width import clean_text, text_width
from rupmeta.render.numbers import number

__all__ = ["lay_out_agreement", "lay_out_curves"]

CELL, LEAST_CELL = (58.0, 30.0), 34.0
#: Bands of κ from none to strong (Landis & Koch 1977 name them; the number in the cell is what counts).
BANDS = ((0.2, "kappa-1"), (0.4, "kappa-2"), (0.6, "kappa-3"), (2.0, "kappa-4"))
SERIES = 6  # ways in which curves are drawn
PLOT, NARROWEST = (380.0, 230.0), 130.0


def lay_out_agreement(data: AgreementData, look: Look | None = None) -> Layout:
    """Lay κ of every pair out in a triangle, n below it; a dash where κ does not exist."""
    look = look or Look()
    if len(data.names) < 2:
        raise EstimationError("agreement needs two rules")
    size, style = look.size, look.journal.numbers
    names = [clean_text(name) for name in data.names]
    label = max(text_width(name, size) for name in names)
    left = pt(MARGIN + label + 8)
    k = len(names) - 1
    cell = CELL[0] if look.width is None else max((look.width - left - MARGIN) / k, LEAST_CELL)
    width = pt(left + k * cell + MARGIN)
    marks, y = heads(data.banners, data.title if look.show_title else "", width, size)
    top = pt(y + 0.8 * size)
    rows = [("First", "Second", "κ", "n")]
    for i in range(1, len(names)):
        cell_y = top + (i - 1) * CELL[1]
        for j in range(i):
            pair = (data.names[j], data.names[i])
            kappa, n = data.kappa.get(pair), data.n.get(pair, 0)
            x = left + j * cell
            role = next(role for limit, role in BANDS if (kappa or 0.0) < limit)
            text = number(kappa, "bounded", style)
            marks.append(Rect(pt(x), pt(cell_y), pt(cell - 2), CELL[1] - 2, role, f"{pair[0]}/{pair[1]}"))
            middle = pt(x + cell / 2 - 1)
            marks.append(Text(middle, pt(cell_y + 13), text, "study", size, "middle"))
            marks.append(Text(middle, pt(cell_y + 23), f"n = {n}", "muted", size * 0.75, "middle"))
            rows.append((names[j], names[i], text, str(n)))
        marks.append(Text(pt(left - 6), pt(cell_y + 17), names[i], "study", size, "end"))
    bottom = top + k * CELL[1]
    for j in range(k):
        x = pt(left + j * cell + cell / 2 + 2)
        marks.append(Text(x, pt(bottom + 6), names[j], "study", size, "end", rotate=45.0))
    y = bottom + 0.75 * max(text_width(name, size) for name in names[:k]) + LINE * size
    more, end = feet(data.footnotes, y, width, size)
    known = [value for value in data.kappa.values() if value is not None]
    span = (
        f"κ from {number(min(known), 'bounded', style)} to {number(max(known), 'bounded', style)}"
        if known
        else ""
    )
    desc = f"{data.title}: {len(names)} rules, {span}. The numbers stand in the figure's table."
    text_rows = [f"{a:<22}{b:<22}{c:>6}  n = {n}" for a, b, c, n in rows[1:]]
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=clean_text(" ".join([*(f"{banner}." for banner in data.banners), desc])),
        pages=(Page(width, pt(end), (*marks, *more)),),
        table=tuple(rows),
        text="\n".join([*data.banners, clean_text(data.title), "", *text_rows]) + "\n",
        palette=look.palette or look.journal.palette,
    )


def lay_out_curves(data: CurvesData, look: Look | None = None) -> Layout:
    """Lay shares over numbers of ratings out, one line per rule, named at its end; ``lengths`` as a rug."""
    look = look or Look()
    if not data.curves or not all(curve.points for curve in data.curves):
        raise EstimationError("there is no curve to draw")
    size, style = look.size, look.journal.numbers
    small = size * SMALL
    left = MARGIN + 4.2 * size
    names = [clean_text(curve.name) for curve in data.curves]
    beside = max(text_width(name, small) for name in names) + 14
    plot = PLOT[0] if look.width is None else max(look.width - left - beside - MARGIN, NARROWEST)
    width = pt(left + plot + beside + MARGIN)
    marks, y = heads(data.banners, data.title if look.show_title else "", width, size)
    top = y + 0.8 * size
    bottom = top + PLOT[1]
    lengths = [n for curve in data.curves for n, _ in curve.points]
    highest = max(share for curve in data.curves for _, share in curve.points)
    ticks = linear_ticks(0.0, max(highest, 0.05))
    across = Axis(min(lengths), max(lengths), left, left + plot, ())
    up = Axis(0.0, max(max(ticks), highest), bottom, top, ticks)
    marks += left_axis(up, left, small, style, "percent")
    marks.append(Line(pt(left), pt(bottom), pt(left + plot), pt(bottom), "axis"))
    for tick in session_ticks(min(lengths), max(lengths), 12 if plot > 200 else 6):
        x = across.x(tick)
        marks.append(Line(x, pt(bottom), x, pt(bottom + 3), "axis"))
        marks.append(Text(x, pt(bottom + 4 + small), str(tick), "tick", small, "middle"))
    for n in sorted(set(data.lengths)):
        if min(lengths) <= n <= max(lengths):
            marks.append(Line(across.x(n), pt(bottom - 5), across.x(n), pt(bottom), "curve", "lengths"))
    ends = _apart([up.at(curve.points[-1][1]) for curve in data.curves], 1.15 * small)
    for i, (curve, name, label_y) in enumerate(zip(data.curves, names, ends, strict=True)):
        line = points(*((across.at(n), up.at(share)) for n, share in curve.points))
        marks.append(Path(line, f"series-{i % SERIES}", name))
        last = curve.points[-1]
        marks.append(Circle(across.x(last[0]), pt(up.at(last[1])), 2.0, "point", name))
        x = pt(across.at(last[0]) + 8)
        marks.append(Line(pt(x - 6), pt(up.at(last[1])), pt(x - 1), pt(label_y), "frame"))
        marks.append(Text(x, pt(label_y + 0.36 * small), name, "study", small, key=name))
    middle = pt(left + plot / 2)
    under = pt(bottom + 4 + small + LINE * size)
    marks.append(Text(middle, under, "Ratings per client", "axis-title", small, "middle"))
    along = "Clients with a rupture, %"
    marks.append(
        Text(pt(MARGIN + small), pt((top + bottom) / 2), along, "axis-title", small, "middle", rotate=90.0)
    )
    more, end = feet(data.footnotes, bottom + 4 + small + 2 * LINE * size, width, size)
    rows = [("Rule", "Ratings", "Share")] + [
        (name, str(n), number(share, "bounded", style, digits=3))
        for name, curve in zip(names, data.curves, strict=True)
        for n, share in curve.points
    ]
    last_words = "; ".join(
        f"{name} {number(100 * curve.points[-1][1], 'percent', style)}%"
        for name, curve in zip(names, data.curves, strict=True)
    )
    desc = f"{data.title}, by number of ratings. At {max(lengths)} ratings: {last_words}."
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=clean_text(" ".join([*(f"{banner}." for banner in data.banners), desc])),
        pages=(Page(width, pt(end), (*marks, *more)),),
        table=tuple(rows),
        text="\n".join([*data.banners, clean_text(data.title), "", desc]) + "\n",
        palette=look.palette or look.journal.palette,
    )


def _apart(ys: list[float], distance: float) -> list[float]:
    """The heights, moved apart so that no two labels are nearer than ``distance``; order kept."""
    order = sorted(range(len(ys)), key=ys.__getitem__)
    placed = list(ys)
    for below, above in pairwise(order):
        placed[above] = max(placed[above], placed[below] + distance)
    return placed
