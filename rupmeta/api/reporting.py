"""Everything into one folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rupmeta.api.data import Data, open_data
from rupmeta.errors import unknown_choice

__all__ = ["Report", "write_report"]


@dataclass(frozen=True)
class Report:
    """A written report: its folder and the files in it."""

    folder: Path
    files: tuple[str, ...]

    @property
    def page(self) -> Path | None:
        """The page to open, when HTML was written."""
        return self.folder / "report.html" if "report.html" in self.files else None


def write_report(
    data: Data = "studies",
    folder: str | os.PathLike[str] = "reports",
    *,
    formats: Sequence[str] | None = None,
    layout: str = "apa",
    palette: str | None = None,
) -> Report:
    """Write results.json, tables, figures and a readable page into ``folder``.

    ``formats``: which of html, md, svg, png, pdf and so on; None: those of ``rupmeta report``. ``layout`` and
    ``palette`` of the figures as in ``draw_figure``. A folder that
    holds something else than a report is refused.
    """
    from rupmeta.pipeline.load import load_review
    from rupmeta.read.layout import show_from
    from rupmeta.render.report.drawings import Looks
    from rupmeta.render.report.files import DEFAULT_FORMATS, FORMATS, make_report
    from rupmeta.render.report.files import write_report as write

    chosen = tuple(formats) if formats is not None else DEFAULT_FORMATS
    unknown = [name for name in chosen if name not in FORMATS]
    if unknown:
        raise unknown_choice("formats:", unknown[0], FORMATS)
    if isinstance(data, str | os.PathLike):
        review = load_review(os.fspath(data), show_from(os.fspath(data), Path(folder).parent))
    else:
        review, _ = open_data(data)
    files = make_report(review, review.problems, chosen, looks=Looks(layout, palette))
    write(files, Path(folder))
    return Report(Path(folder), tuple(sorted(files)))
