"""Every kind of figure at every size, with any labels: tidy, on its scale, marked where data are invented."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from drawn_figures import Drawn, draw_all
from drawn_review import write_drawn_review
from figure_geometry import assert_on_one_scale, assert_tidy
from reviews import run_cli

from rupmeta.render.figures.kinds import FIGURES
from rupmeta.render.figures.layout import Circle, Layout, Polygon, Rect, Text
from rupmeta.render.figures.layout import Path as PathMark
from rupmeta.render.figures.looks import JOURNALS, Look
from rupmeta.render.figures.painters.matplotlib import draw_page
from rupmeta.render.figures.painters.svg import paint_svg
from rupmeta.render.screens import SYNTHETIC

#: Studies and labels; the slowest figures do not depend on how many studies there are.
REVIEWS = ((1, "short"), (2, "cjk"), (3, "long"), (24, "short"), (24, "cjk"), (24, "long"), (200, "short"))
#: Columns of journals: one of 8.5 cm, two of 17.5 cm.
COLUMNS = (241.0, 496.0)

Pairs = list[tuple[float, float]]


@pytest.fixture(scope="module", params=REVIEWS, ids=[f"{k}-{labels}" for k, labels in REVIEWS])
def drawn(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    k, labels = request.param
    return draw_all(tmp_path_factory.mktemp("drawn"), k, labels)


def laid_out(drawn: Drawn, looks: Sequence[Look]) -> Iterator[tuple[str, Layout]]:
    for kind, (data, _) in drawn.items():
        for look in looks:
            yield kind, FIGURES[kind].lay_out(data, look)


def test_nothing_overlaps_and_all_lies_inside(drawn: Drawn) -> None:
    for _, layout in drawn.values():
        assert_tidy(layout)


def test_every_column_and_journal_is_tidy(drawn: Drawn) -> None:
    narrow = [Look(width=width) for width in COLUMNS]
    journals = [Look(JOURNALS[name]) for name in sorted(JOURNALS) if name != "apa"]
    for kind, layout in laid_out(drawn, (*narrow, *journals, Look(width=241.0, rows_per_page=None))):
        assert_tidy(layout)
        assert layout.width <= 496.01 or layout.width == pytest.approx(layout.pages[0].width), kind


def test_invented_data_say_so_in_every_form(drawn: Drawn) -> None:
    for kind, (_, layout) in drawn.items():
        assert SYNTHETIC in layout.desc, kind
        assert SYNTHETIC in layout.text, kind
        for number, page in enumerate(layout.pages):
            assert SYNTHETIC in [mark.text for mark in page.marks if mark.role == "banner"], kind
            root = ElementTree.fromstring(paint_svg(layout, number))
            assert SYNTHETIC in [
                "".join(node.itertext()) for node in root.iter() if node.tag.endswith("}text")
            ]
            if number == 0:  # svg, png and pdf of matplotlib are one drawing
                assert SYNTHETIC in [
                    text.get_text() for text in draw_page(layout).artists if hasattr(text, "get_text")
                ], kind


def test_data_that_are_not_invented_do_not(tmp_path: Path) -> None:
    folder = str(write_drawn_review(tmp_path / "true", 3, synthetic=False))
    for kind in ("forest", "prisma", "profile", "prior-posterior", "power"):
        done = run_cli("plot", kind, folder, "--text", "--quiet")
        assert done.returncode == 0, done.stderr
        assert "synthetic" not in done.stdout


def keyed(layout: Layout, *roles: str) -> dict[str, Any]:
    return {mark.key: mark for mark in layout.marks if mark.role in roles and mark.key}


def middle(mark: Any) -> tuple[float, float]:
    if isinstance(mark, Circle):
        return mark.x, mark.y
    if isinstance(mark, Rect):
        return mark.x + mark.width / 2, mark.y + mark.height / 2
    xs, ys = zip(*mark.points, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def both(points: Sequence[Any], found: Mapping[str, Any], x: str, y: str) -> list[Pairs]:
    shown = [(p, middle(found[p.key])) for p in points]
    return [[(getattr(p, x), at[0]) for p, at in shown], [(getattr(p, y), at[1]) for p, at in shown]]


DOTS = ("point", "point-hollow", "fruit", "fruit-hollow", "pooled")


def squares(data: Any, layout: Layout) -> list[Pairs]:
    found = keyed(layout, "square", "square-hollow")
    return [[(row.estimate, middle(found[row.key])[0]) for row in data.rows]]


def panels(data: Any, layout: Layout) -> list[Pairs]:
    dots = iter([mark for mark in layout.marks if isinstance(mark, Circle)])
    pairs = []
    for panel in data.panels:
        known = {f"effect{i}": value for i, value in enumerate(panel.values, 1) if value is not None}
        pairs.append([(known[dot.key], dot.y) for dot in (next(dots) for _ in known)])
    return pairs


def radial(data: Any, layout: Layout) -> list[Pairs]:
    found = keyed(layout, *DOTS)
    spread = {p.key: (p.sei**2 + data.tau2) ** 0.5 for p in data.points}
    xs = [(1 / spread[p.key], found[p.key].x) for p in data.points]
    return [xs, [(p.yi / spread[p.key], found[p.key].y) for p in data.points]]


def peaks(data: Any, layout: Layout) -> list[Pairs]:
    found = keyed(layout, "drape", "drape-open", "drape-many")
    return [[(p.yi, min(found[p.key].points, key=lambda at: at[1])[0]) for p in data.points]]


def orchard(data: Any, layout: Layout) -> list[Pairs]:
    found = keyed(layout, *DOTS)
    return [[(p.yi, found[p.key].x) for group in data.groups for p in group.points]]


def specification(data: Any, layout: Layout) -> list[Pairs]:
    dots = [m for m in layout.marks if m.role in ("square", "spec-open") or m.key == "declared"]
    return [[(p.estimate, middle(dot)[1]) for p, dot in zip(data.points, dots, strict=True)]]


def adjustments(data: Any, layout: Layout) -> list[Pairs]:
    found = keyed(layout, "square", "pooled")
    return [[(r.estimate, middle(found[r.key])[0]) for r in data.rows if r.estimate is not None]]


def curves(data: Any, layout: Layout) -> list[Pairs]:
    paths = iter([m for m in layout.marks if isinstance(m, PathMark) and m.role == "estimate"])
    pairs: list[Pairs] = []
    for panel in data.panels:
        main = next(curve for curve in panel.curves if curve.role == "main")
        seen = [(x, y) for x, y in zip(main.xs, main.ys, strict=True) if y >= panel.floor]
        line = next(paths).points
        pairs.append([(x, at[0]) for (x, _), at in zip(seen, line, strict=True)])
        pairs.append([(y, at[1]) for (_, y), at in zip(seen, line, strict=True) if y <= panel.top])
    return pairs


def waterfall(data: Any, layout: Layout) -> list[Pairs]:
    pairs = []
    steps = {step.label: step for step in data.steps}
    for mark in layout.marks:
        if isinstance(mark, Rect) and mark.key in steps:
            ends = sorted((steps[mark.key].before, steps[mark.key].after))
            pairs.append((ends[0], mark.x))
    return [pairs] if pairs else []


def p_curve(data: Any, layout: Layout) -> list[Pairs]:
    found = keyed(layout, "observed")
    return [[(share, found[f"p{i}"].y) for i, share in enumerate(data.shares, 1)]]


def confounding(data: Any, layout: Layout) -> list[Pairs]:
    mean, share = (m for m in layout.marks if isinstance(m, PathMark) and m.role == "curve")
    left = [(c, at[0]) for c, at in zip(data.c, mean.points, strict=True)]
    return [left, [(s, at[1]) for s, at in zip(data.share, share.points, strict=True)]]


def sessions(data: Any, layout: Layout) -> list[Pairs]:
    pairs: list[Pairs] = []
    for panel in data.panels:
        dots = [m for m in layout.marks if isinstance(m, Circle) and m.key == panel.client]
        pairs.append([(s, dot.x) for s, dot in zip(panel.sessions, dots, strict=True)])
        pairs.append([(v, dot.y) for v, dot in zip(panel.scores, dots, strict=True)])
    return pairs


def false_positives(data: Any, layout: Layout) -> list[Pairs]:
    found = {m.key: m for m in layout.marks if isinstance(m, PathMark)}
    return [
        [pair for curve in data.curves for pair in zip((p[i] for p in curve.points),
         (at[i] for at in found[curve.name].points), strict=True)]
        for i in (0, 1)
    ]  # fmt: skip


#: Kind → numbers and where they stand, one list for every axis. The others show words and counts.
PLACES: Mapping[str, Callable[[Any, Layout], list[Pairs]]] = {
    **dict.fromkeys(("forest", "leave-one-out", "cumulative"), squares),
    "bubble": lambda data, layout: both(data.points, keyed(layout, *DOTS), "x", "yi"),
    "funnel": lambda data, layout: both(data.points, keyed(layout, *DOTS), "yi", "sei"),
    "baujat": lambda data, layout: both(data.points, keyed(layout, *DOTS), "x", "y"),
    "labbe": lambda data, layout: both(data.points, keyed(layout, *DOTS), "share2", "share1"),
    "radial": radial,
    "drapery": peaks,
    "orchard": orchard,
    "influence": panels,
    "specification": specification,
    "adjustments": adjustments,
    **dict.fromkeys(("prior-posterior", "profile", "power"), curves),
    "diff": waterfall,
    "p-curve": p_curve,
    "confounding": confounding,
    "sessions": sessions,
    "false-positives": false_positives,
}
WORDS = {"gosh", "rob", "rob-summary", "rule-agreement", "rule-grid", "prisma"}


def test_every_mark_stands_where_its_number_says(drawn: Drawn) -> None:
    assert set(PLACES) | WORDS == set(FIGURES)
    for kind, (data, _) in drawn.items():
        if kind not in PLACES:
            continue
        for look in (Look(), Look(width=300.0)):
            for pairs in PLACES[kind](data, FIGURES[kind].lay_out(data, look)):
                assert_on_one_scale(pairs, kind)


def test_few_studies_say_what_is_missing(tmp_path: Path) -> None:
    folder = str(write_drawn_review(tmp_path / "one", 1))
    for kind in ("gosh", "influence", "leave-one-out", "p-curve", "labbe"):
        done = run_cli("plot", kind, folder, "--text")
        assert done.returncode == 3
        assert re.search(r"needs|takes|nothing is left", done.stderr), (kind, done.stderr)


def test_texts_are_legible(drawn: Drawn) -> None:
    """No type below 6.5 points, which journals take as the least."""
    for kind, (_, layout) in drawn.items():
        assert min(mark.size for mark in layout.marks if isinstance(mark, Text)) >= 6.5, kind
        assert not any(isinstance(mark, Polygon) and len(mark.points) < 3 for mark in layout.marks)
