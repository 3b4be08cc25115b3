"""What every result can do: be a dictionary, a data frame, a text, a piece of a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import pandas as pd

    from rupmeta.read.folder import InputFile
    from rupmeta.render.numbers import NumberStyle
    from rupmeta.render.tables import Table
    from rupmeta.results import Note

__all__ = ["Result"]


@dataclass(frozen=True, repr=False)
class Result:
    """An answer: ``answer`` is the ``result`` of the command's ``--json``, ``notes`` its caveats.

    ``print(result)`` shows what the command prints; a notebook shows tables.
    """

    command: ClassVar[str]

    answer: Mapping[str, Any]
    notes: tuple[Note, ...]
    inputs: tuple[InputFile, ...] = field(default=(), kw_only=True)

    def to_dict(self) -> dict[str, Any]:
        """The object that ``rupmeta COMMAND --json`` prints: schema, version, inputs, result, notes."""
        from rupmeta.render.envelope import canonical, envelope

        whole: dict[str, Any] = canonical(envelope(self.command, self.inputs, self.answer, self.notes))
        return whole

    def to_json(self) -> str:
        """The same as text, byte for byte as the command prints it."""
        from rupmeta.render.envelope import canonical_json, envelope

        return canonical_json(envelope(self.command, self.inputs, self.answer, self.notes))

    def to_frame(self) -> pd.DataFrame:
        """The main table as a pandas data frame, raw numbers in the columns of ``--format csv``."""
        return self._table(_apa()).to_frame()

    def to_csv(self) -> str:
        """The main table as ``rupmeta COMMAND --format csv`` prints it."""
        from rupmeta.render.writers.delimited import to_csv

        return to_csv(self._table(_apa()))

    def __str__(self) -> str:
        """What the command prints."""
        from rupmeta.render.numbers import ASCII

        return self._screen(ASCII)

    def __repr__(self) -> str:
        """One line."""
        return f"<{type(self).__name__}: {self._line()}>"

    def _repr_html_(self) -> str:
        from rupmeta.render.screens import SYNTHETIC
        from rupmeta.render.writers.notebook import notebook_html

        return notebook_html(self._blocks(_apa()), self.notes, SYNTHETIC if self.synthetic else None)

    @property
    def synthetic(self) -> bool:
        """Whether any effect of the answer was made up."""
        from rupmeta.render.screens import is_synthetic

        return bool(self.answer.get("synthetic")) or is_synthetic(self.answer)

    def _table(self, style: NumberStyle) -> Table:
        raise NotImplementedError

    def _screen(self, style: NumberStyle) -> str:
        raise NotImplementedError

    def _blocks(self, style: NumberStyle) -> list[Table | str]:
        """What a notebook shows, in order."""
        return [self._table(style)]

    def _line(self) -> str:
        """What one line says of it."""
        return str(self.answer.get("title") or self.command)


def _apa() -> NumberStyle:
    from rupmeta.render.numbers import APA

    return APA
