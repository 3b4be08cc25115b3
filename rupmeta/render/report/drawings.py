"""Every figure of a report by its file stem: ``repair-forest``, ``repair-by-phase`` …; the registry is
``KINDS``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from rupmeta.render.drawing.draw import choose_look, lay_out_figure
from rupmeta.render.figures.layout import Layout
from rupmeta.render.figures.looks import Look
from rupmeta.render.figures.prisma import lay_out_prisma
from rupmeta.render.figures.sessions.curves import lay_out_agreement
from rupmeta.render.figures.sessions.layout import lay_out_sessions
from rupmeta.render.report.sections.detection import entries_of
from rupmeta.render.report.sections.page import analyses_of, attempt, in_reading_order, part_of, slug
from rupmeta.render.report.sections.update import update_figures
from rupmeta.render.report.series import agreement_of, sessions_of
from rupmeta.render.screening import prisma_data

__all__ = ["KINDS", "USUAL", "Looks", "figure_layouts", "moderator_stem"]

Results = Mapping[str, Any]

#: Kind of figure → the part of an analysis that it shows; None is the pooled answer.
KINDS: Mapping[str, str | None] = {
    "forest": None,
    "funnel": None,
    "leave-one-out": "leave_one_out",
    "cumulative": "cumulative",
    "influence": "influence",
    "baujat": "influence",
    "gosh": "gosh",
    "adjustments": "bias",
    "p-curve": "bias",
    "specification": "multiverse",
    "prior-posterior": "bayes",
    "profile": "dependence",
    "confounding": "confounding",
    "drapery": None,
    "radial": None,
    "labbe": "counts",
    "rob": "rob",
    "rob-summary": "rob",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Looks:
    """The journal layout and the palette of every figure of a report; palette None: that of the layout."""

    layout: str = "apa"
    palette: str | None = None


#: The looks of a report that asks for none.
USUAL = Looks()


def figure_layouts(
    results: Results, *, rows_per_page: int | None = 40, looks: Looks = USUAL
) -> dict[str, Layout]:
    """Every figure that the results allow; ``rows_per_page`` None is the page that never ends (HTML).

    Raises ``UsageError`` for looks that there are not.
    """
    results = in_reading_order(results)
    shown = rows_per_page is not None
    look = choose_look(
        journal=looks.layout, palette=looks.palette, rows_per_page=rows_per_page, show_title=shown
    )
    layouts = {"prisma": lay_out_prisma(prisma_data(results["screen"]), look)}
    layouts |= _of_sessions(results, look)
    layouts |= update_figures(results, look)
    for name, item in analyses_of(results):
        if item["pool"] is None:
            continue
        for stem, kind, answer, by in _asked(name, item):
            draw = partial(
                lay_out_figure,
                kind,
                answer,
                subject=item["subject"],
                by=by,
                journal=looks.layout,
                palette=looks.palette,
                rows_per_page=rows_per_page,
                show_title=shown,
            )
            figure = attempt(draw)
            if figure is not None:
                # ids inside a drawing begin with its name, so that two on one page never share one
                layouts[stem] = dataclasses.replace(figure.layout, name=stem)
    return layouts


def _of_sessions(results: Results, look: Look) -> Iterator[tuple[str, Layout]]:
    """Ratings and agreement of rules of every raw route that read its file first."""
    for stem, entry in entries_of(results):
        if entry["series"] is not None:
            yield stem, lay_out_sessions(sessions_of(entry, stem), look)
        if entry["agreement"]:
            name = f"{stem}-agreement"
            figure = attempt(partial(lay_out_agreement, agreement_of(entry, name), look))
            if figure is not None:
                yield name, figure


def moderator_stem(analysis: str, moderator: str) -> str:
    """``repair-by-therapists-experience``."""
    return f"{analysis}-by-{slug(moderator)}"


def _asked(name: str, item: Results) -> Iterator[tuple[str, str, Results, Results | None]]:
    for kind, part in KINDS.items():
        answer = item["pool"] if part is None else part_of(item, part)
        if answer is None:
            continue
        if kind == "funnel":
            answer = _with_bias(item)
        elif kind == "drapery":
            answer = {**answer, "pi_df": item["pi_df"]}
        elif kind == "labbe":
            answer = {**item["pool"], **answer}
        yield f"{name}-{kind}", kind, answer, None
    for entry in item["moderator_models"]:
        stem = moderator_stem(name, entry["name"])
        if "along" in entry:
            yield stem, "bubble", entry["along"], None
        else:
            answer = {**item["pool"], "effects": entry["effects"]}
            yield stem, "forest", answer, entry["model"]
            yield f"{stem}-orchard", "orchard", answer, entry["model"]


def _with_bias(item: Results) -> Results:
    """The pooled answer, with what may be missing from it where every point is a sample of its own."""
    pool, bias = item["pool"], part_of(item, "bias")
    if bias is None or len(pool["effects"]) != bias["k"]:
        return dict(pool)
    return {**pool, "bias": bias}
