"""Ratings by session, laid out: own mean, limit, ruptures, repairs, phases; one client or a panel."""

from __future__ import annotations

from collections.abc import Iterator

from rupmeta.errors import EstimationError
from rupmeta.render.figures.axis import Axis, linear_ticks
from rupmeta.render.figures.layout import (
    Circle,
    Layout,
    Line,
    Mark,
    Page,
    Path,
    Polygon,
    Rect,
    Text,
    glyph_notes,
    points,
    pt,
)
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.sessions.data import SessionsData, SessionsPanel
from rupmeta.render.figures.sessions.frame import LINE, MARGIN, SMALL, feet, heads, left_axis, session_ticks
from rupmeta.render.figures.text_width import clean_text, ellipsize
from rupmeta.render.numbers import NumberStyle, number

__all__ = ["lay_out_sessions"]

ONE = (420.0, 190.0)  # plot of a single client
MANY, APART = (150.0, 58.0), 3.4  # of one among several, and what parts it from the next in type sizes
COLUMNS, ROWS = 3, 8
GUTTER = 30.0
NARROWEST = 110.0  # plot of a client on a narrow page
WORDS = {
    "none": "no rupture", "not_classifiable": "not classifiable", "excluded": "excluded",
    "repaired": "repaired", "unrepaired": "unrepaired", "mixed": "mixed",
}  # fmt: skip
LEGEND = (
    "▼ rupture (hollow: censored), at its lowest rating; ▲ repair; shaded: the episode; solid line: own "
    "mean; "
    "dashed: limit of the rule; dotted: phases. Gaps are sessions without a rating."
)


def lay_out_sessions(data: SessionsData, look: Look | None = None) -> Layout:
    """Lay one client out large, or several as small multiples with the same axes, 24 to a page.

    Raises EstimationError when there is no client.
    """
    look = look or Look()
    if not data.panels:
        raise EstimationError("there is no client to draw")
    size, style = look.size, look.journal.numbers
    single = len(data.panels) == 1
    width, height = ONE if single else MANY
    left = MARGIN + 3.4 * size
    columns = 1 if single else min(COLUMNS, len(data.panels))
    if look.width is not None:
        room = look.width - left - MARGIN
        if not single:
            columns = min(columns, max(int((room + GUTTER) // (NARROWEST + GUTTER)), 1))
        width = max((room + GUTTER) / columns - GUTTER, NARROWEST)
    page_width = pt(left + columns * width + (columns - 1) * GUTTER + MARGIN)
    first = min(min(panel.sessions) for panel in data.panels)
    last = max(max(panel.sessions) for panel in data.panels)
    pages = []
    per_page = columns * ROWS
    for begin in range(0, len(data.panels), per_page):
        marks, top = heads(data.banners, data.title if look.show_title else "", page_width, size)
        for i, panel in enumerate(data.panels[begin : begin + per_page]):
            x = left + (i % columns) * (width + GUTTER)
            y = top + 2.2 * size + (i // columns) * (height + APART * size)
            bottom = y + height
            # Small multiples share both axes; a single client has the sessions of that client.
            across = Axis(first - 0.5, last + 0.5, x, x + width, ())
            up = Axis(data.low, data.high, bottom, y, linear_ticks(data.low, data.high))
            marks += _panel(panel, data, across, up, size, style, single=single)
        rows = -(-min(per_page, len(data.panels) - begin) // columns)
        y = top + 2.2 * size + rows * (height + APART * size) - 1.2 * size + (1.4 * size if single else 0)
        more, end = feet((LEGEND, *data.footnotes), y, page_width, size)
        pages.append(Page(page_width, pt(end), tuple(marks + more)))
    return Layout(
        name=data.name,
        title=clean_text(data.title),
        desc=clean_text(describe_sessions(data, style)),
        pages=tuple(pages),
        table=_table(data, style),
        text=_text(data, style),
        palette=look.palette or look.journal.palette,
        tooltips=tuple((panel.client, clean_text(_head(panel))) for panel in data.panels),
        notes=glyph_notes(panel.client for panel in data.panels),
    )


def _head(panel: SessionsPanel) -> str:
    remark = f" ({panel.remark})" if panel.remark else ""
    return f"{panel.client}: {WORDS[panel.kind]}{remark}, {len(panel.sessions)} ratings"


def _panel(
    panel: SessionsPanel,
    data: SessionsData,
    across: Axis,
    up: Axis,
    size: float,
    style: NumberStyle,
    *,
    single: bool,
) -> Iterator[Mark]:
    small = size * SMALL
    top, bottom = up.right, up.left
    head = ellipsize(clean_text(_head(panel)), across.right - across.left, small, bold=True)
    yield Text(pt(across.left), pt(top - 0.6 * size), head, "heading", small, bold=True, key=panel.client)
    for episode in panel.episodes:
        until = episode.repaired_at if episode.repaired_at is not None else episode.end
        x1, x2 = across.at(episode.onset - 0.5), across.at(until + 0.5)
        yield Rect(pt(x1), pt(top), pt(x2 - x1), pt(bottom - top), "band", panel.client)
    for cut in panel.phases or ():
        x = across.x(int(cut + 1e-9) + 0.5)
        yield Line(x, pt(top), x, pt(bottom), "benchmark")
    yield Line(pt(across.left), pt(bottom), pt(across.right), pt(bottom), "axis")
    yield from left_axis(up, across.left, small, style)
    for tick in session_ticks(int(across.lo + 0.5), int(across.hi), 14 if single else 6):
        x = across.x(tick)
        yield Line(x, pt(bottom), x, pt(bottom + 3), "axis")
        yield Text(x, pt(bottom + 4 + small), str(tick), "tick", small, "middle")
    if single:
        middle = pt((across.left + across.right) / 2)
        yield Text(middle, pt(bottom + 4 + small + LINE * size), "Session", "axis-title", small, "middle")
        up_middle, name = pt((top + bottom) / 2), clean_text(data.measure)
        yield Text(pt(MARGIN + small), up_middle, name, "axis-title", small, "middle", rotate=90.0)
    yield Line(pt(across.left), pt(up.at(panel.mean)), pt(across.right), pt(up.at(panel.mean)), "frame")
    inside = [(s, v) for s, v in panel.limits if data.low <= v <= data.high]
    for start in _runs([s for s, _ in inside]):
        stretch = [inside[i] for i in start]
        ends = [
            (across.at(stretch[0][0] - 0.5), up.at(stretch[0][1])),
            *((across.at(s), up.at(v)) for s, v in stretch),
        ]
        yield Path(
            points(*ends, (across.at(stretch[-1][0] + 0.5), up.at(stretch[-1][1]))), "funnel", panel.client
        )
    for start in _runs(panel.sessions):
        line = [(across.at(panel.sessions[i]), up.at(panel.scores[i])) for i in start]
        if len(line) > 1:
            yield Path(points(*line), "curve", panel.client)
    radius = 2.6 if single else 1.6
    for s, v in zip(panel.sessions, panel.scores, strict=True):
        yield Circle(across.x(s), pt(up.at(v)), radius, "point", panel.client)
    yield from _episode_marks(panel, data, across, up, 4.2 if single else 3.0)


def _episode_marks(
    panel: SessionsPanel, data: SessionsData, across: Axis, up: Axis, r: float
) -> Iterator[Mark]:
    """▼ under the lowest rating, ▲ under the one that repairs; on the worse side of the line."""
    scores = dict(zip(panel.sessions, panel.scores, strict=True))
    side = -1 if data.lower_better else 1
    for episode in panel.episodes:
        role = "filled" if episode.status == "censored" else "pooled"
        x, y = across.at(episode.nadir_at), up.at(episode.nadir) + side * 2.6 * r
        y = min(max(y, up.right + r), up.left - r)
        yield Polygon(points((x - r, y - r), (x + r, y - r), (x, y + r)), role, panel.client)
        if episode.repaired_at is not None:
            x, y = across.at(episode.repaired_at), up.at(scores[episode.repaired_at]) + side * 2.6 * r
            y = min(max(y, up.right + r), up.left - r)
            yield Polygon(points((x - r, y + r), (x + r, y + r), (x, y - r)), "square", panel.client)


def _runs(sessions: tuple[int, ...] | list[int]) -> list[range]:
    """Stretches of sessions without a gap, as ranges of places."""
    if not sessions:
        return []
    starts = [i for i in range(len(sessions)) if i == 0 or sessions[i] != sessions[i - 1] + 1]
    return [range(a, b) for a, b in zip(starts, [*starts[1:], len(sessions)], strict=True)]


def describe_sessions(data: SessionsData, style: NumberStyle) -> str:
    """The alternative text."""
    many = len(data.panels)
    kinds = ", ".join(
        f"{sum(panel.kind == kind for panel in data.panels)} {words}"
        for kind, words in WORDS.items()
        if any(panel.kind == kind for panel in data.panels)
    )
    texts = [
        *(f"{banner}." for banner in data.banners),
        f"{data.title}: {many} client{'s' * (many != 1)} ({kinds}).",
    ]
    if many == 1:
        panel = data.panels[0]
        texts.append(f"{len(panel.sessions)} ratings, mean {number(panel.mean, 'unbounded', style)}.")
        for episode in panel.episodes:
            back = (
                f", repaired at session {episode.repaired_at}"
                if episode.repaired_at
                else f", {episode.status}"
            )
            lowest = number(episode.nadir, "unbounded", style)
            texts.append(f"Rupture from session {episode.onset}, lowest rating {lowest}{back}.")
    return " ".join([*texts, "The numbers stand in the table that belongs to this figure."])


def _table(data: SessionsData, style: NumberStyle) -> tuple[tuple[str, ...], ...]:
    rows = [("Client", "Class", "Session", "Rating", "Limit", "Mark")]
    for panel in data.panels:
        limits = dict(panel.limits)
        marks: dict[int, str] = {}
        for episode in panel.episodes:
            marks[episode.onset] = f"rupture, {episode.status}"
            if episode.repaired_at is not None:
                marks[episode.repaired_at] = "repair"
        for s, v in zip(panel.sessions, panel.scores, strict=True):
            limit = number(limits[s], "unbounded", style) if s in limits else ""
            rows.append(
                (clean_text(panel.client), WORDS[panel.kind], str(s), number(v, "unbounded", style), limit,
                 marks.get(s, ""))
            )  # fmt: skip
    return tuple(rows)


def _text(data: SessionsData, style: NumberStyle) -> str:
    """One line per client: eight heights of blocks, ▼ and ▲ below."""
    blocks = "▁▂▃▄▅▆▇█"
    lines = [*(clean_text(banner) for banner in data.banners), clean_text(data.title), ""]
    for panel in data.panels:
        by_session = dict(zip(panel.sessions, panel.scores, strict=True))
        span = range(min(panel.sessions), max(panel.sessions) + 1)
        share = {s: (v - data.low) / (data.high - data.low) for s, v in by_session.items()}
        row = "".join(blocks[min(7, int(8 * share[s]))] if s in share else " " for s in span)
        down = {e.onset: "▽" if e.status == "censored" else "▼" for e in panel.episodes}
        marks = {**down, **{e.repaired_at: "▲" for e in panel.episodes if e.repaired_at is not None}}
        lines += [
            clean_text(_head(panel)),
            f"  {row}",
            f"  {''.join(marks.get(s, ' ') for s in span)}".rstrip(),
        ]
    low, high = (number(x, "unbounded", style) for x in (data.low, data.high))
    lines += ["", f"blocks from {low} to {high}; ▼ rupture (▽ censored), ▲ repair"]
    return "\n".join(line for line in lines) + "\n"
