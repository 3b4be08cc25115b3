"""Two states of a review, and two extractors of one."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rupmeta.api.results import Result

if TYPE_CHECKING:
    from rupmeta.render.document import Document
    from rupmeta.render.numbers import NumberStyle
    from rupmeta.render.tables import Table

__all__ = ["Agreement", "Changes", "compare_extractors", "compare_states"]


@dataclass(frozen=True, repr=False)
class Changes(Result):
    """What changed between two states, and the shares of the change of every answer, which add up to it."""

    command: ClassVar[str] = "diff"

    differs: bool

    def to_markdown(self) -> str:
        """The page of ``--format markdown``."""
        from rupmeta.render.writers.document_markdown import document_to_markdown

        return document_to_markdown(self._document())

    def _document(self, style: NumberStyle | None = None) -> Document:
        from rupmeta.render.diff.document import diff_document

        if style is None:
            return diff_document(self.answer, self.notes)
        return diff_document(self.answer, self.notes, style)

    def _table(self, style: NumberStyle) -> Table:
        from rupmeta.render.diff.document import shares_table

        del style
        return shares_table(self.answer)

    def _screen(self, style: NumberStyle) -> str:
        from rupmeta.render.writers.document_text import document_to_text

        return document_to_text(self._document(style), style, bold=False)

    def _line(self) -> str:
        return "something differs" if self.differs else "nothing differs"


def compare_states(
    old: str | os.PathLike[str], new: str | os.PathLike[str], *, analysis: str | None = None
) -> Changes:
    """Say what changed between two states of a review and what it did to every answer.

    A state is a folder, ``REV:folder`` of a git repository, or a ``results.json``.
    """
    from rupmeta.pipeline.diff.run import run_diff
    from rupmeta.pipeline.diff.sides import open_sides
    from rupmeta.pipeline.specification import Overrides
    from rupmeta.render.diff.answer import diff_answer

    with open_sides(os.fspath(old), os.fspath(new)) as sides:
        found = run_diff(*sides, Overrides(analysis=analysis))
        answer = diff_answer(found)
    inputs = tuple(dict.fromkeys((*found.old.inputs, *found.new.inputs)))
    return Changes(answer, tuple(found.notes), found.differs, inputs=inputs)


@dataclass(frozen=True, repr=False)
class Agreement(Result):
    """Two extractors compared; the table lists their disagreements with places."""

    command: ClassVar[str] = "agreement"

    def to_markdown(self) -> str:
        """The page of ``--format markdown``."""
        from rupmeta.render.agreement.document import agreement_document
        from rupmeta.render.writers.document_markdown import document_to_markdown

        return document_to_markdown(agreement_document(self.answer, self.notes))

    def _table(self, style: NumberStyle) -> Table:
        from rupmeta.render.agreement.document import disagreements_table

        del style
        return disagreements_table(self.answer)

    def _screen(self, style: NumberStyle) -> str:
        from rupmeta.render.agreement.document import agreement_document
        from rupmeta.render.writers.document_text import document_to_text

        return document_to_text(agreement_document(self.answer, self.notes, style), style, bold=False)

    def _line(self) -> str:
        from rupmeta.render.numbers import ASCII

        count = len(self._table(ASCII).rows)
        return f"{count} disagreement{'s' * (count != 1)}"


def compare_extractors(
    a: str | os.PathLike[str],
    b: str | os.PathLike[str],
    consensus: str | os.PathLike[str] | None = None,
    *,
    orders: Mapping[str, Sequence[str]] | None = None,
    analysis: str | None = None,
    seed: int = 20260101,
) -> Agreement:
    """Compare two extractors' folders field by field, and pool the studies that both have under each.

    ``orders``: a field's values from lowest to highest, for weighted kappa. ``seed`` of the bootstrap.
    """
    from rupmeta.pipeline.agreement.run import run_agreement
    from rupmeta.pipeline.load import load_review
    from rupmeta.pipeline.specification import Overrides
    from rupmeta.render.agreement.answer import agreement_answer

    folders = [load_review(os.fspath(name)) for name in (a, b, consensus) if name is not None]
    found = run_agreement(
        folders[0],
        folders[1],
        folders[2] if consensus is not None else None,
        Overrides(analysis=analysis),
        orders={
            field: tuple(value.strip().casefold().replace("-", " ") for value in values)
            for field, values in (orders or {}).items()
        },
        seed=seed,
    )
    inputs = tuple(dict.fromkeys(item for folder in folders for item in folder.inputs))
    return Agreement(agreement_answer(found), tuple(found.notes), inputs=inputs)
