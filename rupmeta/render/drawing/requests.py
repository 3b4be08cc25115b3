"""One figure as it was asked for: kind, subgroups, order and looks; the command line and Python ask here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from rupmeta.errors import UsageError
from rupmeta.pipeline.specification import Overrides, check_field
from rupmeta.read.folder import Folder
from rupmeta.render.drawing.answers import FigureAnswer, along_answer, figure_answer, forest_with_rob
from rupmeta.render.drawing.draw import JOINING, Figure, choose_look, lay_out_figure, order_rows
from rupmeta.render.drawing.options import order_named, refuse_idle
from rupmeta.render.figures.kinds import Option
from rupmeta.render.figures.looks import Look
from rupmeta.render.sensitivity.part import Settings
from rupmeta.results import Note

__all__ = ["request_figure"]


def request_figure(
    kind: str,
    folder: Folder,
    overrides: Overrides,
    *,
    by: str | None = None,
    rob: bool = False,
    sort: str | None = None,
    palette: str | None = None,
    journal: str = "apa",
    width: float | None = None,
    digits: int | None = None,
    rows_per_page: int | None = 40,
    settings: Settings | None = None,
) -> tuple[Figure, str, Sequence[Note]]:
    """The figure laid out, the name of its analysis, and the caveats of its answer.

    ``rob`` adds the judgements of risk of bias to a forest plot.

    Raises ``UsageError`` for a kind, field, order or look that there is not, and for what the kind cannot
    heed.
    """
    refuse_idle(kind, _given(by=by, rob=rob, sort=sort, digits=digits))
    sort = order_named(kind, sort)
    settings = settings or Settings()
    from rupmeta.render.detect.figures import DETECT_FIGURES

    if kind in DETECT_FIGURES:
        return _of_ratings(
            kind,
            folder,
            choose_look(
                palette=palette, journal=journal, width=width, digits=digits, rows_per_page=rows_per_page
            ),
            seed=settings.seed,
        )
    along = None
    if kind == "bubble":
        if by is None:
            raise UsageError("a bubble plot is drawn along a number; name it, such as --by therapy.sessions")
        along = along_answer(folder, overrides, by)
        kind = "forest" if along is None else kind  # the levels of a category are subgroups
    if kind == "cumulative" and sort is not None:
        settings = replace(settings, order=JOINING[sort])
    answer_of = forest_with_rob if rob else partial(figure_answer, kind, settings=settings)
    found = _flow(folder) if kind == "prisma" else along or answer_of(folder, overrides)
    answer, levels = found.answer, None
    if by is not None and along is None:
        answer, levels = _subgroups(folder, overrides, by, answer)
    figure = lay_out_figure(
        kind,
        order_rows(kind, answer, sort),
        subject=found.subject,
        by=levels,
        palette=palette,
        journal=journal,
        width=width,
        digits=digits,
        rows_per_page=rows_per_page,
    )
    return figure, str(answer.get("analysis", kind)), found.notes


def _given(*, by: str | None, rob: bool, sort: str | None, digits: int | None) -> list[tuple[Option, str]]:
    """What was asked for of that which only some kinds can heed."""
    asked: list[tuple[Option, str, bool]] = [
        ("by", f"--by {by}", by is not None),
        ("rob", "--rob", rob),
        ("sort", f"--sort {sort}", sort is not None),
        ("digits", f"--digits {digits}", digits is not None),
    ]
    return [(option, written) for option, written, is_given in asked if is_given]


def _of_ratings(kind: str, folder: Folder, look: Look, *, seed: int) -> tuple[Figure, str, Sequence[Note]]:
    """Of the ratings that the first raw route of the review leads to."""
    from rupmeta.render.detect.requests import request_session_figure

    figure, _, notes = request_session_figure(kind, str(folder.path), given={}, look=look, seed=seed)
    return figure, "ratings", notes


def _flow(folder: Folder) -> FigureAnswer:
    """The screening, which no analysis has a part in."""
    from rupmeta.render.screening import screen_answer
    from rupmeta.screen.flow import count_flow
    from rupmeta.screen.screening import screen_studies

    screening = screen_studies(folder)
    counts = count_flow(folder, screening)
    return FigureAnswer(screen_answer(folder, screening, counts), None, counts.notes)


def _subgroups(
    folder: Folder, overrides: Overrides, by: str, answer: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The levels of ``by``; the rows are those of the subgroup model, in which a sample may be split by
    level.
    """
    from rupmeta.explore.design import parse_moderator
    from rupmeta.pipeline.analyse import pool_prepared
    from rupmeta.pipeline.regress import moderate_by
    from rupmeta.render.answers import pool_answer
    from rupmeta.render.moderators.answers import moderators_answer

    check_field(folder, parse_moderator(by)[0], "--by")
    prepared, moderated, _ = moderate_by(folder, [by], overrides)
    if not moderated.subgroups:
        raise UsageError(
            f"--by {by}: a number has no subgroups; write --by 'C({by})' to take it as categories"
        )
    split = pool_answer(pool_prepared(prepared))
    return {**answer, "effects": split["effects"]}, moderators_answer(prepared, moderated)
