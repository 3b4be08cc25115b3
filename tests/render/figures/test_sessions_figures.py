"""Figures of session ratings, by their layouts."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from rupmeta.errors import EstimationError
from rupmeta.render.figures.layout import Circle, Layout, Path, Polygon, Text
from rupmeta.render.figures.painters.svg import paint_svg
from rupmeta.render.figures.sessions.curves import lay_out_agreement, lay_out_curves
from rupmeta.render.figures.sessions.data import (
    AgreementData,
    Curve,
    CurvesData,
    EpisodeMark,
    SessionsData,
    SessionsPanel,
)
from rupmeta.render.figures.sessions.layout import lay_out_sessions
from rupmeta.render.figures.text_width import text_width

PANEL = SessionsPanel(
    "A", "mixed", (1, 2, 3, 5, 6, 7, 8), (4.0, 4.2, 2.5, 4.1, 4.0, 2.4, 2.6), 3.4,
    tuple((s, 2.8) for s in (1, 2, 3, 5, 6, 7, 8)),
    (EpisodeMark(3, 3, 3, 2.5, "repaired", 5), EpisodeMark(7, 7, 7, 2.4, "censored")), (8 / 3, 16 / 3),
)  # fmt: skip


def data(*panels: SessionsPanel, **more: Any) -> SessionsData:
    return SessionsData("sessions", "Alliance by session", "WAI-SR", panels, 1.0, 5.0, **more)


def marks(layout: Layout, kind: type, role: str | None = None) -> list[Any]:
    return [mark for mark in layout.marks if isinstance(mark, kind) and role in (None, mark.role)]


def inside(layout: Layout) -> None:
    """Nothing is drawn off the page."""
    for page in layout.pages:
        for mark in page.marks:
            if isinstance(mark, Text):
                width = text_width(mark.text, mark.size, bold=mark.bold)
                if mark.rotate == 0:
                    left = mark.x - {"start": 0, "middle": width / 2, "end": width}[mark.anchor]
                    assert left >= -0.01, mark
                    assert left + width <= page.width + 0.01, mark
                assert 0 <= mark.y <= page.height


def test_one_client() -> None:
    layout = lay_out_sessions(data(PANEL))
    points = marks(layout, Circle, "point")
    assert len(points) == len(PANEL.sessions)
    assert len({point.y for point in points}) == len(set(PANEL.scores))
    # Higher scores stand higher; equal steps of score are equal steps on the page.
    by_score = dict(zip(PANEL.scores, (point.y for point in points), strict=True))
    assert by_score[2.5] - by_score[4.1] == pytest.approx((by_score[2.4] - by_score[4.0]), abs=0.02)
    # The missing fourth session leaves a gap in the line: two stretches.
    assert len(marks(layout, Path, "curve")) == 2
    assert len(marks(layout, Polygon, "pooled")) == 1  # ▼
    assert len(marks(layout, Polygon, "filled")) == 1  # ▽ censored
    assert len(marks(layout, Polygon, "square")) == 1  # ▲
    assert "Rupture from session 3, lowest rating 2.50, repaired at session 5." in layout.desc
    assert layout.table[4] == ("A", "mixed", "5", "4.10", "2.80", "repair")
    inside(layout)
    assert "▼" in layout.text
    assert paint_svg(layout).startswith("<svg")


def test_a_panel_of_clients_shares_its_axes_and_breaks_into_pages() -> None:
    panels = [SessionsPanel(f"client {i}", "none", (1, 2, 3), (4.0, 4.0, 4.0), 4.0) for i in range(30)]
    layout = lay_out_sessions(data(*panels))
    assert len(layout.pages) == 2
    assert len(marks(layout, Circle, "point")) == 90
    inside(layout)
    unjudged = SessionsPanel("x", "not_classifiable", (1,), (4.0,), 4.0, remark="fewer than 3 ratings")
    words = [mark.text for mark in marks(lay_out_sessions(data(unjudged)), Text)]
    assert "x: not classifiable (fewer than 3 ratings), 1 ratings" in words
    assert not any("no rupture" in word for word in words)


def test_nothing_to_draw() -> None:
    with pytest.raises(EstimationError):
        lay_out_sessions(data())
    with pytest.raises(EstimationError):
        lay_out_curves(CurvesData("c", "t", ()))
    with pytest.raises(EstimationError):
        lay_out_agreement(AgreementData("a", "t", ("one",), {}, {}))


def test_agreement_is_a_square_with_its_numbers() -> None:
    names = ("mean-sd", "rci", "xmr")
    kappa = {("mean-sd", "rci"): 0.2, ("mean-sd", "xmr"): 0.85, ("rci", "xmr"): None}
    layout = lay_out_agreement(AgreementData("a", "Agreement", names, kappa, dict.fromkeys(kappa, 40)))
    texts = [mark.text for mark in marks(layout, Text)]
    assert {".20", ".85", "—"} <= set(texts)
    assert texts.count("n = 40") == 3
    assert layout.table[1] == ("mean-sd", "rci", ".20", "40")
    inside(layout)


def test_curves_end_in_their_names_which_do_not_touch() -> None:
    curves = tuple(Curve(f"rule {i}", ((3, 0.01), (30, 0.2 + i / 1000))) for i in range(5))
    layout = lay_out_curves(CurvesData("c", "False alarms", curves, (4, 10)))
    labels = sorted(mark.y for mark in marks(layout, Text, "study"))
    assert all(b - a >= 8 for a, b in pairwise(labels))
    drawn = [mark.role for mark in marks(layout, Path)]
    assert drawn == [f"series-{i}" for i in range(5)]  # told apart by colour and dashes
    # Dots stand at the ends of the curves, higher for larger shares.
    dots = [mark.y for mark in marks(layout, Circle)]
    assert dots == sorted(dots, reverse=True)
    inside(layout)
