"""One figure of an answer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rupmeta.api.data import Data, choose, open_data
from rupmeta.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from rupmeta.pipeline.specification import Condition
    from rupmeta.read.review import Approach, Measure, Method, TestName
    from rupmeta.render.drawing.draw import Figure as Laid
    from rupmeta.results import Note

__all__ = ["Figure", "draw_figure"]


@dataclass(frozen=True, repr=False)
class Figure:
    """A drawn figure: shown as SVG in a notebook, as text by ``print``, written by ``save``."""

    laid: Laid
    notes: tuple[Note, ...]

    @property
    def description(self) -> str:
        """The figure in words, for those who cannot see it."""
        return self.laid.layout.desc

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> tuple[Path, ...]:
        """Write to svg, png, pdf or txt by the suffix of ``path``; the files written.

        Raises ``UsageError`` for another suffix and for a file that exists, unless ``overwrite``.
        """
        from rupmeta.render.figures.write import write_figure

        target = Path(path)
        if target.exists() and not overwrite:
            raise UsageError(f"{target} exists; overwrite=True replaces it")
        return write_figure(self.laid.layout, target)

    def to_dict(self) -> dict[str, Any]:
        """The rows behind the picture and its description."""
        from rupmeta.render.envelope import canonical

        whole: dict[str, Any] = canonical(self.laid.as_dict())
        return whole

    def to_frame(self) -> pd.DataFrame:
        """The rows behind the picture; the first one names the columns."""
        import pandas as pd

        head, *rows = [list(row) for row in self.laid.layout.table]
        return pd.DataFrame(rows, columns=head)

    def __str__(self) -> str:
        """The figure in characters."""
        return self.laid.layout.text

    def __repr__(self) -> str:
        """One line."""
        return f"<Figure: {self.laid.kind}, {self.laid.layout.title}>"

    def _repr_svg_(self) -> str:
        from rupmeta.render.figures.painters.svg import paint_svg

        return paint_svg(self.laid.layout)


def draw_figure(
    data: Data = "studies",
    kind: str = "forest",
    *,
    by: str | None = None,
    sort: str | None = None,
    layout: str = "apa",
    palette: str | None = None,
    width: float | None = None,
    seed: int = 20260101,
    jobs: int = 1,
    analysis: str | None = None,
    where: Mapping[str, Condition] | None = None,
    measure: Measure | None = None,
    method: Method | None = None,
    test: TestName | None = None,
    level: float | None = None,
    dependence: Approach | None = None,
    rho: float | None = None,
    preset: str | None = None,
    verified_only: bool = False,
) -> Figure:
    """Draw one figure of an analysis: forest, funnel, bubble, prisma, gosh, …

    ``by``: subgroups of a forest plot, the number of a bubble plot. ``sort``, the order of rows: file,
    year, effect, weight. ``layout``: apa, revman, bmj, jama; ``palette``: okabe-ito, cochrane, mono;
    ``width`` in points. The model as in ``pool_effects``. Raises ``UsageError`` for what does not exist.

    >>> draw_figure("studies/examples/molloy2014", "funnel")
    <Figure: funnel, Are more conscientious people more adherent to their medication?>
    """
    from rupmeta.render.drawing.requests import request_figure
    from rupmeta.render.sensitivity.part import Settings

    folder, base = open_data(data)
    overrides = choose(
        base, folder, where, analysis=analysis, measure=measure, method=method, test=test, level=level,
        dependence=dependence, rho=rho, preset=preset, verified_only=verified_only,
    )  # fmt: skip
    laid, _, notes = request_figure(
        kind,
        folder,
        overrides,
        by=by,
        sort=sort,
        journal=layout,
        palette=palette,
        width=width,
        rows_per_page=None,
        settings=Settings(seed=seed, jobs=jobs),
    )
    return Figure(laid, tuple(dict.fromkeys([*laid.layout.notes, *notes])))
