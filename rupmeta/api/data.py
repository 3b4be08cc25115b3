"""What the functions take: a folder of study files, studies that were read, or a data frame of effects."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rupmeta.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from rupmeta.pipeline.specification import Condition, Overrides
    from rupmeta.read.folder import Folder
    from rupmeta.read.problems import Problem
    from rupmeta.render.tables import Table

__all__ = ["Data", "Studies", "choose", "open_data", "read_frame", "read_studies"]

#: A folder, studies, computed effects, or a data frame (pandas, polars, pyarrow, a mapping of columns).
Data = Any


@dataclass(frozen=True, repr=False)
class Studies:
    """A review: its studies, its protocol, and every doubt about its files in ``problems``."""

    folder: Folder

    @property
    def title(self) -> str | None:
        """The title of the review."""
        return self.folder.review.title

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the studies, in order."""
        return tuple(file.id for file in self.folder.studies)

    @property
    def analyses(self) -> tuple[str, ...]:
        """The names of the analyses; the first is the default."""
        return tuple(self.folder.review.analyses)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Warnings and infos about the files."""
        return self.folder.problems

    @property
    def moderators(self) -> tuple[str, ...]:
        """The names of the moderators that the reviewers coded."""
        from rupmeta.read.fields import field_names

        return field_names(self.folder)

    def to_frame(self) -> pd.DataFrame:
        """One row a study."""
        return self._table().to_frame()

    def __len__(self) -> int:
        """Number of studies."""
        return len(self.folder.studies)

    def __repr__(self) -> str:
        """One line."""
        named = f" of {self.title!r}" if self.title else ""
        return f"<Studies: {len(self)}{named}; analyses {', '.join(self.analyses)}>"

    def _repr_html_(self) -> str:
        from rupmeta.render.writers.notebook import notebook_html

        return notebook_html([repr(self).strip("<>"), self._table()])

    def _table(self) -> Table:
        from rupmeta.read.study import Citation
        from rupmeta.render.tables import Column, Table

        def cite(citation: Citation | str) -> str:
            if isinstance(citation, str):
                return citation
            return f"{', '.join(citation.authors) or 'n.a.'} ({citation.year or 'n.d.'})"

        rows = tuple(
            {
                "study": file.id,
                "citation": file.label or cite(file.study.citation),
                "relation": file.study.relation,
                "n": file.study.sample.n,
                "effects": len(file.study.effects),
                "status": file.study.extraction.status,
                "synthetic": file.study.extraction.synthetic,
            }
            for file in self.folder.studies
        )
        columns = (
            Column("study", "Study"),
            Column("citation", "Citation"),
            Column("relation", "Relation"),
            Column("n", "N", "count"),
            Column("effects", "Effects", "count"),
            Column("status", "Status"),
            Column("synthetic", "synthetic", shown=False),
        )
        return Table("studies", "", columns, rows)


def read_studies(path: str | os.PathLike[str] = "studies") -> Studies:
    """Read and check a folder of study files.

    Raises ``InputError`` with every fault of every file, ``UsageError`` when ``path`` holds no studies.

    >>> studies = read_studies("studies/examples/molloy2014")
    >>> len(studies), studies.analyses
    (16, ('adherence',))
    """
    from rupmeta.pipeline.load import load_review

    return Studies(load_review(os.fspath(path)))


def read_frame(
    frame: Any,
    *,
    measure: str = "GEN",
    yi: str | None = None,
    vi: str | None = None,
    sei: str | None = None,
    slab: str | None = None,
    n: str | None = None,
    sample: str | None = None,
    effect: str | None = None,
    year: str | None = None,
    moderators: Sequence[str] | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Studies:
    """Effect sizes of a data frame as studies, for those who have no study files.

    Parameters
    ----------
    frame
        A pandas, polars or pyarrow frame, a mapping of columns, or a list of records; one row an effect.
    measure
        The scale of ``yi``: ``ZCOR`` (Fisher's z), ``COR``, ``SMD`` (Hedges' g), ``OR`` and ``RR`` (their
        logarithms), … The default, ``GEN``, is a scale of its own, never converted.
    yi, vi, sei, slab, n, sample, effect, year
        Names of columns where they are not the usual ones: the effect, its variance or standard error, the
        label of the study (rows that share it are effects of one study), people, the sample (rows that share
        it are not independent), a name of the effect, the year. By default ``yi``, ``vi`` (or ``sei``),
        ``slab`` (or ``study``), ``n`` (or ``ni``), ``sample`` (or ``cluster``), ``effect``, ``year``.
    moderators
        Columns that ``explore_moderators`` tries by default; None: all others.
    title
        Title of the review.
    synthetic
        True marks every output as made from invented data.

    Raises ``UsageError`` with every row that cannot be used.
    """
    from rupmeta.api.frames import folder_of_frame

    names = {
        "yi": yi, "vi": vi, "sei": sei, "slab": slab, "n": n, "sample": sample, "effect": effect,
        "year": year,
    }  # fmt: skip
    return Studies(
        folder_of_frame(
            frame, measure=measure, names=names, moderators=moderators, title=title, synthetic=synthetic
        )
    )


def open_data(data: Data) -> tuple[Folder, Overrides]:
    """The studies behind ``data`` and the choices that were already taken."""
    from rupmeta.api.effects import EffectTable
    from rupmeta.pipeline.specification import Overrides

    if isinstance(data, Studies):
        return data.folder, Overrides()
    if isinstance(data, EffectTable):
        return data.folder, data.overrides
    if isinstance(data, str | os.PathLike):
        return read_studies(data).folder, Overrides()
    if isinstance(data, Mapping | Sequence) or hasattr(data, "columns"):
        return read_frame(data).folder, Overrides()
    raise UsageError(
        f"{type(data).__name__} is no review: give a folder, what read_studies returns, or a data frame"
    )


def choose(
    base: Overrides, folder: Folder, where: Mapping[str, Condition] | None, **given: str | float | bool | None
) -> Overrides:
    """What was chosen before, with what is ``given`` now; ``UsageError`` for a field that no study has."""
    from rupmeta.pipeline.specification import check_field

    for name in where or {}:
        check_field(folder, name, "where:")
    verified_only = base.verified_only or bool(given.pop("verified_only", False))
    chosen: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    return dataclasses.replace(
        base, where={**base.where, **(where or {})}, verified_only=verified_only, **chosen
    )
